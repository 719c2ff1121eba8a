#include "core/store/reader.h"

#include "core/base/param.h"
#include "core/store/connection.h"
#include "core/store/filter.h"
#include "core/store/metric_summary.h"
#include "core/store/pyramid_rows.h"
#include "core/store/reader_impl.h"
#include "core/store/run_rows.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <queue>

namespace descent {
namespace {

// More points than this in one matrix are taken for damage.
constexpr std::int64_t kLargestSide = 1 << 24;

MetricInfo metric_at(SQLite::Statement& row) {
    return {static_cast<std::uint32_t>(row.getColumn(1).getInt64()), sql::text_at(row, 2),
            sql::text_at(row, 3), sql::direction_named(sql::text_at(row, 4))};
}

/// One metric's samples as each_sample merges them.
struct Cursor {
    MetricInfo metric;
    SQLite::Statement row;
};

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
        const bool last = i + 1 == names.size();
        text += (i == 0 ? "" : last ? " or " : ", ") + names[i];
    }
    if (names.size() > kShown) text += " or " + std::to_string(names.size() - kShown) + " others";
    return text;
}

Condition condition_of(const RunQuery& query) {
    Condition condition = unwrap(parse_filter(query.where));
    if (query.trashed || !condition.asks_for_trash)
        condition.sql =
            "(" + condition.sql + ") AND r.trashed_ms IS " + (query.trashed ? "NOT NULL" : "NULL");
    return condition;
}

} // namespace

StoreReader::StoreReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreReader::~StoreReader() = default;

Result<std::unique_ptr<StoreReader>> StoreReader::open(const std::filesystem::path& store) {
    return guarded([&] {
        return sql::translated(store, [&] {
            return std::unique_ptr<StoreReader>(new StoreReader(std::make_unique<Impl>(store)));
        });
    });
}

Result<std::vector<RunRecord>> StoreReader::runs(const RunQuery& query) const {
    return guarded([&] {
        const Condition condition = condition_of(query);
        return impl_->at_one_moment([&] { return read_runs(impl_->db, condition, query.limit); });
    });
}

Result<std::int64_t> StoreReader::count(const RunQuery& query) const {
    return guarded([&] {
        const Condition condition = condition_of(query);
        return sql::translated(impl_->path, [&] {
            // Only a filter may ask for what other tables hold.
            const std::string from = query.where.empty() ? "run" : "run_summary";
            SQLite::Statement row(impl_->db, "SELECT count(*) FROM " + from + " r WHERE " + condition.sql);
            int index = 0;
            for (const auto& binding : condition.bindings)
                std::visit([&](const auto& value) { row.bind(++index, value); }, binding);
            row.executeStep();
            return row.getColumn(0).getInt64();
        });
    });
}

std::vector<RunRecord> StoreReader::runs_by_id(const std::vector<RunId>& ids) const {
    if (ids.empty()) return {};
    Condition condition{"r.run_id IN (", {}};
    for (const auto& id : ids) {
        condition.sql += condition.bindings.empty() ? "?" : ", ?";
        condition.bindings.emplace_back(id.uuid);
    }
    condition.sql += ")";
    auto found = impl_->at_one_moment([&] { return read_runs(impl_->db, condition, {}); });
    std::map<RunId, std::size_t> place;
    for (std::size_t i = 0; i < ids.size(); ++i) place.emplace(ids[i], i);
    std::ranges::sort(found, {}, [&](const RunRecord& run) { return place.at(run.id); });
    return found;
}

std::vector<RunRecord> StoreReader::runs_by_key(const std::string& key) const {
    return impl_->at_one_moment([&] {
        return read_runs(impl_->db, {"r.key = ? AND r.trashed_ms IS NULL", {key}}, {});
    });
}

Result<RunRecord> StoreReader::run(const RunId& id) const {
    return guarded([&] {
        return impl_->at_one_moment([&] {
            auto found = read_runs(impl_->db, {"r.run_id = ?", {id.uuid}}, {});
            if (found.empty())
                throw InputError("there is no run " + id.uuid + " in store '" + impl_->path.string() + "'");
            found.front().provenance.manifest = read_manifest(impl_->db, id);
            found.front().changes = read_changes(impl_->db, id);
            return std::move(found.front());
        });
    });
}

