#include "core/text/utf8.h"

#include <utf8proc.h>

#include <algorithm>

namespace descent {

namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_letter(std::int32_t code) {
    const auto category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool letter_follows(std::string_view text) {
    while (!text.empty()) {
        const Character c = first_character(text);
        if (utf8proc_category(c.code) != UTF8PROC_CATEGORY_MN) return is_letter(c.code);
        text.remove_prefix(c.bytes);
    }
    return false;
}

} // namespace

std::size_t first_not_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        utf8proc_int32_t code = 0;
        const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                             static_cast<utf8proc_ssize_t>(text.size() - at), &code);
        if (length <= 0) return at;
        at += static_cast<std::size_t>(length);
    }
    return std::string_view::npos;
}

Character first_character(std::string_view text) {
    if (static_cast<unsigned char>(text[0]) < 0x80) return {text[0], 1};
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (length <= 0) return {0xfffd, 1};
    return {code, static_cast<std::size_t>(length)};
}

void append_utf8(std::string& text, std::int32_t code) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(code, bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

std::string latin1_to_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
    return text;
}

bool is_blank(std::int32_t code) {
    if (code < 0x80) return code == ' ' || (code >= 0x09 && code <= 0x0d);
    return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

std::string lower_case(std::string_view utf8) {
    std::string lower;
    lower.reserve(utf8.size());
    if (is_ascii(utf8)) {
        for (const char c : utf8) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return lower;
    }
    constexpr std::int32_t kDottedI = 0x130, kDotAbove = 0x307, kSigma = 0x3a3, kFinalSigma = 0x3c2;
    bool in_word = false; // the last character that is no mark was a letter
    while (!utf8.empty()) {
        const Character c = first_character(utf8);
        utf8.remove_prefix(c.bytes);
        if (c.code == kDottedI) {
            lower += 'i';
            append_utf8(lower, kDotAbove);
        } else if (c.code == kSigma && in_word && !letter_follows(utf8)) {
            append_utf8(lower, kFinalSigma);
        } else {
            append_utf8(lower, utf8proc_tolower(c.code));
        }
        if (utf8proc_category(c.code) != UTF8PROC_CATEGORY_MN) in_word = is_letter(c.code);
    }
    return lower;
}

} // namespace descent
