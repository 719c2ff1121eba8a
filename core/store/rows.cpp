#include "core/store/rows.h"

#include <limits>

#include <sqlite3.h>

namespace descent::sql {

void Rows::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Rows::Rows(SQLite::Database& db, const std::string& query) : db_(&db) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db.getHandle(), query.data(), static_cast<int>(query.size()), &statement,
                             nullptr));
    statement_.reset(statement);
}

void Rows::check(int code) const {
    if (code != SQLITE_OK) throw SQLite::Exception(db_->getHandle(), code);
}

void Rows::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Rows::bind(int parameter, double value) {
    check(sqlite3_bind_double(statement_.get(), parameter, value));
}

void Rows::bind(int parameter, const std::string& value) {
    check(sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()),
                            SQLITE_TRANSIENT));
}

bool Rows::step() {
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
}

bool Rows::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Rows::whole(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Rows::optional_whole(int column) const {
    return is_null(column) ? std::nullopt : std::optional(whole(column));
}

double Rows::number(int column) const {
    return is_null(column) ? std::numeric_limits<double>::quiet_NaN()
                           : sqlite3_column_double(statement_.get(), column);
}

std::string_view Rows::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return text ? std::string_view(text,
                                   static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)))
                : std::string_view();
}

} // namespace descent::sql
