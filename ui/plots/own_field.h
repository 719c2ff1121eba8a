#pragma once

#include "ui/plots/field_layer.h"
#include "ui/plots/plot_view.h"

namespace descent::ui {

/// A plot with axes of its own that shows a picture, or a word where there is nothing yet. Thread: GUI.
class OwnField : public OwnPlot {
    Q_OBJECT
public:
    explicit OwnField(QWidget* parent);

    void redraw() override;
    void paintTo(QPainter& painter, const QRectF& target) override;
    double costMs() const override { return cost_ms_; }
    std::vector<LegendStrip::Item> legend() const override { return {}; }

protected:
    /// Whether there is anything; sets the axes of `layer` and, once arranged, its picture.
    virtual bool arrange(FieldLayer& layer, QSizeF size, const QFont& font) = 0;
    virtual void paintOver(QPainter& painter, const FieldLayer& layer) = 0; ///< contours, keys
    virtual QString emptyWord() const = 0;
    const FieldLayer& layer() const { return layer_; } ///< as last painted on screen
    bool there() const { return there_; }

    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void draw(QPainter& painter, const FieldLayer& layer, bool there, QSizeF size);

    FieldLayer layer_;
    bool there_ = false, stale_ = true;
    double cost_ms_ = 0;
};

} // namespace descent::ui
