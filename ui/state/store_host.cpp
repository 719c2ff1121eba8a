#include "ui/state/store_host.h"

#include <QMetaObject>
#include <QPointer>
#include <QThread>
#include <QUndoCommand>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

namespace descent::ui {

namespace {
constexpr int kThreads = 2; // so that a long export does not hold up the lists
constexpr int kPollMs = 250;
} // namespace

/// A few threads, each with a reader of its own, and one line of jobs. Jobs with the same key never overlap
/// and keep their order; others may run side by side.
struct StoreHost::Pool {
    struct Job {
        const void* key = nullptr;
        bool keep = false; ///< an edit: done even when the window is closing
        std::function<void(const StoreReader&)> work;
    };

    explicit Pool(std::vector<std::unique_ptr<StoreReader>> readers) : readers_(std::move(readers)) {
        for (const auto& reader : readers_)
            threads_.emplace_back([this, &reader](std::stop_token stop) { serve(stop, *reader); });
    }

    ~Pool() {
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(waiting_, [](const Job& job) { return !job.keep; });
        }
        for (auto& thread : threads_) thread.request_stop();
        threads_.clear(); // joins
    }

    void add(Job job) {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(std::move(job));
        }
        wake_.notify_one();
    }

    struct Edit;
    /// Thread: GUI. `done` gets the inverse edits, on the GUI thread.
    static void apply(StoreHost& host, std::vector<RunEdit> edits,
                      std::function<void(std::vector<RunEdit>)> done = {});

private:
    void serve(std::stop_token stop, const StoreReader& reader) {
        std::unique_lock lock(mutex_);
        for (;;) {
            auto next = waiting_.end();
            const auto ready = [&] {
                next = std::ranges::find_if(waiting_, [&](const Job& job) {
                    return std::ranges::find(busy_, job.key) == busy_.end();
                });
                return next != waiting_.end();
            };
            if (!wake_.wait(lock, stop, ready)) return; // stopped, and nothing left that must be done
            Job job = std::move(*next);
            waiting_.erase(next);
            busy_.push_back(job.key);
            lock.unlock();
            job.work(reader);
            job.work = {};
            lock.lock();
            busy_.erase(std::ranges::find(busy_, job.key));
            wake_.notify_all(); // a job of the same key may have waited for this one
        }
    }

    std::vector<std::unique_ptr<StoreReader>> readers_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Job> waiting_;       // guarded by mutex_
    std::vector<const void*> busy_; // keys at work; guarded by mutex_
    std::vector<std::jthread> threads_;
};

/// What a person did to some runs and how to take it back. Pushed after it has been applied.
struct StoreHost::Pool::Edit : QUndoCommand {
    Edit(StoreHost& host, const QString& text, std::vector<RunEdit> forward, std::vector<RunEdit> inverse)
        : QUndoCommand(text)
        , host_(host)
        , forward_(std::move(forward))
        , inverse_(std::move(inverse)) {}

    void undo() override { apply(host_, inverse_); }
    void redo() override {
        if (std::exchange(applied_, false)) return; // QUndoStack::push redoes
        apply(host_, forward_);
    }

private:
    StoreHost& host_;
    std::vector<RunEdit> forward_, inverse_;
    bool applied_ = true;
};

void StoreHost::Pool::apply(StoreHost& host, std::vector<RunEdit> edits,
                            std::function<void(std::vector<RunEdit>)> done) {
    auto work = [&host, edits = std::move(edits), done = std::move(done)](const StoreReader&) mutable {
        auto inverse = host.writer_->apply(std::move(edits));
        QMetaObject::invokeMethod(
            &host,
            [&host, inverse = std::move(inverse), done = std::move(done)]() mutable {
                if (!inverse) {
                    Q_EMIT host.failed(QString::fromStdString(inverse.error().message));
                    return;
                }
                if (done) done(std::move(*inverse));
                host.look(); // no need to wait for the next poll
            },
            Qt::QueuedConnection);
    };
    // std::function wants copies, so the closure is shared.
    auto shared = std::make_shared<decltype(work)>(std::move(work));
    host.pool_->add({&host, true, [shared](const StoreReader& reader) { (*shared)(reader); }});
}

Result<std::unique_ptr<StoreHost>> StoreHost::open(const std::filesystem::path& store) {
    return guarded([&] {
        std::unique_ptr<StoreHost> host(new StoreHost);
        host->writer_ = unwrap(StoreWriter::open(store));
        host->watcher_ = unwrap(StoreReader::open(store));
        std::vector<std::unique_ptr<StoreReader>> readers;
        for (int i = 0; i < kThreads; ++i) readers.push_back(unwrap(StoreReader::open(store)));
        host->pool_ = std::make_unique<Pool>(std::move(readers));
        host->seen_ = host->watcher_->change_counter();
        host->poll_.setInterval(kPollMs);
        connect(&host->poll_, &QTimer::timeout, host.get(), &StoreHost::look);
        host->poll_.start();
        return host;
    });
}

StoreHost::~StoreHost() {
    poll_.stop();
    pool_.reset(); // joins; edits still waiting are applied first
}

const std::filesystem::path& StoreHost::path() const {
    return writer_->path();
}

void StoreHost::look() {
    const auto counter = guarded([&] { return watcher_->change_counter(); });
    if (!counter || *counter == seen_) return; // a busy moment: the next look will tell
    seen_ = *counter;
    Q_EMIT changed();
}

void StoreHost::run(QObject* context, std::function<void(const StoreReader&)> job,
                    std::function<void()> done) {
    Q_ASSERT(QThread::currentThread() == thread());
    QObject* const receiver = context ? context : this;
    auto work = [this, alive = QPointer<QObject>(receiver), job = std::move(job),
                 done = std::move(done)](const StoreReader& reader) {
        const auto tried = guarded([&] { job(reader); });
        QMetaObject::invokeMethod(
            this,
            [this, alive, done, tried] {
                if (!tried) Q_EMIT failed(QString::fromStdString(tried.error().message));
                if (alive) done();
            },
            Qt::QueuedConnection);
    };
    pool_->add({receiver, false, std::move(work)});
}

void StoreHost::edit(const QString& text, std::vector<RunEdit> edits) {
    Q_ASSERT(QThread::currentThread() == thread());
    if (edits.empty()) return;
    Pool::apply(*this, edits, [this, text, edits](std::vector<RunEdit> inverse) {
        undo_.push(new Pool::Edit(*this, text, edits, std::move(inverse)));
    });
}

} // namespace descent::ui
