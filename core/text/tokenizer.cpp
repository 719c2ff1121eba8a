#include "core/text/tokenizer.h"

#include "core/base/result.h"
#include "core/text/utf8.h"

#include <utf8proc.h>

#include <array>

namespace descent {

namespace {

using Take = std::function<void(std::string_view)>;

/// What a tokenizer makes of a character.
enum class Kind : std::uint8_t { blank, word, other };

Kind letters_marks_digits(std::int32_t code) {
    if (is_blank(code)) return Kind::blank;
    const auto category = utf8proc_category(code);
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) return Kind::word; // L, M, N
    // Not assigned (CN) may be a sign younger than the tables.
    return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CS ? Kind::blank : Kind::other;
}

/// Python's \w: letters and numbers, no marks.
Kind letters_digits_underscore(std::int32_t code) {
    const auto category = utf8proc_category(code);
    const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    const bool number = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    return letter || number || code == '_' ? Kind::word : Kind::blank;
}

Kind not_blank(std::int32_t code) {
    return is_blank(code) ? Kind::blank : Kind::word;
}

bool is_mark(std::int32_t code) {
    const auto category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool is_apostrophe(std::int32_t code) {
    return code == '\'' || code == 0x2019;
}

class RunTokenizer : public Tokenizer {
public:
    struct Rule {
        const char* name;
        Kind (*kind)(std::int32_t code);
        std::size_t least; ///< characters of a word
        bool apostrophes;  ///< belong to a word that goes on behind them
    };

    RunTokenizer(const Rule& rule, bool lower) : rule_(rule), lower_(lower) {
        for (std::size_t code = 0; code < ascii_.size(); ++code)
            ascii_[code] = rule.kind(static_cast<std::int32_t>(code));
    }

    void split(std::string_view text, const Take& take) const override {
        if (lower_)
            cut(lower_case(text), take);
        else
            cut(text, take);
    }

private:
    Kind kind(std::int32_t code) const {
        return code < 0x80 ? ascii_[static_cast<std::size_t>(code)] : rule_.kind(code);
    }

    bool word_at(std::string_view text, std::size_t at) const {
        return at < text.size() && kind(first_character(text.substr(at)).code) == Kind::word;
    }

    void cut(std::string_view text, const Take& take) const {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t begin = at;
            const Character first = first_character(text.substr(at));
            at += first.bytes;
            switch (kind(first.code)) {
            case Kind::blank:
                break;
            case Kind::other:
                // A variation selector or an accent goes with its sign.
                while (at < text.size() && is_mark(first_character(text.substr(at)).code))
                    at += first_character(text.substr(at)).bytes;
                take(text.substr(begin, at - begin));
                break;
            case Kind::word: {
                std::size_t characters = 1;
                for (; at < text.size(); ++characters) {
                    const Character c = first_character(text.substr(at));
                    if (kind(c.code) != Kind::word &&
                        !(rule_.apostrophes && is_apostrophe(c.code) && word_at(text, at + c.bytes)))
                        break;
                    at += c.bytes;
                }
                if (characters >= rule_.least) take(text.substr(begin, at - begin));
                break;
            }
            }
        }
    }

    const Rule& rule_;
    bool lower_;
    std::array<Kind, 0x80> ascii_;
};

constexpr std::array kRules{RunTokenizer::Rule{"whitespace", not_blank, 1, false},
                            RunTokenizer::Rule{"word", letters_marks_digits, 1, true},
                            RunTokenizer::Rule{"alphanumeric", letters_digits_underscore, 2, false}};

} // namespace

std::vector<std::string> Tokenizer::tokens(std::string_view text) const {
    std::vector<std::string> all;
    split(text, [&](std::string_view token) { all.emplace_back(token); });
    return all;
}

const std::vector<std::string>& tokenizer_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& rule : kRules) all.emplace_back(rule.name);
        return all;
    }();
    return names;
}

std::unique_ptr<Tokenizer> make_tokenizer(std::string_view name, bool lower) {
    for (const auto& rule : kRules)
        if (name == rule.name) return std::make_unique<RunTokenizer>(rule, lower);
    std::string expected;
    for (const std::string& known : tokenizer_names()) expected += (expected.empty() ? "" : ", ") + known;
    throw InputError("no tokenizer '" + std::string(name) + "'; expected one of " + expected);
}

} // namespace descent
