#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/base/run_record.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Runs of one store in another.
///
/// A run is known by its UUID. One that is new comes over whole; its name gets a number where it is taken. Of
/// one that is in both, everything is kept and nothing is repeated: what either lacks (metrics, samples,
/// matrices, log lines, changes, checkpoints, tags, the star) is added, notes are joined paragraph by
/// paragraph, and a run is in the trash where it is so in both. Where both have something different in the
/// same place (the value at an update, the state), the one that is further decides: rather a run with its
/// spec than one known from a table only, then the one with more updates, then the one written later. So the
/// order in which stores are merged only decides about names, and doing it again changes nothing.
///
/// Sweeps are known by their UUIDs too. A new one comes over with all its cells, under a name with a number
/// where it is taken; of one that is in both stores, the plan with more cells holds (not over one that is
/// being trained), since a sweep is only ever extended. A bundle takes along the sweeps of its runs.
namespace descent {

/// `RunSpec`'s ids where it is not known what was trained.
inline constexpr const char* kImported = "imported";

/// What happened to a run.
struct MergedRun {
    enum class How {
        added, ///< was not there
        grown, ///< was there with less
        known, ///< was there with all of it
        left,  ///< is being trained here, and stays as it is
    };
    How how = How::known;
    std::vector<std::string> warnings; ///< what could not be taken over, one sentence each
};

/// Where StoreWriter::merge takes runs from: another store, also a bundle or an archive of an older version,
/// as it is at the moment of opening; or runs put together in memory. Thread: one at a time.
class RunSource {
public:
    static Result<std::unique_ptr<RunSource>> open(const std::filesystem::path& store);
    /// Without runs; add() puts some in.
    static std::unique_ptr<RunSource> in_memory();
    ~RunSource();

    /// Only in memory. Throws where the content contradicts itself (see BatchSink's order inside a batch).
    void add(const RunRecord& run, const MetricBatch& content);
    /// Oldest first.
    std::vector<RunId> runs() const;

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    explicit RunSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A single file: a store with only these runs, and their checkpoints in its table `bundled_file`. Replaced
/// whole or not at all. Returns the number of runs.
Result<std::int64_t> write_bundle(const std::filesystem::path& store, const std::vector<RunId>& runs,
                                  const std::filesystem::path& file,
                                  const std::function<bool(double fraction)>& progress = {});

} // namespace descent
