#pragma once

#include "ui/plots/ticks.h"

#include <QFont>
#include <QImage>
#include <QRectF>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

class QPainter;

namespace descent::ui {

/// A quantity over two axes as a picture: a colour for each pixel, with ticks around it. Thread: GUI.
class FieldLayer {
public:
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    QString x_word; ///< beneath the last number
    QRectF area;    ///< within the widget, set by arrange()

    /// Leaves room for the numbers, and for `right` pixels of a key at the right.
    void arrange(QSizeF size, const QFont& font, double right = 0);
    /// `share` of the colour scale, 0 to 1, at a point of the axes; nothing where there is none.
    void fill(const std::function<std::optional<double>(double x, double y)>& share);
    void paint(QPainter& painter) const;
    double px(double x) const;
    double py(double y) const;
    double xAt(double pixel) const;
    double yAt(double pixel) const;

private:
    QFont font_;
    std::vector<Tick> x_ticks_, y_ticks_;
    QImage picture_;
};

/// The scale of such pictures, from the surface's colour to the full one.
QColor fieldColor(double share);

} // namespace descent::ui
