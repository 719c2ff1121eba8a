#include "ui/plots/compare_card.h"

#include "core/base/format.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/scene_figure.h"
#include "ui/plots/value_readout.h"
#include "ui/state/background.h"
#include "ui/theme.h"
#include "ui/widgets/card_header.h"

#include <QEvent>
#include <QImage>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr std::size_t kKeyed = 8; ///< more curves than these are named by the readout and the list alone
constexpr int kSwatchRoom = 26;   ///< pixels of an item of the key beside its name
constexpr int kBandRoom = 360;    ///< pixels of a chart from which on the readout tells bands too
constexpr double kReadable = 0.6; ///< share of the names that has to be there
constexpr std::size_t kSaid = 6;  ///< … and in the sentence for a screen reader

QString number(double v) {
    return QString::fromStdString(format_number(v, 4));
}

QString text(const CurveValue& at, bool with_band = true) {
    QString said = (at.exact ? QString() : QStringLiteral("≈ ")) + number(at.value);
    if (with_band && std::isfinite(at.low) && std::isfinite(at.high) && at.low < at.high)
        said += QStringLiteral(" [%1, %2]").arg(number(at.low), number(at.high));
    return said;
}

} // namespace

CompareCard::CompareCard(const std::string& metric, QWidget* parent)
    : QFrame(parent)
    , metric_(metric)
    , legend_(new LegendStrip)
    , view_(makeLineChart(scene_, this))
    , readout_(new ValueReadout(view_)) {
    const QString title = metricTitle(metric_);
    setObjectName(QStringLiteral("compare-") + QString::fromStdString(metric_));
    setAccessibleName(title);
    setProperty("role", QStringLiteral("card"));
    limitY(scene_, metric_);
    view_->setObjectName(objectName() + QStringLiteral("-view"));
    view_->setAccessibleName(title);
    legend_->setObjectName(objectName() + QStringLiteral("-legend"));
    header_ = new CardHeader(objectName(), title, true, nullptr, buildMenu());
    connect(header_, &CardHeader::logChosen, this, &CompareCard::logYWanted);
    connect(header_, &CardHeader::enlargeClicked, this, &CompareCard::enlargeClicked);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(header_);
    column->addWidget(legend_);
    column->addWidget(view_, 1);
    view_->installEventFilter(this);
    connect(view_, &PlotView::hovered, this, &CompareCard::hovered);
    connect(view_, &PlotView::xRangeChosen, this, &CompareCard::xRangeChosen);
    connect(view_, &PlotView::picked, this, &CompareCard::picked);
    connect(view_, &PlotView::chosen, this, &CompareCard::chosen);
    setContextMenuPolicy(Qt::CustomContextMenu);
    connect(this, &QWidget::customContextMenuRequested, this, [this](QPoint at) {
        QMenu* menu = buildMenu();
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(mapToGlobal(at));
    });
}

CompareCard::~CompareCard() = default;

QMenu* CompareCard::buildMenu() {
    auto* menu = new QMenu(this);
    const auto add = [&](const QString& said, const char* part, auto what) {
        menu->addAction(said, this, what)
            ->setObjectName(objectName() + QLatin1Char('-') + QLatin1String(part));
    };
    add(tr("Copy image"), "copy", [this] { Q_EMIT exportRequested(Export::copy); });
    menu->addSeparator();
    add(tr("Export figure…"), "figure", [this] { Q_EMIT exportRequested(Export::figure); });
    add(tr("Export what is drawn as CSV…"), "csv", [this] { Q_EMIT exportRequested(Export::csv); });
    add(tr("Export every sample as CSV…"), "samples", [this] { Q_EMIT exportRequested(Export::samples); });
    menu->addSeparator();
    add(tr("Show as table"), "table", [this] { Q_EMIT tableRequested(); });
    add(tr("All of x"), "reset", [this] { Q_EMIT xRangeChosen(std::nullopt); });
    add(tr("Hide this chart"), "hide", [this] { Q_EMIT hideClicked(); });
    return menu;
}

void CompareCard::setEnlarged(bool enlarged) {
    header_->setEnlarged(enlarged);
}

void CompareCard::show(CurveTask task, Frame frame) {
    wish_ = Wish{std::move(task), frame};
    if (!busy_) make();
}

/// What is wished for last; what was wished for in between is never made.
void CompareCard::make() {
    Wish wish = *std::exchange(wish_, std::nullopt);
    if (wish.task.plain()) return take(makeCurves(wish.task), wish.frame);
    busy_ = true;
    inBackground(
        this, [task = std::move(wish.task)] { return makeCurves(task); },
        [this, frame = wish.frame](CompareCurves curves) {
            busy_ = false;
            take(std::move(curves), frame);
            if (wish_) make();
        });
}

