#include "app/cli/sweep_train.h"

#include "app/cli/output.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace descent::cli {

namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(100);

bool is_done(RunState state) {
    return state == RunState::finished || state == RunState::diverged;
}

/// Keeps what a run last said of its progress. Thread: push from the trainer's, last() from any.
class ProgressTap : public BatchSink {
public:
    bool push(BatchPtr batch) override {
        const std::lock_guard lock(mutex_);
        progress_ = batch->progress;
        return true;
    }
    Progress last() const {
        const std::lock_guard lock(mutex_);
        return progress_;
    }

private:
    mutable std::mutex mutex_;
    Progress progress_; // guarded by mutex_
};

/// Waits for `wait`'s result on a thread of its own and looks in between.
template<class F>
auto wait_and_look(F&& wait, const std::function<void()>& look) {
    std::mutex mutex;
    std::condition_variable over;
    std::optional<decltype(wait())> result;
    const std::jthread waiter([&] {
        auto states = wait();
        const std::lock_guard lock(mutex);
        result = std::move(states);
        over.notify_one();
    });
    std::unique_lock lock(mutex);
    while (!over.wait_for(lock, kBetweenLooks, [&] { return result.has_value(); })) {
        lock.unlock();
        look();
        lock.lock();
    }
    return std::move(*result);
}

void count(WorkResult& result, RunState state) {
    result.finished += state == RunState::finished;
    result.diverged += state == RunState::diverged;
    result.failed += state == RunState::failed;
    result.interrupted += is_resumable(state);
}

/// Why runs failed, each reason once.
void add_reasons(WorkResult& result, StoreWriter& store, const std::vector<RunId>& runs) {
    if (result.failed == 0) return;
    unwrap(store.flush());
    const auto reader = unwrap(StoreReader::open(store.path()));
    std::set<std::string> said;
    for (const auto& run : reader->runs_by_id(runs))
        if (run.state == RunState::failed && said.insert(run.reason).second)
            result.problems.push_back(run.name + ": " + (run.reason.empty() ? "failed" : run.reason));
}

/// What is common to both ways.
struct Training {
    const SweepWork& work;
    const std::vector<SweepCell>& cells;
    const std::vector<std::string>& tags;
    Engine& engine;
    StoreWriter& store;
    const InterruptWatch& watch;
    const std::function<void(const WorkProgress&)>& progress;

    LoadProgress reading() const {
        return [this](double share, const std::string& what) {
            progress({.members = std::ssize(work.cells), .reading = what, .reading_share = share});
        };
    }

    WorkResult alone(std::size_t cell) const {
        WorkResult result;
        ProgressTap tap;
        StartOptions start{
            .threads = 1, .feed = &tap, .stop = watch.token(), .progress = reading(), .tags = tags};
        const auto stored = work.again.find(cell);
        auto begun = [&]() -> Result<std::unique_ptr<Session>> {
            if (stored == work.again.end()) return engine.start(cells[cell].spec, store, start);
            auto run = unwrap(StoreReader::open(store.path()))->run(stored->second);
            if (!run) return std::unexpected(run.error());
            // Another number of threads would give other bits.
            start.threads = static_cast<int>(std::max<std::int64_t>(1, run->provenance.threads));
            return engine.resume(*run, store, start);
        }();
        if (!begun && watch.requested()) {
            ++result.interrupted;
            return result;
        }
        if (!begun) {
            ++result.failed;
            result.problems.push_back(begun.error().message);
            return result;
        }
        const std::unique_ptr<Session> session = std::move(*begun);
        const std::stop_callback on_interrupt(watch.token(), [&] { session->stop(RunState::interrupted); });
        count(result,
              wait_and_look([&] { return session->wait(); },
                            [&] {
                                const auto now = tap.last();
                                progress({.members = 1, .update = now.update, .planned = now.planned});
                            }));
        add_reasons(result, store, {session->run()});
        return result;
    }

