#pragma once

#include "core/base/result.h"
#include "core/store/reader.h"
#include "ui/plots/plot.h"

#include <QString>

#include <filesystem>
#include <string>
#include <vector>

namespace descent::ui {

class WatchedRun;

/// The curves of a plot at full resolution: one row per update, one column per metric. A value, so that it
/// can be written on another thread while the run goes on.
struct PlotData {
    std::vector<std::pair<std::string, std::vector<SeriesPoint>>> columns;
};
PlotData plotData(const PlotDef& plot, const WatchedRun& run);
/// "update,epoch,seconds,train/loss,…": values as the shortest text that reads back bit-equal, NaN as "nan",
/// nothing where a metric was not measured. Replaces the file whole or not at all. Thread: any.
Result<void> writeCsv(const PlotData& data, const QString& file);
/// Every sample of one metric of some runs: "run,run_id,update,epoch,seconds,value", values as above. Reads
/// the store itself. Thread: any.
Result<void> writeSamples(const std::filesystem::path& store, const std::vector<RunId>& runs,
                          const std::string& metric, const QString& file);
/// A matrix as "true,<class>,…" rows.
Result<void> writeCsv(const Matrix& matrix, const std::vector<std::string>& classes, const QString& file);
/// A plot's table as it is.
Result<void> writeCsv(const PlotTable& table, const QString& file);

} // namespace descent::ui
