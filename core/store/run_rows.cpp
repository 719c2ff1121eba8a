#include "core/store/run_rows.h"

#include "core/base/param.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <map>
#include <unordered_map>

namespace descent {
namespace {

using nlohmann::json;

std::vector<std::string> names_in(const std::string& text) {
    const json list = json::parse(text, nullptr, false);
    std::vector<std::string> names;
    if (list.is_array())
        for (const json& name : list)
            if (name.is_string()) names.push_back(name.get<std::string>());
    return names;
}

// A spec that cannot be read must not hide the run: the columns say the most important.
RunSpec spec_in(const std::string& text, SQLite::Statement& row, int first_column) {
    try {
        return spec_from_json(json::parse(text));
    } catch (const std::exception&) {
        RunSpec spec{{sql::text_at(row, first_column)},
                     {sql::text_at(row, first_column + 1)},
                     {sql::text_at(row, first_column + 2)},
                     {sql::text_at(row, first_column + 3)}};
        const std::string seed = sql::text_at(row, first_column + 4);
        std::from_chars(seed.data(), seed.data() + seed.size(), spec.seed);
        return spec;
    }
}

std::optional<std::int64_t> optional_at(SQLite::Statement& row, int column) {
    const SQLite::Column value = row.getColumn(column);
    return value.isNull() ? std::nullopt : std::optional<std::int64_t>(value.getInt64());
}

/// The columns of table dataset, in a Provenance that is otherwise empty.
std::map<std::int64_t, Provenance> read_datasets(SQLite::Database& db) {
    std::map<std::int64_t, Provenance> datasets;
    SQLite::Statement row(db, "SELECT dataset_no, data_hash, source, train_examples, validation_examples,"
                              " test_examples, majority_baseline, classes, report FROM dataset");
    while (row.executeStep()) {
        Provenance& p = datasets[row.getColumn(0).getInt64()];
        p.data_hash = sql::text_at(row, 1);
        p.data_source = sql::text_at(row, 2);
        p.train_examples = row.getColumn(3).getInt64();
        p.validation_examples = row.getColumn(4).getInt64();
        p.test_examples = row.getColumn(5).getInt64();
        p.majority_baseline = sql::number_at(row, 6);
        p.classes = names_in(sql::text_at(row, 7));
        p.data_report = sql::text_at(row, 8);
        if (p.data_report == "null") p.data_report.clear();
    }
    return datasets;
}

/// The numbers of the runs as a JSON list: what SQLite takes as a set in one value.
std::string as_set(const std::vector<std::int64_t>& run_numbers) {
    std::string list = "[";
    for (const std::int64_t number : run_numbers)
        list += (list.size() > 1 ? "," : "") + std::to_string(number);
    return list + "]";
}

void add_summaries(SQLite::Database& db, const std::string& set,
                   const std::unordered_map<std::int64_t, RunRecord*>& runs) {
    SQLite::Statement row(db, "SELECT run_no, name, last, best, best_update FROM metric"
                              " WHERE run_no IN (SELECT value FROM json_each(?)) AND last_update IS NOT NULL"
                              " ORDER BY run_no");
    row.bind(1, set);
    while (row.executeStep()) {
        RunRecord& run = *runs.at(row.getColumn(0).getInt64());
        run.summary.emplace(sql::text_at(row, 1),
                            RunRecord::Summary{sql::number_at(row, 2), sql::number_at(row, 3),
                                               Update{row.getColumn(4).getInt64()}});
    }
}

void add_tags(SQLite::Database& db, const std::string& set,
              const std::unordered_map<std::int64_t, RunRecord*>& runs) {
    SQLite::Statement row(db, "SELECT run_no, tag FROM tag WHERE run_no IN (SELECT value FROM json_each(?))"
                              " ORDER BY run_no, tag");
    row.bind(1, set);
    while (row.executeStep()) runs.at(row.getColumn(0).getInt64())->tags.push_back(sql::text_at(row, 1));
}

} // namespace

void bind_all(SQLite::Statement& statement, const Condition& condition) {
    int index = 0;
    for (const auto& binding : condition.bindings)
        std::visit([&](const auto& value) { statement.bind(++index, value); }, binding);
}

std::vector<RunRecord> read_runs(SQLite::Database& db, const Condition& condition,
                                 std::optional<std::int64_t> limit) {
    const auto datasets = read_datasets(db);
    std::vector<RunRecord> runs;
    std::vector<std::int64_t> numbers;
    SQLite::Statement row(
        db,
        "SELECT r.run_no, r.run_id, r.name, r.key, r.state, r.reason, r.created_ms, r.started_ms, r.ended_ms,"
        " r.updates, r.planned_updates, r.epochs, r.seconds, r.process_id, r.starred, r.note, r.trashed_ms,"
        " r.dataset_no, r.studio_version, r.torch_version, r.blas, r.threads, r.host, r.parameters, r.spec,"
        " r.task, r.model, r.optimizer, r.regime, r.seed FROM run_summary r WHERE (" +
            condition.sql + ") ORDER BY r.created_ms DESC, r.run_no DESC LIMIT " +
            std::to_string(limit.value_or(-1)));
    bind_all(row, condition);
    while (row.executeStep()) {
        numbers.push_back(row.getColumn(0).getInt64());
        RunRecord& run = runs.emplace_back();
        run.id = RunId{sql::text_at(row, 1)};
        run.name = sql::text_at(row, 2);
        run.key = sql::text_at(row, 3);
        run.state = run_state(sql::text_at(row, 4)).value_or(RunState::failed);
        run.reason = sql::text_at(row, 5);
        run.created_ms = row.getColumn(6).getInt64();
        run.started_ms = row.getColumn(7).getInt64();
        run.ended_ms = optional_at(row, 8);
        run.updates = Update{row.getColumn(9).getInt64()};
        run.planned = Update{row.getColumn(10).getInt64()};
        run.epoch = Epoch{row.getColumn(11).getDouble()};
        run.seconds = row.getColumn(12).getDouble();
        run.pid = row.getColumn(13).getInt64();
        run.starred = row.getColumn(14).getInt() != 0;
        run.note = sql::text_at(row, 15);
        run.trashed_ms = optional_at(row, 16);
        if (const auto data = datasets.find(row.getColumn(17).getInt64()); data != datasets.end())
            run.provenance = data->second;
        run.provenance.studio_version = sql::text_at(row, 18);
        run.provenance.torch_version = sql::text_at(row, 19);
        run.provenance.blas = sql::text_at(row, 20);
        run.provenance.threads = row.getColumn(21).getInt64();
        run.provenance.host = sql::text_at(row, 22);
        run.provenance.parameters = row.getColumn(23).getInt64();
        run.spec = spec_in(sql::text_at(row, 24), row, 25);
    }
    std::unordered_map<std::int64_t, RunRecord*> by_number;
    for (std::size_t i = 0; i < runs.size(); ++i) by_number.emplace(numbers[i], &runs[i]);
    const std::string set = as_set(numbers);
    add_summaries(db, set, by_number);
    add_tags(db, set, by_number);
    return runs;
}

std::string read_manifest(SQLite::Database& db, const RunId& run) {
    SQLite::Statement row(db,
                          "SELECT d.manifest FROM dataset d JOIN provenance p ON p.dataset_no = d.dataset_no"
                          " JOIN run r ON r.run_no = p.run_no WHERE r.run_id = ?");
    row.bind(1, run.uuid);
    if (!row.executeStep()) return "";
    std::string manifest = sql::text_at(row, 0);
    return manifest == "null" ? "" : manifest;
}

std::vector<Change> read_changes(SQLite::Database& db, const RunId& run) {
    std::vector<Change> changes;
    if (!db.tableExists("change")) return changes; // an archive of version 1
    SQLite::Statement row(db, "SELECT c.update_count, c.path, c.value FROM change c"
                              " JOIN run r ON r.run_no = c.run_no WHERE r.run_id = ?"
                              " ORDER BY c.update_count, c.path");
    row.bind(1, run.uuid);
    while (row.executeStep())
        changes.push_back({Update{row.getColumn(0).getInt64()}, sql::text_at(row, 1), sql::text_at(row, 2)});
    return changes;
}

} // namespace descent