    /// None: this engine does not train these together after all, which only their data tells.
    std::optional<WorkResult> together() const {
        EnsembleOptions options{.threads = 1, .tags = tags, .stop = watch.token(), .progress = reading()};
        std::vector<RunSpec> specs;
        for (const auto cell : work.cells) {
            specs.push_back(cells[cell].spec);
            const auto again = work.again.find(cell);
            options.again.push_back(again == work.again.end() ? std::nullopt : std::optional(again->second));
        }
        auto begun = engine.start_ensemble(specs, store, options);
        WorkResult result;
        if (!begun && watch.requested()) {
            result.interrupted = std::ssize(work.cells);
            return result;
        }
        if (!begun) return std::nullopt;
        const std::unique_ptr<EnsembleSession> session = std::move(*begun);
        const std::stop_callback on_interrupt(watch.token(), [&] { session->stop(RunState::interrupted); });
        const auto states = wait_and_look(
            [&] { return session->wait(); },
            [&] {
                const auto now = session->progress();
                progress(
                    {.members = now.members, .over = now.over, .update = now.update, .planned = now.planned});
            });
        for (const auto state : states) count(result, state);
        add_reasons(result, store, session->runs());
        return result;
    }
};

} // namespace

std::vector<std::string> sweep_tags(const std::string& sweep_id) {
    return {"sweep-" + sweep_id.substr(0, 8)};
}

std::vector<SweepWork> sweep_work(const Engine& engine, const std::vector<SweepCell>& cells,
                                  const StoreReader& store, const std::string& sweep_id, std::size_t most,
                                  std::int64_t& elsewhere) {
    enum class Cell { missing, broken, saved, over };
    std::vector<Cell> state(cells.size(), Cell::missing);
    std::map<std::size_t, RunId> again;
    elsewhere = 0;
    for (const auto& [cell, run] : store.sweep_runs(sweep_id)) {
        if (cell >= cells.size()) continue;
        if (is_done(run.state)) {
            state[cell] = Cell::over;
        } else if (!is_over(run.state)) {
            state[cell] = Cell::over;
            ++elsewhere;
        } else if (is_resumable(run.state)) {
            state[cell] = store.last_checkpoint(run.id) ? Cell::saved : Cell::broken;
            again.emplace(cell, run.id);
        }
    }
    std::vector<SweepWork> work;
    const auto add = [&](std::vector<std::size_t> group) {
        SweepWork& piece = work.emplace_back(std::move(group));
        for (const auto cell : piece.cells)
            if (const auto run = again.find(cell); run != again.end()) piece.again.insert(*run);
    };
    const auto groups_of = [&](const std::vector<std::size_t>& which) {
        std::vector<RunSpec> specs;
        for (const auto cell : which) specs.push_back(cells[cell].spec);
        auto groups = most > 1 ? engine.groups(specs, most) : std::vector<std::vector<std::size_t>>();
        if (most <= 1)
            for (std::size_t i = 0; i < which.size(); ++i) groups.push_back({i});
        for (auto& group : groups)
            for (auto& index : group) index = which[index];
        return groups;
    };
    // What has a checkpoint goes on from it, alone as it was.
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (state[i] == Cell::saved) {
            add({i});
            state[i] = Cell::over;
        }
    if (std::ranges::count(state, Cell::broken) > 0) {
        std::vector<std::size_t> all(cells.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        for (auto& group : groups_of(all)) {
            const auto is = [&](Cell what) {
                return std::ranges::any_of(group, [&](std::size_t i) { return state[i] == what; });
            };
            if (!is(Cell::broken)) continue;
            std::erase_if(group, [&](std::size_t i) { return state[i] == Cell::over; });
            for (const auto i : group) state[i] = Cell::over;
            add(std::move(group));
        }
    }
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (state[i] == Cell::missing) missing.push_back(i);
    for (auto& group : groups_of(missing)) add(std::move(group));
    return work;
}

WorkResult train_work(const SweepWork& work, const std::vector<SweepCell>& cells,
                      const std::vector<std::string>& tags, Engine& engine, StoreWriter& store,
                      const InterruptWatch& watch, const std::function<void(const WorkProgress&)>& progress) {
    const Training training{work, cells, tags, engine, store, watch, progress};
    if (work.cells.size() > 1)
        if (auto result = training.together()) return std::move(*result);
    WorkResult all;
    for (const auto cell : work.cells) {
        if (watch.requested()) {
            ++all.interrupted;
            continue;
        }
        auto one = training.alone(cell);
        all.finished += one.finished;
        all.diverged += one.diverged;
        all.failed += one.failed;
        all.interrupted += one.interrupted;
        std::ranges::move(one.problems, std::back_inserter(all.problems));
    }
    return all;
}

} // namespace descent::cli
