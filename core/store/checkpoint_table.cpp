#include "core/store/checkpoint_table.h"

#include "core/analysis/figure_text.h"
#include "core/base/format.h"
#include "core/store/store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace descent {

namespace {

std::optional<std::int64_t> written_ms(const std::filesystem::path& file) {
    namespace time = std::chrono;
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
    const auto at = std::filesystem::last_write_time(file, error);
    if (error) return std::nullopt;
    return time::duration_cast<time::milliseconds>(time::file_clock::to_sys(at).time_since_epoch()).count();
}

std::string kind_text(std::span<const CheckpointInfo> all, std::size_t index) {
    const auto kind = kind_of(all, index);
    const bool both = all[index].best && kind != CheckpointKind::best;
    return std::string(to_string(kind)) + (both ? ", best" : "");
}

} // namespace

CheckpointOnDisk look_at(const std::filesystem::path& store, const CheckpointInfo& checkpoint, bool verify) {
    CheckpointOnDisk file{.written_ms = written_ms(checkpoint_folder(store) / checkpoint.file)};
    if (!verify) return file;
    file.verified = true;
    file.damage = damage(store, checkpoint);
    return file;
}

std::string state_text(const CheckpointOnDisk& file) {
    if (!file.there()) return "not there";
    if (!file.verified) return "there";
    return file.damage ? "damaged: " + *file.damage : "whole";
}

std::string checkpoints_text(std::span<const CheckpointInfo> all) {
    if (all.empty()) return {};
    std::int64_t bytes = 0;
    for (const auto& checkpoint : all) bytes += checkpoint.bytes;
    std::string text =
        format_count(std::ssize(all)) + ", last at update " + format_count(all.back().update.count);
    if (const auto best = std::ranges::find_if(all, &CheckpointInfo::best); best != all.end())
        text += ", best at update " + format_count(best->update.count) +
                (best->loss ? " (loss " + format_number(*best->loss) + ")" : "");
    return text + ", " + bytes_text(bytes);
}

TextTable checkpoint_table(std::span<const CheckpointInfo> all, std::span<const CheckpointOnDisk> files,
                           bool in_full) {
    TextTable table{{"update", "epoch", "loss", "kind", in_full ? "bytes" : "size",
                     in_full ? "written_ms" : "written", "state"},
                    {},
                    {true, true, true, false, true, in_full, false}};
    if (in_full) {
        table.headings.emplace_back("file");
        table.right.push_back(false);
    }
    const auto number = [&](double v) { return in_full ? nlohmann::json(v).dump() : format_number(v); };
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& c = all[i];
        const auto& written = files[i].written_ms;
        table.rows.push_back({in_full ? std::to_string(c.update.count) : format_count(c.update.count),
                              !c.epoch  ? ""
                              : in_full ? number(c.epoch->passes)
                                        : epochs_text(*c.epoch),
                              c.loss ? number(*c.loss) : "", kind_text(all, i),
                              in_full ? std::to_string(c.bytes) : bytes_text(c.bytes),
                              !written  ? ""
                              : in_full ? std::to_string(*written)
                                        : format_time(*written),
                              state_text(files[i])});
        if (in_full) table.rows.back().push_back(c.file);
    }
    return table;
}

} // namespace descent
