#include "ui/plots/plot.h"

#include "core/base/format.h"
#include "ui/state/change_text.h"
#include "ui/state/watched_run.h"

#include <QStringList>

#include <algorithm>

namespace descent::ui {

#define DESCENT_REGISTERED(name) PlotDef plot_##name();
#include "registered_plot.inc"
#undef DESCENT_REGISTERED

std::vector<PlotDef> plots() {
    return {
#define DESCENT_REGISTERED(name) plot_##name(),
#include "registered_plot.inc"
#undef DESCENT_REGISTERED
    };
}

namespace {

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

QString epochText(const SeriesPoint& p) {
    return QStringLiteral("epoch %1").arg(QString::fromStdString(format_number(p.epoch.passes, 4)));
}

QString matrixSummary(const PlotDef& plot, const WatchedRun& run) {
    const Matrix* m = run.matrix(plot.matrix);
    if (!m || m->rows != m->columns || m->rows == 0)
        return plot.title + QStringLiteral(": nothing measured yet");
    double right = 0, all = 0;
    for (std::int64_t r = 0; r < m->rows; ++r)
        for (std::int64_t c = 0; c < m->columns; ++c) {
            const double v = m->values[std::size_t(r * m->columns + c)];
            all += v;
            if (r == c) right += v;
        }
    return QStringLiteral("%1: %2 classes, %3 of %4 on the diagonal at epoch %5")
        .arg(plot.title)
        .arg(m->rows)
        .arg(QString::fromStdString(format_count(std::int64_t(right))),
             QString::fromStdString(format_count(std::int64_t(all))),
             QString::fromStdString(format_number(m->epoch.passes, 4)));
}

} // namespace

bool answersClasses(const WatchedRun& run) {
    return !run.record() || !run.classes().empty() || run.matrix("validation/confusion") ||
           hasSeries(run, "train/accuracy") || hasSeries(run, "validation/accuracy");
}

bool hasSeries(const WatchedRun& run, std::string_view prefix) {
    return std::ranges::any_of(run.series(), [&](const auto& s) { return s->info.name.starts_with(prefix); });
}

std::vector<CurveDef> curvesOf(const PlotDef& plot, const WatchedRun& run) {
    std::vector<CurveDef> curves;
    for (const auto& curve : plot.curves) {
        if (!curve.metric.ends_with('/')) {
            curves.push_back(curve);
            continue;
        }
        int colour = curve.colour;
        for (const auto& series : run.series()) {
            const auto& name = series->info.name;
            if (!name.starts_with(curve.metric) || std::ranges::count(plot.without, name) > 0 ||
                std::ranges::any_of(plot.curves, [&](const auto& other) { return other.metric == name; }))
                continue;
            curves.push_back(curve);
            curves.back().metric = name;
            curves.back().label = QString::fromStdString(name.substr(curve.metric.size()));
            curves.back().colour = colour++;
        }
    }
    if (plot.name_of)
        for (auto& curve : curves)
            if (const auto name = plot.name_of(run, curve.metric); !name.isEmpty()) curve.label = name;
    return curves;
}

QString summary(const PlotDef& plot, const WatchedRun& run) {
    if (!plot.matrix.empty()) return matrixSummary(plot, run);
    QStringList now, best;
    QString when;
    for (const auto& curve : curvesOf(plot, run)) {
        const auto* series = curve.faint ? nullptr : run.find(curve.metric);
        if (!series || series->points.empty()) continue;
        const auto& points = series->points;
        now << curve.label + QLatin1Char(' ') + number(points.back().value);
        when = epochText(points.back());
        if (!curve.metric.starts_with("validation/") || points.size() < 2) continue;
        if (series->info.direction == Direction::lower) {
            const auto& p = points[series->lowest];
            best << QStringLiteral("lowest %1 %2 at %3").arg(curve.label, number(p.value), epochText(p));
        } else if (series->info.direction == Direction::higher) {
            const auto& p = points[series->highest];
            best << QStringLiteral("highest %1 %2 at %3").arg(curve.label, number(p.value), epochText(p));
        }
    }
    if (now.isEmpty()) return plot.title + QStringLiteral(": nothing measured yet");
    QString text =
        plot.title + QStringLiteral(": ") + now.join(QStringLiteral(", ")) + QStringLiteral(" at ") + when;
    if (!best.isEmpty()) text += QStringLiteral("; ") + best.join(QStringLiteral(", "));
    QStringList changed;
    for (const auto& change : run.changes())
        changed << QStringLiteral("%1 from update %2")
                       .arg(changeLabel(change), QString::fromStdString(format_count(change.at.count)));
    if (!changed.isEmpty())
        text += QStringLiteral("; changed while training: ") + changed.join(QStringLiteral(", "));
    return text;
}

} // namespace descent::ui
