#pragma once

#include "core/base/events.h"
#include "core/store/reader.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// How much of its way a run keeps beside its last and its best checkpoint.
struct CheckpointLimits {
    std::size_t count = 8;
    std::int64_t bytes = 256 << 20; ///< of their files together
};

/// Which of a run's checkpoints, given in order of update, are more than is kept: indices, ascending. Never
/// the last and the best. Of the others goes, one after the other, the one whose neighbours are nearest to
/// each other in log(1 + update): what stays is spaced evenly there, dense where a network changes fast. The
/// one before the last, which a damaged last one is replaced by, goes last of all.
std::vector<std::size_t> superfluous(std::span<const CheckpointInfo> all,
                                     const CheckpointLimits& limits = {});

enum class CheckpointKind { last, best, history };
const char* to_string(CheckpointKind kind);
/// What the one at `index` is kept as; a last one that is also the best is `last`.
CheckpointKind kind_of(std::span<const CheckpointInfo> all, std::size_t index);

/// Why the file is not the one that was written: "it is not there", "it has 12 bytes; expected 34", "its
/// SHA-256 is not that of what was written"; none where it is whole. Of an earlier version's, which has no
/// checksum, only its header is checked. Reads the file. Thread: any.
std::optional<std::string> damage(const std::filesystem::path& store, const CheckpointInfo& checkpoint);

/// Throws InputError, saying whose and why, where it is damaged.
void require_whole(const std::filesystem::path& store, const CheckpointInfo& checkpoint,
                   const std::string& run_name);

/// The one that a person calls "last", "best" or by its update ("1200" or "1,200"), from `all` in order of
/// update. Where none is marked best, it is the one of least loss. Throws InputError naming those there are.
const CheckpointInfo& find_checkpoint(std::span<const CheckpointInfo> all, const std::string& word,
                                      const std::string& run_name);

/// Its weights alone, under the names that PyTorch's modules have ("rnn.weight_ih_l0"), as a safetensors file
/// whose metadata say run, update and format "pt"; `whole`: a copy of the checkpoint with all that is in it.
/// Returns how many tensors were written. Throws InputError where the checkpoint is damaged, there is no
/// writing, or `to` is a store of runs or among its checkpoints.
std::int64_t export_checkpoint(const std::filesystem::path& store, const CheckpointInfo& checkpoint,
                               const std::string& run_name, const std::filesystem::path& to,
                               bool whole = false);

/// Where a run can go on from.
struct WholeCheckpoint {
    std::optional<CheckpointInfo> checkpoint; ///< none: from the beginning
    std::vector<std::string> warnings;        ///< a line for each that is damaged, newest first
};
/// The newest checkpoint that is whole.
WholeCheckpoint newest_whole(const StoreReader& reader, const std::filesystem::path& store, const RunId& run);

} // namespace descent
