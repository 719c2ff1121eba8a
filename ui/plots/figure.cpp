#include "ui/plots/figure.h"

#include "ui/plots/svg_device.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QScreen>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kLeastMm = 10, kMostMm = 2000;
constexpr double kMostPixels = 20'000; ///< a side
constexpr double kMargin = 4;

QString tr(const char* text) {
    return QCoreApplication::translate("Figure", text);
}

/// What fonts are measured in where no device is given.
int unitsPerInch() {
    const QScreen* screen = QGuiApplication::primaryScreen();
    return screen ? int(std::round(screen->logicalDotsPerInchY())) : 96;
}
QSizeF units(QSizeF mm) {
    return mm * (unitsPerInch() / kMmPerInch);
}

void paintPage(QPainter& painter, const QRectF& page, const FigurePaint& paint, const QString& title,
               const FigureFormat& format) {
    const theme::Scoped scope(format.light || !theme::isDark() ? theme::Mode::light : theme::Mode::dark,
                              format.font_pt);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    painter.fillRect(page, theme::surface());
    QRectF inner = page.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (format.title && !title.isEmpty()) {
        const QFontMetricsF metrics(theme::titleFont());
        painter.setFont(theme::titleFont());
        painter.setPen(theme::text());
        painter.drawText(QRectF(inner.topLeft(), QSizeF(inner.width(), metrics.height())),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(title, Qt::ElideMiddle, inner.width()));
        inner.setTop(inner.top() + std::ceil(metrics.height() * 1.25));
    }
    painter.setFont(theme::labelFont());
    painter.save();
    if (inner.width() > 1 && inner.height() > 1) paint(painter, inner);
    painter.restore();
}

/// The same in SVG and in XMP.
QString metadata(const QString& title, const QStringList& runs) {
    QString items;
    for (const auto& run : runs) items += QStringLiteral("<rdf:li>%1</rdf:li>").arg(run.toHtmlEscaped());
    return QStringLiteral("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                          "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                          "xmlns:descent=\"urn:descent-studio:figure:1\">"
                          "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%1</rdf:li></rdf:Alt></dc:title>"
                          "<descent:runs><rdf:Seq>%2</rdf:Seq></descent:runs>"
                          "</rdf:Description></rdf:RDF>")
        .arg(title.toHtmlEscaped(), items);
}

QByteArray makeSvg(const FigurePaint& paint, const QString& title, const QStringList& runs,
                   const FigureFormat& format) {
    const QSizeF size = units(format.size_mm);
    SvgDevice svg(format.size_mm, size, unitsPerInch());
    {
        QPainter painter(&svg);
        paintPage(painter, QRectF(QPointF(0, 0), size), paint, title, format);
    }
    return svg.document(title, metadata(title, runs));
}

QByteArray makePdf(const FigurePaint& paint, const QString& title, const QStringList& runs,
                   const FigureFormat& format) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter pdf(&buffer);
    pdf.setTitle(title);
    pdf.setCreator(QStringLiteral("Descent Studio"));
    pdf.setResolution(unitsPerInch());
    pdf.setPageSize(QPageSize(format.size_mm, QPageSize::Millimeter, {}, QPageSize::ExactMatch));
    pdf.setPageMargins({});
    pdf.setDocumentXmpMetadata(
        QStringLiteral("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                       "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">%1</x:xmpmeta>\n<?xpacket end=\"w\"?>")
            .arg(metadata(title, runs))
            .toUtf8());
    {
        QPainter painter(&pdf);
        paintPage(painter, QRectF(QPointF(0, 0), units(format.size_mm)), paint, title, format);
    }
    return bytes;
}

