#pragma once

#include "tests/engine/support.h"

#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace descent::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// Trains `updates` updates, asks for `then`, and stops.
inline void train_and_stop(Training& run, int updates, const std::function<void(Control&)>& then = {}) {
    run.control.pause();
    std::thread thread([&] { run.trainer.run(); });
    for (int i = 0; i < updates; ++i) run.control.step();
    while (!run.control.idle() && !is_over(run.trainer.state())) std::this_thread::yield();
    if (then) then(run.control);
    run.control.stop(RunState::stopped);
    thread.join();
}

/// Its last.
inline std::filesystem::path checkpoint_of(const Training& run) {
    std::string file;
    for (const auto& batch : run.store.batches)
        if (batch->checkpoint) file = batch->checkpoint->file;
    return run.folder.path / file;
}

inline std::vector<Change> changes_of(const Training& run) {
    std::vector<Change> all;
    for (const auto& batch : run.store.batches)
        all.insert(all.end(), batch->changes.begin(), batch->changes.end());
    return all;
}

} // namespace descent::test
