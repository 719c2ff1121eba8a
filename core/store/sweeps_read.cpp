#include "core/base/json_text.h"
#include "core/base/param.h"
#include "core/store/process.h"
#include "core/store/reader_impl.h"
#include "core/store/rows.h"
#include "core/store/run_rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace descent {
namespace {

/// How well a run stands for its cell.
int worth(RunState state) {
    switch (state) {
    case RunState::finished:
        return 5;
    case RunState::diverged:
        return 4;
    case RunState::queued:
    case RunState::running:
    case RunState::paused:
        return 3;
    case RunState::stopped:
    case RunState::interrupted:
        return 2;
    case RunState::failed:
        break;
    }
    return 1;
}

struct Best {
    std::int64_t run_no = 0, created_ms = 0;
    std::string id;
    RunState state = RunState::failed;
    auto rank() const { return std::tuple(worth(state), created_ms, run_no); }
};

/// By the cells' positions; empty where there is no such sweep, or none in an archive.
std::map<std::int64_t, Best> best_runs(SQLite::Database& db, const std::string& sweep) {
    std::map<std::int64_t, Best> best;
    if (!db.tableExists("sweep")) return best;
    sql::Rows row(db, "SELECT c.position, r.run_no, r.created_ms, r.run_id, r.state FROM sweep s"
                      " JOIN sweep_cell c ON c.sweep_no = s.sweep_no JOIN run r ON r.key = c.key"
                      " WHERE s.sweep_id = ? AND r.trashed_ms IS NULL ORDER BY c.position");
    row.bind(1, sweep);
    while (row.step()) {
        const Best run{row.whole(1), row.whole(2), std::string(row.text(3)),
                       run_state(row.text(4)).value_or(RunState::failed)};
        const auto [at, added] = best.emplace(row.whole(0), run);
        if (!added && at->second.rank() < run.rank()) at->second = run;
    }
    return best;
}

std::vector<SweepRecord> read_sweeps(SQLite::Database& db, const std::string& condition,
                                     const std::string& bound) {
    std::vector<SweepRecord> sweeps;
    if (!db.tableExists("sweep")) return sweeps; // an archive of version 1 to 3
    SQLite::Statement row(db, "SELECT sweep_no, sweep_id, name, plan, created_ms, trashed_ms, note,"
                              " process_id, process_started, process_host FROM sweep WHERE " +
                                  condition + " ORDER BY created_ms DESC, sweep_no DESC");
    if (!bound.empty()) row.bind(1, bound);
    SQLite::Statement keys(db, "SELECT key FROM sweep_cell WHERE sweep_no = ? ORDER BY position");
    while (row.executeStep()) {
        SweepRecord& sweep = sweeps.emplace_back();
        sweep.id = sql::text_at(row, 1);
        sweep.name = sql::text_at(row, 2);
        try {
            sweep.plan = sweep_plan_from_json(foreign_json(sql::text_at(row, 3)));
        } catch (const std::exception&) { // one that cannot be read must not hide the others
            sweep.plan.title = "(its plan cannot be read)";
            sweep.plan.seeds.clear();
        }
        sweep.created_ms = row.getColumn(4).getInt64();
        if (!row.getColumn(5).isNull()) sweep.trashed_ms = row.getColumn(5).getInt64();
        sweep.note = sql::text_at(row, 6);
        const ProcessMark holder{row.getColumn(7).getInt64(), row.getColumn(8).getInt64(),
                                 sql::text_at(row, 9)};
        if (!holder.is_gone()) sweep.pid = holder.pid;
        keys.bind(1, row.getColumn(0).getInt64());
        while (keys.executeStep()) sweep.keys.push_back(sql::text_at(keys, 0));
        keys.reset();
    }
    return sweeps;
}

} // namespace

std::vector<SweepRecord> StoreReader::sweeps(bool trashed) const {
    return impl_->at_one_moment([&] {
        return read_sweeps(impl_->db, trashed ? "trashed_ms IS NOT NULL" : "trashed_ms IS NULL", "");
    });
}

Result<SweepRecord> StoreReader::sweep(const std::string& word) const {
    return guarded([&] {
        return impl_->at_one_moment([&]() -> SweepRecord {
            if (word.empty())
                throw InputError("a sweep is asked for by its name, its id or the start of either");
            for (const char* condition :
                 {"?1 IN (name, sweep_id)", "instr(name, ?1) = 1 OR instr(sweep_id, lower(?1)) = 1"}) {
                auto found = read_sweeps(impl_->db, condition, word);
                if (found.size() == 1) return std::move(found.front());
                if (found.empty()) continue;
                std::string names;
                for (const auto& sweep : found) names += (names.empty() ? "" : ", ") + sweep.name;
                throw InputError("'" + word + "' could be any of the sweeps " + names);
            }
            std::vector<std::string> names;
            for (const auto& sweep : read_sweeps(impl_->db, "1", "")) names.push_back(sweep.name);
            const auto meant = nearest(word, names);
            throw InputError("no sweep '" + word + "'" +
                             (meant           ? "; did you mean '" + *meant + "'?"
                              : names.empty() ? " in this store, which has none"
                                              : ""));
        });
    });
}

SweepStatus StoreReader::sweep_status(const std::string& id) const {
    return impl_->at_one_moment([&] {
        SweepStatus status;
        if (!impl_->db.tableExists("sweep")) return status;
        SQLite::Statement cells(impl_->db, "SELECT count(*) FROM sweep_cell JOIN sweep USING (sweep_no)"
                                           " WHERE sweep_id = ?");
        cells.bind(1, id);
        cells.executeStep();
        status.cells = cells.getColumn(0).getInt64();
        for (const auto& [position, run] : best_runs(impl_->db, id)) {
            status.finished += run.state == RunState::finished;
            status.diverged += run.state == RunState::diverged;
            status.failed += run.state == RunState::failed;
            status.running += worth(run.state) == 3;
        }
        return status;
    });
}

std::vector<CellRun> StoreReader::sweep_runs(const std::string& id) const {
    return impl_->at_one_moment([&] {
        const auto best = best_runs(impl_->db, id);
        std::string numbers = "[";
        for (const auto& [position, run] : best)
            numbers += (numbers.size() > 1 ? "," : "") + std::to_string(run.run_no);
        numbers += "]";
        auto runs = read_runs(impl_->db, {"r.run_no IN (SELECT value FROM json_each(?))", {numbers}}, {});
        std::unordered_map<std::string, RunRecord*> by_id;
        for (auto& run : runs) by_id.emplace(run.id.uuid, &run);
        // One run may stand for several cells: the dense network for each way of pruning it.
        std::unordered_map<std::string, std::size_t> uses;
        for (const auto& [position, run] : best) ++uses[run.id];
        std::vector<CellRun> cells;
        cells.reserve(best.size());
        for (const auto& [position, run] : best) {
            const auto found = by_id.find(run.id);
            if (found == by_id.end()) continue;
            auto& cell = cells.emplace_back();
            cell.cell = static_cast<std::size_t>(position);
            if (--uses[run.id] > 0)
                cell.run = *found->second;
            else
                cell.run = std::move(*found->second);
        }
        return cells;
    });
}

} // namespace descent
