#include "core/base/param.h"
#include "core/store/process.h"
#include "core/store/sweeps_rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include <unistd.h>

namespace descent {
namespace {

constexpr std::size_t kLongestName = 200; ///< bytes

bool is_taken(SQLite::Database& db, const std::string& name) {
    SQLite::Statement named(db, "SELECT 1 FROM sweep WHERE name = ?");
    named.bind(1, name);
    return named.executeStep();
}

/// "Double descent over width" → "double-descent-over-width": to be typed.
std::string slug(const std::string& title) {
    std::string word;
    for (const char c : title) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept || (c >= 'A' && c <= 'Z'))
            word += kept ? c : static_cast<char>(c - 'A' + 'a');
        else if (!word.empty() && word.back() != '-')
            word += '-';
    }
    while (word.ends_with('-')) word.pop_back();
    return word.substr(0, kLongestName / 2);
}

std::string name_of(const SweepPlan& plan) {
    if (auto word = slug(plan.title); !word.empty()) return word;
    std::string word = plan.base.task;
    for (const auto& axis : plan.axes) word += "-" + axis.name.substr(axis.name.find('.') + 1);
    word = slug(word);
    return word.empty() ? "sweep" : word;
}

std::string checked_name(const std::string& text) {
    std::string name(trimmed(text));
    if (name.empty()) throw InputError("the name of a sweep is empty");
    if (name.size() > kLongestName)
        throw InputError("the name '" + name.substr(0, 20) + "…' is too long for a sweep");
    if (std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        throw InputError("the name of a sweep holds a line break or another control character");
    return name;
}

std::int64_t find_sweep(SQLite::Database& db, const std::string& id) {
    SQLite::Statement find(db, "SELECT sweep_no FROM sweep WHERE sweep_id = ?");
    find.bind(1, id);
    return find.executeStep() ? find.getColumn(0).getInt64() : 0;
}

std::int64_t sweep_number(SQLite::Database& db, const std::string& id) {
    const auto number = find_sweep(db, id);
    if (number == 0) throw InputError("there is no sweep " + id + " in the store");
    return number;
}

void write_cells(SQLite::Database& db, std::int64_t sweep_no, const std::vector<std::string>& keys) {
    SQLite::Statement clear(db, "DELETE FROM sweep_cell WHERE sweep_no = ?");
    clear.bind(1, sweep_no);
    clear.exec();
    SQLite::Statement insert(db, "INSERT INTO sweep_cell (sweep_no, position, key) VALUES (?, ?, ?)");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        insert.bind(1, sweep_no);
        insert.bind(2, static_cast<std::int64_t>(i));
        insert.bind(3, keys[i]);
        insert.exec();
        insert.reset();
    }
}

} // namespace

std::string free_sweep_name(SQLite::Database& db, const std::string& wanted) {
    if (!is_taken(db, wanted)) return wanted;
    std::int64_t number = 2;
    while (is_taken(db, wanted + "-" + std::to_string(number))) ++number;
    return wanted + "-" + std::to_string(number);
}

SweepRecord save_sweep(SQLite::Database& db, SweepRecord sweep) {
    if (sweep.keys.size() != sweep_grid(sweep.plan).size())
        throw std::logic_error("a sweep has " + std::to_string(sweep.keys.size()) + " keys for " +
                               std::to_string(sweep_grid(sweep.plan).size()) + " cells");
    if (sweep.id.empty()) sweep.id = RunId::random().uuid;
    const std::string plan =
        to_json(sweep.plan).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::int64_t number = find_sweep(db, sweep.id);
    if (number != 0) {
        SQLite::Statement set(db, "UPDATE sweep SET plan = ?, note = ? WHERE sweep_no = ?");
        set.bind(1, plan);
        set.bind(2, sweep.note);
        set.bind(3, number);
        set.exec();
        SQLite::Statement row(db, "SELECT name, created_ms FROM sweep WHERE sweep_no = ?");
        row.bind(1, number);
        row.executeStep();
        sweep.name = sql::text_at(row, 0);
        sweep.created_ms = row.getColumn(1).getInt64();
    } else {
        if (sweep.created_ms == 0) sweep.created_ms = now_ms();
        sweep.name = free_sweep_name(db, sweep.name.empty() ? name_of(sweep.plan) : checked_name(sweep.name));
        SQLite::Statement insert(
            db, "INSERT INTO sweep (sweep_id, name, plan, created_ms, note) VALUES (?, ?, ?, ?, ?)");
        insert.bind(1, sweep.id);
        insert.bind(2, sweep.name);
        insert.bind(3, plan);
        insert.bind(4, sweep.created_ms);
        insert.bind(5, sweep.note);
        insert.exec();
        number = db.getLastInsertRowid();
    }
    write_cells(db, number, sweep.keys);
    return sweep;
}

