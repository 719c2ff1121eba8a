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

/// Resolved by the catalog; settings are {"group.parameter", "value"}.
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

    /// All samples but throughput, which is time's; sorted by metric name, then update.
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

} // namespace descent::test
