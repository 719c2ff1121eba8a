#pragma once

#include "core/base/run_record.h"
#include "core/store/reader.h"

#include <filesystem>
#include <optional>
#include <string>

namespace descent {

/// A finished run that still has the checkpoint it ended with.
struct TrainedRun {
    RunRecord run; ///< as lists have it
    std::filesystem::path checkpoint;
    CheckpointInfo saved; ///< how the store has it
};

/// The newest one under this key that is not in the trash: what other runs are made from. Runs that were
/// trained as members of an ensemble keep no checkpoint. Thread: the reader's.
std::optional<TrainedRun> trained_run(const StoreReader& reader, const std::filesystem::path& store,
                                      const std::string& key);

/// What there is of a run that another one is made from.
struct RunToBe {
    bool trained = false;                  ///< nothing is to be done
    std::optional<RunRecord> broken_off{}; ///< to be taken up again; none: it is to be trained from the start
};
/// Throws InputError where a process is training it now: "level 2 is being trained (run 'x', process 7); …",
/// `what` being "level 2".
RunToBe run_to_be(const StoreReader& reader, const std::filesystem::path& store, const std::string& key,
                  const std::string& what);

} // namespace descent
