#pragma once

#include <QByteArray>
#include <QPaintDevice>
#include <QSizeF>
#include <QString>
#include <QStringList>

#include <memory>

class QPaintEngine;

namespace descent::ui {

class SvgEngine;

/// Paints into an SVG 1.1 document. Unlike Qt's generator (6.4) it keeps clips, and it brings the fonts: the
/// glyphs in use as @font-face; text in a font that cannot be taken along becomes paths. A polyline of n
/// points is one <polyline> of n points. Thread: GUI.
class SvgDevice : public QPaintDevice {
public:
    /// The page: its size on paper and in units of drawing, `dpi` of them an inch.
    SvgDevice(QSizeF size_mm, QSizeF size, int dpi);
    ~SvgDevice() override;

    /// After painting. `metadata` is XML, put into <metadata>.
    QByteArray document(const QString& title, const QString& metadata) const;
    QPaintEngine* paintEngine() const override;

protected:
    int metric(PaintDeviceMetric what) const override;

private:
    QSizeF size_mm_, size_;
    int dpi_;
    std::unique_ptr<SvgEngine> engine_;
};

} // namespace descent::ui
