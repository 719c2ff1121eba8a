#include "core/analysis/text_table.h"

#include "core/store/csv_text.h"

#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace descent {

namespace {

using Escape = std::function<std::string(std::string_view)>;

std::string line_of(const std::vector<std::string>& cells, const Escape& escape, std::string_view before,
                    std::string_view between, std::string_view after) {
    std::string line(before);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += between;
        line += escape(cells[i]);
    }
    return line.append(after);
}

bool is_right(const TextTable& table, std::size_t column) {
    return column < table.right.size() && table.right[column];
}

std::string markdown_text(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        if (c != '\r') escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

// What LaTeX reads as commands, and what its text fonts lack.
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kLatex{{
    {"\\", "\\textbackslash{}"},
    {"&", "\\&"},
    {"%", "\\%"},
    {"$", "\\$"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "$<$"},
    {">", "$>$"},
    {"|", "$|$"},
    {"[", "{[}"}, // after a line's end this one and the next would be read as part of it
    {"*", "{*}"},
    {"\n", " "},
    {"\r", ""},
    {"\u2212", "$-$"},
    {"±", "$\\pm$"},
    {"×", "$\\times$"},
    {"·", "$\\cdot$"},
    {"∞", "$\\infty$"},
    {"≤", "$\\leq$"},
    {"≥", "$\\geq$"},
    {"≈", "$\\approx$"},
    {"→", "$\\to$"},
    {"Δ", "$\\Delta$"},
    {"‖", "$\\|$"},
    {"σ", "$\\sigma$"},
    {"√", "$\\surd$"},
    {"…", "\\ldots{}"},
}};

std::string latex_text(std::string_view text) {
    std::string escaped;
    while (!text.empty()) {
        std::string_view found = text.substr(0, 1), as = found;
        for (const auto& [special, command] : kLatex)
            if (text.starts_with(special)) {
                found = special;
                as = command;
            }
        escaped += as;
        text.remove_prefix(found.size());
    }
    return escaped;
}

} // namespace

std::string to_csv(const TextTable& table) {
    std::string text = line_of(table.headings, csv_field, "", ",", "\n");
    for (const auto& row : table.rows) text += line_of(row, csv_field, "", ",", "\n");
    return text;
}

std::string to_markdown(const TextTable& table) {
    std::string text = line_of(table.headings, markdown_text, "| ", " | ", " |\n") + "|";
    for (std::size_t i = 0; i < table.headings.size(); ++i) text += is_right(table, i) ? "---:|" : "---|";
    text += "\n";
    for (const auto& row : table.rows) text += line_of(row, markdown_text, "| ", " | ", " |\n");
    return text;
}

std::string to_latex(const TextTable& table) {
    std::string text = "\\begin{tabular}{";
    for (std::size_t i = 0; i < table.headings.size(); ++i) text += is_right(table, i) ? 'r' : 'l';
    text += "}\n\\toprule\n";
    text += line_of(table.headings, latex_text, "", " & ", " \\\\\n") + "\\midrule\n";
    for (const auto& row : table.rows) text += line_of(row, latex_text, "", " & ", " \\\\\n");
    return text + "\\bottomrule\n\\end{tabular}\n";
}

} // namespace descent
