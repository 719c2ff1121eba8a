#include "core/store/reader.h"

#include "core/store/sample_csv.h"

#include <algorithm>

namespace descent {
namespace {

constexpr std::int64_t kRowsBetweenReports = 8'192;

} // namespace

Result<std::int64_t> export_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                const std::filesystem::path& file,
                                const std::function<bool(double fraction)>& progress) {
    return guarded([&]() -> std::int64_t {
        SampleCsv out(file);
        const auto report = [&](double fraction) {
            if (progress && !progress(fraction))
                throw InputError("the export was cancelled; nothing was written");
        };
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const RunRecord run = unwrap(store.run(runs[i]));
            out.begin(run);
            const double updates = static_cast<double>(std::max<std::int64_t>(run.updates.count, 1));
            store.each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
                if (out.rows() % kRowsBetweenReports == 0)
                    report((static_cast<double>(i) +
                            std::min(static_cast<double>(point.update.count) / updates, 1.0)) /
                           static_cast<double>(runs.size()));
                out.add(metric.name, point);
            });
        }
        report(1.0);
        out.commit();
        return out.rows();
    });
}

} // namespace descent