QByteArray makePng(const FigurePaint& paint, const QString& title, const QStringList& runs,
                   const FigureFormat& format) {
    const QSizeF size = format.size_mm * (format.dpi / kMmPerInch);
    QImage image(size.toSize(), QImage::Format_RGB32);
    if (image.isNull()) return {};
    const auto dots = [](double dpi) { return int(std::round(dpi * 1000 / kMmPerInch)); };
    const double scale = double(format.dpi) / unitsPerInch();
    image.setDotsPerMeterX(dots(unitsPerInch())); // or fonts would be scaled twice
    image.setDotsPerMeterY(dots(unitsPerInch()));
    {
        QPainter painter(&image);
        painter.scale(scale, scale);
        paintPage(painter, QRectF(QPointF(0, 0), QSizeF(image.size()) / scale), paint, title, format);
    }
    image.setDotsPerMeterX(dots(format.dpi));
    image.setDotsPerMeterY(dots(format.dpi));
    image.setText(QStringLiteral("Title"), title);
    image.setText(QStringLiteral("Software"), QStringLiteral("Descent Studio"));
    image.setText(QStringLiteral("Descent-Runs"), runs.join(QLatin1Char(' ')));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    return image.save(&buffer, "PNG") ? bytes : QByteArray();
}

Result<void> check(const FigureFormat& format) {
    const auto sides = {format.size_mm.width(), format.size_mm.height()};
    if (std::ranges::any_of(sides, [](double mm) { return !(mm >= kLeastMm && mm <= kMostMm); }))
        return fail("a figure is 10 to 2,000 mm wide and high");
    if (!(format.font_pt >= 3 && format.font_pt <= 72)) return fail("letters of a figure have 3 to 72 pt");
    if (format.kind != FigureFormat::Kind::png) return {};
    if (format.dpi < 30 || format.dpi > 2400) return fail("a PNG has 30 to 2,400 dpi");
    if (std::max(format.size_mm.width(), format.size_mm.height()) * format.dpi / kMmPerInch > kMostPixels)
        return fail("a PNG of more than 20,000 pixels a side: fewer dpi or mm");
    return {};
}

} // namespace

const std::vector<FigureWidth>& figureWidths() {
    static const std::vector<FigureWidth> widths{
        {tr("Nature column"), 89},    {tr("Nature page"), 183},   {tr("IEEE column"), 88.9},
        {tr("IEEE page"), 181.9},     {tr("ICML column"), 82.6},  {tr("ICML page"), 171.5},
        {tr("NeurIPS, ICLR"), 139.7}, {tr("JMLR"), 152.4},        {tr("ACL column"), 77},
        {tr("Elsevier column"), 90},  {tr("Elsevier page"), 190}, {tr("A4, text"), 160},
        {tr("Slide, half"), 127},     {tr("Slide"), 254},
    };
    return widths;
}

Result<FigureFormat::Kind> figureKind(const QString& file) {
    const QString ending = file.section(QLatin1Char('.'), -1).toLower();
    if (ending == QStringLiteral("svg")) return FigureFormat::Kind::svg;
    if (ending == QStringLiteral("pdf")) return FigureFormat::Kind::pdf;
    if (ending == QStringLiteral("png")) return FigureFormat::Kind::png;
    return fail(file.toStdString() + ": expected a name that ends in .png, .svg or .pdf");
}

void paintFigure(const FigureSource& source, const FigureFormat& format, QPainter& painter,
                 const QRectF& target) {
    const QSizeF size = units(format.size_mm);
    const double scale = std::min(target.width() / size.width(), target.height() / size.height());
    painter.save();
    painter.translate(target.center() - QPointF(size.width(), size.height()) * (scale / 2));
    painter.scale(scale, scale);
    paintPage(painter, QRectF(QPointF(0, 0), size), source.paint, source.title, format);
    painter.restore();
}

Result<void> writeFigure(const FigurePaint& paint, const QString& title, const QStringList& run_ids,
                         const FigureFormat& format, const QString& file) {
    if (auto good = check(format); !good) return good;
    const QByteArray bytes = format.kind == FigureFormat::Kind::svg ? makeSvg(paint, title, run_ids, format)
                             : format.kind == FigureFormat::Kind::pdf
                                 ? makePdf(paint, title, run_ids, format)
                                 : makePng(paint, title, run_ids, format);
    if (bytes.isEmpty()) return fail("the picture could not be made", Error::Kind::internal);
    return saveFile(bytes, file);
}

} // namespace descent::ui