Result<RunId> StoreReader::find(const std::string& word) const {
    return guarded([&] {
        return impl_->at_one_moment([&]() -> RunId {
            if (word.empty())
                throw InputError("a run is asked for by its name, its id or the start of either");
            SQLite::Statement exact(impl_->db, "SELECT run_id FROM run WHERE name = ?1"
                                               " UNION ALL SELECT run_id FROM run WHERE run_id = lower(?1)");
            exact.bind(1, word);
            if (exact.executeStep()) return {sql::text_at(exact, 0)};

            std::vector<std::string> ids, names;
            SQLite::Statement starting(impl_->db, "SELECT run_id, name FROM run WHERE instr(name, ?1) = 1"
                                                  " OR instr(run_id, lower(?1)) = 1 ORDER BY name");
            starting.bind(1, word);
            while (starting.executeStep()) {
                ids.push_back(sql::text_at(starting, 0));
                names.push_back(sql::text_at(starting, 1));
            }
            if (ids.size() == 1) return {ids.front()};
            if (!ids.empty()) throw InputError("'" + word + "' could be " + listed(names));

            SQLite::Statement all(impl_->db, "SELECT name FROM run");
            while (all.executeStep()) names.push_back(sql::text_at(all, 0));
            const auto meant = nearest(word, names);
            throw InputError("no run '" + word + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""));
        });
    });
}

std::vector<MetricInfo> StoreReader::metrics(const RunId& run) const {
    return sql::translated(impl_->path, [&] {
        std::vector<MetricInfo> found;
        SQLite::Statement row(impl_->db,
                              "SELECT m.metric_no, m.position, m.name, m.unit, m.direction FROM metric m"
                              " JOIN run r ON r.run_no = m.run_no WHERE r.run_id = ? ORDER BY m.position");
        row.bind(1, run.uuid);
        while (row.executeStep()) found.push_back(metric_at(row));
        return found;
    });
}

std::vector<SeriesPoint> StoreReader::series(const RunId& run, const std::string& metric) const {
    return sql::translated(impl_->path, [&] {
        std::vector<SeriesPoint> points;
        SQLite::Statement row(
            impl_->db, "SELECT s.update_count, s.epoch, s.seconds, s.value FROM sample s WHERE s.metric_no ="
                       " (SELECT m.metric_no FROM metric m JOIN run r ON r.run_no = m.run_no"
                       " WHERE r.run_id = ? AND m.name = ?) ORDER BY s.update_count");
        row.bind(1, run.uuid);
        row.bind(2, metric);
        while (row.executeStep()) points.push_back(sql::point_at(row));
        return points;
    });
}

std::vector<std::pair<RunId, SeriesPoint>> StoreReader::values_at(const std::string& metric,
                                                                  Update at) const {
    return sql::translated(impl_->path, [&] {
        std::vector<std::pair<RunId, SeriesPoint>> found;
        SQLite::Statement row(
            impl_->db, "SELECT s.update_count, s.epoch, s.seconds, s.value, r.run_id FROM metric m"
                       " JOIN sample s ON s.metric_no = m.metric_no AND s.update_count ="
                       " (SELECT max(t.update_count) FROM sample t WHERE t.metric_no = m.metric_no"
                       " AND t.update_count <= ?2) JOIN run r ON r.run_no = m.run_no WHERE m.name = ?1");
        row.bind(1, metric);
        row.bind(2, at.count);
        while (row.executeStep()) found.emplace_back(RunId{sql::text_at(row, 4)}, sql::point_at(row));
        return found;
    });
}

// Merges the metrics' series, which lie in order already: nothing is sorted and nothing waits for the whole.
void StoreReader::each_sample(const RunId& run,
                              const std::function<void(const MetricInfo&, const SeriesPoint&)>& visit) const {
    impl_->at_one_moment([&] {
        std::deque<Cursor> cursors;
        SQLite::Statement metric(impl_->db,
                                 "SELECT m.metric_no, m.position, m.name, m.unit, m.direction FROM metric m"
                                 " JOIN run r ON r.run_no = m.run_no WHERE r.run_id = ?"
                                 " ORDER BY m.position");
        metric.bind(1, run.uuid);
        using Next = std::pair<std::int64_t, std::size_t>; // the update, the place in cursors
        std::priority_queue<Next, std::vector<Next>, std::greater<>> next;
        const auto advance = [&](std::size_t i) {
            if (cursors[i].row.executeStep()) next.emplace(cursors[i].row.getColumn(0).getInt64(), i);
        };
        while (metric.executeStep()) {
            Cursor& cursor = cursors.emplace_back(
                metric_at(metric),
                SQLite::Statement(impl_->db, "SELECT update_count, epoch, seconds, value FROM sample"
                                             " WHERE metric_no = ? ORDER BY update_count"));
            cursor.row.bind(1, metric.getColumn(0).getInt64());
            advance(cursors.size() - 1);
        }
        while (!next.empty()) {
            const std::size_t i = next.top().second;
            next.pop();
            visit(cursors[i].metric, sql::point_at(cursors[i].row));
            advance(i);
        }
    });
}

