#include "ui/widgets/schedule_preview.h"

#include "core/base/change.h"
#include "core/base/format.h"
#include "core/base/schedule.h"
#include "ui/plots/curve_layer.h"
#include "ui/state/change_text.h"
#include "ui/theme.h"
#include "ui/widgets/param_field.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr std::int64_t kPoints = 600;
constexpr int kHeight = theme::kGrid * 13;

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

bool has(const ParamSet& params, const char* name) {
    return params.values.contains(name);
}

std::vector<Change> plannedChanges(const RunSpec& spec, const Catalog& catalog) {
    if (!has(spec.regime.params, "changes")) return {};
    return parse_changes(spec.regime.params.text("changes"), catalog, spec).value_or(std::vector<Change>{});
}

/// Examples per update in an epoch, where the batch grows: from batch_size to batch_end over a share of the
/// epochs, the last of which has reached the end.
double grownBatch(const ParamSet& regime, double first, double last, double epoch, double epochs) {
    const double growth = std::max(1.0, regime.real("batch_growth") * epochs - 1);
    const double t = std::clamp(epoch / growth, 0.0, 1.0);
    return regime.text("batch_schedule") == "linear" ? first + t * (last - first)
                                                     : first * std::pow(last / first, t);
}

} // namespace

SchedulePlan planSchedule(const RunSpec& spec, const Catalog& catalog, std::int64_t updates_per_epoch,
                          std::int64_t planned_updates, std::int64_t examples) {
    SchedulePlan plan;
    const auto& regime = spec.regime.params;
    if (!has(regime, "schedule") || !has(spec.optimizer.params, "lr")) return plan;
    const std::int64_t updates = std::max<std::int64_t>(1, planned_updates);
    // On average: a batch that grows makes fewer updates an epoch.
    const double per_epoch = spec.budget.epochs
                                 ? double(updates) / double(std::max<std::int64_t>(1, *spec.budget.epochs))
                                 : double(std::max<std::int64_t>(1, updates_per_epoch));
    plan.epochs = spec.budget.epochs ? double(*spec.budget.epochs) : double(updates) / per_epoch;
    const auto epochs = std::max<std::int64_t>(1, std::int64_t(std::ceil(plan.epochs)));
    plan.plateau = regime.text("schedule") == "plateau";
    try {
        const bool by_epoch = regime.text("schedule_unit") == "epoch";
        const Schedule schedule(regime, by_epoch ? epochs : updates);
        double base = spec.optimizer.params.real("lr");
        const auto changes = plannedChanges(spec, catalog);
        plan.constant = schedule.constant();
        auto change = changes.begin();
        const std::int64_t stride = std::max<std::int64_t>(1, updates / kPoints);
        const auto take = [&](std::int64_t update) {
            for (; change != changes.end() && change->at.count <= update; ++change)
                if (change->path == "optimizer.lr") base = std::stod(change->value);
            const auto t = by_epoch ? std::int64_t(double(update) / per_epoch) : update;
            const double x = double(update) / per_epoch, y = base * schedule.factor(t);
            if (plan.lr.size() > 1 && plan.lr.back().y == y && plan.lr[plan.lr.size() - 2].y == y)
                plan.lr.back().x = x;
            else
                plan.lr.push_back({x, y});
        };
        for (std::int64_t update = 0; update < updates; update += stride) {
            // A change between two points is a point of its own.
            while (change != changes.end() && change->at.count > update - stride && change->at.count < update)
                take(change->at.count);
            take(update);
        }
        take(updates - 1);
        plan.lr.push_back({plan.epochs, plan.lr.back().y});
        for (const auto& each : changes) {
            if (each.at.count >= updates) continue;
            plan.events.push_back({double(each.at.count) / per_epoch, changeLabel(each)});
            plan.constant = false;
        }
    } catch (const InputError&) { // milestones that cannot be read: the form says so when it starts
        plan.constant = false;
        plan.lr.clear();
        return plan;
    }
    if (has(regime, "batch_schedule") && regime.text("batch_schedule") != "constant" && examples > 0) {
        const auto size = [&](const char* name) {
            const auto n = regime.integer(name);
            return double(n == 0 ? examples : std::min(n, examples));
        };
        const double stride = std::max(1.0, double(epochs) / double(kPoints));
        for (double e = 0; e < double(epochs); e += stride)
            plan.batch.push_back({e, grownBatch(regime, size("batch_size"), size("batch_end"), std::floor(e),
                                                double(epochs))});
        plan.batch.push_back({plan.epochs, plan.batch.back().y});
        plan.constant = false;
    }
    return plan;
}

