#include "ui/plots/svg_device.h"

#include "ui/plots/font_subset.h"

#include <QBuffer>
#include <QFontInfo>
#include <QImage>
#include <QLinearGradient>
#include <QPaintEngine>
#include <QPainterPath>
#include <QPen>
#include <QPixmap>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace descent::ui {

namespace {

/// Thousandths of a unit, without zeros at the end.
QByteArray number(double v) {
    if (!std::isfinite(v)) v = 0;
    QByteArray text = QByteArray::number(v, 'f', 3);
    while (text.endsWith('0')) text.chop(1);
    if (text.endsWith('.')) text.chop(1);
    return text == "-0" ? "0" : text;
}
QByteArray pair(QPointF p) {
    return number(p.x()) + ',' + number(p.y());
}
QByteArray attribute(const char* name, const QByteArray& value) {
    return QByteArray(" ") + name + "=\"" + value + '"';
}
/// `what`: "fill", "stroke", "stop-color".
QByteArray colour(const QByteArray& what, const QColor& c, double opacity) {
    QByteArray text = attribute(what.constData(), c.name().toLatin1());
    if (const double a = c.alphaF() * opacity; a < 0.999)
        text += attribute((what == "stop-color" ? "stop-opacity" : what + "-opacity").constData(), number(a));
    return text;
}
/// As it may stand between apostrophes in a style sheet and in an attribute.
QByteArray quotable(QString family) {
    return family.remove(QRegularExpression(QStringLiteral("['\"<>&\\\\]"))).toUtf8();
}

QByteArray dataOf(const QPainterPath& path) {
    QByteArray d;
    for (int i = 0; i < path.elementCount(); ++i) {
        const auto at = path.elementAt(i);
        switch (at.type) {
        case QPainterPath::MoveToElement:
            d += 'M' + pair(at);
            break;
        case QPainterPath::LineToElement:
            d += 'L' + pair(at);
            break;
        case QPainterPath::CurveToElement: // two more of the data kind follow
            d += 'C' + pair(at) + ' ' + pair(path.elementAt(i + 1)) + ' ' + pair(path.elementAt(i + 2));
            i += 2;
            break;
        case QPainterPath::CurveToDataElement:
            break;
        }
    }
    return d;
}

} // namespace

/// Geometry is brought into page units here, so that the document has no transforms but those of turned text.
class SvgEngine : public QPaintEngine {
public:
    SvgEngine()
        : QPaintEngine(PrimitiveTransform | PixmapTransform | PainterPaths | AlphaBlend | Antialiasing |
                       ConstantOpacity | LinearGradientFill) {}

    bool begin(QPaintDevice*) override {
        setActive(true);
        return true;
    }
    bool end() override {
        closeClip();
        setActive(false);
        return true;
    }
    Type type() const override { return User; }

    void updateState(const QPaintEngineState& now) override {
        const auto dirty = now.state();
        if (dirty & DirtyTransform) transform_ = now.transform();
        if (dirty & DirtyPen) pen_ = now.pen();
        if (dirty & DirtyBrush) brush_ = now.brush();
        if (dirty & DirtyOpacity) opacity_ = now.opacity();
        if (dirty & DirtyClipRegion) {
            QPainterPath path;
            path.addRegion(now.clipRegion());
            clip(now.clipOperation(), path);
        }
        if (dirty & DirtyClipPath) clip(now.clipOperation(), now.clipPath());
        if (dirty & DirtyClipEnabled) clipped_ = now.isClipEnabled() && has_clip_;
    }

