#include "core/analysis/scalar_lexer.h"

#include "core/base/result.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace descent {

namespace {

/// One character of UTF-8 at `at`, and how many bytes it takes; 0 bytes where it is none.
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(at);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return {0, 0};
    char32_t c = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) return {0, 0};
        c = c << 6 | (byte(at + i) & 0x3FU);
    }
    return {c, bytes};
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}
/// Latin, Greek and Cyrillic letters; what else there is could be taken for something else.
bool begins_name(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x4FF) ||
           (c >= 0x1E00 && c <= 0x1FFF);
}
bool continues_name(char32_t c) {
    return begins_name(c) || is_digit(c) || c == '\'' || (c >= 0x2080 && c <= 0x2089); // subscript digits
}

/// What a character is written as in this grammar; "" where it is no sign.
std::string_view sign_of(char32_t c) {
    switch (c) {
    case '+':
        return "+";
    case '-':
    case 0x2212: // −
        return "-";
    case '*':
    case 0xD7:   // ×
    case 0xB7:   // ·
    case 0x22C5: // ⋅
        return "*";
    case '/':
    case 0xF7: // ÷
        return "/";
    case '^':
        return "^";
    case '(':
        return "(";
    case ')':
        return ")";
    case ',':
        return ",";
    case '=':
        return "=";
    default:
        return {};
    }
}

} // namespace

ScalarLexer::ScalarLexer(std::string_view text) : text_(text) {
    if (text.size() > ScalarGraph::kLongest)
        complain_at("the text is longer than " + std::to_string(ScalarGraph::kLongest) + " bytes",
                    ScalarGraph::kLongest, text.size());
    next();
}

void ScalarLexer::complain_at(const std::string& what, std::size_t begin, std::size_t end) const {
    std::size_t line = 1, column = 1;
    for (std::size_t at = 0; at < begin && at < text_.size();) {
        if (text_[at] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
        at += std::max<std::size_t>(1, decode(text_, at).second);
    }
    const bool lines = text_.substr(0, ScalarGraph::kLongest).find('\n') != std::string_view::npos;
    throw ScalarSyntaxProblem{{as_message((lines ? "line " + std::to_string(line) + ", " : "") + "column " +
                                          std::to_string(column) + ": " + what),
                               begin, end}};
}
void ScalarLexer::complain(const std::string& what, const ScalarToken& where) const {
    complain_at(what, where.begin, where.stop);
}

std::string ScalarLexer::found() const {
    if (token_.kind == ScalarToken::end) return "the end";
    if (token_.kind == ScalarToken::separator)
        return text_[token_.begin] == ';' ? "';'" : "the end of the line";
    return "'" + std::string(text_.substr(token_.begin, token_.stop - token_.begin)) + "'";
}
bool ScalarLexer::take(std::string_view sign) {
    if (!at(sign)) return false;
    next();
    return true;
}

void ScalarLexer::next() {
    before_ = token_.stop;
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\t' || text_[place_] == '\r'))
        ++place_;
    token_ = {};
    token_.begin = token_.stop = place_;
    if (place_ == text_.size()) return;
    const auto [c, bytes] = decode(text_, place_);
    if (bytes == 0) complain_at("this is not UTF-8 text", place_, place_ + 1);
    if (c == ';' || c == '\n') {
        token_.kind = ScalarToken::separator;
        token_.stop = place_ += 1;
    } else if (is_digit(c) || (c == '.' && place_ + 1 < text_.size() &&
                               is_digit(static_cast<unsigned char>(text_[place_ + 1])))) {
        number();
    } else if (begins_name(c)) {
        std::size_t stop = place_;
        for (auto [letter, n] = decode(text_, stop); stop < text_.size() && n > 0 && continues_name(letter);
             std::tie(letter, n) = decode(text_, stop))
            stop += n;
        token_.kind = ScalarToken::name;
        token_.text = text_.substr(place_, stop - place_);
        token_.stop = place_ = stop;
    } else if (const auto sign = sign_of(c); !sign.empty()) {
        token_.kind = ScalarToken::sign;
        token_.text = sign;
        place_ += bytes;
        if (c == '*' && place_ < text_.size() && text_[place_] == '*') {
            token_.text = "^";
            ++place_;
        }
        token_.stop = place_;
    } else {
        const bool seen = c > ' ' && c != 0x7F && !(c >= 0x80 && c < 0xA1);
        complain_at(seen ? "'" + std::string(text_.substr(place_, bytes)) + "' has no meaning here"
                         : "an invisible character has no meaning here",
                    place_, place_ + bytes);
    }
}

void ScalarLexer::number() {
    const char* begin = text_.data() + place_;
    const auto [stop, problem] = std::from_chars(begin, text_.data() + text_.size(), token_.value);
    token_.kind = ScalarToken::number;
    place_ += static_cast<std::size_t>(stop - begin);
    token_.stop = place_;
    if (problem == std::errc::result_out_of_range) complain(found() + " is beyond what a double can hold");
}

} // namespace descent
