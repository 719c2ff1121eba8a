#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// Reads a table as RFC 4180 has it, row by row; fields may hold quotes, separators and line breaks. The
/// separator is the one of comma, semicolon and tab that the first line has most of. Thread: one at a time.
class CsvTable {
public:
    /// Reads the first line. Throws InputError where the file cannot be read or is empty.
    explicit CsvTable(const std::filesystem::path& file);

    const std::vector<std::string>& columns() const { return columns_; }
    /// The next row that is not blank, of as many fields as there are columns (fields at the end may be
    /// missing where they are empty). False at the end. Throws InputError with file and line.
    bool next(std::vector<std::string>& fields);
    std::int64_t line() const { return row_line_; } ///< where that row began
    double fraction() const;                        ///< of the file that has been read
    /// "file: line N: " and the rest.
    [[noreturn]] void refuse(const std::string& what) const;

private:
    int get();
    bool read_row(std::vector<std::string>& fields);

    std::filesystem::path file_;
    std::ifstream in_;
    std::string buffer_;
    std::size_t at_ = 0;
    double size_ = 0, read_ = 0;
    char separator_ = ',';
    std::int64_t line_ = 1, row_line_ = 1;
    std::vector<std::string> columns_;
};

/// A number as tables have it: blanks around it, a plus before it, nan and inf in any case. None for an empty
/// field and for na, n/a, null, none; `text` is set where it is neither.
std::optional<double> number_in(std::string_view field, bool& text);

} // namespace descent
