#pragma once

#include "core/engine/ensemble_member.h"
#include "core/engine/member_steps.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace descent {

/// What is asked of an ensemble in training and what it says of itself, or what its parts do, where it is
/// trained in several. Thread: any.
class EnsembleControl {
public:
    explicit EnsembleControl(std::size_t parts = 1) : progress_(parts) {}

    /// Until release() nothing is stored: the runs are being created meanwhile.
    void hold() {
        const std::lock_guard lock(mutex_);
        created_ = std::nullopt;
    }
    /// `created`: the runs are in the store; else there is nothing to train for.
    void release(bool created) {
        const std::lock_guard lock(mutex_);
        created_ = created;
        if (!created && !stop_) stop_ = RunState::interrupted;
        released_.notify_all();
    }
    /// None: not known yet.
    std::optional<bool> created() const {
        const std::lock_guard lock(mutex_);
        return created_;
    }
    bool wait_until_created() const {
        std::unique_lock lock(mutex_);
        released_.wait(lock, [&] { return created_.has_value(); });
        return *created_;
    }
    void stop(RunState as) {
        const std::lock_guard lock(mutex_);
        if (!stop_) stop_ = as;
    }
    std::optional<RunState> stopping() const {
        const std::lock_guard lock(mutex_);
        return stop_;
    }
    void report(const EnsembleSession::Progress& progress, std::size_t part) {
        const std::lock_guard lock(mutex_);
        progress_[part] = progress;
    }
    /// Of all parts together: that of the longest.
    EnsembleSession::Progress progress() const {
        const std::lock_guard lock(mutex_);
        EnsembleSession::Progress all;
        for (const auto& part : progress_) {
            all.members += part.members;
            all.over += part.over;
            all.update = std::max(all.update, part.update);
            all.planned = std::max(all.planned, part.planned);
            all.seconds = std::max(all.seconds, part.seconds);
            all.eta_seconds = std::max(all.eta_seconds, part.eta_seconds);
        }
        return all;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable released_;
    std::optional<bool> created_ = true;              // guarded by mutex_
    std::optional<RunState> stop_;                    // guarded by mutex_
    std::vector<EnsembleSession::Progress> progress_; // guarded by mutex_
};

/// Trainer's loop for K runs of one family at once, each a run of its own in what is recorded. For each
/// update u, of the members that are not over:
///
///     end                  those with all updates made, or stopped early: evaluate, state finished
///     take                 every member's gradient over its examples, in one pass
///     evaluate             where u is due: validation and training set, at the same weights
///     clip, step           each as its own regime and optimizer say
///     record               what was measured, at u; one that is not finite ends as diverged, by itself
///
/// When half of the members are over, the others go on as a smaller ensemble. Thread: its own, one at a
/// time.
class EnsembleTrainer {
public:
    /// Draws each member's labels and weights. Throws InputError for unusable data or parameters, a spec that
    /// is refused (ensemble_refusal) and specs of different families.
    EnsembleTrainer(std::vector<RunSpec> specs, TaskData data, const Loading& loading = {});

    const TaskData& data() const { return data_; }
    /// By the place of its spec.
    EnsembleMember& member(std::size_t index) { return *members_[places_[index]]; }

    /// Trains all to their ends; never throws. `runs`: in the order of the specs. The last batch of each
    /// carries its final state. `part`: which one of the control's this is.
    std::vector<RunState> run(const std::vector<RunId>& runs, BatchSink& store, EnsembleControl& control,
                              std::size_t part = 0);
    /// Seconds that all planned updates would take, measured by some that are thrown away: instead of run().
    double time_updates(const std::stop_token& stop);
    /// By the place of its spec: where each stands, [own P], after training.
    Tensor weights(std::size_t index) const;

private:
    using Clock = std::chrono::steady_clock;
    using Members = std::vector<std::size_t>; ///< rows

    void loop();
    void end_complete();
    void make_smaller();
    void update();
    void evaluate(const Members& which, const MemberSums* whole_set, bool last);
    void end_all(const StateChange& change);
    const Members& going_on();
    EnsembleMember& at(std::size_t row) { return *members_[rows_[row]]; }
    /// Not before it is due unless `always`, which also waits for the runs to be created.
    void flush(bool always);
    bool is_due(Clock::time_point now);
    void report();
    double seconds() const;

    TaskData data_;
    std::vector<std::unique_ptr<EnsembleMember>> members_; ///< in an order in which like ones lie together
    std::vector<std::size_t> places_;                      ///< of each spec, in members_
    std::vector<std::size_t> rows_;                        ///< members that are trained, in members_
    std::optional<Members> going_on_;                      ///< unless a member's state has changed since
    MemberSums sums_;                                      ///< of the update in hand
    std::unique_ptr<EnsembleGradient> gradient_;
    std::unique_ptr<MemberSteps> steps_;
    std::optional<MemberClips> clips_;
    std::vector<Tensor> own_;      ///< of each of members_: places of its weights; undefined where all
    std::vector<char> end_stored_; ///< of each of members_: the store has taken its last batch
    std::vector<Tensor> last_;     ///< weights of each of members_, when it left; undefined before
    Tensor weights_, slopes_;      ///< [K, P]
    Tensor before_;                ///< weights before the step in hand, where its length is recorded

    std::vector<RunId> runs_; ///< by the place of the spec
    BatchSink* store_ = nullptr;
    EnsembleControl* control_ = nullptr;
    std::size_t part_ = 0;
    Clock::time_point started_{}, last_flush_{};
    std::optional<double> seconds_per_update_;
};

} // namespace descent
