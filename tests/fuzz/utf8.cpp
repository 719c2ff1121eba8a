#include "core/text/utf8.h"
#include "core/base/format.h"
#include "core/store/filter_date.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = Input(data, size).rest();
    const auto wrong = first_not_utf8(text);
    std::string again, shown;
    for (std::string_view rest = text; !rest.empty();) {
        const auto c = first_character(rest);
        hold(c.bytes >= 1 && c.bytes <= rest.size(), "a character is within its text");
        append_utf8(shown, c.code);
        if (text.size() - rest.size() < wrong) append_utf8(again, c.code);
        is_blank(c.code);
        rest.remove_prefix(c.bytes);
    }
    hold(again == text.substr(0, std::min(wrong, text.size())), "UTF-8 is read and written the same");
    hold(first_not_utf8(shown) == std::string_view::npos, "what is not UTF-8 is replaced");
    const std::string lower = lower_case(text);
    hold(first_not_utf8(lower) == std::string_view::npos, "lower case is UTF-8");
    hold(lower_case(lower) == lower || wrong != std::string_view::npos, "lower case stays");
    const std::string latin1 = latin1_to_utf8(text);
    hold(first_not_utf8(latin1) == std::string_view::npos, "Latin-1 becomes UTF-8");
    const std::string message = as_message(std::string(text));
    if (!message.empty()) check_message(message);
    hold(as_message(message) == message, "a message stays as it is");
    return 0;
}
