#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// Words by number. 0 is padding and 1 the unknown word; then the words of the training texts, commonest
/// first (equal counts in order of code points); after `known` those too rare for the vocabulary or beyond
/// its size, then those that only other texts have, in the order met. So a model that knows `known` words
/// takes every id from there on for 1, and one that hashes words can tell all apart.
class Vocabulary {
public:
    static constexpr std::int32_t padding = 0, unknown = 1;

    Vocabulary();
    ~Vocabulary();
    Vocabulary(Vocabulary&&) noexcept;
    Vocabulary& operator=(Vocabulary&&) noexcept;

    /// Counts a word of the training texts, met so often.
    void count(std::string_view word, std::int64_t times = 1);
    /// Orders what was counted. `most`: size with padding and the unknown word, 0 for no bound; words counted
    /// less than `least` times are unknown.
    void close(std::int64_t most, std::int64_t least);
    /// Its id; a word not met before gets the next one. After close().
    std::int32_t id(std::string_view word);

    std::int64_t known() const; ///< ids 0 … known − 1 are the vocabulary
    std::int64_t size() const;  ///< all ids given so far
    const std::string& word(std::int32_t id) const;
    std::int64_t occurrences(std::int32_t id) const; ///< in the training texts

private:
    struct Words;
    std::unique_ptr<Words> words_;
};

} // namespace descent
