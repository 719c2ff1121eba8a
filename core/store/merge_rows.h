#pragma once

#include "core/base/run_record.h"
#include "core/store/connection.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// The parts of merging that look at two versions of one run (core/store/merge.h).
namespace descent {

/// Of table run, what decides and what both may have.
struct MergeRow {
    std::int64_t run_no = 0;
    bool from_table = false; ///< what was trained is not known
    bool active = false;     ///< queued, running or paused
    std::string state, reason, note;
    std::int64_t updated_ms = 0, updates = 0, planned = 0;
    std::optional<std::int64_t> started_ms, ended_ms, trashed_ms, colour;
    double epoch = 0, seconds = 0;
    bool starred = false;
    std::optional<RunRecord::Parent> parent;

    auto rank() const { return std::tuple(!from_table, updates, updated_ms); }
    auto course() const {
        return std::tie(state, reason, started_ms, ended_ms, updates, planned, epoch, seconds);
    }
};

std::optional<MergeRow> find_row(SQLite::Database& db, const RunId& run);
/// Makes a run that is being trained an interrupted one: whoever trains it does so in its own store, and what
/// comes from there is a copy.
void end_copy(MergeRow& row);

/// A row of table log.
struct MergeLine {
    std::int64_t time_ms = 0;
    std::string level, text;
    auto operator<=>(const MergeLine&) const = default;
};

std::vector<MergeLine> log_of(SQLite::Database& db, std::int64_t run_no);
/// `lines`, with those of `others` that it lacks, each behind what was said until then.
std::vector<MergeLine> joined_log(std::vector<MergeLine> lines, const std::vector<MergeLine>& others);

/// Both notes, without repeating a paragraph that is in both; the same whichever comes first.
std::string joined_notes(const std::string& a, const std::string& b);

namespace sql {
/// Whatever a column holds.
void bind(SQLite::Statement& to, int index, const SQLite::Column& value);
void bind(SQLite::Statement& to, int index, std::optional<std::int64_t> value);
inline void bind(SQLite::Statement& to, int index, const std::string& text) {
    to.bind(index, text);
}
} // namespace sql

} // namespace descent
