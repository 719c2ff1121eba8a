#include "core/text/tokenizer.h"

#include "core/base/result.h"
#include "core/text/text_file.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace descent {

namespace {

constexpr std::string_view kUnknown = "[UNK]", kBegin = "[CLS]", kEnd = "[SEP]", kPadding = "[PAD]";
constexpr std::size_t kLongestWord = 200;     ///< characters, as published
constexpr std::size_t kLongestPiece = 10'000; ///< bytes of a line of the vocabulary

/// The published _is_whitespace: category Zs and four control characters.
bool is_space(std::int32_t code) {
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' ||
           utf8proc_category(code) == UTF8PROC_CATEGORY_ZS;
}

/// The published clean-up drops these: NUL, U+FFFD, control and format characters.
bool is_dropped(std::int32_t code) {
    const auto category = utf8proc_category(code);
    return code == 0 || code == 0xfffd || category == UTF8PROC_CATEGORY_CC ||
           category == UTF8PROC_CATEGORY_CF;
}

/// The published _is_punctuation: category P, and what in ASCII is neither letter, digit nor blank.
bool is_punctuation(std::int32_t code) {
    if ((code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) ||
        (code >= 123 && code <= 126))
        return true;
    const auto category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

/// The published _is_chinese_char: the blocks of CJK Unified Ideographs; no kana, no Hangul.
bool is_ideograph(std::int32_t code) {
    constexpr std::array<std::pair<std::int32_t, std::int32_t>, 8> kBlocks{{{0x4e00, 0x9fff},
                                                                            {0x3400, 0x4dbf},
                                                                            {0x20000, 0x2a6df},
                                                                            {0x2a700, 0x2b73f},
                                                                            {0x2b740, 0x2b81f},
                                                                            {0x2b820, 0x2ceaf},
                                                                            {0xf900, 0xfaff},
                                                                            {0x2f800, 0x2fa1f}}};
    return std::ranges::any_of(
        kBlocks, [&](const auto& block) { return code >= block.first && code <= block.second; });
}

/// NFD without the marks of category Mn.
std::string without_accents(std::string_view word) {
    std::string plain;
    while (!word.empty()) {
        const Character c = first_character(word);
        word.remove_prefix(c.bytes);
        // Character by character: canonical order moves marks only, and those of class Mn are not kept.
        std::array<utf8proc_int32_t, 32> parts;
        int boundary = 0;
        const auto count =
            utf8proc_decompose_char(c.code, parts.data(), parts.size(), UTF8PROC_DECOMPOSE, &boundary);
        for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(count, parts.size()); ++i)
            if (utf8proc_category(parts[static_cast<std::size_t>(i)]) != UTF8PROC_CATEGORY_MN)
                append_utf8(plain, parts[static_cast<std::size_t>(i)]);
    }
    return plain;
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<std::string> read_pieces(const std::filesystem::path& file) {
    TextFile in(file);
    std::vector<std::string> pieces;
    for (std::string line; in.line(line, kLongestPiece);) {
        const std::string where = file.string() + ": line " + std::to_string(pieces.size() + 1) + ": ";
        if (const std::size_t at = first_not_utf8(line); at != std::string::npos)
            throw InputError(where + "this is not UTF-8 text: byte offset " + std::to_string(at) +
                             "; expected a vocab.txt with a piece in each line");
        if (line.size() > kLongestPiece)
            throw InputError(where + "over 10,000 bytes; expected a vocab.txt with a piece in each line");
        pieces.push_back(line);
    }
    return pieces;
}

} // namespace

struct WordPiece::Table {
    std::vector<std::string> pieces;
    std::unordered_map<std::string_view, std::int32_t> ids;
    std::int32_t unknown = 0, begin = 0, end = 0;
    std::size_t longest = 0; ///< bytes of a piece
    bool lower = true;

