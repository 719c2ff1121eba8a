#include "core/store/lineage.h"

#include "core/base/format.h"
#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"

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

std::vector<SeriesPoint> joined_series(const StoreReader& store, const RunId& run,
                                       const std::string& metric) {
    return joined(store, lineage(store, run), metric);
}

SeriesPyramid joined_overview(const StoreReader& store, const RunId& run, const std::string& metric) {
    const auto parts = lineage(store, run);
    if (parts.size() < 2) return store.overview(run, metric);
    SeriesPyramid series;
    series.append(joined(store, parts, metric));
    return series;
}

std::vector<MetricInfo> joined_metrics(const StoreReader& store, const RunId& run) {
    auto all = store.metrics(run);
    auto parts = lineage(store, run);
    if (!parts.empty()) parts.pop_back();
    std::uint32_t index = 0;
    for (const auto& info : all) index = std::max(index, info.index + 1);
    for (const auto& part : parts)
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
        FileReplacement out(file);
        std::string buffer = "run_id,run,seed,update,epoch,wall_time,metric,value\n";
        std::int64_t rows = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const auto parts = lineage(store, runs[i]);
            if (parts.empty()) throw InputError("there is no run " + runs[i].uuid + " in the store");
            const auto& run = parts.back().run;
            const auto metrics = joined_metrics(store, runs[i]);
            for (std::size_t m = 0; m < metrics.size(); ++m) {
                if (progress && !progress((static_cast<double>(i) +
                                           static_cast<double>(m) / static_cast<double>(metrics.size())) /
                                          static_cast<double>(runs.size())))
                    throw InputError("the export was cancelled; nothing was written");
                for (const auto& point : joined(store, parts, metrics[m].name)) {
                    buffer += csv_field(run.id.uuid) + "," + csv_field(run.name) + "," +
                              std::to_string(run.spec.seed) + ",";
                    append_csv_number(buffer, point.update.count);
                    buffer += ',';
                    append_csv_number(buffer, point.epoch.passes);
                    buffer += ',';
                    append_csv_number(buffer, point.seconds);
                    buffer += ',' + csv_field(metrics[m].name) + ',';
                    append_csv_number(buffer, point.value);
                    buffer += '\n';
                    ++rows;
                }
                out.write(std::as_bytes(std::span(buffer)));
                buffer.clear();
            }
        }
        out.write(std::as_bytes(std::span(buffer)));
        out.commit();
        return rows;
    });
}

} // namespace descent
