#pragma once

#include "core/text/text_reader.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// Word vectors of a text file, of the words asked for.
struct WordVectors {
    std::int64_t dimension = 0;
    std::vector<float> values;       ///< [words × dimension]; a row of zeros where a word is not in the file
    std::vector<std::uint8_t> found; ///< by word
    std::int64_t lines = 0;
    std::string hash; ///< SHA-256 of the file
};

/// GloVe's text format (a word and its numbers a line, by blanks; a word may hold blanks: the last
/// `dimension` fields are the numbers) or word2vec's (the same after a first line "COUNT DIMENSION"). The
/// file is memory-mapped and read once, of it only the rows of `words` are kept; of a word twice in the file
/// the first counts. Throws InputError with file and line: a line with fewer or more numbers than the first,
/// more than 10,000 of them, something that is no number, an empty file; or "interrupted". Blocks. Thread:
/// any.
WordVectors read_word_vectors(const std::filesystem::path& file, std::span<const std::string> words,
                              const TextReading& how = {});

} // namespace descent
