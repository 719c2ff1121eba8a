#pragma once

#include "core/analysis/constant_answer.h"
#include "core/base/events.h"
#include "core/engine/branch.h"
#include "core/engine/checkpointer.h"
#include "core/engine/control.h"
#include "core/engine/density.h"
#include "core/engine/experiment.h"
#include "core/engine/meter.h"
#include "core/engine/time_share.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <vector>

namespace descent {

/// The closed loop. For each update u:
///
///     wait for leave          pause, single step, stop; changes asked for, or planned for u
///     accumulate              gradient of the next batch, at the weights after u updates
///     evaluate                where u is due: validation and training set, at the same weights
///     instruments             those that the meter lets look
///     clip, step              as the regime and the optimizer say
///     probes                  record what was measured, at u
///     breakpoints             pause where one fires
///     checkpoint              now and then, and at the end
///
/// Behaviour enters through regimes and probes, not by editing the loop. Everything it says goes, in order,
/// to the sinks. Thread: its own, but for state().
class Trainer {
public:
    struct Sinks {
        BatchSink& store;          ///< blocks when full, never drops
        BatchSink* live = nullptr; ///< may be null
    };
    Trainer(Experiment& experiment, Control& control, Sinks sinks, RunId run,
            std::filesystem::path checkpoints);

    /// Goes on from a checkpoint instead of the beginning. `made`: the changes recorded with the run; those
    /// before the checkpoint are in force at once, later ones are made again when their time comes. Throws
    /// InputError where it does not fit.
    /// `own`: how the store has it, where it is one of this very run.
    Standing restore(const std::filesystem::path& file, const std::vector<Change>& made = {},
                     std::optional<CheckpointInfo> own = {});
    /// Begins where another run stood, and keeps that as a checkpoint of its own before the first update.
    /// Throws InputError as branch_off does.
    Standing branch(const BranchPoint& from);
    /// As restore() for a run that has no checkpoint.
    void remember(const std::vector<Change>& made);
    /// A line for the run's log, sent with the next batch.
    void note(LogLine::Level level, std::string text);
    /// Trains to the end and returns the final state; never throws. The last batch pushed carries that state.
    RunState run();
    RunState state() const { return state_; }
    Update planned() const { return planned_; } ///< before run()

private:
    using Clock = std::chrono::steady_clock;

    RunState loop();
    Control::Leave next_leave(); // with pauses, changes and requests handled
    void make_changes();
    void plan_matrices();
    void put_in_force(const Change& change);
    void set_breakpoints(std::vector<Breakpoint> breakpoints);
    UpdateFacts make_update();
    RunState diverged(const UpdateFacts& facts);
    bool evaluation_due();
    void evaluate(const Evaluation* whole_set, bool last);
    void check_breakpoints();
    void checkpoint();
    void set_state(RunState state, std::string reason = {});
    void flush(bool always);
    double seconds() const;

    Experiment& experiment_;
    Control& control_;
    Sinks sinks_;
    RunId run_;
    Recorder recorder_;
    std::vector<std::unique_ptr<Probe>> probes_;
    ConstantAnswer constant_;
    Meter meter_;
    DensityRecord density_;
    Checkpointer checkpointer_;
    std::vector<Breakpoint> breakpoints_;
    std::vector<Change> to_come_; // planned or recorded, in order

    Update update_{}, planned_{};
    std::int64_t evaluate_every_, matrix_every_; // epochs
    std::int64_t record_every_;                  // updates
    double seconds_before_ = 0;                  // training time before resumed_at_
    Clock::time_point resumed_at_{};             // when the clock last went on; pauses are left out
    bool clock_runs_ = false;
    TimeShare evaluations_;
    double evaluated_at_ = 0; // training time when the last evaluation ended
    std::int64_t examples_since_ = 0;
    Clock::time_point last_flush_{};
    double pass_seconds_ = 0; // of a gradient over the training set, about
    bool branches_ = false;   // of another run, and has no checkpoint yet
    Epoch epoch_{};           // of the update in hand
    std::string why_paused_;  // a breakpoint's reason, until the pause
    std::vector<LogLine> log_;
    std::vector<Change> changes_;
    std::optional<StateChange> change_;
    std::optional<double> seconds_per_update_;
    std::atomic<RunState> state_{RunState::running};
};

} // namespace descent
