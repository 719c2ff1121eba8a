#pragma once

#include "core/analysis/text_table.h"
#include "core/base/format.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace descent::cli {

/// The reader of standard output has gone (`descent runs | head`): an end, not an error. Not a
/// std::exception, so that no handler for errors takes it for one.
struct BrokenPipe {};

/// Standard output with its failures seen: throws BrokenPipe, or std::runtime_error where the disk is full.
/// Thread: main.
class Output {
public:
    Output();
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    bool terminal() const { return terminal_; }
    int width() const; ///< columns of the terminal now; a generous number where there is none

    Output& operator<<(std::string_view text);
    void flush();

    std::string bold(std::string_view text) const; ///< plain where there is no terminal or NO_COLOR is set
    std::string faint(std::string_view text) const;

private:
    std::string buffer_;
    bool terminal_ = false, styled_ = false;
};

/// Columns that `text` takes on a terminal: code points, the combining ones left out.
std::size_t display_width(std::string_view text);

/// Aligned columns. The last column is wrapped to the terminal's width.
class Table {
public:
    enum class Align { left, right };
    explicit Table(std::vector<std::string> headings, std::vector<Align> alignment = {});
    explicit Table(const TextTable& cells);
    void add(std::vector<std::string> row);
    bool empty() const { return rows_.empty(); }
    std::size_t width() const; ///< columns of its longest line, unwrapped
    void drop(std::string_view heading);
    void print(Output& out, std::string_view indent = "") const;

private:
    std::vector<std::size_t> column_widths() const;

    std::vector<std::string> headings_;
    std::vector<Align> alignment_;
    std::vector<std::vector<std::string>> rows_;
};

/// JSON as one line (indent < 0) or for reading; text that is not UTF-8 is replaced rather than refused.
std::string dump(const nlohmann::json& json, int indent = -1);
std::string dump(const nlohmann::ordered_json& json, int indent = -1);

std::string one_line(std::string text);            ///< line breaks become "; "
std::string shell_quoted(const std::string& word); ///< as it has to be typed

} // namespace descent::cli
