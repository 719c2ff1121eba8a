#pragma once

#include "core/engine/trainer.h"
#include "core/store/writer.h"

#include <atomic>
#include <memory>
#include <thread>

namespace descent {

/// Error: the first condition that cannot be read.
Result<std::vector<Breakpoint>> parse_breakpoints(const std::vector<std::string>& conditions);

/// A trainer on a thread of its own, with all it needs to live.
class TrainingSession : public Session {
public:
    struct Start {
        std::unique_ptr<Experiment> experiment;
        RunRecord record;
        std::filesystem::path checkpoint;    ///< to go on from; empty to begin
        std::optional<BranchPoint> branch{}; ///< instead: to begin from
        std::optional<CheckpointInfo> own{}; ///< how the store has it, where it is one of this very run
        std::vector<LogLine> log;
        int threads = 1;
        bool paused = false;
        std::vector<Change> changes{};         ///< to make at once
        std::vector<Breakpoint> breakpoints{}; ///< to begin with
    };
    /// Throws InputError where the checkpoint does not fit. `store` and `live` must outlive the session.
    /// `busy` is cleared when the thread has ended.
    TrainingSession(Start start, StoreWriter& store, BatchSink* live, std::shared_ptr<std::atomic_flag> busy);
    ~TrainingSession() override;

    /// Where it goes on from: what the store must be cut back to before begin().
    Update from() const { return from_; }
    Update planned() const { return trainer_.planned(); }
    const RunRecord& record() const { return record_; }
    void stored_as(RunRecord record) { record_ = std::move(record); } ///< before begin()
    void begin();

    RunId run() const override { return record_.id; }
    std::string name() const override { return record_.name; }
    RunState state() const override { return trainer_.state(); }
    void pause() override { control_.pause(); }
    void resume() override { control_.proceed(); }
    void step() override { control_.step(); }
    void stop(RunState as) override { control_.stop(as); }
    Result<void> change(const std::string& path, const std::string& value) override;
    Result<void> set_breakpoints(const std::vector<std::string>& conditions) override;
    RunState wait() override;

private:
    std::unique_ptr<Experiment> experiment_;
    RunRecord record_;
    Control control_;
    Trainer trainer_;
    std::shared_ptr<std::atomic_flag> busy_;
    int threads_;
    Update from_{};
    std::mutex joining_;
    std::thread thread_; // joined under joining_
};

} // namespace descent
