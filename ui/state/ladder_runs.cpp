#include "ui/state/ladder_runs.h"

#include "ui/state/store_host.h"

#include <algorithm>
#include <set>

namespace descent::ui {

namespace {
constexpr int kLaterMs = 700;
}

struct LadderRuns::Found {
    std::string group;
    std::vector<Ladder> ladders;
    std::vector<RunRecord> runs;
    std::map<std::string, Curves> curves;
};

const std::vector<std::string>& LadderRuns::metrics() {
    static const std::vector<std::string> all{"validation/accuracy", "validation/loss", "validation/auroc",
                                              "train/loss"};
    return all;
}

LadderRuns::LadderRuns(StoreHost& store, QObject* parent) : QObject(parent), store_(store) {
    later_.setSingleShot(true);
    connect(&later_, &QTimer::timeout, this, &LadderRuns::read);
    connect(&store_, &StoreHost::changed, this, [this] {
        again_ = true;
        if (active_ && !later_.isActive()) later_.start(kLaterMs);
    });
}

void LadderRuns::look(const std::string& group) {
    if (group_ == group) return;
    group_ = group;
    again_ = true;
    if (active_) read();
}

void LadderRuns::setActive(bool active) {
    active_ = active;
    if (active && again_) read();
}

void LadderRuns::read() {
    if (reading_) return;
    reading_ = true;
    again_ = false;
    // What is over does not change: its curves are taken over.
    std::map<std::string, Curves> known;
    for (const auto& run : runs_)
        if (is_over(run.state))
            if (const auto it = curves_.find(run.id.uuid); it != curves_.end()) known.insert(*it);
    store_.read<std::shared_ptr<Found>>(
        this,
        [group = group_, known = std::move(known)](const StoreReader& reader) {
            auto found = std::make_shared<Found>();
            auto all = reader.runs({.where = "tag:ladder"});
            if (!all) return found;
            for (auto& run : *all) { // newest first
                const auto of = ladder_group(run.tags);
                if (of.empty()) continue;
                auto it = std::ranges::find(found->ladders, of, &Ladder::group);
                if (it == found->ladders.end()) {
                    found->ladders.push_back({of, run.spec.task.id, run.spec.model.id, run.created_ms, 0});
                    it = std::prev(found->ladders.end());
                }
                ++it->runs;
            }
            found->group = group;
            if (std::ranges::find(found->ladders, group, &Ladder::group) == found->ladders.end())
                found->group =
                    group.empty() && !found->ladders.empty() ? found->ladders.front().group : group;
            for (auto& run : *all) {
                if (ladder_group(run.tags) != found->group || found->group.empty()) continue;
                const auto it = known.find(run.id.uuid);
                if (it != known.end() && is_over(run.state)) {
                    found->curves.insert(*it);
                } else {
                    Curves curves;
                    for (const auto& metric : metrics()) curves[metric] = reader.series(run.id, metric);
                    found->curves[run.id.uuid] = std::move(curves);
                }
                found->runs.push_back(std::move(run));
            }
            return found;
        },
        [this](std::shared_ptr<Found> found) {
            reading_ = false;
            ladders_ = std::move(found->ladders);
            if (group_.empty() || group_ == found->group) {
                group_ = found->group;
                runs_ = std::move(found->runs);
                curves_ = std::move(found->curves);
                table_ = ladder_table(runs_);
                loaded_ = true;
            }
            Q_EMIT changed();
            if (again_ && active_ && !later_.isActive()) later_.start(0);
        });
}

std::vector<LadderRuns::Mean> LadderRuns::means(const std::string& metric) const {
    std::vector<Mean> all;
    for (const auto& rung : table_.rungs) {
        Mean mean{rung.regime, {}, 0, 0};
        std::vector<const std::vector<SeriesPoint>*> series;
        std::set<Update> updates;
        for (const auto& run : runs_) {
            if (run.spec.regime.id != rung.regime) continue;
            mean.planned = std::max(mean.planned, run.planned.count);
            const auto curves = curves_.find(run.id.uuid);
            if (curves == curves_.end()) continue;
            const auto it = curves->second.find(metric);
            if (it == curves->second.end() || it->second.empty()) continue;
            series.push_back(&it->second);
            for (const auto& point : it->second) updates.insert(point.update);
        }
        mean.seeds = std::ssize(series);
        for (const Update update : updates) {
            SeriesPoint sum{update, {}, 0, 0};
            int n = 0, reach = 0;
            for (const auto* points : series) {
                if (points->back().update < update) continue; // not so far yet, or ended before
                ++reach;
                const auto it = std::ranges::lower_bound(*points, update, {}, &SeriesPoint::update);
                if (it == points->end() || it->update != update) continue;
                ++n;
                sum.epoch = it->epoch;
                sum.seconds += it->seconds;
                sum.value += it->value;
            }
            if (n == 0 || n < reach) continue;
            sum.seconds /= n;
            sum.value /= n;
            mean.points.push_back(sum);
        }
        all.push_back(std::move(mean));
    }
    return all;
}

} // namespace descent::ui
