#include "core/store/changes.h"

#include "core/store/metric_summary.h"
#include "core/store/process.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <unistd.h>

namespace descent {
namespace {

constexpr std::size_t kLongestName = 200; ///< bytes, also of a tag

std::int64_t run_number(SQLite::Database& db, const RunId& run) {
    SQLite::Statement find(db, "SELECT run_no FROM run WHERE run_id = ?");
    find.bind(1, run.uuid);
    if (!find.executeStep()) throw InputError("there is no run " + run.uuid + " in the store");
    return find.getColumn(0).getInt64();
}

std::string one_line(std::string_view what, const std::string& text) {
    std::string line(trimmed(text));
    if (line.empty()) throw InputError("the " + std::string(what) + " is empty");
    if (line.size() > kLongestName)
        throw InputError("the " + std::string(what) + " '" + line.substr(0, 20) + "…' is too long");
    if (std::ranges::any_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        throw InputError("the " + std::string(what) + " holds a line break or another control character");
    return line;
}

/// Applies one edit and returns its inverse. Thread: the writer's.
struct Editor {
    SQLite::Database& db;

    RunEdit operator()(const SetName& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        const std::string name = one_line("name", edit.name);
        SQLite::Statement other(db, "SELECT 1 FROM run WHERE name = ? AND run_no <> ?");
        other.bind(1, name);
        other.bind(2, run_no);
        if (other.executeStep()) throw InputError("another run is called '" + name + "' already");
        const std::string before = text("SELECT name FROM run WHERE run_no = ?", run_no);
        set("UPDATE run SET name = ? WHERE run_no = ?", name, run_no);
        return SetName{edit.run, before};
    }

    RunEdit operator()(const SetStar& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        const bool before = text("SELECT starred FROM run WHERE run_no = ?", run_no) == "1";
        set("UPDATE run SET starred = ? WHERE run_no = ?", edit.starred ? 1 : 0, run_no);
        return SetStar{edit.run, before};
    }

    RunEdit operator()(const SetNote& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        const std::string before = text("SELECT note FROM run WHERE run_no = ?", run_no);
        set("UPDATE run SET note = ? WHERE run_no = ?", edit.note, run_no);
        return SetNote{edit.run, before};
    }

    RunEdit operator()(const SetTags& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        std::set<std::string> tags;
        for (const std::string& tag : edit.tags) tags.insert(one_line("tag", tag));
        std::vector<std::string> before;
        SQLite::Statement old(db, "SELECT tag FROM tag WHERE run_no = ? ORDER BY tag");
        old.bind(1, run_no);
        while (old.executeStep()) before.push_back(sql::text_at(old, 0));
        old.reset();
        SQLite::Statement clear(db, "DELETE FROM tag WHERE run_no = ?");
        clear.bind(1, run_no);
        clear.exec();
        for (const std::string& tag : tags) set("INSERT INTO tag (tag, run_no) VALUES (?, ?)", tag, run_no);
        return SetTags{edit.run, std::move(before)};
    }

    RunEdit operator()(const SetTrashed& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        const bool before = text("SELECT trashed_ms IS NOT NULL FROM run WHERE run_no = ?", run_no) == "1";
        if (before != edit.trashed)
            set("UPDATE run SET trashed_ms = nullif(?, 0) WHERE run_no = ?", edit.trashed ? now_ms() : 0,
                run_no);
        return SetTrashed{edit.run, before};
    }

    RunEdit operator()(const SetColour& edit) const {
        const std::int64_t run_no = run_number(db, edit.run);
        const std::string before = text("SELECT ifnull(colour, '') FROM run WHERE run_no = ?", run_no);
        set("UPDATE run SET colour = nullif(?, -1) WHERE run_no = ?", edit.colour.value_or(-1), run_no);
        return SetColour{edit.run, before.empty() ? std::nullopt : std::optional(std::stoi(before))};
    }

private:
    std::string text(const char* query, std::int64_t run_no) const {
        SQLite::Statement row(db, query);
        row.bind(1, run_no);
        row.executeStep();
        return sql::text_at(row, 0);
    }
    void set(const char* change, const auto& value, std::int64_t run_no) const {
        SQLite::Statement statement(db, change);
        statement.bind(1, value);
        statement.bind(2, run_no);
        statement.exec();
    }
};

void execute(SQLite::Database& db, const char* change, std::int64_t run_no, Update from) {
    SQLite::Statement statement(db, change);
    statement.bind(1, run_no);
    statement.bind(2, from.count);
    statement.exec();
}

/// Throws where another trains it, or where it would lose what it ended with by starting over.
void refuse_to_reopen(SQLite::Database& db, std::int64_t run_no, Update from) {
    SQLite::Statement row(db, "SELECT name, state, process_id, process_started, process_host FROM run"
                              " WHERE run_no = ?");
    row.bind(1, run_no);
    row.executeStep();
    const std::string name = "run '" + sql::text_at(row, 0) + "' ";
    const RunState state = run_state(sql::text_at(row, 1)).value_or(RunState::failed);
    const ProcessMark process{row.getColumn(2).getInt64(), row.getColumn(3).getInt64(), sql::text_at(row, 4)};
    if (!is_over(state)) {
        if (process.is_this_process()) throw InputError(name + "is being trained by this program already");
        if (!process.is_gone())
            throw InputError(name + "is being trained by process " + std::to_string(process.pid) + " on " +
                             process.host);
    } else if (from.count < 0 && (state == RunState::finished || state == RunState::diverged)) {
        throw InputError(name + "is " + std::string(to_string(state)) +
                         "; only a run that was broken off is begun anew");
    }
}

} // namespace

std::vector<RunEdit> apply_edits(SQLite::Database& db, const std::vector<RunEdit>& edits) {
    std::vector<RunEdit> undo;
    for (const RunEdit& edit : edits) undo.push_back(std::visit(Editor{db}, edit));
    std::ranges::reverse(undo);
    return undo;
}

std::vector<std::string> reopen_run(SQLite::Database& db, const RunId& run, Update from,
                                    std::int64_t planned_updates) {
    const std::int64_t run_no = run_number(db, run);
    refuse_to_reopen(db, run_no, from);

    // What led to a divergence is not done again.
    execute(db,
            "DELETE FROM change WHERE run_no = ? AND update_count >= ?"
            " AND (SELECT state FROM run r WHERE r.run_no = change.run_no) = 'diverged'",
            run_no, from);
    std::vector<std::string> obsolete;
    SQLite::Statement files(db,
                            "SELECT DISTINCT file FROM checkpoint WHERE run_no = ?1 AND update_count > ?2"
                            " EXCEPT SELECT file FROM checkpoint WHERE run_no = ?1 AND update_count <= ?2");
    files.bind(1, run_no);
    files.bind(2, from.count);
    while (files.executeStep()) obsolete.push_back(sql::text_at(files, 0));
    files.reset();
    execute(db, "DELETE FROM checkpoint WHERE run_no = ? AND update_count > ?", run_no, from);
    execute(db, "DELETE FROM curve WHERE run_no = ? AND update_count > ?", run_no, from);
    execute(db,
            "DELETE FROM sample WHERE metric_no IN (SELECT metric_no FROM metric WHERE run_no = ?)"
            " AND update_count > ?",
            run_no, from);

    execute(db,
            "DELETE FROM pyramid WHERE metric_no IN (SELECT metric_no FROM metric WHERE run_no = ?)"
            " AND last_update > ?",
            run_no, from);

    SummaryRows summaries(db);
    SQLite::Statement metrics(db, "SELECT metric_no, direction FROM metric WHERE run_no = ?");
    metrics.bind(1, run_no);
    while (metrics.executeStep()) {
        const std::int64_t metric_no = metrics.getColumn(0).getInt64();
        summaries.write(metric_no,
                        summaries.from_samples(metric_no, sql::direction_named(sql::text_at(metrics, 1))));
    }
    metrics.reset();

    const ProcessMark process = ProcessMark::of(getpid());
    SQLite::Statement take(
        db,
        "UPDATE run SET state = 'running', reason = '', ended_ms = NULL, started_ms = ifnull(started_ms, ?1),"
        " updated_ms = ?1, updates = max(?2, 0), planned_updates = ?3, process_id = ?4, process_started = ?5,"
        " process_host = ?6,"
        " epoch = (SELECT ifnull(max(s.epoch), 0) FROM sample s JOIN metric m USING (metric_no) WHERE "
        "m.run_no = ?7),"
        " seconds = (SELECT ifnull(max(s.seconds), 0) FROM sample s JOIN metric m USING (metric_no)"
        " WHERE m.run_no = ?7) WHERE run_no = ?7");
    take.bind(1, now_ms());
    take.bind(2, from.count);
    take.bind(3, planned_updates);
    take.bind(4, process.pid);
    take.bind(5, process.started);
    take.bind(6, process.host);
    take.bind(7, run_no);
    take.exec();
    return obsolete;
}

} // namespace descent
