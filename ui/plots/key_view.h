#pragma once

#include "ui/plots/legend_strip.h"

#include <QWidget>

#include <vector>

namespace descent::ui {

/// The key of a chart of many curves, over as many lines as it needs, three at most. Thread: GUI.
class KeyView : public QWidget {
    Q_OBJECT
public:
    explicit KeyView(QWidget* parent = nullptr);
    void setItems(std::vector<LegendStrip::Item> items); ///< none: takes no room
    const std::vector<LegendStrip::Item>& items() const { return items_; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();

    std::vector<LegendStrip::Item> items_;
};

} // namespace descent::ui
