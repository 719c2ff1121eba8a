#pragma once

#include "core/base/events.h"
#include "core/store/connection.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace descent {

/// What a metric's row says of its samples. NaN is never best; the best is the last where no direction is
/// better; of equals the earliest is best.
struct MetricSummary {
    Direction direction = Direction::none;
    std::optional<Update> last_update, best_update;
    double last = 0, best = 0;

    /// A sample newer than all before.
    void take(Update update, double value);
};

/// Reads and writes the summaries in table `metric`. Thread: that of its connection.
class SummaryRows {
public:
    explicit SummaryRows(SQLite::Database& db);
    MetricSummary from_samples(std::int64_t metric_no, Direction direction);
    void write(std::int64_t metric_no, const MetricSummary& summary);
    /// last, last_update, best and best_update, to parameters `first` and following.
    static void bind(SQLite::Statement& statement, int first, const MetricSummary& summary);

private:
    SQLite::Statement last_, lowest_, highest_, write_;
};

namespace sql {
/// The words of the schema's CHECKs, and back; an unknown word is `none` or `info`.
std::string word(Direction direction);
std::string word(LogLine::Level level);
Direction direction_named(std::string_view word);
LogLine::Level level_named(std::string_view word);
} // namespace sql

} // namespace descent
