#include "core/store/merge_rows.h"

#include "core/store/merge.h"

#include <algorithm>
#include <map>
#include <set>

#include <sqlite3.h>

namespace descent {

using SQLite::Column;
using SQLite::Database;
using SQLite::Statement;

namespace {

constexpr const char* kStillTraining = "was being trained when it was copied from its store";

std::optional<std::int64_t> whole_at(Statement& row, int column) {
    const Column value = row.getColumn(column);
    return value.isNull() ? std::nullopt : std::optional(value.getInt64());
}

std::vector<std::string> paragraphs(const std::string& note) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= note.size();) {
        const std::size_t end = std::min(note.find("\n\n", from), note.size());
        if (end > from) parts.push_back(note.substr(from, end - from));
        from = end + 2;
    }
    return parts;
}

} // namespace

std::optional<MergeRow> find_row(Database& db, const RunId& run) {
    Statement row(db, "SELECT run_no, task, state, reason, note, updated_ms, updates, planned_updates,"
                      " started_ms, ended_ms, trashed_ms, epoch, seconds, starred, " +
                          sql::column_or(db, "run", "colour") + ", " + sql::column_or(db, "run", "parent") +
                          ", " + sql::column_or(db, "run", "parent_update") + " FROM run WHERE run_id = ?");
    row.bind(1, run.uuid);
    if (!row.executeStep()) return std::nullopt;
    MergeRow found;
    found.run_no = row.getColumn(0).getInt64();
    found.from_table = sql::text_at(row, 1) == kImported;
    found.state = sql::text_at(row, 2);
    found.active = !is_over(run_state(found.state).value_or(RunState::failed));
    found.reason = sql::text_at(row, 3);
    found.note = sql::text_at(row, 4);
    found.updated_ms = row.getColumn(5).getInt64();
    found.updates = row.getColumn(6).getInt64();
    found.planned = row.getColumn(7).getInt64();
    found.started_ms = whole_at(row, 8);
    found.ended_ms = whole_at(row, 9);
    found.trashed_ms = whole_at(row, 10);
    found.epoch = row.getColumn(11).getDouble();
    found.seconds = row.getColumn(12).getDouble();
    found.starred = row.getColumn(13).getInt() != 0;
    found.colour = whole_at(row, 14);
    if (!row.getColumn(15).isNull())
        found.parent = RunRecord::Parent{{sql::text_at(row, 15)}, Update{whole_at(row, 16).value_or(0)}};
    return found;
}

void end_copy(MergeRow& row) {
    if (!row.active) return;
    row.state = "interrupted";
    row.reason = kStillTraining;
    row.ended_ms = row.updated_ms;
}

std::vector<MergeLine> log_of(Database& db, std::int64_t run_no) {
    std::vector<MergeLine> lines;
    Statement row(db, "SELECT time_ms, level, text FROM log WHERE run_no = ? ORDER BY log_no");
    row.bind(1, run_no);
    while (row.executeStep())
        lines.push_back({row.getColumn(0).getInt64(), sql::text_at(row, 1), sql::text_at(row, 2)});
    return lines;
}

std::vector<MergeLine> joined_log(std::vector<MergeLine> lines, const std::vector<MergeLine>& others) {
    std::map<MergeLine, int> here;
    for (const MergeLine& line : lines) ++here[line];
    for (const MergeLine& line : others) {
        if (--here[line] >= 0) continue;
        const auto later =
            std::ranges::find_if(lines, [&](const MergeLine& l) { return l.time_ms > line.time_ms; });
        lines.insert(later, line);
    }
    return lines;
}

std::string joined_notes(const std::string& a, const std::string& b) {
    if (a == b) return a;
    const auto in_a = paragraphs(a), in_b = paragraphs(b);
    const std::set<std::string> set_a(in_a.begin(), in_a.end()), set_b(in_b.begin(), in_b.end());
    const bool all_of_b = std::ranges::includes(set_a, set_b), all_of_a = std::ranges::includes(set_b, set_a);
    if (all_of_a && all_of_b) return std::min(a, b);
    if (all_of_b) return a;
    if (all_of_a) return b;
    const bool swap = b < a;
    std::string joined = swap ? b : a;
    for (const std::string& part : swap ? in_a : in_b)
        if (!(swap ? set_b : set_a).contains(part)) joined += "\n\n" + part;
    return joined;
}

void sql::bind(Statement& to, int index, const Column& value) {
    switch (value.getType()) {
    case SQLITE_INTEGER:
        return to.bind(index, value.getInt64());
    case SQLITE_FLOAT:
        return to.bind(index, value.getDouble());
    case SQLITE_TEXT:
        return to.bind(index, value.getString());
    case SQLITE_BLOB:
        return to.bind(index, value.getBlob(), value.getBytes());
    default:
        return to.bind(index);
    }
}

void sql::bind(Statement& to, int index, std::optional<std::int64_t> value) {
    if (value)
        to.bind(index, *value);
    else
        to.bind(index);
}

} // namespace descent
