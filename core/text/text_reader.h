#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// How labelled texts lie in a file or folder. What is left open is found by looking.
struct TextLayout {
    enum class Kind {
        detect,
        table,   ///< CSV or TSV as RFC 4180 has it, any delimiter; a label column, one text column or more
        folders, ///< a folder of folders, each a class, one text a file (the layout of aclImdb, of which
                 ///< `unsup`, the texts without a label, is no class beside pos and neg)
        files, ///< a folder of LABEL.txt (or name.LABEL) files, one text a line, an empty line an empty text
        lines, ///< "LABEL text" lines; of "LABEL:fine text" (TREC) the coarse label
    };
    enum class Header { detect, yes, no };
    Kind kind = Kind::detect;
    Header header = Header::detect; ///< of a table
    std::string delimiter;          ///< of a table: "," ";" "\t" "|" …, one character; "" detects it
    std::string label_column;       ///< of a table: a name, or a number from 1; "" detects it
    std::string text_columns;       ///< likewise, several by commas: joined by a blank, in this order
    bool latin1 = false;            ///< read as ISO 8859-1; otherwise UTF-8 is required
};

/// One with nothing left open in words: "a table: fields by ',', …".
std::string in_words(const TextLayout& layout);

struct LabelledText {
    std::string text;      ///< UTF-8; may be empty
    std::string label;     ///< as it stands there, without blanks around it
    std::string file;      ///< where it stands: as given, or within the folder
    std::int64_t line = 0; ///< 1-based
};

/// How the reading went.
struct TextReadFacts {
    TextLayout layout; ///< with nothing left open
    std::int64_t texts = 0, empty_texts = 0;
    std::string hash; ///< SHA-256 over the bytes of the files, in reading order, and their names in a folder
};

struct TextReading {
    std::stop_token stop{};
    std::function<void(double share)> progress{}; ///< of the bytes
};

/// Every labelled text of `place`, one at a time, files in the order of their names, whatever the set's size:
/// holds one text (and one file of a folder). Throws InputError, one line with file, line or byte and what
/// was expected: no such file, nothing in it, not UTF-8 (naming the option for Latin-1), an unclosed quote
/// (naming the line where it opened), a row of another width, a text over 64 MiB, no such column; or
/// "interrupted". Blocks. Thread: any.
TextReadFacts read_texts(const std::filesystem::path& place, const TextLayout& layout,
                         const std::function<void(LabelledText&&)>& take, const TextReading& how = {});

/// Where texts are to be trained and tested on.
struct TextSources {
    std::filesystem::path train, test; ///< test may be empty
};
/// `place`; of a folder that holds one entry called train (or train.csv and the like, or ending with .train)
/// and one called test, these two.
TextSources text_sources(const std::filesystem::path& place);

/// The first rows (of a folder, the first of each class), as they would be read with this layout, for a
/// person to choose columns by.
struct TextPreview {
    TextLayout layout;                          ///< with nothing left open
    std::vector<std::string> columns;           ///< of a table: its names, or "1", "2", …
    std::vector<std::vector<std::string>> rows; ///< of a table: raw fields
    std::vector<LabelledText> texts;            ///< what they become
};
/// Errors: as read_texts, as far as it reads.
TextPreview preview_texts(const std::filesystem::path& place, const TextLayout& layout, std::size_t rows);

} // namespace descent
