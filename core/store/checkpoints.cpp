#include "core/store/checkpoints.h"

#include "core/base/format.h"
#include "core/base/result.h"
#include "core/store/checkpoint_file.h"
#include "core/store/store.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace descent {
namespace {

/// The one that is least missed of `kept`, by its place there; none where all have to stay.
std::optional<std::size_t> least_missed(std::span<const CheckpointInfo> all,
                                        const std::vector<std::size_t>& kept) {
    const auto place = [&](std::size_t i) {
        return std::log1p(static_cast<double>(std::max<std::int64_t>(all[kept[i]].update.count, 0)));
    };
    std::optional<std::size_t> least, before_last;
    double least_gap = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i + 1 < kept.size(); ++i) {
        if (all[kept[i]].best) continue;
        if (i + 2 == kept.size()) {
            before_last = i;
            continue;
        }
        const double gap = place(i + 1) - (i > 0 ? place(i - 1) : 0);
        if (gap < least_gap) least = i, least_gap = gap;
    }
    return least ? least : before_last;
}

std::string listed(std::span<const CheckpointInfo> all) {
    std::string text;
    for (const CheckpointInfo& checkpoint : all)
        text += (text.empty() ? "" : ", ") + format_count(checkpoint.update.count);
    return text;
}

} // namespace

std::vector<std::size_t> superfluous(std::span<const CheckpointInfo> all, const CheckpointLimits& limits) {
    std::vector<std::size_t> kept(all.size()), dropped;
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::size_t count = 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i + 1 < all.size(); ++i)
        if (!all[i].best) ++count, bytes += all[i].bytes;
    while (count > limits.count || bytes > limits.bytes) {
        const auto least = least_missed(all, kept);
        if (!least) break;
        const std::size_t index = kept[*least];
        kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(*least));
        dropped.push_back(index);
        --count;
        bytes -= all[index].bytes;
    }
    std::ranges::sort(dropped);
    return dropped;
}

const char* to_string(CheckpointKind kind) {
    switch (kind) {
    case CheckpointKind::last:
        return "last";
    case CheckpointKind::best:
        return "best";
    default:
        return "history";
    }
}

CheckpointKind kind_of(std::span<const CheckpointInfo> all, std::size_t index) {
    if (index + 1 == all.size()) return CheckpointKind::last;
    return all[index].best ? CheckpointKind::best : CheckpointKind::history;
}

std::optional<std::string> damage(const std::filesystem::path& store, const CheckpointInfo& checkpoint) {
    const auto file = checkpoint_folder(store) / checkpoint.file;
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return "it is not there";
    const auto size = std::filesystem::file_size(file, error);
    if (error) return "it cannot be read: " + error.message();
    if (checkpoint.sha256.empty()) {
        const auto whole = guarded([&] { const MappedTensors read(file); });
        return whole ? std::nullopt : std::optional(whole.error().message);
    }
    if (size != static_cast<std::uintmax_t>(checkpoint.bytes))
        return "it has " + format_count(static_cast<std::int64_t>(size)) + " bytes; expected " +
               format_count(checkpoint.bytes);
    const auto digest = guarded([&] { return sha256_of_file(file); });
    if (!digest) return digest.error().message;
    if (*digest != checkpoint.sha256) return "its SHA-256 is not that of what was written";
    return std::nullopt;
}

void require_whole(const std::filesystem::path& store, const CheckpointInfo& checkpoint,
                   const std::string& run_name) {
    if (const auto why = damage(store, checkpoint))
        throw InputError("the checkpoint of run '" + run_name + "' at update " +
                         format_count(checkpoint.update.count) + " is damaged: " + *why);
}

const CheckpointInfo& find_checkpoint(std::span<const CheckpointInfo> all, const std::string& word,
                                      const std::string& run_name) {
    if (all.empty()) throw InputError("run '" + run_name + "' has no checkpoint");
    if (word == "last") return all.back();
    if (word == "best") {
        const auto marked = std::ranges::find_if(all, &CheckpointInfo::best);
        if (marked != all.end()) return *marked;
        const auto loss = [](const CheckpointInfo& c) {
            return c.loss.value_or(std::numeric_limits<double>::infinity());
        };
        const auto least = std::ranges::min_element(all, {}, loss);
        if (least->loss) return *least;
        throw InputError("no checkpoint of run '" + run_name +
                         "' has a loss to be the best by; expected last, or an update: " + listed(all));
    }
    std::string digits = word;
    std::erase(digits, ',');
    std::int64_t update = -1;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), update);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size())
        throw InputError("checkpoint '" + word + "': expected last, best or an update: " + listed(all));
    const auto found = std::ranges::find(all, Update{update}, &CheckpointInfo::update);
    if (found == all.end())
        throw InputError("run '" + run_name + "' has no checkpoint at update " + format_count(update) +
                         "; it has some at " + listed(all));
    return *found;
}

std::int64_t export_checkpoint(const std::filesystem::path& store, const CheckpointInfo& checkpoint,
                               const std::string& run_name, const std::filesystem::path& to, bool whole) {
    if (is_store_file(to)) throw InputError(to.string() + " is a store of runs; expected another name");
    std::error_code different;
    if (std::filesystem::equivalent(std::filesystem::absolute(to).parent_path(), checkpoint_folder(store),
                                    different))
        throw InputError(to.string() + " is among the store's own files; expected another folder");
    require_whole(store, checkpoint, run_name);
    TensorFile content = read_tensor_file(checkpoint_folder(store) / checkpoint.file);
    if (!whole) {
        constexpr std::string_view kWeights = "model/";
        std::erase_if(content.tensors,
                      [&](const TensorFile::Tensor& tensor) { return !tensor.name.starts_with(kWeights); });
        for (auto& tensor : content.tensors) tensor.name.erase(0, kWeights.size());
        content.metadata = {{"format", "pt"}, // as safetensors' own tools have it
                            {"run", run_name},
                            {"update", std::to_string(checkpoint.update.count)}};
    }
    write_tensor_file(to, content);
    return std::ssize(content.tensors);
}

WholeCheckpoint newest_whole(const StoreReader& reader, const std::filesystem::path& store,
                             const RunId& run) {
    WholeCheckpoint found;
    auto all = reader.checkpoints(run);
    while (!all.empty()) {
        const auto why = damage(store, all.back());
        if (!why) {
            found.checkpoint = std::move(all.back());
            break;
        }
        const bool more = all.size() > 1;
        found.warnings.push_back("the checkpoint at update " + format_count(all.back().update.count) +
                                 " is damaged (" + all.back().file + ": " + *why + "); going on from " +
                                 (more ? "the one before" : "the beginning"));
        all.pop_back();
    }
    return found;
}

} // namespace descent
