#include "ui/state/compared_runs.h"

#include "core/analysis/ladder.h"
#include "core/store/lineage.h"
#include "ui/state/point_reader.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>

namespace descent::ui {

namespace {

constexpr int kLaterMs = 700;

bool samePoint(const SeriesPoint& a, const SeriesPoint& b) {
    return a.update == b.update &&
           std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

/// What is known with what has come since; read anew where a resumed run has gone back.
ComparedRuns::Series carriedOn(const StoreReader& reader, const RunRecord& run, const std::string& metric,
                               const ComparedRuns::Series& known) {
    if (known && !known->empty() && !run.parent) {
        const std::size_t last = known->size() - 1;
        const SeriesPoint* end = known->point(last);
        const auto more = reader.points(run.id, metric, {last, std::numeric_limits<std::int32_t>::max()});
        if (end && !more.empty() && samePoint(more.front(), *end)) {
            if (more.size() == 1) return known;
            auto longer = std::make_shared<SeriesPyramid>(*known);
            longer->append(std::span(more).subspan(1));
            return longer;
        }
    }
    auto series = joined_overview(reader, run, metric);
    return series.empty() ? nullptr : std::make_shared<const SeriesPyramid>(std::move(series));
}

} // namespace

int colourOf(const RunRecord& run) {
    return theme::seriesOf(run.id, run.colour);
}

QString metricTitle(const std::string& metric) {
    QString text = QString::fromStdString(metric);
    if (text.startsWith(QStringLiteral("train/"))) text.replace(0, 5, ComparedRuns::tr("training"));
    text.replace(QStringLiteral("auroc"), QStringLiteral("AUROC"));
    text.replace(QLatin1Char('/'), QLatin1Char(' ')).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

/// Runs, in the order asked for, and the metrics of each.
struct ComparedRuns::Found {
    std::vector<RunRecord> runs;
    ParentNames parents;
    std::vector<Metric> metrics;
    std::vector<Ladder> ladders;
    std::string ladder;
};

ComparedRuns::ComparedRuns(StoreHost& store, QObject* parent)
    : QObject(parent)
    , store_(store)
    , points_(std::make_shared<PointReader>(store.path())) {
    later_.setSingleShot(true);
    connect(&later_, &QTimer::timeout, this, &ComparedRuns::read);
    connect(&store_, &StoreHost::changed, this, [this] {
        stale_ = true;
        if (active_ && !later_.isActive()) later_.start(kLaterMs);
    });
    connect(&store_, &StoreHost::failed, this, [this] { // no answer will come; the next change asks again
        reading_ = reading_series_ = false;
        stale_ = series_stale_ = true;
    });
}

ComparedRuns::~ComparedRuns() = default;

void ComparedRuns::choose(std::vector<RunId> runs) {
    if (ladder_.empty() && ids_ == runs) return;
    ladder_.clear();
    ids_ = std::move(runs);
    again();
}

void ComparedRuns::chooseLadder(const std::string& group) {
    if (ladder_ == group) return;
    ladder_ = group;
    ids_.clear();
    again();
}

void ComparedRuns::again() {
    ++generation_;
    stale_ = true;
    if (active_) read();
}

void ComparedRuns::setActive(bool active) {
    active_ = active;
    if (active && stale_) read();
    if (active && series_stale_) readSeries();
}

void ComparedRuns::setMetrics(std::vector<std::string> metrics) {
    if (wanted_ == metrics) return;
    wanted_ = std::move(metrics);
    series_stale_ = true;
    if (active_) readSeries();
}

bool ComparedRuns::live() const {
    return std::ranges::any_of(runs_, [](const RunRecord& run) { return !is_over(run.state); });
}

const ComparedRuns::Metric* ComparedRuns::metric(const std::string& name) const {
    const auto it = std::ranges::find(metrics_, name, [](const Metric& m) { return m.info.name; });
    return it == metrics_.end() ? nullptr : &*it;
}

ComparedRuns::Series ComparedRuns::series(const RunId& run, const std::string& metric) const {
    const auto it = series_.find({run, metric});
    return it == series_.end() ? nullptr : it->second.series;
}

PointFetch ComparedRuns::fetch(const RunId& run, const std::string& metric) const {
    return PointReader::of(points_, run, metric);
}

BucketFetch ComparedRuns::fetchBuckets(const RunId& run, const std::string& metric) const {
    return PointReader::buckets(points_, run, metric);
}

void ComparedRuns::read() {
    if (reading_) return;
    reading_ = true;
    stale_ = false;
    store_.read<std::shared_ptr<Found>>(
        this,
        [ids = ids_, ladder = ladder_](const StoreReader& reader) {
            auto found = std::make_shared<Found>();
            if (auto all = reader.runs({.where = "tag:ladder"})) {
                for (auto& run : *all) { // newest first
                    const auto of = ladder_group(run.tags);
                    if (of.empty()) continue;
                    auto it = std::ranges::find(found->ladders, of, &Ladder::group);
                    if (it == found->ladders.end())
                        it = found->ladders.insert(
                            it, {of, run.spec.task.id, run.spec.model.id, run.created_ms, 0});
                    ++it->runs;
                    if (of == ladder) found->runs.push_back(std::move(run));
                }
                std::ranges::reverse(found->runs); // the plan's order
            }
            if (ladder.empty()) found->runs = reader.runs_by_id(ids);
            found->parents = parent_names(reader, found->runs);
            std::map<std::string, std::size_t> place;
            for (const auto& run : found->runs) {
                const auto unknown = [&](const auto& s) { return !place.contains(s.first); };
                if (std::ranges::any_of(run.summary, unknown))
                    for (auto& info : reader.metrics(run.id))
                        if (place.emplace(info.name, found->metrics.size()).second)
                            found->metrics.push_back({std::move(info), 0});
                for (const auto& [name, summary] : run.summary)
                    if (const auto it = place.find(name); it != place.end())
                        ++found->metrics[it->second].runs;
            }
            std::erase_if(found->metrics, [](const Metric& m) { return m.runs == 0; });
            return found;
        },
        [this, asked = generation_](std::shared_ptr<Found> found) {
            reading_ = false;
            if (asked == generation_) take(std::move(*found));
            if (active_ && asked != generation_)
                read();
            else if (active_ && stale_ && !later_.isActive())
                later_.start(kLaterMs);
        });
}

void ComparedRuns::take(Found found) {
    runs_ = std::move(found.runs);
    parents_ = std::move(found.parents);
    metrics_ = std::move(found.metrics);
    ladders_ = std::move(found.ladders);
    loaded_ = true;
    std::set<RunId> there;
    for (const auto& run : runs_) there.insert(run.id);
    if (!ladder_.empty()) {
        ids_.clear();
        for (const auto& run : runs_) ids_.push_back(run.id);
    }
    std::erase_if(series_, [&](const auto& each) { return !there.contains(each.first.first); });
    series_stale_ = true;
    Q_EMIT runsChanged(); // its listeners may want other metrics
    if (active_) readSeries();
}

/// The first metric of which something is missing or has grown; then the next.
void ComparedRuns::readSeries() {
    if (reading_series_) return;
    for (const auto& metric : wanted_) {
        std::vector<RunRecord> grown;
        for (const auto& run : runs_) {
            if (!run.summary.contains(metric)) continue;
            const auto it = series_.find({run.id, metric});
            if (it == series_.end() || it->second.known != run.updates || it->second.state != run.state)
                grown.push_back(run);
        }
        if (grown.empty()) continue;
        std::map<RunId, Kept> known;
        for (const auto& run : grown) {
            const auto it = series_.find({run.id, metric});
            known[run.id] = {it == series_.end() ? nullptr : it->second.series, run.updates, run.state};
        }
        reading_series_ = true;
        using Answer = std::map<RunId, Kept>;
        store_.read<Answer>(
            this,
            [known = std::move(known), grown = std::move(grown), metric](const StoreReader& reader) {
                auto now = known;
                for (const auto& run : grown) {
                    auto& kept = now[run.id];
                    kept.series = carriedOn(reader, run, metric, kept.series);
                }
                return now;
            },
            [this, metric](Answer found) {
                reading_series_ = false;
                takeSeries(metric, std::move(found));
                if (active_) readSeries();
            });
        return;
    }
    series_stale_ = false;
}

void ComparedRuns::takeSeries(const std::string& metric, std::map<RunId, Kept> found) {
    bool changed = false;
    for (auto& [run, kept] : found) {
        if (std::ranges::find(runs_, run, &RunRecord::id) == runs_.end()) continue;
        auto& now = series_[{run, metric}];
        changed = changed || now.series != kept.series;
        now = std::move(kept);
    }
    if (changed) Q_EMIT seriesChanged(QString::fromStdString(metric));
}

} // namespace descent::ui
