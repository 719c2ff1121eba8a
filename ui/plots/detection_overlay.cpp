#include "ui/plots/detection_overlay.h"

#include "core/base/format.h"
#include "ui/plots/detection_painter.h"
#include "ui/theme.h"

#include <QButtonGroup>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kReach = 10; ///< pixels

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}
double negativeShare(const DetectionCurve& curve) {
    return curve.points().back().false_alarm;
}

} // namespace

DetectionOverlay::DetectionOverlay(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("detectionOverlay"));
    dataChanged();
}
DetectionOverlay::~DetectionOverlay() = default;

void DetectionOverlay::setLines(std::vector<DetectionLine> lines) {
    lines_ = std::move(lines);
    std::erase_if(lines_, [](const DetectionLine& line) { return line.curve.empty(); });
    dataChanged();
}

void DetectionOverlay::setScale(DetectionScale scale) {
    if (scale_ == scale) return;
    scale_ = scale;
    dataChanged();
}

QWidget* DetectionOverlay::makeControls() {
    struct Choice {
        DetectionScale scale;
        const char *word, *name, *tip;
    };
    static constexpr std::array choices{
        Choice{DetectionScale::linear, "lin", "Linear", "Shares of all examples"},
        Choice{DetectionScale::log, "log", "Log", "Shares of all examples, logarithmic"},
        Choice{DetectionScale::det, "DET", "Det", "Rates of either class on normal deviates"},
        Choice{DetectionScale::roc, "ROC", "Roc", "Found positives over false alarms"}};
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    auto* group = new QButtonGroup(bar);
    for (const auto& choice : choices) {
        auto* button = new QToolButton;
        button->setObjectName(QStringLiteral("overlay") + QLatin1String(choice.name));
        button->setText(tr(choice.word));
        button->setAccessibleName(tr("Axes: %1").arg(tr(choice.word)));
        button->setToolTip(tr(choice.tip));
        button->setCheckable(true);
        button->setChecked(choice.scale == scale_);
        button->setProperty("role", QStringLiteral("segment"));
        button->setFocusPolicy(Qt::TabFocus);
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QToolButton::toggled, this, [this, scale = choice.scale](bool on) {
            if (on) setScale(scale);
        });
    }
    return bar;
}

/// Axes that show all of each curve. Shares of the classes may differ between runs: rates are then brought to
/// the first one's.
DetectionAxes DetectionOverlay::axes(QSizeF size) const {
    double positives = 0, negatives = 0, equal_error = 1;
    std::int64_t examples = 0;
    for (const auto& line : lines_) {
        positives = std::max(positives, line.curve.positive_share());
        negatives = std::max(negatives, negativeShare(line.curve));
        examples = std::max(examples, line.examples);
        if (const double e = line.curve.equal_error_rate(); e < equal_error) equal_error = e;
    }
    DetectionAxes made(scale_, positives, negatives, examples, equal_error);
    placeDetectionAxes(made, size, QFontMetricsF(theme::labelFont()));
    return made;
}

QPolygonF DetectionOverlay::polygon(const DetectionAxes& axes, const DetectionLine& line) const {
    if (scale_ == DetectionScale::linear || scale_ == DetectionScale::log)
        return detectionLine(axes, line.curve.points());
    double positives = 0, negatives = 0;
    for (const auto& each : lines_) {
        positives = std::max(positives, each.curve.positive_share());
        negatives = std::max(negatives, negativeShare(each.curve));
    }
    const double own_positives = line.curve.positive_share(), own_negatives = negativeShare(line.curve);
    std::vector<DetectionPoint> points = line.curve.points();
    for (auto& p : points) {
        if (own_negatives > 0) p.false_alarm *= negatives / own_negatives;
        if (own_positives > 0) p.false_reject *= positives / own_positives;
    }
    return detectionLine(axes, points);
}