void CompareCard::take(CompareCurves curves, const Frame& frame) {
    curves_ = std::move(curves);
    scene_.curves = curves_.curves;
    scene_.lines = frame.lines;
    run_ids_ = frame.runs;
    scene_.axis = frame.axis;
    scene_.log_x = frame.log_x;
    scene_.log_y = frame.log_y;
    scene_.growing = frame.growing;
    scene_.x_range.reset();
    if (frame.axis == XAxis::share && !frame.log_x) scene_.x_range = {0, 1};
    header_->setLog(frame.log_y);
    header_->setNote(curves_.note);
    view_->redraw();
    updateKey();
    updateReadout();
    updateWords();
    Q_EMIT curvesChanged();
}

void CompareCard::setCursor(std::optional<double> x, bool with_values) {
    if (cursor_ == x && with_values_ == with_values) return;
    cursor_ = x;
    with_values_ = with_values;
    view_->setCursor(x);
    updateKey();
    updateReadout();
}

void CompareCard::setXRange(std::optional<std::pair<double, double>> range) {
    range_ = range;
    view_->setXRange(range);
    Q_EMIT curvesChanged();
}

void CompareCard::setPicked(const QString& id) {
    if (picked_ == id) return;
    picked_ = id;
    view_->setPicked(id);
    updateReadout();
}

void CompareCard::updateKey() {
    std::vector<LegendStrip::Item> items;
    for (const auto& curve : scene_.curves) {
        if (curve.faint) continue;
        const auto at = cursor_ ? valueAt(curve, *cursor_) : lastValue(curve);
        items.push_back({curve.label, at ? number(at->value) : QString(), curve.colour, curve.dash, false});
    }
    // A key of which only first letters would be left says nothing.
    int letters = 0;
    for (const auto& item : items) letters += legend_->fontMetrics().horizontalAdvance(item.label);
    const int room = view_->width() - int(items.size()) * kSwatchRoom;
    legend_->setVisible(items.size() <= kKeyed && letters * kReadable < room);
    legend_->setItems(std::move(items));
}

void CompareCard::updateReadout() {
    if (!cursor_ || !with_values_) return readout_->hide();
    std::vector<ValueReadout::Item> items;
    double first = range_ ? range_->first : 0, last = range_ ? range_->second : 0;
    for (const auto& curve : scene_.curves) {
        if (curve.faint) continue;
        if (const auto end = range_ ? std::nullopt : lastValue(curve)) last = std::max(last, end->x);
        if (const auto at = valueAt(curve, *cursor_))
            items.push_back({curve.label, text(*at, view_->width() >= kBandRoom), at->value, curve.colour,
                             curve.dash, curve.id == picked_});
    }
    const auto place = [&](double x) { return scene_.log_x ? std::log(std::max(x, 1e-12)) : x; };
    if (scene_.log_x && first <= 0) first = std::max(1e-12, last / 1000); // roughly where the axis begins
    const double share = last > first ? (place(*cursor_) - place(first)) / (place(last) - place(first)) : 0;
    const QString title = QStringLiteral("%1 %2").arg(axisName(scene_.axis), number(*cursor_));
    readout_->show(title, std::move(items), view_->rect().adjusted(theme::kGrid * 6, 0, 0, -theme::kGrid * 2),
                   share < 0.5);
}

void CompareCard::updateWords() {
    QStringList said;
    std::size_t more = 0;
    for (const auto& curve : scene_.curves) {
        if (curve.faint) continue;
        const auto last = lastValue(curve);
        if (!last) continue;
        if (std::size_t(said.size()) == kSaid) {
            ++more;
            continue;
        }
        said << QStringLiteral("%1 %2").arg(curve.label, text(*last));
    }
    QString all = said.isEmpty() ? tr("nothing measured yet") : said.join(QStringLiteral(", "));
    if (more > 0) all += tr(" and %1 more").arg(more);
    const QString words = tr("%1 by %2, last values: %3").arg(accessibleName(), axisName(scene_.axis), all);
    setAccessibleDescription(words);
    view_->setAccessibleDescription(words);
}

PlotTable CompareCard::table() const {
    std::vector<std::vector<PlotPoint>> drawn;
    for (std::size_t i = 0; i < scene_.curves.size(); ++i) drawn.push_back(view_->drawn(i));
    return tableOf(curves_, drawn, axisName(scene_.axis));
}

FigureSource CompareCard::figure() const {
    return sceneFigure(accessibleName(), scene_, run_ids_, range_);
}

QImage CompareCard::image(qreal scale) const {
    const QSize size = this->size().expandedTo({320, 200});
    FigureFormat format;
    format.size_mm = QSizeF(size) * (25.4 / logicalDpiX());
    format.light = false; // as it is seen
    QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    paintFigure(figure(), format, painter, QRectF(QPointF(0, 0), image.deviceIndependentSize()));
    return image;
}

bool CompareCard::eventFilter(QObject* watched, QEvent* event) {
    if (watched == view_ && event->type() == QEvent::Resize) {
        updateKey();
        updateReadout();
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace descent::ui
