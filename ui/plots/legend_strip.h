#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace descent::ui {

/// The key of a line chart with the values at the cursor, or the last ones: one line that gives way
/// gracefully.
class LegendStrip : public QWidget {
    Q_OBJECT
public:
    struct Item {
        QString label, value;
        int colour = 0, dash = 0;
        bool faint = false;
        int marker = -1; ///< a mark (ui/plots/marks.h) in place of a line
        bool operator==(const Item&) const = default;
    };
    explicit LegendStrip(QWidget* parent = nullptr);
    void setItems(std::vector<Item> items);
    const std::vector<Item>& items() const { return items_; }
    void paintTo(QPainter& painter, const QRectF& target) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Item> items_;
};

} // namespace descent::ui