    /// `name`: of the file, "" for none.
    Table(std::vector<std::string> all, bool lower_case, const std::string& name)
        : pieces(std::move(all))
        , lower(lower_case) {
        const std::string where = name.empty() ? "" : name + ": ";
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto [at, is_new] = ids.emplace(pieces[i], static_cast<std::int32_t>(i));
            if (!is_new)
                throw InputError(where + "line " + std::to_string(i + 1) + ": the piece '" + pieces[i] +
                                 "' stands on line " + std::to_string(at->second + 1) + " already");
            longest = std::max(longest, pieces[i].size());
        }
        for (const std::string_view special : {kUnknown, kBegin, kEnd, kPadding})
            if (!ids.contains(special))
                throw InputError(
                    where + "no " + std::string(special) +
                    " in it; expected a vocabulary of WordPiece with [UNK], [CLS], [SEP] and [PAD]");
        unknown = ids.at(kUnknown);
        begin = ids.at(kBegin);
        end = ids.at(kEnd);
    }

    /// The longest pieces first, from the left.
    void cut(const std::string& word, const std::function<void(std::int32_t)>& take) const {
        if (characters(word) > kLongestWord) return take(unknown);
        std::vector<std::int32_t> found;
        std::string piece;
        for (std::size_t at = 0; at < word.size();) {
            const std::string_view prefix = at > 0 ? "##" : "";
            std::size_t length = std::min(word.size() - at, longest);
            for (; length > 0; --length) {
                if (at + length < word.size() && (word[at + length] & 0xc0) == 0x80)
                    continue; // in a character
                piece.assign(prefix).append(word, at, length);
                const auto id = ids.find(piece);
                if (id == ids.end()) continue;
                found.push_back(id->second);
                break;
            }
            if (length == 0) return take(unknown);
            at += length;
        }
        for (const std::int32_t id : found) take(id);
    }

    void split(std::string_view text, const std::function<void(std::int32_t)>& take) const {
        std::string word; // without blanks, before it is cut at punctuation
        const auto end_word = [&] {
            if (word.empty()) return;
            if (lower) word = without_accents(lower_case(word));
            std::string part;
            const auto end_part = [&] {
                if (!part.empty()) cut(part, take);
                part.clear();
            };
            for (std::string_view rest = word; !rest.empty();) {
                const Character c = first_character(rest);
                const bool alone = is_punctuation(c.code);
                if (alone) end_part();
                part += rest.substr(0, c.bytes);
                if (alone) end_part();
                rest.remove_prefix(c.bytes);
            }
            end_part();
            word.clear();
        };
        while (!text.empty()) {
            const Character c = first_character(text);
            if (is_space(c.code)) {
                end_word();
            } else if (is_ideograph(c.code)) {
                end_word();
                word = text.substr(0, c.bytes);
                end_word();
            } else if (!is_dropped(c.code)) {
                word += text.substr(0, c.bytes);
            }
            text.remove_prefix(c.bytes);
        }
        end_word();
    }
};

WordPiece::WordPiece(const std::filesystem::path& vocabulary, bool lower)
    : table_(std::make_unique<const Table>(read_pieces(vocabulary), lower, vocabulary.string())) {}

WordPiece::WordPiece(std::vector<std::string> pieces, bool lower)
    : table_(std::make_unique<const Table>(std::move(pieces), lower, "")) {}

WordPiece::~WordPiece() = default;

void WordPiece::split(std::string_view text, const std::function<void(std::string_view)>& take) const {
    table_->split(text, [&](std::int32_t id) { take(table_->pieces[static_cast<std::size_t>(id)]); });
}

std::vector<std::int32_t> WordPiece::ids(std::string_view text, std::size_t longest) const {
    std::vector<std::int32_t> all{table_->begin};
    table_->split(text, [&](std::int32_t id) {
        if (all.size() + 1 < longest) all.push_back(id);
    });
    if (longest > 1) all.push_back(table_->end);
    return all;
}

std::int32_t WordPiece::id(std::string_view piece) const {
    const auto at = table_->ids.find(piece);
    return at == table_->ids.end() ? table_->unknown : at->second;
}

const std::vector<std::string>& WordPiece::pieces() const {
    return table_->pieces;
}

} // namespace descent
