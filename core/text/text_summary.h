#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// What a set of labelled texts is like: how long they are and what the vocabulary knows of them. Sides are
/// 0 train, 1 validation, 2 test.
struct TextSummary {
    using Sides = std::array<std::int64_t, 3>;

    bool synthetic = false; ///< made by the studio's grammar

    /// Texts of each side by tokens before the cut: bucket i holds those of i·step + 1 to (i + 1)·step, the
    /// first one empty texts too, the last one all that are longer.
    std::int64_t step = 1;
    std::vector<Sides> lengths;
    std::int64_t least = 0, quarter = 0, median = 0, three_quarters = 0, nineteen_twentieths = 0, most = 0;

    std::int64_t cut_at = 0;               ///< tokens: longer texts lose the rest
    std::int64_t cut_texts = 0, empty = 0; ///< so many
    std::int64_t leaked = 0;               ///< of the test's own source that also stand in the other
    std::int64_t vocabulary = 0;           ///< words in it, without padding and the unknown word
    std::int64_t words = 0;                ///< different ones in the training texts
    Sides tokens{}, known{};               ///< tokens after the cut, and those of them in the vocabulary
    std::vector<std::pair<std::string, std::int64_t>>
        commonest; ///< of the vocabulary, with how often the training texts have them; up to 200

    /// Of a side's tokens that the vocabulary knows; 1 of none.
    double known_share(std::size_t side) const;
    std::pair<std::int64_t, std::int64_t> range(std::size_t bucket) const; ///< tokens, both included

    /// From the tokens of each text of each side: step, lengths and what is named of them.
    void count_lengths(std::array<std::vector<std::uint32_t>, 3> tokens);
};

/// As it stands in the report on a task's data (Provenance::data_report), which has more.
nlohmann::json to_json(const TextSummary& summary);
/// Out of such a report; none where it is of other data, or cannot be read.
std::optional<TextSummary> text_summary(const std::string& report);

} // namespace descent
