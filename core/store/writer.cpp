#include "core/store/writer.h"

#include "core/store/batch_writer.h"
#include "core/store/changes.h"
#include "core/store/file_name.h"
#include "core/store/merge_runs.h"
#include "core/store/store.h"
#include "core/store/stray_files.h"
#include "core/store/sweeps_rows.h"
#include "core/store/wal_checkpointer.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>

#include <sqlite3.h>

namespace descent {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Together these keep the age of what is not yet committed below 250 ms: it waits for company, is written,
// and behind what is being written no more may queue up than is written in the rest of the time.
constexpr auto kLinger = 50ms;
constexpr auto kLongestTransaction = 100ms;
constexpr std::size_t kMostBatches = 512;
constexpr std::size_t kMostSamples = 32'768;
/// Pages of SQLite's log from which on it is folded into the store beside the work, and from which on the
/// work waits for that, lest the log grow without end.
constexpr int kLongLog = 1'000;
constexpr int kTooLongLog = 32'000;
/// Times sql::kBusyTimeout that another process may hold the store before this one gives up.
constexpr int kBusyAttempts = 6;

/// Done between batches by the writer's thread, while whoever asked for it waits.
struct Task {
    std::function<void(SQLite::Database&)>
        work;                        ///< in a transaction of its own; none: waits for what came before
    std::function<void()> committed; ///< what is left to do once it is committed
    std::promise<Result<void>> done{};
};

/// Either a batch or a task.
struct Job {
    BatchPtr batch;
    std::unique_ptr<Task> task;
    Clock::time_point arrived = Clock::now();
    std::size_t samples() const { return batch ? batch->samples.size() : 0; }
};

} // namespace

/// Thread: the queue's members from any, under mutex_; the connection's from the writer's thread only.
struct StoreWriter::Impl {
    explicit Impl(const std::filesystem::path& store)
        : path(store)
        , checkpointer_(store)
        , db_(sql::open_connection(store, sql::Access::write))
        , batches_(db_)
        , thread_([this](std::stop_token stop) {
            sqlite3_wal_hook(db_.getHandle(), after_commit, &checkpointer_);
            work(stop);
        }) {}

    bool push(std::vector<BatchPtr> batches);
    Result<void> perform(std::function<void(SQLite::Database&)> work, std::function<void()> committed = {});
    std::string failure();
    void forget(const RunId& run) { batches_.forget(run); }
    void remove_checkpoint_files(const std::vector<std::string>& files);

    const std::filesystem::path path;

private:
    static int after_commit(void* checkpointer, sqlite3* db, const char*, int pages);
    void work(std::stop_token stop);
    std::deque<Job> take(std::stop_token stop);
    void begin(std::optional<SQLite::Transaction>& tx);
    void write_batches(std::deque<Job>& jobs);
    void perform(Task& task);
    void fail_for_good(const std::string& reason, std::deque<Job>& jobs);

    WalCheckpointer checkpointer_;
    SQLite::Database db_;
    BatchWriter batches_;

    std::mutex mutex_;
    std::condition_variable_any arrived_; ///< wakes the writer
    std::condition_variable_any room_;    ///< wakes those who wait to push
    std::deque<Job> queue_;               // guarded by mutex_
    std::size_t unwritten_batches_ = 0;   // guarded by mutex_; those the writer has taken count
    std::size_t unwritten_samples_ = 0;   // guarded by mutex_
    bool urgent_ = false;                 // guarded by mutex_; someone waits for a task in queue_
    std::string failure_;                 // guarded by mutex_

    std::jthread thread_; // last: starts when all else is there, ends before anything goes
};

bool StoreWriter::Impl::push(std::vector<BatchPtr> batches) {
    std::size_t samples = 0;
    for (const BatchPtr& batch : batches) samples += batch->samples.size();
    std::unique_lock lock(mutex_);
    // What is larger than the bound has to wait until it is alone.
    const auto fits = [&] {
        return unwritten_batches_ == 0 || (unwritten_batches_ + batches.size() <= kMostBatches &&
                                           unwritten_samples_ + samples <= kMostSamples);
    };
    const bool room = room_.wait(lock, thread_.get_stop_token(), [&] { return !failure_.empty() || fits(); });
    if (!room || !failure_.empty()) return false;
    const bool first = queue_.empty();
    for (BatchPtr& batch : batches) queue_.push_back({std::move(batch), nullptr});
    unwritten_batches_ += batches.size();
    unwritten_samples_ += samples;
    const bool wake =
        first || unwritten_batches_ >= kMostBatches / 2 || unwritten_samples_ >= kMostSamples / 2;
    lock.unlock();
    if (wake) arrived_.notify_one();
    return true;
}

