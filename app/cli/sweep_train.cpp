#include "app/cli/sweep_train.h"

#include "app/cli/output.h"
#include "core/base/pruning.h"
#include "core/store/trained_run.h"

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
    int threads = 1; ///< of networks that are trained together

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
        unwrap(store.flush()); // what is trained next may be cut from it
        add_reasons(result, store, {session->run()});
        return result;
    }

    /// None: this engine does not train these together after all, which only their data tells.
    std::optional<WorkResult> together() const {
        EnsembleOptions options{
            .threads = threads, .tags = tags, .stop = watch.token(), .progress = reading()};
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

namespace {

/// What is known of the cells, and what follows for the work.
class Survey {
public:
    Survey(const SweepLineage& lineage, const StoreReader& store, const std::filesystem::path& path,
           const std::string& sweep_id)
        : lineage_(lineage)
        , store_(store)
        , path_(path)
        , state(lineage.cells.size(), Cell::missing)
        , wanted(lineage.cells.size()) {
        for (const auto& [cell, run] : store.sweep_runs(sweep_id))
            if (cell < lineage.own) look_at(cell, run);
        for (std::size_t i = 0; i < lineage.own; ++i)
            wanted[i] = state[i] != Cell::trained && state[i] != Cell::closed && lineage.first[i] == i;
        for (std::size_t i = lineage.own; i < state.size(); ++i)
            for (const auto& run : store.runs_by_key(lineage.cells[i].key))
                if (state[i] == Cell::missing || run.state == RunState::finished) look_at(i, run);
        const auto order = by_level();
        for (auto i = order.rbegin(); i != order.rend(); ++i) ask_for_parent(*i);
        for (const auto i : order) leave_orphan(i);
    }

    enum class Cell { missing, broken, saved, trained, closed };

private:
    void look_at(std::size_t cell, const RunRecord& run) {
        if (is_done(run.state)) {
            state[cell] = run.state == RunState::finished ? Cell::trained : Cell::closed;
        } else if (!is_over(run.state)) {
            state[cell] = Cell::closed;
            ++elsewhere;
        } else if (is_resumable(run.state)) {
            state[cell] = store_.last_checkpoint(run.id) ? Cell::saved : Cell::broken;
            again.insert_or_assign(cell, run.id);
        }
    }
    /// The lowest first.
    std::vector<std::size_t> by_level() const {
        std::vector<std::size_t> order(state.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::ranges::stable_sort(
            order, {}, [&](std::size_t i) { return prune_level(lineage_.cells[i].spec.regime.params); });
        return order;
    }
    bool begins(std::size_t cell) const { return wanted[cell] && state[cell] != Cell::saved; }
    void ask_for_parent(std::size_t cell) {
        const auto parent = lineage_.parent[cell];
        if (!parent || !begins(cell)) return;
        if (state[*parent] == Cell::trained && !trained_run(store_, path_, lineage_.cells[*parent].key))
            state[*parent] = Cell::missing; // a member of an ensemble, or its file is gone
        wanted[*parent] = state[*parent] != Cell::trained && state[*parent] != Cell::closed;
    }
    void leave_orphan(std::size_t cell) {
        const auto parent = lineage_.parent[cell];
        if (!parent || !begins(cell) || wanted[*parent] || state[*parent] == Cell::trained) return;
        wanted[cell] = false;
        state[cell] = Cell::closed;
        ++orphans;
    }

    const SweepLineage& lineage_;
    const StoreReader& store_;
    const std::filesystem::path& path_;

public:
    std::vector<Cell> state;
    std::vector<bool> wanted; ///< to be trained
    std::map<std::size_t, RunId> again;
    std::int64_t elsewhere = 0, orphans = 0;
};

} // namespace

SweepWorkList sweep_work(const Engine& engine, const SweepLineage& lineage, const StoreReader& store,
                         const std::filesystem::path& path, const std::string& sweep_id, std::size_t most) {
    using Cell = Survey::Cell;
    Survey survey(lineage, store, path, sweep_id);
    SweepWorkList list{.elsewhere = survey.elsewhere, .orphans = survey.orphans};
    std::map<std::size_t, std::size_t> piece_of;
    const auto add = [&](std::vector<std::size_t> group) {
        SweepWork& piece = list.work.emplace_back(std::move(group));
        for (const auto cell : piece.cells) {
            piece_of.emplace(cell, list.work.size() - 1);
            survey.wanted[cell] = false;
            if (const auto run = survey.again.find(cell); run != survey.again.end()) piece.again.insert(*run);
        }
    };
    const auto groups_of = [&](const std::vector<std::size_t>& which) {
        std::vector<std::vector<std::size_t>> groups;
        std::vector<std::size_t> together;
        for (const auto cell : which)
            if (most > 1 && cell < lineage.own && !lineage.is_parent[cell])
                together.push_back(cell);
            else
                groups.push_back({cell});
        std::vector<RunSpec> specs;
        for (const auto cell : together) specs.push_back(lineage.cells[cell].spec);
        if (!specs.empty())
            for (auto& group : engine.groups(specs, most)) {
                for (auto& index : group) index = together[index];
                groups.push_back(std::move(group));
            }
        return groups;
    };
    const auto cells_that = [&](const auto& are) {
        std::vector<std::size_t> cells;
        for (std::size_t i = 0; i < lineage.cells.size(); ++i)
            if (are(i)) cells.push_back(i);
        return cells;
    };
    // What has a checkpoint goes on from it, alone as it was.
    for (const auto i :
         cells_that([&](auto i) { return survey.wanted[i] && survey.state[i] == Cell::saved; }))
        add({i});
    const auto broken = [&](std::size_t i) { return survey.wanted[i] && survey.state[i] == Cell::broken; };
    if (!cells_that(broken).empty())
        for (auto& group : groups_of(cells_that([&](auto i) { return lineage.first[i] == i; }))) {
            if (std::ranges::none_of(group, broken)) continue;
            std::erase_if(group, [&](std::size_t i) { return !survey.wanted[i]; });
            add(std::move(group));
        }
    for (auto& group : groups_of(cells_that([&](auto i) { return bool(survey.wanted[i]); })))
        add(std::move(group));
    for (auto& piece : list.work)
        for (const auto cell : piece.cells)
            if (const auto parent = lineage.parent[cell])
                if (const auto before = piece_of.find(*parent); before != piece_of.end())
                    piece.after.push_back(before->second);
    return list;
}

WorkResult train_work(const SweepWork& work, const std::vector<SweepCell>& cells,
                      const std::vector<std::string>& tags, Engine& engine, StoreWriter& store,
                      const InterruptWatch& watch, const std::function<void(const WorkProgress&)>& progress,
                      int threads) {
    const Training training{work, cells, tags, engine, store, watch, progress, threads};
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
