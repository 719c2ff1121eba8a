#include "ui/plots/sweep_lottery.h"

#include "core/base/format.h"
#include "core/base/pruning.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Sweep", text);
}

QString named(const std::string& text) {
    return QString::fromStdString(text);
}

/// With what all lottery charts have.
SweepChartData begun(const QString& title, const QString& y) {
    SweepChartData data;
    data.title = title;
    data.x = {.title = tr("weights left, %"), .log = true};
    data.x_reversed = true;
    data.y.title = y;
    return data;
}

QStringList sentencesOf(const Lottery& lottery) {
    QStringList all;
    for (const auto& sentence : lottery_sentences(lottery)) all << named(sentence);
    return all;
}

SweepPoint pointOf(const LotteryPoint& from, double value) {
    SweepPoint point{.x = 100 * from.remaining, .value = value, .seeds = from.seeds};
    point.where =
        tr("level %1, %2% of the weights").arg(from.level).arg(named(format_number(100 * from.remaining, 3)));
    for (const auto& run : from.runs) point.runs << named(run.uuid);
    point.count = std::ssize(from.runs);
    return point;
}

bool sameDensities(const LotteryLine& a, const LotteryLine& b) {
    return std::ranges::equal(a.points, b.points, [](const LotteryPoint& p, const LotteryPoint& q) {
        return p.level == q.level && std::ranges::equal(p.density, q.density, [](double x, double y) {
                   return x == y || (std::isnan(x) && std::isnan(y));
               });
    });
}

} // namespace

std::vector<std::string> lotteryMetrics(const SweepData& sweep) {
    auto all = sweep_metrics(sweep.runs);
    std::erase_if(all, [](const std::string& word) {
        return word.starts_with("weights/density") || word == "throughput" || word == "lr";
    });
    if (lottery_axis(sweep.record.plan) && !sweep.runs.empty()) {
        const auto first = lottery(sweep.record.plan, sweep.runs).metric;
        if (const auto at = std::ranges::find(all, first); at != all.end())
            std::rotate(all.begin(), at, at + 1);
    }
    return all;
}

SweepChartData lotteryChart(const SweepData& sweep, const std::string& metric) {
    const auto drawn = lottery(sweep.record.plan, sweep.runs, metric);
    auto data = begun(tr("%1 over weights left").arg(named(drawn.metric)), named(drawn.metric));
    data.fold = tr("mean of the seeds, band from the lowest to the highest");
    double least = 100;
    for (std::size_t i = 0; i < drawn.lines.size(); ++i) {
        SweepCurve curve{
            .label = named(drawn.lines[i].label), .colour = int(i), .dash = int(i), .marker = int(i)};
        for (const auto& from : drawn.lines[i].points) {
            if (from.value.count == 0) continue;
            auto point = pointOf(from, from.value.mean);
            point.count = from.value.count;
            if (from.value.count > 1) {
                point.low = from.value.low;
                point.high = from.value.high;
            }
            least = std::min(least, point.x);
            curve.points.push_back(std::move(point));
        }
        if (!curve.points.empty()) data.curves.push_back(std::move(curve));
    }
    if (drawn.dense.count > 0 && least < 100) {
        SweepCurve band{
            .label = tr("dense"), .colour = int(drawn.lines.size()), .dash = int(drawn.lines.size())};
        for (const double x : {100.0, least}) {
            SweepPoint point{.x = x, .value = drawn.dense.mean, .count = drawn.dense.count};
            point.low = drawn.dense.low;
            point.high = drawn.dense.high;
            band.points.push_back(point);
        }
        // A line without marks: ordered by x, as all are.
        std::ranges::reverse(band.points);
        data.curves.push_back(std::move(band));
    }
    data.sentences = sentencesOf(drawn);
    return data;
}

SweepChartData lotteryDensities(const SweepData& sweep) {
    const auto drawn = lottery(sweep.record.plan, sweep.runs);
    auto data = begun(tr("Weights left in each layer"), tr("weights left in the layer, %"));
    data.y.log = true;
    data.fold = tr("mean of the seeds");
    for (std::size_t i = 0; i < drawn.lines.size(); ++i) {
        const auto& line = drawn.lines[i];
        // Branches that keep as many in each layer are one line.
        if (std::any_of(drawn.lines.begin(), drawn.lines.begin() + std::ptrdiff_t(i),
                        [&](const auto& before) { return sameDensities(before, line); }))
            continue;
        for (std::size_t layer = 0; layer < drawn.layers.size(); ++layer) {
            SweepCurve curve{
                .label = named(i == 0 ? drawn.layers[layer] : drawn.layers[layer] + ", " + line.label),
                .colour = int(layer),
                .dash = int(i),
                .marker = int(layer)};
            for (const auto& from : line.points)
                if (!from.runs.empty() && !std::isnan(from.density[layer]))
                    curve.points.push_back(pointOf(from, 100 * from.density[layer]));
            if (!curve.points.empty()) data.curves.push_back(std::move(curve));
        }
    }
    if (!drawn.layers.empty())
        data.sentences << tr(
            "A layer above the diagonal keeps more of its weights than the network as a whole.");
    return data;
}

} // namespace descent::ui
