#include "core/store/run_rows.h"

#include "core/base/json_text.h"
#include "core/base/param.h"
#include "core/store/file_name.h"
#include "core/store/rows.h"
#include "core/store/spec_text.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <map>
#include <unordered_map>

namespace descent {
namespace {

using nlohmann::json;

std::vector<std::string> names_in(const std::string& text) {
    const json list = foreign_json(text);
    std::vector<std::string> names;
    if (list.is_array())
        for (const json& name : list)
            if (name.is_string()) names.push_back(name.get<std::string>());
    return names;
}

// A spec that cannot be read must not hide the run: the columns say the most important.
RunSpec spec_in(const sql::Rows& row, int spec_column, int first_column) {
    const std::string_view text = row.text(spec_column);
    if (auto spec = read_spec_text(text)) return std::move(*spec);
    try {
        return spec_from_json(foreign_json(text));
    } catch (const std::exception&) {
        RunSpec spec{{std::string(row.text(first_column))},
                     {std::string(row.text(first_column + 1))},
                     {std::string(row.text(first_column + 2))},
                     {std::string(row.text(first_column + 3))}};
        const std::string_view seed = row.text(first_column + 4);
        std::from_chars(seed.data(), seed.data() + seed.size(), spec.seed);
        return spec;
    }
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

/// Runs by their number, and how to select the rows of another table that belong to them.
class Listed {
public:
    Listed(std::vector<RunRecord>& runs, const std::vector<std::int64_t>& numbers, std::size_t all) {
        by_number_.reserve(numbers.size());
        for (std::size_t i = 0; i < numbers.size(); ++i) by_number_.emplace(numbers[i], &runs[i]);
        // Most of a table is sooner read as a whole.
        if (numbers.size() > all / 4) return;
        condition_ = " WHERE run_no IN (SELECT value FROM json_each(?))";
        set_ = "[";
        for (const std::int64_t number : numbers)
            set_ += (set_.size() > 1 ? "," : "") + std::to_string(number);
        set_ += "]";
    }
    sql::Rows rows(SQLite::Database& db, const std::string& select, const std::string& order) const {
        sql::Rows rows(db, select + condition_ + order);
        if (!condition_.empty()) rows.bind(1, set_);
        return rows;
    }
    /// Null where the run is not listed. Rows of a run come one after the other.
    RunRecord* run(std::int64_t number) {
        if (number == last_number_) return last_;
        const auto found = by_number_.find(number);
        last_number_ = number;
        return last_ = found != by_number_.end() ? found->second : nullptr;
    }

private:
    std::unordered_map<std::int64_t, RunRecord*> by_number_;
    std::string condition_, set_;
    std::int64_t last_number_ = -1;
    RunRecord* last_ = nullptr;
};

void add_summaries(SQLite::Database& db, Listed& listed) {
    sql::Rows row =
        listed.rows(db, "SELECT run_no, last_update, name, last, best, best_update FROM metric", "");
    while (row.step()) {
        RunRecord* run = row.is_null(1) ? nullptr : listed.run(row.whole(0)); // NULL: not measured yet
        if (run)
            run->summary.emplace(row.text(2),
                                 RunRecord::Summary{row.number(3), row.number(4), Update{row.whole(5)}});
    }
}

void add_tags(SQLite::Database& db, Listed& listed) {
    sql::Rows row = listed.rows(db, "SELECT run_no, tag FROM tag", " ORDER BY run_no, tag");
    while (row.step())
        if (RunRecord* run = listed.run(row.whole(0))) run->tags.emplace_back(row.text(1));
}

} // namespace

std::vector<RunRecord> read_runs(SQLite::Database& db, const Condition& condition,
                                 std::optional<std::int64_t> limit) {
    const auto datasets = read_datasets(db);
    std::vector<RunRecord> runs;
    std::vector<std::int64_t> numbers;
    const auto all = static_cast<std::size_t>(db.execAndGet("SELECT count(*) FROM run").getInt64());
    if (condition.bindings.empty() && !limit) {
        runs.reserve(all);
        numbers.reserve(all);
    }
    // As the view run_summary, without what would be computed row by row.
    sql::Rows row(
        db,
        "SELECT r.run_no, r.run_id, r.name, r.key, r.state, r.reason, r.created_ms, r.started_ms, r.ended_ms,"
        " r.updates, r.planned_updates, r.epochs, r.seconds, r.process_id, r.starred, r.note, r.trashed_ms,"
        " r.dataset_no, r.studio_version, r.torch_version, r.blas, r.threads, r.host, r.parameters, r.spec,"
        " r.task, r.model, r.optimizer, r.regime, r.seed, r.chosen_colour, r.parent_run,"
        " r.parent_at"
        " FROM (SELECT r.*, r.epoch AS epochs, p.dataset_no, p.studio_version, p.torch_version, p.blas, "
        "p.threads,"
        " p.host, p.parameters, p.spec, " +
            sql::column_or(db, "run", "colour") + " AS chosen_colour, " +
            sql::column_or(db, "run", "parent") + " AS parent_run, " +
            sql::column_or(db, "run", "parent_update") +
            " AS parent_at FROM run r LEFT JOIN provenance p ON p.run_no = r.run_no) r WHERE (" +
            condition.sql + ") ORDER BY r.created_ms DESC, r.run_no DESC LIMIT " +
            std::to_string(limit.value_or(-1)));
    int index = 0;
    for (const auto& binding : condition.bindings)
        std::visit([&](const auto& value) { row.bind(++index, value); }, binding);
    while (row.step()) {
        numbers.push_back(row.whole(0));
        RunRecord& run = runs.emplace_back();
        run.id = RunId{std::string(row.text(1))};
        run.name = row.text(2);
        run.key = row.text(3);
        run.state = run_state(row.text(4)).value_or(RunState::failed);
        run.reason = row.text(5);
        run.created_ms = row.whole(6);
        run.started_ms = row.whole(7);
        run.ended_ms = row.optional_whole(8);
        run.updates = Update{row.whole(9)};
        run.planned = Update{row.whole(10)};
        run.epoch = Epoch{row.number(11)};
        run.seconds = row.number(12);
        run.pid = row.whole(13);
        run.starred = row.whole(14) != 0;
        run.note = row.text(15);
        run.trashed_ms = row.optional_whole(16);
        if (const auto data = datasets.find(row.whole(17)); data != datasets.end())
            run.provenance = data->second;
        run.provenance.studio_version = row.text(18);
        run.provenance.torch_version = row.text(19);
        run.provenance.blas = row.text(20);
        run.provenance.threads = row.whole(21);
        run.provenance.host = row.text(22);
        run.provenance.parameters = row.whole(23);
        run.spec = spec_in(row, 24, 25);
        if (const auto chosen = row.optional_whole(30)) run.colour = static_cast<int>(*chosen);
        if (!row.is_null(31))
            run.parent = RunRecord::Parent{{std::string(row.text(31))}, Update{row.whole(32)}};
    }
    Listed listed(runs, numbers, all);
    add_summaries(db, listed);
    add_tags(db, listed);
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

std::vector<CheckpointInfo> read_checkpoints(SQLite::Database& db, const RunId& run) {
    const auto column = [&](const char* name, const char* otherwise) {
        return sql::column_or(db, "checkpoint", name, otherwise);
    };
    SQLite::Statement row(db, "SELECT update_count, file, bytes, " + column("sha256", "''") + ", " +
                                  column("epoch", "NULL") + ", " + column("loss", "NULL") + ", " +
                                  column("best", "0") +
                                  " FROM checkpoint WHERE run_no = (SELECT run_no FROM run WHERE run_id = ?)"
                                  " ORDER BY update_count");
    row.bind(1, run.uuid);
    std::vector<CheckpointInfo> all;
    while (row.executeStep()) {
        if (!is_plain_name(sql::text_at(row, 1))) continue;
        CheckpointInfo& info = all.emplace_back();
        info.update = Update{row.getColumn(0).getInt64()};
        info.file = sql::text_at(row, 1);
        info.bytes = row.getColumn(2).getInt64();
        info.sha256 = sql::text_at(row, 3);
        if (const auto epoch = row.getColumn(4); !epoch.isNull()) info.epoch = Epoch{epoch.getDouble()};
        if (const auto loss = row.getColumn(5); !loss.isNull()) info.loss = loss.getDouble();
        info.best = row.getColumn(6).getInt() != 0;
    }
    return all;
}

} // namespace descent
