#pragma once

#include "core/engine/trainer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace descent::test {

/// Sequences of symbols with labels, as a task's examples.
Examples sequences(const std::vector<std::vector<int>>& symbols, const std::vector<int>& labels);

/// Forty made-up words in three classes over the names alphabet; train 28, validation 12.
TaskData small_task();

/// Sixty made-up spectrograms of 9 bands by 37 frames in three classes, the first one common; train 42,
/// validation 18. They vary by noise, two copies in a frozen set; a detection task.
TaskData small_sounds();

/// Forty-five points in four dimensions in three classes, of the task gaussian-mixture; train 30,
/// validation 15.
TaskData small_points();

/// Forty-five made-up texts of one to nine words in three classes, with word vectors for most of the eighteen
/// words that are known; train 30, validation 15, among them words that are not.
TaskData small_texts();

/// The fixture that a model trains on.
TaskData small_task_for(const std::string& model);

/// A setting that makes the model small: {"model.hidden", width} or what it calls that; none where it has no
/// width.
std::vector<std::pair<std::string, std::string>> width_setting(const std::string& model, int width);

/// The optimizers that step down a gradient, which least squares does not.
std::vector<std::string> descending_optimizers();

/// Resolved by the catalog for task `names`; settings are {"group.parameter", "value"}, and "task", "epochs",
/// "updates", "seed".
RunSpec make_spec(const std::string& model, const std::string& optimizer, const std::string& regime,
                  const std::vector<std::pair<std::string, std::string>>& settings = {});

/// ‖a − b‖ / ‖b‖, in double.
double relative_distance(const Tensor& a, const Tensor& b);

bool same_bits(const Tensor& a, const Tensor& b);

/// Keeps every batch.
struct KeepingSink : BatchSink {
    bool push(BatchPtr batch) override;
    std::vector<BatchPtr> batches;
    bool broken = false;
    std::string failure() const override { return "no space left"; }

    /// All samples but throughput and probes/share, which are time's; sorted by metric name, then update.
    struct Named {
        std::string metric;
        std::int64_t update;
        double value;
    };
    std::vector<Named> samples() const;
    std::vector<RunState> states() const;
};

/// A folder that goes with the test.
struct TemporaryFolder {
    TemporaryFolder();
    ~TemporaryFolder();
    std::filesystem::path path;
};

/// A trainer with all it needs, its batches kept.
struct Training {
    explicit Training(const RunSpec& spec, TaskData data = small_task())
        : experiment(spec, std::move(data))
        , trainer(experiment, control, {store, &live}, RunId{"run"}, folder.path) {}

    TemporaryFolder folder;
    KeepingSink store, live;
    Control control;
    Experiment experiment;
    Trainer trainer;
};

void expect_same(const std::vector<KeepingSink::Named>& a, const std::vector<KeepingSink::Named>& b);
void wait_for_pause(const Trainer& trainer);

} // namespace descent::test
