#pragma once

#include "core/analysis/text_table.h"
#include "core/store/checkpoints.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// What lies on the disk of a checkpoint that the store has.
struct CheckpointOnDisk {
    std::optional<std::int64_t> written_ms; ///< UTC; none: it is not there
    bool verified = false;                  ///< it was read
    std::optional<std::string> damage{};    ///< then: damage()
    bool there() const { return written_ms.has_value(); }
    bool bad() const { return !there() || damage.has_value(); }
};
/// `verify`: also reads the file. Thread: any.
CheckpointOnDisk look_at(const std::filesystem::path& store, const CheckpointInfo& checkpoint, bool verify);
/// "there", "not there"; where it was read "whole", "damaged: it has 12 bytes; expected 34".
std::string state_text(const CheckpointOnDisk& file);

/// "7, last at update 1,200, best at update 900 (loss 0.1234), 12.3 MB"; "" for none.
std::string checkpoints_text(std::span<const CheckpointInfo> all);
/// A row each, in order, for reading or, `in_full`, as a file has them. `files`: as long as `all`.
TextTable checkpoint_table(std::span<const CheckpointInfo> all, std::span<const CheckpointOnDisk> files,
                           bool in_full);

} // namespace descent
