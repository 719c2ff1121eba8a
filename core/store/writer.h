#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/base/run_record.h"
#include "core/store/sweeps.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace descent {

/// Changes a person makes to stored runs. Each has an inverse, so each can be undone.
struct SetName {
    RunId run;
    std::string name;
};
struct SetStar {
    RunId run;
    bool starred = false;
};
struct SetNote {
    RunId run;
    std::string note;
};
struct SetTags {
    RunId run;
    std::vector<std::string> tags;
};
struct SetTrashed {
    RunId run;
    bool trashed = true;
}; ///< hides the run; nothing is deleted
struct SetColour {
    RunId run;
    std::optional<int> colour; ///< none: the run's own again
};
using RunEdit = std::variant<SetName, SetStar, SetNote, SetTags, SetTrashed, SetColour>;

class RunSource;
struct MergedRun;

/// The store's only writer in this process: one thread, one connection (WAL, busy timeout, foreign keys), a
/// bounded queue. push() blocks the trainer while the queue is full and never drops; whatever has arrived is
/// committed within 250 ms. When a write fails for good (disk full, store gone) the writer keeps the reason,
/// refuses further pushes, and the run stops. Thread: every member may be called from any thread.
class StoreWriter : public BatchSink {
public:
    /// The store must have been prepared.
    static Result<std::unique_ptr<StoreWriter>> open(const std::filesystem::path& store);
    /// Writes everything queued, then joins the thread.
    ~StoreWriter() override;

    const std::filesystem::path& path() const;

    /// Stores a new run with its parameters and provenance and returns it as stored. Blocks until committed.
    /// Filled in where empty: id, created_ms, pid (this process's, unless the run is over) and name
    /// ("brave-otter-12"); a name that is taken gets a number.
    Result<RunRecord> create(RunRecord run);
    /// Several at once, in one transaction.
    Result<std::vector<RunRecord>> create_all(std::vector<RunRecord> runs);
    /// Stores a new sweep (id, created_ms and, from `name` or its plan's title, a free name are filled in),
    /// or replaces the plan, cells and note of the one with this id. Blocks until committed.
    Result<SweepRecord> save_sweep(SweepRecord sweep);
    /// Says that this process trains the sweep, or no longer does. Error: another living process does.
    Result<void> hold_sweep(const std::string& id, bool hold);
    /// Takes a run that is over up again at `from`: deletes its samples, matrices and checkpoints after that
    /// update (those at it stay; the log stays whole), of a diverged one also the changes made by hand from
    /// there on, sets state running and this process's id. With from.count < 0 all samples, matrices and
    /// checkpoints go: the run starts over. Blocks until committed. Refuses a run that a living process
    /// holds, this one included, and to start one over that is finished or diverged.
    Result<void> reopen(const RunId& run, Update from, std::int64_t planned_updates);

    /// Several at once as reopen() does from before their beginnings, with the updates that each is to make;
    /// all or none, in one transaction.
    Result<void> begin_anew(const std::vector<std::pair<RunId, std::int64_t>>& runs);

    bool push(BatchPtr batch) override;
    /// The batches of many runs in one piece, so that they are written in few transactions.
    bool push_all(std::vector<BatchPtr> batches) override;
    std::string failure() const override;

    /// Applies edits in one transaction, all or none, and returns the edits that undo them, in the order to
    /// apply them. Blocks until committed.
    Result<std::vector<RunEdit>> apply(std::vector<RunEdit> edits);

    /// Takes over a run of `from` with all that belongs to it, checkpoint files included, or what the run
    /// lacks that is here under the same id, in one transaction (core/store/merge.h). `progress` is called on
    /// the writer's thread, with 0 … 1, and ends it by returning false: an Error, and nothing has changed.
    /// Blocks until committed; batches wait meanwhile.
    Result<MergedRun> merge(RunSource& from, const RunId& run,
                            const std::function<bool(double fraction)>& progress = {});

    /// Takes over the sweeps of `from`; returns how many are new here. Blocks until committed.
    Result<std::int64_t> merge_sweeps(RunSource& from);

    /// Changes what is given of a sweep and returns the edit that undoes it. Blocks until committed.
    Result<SweepEdit> edit_sweep(const SweepEdit& edit);

    /// Blocks until everything pushed before is committed. Error: the writer has failed.
    Result<void> flush();

private:
    struct Impl;
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace descent
