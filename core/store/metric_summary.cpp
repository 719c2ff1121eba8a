#include "core/store/metric_summary.h"

#include <cmath>

namespace descent {

void MetricSummary::take(Update update, double value) {
    last = value;
    last_update = update;
    const bool better = direction == Direction::none ||
                        (!std::isnan(value) &&
                         (!best_update || (direction == Direction::lower ? value < best : value > best)));
    if (!better) return;
    best = value;
    best_update = update;
}

SummaryRows::SummaryRows(SQLite::Database& db)
    : last_(db, "SELECT update_count, value FROM sample WHERE metric_no = ?"
                " ORDER BY update_count DESC LIMIT 1")
    , lowest_(db, "SELECT update_count, value FROM sample WHERE metric_no = ? AND value IS NOT NULL"
                  " ORDER BY value, update_count LIMIT 1")
    , highest_(db, "SELECT update_count, value FROM sample WHERE metric_no = ? AND value IS NOT NULL"
                   " ORDER BY value DESC, update_count LIMIT 1")
    , write_(db,
             "UPDATE metric SET last = ?, last_update = ?, best = ?, best_update = ? WHERE metric_no = ?") {}

MetricSummary SummaryRows::from_samples(std::int64_t metric_no, Direction direction) {
    MetricSummary summary{direction};
    last_.bind(1, metric_no);
    if (last_.executeStep()) summary.take(Update{last_.getColumn(0).getInt64()}, sql::number_at(last_, 1));
    last_.reset();
    if (direction == Direction::none) return summary;
    SQLite::Statement& best = direction == Direction::lower ? lowest_ : highest_;
    best.bind(1, metric_no);
    if (best.executeStep()) {
        summary.best_update = Update{best.getColumn(0).getInt64()};
        summary.best = sql::number_at(best, 1);
    }
    best.reset();
    return summary;
}

void SummaryRows::bind(SQLite::Statement& statement, int first, const MetricSummary& summary) {
    const auto pair = [&](int column, const std::optional<Update>& update, double value) {
        statement.bind(column); // NULL, also for NaN
        statement.bind(column + 1);
        if (!update) return;
        statement.bind(column, value);
        statement.bind(column + 1, update->count);
    };
    pair(first, summary.last_update, summary.last);
    pair(first + 2, summary.best_update, summary.best);
}

void SummaryRows::write(std::int64_t metric_no, const MetricSummary& summary) {
    bind(write_, 1, summary);
    write_.bind(5, metric_no);
    write_.exec();
    write_.reset();
}

namespace sql {

std::string word(Direction direction) {
    switch (direction) {
    case Direction::lower:
        return "lower";
    case Direction::higher:
        return "higher";
    case Direction::none:
        break;
    }
    return "none";
}

std::string word(LogLine::Level level) {
    switch (level) {
    case LogLine::Level::warning:
        return "warning";
    case LogLine::Level::error:
        return "error";
    case LogLine::Level::info:
        break;
    }
    return "info";
}

Direction direction_named(std::string_view word) {
    return word == "lower" ? Direction::lower : word == "higher" ? Direction::higher : Direction::none;
}

LogLine::Level level_named(std::string_view word) {
    return word == "warning" ? LogLine::Level::warning
           : word == "error" ? LogLine::Level::error
                             : LogLine::Level::info;
}

} // namespace sql
} // namespace descent