    void drawPath(const QPainterPath& path) override {
        if (unseen()) return;
        put("<path" + attribute("d", dataOf(transform_.map(path))) + fill(path.fillRule()) + stroke() + "/>");
    }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        if (unseen()) return;
        QByteArray list;
        for (int i = 0; i < count; ++i) {
            if (i) list += ' ';
            list += pair(transform_.map(points[i]));
        }
        if (mode == PolylineMode)
            put("<polyline" + attribute("points", list) + " fill=\"none\"" + stroke() + "/>");
        else
            put("<polygon" + attribute("points", list) +
                fill(mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill) + stroke() + "/>");
    }
    void drawPolygon(const QPoint* points, int count, PolygonDrawMode mode) override {
        QPolygonF exact;
        for (int i = 0; i < count; ++i) exact << points[i];
        drawPolygon(exact.constData(), count, mode);
    }
    void drawLines(const QLineF* lines, int count) override {
        if (pen_.style() == Qt::NoPen) return;
        QByteArray d;
        for (int i = 0; i < count; ++i)
            d += 'M' + pair(transform_.map(lines[i].p1())) + 'L' + pair(transform_.map(lines[i].p2()));
        put("<path" + attribute("d", d) + " fill=\"none\"" + stroke() + "/>");
    }
    using QPaintEngine::drawLines;
    void drawRects(const QRectF* rects, int count) override {
        if (unseen()) return;
        for (int i = 0; i < count; ++i) {
            if (transform_.type() > QTransform::TxScale) {
                QPainterPath path;
                path.addRect(rects[i]);
                drawPath(path);
                continue;
            }
            const QRectF r = transform_.mapRect(rects[i]);
            put("<rect" + attribute("x", number(r.x())) + attribute("y", number(r.y())) +
                attribute("width", number(r.width())) + attribute("height", number(r.height())) +
                fill(Qt::OddEvenFill) + stroke() + "/>");
        }
    }
    using QPaintEngine::drawRects;
    void drawEllipse(const QRectF& rect) override {
        if (unseen()) return;
        const QRectF r = transform_.mapRect(rect);
        put("<ellipse" + attribute("cx", number(r.center().x())) + attribute("cy", number(r.center().y())) +
            attribute("rx", number(r.width() / 2)) + attribute("ry", number(r.height() / 2)) +
            fill(Qt::OddEvenFill) + stroke() + "/>");
    }
    using QPaintEngine::drawEllipse;

    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override {
        drawImage(target, pixmap.toImage(), source, Qt::AutoColor);
    }
    void drawImage(const QRectF& target, const QImage& image, const QRectF& source,
                   Qt::ImageConversionFlags) override {
        QByteArray png;
        QBuffer buffer(&png);
        buffer.open(QIODevice::WriteOnly);
        image.copy(source.toAlignedRect()).save(&buffer, "PNG");
        const QRectF r = transform_.mapRect(target);
        put("<image" + attribute("x", number(r.x())) + attribute("y", number(r.y())) +
            attribute("width", number(r.width())) + attribute("height", number(r.height())) +
            attribute("preserveAspectRatio", "none") +
            (opacity_ < 0.999 ? attribute("opacity", number(opacity_)) : QByteArray()) +
            attribute("xlink:href", "data:image/png;base64," + png.toBase64()) + "/>");
    }

    void drawTextItem(const QPointF& at, const QTextItem& item) override {
        const QFont font = item.font();
        const QString text = item.text();
        const double scale = std::sqrt(std::abs(transform_.determinant()));
        if (!canEmbed(font, text)) {
            QPainterPath path;
            path.addText(at, font, text);
            put("<path" + attribute("d", dataOf(transform_.map(path))) + colour("fill", ink(), opacity_) +
                "/>");
            return;
        }
        const QFontInfo info(font);
        const QString family = familyInUse(font);
        auto& used = fonts_[{family, info.weight(), info.italic()}];
        used.font = font;
        for (const char32_t c : text.toUcs4()) used.characters.insert(c);
        const bool turned = transform_.type() > QTransform::TxScale;
        const QPointF place = turned ? at : transform_.map(at);
        // QFontInfo rounds the size of an unhinted font to whole pixels.
        const double pixels = font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * dpi / 72;
        QByteArray line = "<text" + attribute("x", number(place.x())) + attribute("y", number(place.y()));
        if (turned)
            line += attribute("transform", "matrix(" + number(transform_.m11()) + ' ' +
                                               number(transform_.m12()) + ' ' + number(transform_.m21()) +
                                               ' ' + number(transform_.m22()) + ' ' +
                                               number(transform_.dx()) + ' ' + number(transform_.dy()) + ')');
        line += attribute("font-family", '\'' + quotable(family) + "', sans-serif") +
                attribute("font-size", number(turned ? pixels : pixels * scale));
        if (info.weight() != QFont::Normal)
            line += attribute("font-weight", QByteArray::number(info.weight()));
        if (info.italic()) line += " font-style=\"italic\"";
        put(line + colour("fill", ink(), opacity_) + " xml:space=\"preserve\">" +
            text.toHtmlEscaped().toUtf8() + "</text>");
    }

    QByteArray definitions() const {
        QByteArray all = definitions_;
        QByteArray faces;
        for (const auto& [key, used] : fonts_) {
            const auto& [family, weight, italic] = key;
            const QByteArray font = fontSubset(used.font, used.characters);
            if (font.isEmpty()) continue; // the reader's own of that name, then
            faces += "@font-face{font-family:'" + quotable(family) +
                     "';font-weight:" + QByteArray::number(weight) +
                     (italic ? ";font-style:italic" : QByteArray()) +
                     ";src:url(data:" + (font.startsWith("OTTO") ? "font/otf" : "font/ttf") + ";base64," +
                     font.toBase64() + ")}\n";
        }
        if (!faces.isEmpty()) all += "<style type=\"text/css\">\n" + faces + "</style>\n";
        return all;
    }
    const QByteArray& body() const { return body_; }

    int dpi = 96;

