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
};

/// The newest one under this key that is not in the trash: what other runs are made from. Runs that were
/// trained as members of an ensemble keep no checkpoint. Thread: the reader's.
std::optional<TrainedRun> trained_run(const StoreReader& reader, const std::filesystem::path& store,
                                      const std::string& key);

} // namespace descent
