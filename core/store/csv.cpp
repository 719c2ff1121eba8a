#include "core/store/reader.h"

#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"

#include <algorithm>

namespace descent {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::int64_t kRowsBetweenReports = 8'192;

} // namespace

Result<std::int64_t> export_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                const std::filesystem::path& file,
                                const std::function<bool(double fraction)>& progress) {
    return guarded([&]() -> std::int64_t {
        FileReplacement out(file);
        std::string buffer = "run_id,run,seed,update,epoch,wall_time,metric,value\n";
        std::int64_t rows = 0;
        const auto report = [&](double fraction) {
            if (progress && !progress(fraction))
                throw InputError("the export was cancelled; nothing was written");
        };
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const RunRecord run = unwrap(store.run(runs[i]));
            const std::string who = csv_field(run.id.uuid) + "," + csv_field(run.name) + "," +
                                    std::to_string(run.spec.seed) + ",";
            const double updates = static_cast<double>(std::max<std::int64_t>(run.updates.count, 1));
            store.each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
                if (rows % kRowsBetweenReports == 0)
                    report((static_cast<double>(i) +
                            std::min(static_cast<double>(point.update.count) / updates, 1.0)) /
                           static_cast<double>(runs.size()));
                buffer += who;
                append_csv_number(buffer, point.update.count);
                buffer += ',';
                append_csv_number(buffer, point.epoch.passes);
                buffer += ',';
                append_csv_number(buffer, point.seconds);
                buffer += ',';
                buffer += csv_field(metric.name);
                buffer += ',';
                append_csv_number(buffer, point.value);
                buffer += "\n";
                ++rows;
                if (buffer.size() < kBuffer) return;
                out.write(std::as_bytes(std::span(buffer)));
                buffer.clear();
            });
        }
        report(1.0);
        out.write(std::as_bytes(std::span(buffer)));
        out.commit();
        return rows;
    });
}

} // namespace descent