private:
    struct Font {
        QFont font;
        QSet<char32_t> characters;
    };

    bool unseen() const { return pen_.style() == Qt::NoPen && brush_.style() == Qt::NoBrush; }
    void put(const QByteArray& element) {
        const int wanted = clipped_ ? clip_ : 0;
        if (wanted != open_) {
            closeClip();
            if (wanted) body_ += "<g clip-path=\"url(#clip" + QByteArray::number(wanted) + ")\">\n";
            open_ = wanted;
        }
        body_ += element + '\n';
    }
    void closeClip() {
        if (open_) body_ += "</g>\n";
        open_ = 0;
    }

    void clip(Qt::ClipOperation operation, const QPainterPath& path) {
        if (operation == Qt::NoClip) {
            has_clip_ = clipped_ = false;
            return;
        }
        const QPainterPath mapped = transform_.map(path);
        clip_path_ = operation == Qt::IntersectClip && has_clip_ ? clip_path_.intersected(mapped) : mapped;
        has_clip_ = clipped_ = true;
        const QByteArray data = dataOf(clip_path_);
        const auto [it, fresh] = clips_.try_emplace(data, int(clips_.size()) + 1);
        clip_ = it->second;
        if (fresh)
            definitions_ += "<clipPath id=\"clip" + QByteArray::number(clip_) + "\"><path" +
                            attribute("d", data) + "/></clipPath>\n";
    }

    QByteArray stroke() const {
        if (pen_.style() == Qt::NoPen) return {};
        const double scale = pen_.isCosmetic() ? 1 : std::sqrt(std::abs(transform_.determinant()));
        const double width = (pen_.widthF() > 0 ? pen_.widthF() : 1) * scale;
        QByteArray text = colour("stroke", ink(), opacity_) + attribute("stroke-width", number(width));
        if (pen_.style() != Qt::SolidLine) {
            QByteArray dashes;
            for (const double dash : pen_.dashPattern())
                dashes += (dashes.isEmpty() ? "" : ",") + number(dash * width);
            text += attribute("stroke-dasharray", dashes);
        }
        if (pen_.capStyle() != Qt::FlatCap)
            text += attribute("stroke-linecap", pen_.capStyle() == Qt::RoundCap ? "round" : "square");
        if (pen_.joinStyle() != Qt::MiterJoin && pen_.joinStyle() != Qt::SvgMiterJoin)
            text += attribute("stroke-linejoin", pen_.joinStyle() == Qt::RoundJoin ? "round" : "bevel");
        return text;
    }
    QColor ink() const { return pen_.brush().style() == Qt::SolidPattern ? pen_.color() : Qt::black; }

    QByteArray fill(Qt::FillRule rule) {
        if (brush_.style() == Qt::NoBrush) return " fill=\"none\"";
        QByteArray text;
        if (brush_.style() == Qt::LinearGradientPattern) {
            text = attribute("fill", "url(#" + gradient() + ')');
            if (opacity_ < 0.999) text += attribute("fill-opacity", number(opacity_));
        } else {
            text = colour("fill", brush_.color(), opacity_);
        }
        return rule == Qt::OddEvenFill ? text + " fill-rule=\"evenodd\"" : text;
    }
    QByteArray gradient() {
        const auto* g = static_cast<const QLinearGradient*>(brush_.gradient());
        const QPointF from = transform_.map(g->start()), to = transform_.map(g->finalStop());
        const QByteArray id = "gradient" + QByteArray::number(++gradients_);
        definitions_ += "<linearGradient id=\"" + id + "\" gradientUnits=\"userSpaceOnUse\"" +
                        attribute("x1", number(from.x())) + attribute("y1", number(from.y())) +
                        attribute("x2", number(to.x())) + attribute("y2", number(to.y())) + '>';
        for (const auto& [at, c] : g->stops())
            definitions_ += "<stop" + attribute("offset", number(at)) + colour("stop-color", c, 1) + "/>";
        definitions_ += "</linearGradient>\n";
        return id;
    }

    QTransform transform_;
    QPen pen_;
    QBrush brush_;
    double opacity_ = 1;
    QPainterPath clip_path_;
    bool has_clip_ = false, clipped_ = false;
    std::map<QByteArray, int> clips_;
    int clip_ = 0, open_ = 0, gradients_ = 0; ///< the clip in force, the one written, how many
    QByteArray body_, definitions_;
    std::map<std::tuple<QString, int, bool>, Font> fonts_;
};

