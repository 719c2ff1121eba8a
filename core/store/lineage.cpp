#include "core/store/lineage.h"

#include "core/base/format.h"
#include "core/store/sample_csv.h"

#include <algorithm>

namespace descent {

namespace {

std::vector<SeriesPoint> joined(const StoreReader& store, const std::vector<LineagePart>& parts,
                                const std::string& metric) {
    std::vector<SeriesPoint> points;
    std::optional<Update> taken_over; // by the later ones
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        auto more = store.series(part->run.id, metric);
        std::erase_if(more, [&](const SeriesPoint& point) {
            return (part->until && point.update > *part->until) ||
                   (taken_over && point.update >= *taken_over);
        });
        if (more.empty()) continue;
        taken_over = more.front().update;
        points.insert(points.begin(), more.begin(), more.end());
    }
    return points;
}

} // namespace

std::vector<LineagePart> lineage(const StoreReader& store, const RunId& run) {
    std::vector<LineagePart> parts;
    std::optional<Update> until;
    for (std::optional<RunId> next = run; next;) {
        auto found = store.runs_by_id({*next});
        const bool known = std::ranges::any_of(parts, [&](const auto& part) { return part.run.id == *next; });
        if (found.empty() || known) break;
        const auto parent = found.front().parent;
        parts.insert(parts.begin(), {std::move(found.front()), until});
        next.reset();
        if (!parent) break;
        // A grandparent's part ends no later than its child's.
        until = until ? std::min(*until, parent->at) : parent->at;
        next = parent->run;
    }
    return parts;
}

std::map<RunId, std::string> parent_names(const StoreReader& store, const std::vector<RunRecord>& runs) {
    std::vector<RunId> parents;
    for (const auto& run : runs)
        if (run.parent && std::ranges::find(parents, run.parent->run) == parents.end())
            parents.push_back(run.parent->run);
    std::map<RunId, std::string> names;
    if (parents.empty()) return names;
    for (auto& run : store.runs_by_id(parents)) names[run.id] = std::move(run.name);
    return names;
}

std::string parent_text(const RunRecord& run, const std::map<RunId, std::string>& names) {
    if (!run.parent) return {};
    const auto found = names.find(run.parent->run);
    const auto name = found == names.end()
                          ? "run " + run.parent->run.uuid.substr(0, 8) + " (not in this store)"
                          : found->second;
    return name + " at update " + format_count(run.parent->at.count);
}

std::vector<SeriesPoint> joined_series(const StoreReader& store, const RunRecord& run,
                                       const std::string& metric) {
    return run.parent ? joined(store, lineage(store, run.id), metric) : store.series(run.id, metric);
}

SeriesPyramid joined_overview(const StoreReader& store, const RunRecord& run, const std::string& metric) {
    if (!run.parent) return store.overview(run.id, metric);
    SeriesPyramid series;
    series.append(joined_series(store, run, metric));
    return series;
}

std::vector<MetricInfo> joined_metrics(const StoreReader& store, const RunRecord& run) {
    auto all = store.metrics(run.id);
    if (!run.parent) return all;
    std::uint32_t index = 0;
    for (const auto& info : all) index = std::max(index, info.index + 1);
    for (const auto& part : lineage(store, run.id))
        for (auto& info : store.metrics(part.run.id))
            if (std::ranges::find(all, info.name, &MetricInfo::name) == all.end()) {
                info.index = index++; // the run's own keep theirs
                all.push_back(std::move(info));
            }
    return all;
}

Result<std::int64_t> export_joined_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                       const std::filesystem::path& file,
                                       const std::function<bool(double fraction)>& progress) {
    return guarded([&]() -> std::int64_t {
        SampleCsv out(file);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const auto parts = lineage(store, runs[i]);
            if (parts.empty()) throw InputError("there is no run " + runs[i].uuid + " in the store");
            const auto& run = parts.back().run;
            out.begin(run);
            const auto metrics = joined_metrics(store, run);
            for (std::size_t m = 0; m < metrics.size(); ++m) {
                if (progress && !progress((static_cast<double>(i) +
                                           static_cast<double>(m) / static_cast<double>(metrics.size())) /
                                          static_cast<double>(runs.size())))
                    throw InputError("the export was cancelled; nothing was written");
                for (const auto& point : joined(store, parts, metrics[m].name))
                    out.add(metrics[m].name, point);
            }
        }
        out.commit();
        return out.rows();
    });
}

} // namespace descent
