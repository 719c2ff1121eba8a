#include "ui/state/training.h"

#include "core/analysis/breakpoint.h"
#include "core/base/branch_request.h"
#include "core/base/live_feed.h"
#include "core/base/pruning.h"
#include "core/engine/engine.h"
#include "core/store/trained_run.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"

#include <QMetaObject>
#include <QThread>
#include <QTimer>

#include <deque>
#include <thread>
#include <utility>
#include <variant>

namespace descent::ui {

namespace {

constexpr int kDrainMs = 33;

using Started = Result<std::unique_ptr<Session>>; // null: there was nothing to be done

struct Job {
    std::variant<RunSpec, RunId> what; ///< a new run, or a stored one to take up again
    bool paused = false;
    int threads = 0;
    bool if_missing = false;                ///< only where the store has no such trained network yet
    Training::Marks marks{};                ///< of a new run
    std::vector<Change> changes{};          ///< made at once when it goes on
    std::vector<std::string> breakpoints{}; ///< as they are when it starts
};

Started open(Engine& engine, StoreHost& store, const Job& job, const std::filesystem::path& path,
             LiveFeed* feed, std::stop_token stop, LoadProgress progress) {
    StartOptions options{.threads = job.threads,
                         .paused = job.paused,
                         .feed = feed,
                         .stop = std::move(stop),
                         .progress = std::move(progress),
                         .changes = job.changes,
                         .tags = job.marks.tags,
                         .log = job.marks.log,
                         .breakpoints = job.breakpoints};
    const auto* spec = std::get_if<RunSpec>(&job.what);
    if (spec && !job.if_missing && !job.marks.parent) return engine.start(*spec, store.writer(), options);
    auto reader = StoreReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    if (spec && job.marks.parent) {
        // Another number of threads adds in another order, and the bits would differ from the parent's.
        if (const auto parent = (*reader)->run(job.marks.parent->run); parent && options.threads == 0)
            options.threads = int(parent->provenance.threads);
        return engine.resume(new_branch(*spec, *job.marks.parent), store.writer(), options);
    }
    if (spec) {
        const auto level = "level " + std::to_string(prune_level(spec->regime.params));
        const auto found =
            guarded([&] { return run_to_be(**reader, path, engine.catalog().key(*spec), level); });
        if (!found) return std::unexpected(found.error());
        if (found->trained) return nullptr;
        return found->broken_off ? engine.resume(*found->broken_off, store.writer(), options)
                                 : engine.start(*spec, store.writer(), options);
    }
    auto record = (*reader)->run(std::get<RunId>(job.what));
    if (!record) return std::unexpected(record.error());
    return engine.resume(*record, store.writer(), options);
}

} // namespace

struct Training::Impl {
    Training& self;
    EngineHost& engine;
    StoreHost& store;
    std::deque<Job> queue;
    std::unique_ptr<LiveFeed> feed; // outlives session
    std::unique_ptr<Session> session;
    std::shared_ptr<std::optional<Started>> starting; // filled by starter, read after its message or its join
    std::optional<RunState> stop_when_started;
    std::vector<std::string> given;     ///< breakpoints that it was started with
    bool made_from = false;             ///< it is one that another run is made from
    RunState seen = RunState::finished; ///< of the session, when stateChanged was last sent
    bool moved = false;                 ///< the run has said something
    bool goes_on = false;               ///< it was there before, or another one was
    Progress progress;
    Preparation preparation;
    QTimer timer;
    std::jthread starter;

    Impl(Training& s, EngineHost& e, StoreHost& st) : self(s), engine(e), store(st) {}

    void next() {
        if (session || starting || queue.empty()) return;
        Job job = std::move(queue.front());
        queue.pop_front();
        // What another run is made from runs to its end.
        given = job.if_missing ? std::vector<std::string>() : self.breakpoints_;
        job.breakpoints = given;
        made_from = job.if_missing;
        goes_on = std::holds_alternative<RunId>(job.what) || job.marks.parent;
        progress = {};
        moved = false;
        stop_when_started.reset();
        feed = std::make_unique<LiveFeed>();
        starting = std::make_shared<std::optional<Started>>();
        preparation = {};
        const auto tell = [this](double share, const std::string& what) {
            QMetaObject::invokeMethod(&self, [this, share, what] {
                preparation = {share, QString::fromStdString(what)};
                Q_EMIT self.stateChanged();
            });
        };
        starter = std::jthread(
            [this, slot = starting, job = std::move(job), path = store.path(), tell](std::stop_token stop) {
                slot->emplace(open(*engine.engine(), store, job, path, feed.get(), std::move(stop), tell));
                QMetaObject::invokeMethod(&self, [this, slot] { opened(std::move(**slot)); });
            });
        Q_EMIT self.stateChanged();
    }

    void opened(Started result) {
        starter.join();
        starting.reset();
        if (!result) {
            queue.clear(); // what is in line differs by its seed only and would fail alike
            Q_EMIT self.stateChanged();
            if (!stop_when_started) Q_EMIT self.failed(QString::fromStdString(result.error().message));
            return;
        }
        session = std::move(*result);
        if (!session) {
            if (stop_when_started) queue.clear();
            next();
            Q_EMIT self.stateChanged();
            return;
        }
        // Set while it was being made ready. Otherwise what has fired must not fire again.
        if (!made_from && given != self.breakpoints_) (void)session->set_breakpoints(self.breakpoints_);
        seen = session->state();
        if (stop_when_started) session->stop(*stop_when_started);
        timer.start(kDrainMs);
        Q_EMIT self.started(session->run());
        Q_EMIT self.stateChanged();
    }

