#pragma once

#include "core/engine/engine.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace descent::test {

/// What the fake engine answers when it is asked to evaluate a checkpoint, and how it was asked.
struct FakeEvaluation {
    /// While true, it says that it is at 40 % and goes no further until it is cancelled.
    std::atomic<bool> hold = false;
    std::string error{};               ///< set before evaluating
    std::optional<Part> on{};          ///< the task of the last one, where it was said
    std::atomic<std::int64_t> at = -1; ///< the update of its checkpoint
    std::thread::id by{};

    Result<EvaluationReport> answer(const CheckpointInfo& checkpoint, const EvaluateOptions& options) {
        on = options.task;
        by = std::this_thread::get_id();
        if (options.progress) options.progress(0.4, "evaluation");
        at = checkpoint.update.count;
        while (hold && !options.stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (options.stop.stop_requested()) return fail("stopped");
        if (!error.empty()) return fail(error);
        EvaluationReport report;
        report.own_data = !options.task;
        report.data_source = options.task ? options.task->params.text("source") : "built-in";
        report.examples = {3612, 400, 402};
        report.figures = {{"train/loss", "nats", 0.5},        {"validation/loss", "nats", 0.75},
                          {"test/loss", "nats", 0.8125},      {"train/accuracy", "", 0.9},
                          {"validation/accuracy", "", 0.815}, {"test/accuracy", "", 0.8}};
        return report;
    }
};

} // namespace descent::test