QString planSentence(const SchedulePlan& plan) {
    if (plan.lr.empty()) return {};
    const auto less = [](const PlotPoint& a, const PlotPoint& b) { return a.y < b.y; };
    const auto peak = std::ranges::max_element(plan.lr, less);
    const auto epoch = [](double x) { return SchedulePreview::tr("epoch %1").arg(number(x)); };
    QString text;
    if (plan.lr.front().y == peak->y && plan.lr.back().y == peak->y)
        text = SchedulePreview::tr("Step size %1 throughout").arg(number(peak->y));
    else if (plan.lr.front().y < peak->y)
        text = SchedulePreview::tr("Step size rises from %1 to %2 at %3, ends at %4")
                   .arg(number(plan.lr.front().y), number(peak->y), epoch(peak->x), number(plan.lr.back().y));
    else
        text = SchedulePreview::tr("Step size falls from %1 to %2 at %3")
                   .arg(number(peak->y), number(plan.lr.back().y), epoch(plan.lr.back().x));
    if (plan.plateau) text += SchedulePreview::tr(", and is lowered when the loss stops falling");
    for (const auto& event : plan.events)
        text += SchedulePreview::tr("; %1 from %2").arg(event.label, epoch(event.x));
    if (!plan.batch.empty())
        text += SchedulePreview::tr("; batch from %1 to %2")
                    .arg(QString::fromStdString(format_count(std::int64_t(plan.batch.front().y))),
                         QString::fromStdString(format_count(std::int64_t(plan.batch.back().y))));
    return text;
}

SchedulePreview::SchedulePreview(QWidget* parent) : QWidget(parent), words_(new QLabel) {
    setObjectName(QStringLiteral("schedulePreview"));
    scene_.axis = XAxis::epoch;
    view_ = makeLineChart(scene_, this);
    view_->setObjectName(QStringLiteral("schedulePreviewChart"));
    view_->setFixedHeight(kHeight);
    words_->setObjectName(QStringLiteral("schedulePreviewWords"));
    words_->setProperty("role", QStringLiteral("hint"));
    words_->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, kDotWidth, 0);
    column->setSpacing(2);
    column->addWidget(view_);
    column->addWidget(words_);
    connect(view_, &PlotView::hovered, this, &SchedulePreview::point);
    hide();
}

void SchedulePreview::setPlan(const SchedulePlan& plan) {
    plan_ = plan;
    scene_.curves.clear();
    scene_.curves.push_back({tr("lr"), 0, 0, false, plan.lr, true});
    if (!plan.batch.empty() && !plan.lr.empty()) {
        // On the same axis as a shape: from nothing to the highest step size.
        double top = 0, most = 0;
        for (const auto& p : plan.lr) top = std::max(top, p.y);
        for (const auto& p : plan.batch) most = std::max(most, p.y);
        PlotCurve shape{tr("batch"), 2, 1, true, {}, true};
        for (const auto& p : plan.batch) shape.points.push_back({p.x, most > 0 ? p.y / most * top : 0});
        scene_.curves.push_back(std::move(shape));
    }
    scene_.events = plan.events;
    scene_.reached = plan.epochs;
    const QString sentence = planSentence(plan);
    for (QWidget* each : {static_cast<QWidget*>(this), static_cast<QWidget*>(view_)}) {
        each->setAccessibleName(tr("Step size over the run"));
        each->setAccessibleDescription(sentence);
    }
    point(std::nullopt);
    view_->redraw();
}

/// The values under the pointer, or the sentence.
void SchedulePreview::point(std::optional<double> epoch) {
    view_->setCursor(epoch);
    QString text = planSentence(plan_);
    if (epoch && !plan_.lr.empty()) {
        text = tr("epoch %1: lr %2").arg(number(*epoch), number(pointAt(plan_.lr, *epoch)->y));
        if (!plan_.batch.empty())
            text +=
                tr(", batch %1")
                    .arg(QString::fromStdString(format_count(std::llround(pointAt(plan_.batch, *epoch)->y))));
    }
    words_->setText(text);
}

} // namespace descent::ui
