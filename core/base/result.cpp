#include "core/base/result.h"

#include <utf8proc.h>

#include <algorithm>
#include <string_view>

namespace descent {
namespace {

constexpr std::size_t kLongest = 2'000, kHead = 1'400, kTail = 500; // bytes

bool is_plain(std::string_view text) {
    return text.size() <= kLongest && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Controls may steer a terminal, and the marks that turn the direction of writing make a text look like
// another.
bool is_shown(utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    return category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_ZL &&
           category != UTF8PROC_CATEGORY_ZP && !(code >= 0x202a && code <= 0x202e) &&
           !(code >= 0x2066 && code <= 0x2069);
}

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

} // namespace

std::string as_message(std::string text) {
    if (is_plain(text)) return text;
    std::string line;
    std::string_view rest = text;
    rest = rest.substr(0, rest.find_last_not_of(" \t\r\n") + 1);
    while (!rest.empty()) {
        utf8proc_int32_t code = 0;
        const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                                            static_cast<utf8proc_ssize_t>(rest.size()), &code);
        const std::string_view here = rest.substr(0, bytes > 0 ? static_cast<std::size_t>(bytes) : 1);
        rest.remove_prefix(here.size());
        if (here == "\n") {
            line += "; ";
        } else if (here == "\t") {
            line += ' ';
        } else if (bytes <= 0 || (!is_shown(code) && here != "\r")) {
            line += "\ufffd";
        } else if (here != "\r") {
            line += here;
        }
    }
    if (line.size() <= kLongest) return line;
    std::size_t head = kHead, tail = line.size() - kTail;
    while (!begins_character(line[head])) --head;
    while (!begins_character(line[tail])) ++tail;
    return line.substr(0, head) + " … " + line.substr(tail);
}

} // namespace descent