    void drain() {
        if (!session) return;
        // Asked before draining: a run that is over pushes nothing more, so an empty queue after this is its
        // end.
        const RunState state = session->state();
        LiveFeed::Drained drained = feed->drain();
        if (!drained.batches.empty()) {
            if (!moved) warn(drained.batches);
            moved = true;
            progress = drained.batches.back()->progress;
        }
        if (drained.gap) Q_EMIT self.gap();
        if (!drained.batches.empty()) Q_EMIT self.arrived(drained.batches);
        if (is_over(state)) return finish(state);
        if (state != seen || !drained.batches.empty()) {
            seen = state;
            Q_EMIT self.stateChanged();
        }
    }

    /// Of what is said before its first update.
    void warn(const std::vector<BatchPtr>& batches) {
        if (!goes_on) return;
        QStringList all;
        for (const auto& line : batches.front()->log)
            if (line.level == LogLine::Level::warning) all << QString::fromStdString(line.text);
        if (!all.isEmpty()) Q_EMIT self.warned(all.join(QStringLiteral("; ")));
    }

    void finish(RunState state) {
        timer.stop();
        session->wait();
        if (const auto rest = feed->drain(); !rest.batches.empty()) {
            if (!moved) warn(rest.batches);
            progress = rest.batches.back()->progress;
            if (rest.gap) Q_EMIT self.gap();
            Q_EMIT self.arrived(rest.batches);
        }
        const RunId id = session->run();
        session.reset();
        feed.reset();
        Q_EMIT self.ended(id, state);
        next();
        Q_EMIT self.stateChanged();
    }
};

Training::Training(EngineHost& engine, StoreHost& store, QObject* parent)
    : QObject(parent)
    , impl_(std::make_unique<Impl>(*this, engine, store)) {
    impl_->timer.setTimerType(Qt::PreciseTimer);
    connect(&impl_->timer, &QTimer::timeout, this, [this] { impl_->drain(); });
}

Training::~Training() {
    impl_->queue.clear();
    impl_->starter.request_stop();
    if (impl_->starter.joinable()) impl_->starter.join();
    if (impl_->starting && *impl_->starting && **impl_->starting)
        impl_->session = std::move(***impl_->starting);
    if (impl_->session) {
        impl_->session->stop(RunState::interrupted);
        impl_->session->wait();
        impl_->session.reset();
    }
}

Result<void> Training::start(const Request& request, int replicates, bool paused, const Marks& marks) {
    Q_ASSERT(QThread::currentThread() == thread());
    Engine* engine = impl_->engine.engine();
    if (!engine) return fail("the training engine is still being loaded");
    std::vector<RunSpec> specs;
    if (marks.parent && replicates > 1)
        return fail("a branch keeps the seed of the run that it goes on from; expected one replicate");
    for (int i = 0; i < std::max(1, replicates); ++i) {
        Request one = request;
        one.seed += std::uint64_t(i);
        auto spec = engine->catalog().resolve(one);
        if (!spec) return std::unexpected(spec.error());
        specs.push_back(std::move(*spec));
    }
    for (auto& spec : specs) {
        if (!marks.parent)
            for (auto& below : pruning_ancestors(spec))
                impl_->queue.push_back({std::move(below), false, threads_, true, {}, {}, {}});
        impl_->queue.push_back({std::move(spec), paused, threads_, false, marks, {}, {}});
    }
    if (!impl_->session && !impl_->starting)
        impl_->next();
    else
        Q_EMIT stateChanged();
    return {};
}

Result<void> Training::resumeRun(const RunId& run, std::vector<Change> changes) {
    if (!impl_->engine.engine()) return fail("the training engine is still being loaded");
    if (impl_->session && impl_->session->run() == run) return fail("this run is in progress already");
    impl_->queue.push_back({run, false, 0, false, {}, std::move(changes), {}});
    if (!impl_->session && !impl_->starting)
        impl_->next();
    else
        Q_EMIT stateChanged();
    return {};
}

void Training::pause() {
    if (!impl_->session) return;
    impl_->session->pause();
    Q_EMIT stateChanged();
}

void Training::proceed() {
    if (!impl_->session) return;
    impl_->session->resume();
    Q_EMIT stateChanged();
}

void Training::step() {
    if (impl_->session) impl_->session->step();
}

void Training::stop() {
    impl_->queue.clear();
    if (impl_->session)
        impl_->session->stop();
    else if (impl_->starting) {
        impl_->stop_when_started = RunState::stopped;
        impl_->starter.request_stop();
    }
    Q_EMIT stateChanged();
}

Result<void> Training::change(const std::string& path, const std::string& value) {
    if (!impl_->session) return fail("no run is in progress");
    return impl_->session->change(path, value);
}

Result<void> Training::setBreakpoints(std::vector<std::string> conditions) {
    for (const auto& condition : conditions)
        if (const auto read = Breakpoint::parse(condition); !read) return std::unexpected(read.error());
    if (impl_->session)
        if (const auto set = impl_->session->set_breakpoints(conditions); !set) return set;
    breakpoints_ = std::move(conditions);
    Q_EMIT breakpointsChanged();
    return {};
}

bool Training::busy() const {
    return impl_->session || impl_->starting || !impl_->queue.empty();
}
bool Training::preparing() const {
    return impl_->starting || (impl_->session && !impl_->moved);
}

RunState Training::state() const {
    return impl_->session ? impl_->session->state() : RunState::queued;
}

std::optional<RunId> Training::run() const {
    if (!impl_->session) return std::nullopt;
    return impl_->session->run();
}

QString Training::name() const {
    return impl_->session ? QString::fromStdString(impl_->session->name()) : QString();
}

int Training::waiting() const {
    return int(impl_->queue.size());
}
const Training::Preparation& Training::preparation() const {
    return impl_->preparation;
}
const Progress& Training::progress() const {
    return impl_->progress;
}

} // namespace descent::ui
