#include "ui/plots/sweep_series.h"

#include "ui/state/store_host.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

constexpr std::size_t kMoments = 200;
constexpr std::size_t kPortion = 24;    ///< runs read at once
constexpr std::int64_t kWholeUpTo = 20; ///< points for each moment, up to which a series is read whole

std::vector<PlotPoint> thinned(const StoreReader& reader, const RunId& run, const std::string& metric,
                               const std::vector<Update>& moments, Update end) {
    std::vector<PlotPoint> points;
    const bool whole = end.count <= kWholeUpTo * std::int64_t(moments.size());
    const auto series = whole ? reader.series(run, metric) : std::vector<SeriesPoint>();
    std::size_t after = 0; // of the series, the first point after the moment
    Update before{0};
    for (const Update moment : moments) {
        std::optional<SeriesPoint> at;
        if (whole) {
            while (after < series.size() && series[after].update <= moment) ++after;
            if (after > 0) at = series[after - 1];
        } else {
            at = reader.value_at(run, metric, moment);
        }
        if (at && at->update > before) points.push_back({double(at->update.count), at->value});
        before = moment;
        if (moment >= end) break;
    }
    return points;
}

} // namespace

std::vector<Update> sweepMoments(Update last, std::size_t most) {
    std::vector<Update> moments;
    const double steps = double(std::max<std::size_t>(most, 2) - 1);
    for (std::size_t i = 0; i < most && last.count > 0; ++i) {
        const double at = std::pow(double(last.count), double(i) / steps);
        const Update update{std::clamp<std::int64_t>(std::llround(at), 1, last.count)};
        if (moments.empty() || moments.back() < update) moments.push_back(update);
    }
    return moments;
}

std::vector<SweepCourses::Wanted> SweepCourses::missing(const SweepData& sweep,
                                                        const std::vector<std::string>& metrics) {
    Update last{};
    std::set<RunId> here;
    for (const auto& run : sweep.runs) {
        last = std::max({last, run.run.planned, run.run.updates});
        here.insert(run.run.id);
    }
    if (auto moments = sweepMoments(last, kMoments); moments != moments_) {
        moments_ = std::move(moments);
        known_.clear();
    }
    std::erase_if(known_, [&](const auto& each) { return !here.contains(each.first); });
    std::vector<Wanted> all;
    for (const auto& [cell, run] : sweep.runs) {
        if (run.updates.count == 0) continue;
        Wanted wanted{run.id, run.updates, is_over(run.state), {}};
        const auto known = known_.find(run.id);
        const bool stale = known == known_.end() || known->second.updates != run.updates ||
                           known->second.over != wanted.over;
        for (const auto& metric : metrics)
            if (run.summary.contains(metric) && (stale || !known->second.metrics.contains(metric)))
                wanted.metrics.push_back(metric);
        if (!wanted.metrics.empty()) all.push_back(std::move(wanted));
    }
    return all;
}

SweepCourses::Columns SweepCourses::read(const StoreReader& reader, const Wanted& wanted,
                                         const std::vector<Update>& moments) {
    Columns columns;
    const double last = double(moments.back().count);
    for (const auto& metric : wanted.metrics) {
        auto points = thinned(reader, wanted.run, metric, moments, wanted.updates);
        if (wanted.over && points.size() > 1 && points.back().x < last)
            points.push_back({last, points.back().y});
        columns[metric] = std::move(points);
    }
    return columns;
}

void SweepCourses::put(const Wanted& wanted, Columns columns) {
    auto& known = known_[wanted.run];
    if (known.updates != wanted.updates || known.over != wanted.over) known.metrics.clear();
    known.updates = wanted.updates;
    known.over = wanted.over;
    for (auto& [metric, values] : columns) known.metrics[metric] = std::move(values);
}

const std::vector<PlotPoint>* SweepCourses::points(const RunId& run, const std::string& metric) const {
    const auto known = known_.find(run);
    if (known == known_.end()) return nullptr;
    const auto it = known->second.metrics.find(metric);
    return it == known->second.metrics.end() || it->second.empty() ? nullptr : &it->second;
}

SweepSeries::SweepSeries(StoreHost& store, QObject* parent) : QObject(parent), store_(store) {
    connect(&store_, &StoreHost::failed, this, [this] { // of which nothing comes back
        reading_ = false;
        waiting_.clear();
        Q_EMIT changed();
    });
}
SweepSeries::~SweepSeries() = default;

void SweepSeries::ask(std::shared_ptr<const SweepData> sweep, std::vector<std::string> metrics) {
    waiting_ = courses_.missing(*sweep, metrics);
    std::ranges::reverse(waiting_);
    if (!reading_) next();
}

void SweepSeries::next() {
    if (waiting_.empty()) return;
    const auto from = waiting_.end() - std::ptrdiff_t(std::min(kPortion, waiting_.size()));
    auto portion = std::make_shared<const std::vector<SweepCourses::Wanted>>(from, waiting_.end());
    waiting_.erase(from, waiting_.end());
    reading_ = true;
    using Answer = std::vector<SweepCourses::Columns>;
    store_.read<Answer>(
        this,
        [portion, moments = courses_.moments()](const StoreReader& reader) {
            Answer answer;
            for (const auto& wanted : *portion) answer.push_back(SweepCourses::read(reader, wanted, moments));
            return answer;
        },
        [this, portion, moments = courses_.moments()](Answer answer) {
            reading_ = false;
            if (moments == courses_.moments()) // else read for another time scale
                for (std::size_t i = 0; i < answer.size(); ++i)
                    courses_.put((*portion)[i], std::move(answer[i]));
            next();
            Q_EMIT changed();
        });
}

} // namespace descent::ui