std::string StoreWriter::Impl::failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
}

Result<void> StoreWriter::Impl::perform(std::function<void(SQLite::Database&)> work,
                                        std::function<void()> committed) {
    auto task = std::make_unique<Task>(std::move(work), std::move(committed));
    std::future<Result<void>> done = task->done.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (!failure_.empty()) return fail(failure_, Error::Kind::internal);
        queue_.push_back({nullptr, std::move(task)});
        urgent_ = true;
    }
    arrived_.notify_one();
    return done.get();
}

int StoreWriter::Impl::after_commit(void* checkpointer, sqlite3* db, const char*, int pages) {
    if (pages >= kLongLog) static_cast<WalCheckpointer*>(checkpointer)->wake();
    if (pages >= kTooLongLog)
        sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return SQLITE_OK;
}

std::deque<Job> StoreWriter::Impl::take(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, stop, [&] { return !queue_.empty(); });
    if (!queue_.empty()) {
        // Many small transactions write the same pages many times over.
        arrived_.wait_until(lock, stop, queue_.front().arrived + kLinger, [&] {
            return urgent_ || unwritten_batches_ >= kMostBatches / 2 ||
                   unwritten_samples_ >= kMostSamples / 2;
        });
    }
    urgent_ = false;
    return std::exchange(queue_, {});
}

void StoreWriter::Impl::work(std::stop_token stop) {
    remove_stray_checkpoints(db_, path);
    // Empty only after a request to stop, and then everything is written.
    for (std::deque<Job> jobs = take(stop); !jobs.empty(); jobs = take(stop)) {
        try {
            while (!jobs.empty()) {
                if (jobs.front().batch) {
                    write_batches(jobs);
                } else {
                    perform(*jobs.front().task);
                    jobs.pop_front();
                }
            }
        } catch (const SQLite::Exception& e) {
            fail_for_good(sql::describe(e, path), jobs);
        } catch (const std::exception& e) {
            fail_for_good("store '" + path.string() + "': " + e.what(), jobs);
        }
    }
}

void StoreWriter::Impl::begin(std::optional<SQLite::Transaction>& tx) {
    for (int attempt = 1;; ++attempt) {
        try {
            tx.emplace(db_, SQLite::TransactionBehavior::IMMEDIATE);
            break;
        } catch (const SQLite::Exception& e) {
            if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || attempt == kBusyAttempts) throw;
        }
    }
    if (sql::has_moved(db_))
        throw std::runtime_error("the file was moved, deleted or replaced while it was in use");
}

void StoreWriter::Impl::write_batches(std::deque<Job>& jobs) {
    std::optional<SQLite::Transaction> tx;
    begin(tx);
    const auto started = Clock::now();
    std::size_t batches = 0, samples = 0;
    do {
        batches_.add(*jobs[batches].batch);
        samples += jobs[batches].samples();
        ++batches;
    } while (batches < jobs.size() && jobs[batches].batch && Clock::now() - started < kLongestTransaction);
    batches_.finish();
    tx->commit();
    tx.reset();
    jobs.erase(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(batches));
    {
        const std::lock_guard lock(mutex_);
        unwritten_batches_ -= batches;
        unwritten_samples_ -= samples;
    }
    room_.notify_all();
    remove_checkpoint_files(batches_.take_obsolete_files());
}

// A task that fails has changed nothing, and whoever asked for it is told: the writer goes on.
void StoreWriter::Impl::perform(Task& task) {
    auto result = guarded([&] {
        sql::translated(path, [&] {
            if (!task.work) return;
            std::optional<SQLite::Transaction> tx;
            begin(tx);
            task.work(db_);
            tx->commit();
            if (task.committed) task.committed();
        });
    });
    task.done.set_value(std::move(result));
}

// A file left behind costs room, nothing else: no error here is worth a run.
void StoreWriter::Impl::remove_checkpoint_files(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        if (!is_plain_name(file)) continue;
        try {
            SQLite::Statement used(db_, "SELECT 1 FROM checkpoint WHERE file = ?");
            used.bind(1, file);
            if (used.executeStep()) continue;
        } catch (const SQLite::Exception&) {
            continue;
        }
        std::error_code ignored;
        std::filesystem::remove(checkpoint_folder(path) / file, ignored);
    }
}