std::optional<Matrix> StoreReader::matrix(const RunId& run, const std::string& name,
                                          std::optional<Update> at) const {
    return sql::translated(impl_->path, [&]() -> std::optional<Matrix> {
        SQLite::Statement row(
            impl_->db, "SELECT c.update_count, c.epoch, c.row_count, c.column_count, c.data FROM curve c"
                       " JOIN run r ON r.run_no = c.run_no WHERE r.run_id = ? AND c.name = ?"
                       " AND c.update_count <= ? ORDER BY c.update_count DESC LIMIT 1");
        row.bind(1, run.uuid);
        row.bind(2, name);
        row.bind(3, at.value_or(Update{INT64_MAX}).count);
        if (!row.executeStep()) return std::nullopt;
        Matrix matrix{name, Update{row.getColumn(0).getInt64()}, Epoch{sql::number_at(row, 1)},
                      row.getColumn(2).getInt64(), row.getColumn(3).getInt64()};
        const SQLite::Column data = row.getColumn(4);
        const auto bytes = static_cast<std::int64_t>(data.getBytes());
        if (matrix.rows < 0 || matrix.columns < 0 || matrix.rows > kLargestSide ||
            matrix.columns > kLargestSide ||
            matrix.rows * matrix.columns * static_cast<std::int64_t>(sizeof(double)) != bytes)
            throw std::runtime_error("store '" + impl_->path.string() + "': matrix '" + name +
                                     "' at update " + std::to_string(matrix.update.count) + " is damaged");
        matrix.values.resize(static_cast<std::size_t>(matrix.rows * matrix.columns));
        if (bytes > 0) std::memcpy(matrix.values.data(), data.getBlob(), static_cast<std::size_t>(bytes));
        return matrix;
    });
}

std::vector<std::string> StoreReader::matrix_names(const RunId& run) const {
    return sql::translated(impl_->path, [&] {
        std::vector<std::string> names;
        SQLite::Statement row(impl_->db,
                              "SELECT DISTINCT c.name FROM curve c JOIN run r ON r.run_no = c.run_no"
                              " WHERE r.run_id = ? ORDER BY c.name");
        row.bind(1, run.uuid);
        while (row.executeStep()) names.push_back(sql::text_at(row, 0));
        return names;
    });
}

std::vector<Moment> StoreReader::matrix_moments(const RunId& run, const std::string& name) const {
    return sql::translated(impl_->path, [&] {
        std::vector<Moment> moments;
        SQLite::Statement row(impl_->db,
                              "SELECT c.update_count, c.epoch FROM curve c JOIN run r ON r.run_no = c.run_no"
                              " WHERE r.run_id = ? AND c.name = ? ORDER BY c.update_count");
        row.bind(1, run.uuid);
        row.bind(2, name);
        while (row.executeStep())
            moments.push_back({Update{row.getColumn(0).getInt64()}, Epoch{sql::number_at(row, 1)}});
        return moments;
    });
}

std::vector<LogLine> StoreReader::log(const RunId& run) const {
    return sql::translated(impl_->path, [&] {
        std::vector<LogLine> lines;
        SQLite::Statement row(impl_->db,
                              "SELECT l.level, l.time_ms, l.text FROM log l"
                              " JOIN run r ON r.run_no = l.run_no WHERE r.run_id = ? ORDER BY l.log_no");
        row.bind(1, run.uuid);
        while (row.executeStep())
            lines.push_back(
                {sql::level_named(sql::text_at(row, 0)), row.getColumn(1).getInt64(), sql::text_at(row, 2)});
        return lines;
    });
}

std::optional<CheckpointInfo> StoreReader::last_checkpoint(const RunId& run) const {
    return sql::translated(impl_->path, [&]() -> std::optional<CheckpointInfo> {
        auto all = read_checkpoints(impl_->db, run); // few: their history is thinned
        if (all.empty()) return std::nullopt;
        return std::move(all.back());
    });
}

std::vector<CheckpointInfo> StoreReader::checkpoints(const RunId& run) const {
    return sql::translated(impl_->path, [&] { return read_checkpoints(impl_->db, run); });
}

std::vector<std::string> StoreReader::tags() const {
    return sql::translated(impl_->path, [&] {
        std::vector<std::string> tags;
        SQLite::Statement row(impl_->db, "SELECT DISTINCT tag FROM tag ORDER BY tag");
        while (row.executeStep()) tags.push_back(sql::text_at(row, 0));
        return tags;
    });
}

std::int64_t StoreReader::trashed_count() const {
    return sql::translated(impl_->path, [&] {
        return impl_->db.execAndGet("SELECT count(*) FROM run WHERE trashed_ms IS NOT NULL").getInt64();
    });
}

std::int64_t StoreReader::change_counter() const {
    return sql::translated(impl_->path, [&] {
        impl_->data_version.executeStep();
        const std::int64_t counter = impl_->data_version.getColumn(0).getInt64();
        impl_->data_version.reset();
        return counter;
    });
}

} // namespace descent
