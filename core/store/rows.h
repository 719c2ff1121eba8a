#pragma once

#include "core/store/connection.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace descent::sql {

/// The rows of a query, for lists of hundreds of thousands: columns without an object each. Throws
/// SQLite::Exception. Thread: that of its connection, which outlives it.
class Rows {
public:
    Rows(SQLite::Database& db, const std::string& query);
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, double value);
    void bind(int parameter, const std::string& value);
    bool step(); ///< false: no more
    bool is_null(int column) const;
    std::int64_t whole(int column) const; ///< 0 where NULL
    std::optional<std::int64_t> optional_whole(int column) const;
    double number(int column) const;         ///< NaN where NULL
    std::string_view text(int column) const; ///< "" where NULL; valid until the next step

private:
    void check(int code) const;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    SQLite::Database* db_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

} // namespace descent::sql
