#pragma once

#include "core/text/text_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// How a table is written.
struct CsvFormat {
    char separator = 0;  ///< 0: the one of comma, semicolon and tab that the first line has most of
    bool header = true;  ///< the first row has the names of the columns; otherwise these are "1", "2", …
    bool ragged = true;  ///< empty fields at the end of a row may be missing or too many
    bool latin1 = false; ///< ISO 8859-1, given out as UTF-8
    std::string_view encoding_hint{};                  ///< what is said behind "this is not UTF-8 text"
    std::function<void(std::string_view)> blocks = {}; ///< is given the file's bytes as they are read
};

/// Reads a table as RFC 4180 has it, row by row; fields may hold quotes, separators and line breaks. Thread:
/// one at a time.
class CsvTable {
public:
    static constexpr std::size_t longest = std::size_t{64} << 20; ///< bytes of a field

    /// Reads the first row. Throws InputError where the file cannot be read or is empty.
    explicit CsvTable(const std::filesystem::path& file, CsvFormat format = {});

    const std::vector<std::string>& columns() const { return columns_; }
    /// The next row that is not blank, of as many fields as there are columns. False at the end. Throws
    /// InputError with file and line (for a quote that is not closed, the one where it was opened).
    bool next(std::vector<std::string>& fields);
    std::int64_t line() const { return row_line_; } ///< where that row began
    double fraction() const { return in_.fraction(); }
    /// "file: line N: " and the rest.
    [[noreturn]] void refuse(const std::string& what) const;

private:
    bool read_row(std::vector<std::string>& fields);
    void check_encoding(std::vector<std::string>& fields) const;

    std::filesystem::path file_;
    CsvFormat format_;
    TextFile in_;
    std::int64_t line_ = 1, row_line_ = 1;
    std::vector<std::string> columns_;
    std::optional<std::vector<std::string>> first_; ///< the first row of a table without names
};

/// A number as tables have it: blanks around it, a plus before it, nan and inf in any case. None for an empty
/// field and for na, n/a, null, none; `text` is set where it is neither.
std::optional<double> number_in(std::string_view field, bool& text);

} // namespace descent