void StoreWriter::Impl::fail_for_good(const std::string& reason, std::deque<Job>& jobs) {
    {
        const std::lock_guard lock(mutex_);
        failure_ = reason;
        std::ranges::move(queue_, std::back_inserter(jobs));
        queue_.clear();
        unwritten_batches_ = unwritten_samples_ = 0;
    }
    room_.notify_all();
    for (const Job& job : jobs)
        if (job.task) job.task->done.set_value(fail(reason, Error::Kind::internal));
    jobs.clear();
}

StoreWriter::StoreWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreWriter::~StoreWriter() = default;

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(const std::filesystem::path& store) {
    return guarded([&] {
        return sql::translated(store, [&] {
            return std::unique_ptr<StoreWriter>(new StoreWriter(std::make_unique<Impl>(store)));
        });
    });
}

const std::filesystem::path& StoreWriter::path() const {
    return impl_->path;
}

Result<RunRecord> StoreWriter::create(RunRecord run) {
    auto done = impl_->perform([&](SQLite::Database& db) { run = create_run(db, std::move(run)); });
    if (!done) return std::unexpected(done.error());
    return run;
}

Result<std::vector<RunRecord>> StoreWriter::create_all(std::vector<RunRecord> runs) {
    auto done = impl_->perform([&](SQLite::Database& db) { runs = create_runs(db, std::move(runs)); });
    if (!done) return std::unexpected(done.error());
    return runs;
}

Result<void> StoreWriter::begin_anew(const std::vector<std::pair<RunId, std::int64_t>>& runs) {
    std::vector<std::string> obsolete_files;
    return impl_->perform(
        [&](SQLite::Database& db) {
            for (const auto& [run, planned_updates] : runs)
                std::ranges::move(reopen_run(db, run, Update{-1}, planned_updates),
                                  std::back_inserter(obsolete_files));
        },
        [&] {
            for (const auto& [run, planned_updates] : runs) impl_->forget(run);
            impl_->remove_checkpoint_files(obsolete_files);
        });
}

Result<void> StoreWriter::reopen(const RunId& run, Update from, std::int64_t planned_updates) {
    std::vector<std::string> obsolete_files;
    return impl_->perform(
        [&](SQLite::Database& db) { obsolete_files = reopen_run(db, run, from, planned_updates); },
        [&] {
            impl_->forget(run);
            impl_->remove_checkpoint_files(obsolete_files);
        });
}

bool StoreWriter::push(BatchPtr batch) {
    return impl_->push({std::move(batch)});
}

bool StoreWriter::push_all(std::vector<BatchPtr> batches) {
    return batches.empty() || impl_->push(std::move(batches));
}

std::string StoreWriter::failure() const {
    return impl_->failure();
}

Result<std::vector<RunEdit>> StoreWriter::apply(std::vector<RunEdit> edits) {
    std::vector<RunEdit> undo;
    auto done = impl_->perform([&](SQLite::Database& db) { undo = apply_edits(db, edits); });
    if (!done) return std::unexpected(done.error());
    return undo;
}

Result<MergedRun> StoreWriter::merge(RunSource& from, const RunId& run,
                                     const std::function<bool(double fraction)>& progress) {
    MergedRun merged;
    CheckpointFolder files(path());
    auto done = impl_->perform(
        [&](SQLite::Database& db) { merged = merge_run(db, from.impl(), run, files, progress); },
        [&] {
            files.keep();
            impl_->forget(run);
        });
    if (!done) return std::unexpected(done.error());
    return merged;
}

Result<SweepRecord> StoreWriter::save_sweep(SweepRecord sweep) {
    auto done =
        impl_->perform([&](SQLite::Database& db) { sweep = descent::save_sweep(db, std::move(sweep)); });
    if (!done) return std::unexpected(done.error());
    return sweep;
}

Result<void> StoreWriter::hold_sweep(const std::string& id, bool hold) {
    return impl_->perform([&](SQLite::Database& db) { descent::hold_sweep(db, id, hold); });
}

Result<SweepEdit> StoreWriter::edit_sweep(const SweepEdit& edit) {
    SweepEdit undo;
    auto done = impl_->perform([&](SQLite::Database& db) { undo = descent::edit_sweep(db, edit); });
    if (!done) return std::unexpected(done.error());
    return undo;
}

Result<std::int64_t> StoreWriter::merge_sweeps(RunSource& from) {
    std::int64_t added = 0;
    auto done =
        impl_->perform([&](SQLite::Database& db) { added = descent::merge_sweeps(db, from.impl(), false); });
    if (!done) return std::unexpected(done.error());
    return added;
}

Result<void> StoreWriter::flush() {
    return impl_->perform(nullptr);
}

} // namespace descent
