#pragma once

#include "core/base/events.h"
#include "core/engine/checkpoint.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Writes a run's checkpoints: every ten seconds, every so many epochs where the regime asks for it, at the
/// end, and the one of least loss. The best is copied when it is measured and written with the next, so that
/// short epochs do not wait for the disk; what a crash takes of it is found again when the run goes on. Which
/// of them stay is the store's to say (core/store/checkpoints.h). Thread: the trainer's.
class Checkpointer {
public:
    /// Keeps references.
    Checkpointer(Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes, Meter& meter,
                 RunId run, std::filesystem::path folder);

    /// The run goes on from a checkpoint; `own`: how the store has it, where it is one of this run.
    void restored(const Standing& standing, std::optional<CheckpointInfo> own);
    void begin() { last_time_ = Clock::now(); }

    /// Ahead of an update at whose weights the sets will be evaluated: where it stands then.
    void before_evaluation(const Standing& standing);
    /// `loss`: the validation set's at the weights after `at` updates; `last`: save() follows at once.
    void evaluated(Update at, Epoch epoch, double loss, bool last);
    /// It is time to save(). Between updates.
    bool due() const;
    /// A checkpoint of the experiment as it stands, and before it the best that is not written yet. Throws
    /// std::runtime_error where the disk does not take it.
    void save(Standing standing, Epoch epoch);
    /// The best alone.
    void save_best();
    /// What has been written, or said of it, since the last call, in order.
    std::vector<CheckpointInfo> take() { return std::exchange(written_, {}); }

private:
    using Clock = std::chrono::steady_clock;

    std::string name_at(Update update) const;
    /// `content`: the tensors; its metadata are made.
    CheckpointInfo write(TensorFile& content, const CheckpointMoment& moment, Epoch epoch) const;

    Experiment& experiment_;
    const std::vector<std::unique_ptr<Probe>>& probes_;
    Meter& meter_;
    RunId run_;
    std::filesystem::path folder_;
    std::int64_t every_; // epochs; 0: by time alone

    struct Copy {
        TensorFile content; // without its metadata
        std::optional<CheckpointMoment> moment;
        Epoch epoch{};
        double loss = 0;
    };
    std::optional<CheckpointMoment> moment_; // of the evaluation to come
    Copy copy_;                              // kept for its memory
    bool unwritten_ = false;                 // copy_ is the best, and not on the disk
    double best_loss_;                       // of the evaluations so far
    std::optional<double> final_loss_;       // of the weights that are about to be saved
    bool final_best_ = false;
    std::optional<CheckpointInfo> own_; // the newest, where it can be told more about
    std::vector<CheckpointInfo> written_;
    Clock::time_point last_time_{};
};

} // namespace descent
