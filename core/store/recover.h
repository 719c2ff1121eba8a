#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace descent {

/// What came out of a damaged store.
struct Recovered {
    std::int64_t runs = 0, samples = 0, checkpoints = 0;
    std::vector<std::string> losses; ///< a sentence each; empty: everything was readable
};

/// Copies every row that can still be read of a damaged store, with its checkpoints, to a new one. A table is
/// read in the order of its key from either end until a damaged page is met (samples metric by metric), so
/// that of one damaged page only what stood on it is lost. Rows that belong to a lost one go; summaries and
/// pyramids are made anew. The damaged file stays as it is. Error: `to` is there already, `damaged` is not a
/// store whose first page can be read, or is of a newer version; then nothing is left behind. `progress`,
/// with 0 … 1, ends it by returning false. Thread: any.
Result<Recovered> recover_store(const std::filesystem::path& damaged, const std::filesystem::path& to,
                                const std::function<bool(double fraction)>& progress = {});

} // namespace descent
