#pragma once

#include "core/base/result.h"

#include <QSizeF>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

class QPainter;
class QRectF;

namespace descent::ui {

/// How a picture is to be written, apart from what is in it.
struct FigureFormat {
    enum class Kind { png, svg, pdf };
    Kind kind = Kind::svg;
    QSizeF size_mm{160, 100};
    int dpi = 300;      ///< of a PNG
    bool light = true;  ///< the light theme whatever the window's
    double font_pt = 8; ///< of the numbers; titles one larger
    bool title = true;  ///< above the picture
    bool operator==(const FigureFormat&) const = default;
};
/// By the file's ending. Error elsewhere lists what there is.
Result<FigureFormat::Kind> figureKind(const QString& file);
/// Known widths in mm: "NeurIPS text (140)", "ICML column (83)", "Nature column (89)", "IEEE column (88)", …
struct FigureWidth {
    QString name;
    double mm;
};
const std::vector<FigureWidth>& figureWidths();

/// What is drawn, into a rectangle of the screen's logical pixels (mostly 1/96 inch), so that fonts measured
/// without a device fit. Colours and fonts are theme's at the moment of painting. Thread: GUI.
using FigurePaint = std::function<void(QPainter&, const QRectF&)>;

/// A chart that can be exported: a snapshot that owns what it uses, so that the picture and its numbers
/// agree.
struct FigureSource {
    QString title;
    FigurePaint paint;
    QStringList runs; ///< UUIDs, in the order of the curves
    /// What paint last drew, number for number (what it would draw at 160 × 100 mm where it has not). Thread:
    /// GUI.
    std::function<Result<void>(const QString& file)> plotted_csv{};
    /// Every sample behind it, in the background: owns all it uses. Thread: any; absent where there is
    /// nothing more than what is plotted.
    std::function<Result<void>(const QString& file)> full_csv{};
};

/// Paints as writeFigure() does, on a screen: into `target` of `painter`, scaled to fit, with the page's
/// background.
void paintFigure(const FigureSource& source, const FigureFormat& format, QPainter& painter,
                 const QRectF& target);
/// Writes the picture whole or not at all, its font embedded, the runs' UUIDs in its metadata (SVG
/// <metadata>, PDF XMP, PNG text). The kind is the format's. Thread: GUI.
Result<void> writeFigure(const FigurePaint& paint, const QString& title, const QStringList& run_ids,
                         const FigureFormat& format, const QString& file);
/// The runs that a figure's metadata name, in order. Error: not a figure that this program wrote. Thread:
/// any.
Result<QStringList> figureRuns(const QString& file);

} // namespace descent::ui
