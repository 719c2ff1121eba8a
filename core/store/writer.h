#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/base/run_record.h"

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
using RunEdit = std::variant<SetName, SetStar, SetNote, SetTags, SetTrashed>;

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
    /// Takes a stopped or interrupted run up again at `from`: deletes its samples, matrices and checkpoints
    /// after that update (those at it stay; the log stays whole), sets state running and this process's id.
    /// With from.count < 0 all samples, matrices and checkpoints go: the run starts over. Blocks until
    /// committed. Refuses a run that a living process holds, this one included, and any other state.
    Result<void> reopen(const RunId& run, Update from, std::int64_t planned_updates);

    bool push(BatchPtr batch) override;
    std::string failure() const override;

    /// Applies edits in one transaction, all or none, and returns the edits that undo them, in the order to
    /// apply them. Blocks until committed.
    Result<std::vector<RunEdit>> apply(std::vector<RunEdit> edits);

    /// Blocks until everything pushed before is committed. Error: the writer has failed.
    Result<void> flush();

private:
    struct Impl;
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace descent