SvgDevice::SvgDevice(QSizeF size_mm, QSizeF size, int dpi)
    : size_mm_(size_mm)
    , size_(size)
    , dpi_(dpi)
    , engine_(std::make_unique<SvgEngine>()) {
    engine_->dpi = dpi;
}
SvgDevice::~SvgDevice() = default;

QPaintEngine* SvgDevice::paintEngine() const {
    return engine_.get();
}

int SvgDevice::metric(PaintDeviceMetric what) const {
    switch (what) {
    case PdmWidth:
        return int(std::ceil(size_.width()));
    case PdmHeight:
        return int(std::ceil(size_.height()));
    case PdmWidthMM:
        return int(std::round(size_mm_.width()));
    case PdmHeightMM:
        return int(std::round(size_mm_.height()));
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return dpi_;
    case PdmDevicePixelRatio:
        return 1;
    case PdmDevicePixelRatioScaled:
        return int(devicePixelRatioFScale());
    case PdmDepth:
        return 24;
    case PdmNumColors:
        return std::numeric_limits<int>::max();
    default:
        return QPaintDevice::metric(what);
    }
}

QByteArray SvgDevice::document(const QString& title, const QString& metadata) const {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
           "version=\"1.1\"" +
           attribute("width", number(size_mm_.width()) + "mm") +
           attribute("height", number(size_mm_.height()) + "mm") +
           attribute("viewBox", "0 0 " + number(size_.width()) + ' ' + number(size_.height())) +
           ">\n<title>" + title.toHtmlEscaped().toUtf8() + "</title>\n<metadata>" + metadata.toUtf8() +
           "</metadata>\n<defs>\n" + engine_->definitions() + "</defs>\n" + engine_->body() + "</svg>\n";
}

} // namespace descent::ui
