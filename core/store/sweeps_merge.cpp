#include "core/store/merge_rows.h"
#include "core/store/merge_runs.h"
#include "core/store/sweeps_rows.h"

#include <algorithm>

namespace descent {
namespace {

using SQLite::Statement;

std::int64_t cells_of(SQLite::Database& db, std::int64_t sweep_no) {
    Statement count(db, "SELECT count(*) FROM sweep_cell WHERE sweep_no = ?");
    count.bind(1, sweep_no);
    count.executeStep();
    return count.getColumn(0).getInt64();
}

bool has_a_run(SQLite::Database& db, SQLite::Database& from, std::int64_t sweep_no) {
    Statement key(from, "SELECT key FROM sweep_cell WHERE sweep_no = ?");
    key.bind(1, sweep_no);
    Statement run(db, "SELECT 1 FROM run WHERE key = ?");
    while (key.executeStep()) {
        run.bind(1, sql::text_at(key, 0));
        if (run.executeStep()) return true;
        run.reset();
    }
    return false;
}

void copy_cells(SQLite::Database& db, SQLite::Database& from, std::int64_t theirs, std::int64_t ours) {
    Statement clear(db, "DELETE FROM sweep_cell WHERE sweep_no = ?");
    clear.bind(1, ours);
    clear.exec();
    Statement cell(from, "SELECT position, key FROM sweep_cell WHERE sweep_no = ?");
    cell.bind(1, theirs);
    Statement insert(db, "INSERT INTO sweep_cell (sweep_no, position, key) VALUES (?, ?, ?)");
    while (cell.executeStep()) {
        insert.bind(1, ours);
        insert.bind(2, cell.getColumn(0).getInt64());
        insert.bind(3, sql::text_at(cell, 1));
        insert.exec();
        insert.reset();
    }
}

} // namespace

std::int64_t merge_sweeps(SQLite::Database& db, RunSource::Impl& from, bool with_runs) {
    std::int64_t added = 0;
    if (!from.has("sweep")) return added;
    Statement theirs(from.db, "SELECT sweep_no, sweep_id, name, plan, created_ms, trashed_ms, note FROM sweep"
                              " ORDER BY created_ms, sweep_no");
    while (theirs.executeStep()) {
        const std::int64_t their_no = theirs.getColumn(0).getInt64();
        if (with_runs && !has_a_run(db, from.db, their_no)) continue;
        Statement ours(db, "SELECT sweep_no, note, trashed_ms, process_id FROM sweep WHERE sweep_id = ?");
        ours.bind(1, sql::text_at(theirs, 1));
        if (!ours.executeStep()) {
            Statement insert(db, "INSERT INTO sweep (sweep_id, name, plan, created_ms, trashed_ms, note)"
                                 " VALUES (?, ?, ?, ?, ?, ?)");
            for (int i = 1; i <= 6; ++i) sql::bind(insert, i, theirs.getColumn(i));
            insert.bind(2, free_sweep_name(db, sql::text_at(theirs, 2)));
            insert.exec();
            copy_cells(db, from.db, their_no, db.getLastInsertRowid());
            ++added;
            continue;
        }
        const std::int64_t our_no = ours.getColumn(0).getInt64();
        const bool held = ours.getColumn(3).getInt64() != 0;
        if (!held && cells_of(from.db, their_no) > cells_of(db, our_no)) {
            Statement plan(db, "UPDATE sweep SET plan = ? WHERE sweep_no = ?");
            plan.bind(1, sql::text_at(theirs, 3));
            plan.bind(2, our_no);
            plan.exec();
            copy_cells(db, from.db, their_no, our_no);
        }
        const auto note = joined_notes(sql::text_at(ours, 1), sql::text_at(theirs, 6));
        const bool in_both_trashes = !ours.getColumn(2).isNull() && !theirs.getColumn(5).isNull();
        Statement set(db, "UPDATE sweep SET note = ?1, trashed_ms = iif(?2, min(trashed_ms, ?3), NULL)"
                          " WHERE sweep_no = ?4 AND (note <> ?1 OR trashed_ms IS NOT iif(?2,"
                          " min(trashed_ms, ?3), NULL))");
        set.bind(1, note);
        set.bind(2, in_both_trashes ? 1 : 0);
        sql::bind(set, 3, theirs.getColumn(5));
        set.bind(4, our_no);
        set.exec();
    }
    return added;
}

} // namespace descent
