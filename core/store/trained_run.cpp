#include "core/store/trained_run.h"

#include "core/base/length.h"
#include "core/store/store.h"

namespace descent {

std::optional<TrainedRun> trained_run(const StoreReader& reader, const std::filesystem::path& store,
                                      const std::string& key) {
    for (auto& run : reader.runs_by_key(key)) {
        if (run.state != RunState::finished || trained_longer(run)) continue;
        auto saved = reader.last_checkpoint(run.id);
        if (!saved || saved->update != run.updates) continue;
        auto file = checkpoint_folder(store) / saved->file;
        std::error_code gone;
        if (std::filesystem::exists(file, gone))
            return TrainedRun{std::move(run), std::move(file), std::move(*saved)};
    }
    return std::nullopt;
}

RunToBe run_to_be(const StoreReader& reader, const std::filesystem::path& store, const std::string& key,
                  const std::string& what) {
    if (trained_run(reader, store, key)) return {.trained = true};
    RunToBe found;
    for (const auto& run : reader.runs_by_key(key)) {
        if (!is_over(run.state))
            throw InputError(what + " is being trained (run '" + run.name + "', process " +
                             std::to_string(run.pid) + "); try again when it has finished");
        if (is_resumable(run.state) && !found.broken_off) found.broken_off = unwrap(reader.run(run.id));
    }
    return found;
}

} // namespace descent
