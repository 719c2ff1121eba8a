#pragma once

#include "core/analysis/pyramid.h"
#include "core/store/reader.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// One run of those that a curve is made of.
struct LineagePart {
    RunRecord run;               ///< as lists have it
    std::optional<Update> until; ///< the update at which the next one went on from it; none: the last
};

/// A run with those that it is a branch of, the oldest first, itself last. Ends where a parent is not in this
/// store, and where stored parents lead round in a circle. Empty where there is no such run. Thread: the
/// reader's.
std::vector<LineagePart> lineage(const StoreReader& store, const RunId& run);

/// What the parents of these runs are called, those that are in this store.
std::map<RunId, std::string> parent_names(const StoreReader& store, const std::vector<RunRecord>& runs);
/// "brave-otter-12 at update 500", with the start of its id where the run is not in `names`. "" for a run
/// that is no branch.
std::string parent_text(const RunRecord& run, const std::map<RunId, std::string>& names);

/// The series of a metric as charts and tables have it: that of a branch is joined, what its parents measured
/// up to where it went on from them, then its own. Of other runs it is their own. Empty where none has the
/// metric. `run`: as lists have it; of one that is no branch nothing more is read than its own.
std::vector<SeriesPoint> joined_series(const StoreReader& store, const RunRecord& run,
                                       const std::string& metric);
/// The same in levels: of a branch with all of its points, of other runs as StoreReader::overview.
SeriesPyramid joined_overview(const StoreReader& store, const RunRecord& run, const std::string& metric);
/// The metrics of which joined_series has something.
std::vector<MetricInfo> joined_metrics(const StoreReader& store, const RunRecord& run);

/// As export_csv, but a branch's samples begin with its parents', all under its own name.
Result<std::int64_t> export_joined_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                       const std::filesystem::path& file,
                                       const std::function<bool(double fraction)>& progress = {});

} // namespace descent
