#include "core/store/changes.h"

#include "core/base/hash.h"
#include "core/base/param.h"
#include "core/store/process.h"
#include "core/store/store.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <unistd.h>

namespace descent {
namespace {

using nlohmann::json;

constexpr const char* kNamed = "SELECT 1 FROM run WHERE name = ?";

bool is_taken(SQLite::Statement& named, const std::string& name) {
    named.bind(1, name);
    const bool taken = named.executeStep();
    named.reset();
    return taken;
}

std::string numbered(SQLite::Statement& named, const std::string& stem, std::int64_t number) {
    while (is_taken(named, stem + "-" + std::to_string(number))) ++number;
    return stem + "-" + std::to_string(number);
}

std::string free_name(SQLite::Statement& named, const std::string& wanted) {
    return is_taken(named, wanted) ? numbered(named, wanted, 2) : wanted;
}

std::string param_sql(std::size_t rows) {
    std::string sql = "INSERT INTO param (run_no, part, name, value, number) VALUES (?, ?, ?, ?, ?)";
    for (std::size_t row = 1; row < rows; ++row) sql += ", (?, ?, ?, ?, ?)";
    return sql;
}

// JSON columns are JSON also where the trainer had nothing to say, so that queries may rely on it.
std::string json_or_null(const std::string& text) {
    return text.empty() ? "null" : text;
}

std::optional<double> number_in(const Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const double* real = std::get_if<double>(&value)) return *real;
    const std::string& text = std::get<std::string>(value);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

bool same_data(const Provenance& a, const Provenance& b) {
    return a.data_hash == b.data_hash && a.data_source == b.data_source &&
           a.train_examples == b.train_examples && a.validation_examples == b.validation_examples &&
           a.test_examples == b.test_examples && a.majority_baseline == b.majority_baseline &&
           a.classes == b.classes && a.data_report == b.data_report && a.manifest == b.manifest;
}

/// Puts runs into their tables, with statements that stay prepared: a sweep begins a thousand at once.
class RunInserter {
public:
    explicit RunInserter(SQLite::Database& db)
        : db_(db)
        , run_(db,
               "INSERT INTO run (run_id, name, key, task, model, optimizer, regime, seed, state, reason,"
               " created_ms, started_ms, ended_ms, updated_ms, updates, planned_updates, epoch, seconds,"
               " process_id, process_started, process_host, starred, trashed_ms, note, colour,"
               " parent, parent_update)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        , provenance_(db, "INSERT INTO provenance (run_no, dataset_no, studio_version, torch_version, blas,"
                          " threads, host, parameters, spec) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        , params_(db, param_sql(kParamsAtOnce))
        , param_(db, param_sql(1))
        , tag_(db, "INSERT OR IGNORE INTO tag (run_no, tag) VALUES (?, ?)")
        , named_(db, kNamed)
        , newest_(db, "SELECT ifnull(max(run_no), 0) FROM run") {}

    RunRecord insert(RunRecord run);

private:
    void insert_row(const RunRecord& run);
    void insert_provenance(std::int64_t run_no, const RunRecord& run);
    void insert_params(std::int64_t run_no, const RunSpec& spec);
    std::int64_t dataset_number(const Provenance& p);
    std::string unique_name(const RunRecord& run);

    SQLite::Database& db_;
    static constexpr std::size_t kParamsAtOnce = 16;
    SQLite::Statement run_, provenance_, params_, param_, tag_, named_, newest_;
    std::optional<Provenance> data_; ///< of the last run
    std::int64_t dataset_no_ = 0;    ///< its number
    ProcessMark process_{};          ///< the last run's
};

std::string RunInserter::unique_name(const RunRecord& run) {
    if (!run.name.empty()) return free_name(named_, run.name);
    // The number the run will have, so that names also tell the order.
    newest_.executeStep();
    const auto next = 1 + newest_.getColumn(0).getInt64();
    newest_.reset();
    return numbered(named_, readable_name(run.id), next);
}

std::int64_t RunInserter::dataset_number(const Provenance& p) {
    if (data_ && same_data(*data_, p)) return dataset_no_;
    const std::string classes = json(p.classes).dump();
    const std::string digest =
        sha256_hex(json::array({p.data_hash, p.data_source, p.train_examples, p.validation_examples,
                                p.test_examples, p.majority_baseline, classes, p.data_report, p.manifest})
                       .dump(-1, ' ', false, json::error_handler_t::replace));
    SQLite::Statement insert(
        db_, "INSERT INTO dataset (digest, data_hash, source, train_examples,"
             " validation_examples, test_examples, majority_baseline, classes, report, manifest)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING");
    insert.bind(1, digest);
    insert.bind(2, p.data_hash);
    insert.bind(3, p.data_source);
    insert.bind(4, p.train_examples);
    insert.bind(5, p.validation_examples);
    insert.bind(6, p.test_examples);
    insert.bind(7, p.majority_baseline);
    insert.bind(8, classes);
    insert.bind(9, json_or_null(p.data_report));
    insert.bind(10, json_or_null(p.manifest));
    insert.exec();
    SQLite::Statement find(db_, "SELECT dataset_no FROM dataset WHERE digest = ?");
    find.bind(1, digest);
    find.executeStep();
    data_ = p;
    dataset_no_ = find.getColumn(0).getInt64();
    return dataset_no_;
}

void RunInserter::insert_provenance(std::int64_t run_no, const RunRecord& run) {
    const Provenance& p = run.provenance;
    provenance_.bind(1, run_no);
    provenance_.bind(2, dataset_number(p));
    provenance_.bind(3, p.studio_version);
    provenance_.bind(4, p.torch_version);
    provenance_.bind(5, p.blas);
    provenance_.bind(6, p.threads);
    provenance_.bind(7, p.host);
    provenance_.bind(8, p.parameters);
    provenance_.bind(9, to_json(run.spec).dump());
    provenance_.exec();
    provenance_.reset();
}

void RunInserter::insert_params(std::int64_t run_no, const RunSpec& spec) {
    struct Row {
        const char* part;
        const std::string& name;
        const Value& value;
    };
    std::vector<Row> rows;
    const auto add = [&](const char* part, const Part& chosen) {
        for (const auto& [name, value] : chosen.params.values) rows.push_back({part, name, value});
    };
    // In the table's own order, so that each goes to its end.
    add("model", spec.model);
    add("optimizer", spec.optimizer);
    add("regime", spec.regime);
    add("task", spec.task);
    const auto write = [&](SQLite::Statement& insert, std::span<const Row> some) {
        int column = 0;
        for (const auto& [part, name, value] : some) {
            insert.bind(++column, run_no);
            insert.bindNoCopy(++column, part);
            insert.bindNoCopy(++column, name);
            insert.bind(++column, to_string(value));
            ++column;
            if (const auto number = number_in(value))
                insert.bind(column, *number);
            else
                insert.bind(column);
        }
        insert.exec();
        insert.reset();
    };
    std::span<const Row> left = rows;
    for (; left.size() >= kParamsAtOnce; left = left.subspan(kParamsAtOnce))
        write(params_, left.first(kParamsAtOnce));
    for (std::size_t i = 0; i < left.size(); ++i) write(param_, left.subspan(i, 1));
}

void RunInserter::insert_row(const RunRecord& run) {
    run_.clearBindings(); // what is not known is NULL
    int column = 0;
    const auto bind = [&](const auto& value) { run_.bind(++column, value); };
    const auto bind_time = [&](std::optional<std::int64_t> ms) {
        ++column;
        if (ms && *ms != 0) run_.bind(column, *ms);
    };
    bind(run.id.uuid);
    bind(run.name);
    bind(run.key);
    bind(run.spec.task.id);
    bind(run.spec.model.id);
    bind(run.spec.optimizer.id);
    bind(run.spec.regime.id);
    if (run.spec.seed <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        bind(static_cast<std::int64_t>(run.spec.seed));
    else
        bind(std::to_string(run.spec.seed));
    bind(std::string(to_string(run.state)));
    bind(run.reason);
    bind(run.created_ms);
    bind_time(run.started_ms);
    bind_time(run.ended_ms);
    bind(now_ms());
    bind(run.updates.count);
    bind(run.planned.count);
    bind(std::isfinite(run.epoch.passes) ? run.epoch.passes : 0.0);
    bind(std::isfinite(run.seconds) ? run.seconds : 0.0);
    bind(process_.pid);
    bind(process_.started);
    bind(process_.host);
    bind(run.starred ? 1 : 0);
    bind_time(run.trashed_ms);
    bind(run.note);
    ++column;
    if (run.colour) run_.bind(column, *run.colour);
    if (run.parent) {
        bind(run.parent->run.uuid);
        bind(run.parent->at.count);
    }
    run_.exec();
    run_.reset();
}

RunRecord RunInserter::insert(RunRecord run) {
    if (run.id.uuid.empty()) run.id = RunId::random();
    if (run.created_ms == 0) run.created_ms = now_ms();
    if (is_over(run.state))
        run.pid = 0;
    else if (run.pid == 0)
        run.pid = getpid();
    if (run.pid == 0)
        process_ = {};
    else if (process_.pid != run.pid)
        process_ = ProcessMark::of(run.pid);
    run.name = unique_name(run);
    try {
        insert_row(run);
    } catch (const SQLite::Exception&) {
        SQLite::Statement same(db_, "SELECT name FROM run WHERE run_id = ?");
        same.bind(1, run.id.uuid);
        if (same.executeStep())
            throw InputError("run " + run.id.uuid + " is already in the store, as '" + sql::text_at(same, 0) +
                             "'");
        throw;
    }
    const std::int64_t run_no = db_.getLastInsertRowid();
    insert_provenance(run_no, run);
    insert_params(run_no, run.spec);
    for (const std::string& word : run.tags) {
        tag_.bind(1, run_no);
        tag_.bind(2, word);
        tag_.exec();
        tag_.reset();
    }
    return run;
}

} // namespace

std::string free_name(SQLite::Database& db, const std::string& wanted) {
    SQLite::Statement named(db, kNamed);
    return free_name(named, wanted);
}

RunRecord create_run(SQLite::Database& db, RunRecord run) {
    return RunInserter(db).insert(std::move(run));
}

std::vector<RunRecord> create_runs(SQLite::Database& db, std::vector<RunRecord> runs) {
    RunInserter inserter(db);
    for (auto& run : runs) run = inserter.insert(std::move(run));
    return runs;
}

} // namespace descent
