#pragma once

#include "core/base/change.h"
#include "core/base/units.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Which way a metric improves: what "best" means.
enum class Direction { none, lower, higher };

/// Declares a metric of a run before its first sample. `index` is its number within the run, from 0.
struct MetricInfo {
    std::uint32_t index = 0;
    std::string name; ///< "validation/accuracy", "gradient/norm", …
    std::string unit; ///< "" for a pure number, "nats", "examples/s", …
    Direction direction = Direction::none;
    bool operator==(const MetricInfo&) const = default;
};

/// One measured number. NaN and infinities are data.
struct Sample {
    std::uint32_t metric = 0; ///< MetricInfo::index
    Update update{};          ///< steps done when the weights had this value
    Epoch epoch{};
    double seconds = 0; ///< training time since the run began, pauses and interruptions left out
    double value = 0;
};

/// A table of numbers measured at one moment, row-major: a confusion matrix (row = true class, column =
/// predicted) or the points of a curve.
struct Matrix {
    std::string name; ///< "validation/confusion"
    Update update{};
    Epoch epoch{};
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values;
};

struct LogLine {
    enum class Level { info, warning, error };
    Level level = Level::info;
    std::int64_t time_ms = 0; ///< UTC
    std::string text;
};

/// A checkpoint that is already on disk, complete and synced, when this is sent.
struct CheckpointInfo {
    Update update{};
    std::string file; ///< name within the store's checkpoint folder
    std::int64_t bytes = 0;
    std::string sha256{};         ///< of the file, hex; "" in what an earlier version wrote
    std::optional<Epoch> epoch{}; ///< none likewise
    /// Of these weights: the validation set's, where there is none the training set's; none: not evaluated.
    std::optional<double> loss{};
    bool best = false; ///< of least loss so far; a run has one such
};

struct StateChange {
    RunState state = RunState::running;
    std::string reason; ///< "diverged at update 312: loss is not a number"; "" where the state says it all
};

struct Progress {
    Update update{}, planned{};
    Epoch epoch{};
    double seconds = 0;                ///< training time so far
    std::optional<double> eta_seconds; ///< none before the first update
};

/// What a trainer says, in order. Frozen once pushed and shared by both channels.
/// Order inside a batch: metrics, samples and matrices, log, changes, checkpoint, state.
struct MetricBatch {
    RunId run;
    std::vector<MetricInfo> metrics;
    std::vector<Sample> samples;
    std::vector<Matrix> matrices;
    std::vector<LogLine> log;
    std::vector<Change> changes; ///< made at this point, by a person or as the spec says
    std::optional<CheckpointInfo> checkpoint;
    std::optional<StateChange> state;
    Progress progress;
};
using BatchPtr = std::shared_ptr<const MetricBatch>;

/// Where a trainer pushes its batches. Thread: the trainer's.
class BatchSink {
public:
    virtual ~BatchSink() = default;
    /// False when the sink can no longer keep what it is given (the store cannot be written); the run then
    /// stops and failure() says why.
    virtual bool push(BatchPtr batch) = 0;
    /// Of several runs at once, in order.
    virtual bool push_all(std::vector<BatchPtr> batches) {
        for (auto& batch : batches)
            if (!push(std::move(batch))) return false;
        return true;
    }
    virtual std::string failure() const { return {}; }
};

} // namespace descent
