#include "core/store/filter_words.h"

#include "core/base/result.h"

namespace descent {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t column_of(std::string_view text, std::size_t at) {
    std::size_t column = 1; // of characters, not bytes
    for (const char c : text.substr(0, at)) column += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return column;
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<FilterWord> tokens() {
        std::vector<FilterWord> found;
        do found.push_back(next());
        while (found.back().kind != FilterWord::Kind::end);
        return found;
    }

private:
    FilterWord next() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        if (at_ == text_.size()) return {FilterWord::Kind::end, "", at_};
        const std::size_t start = at_;
        const char c = text_[at_++];
        switch (c) {
        case '(':
            return {FilterWord::Kind::open, "(", start};
        case ')':
            return {FilterWord::Kind::close, ")", start};
        case '=':
        case '~':
            return {FilterWord::Kind::op, std::string(1, c), start};
        case '<':
        case '>':
            return {FilterWord::Kind::op, std::string(1, c) + (take('=') ? "=" : ""), start};
        case '!':
            if (!take('=')) filter_error(text_, start, "expected '!='");
            return {FilterWord::Kind::op, "!=", start};
        case '"':
        case '\'':
            return {FilterWord::Kind::quoted, quoted(c, start), start};
        default:
            break;
        }
        while (at_ < text_.size() && !is_space(text_[at_]) &&
               !std::string_view("()=~<>!\"'").contains(text_[at_]))
            ++at_;
        return {FilterWord::Kind::word, std::string(text_.substr(start, at_ - start)), start};
    }

    bool take(char wanted) {
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    // A quote inside is written twice.
    std::string quoted(char quote, std::size_t start) {
        std::string value;
        while (at_ < text_.size()) {
            if (text_[at_] == quote && !(at_ + 1 < text_.size() && text_[at_ + 1] == quote)) {
                ++at_;
                return value;
            }
            if (text_[at_] == quote) ++at_;
            value += text_[at_++];
        }
        filter_error(text_, start, std::string("no closing ") + quote);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<FilterWord> filter_words(std::string_view text) {
    return Lexer(text).tokens();
}

void filter_error(std::string_view text, std::size_t at, const std::string& what) {
    throw InputError("column " + std::to_string(column_of(text, at)) + ": " + what);
}

} // namespace descent