void DetectionOverlay::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const DetectionAxes made = axes(size);
    paintDetectionGrid(painter, made, QFontMetricsF(painter.font()));
    painter.save();
    painter.setClipRect(made.area().adjusted(-2, -2, 2, 2));
    painter.setBrush(Qt::NoBrush);
    const auto paint = [&](std::size_t i, double width) {
        QPen pen(theme::series(lines_[i].colour), width);
        pen.setJoinStyle(Qt::RoundJoin);
        if (theme::dash(lines_[i].dash) != Qt::SolidLine) pen.setStyle(theme::dash(lines_[i].dash));
        painter.setPen(pen);
        painter.drawPolyline(polygon(made, lines_[i]));
    };
    for (std::size_t i = 0; i < lines_.size(); ++i) paint(i, 1.75);
    if (look.picked) paint(*look.picked, 3);
    painter.restore();
}

std::optional<std::size_t> DetectionOverlay::itemAt(QPointF at) const {
    if (lines_.empty()) return std::nullopt;
    const DetectionAxes made = axes(QSizeF(size()));
    std::optional<std::size_t> nearest;
    double least = kReach;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const QPolygonF line = polygon(made, lines_[i]);
        for (qsizetype k = 1; k < line.size(); ++k) {
            const QPointF ab = line[k] - line[k - 1], ap = at - line[k - 1];
            const double length = QPointF::dotProduct(ab, ab);
            const double t = length > 0 ? std::clamp(QPointF::dotProduct(ap, ab) / length, 0.0, 1.0) : 0;
            const QPointF d = ap - ab * t;
            const double away = std::hypot(d.x(), d.y());
            if (away >= least) continue;
            least = away;
            nearest = i;
        }
    }
    return nearest;
}

QString DetectionOverlay::idOf(std::size_t item) const {
    return lines_[item].id;
}

QString DetectionOverlay::wordsOf(std::size_t item) const {
    const auto& curve = lines_[item].curve;
    return tr("%1: area under FA–FR %2, AUROC %3, equal error rate %4")
        .arg(lines_[item].label, number(curve.area()), number(curve.auroc()),
             QString::fromStdString(format_percent(curve.equal_error_rate())));
}

QString DetectionOverlay::name() const {
    switch (scale_) {
    case DetectionScale::det:
        return tr("DET curves");
    case DetectionScale::roc:
        return tr("ROC curves");
    default:
        return tr("FA–FR curves");
    }
}

QString DetectionOverlay::emptyWord() const {
    return tr("None of the chosen runs has a detection curve");
}

std::vector<LegendStrip::Item> DetectionOverlay::legend() const {
    std::vector<LegendStrip::Item> key;
    for (const auto& line : lines_)
        key.push_back({line.label, number(line.curve.area()), line.colour, line.dash, false});
    return key;
}

QString DetectionOverlay::summary() const {
    if (lines_.empty()) return name() + QStringLiteral(": ") + emptyWord();
    const auto best =
        std::ranges::min_element(lines_, {}, [](const DetectionLine& line) { return line.curve.area(); });
    return tr("%1 of %2 runs; the smallest area under FA–FR has %3")
        .arg(name())
        .arg(lines_.size())
        .arg(wordsOf(std::size_t(best - lines_.begin())));
}

PlotTable DetectionOverlay::table() const {
    PlotTable table;
    for (const char* column : {"run", "run_id", "log_odds", "false_alarm_share", "false_reject_share",
                               "false_alarm_rate", "false_reject_rate"})
        table.columns << QString::fromLatin1(column);
    for (const auto& line : lines_) {
        const double positives = line.curve.positive_share(), negatives = negativeShare(line.curve);
        for (const auto& p : line.curve.points())
            table.rows.push_back({line.label,
                                  {p.threshold, p.false_alarm, p.false_reject,
                                   negatives > 0 ? p.false_alarm / negatives : std::nan(""),
                                   positives > 0 ? p.false_reject / positives : std::nan("")},
                                  {line.id}});
    }
    return table;
}

RunsPlot* DetectionOverlay::copy() const {
    auto* other = new DetectionOverlay;
    other->scale_ = scale_;
    other->lines_ = lines_;
    return other;
}

} // namespace descent::ui