SweepEdit edit_sweep(SQLite::Database& db, const SweepEdit& edit) {
    const std::int64_t number = sweep_number(db, edit.id);
    SQLite::Statement row(db, "SELECT name, note, trashed_ms IS NOT NULL FROM sweep WHERE sweep_no = ?");
    row.bind(1, number);
    row.executeStep();
    SweepEdit undo{.id = edit.id};
    const auto set = [&](const char* change, const auto& value) {
        SQLite::Statement statement(db, change);
        statement.bind(1, value);
        statement.bind(2, number);
        statement.exec();
    };
    if (edit.name) {
        const std::string name = checked_name(*edit.name);
        undo.name = sql::text_at(row, 0);
        if (name != *undo.name && is_taken(db, name))
            throw InputError("another sweep is called '" + name + "' already");
        set("UPDATE sweep SET name = ? WHERE sweep_no = ?", name);
    }
    if (edit.note) {
        undo.note = sql::text_at(row, 1);
        set("UPDATE sweep SET note = ? WHERE sweep_no = ?", *edit.note);
    }
    if (edit.trashed) {
        undo.trashed = row.getColumn(2).getInt() != 0;
        if (*undo.trashed != *edit.trashed)
            set("UPDATE sweep SET trashed_ms = nullif(?, 0) WHERE sweep_no = ?",
                *edit.trashed ? now_ms() : std::int64_t{0});
    }
    return undo;
}

void hold_sweep(SQLite::Database& db, const std::string& id, bool hold) {
    const std::int64_t number = sweep_number(db, id);
    SQLite::Statement row(db, "SELECT name, process_id, process_started, process_host FROM sweep"
                              " WHERE sweep_no = ?");
    row.bind(1, number);
    row.executeStep();
    const ProcessMark holder{row.getColumn(1).getInt64(), row.getColumn(2).getInt64(), sql::text_at(row, 3)};
    const bool ours = holder.is_this_process();
    if (hold && !ours && !holder.is_gone())
        throw InputError("sweep '" + sql::text_at(row, 0) + "' is being trained by process " +
                         std::to_string(holder.pid) + " on " + holder.host);
    if (!hold && !ours) return;
    const ProcessMark mark = hold ? ProcessMark::of(getpid()) : ProcessMark{};
    SQLite::Statement set(db, "UPDATE sweep SET process_id = ?, process_started = ?, process_host = ?"
                              " WHERE sweep_no = ?");
    set.bind(1, mark.pid);
    set.bind(2, mark.started);
    set.bind(3, mark.host);
    set.bind(4, number);
    set.exec();
}

void release_stale_sweeps(SQLite::Database& db) {
    if (!db.tableExists("sweep")) return;
    std::vector<std::int64_t> stale;
    SQLite::Statement held(db, "SELECT sweep_no, process_id, process_started, process_host FROM sweep"
                               " WHERE process_id <> 0");
    while (held.executeStep())
        if (ProcessMark{held.getColumn(1).getInt64(), held.getColumn(2).getInt64(), sql::text_at(held, 3)}
                .is_gone())
            stale.push_back(held.getColumn(0).getInt64());
    held.reset();
    if (stale.empty()) return;
    SQLite::Transaction tx(db, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto number : stale) {
        // Another process may have begun to hold it meanwhile.
        SQLite::Statement row(db, "SELECT process_id, process_started, process_host FROM sweep"
                                  " WHERE sweep_no = ?");
        row.bind(1, number);
        if (!row.executeStep() ||
            !ProcessMark{row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), sql::text_at(row, 2)}
                 .is_gone())
            continue;
        SQLite::Statement release(
            db, "UPDATE sweep SET process_id = 0, process_started = 0, process_host = '' WHERE sweep_no = ?");
        release.bind(1, number);
        release.exec();
    }
    tx.commit();
}

} // namespace descent
