#pragma once

#include <string>
#include <vector>

namespace descent {

/// A table as text, ready to be written somewhere.
struct TextTable {
    std::vector<std::string> headings;
    std::vector<std::vector<std::string>> rows; ///< as long as headings
    std::vector<bool> right;                    ///< right-aligned (numbers); empty: none
};
std::string to_csv(const TextTable& table);      ///< RFC 4180, lines ending in "\n"
std::string to_markdown(const TextTable& table); ///< GitHub's, pipes escaped
std::string
to_latex(const TextTable& table); ///< a booktabs tabular; special characters escaped, minus and ± in math

} // namespace descent
