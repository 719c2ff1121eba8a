#include "app/cli/sweep_run.h"

#include "app/cli/work_queue.h"
#include "core/analysis/sweep_table.h"
#include "core/base/format.h"
#include "core/store/store.h"

#include <algorithm>
#include <thread>

namespace descent::cli {

namespace {

/// How long the processes of a sweep whose parent died may take to end.
constexpr auto kPatience = std::chrono::seconds(10);

/// Says that this process trains the sweep, for as long as it lives.
class Hold {
public:
    Hold(StoreWriter& store, std::string id) : store_(store), id_(std::move(id)) {
        unwrap(store_.hold_sweep(id_, true));
    }
    ~Hold() { (void)store_.hold_sweep(id_, false); } // a store that is gone has no holders
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

private:
    StoreWriter& store_;
    std::string id_;
};

/// The work there is. Runs of a process that is just ending (its parent was killed) are waited for.
SweepWorkList look_for_work(const SweepRecord& sweep, const SweepLineage& lineage,
                            const SweepRunOptions& options, Engine& engine, const StoreWriter& store,
                            const InterruptWatch& watch) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const auto reader = unwrap(StoreReader::open(store.path()));
        auto list = sweep_work(engine, lineage, *reader, store.path(), sweep.id,
                               options.ensembles ? most_members(lineage.own, options.jobs) : 1);
        if (list.elsewhere == 0 || watch.requested() || std::chrono::steady_clock::now() > give_up)
            return list;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        unwrap(prepare_store(store.path()));
    }
}

void train(const SweepRecord& sweep, const SweepLineage& lineage, const SweepRunOptions& options,
           Engine& engine, StoreWriter& store, SweepProgress& progress, const InterruptWatch& watch,
           SweepOutcome& outcome) {
    const auto list = look_for_work(sweep, lineage, options, engine, store, watch);
    const auto& work = list.work;
    if (list.elsewhere > 0)
        outcome.add(std::to_string(list.elsewhere) + " of the runs are being trained by another process");
    progress.begin(unwrap(StoreReader::open(store.path()))->sweep_status(sweep.id), work);
    WorkQueue queue(work);
    // What is trained together is shared out to threads, which need no other program to start.
    const bool all_together =
        std::ranges::all_of(work, [](const SweepWork& piece) { return piece.cells.size() > 1; });
    if (options.jobs > 1 && work.size() > 1 && !all_together) {
        train_in_processes(work, lineage, queue, std::min(options.jobs, work.size()), sweep.id, store.path(),
                           watch, progress, outcome);
    } else {
        while (!watch.requested()) {
            const auto i = queue.next();
            if (!i) break;
            const auto result = train_work(
                work[*i], lineage.cells, sweep_tags(sweep.id), engine, store, watch,
                [&](const WorkProgress& p) { progress.at(*i, p); }, static_cast<int>(options.jobs));
            progress.over(*i, result);
            outcome.add(result);
            queue.over(*i, trained(result));
        }
    }
    const auto lost = list.orphans + static_cast<std::int64_t>(queue.left_out());
    if (lost > 0 && !watch.requested())
        outcome.add(format_count(lost) + (lost == 1 ? " run was" : " runs were") +
                    " not trained: the network that each is cut from did not finish");
    unwrap(store.flush());
}

/// An active sweep that goes by what its runs have not measured would add nothing, and not say why.
void check_measured(const SweepPlan& plan, const std::vector<CellRun>& runs, SweepOutcome& outcome) {
    const bool any =
        std::ranges::any_of(runs, [](const CellRun& cell) { return cell.run.state == RunState::finished; });
    const auto has = [&](const CellRun& cell) {
        return sweep_metric_value(cell.run, plan.active->metric).has_value();
    };
    if (!any || plan.active->add < 1 || std::ranges::any_of(runs, has)) return;
    const auto known = sweep_metrics(runs);
    const auto meant = nearest(plan.active->metric, known);
    outcome.add("--active adds nothing: no run has the metric '" + plan.active->metric + "'" +
                (meant ? "; did you mean '" + *meant + "' (--active N --metric " + *meant + ")?" : ""));
}

} // namespace

std::vector<std::string> keys_of(const std::vector<SweepCell>& cells) {
    std::vector<std::string> keys;
    for (const auto& cell : cells) keys.push_back(cell.key);
    return keys;
}

SweepOutcome run_sweep(SweepRecord& sweep, std::vector<SweepCell> cells, const SweepRunOptions& options,
                       Engine& engine, StoreWriter& store, Output& out, const InterruptWatch& watch) {
    const Hold hold(store, sweep.id);
    SweepOutcome outcome;
    for (;;) {
        const auto lineage = sweep_lineage(engine.catalog(), cells);
        SweepProgress progress(out, options.progress, sweep, lineage);
        train(sweep, lineage, options, engine, store, progress, watch, outcome);
        const auto reader = unwrap(StoreReader::open(store.path()));
        bool more = false;
        if (sweep.plan.active) {
            const auto runs = reader->sweep_runs(sweep.id);
            check_measured(sweep.plan, runs, outcome);
            more = !watch.requested() && add_active_levels(sweep.plan, runs, engine.catalog());
        }
        if (!more) {
            progress.end(reader->sweep_status(sweep.id), watch.requested());
            return outcome;
        }
        cells = unwrap(sweep_cells(engine.catalog(), sweep.plan));
        sweep.keys = keys_of(cells);
        sweep = unwrap(store.save_sweep(sweep));
    }
}

} // namespace descent::cli
