#include "core/text/normalise.h"

#include "core/base/result.h"

#include <utf8proc.h>

#include <array>
#include <stdexcept>

namespace descent {

std::string normalise_name(std::string_view utf8, std::map<std::string, std::int64_t>& dropped) {
    std::string name;
    std::size_t at = 0;
    while (at < utf8.size()) {
        utf8proc_int32_t code = 0;
        const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data() + at),
                                             static_cast<utf8proc_ssize_t>(utf8.size() - at), &code);
        if (length <= 0) throw InputError("not UTF-8 at byte offset " + std::to_string(at));
        // Character by character: canonical order moves marks only, and those are not kept.
        std::array<utf8proc_int32_t, 32> parts;
        int boundary = 0;
        const auto count =
            utf8proc_decompose_char(code, parts.data(), parts.size(), UTF8PROC_DECOMPOSE, &boundary);
        if (count < 0 || count > static_cast<utf8proc_ssize_t>(parts.size()))
            throw std::runtime_error(utf8proc_errmsg(count));
        bool lost = false;
        for (utf8proc_ssize_t i = 0; i < count; ++i) {
            const utf8proc_int32_t part = parts[static_cast<std::size_t>(i)];
            if (utf8proc_category(part) == UTF8PROC_CATEGORY_MN) continue;
            const bool kept = part < 0x80 && kNameAlphabet.contains(static_cast<char>(part));
            if (kept) name += static_cast<char>(part);
            lost = lost || !kept;
        }
        if (lost) ++dropped[std::string(utf8.substr(at, static_cast<std::size_t>(length)))];
        at += static_cast<std::size_t>(length);
    }
    return name;
}

} // namespace descent
