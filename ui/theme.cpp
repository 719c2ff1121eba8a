#include "ui/theme.h"

#include "ui/style_sheet.h"

#include <QApplication>
#include <QCoreApplication>
#include <QFile>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QStyle>
#include <QStyleHints>
#include <QSvgRenderer>
#include <QWidget>

#include <array>
#include <functional>

// Q_INIT_RESOURCE must stand outside of any namespace.
static void initIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace descent::ui::theme {

namespace {

struct Colours {
    QColor window, surface, border, text, muted, accent, accent_text, warning, error, good;
    std::array<QColor, kColours> series; // Okabe–Ito order: blue, vermilion, green, purple, orange, sky, grey
};

const Colours kLight{
    QColor(0xf6, 0xf7, 0xf9),
    QColor(0xff, 0xff, 0xff),
    QColor(0xe2, 0xe6, 0xea),
    QColor(0x1b, 0x1f, 0x24),
    QColor(0x59, 0x63, 0x6e),
    QColor(0x2b, 0x62, 0xd9),
    QColor(0xff, 0xff, 0xff),
    QColor(0x8a, 0x58, 0x00),
    QColor(0xba, 0x2d, 0x22),
    QColor(0x19, 0x7a, 0x4a),
    {QColor(0x00, 0x72, 0xb2), QColor(0xd0, 0x55, 0x00), QColor(0x00, 0x8a, 0x63), QColor(0xb3, 0x52, 0x87),
     QColor(0xb0, 0x76, 0x00), QColor(0x2a, 0x8c, 0xc4), QColor(0x6b, 0x74, 0x7d)},
};
const Colours kDark{
    QColor(0x15, 0x17, 0x1b),
    QColor(0x1c, 0x1f, 0x24),
    QColor(0x2d, 0x32, 0x39),
    QColor(0xe6, 0xe8, 0xeb),
    QColor(0x9b, 0xa5, 0xaf),
    QColor(0x6a, 0x9c, 0xf8),
    QColor(0x0b, 0x12, 0x20),
    QColor(0xe5, 0xb1, 0x4e),
    QColor(0xf2, 0x86, 0x7c),
    QColor(0x4f, 0xc0, 0x88),
    {QColor(0x56, 0xb4, 0xe9), QColor(0xf0, 0x86, 0x3d), QColor(0x2f, 0xc4, 0x9a), QColor(0xe0, 0x93, 0xbe),
     QColor(0xe6, 0xb0, 0x3c), QColor(0x8c, 0xc8, 0xee), QColor(0x9b, 0xa5, 0xaf)},
};

Mode g_mode = Mode::system; // GUI thread only, as everything here
bool g_dark = false;
double g_font_pt = 0; ///< of a Scoped; 0: the application's

bool systemIsDark() {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (const auto scheme = QGuiApplication::styleHints()->colorScheme(); scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    // The palette the desktop gave, before this program set its own.
    static const bool dark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    return dark;
}

const Colours& colours() {
    return g_dark ? kDark : kLight;
}

/// Renders the SVG with currentColor replaced at the moment of painting, so that icons follow the theme.
class TintedSvg : public QIconEngine {
public:
    TintedSvg(const QString& file, QColor (*tint)()) : tint_(tint) {
        QFile f(file);
        if (f.open(QIODevice::ReadOnly)) svg_ = f.readAll();
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        QColor colour = tint_();
        if (mode == QIcon::Disabled) colour.setAlphaF(0.35f);
        QByteArray svg = svg_;
        svg.replace("currentColor", colour.name().toLatin1());
        QSvgRenderer renderer(svg);
        painter->save();
        painter->setOpacity(painter->opacity() * colour.alphaF());
        painter->setRenderHint(QPainter::Antialiasing);
        renderer.render(painter, rect);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        if (size.isEmpty()) return {}; // of a button that is squeezed to nothing
        QPixmap image(size);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return image;
    }
    QIconEngine* clone() const override { return new TintedSvg(*this); }

private:
    QByteArray svg_;
    QColor (*tint_)();
};

QString preferredFamily(const QFont& system) {
    // A desktop has chosen its typeface; a bare X server falls back to DejaVu, where Noto or Cantarell reads
    // better.
    if (!system.family().startsWith(QStringLiteral("DejaVu")) &&
        system.family() != QStringLiteral("Sans Serif"))
        return system.family();
    const QStringList known = QFontDatabase::families();
    for (const auto& family :
         {QStringLiteral("Inter"), QStringLiteral("Cantarell"), QStringLiteral("Noto Sans")})
        if (known.contains(family)) return family;
    return system.family();
}

} // namespace

void apply(QApplication& app, Mode mode) {
    static bool first = true;
    if (first) {
        initIcons();
        systemIsDark(); // looks at the desktop's palette while it is still there
        app.setStyle(QStringLiteral("Fusion"));
        QFont font = app.font();
        font.setFamily(preferredFamily(font));
        if (font.pointSizeF() > 0) font.setPointSizeF(std::max(font.pointSizeF(), 9.5));
        app.setFont(font);
        first = false;
    }
    g_mode = mode;
    g_dark = mode == Mode::dark || (mode == Mode::system && systemIsDark());
    QPalette palette;
    palette.setColor(QPalette::Window, window());
    palette.setColor(QPalette::WindowText, text());
    palette.setColor(QPalette::Base, surface());
    palette.setColor(QPalette::AlternateBase, window());
    palette.setColor(QPalette::Text, text());
    palette.setColor(QPalette::Button, surface());
    palette.setColor(QPalette::ButtonText, text());
    palette.setColor(QPalette::ToolTipBase, surface());
    palette.setColor(QPalette::ToolTipText, text());
    palette.setColor(QPalette::PlaceholderText, mutedText());
    palette.setColor(QPalette::Highlight, accent());
    palette.setColor(QPalette::HighlightedText, accentText());
    palette.setColor(QPalette::Link, accent());
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        QColor faint = mutedText();
        faint.setAlphaF(0.6f);
        palette.setColor(QPalette::Disabled, role, faint);
    }
    app.setPalette(palette);
    app.setStyleSheet(styleSheet());
}

Mode mode() {
    return g_mode;
}
bool isDark() {
    return g_dark;
}

Scoped::Scoped(Mode mode, double font_pt) : dark_(g_dark), font_pt_(g_font_pt) {
    g_dark = mode == Mode::dark || (mode == Mode::system && systemIsDark());
    if (font_pt > 0) g_font_pt = font_pt;
}

Scoped::~Scoped() {
    g_dark = dark_;
    g_font_pt = font_pt_;
}

QColor window() {
    return colours().window;
}
QColor surface() {
    return colours().surface;
}
QColor border() {
    return colours().border;
}
QColor text() {
    return colours().text;
}
QColor mutedText() {
    return colours().muted;
}
QColor accent() {
    return colours().accent;
}
QColor accentText() {
    return colours().accent_text;
}
QColor hover() {
    return g_dark ? QColor(0x26, 0x2a, 0x30) : QColor(0xec, 0xef, 0xf3);
}
QColor warning() {
    return colours().warning;
}
QColor error() {
    return colours().error;
}
QColor good() {
    return colours().good;
}

QColor series(int i) {
    return colours().series[std::size_t(i) % colours().series.size()];
}

Qt::PenStyle dash(int i) {
    constexpr std::array styles{Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine,
                                Qt::DashDotDotLine};
    return styles[std::size_t(i) % styles.size()];
}

QString colourName(int i) {
    constexpr std::array names{
        QT_TRANSLATE_NOOP("Colour", "blue"),   QT_TRANSLATE_NOOP("Colour", "vermilion"),
        QT_TRANSLATE_NOOP("Colour", "green"),  QT_TRANSLATE_NOOP("Colour", "purple"),
        QT_TRANSLATE_NOOP("Colour", "orange"), QT_TRANSLATE_NOOP("Colour", "sky blue"),
        QT_TRANSLATE_NOOP("Colour", "grey")};
    static_assert(names.size() == kColours);
    return QCoreApplication::translate("Colour", names[std::size_t(i) % names.size()]);
}

int seriesOf(const RunId& run, std::optional<int> chosen) {
    if (chosen && *chosen >= 0) return *chosen;
    return int(std::hash<std::string>{}(run.uuid) % 6);
}

QColor runColor(const RunId& run, std::optional<int> chosen) {
    return series(seriesOf(run, chosen));
}

QColor stateColor(RunState state) {
    switch (state) {
    case RunState::running:
        return accent();
    case RunState::finished:
        return good();
    case RunState::paused:
    case RunState::interrupted:
        return warning();
    case RunState::diverged:
    case RunState::failed:
        return error();
    default:
        return mutedText();
    }
}

QIcon icon(const QString& name) {
    return icon(name, &text);
}

QIcon icon(const QString& name, QColor (*tint)()) {
    initIcons();
    return QIcon(new TintedSvg(QStringLiteral(":/icons/%1.svg").arg(name), tint));
}

namespace {
QFont baseFont(double larger) {
    QFont font = QApplication::font();
    if (g_font_pt > 0) {
        font.setPointSizeF(g_font_pt + larger);
        font.setHintingPreference(QFont::PreferNoHinting); // or widths depend on the screen
    }
    return font;
}
} // namespace

QFont numberFont() {
    QFont font = baseFont(0);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1);
#endif
    return font;
}

QFont labelFont() {
    QFont font = numberFont();
    if (g_font_pt <= 0) font.setPointSizeF(std::max(7.5, font.pointSizeF() - 1.5));
    return font;
}

QFont titleFont() {
    QFont font = baseFont(1);
    font.setWeight(QFont::DemiBold);
    return font;
}

void repolish(QWidget* widget) {
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

} // namespace descent::ui::theme
