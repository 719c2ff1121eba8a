#include "core/models/list_text.h"

#include "core/base/param.h"

namespace descent {

std::vector<std::string> list_parts(const std::string& text) {
    std::vector<std::string> parts;
    if (trimmed(text).empty()) return parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        parts.emplace_back(trimmed(std::string_view(text).substr(begin, end - begin)));
        begin = end + 1;
    }
    return parts;
}

std::vector<std::int64_t> whole_numbers(const std::string& text, const std::string& where, std::int64_t least,
                                        std::int64_t most) {
    const auto spec =
        integer("number", least, "").at_least(static_cast<double>(least)).at_most(static_cast<double>(most));
    std::vector<std::int64_t> numbers;
    for (const auto& part : list_parts(text))
        numbers.push_back(std::get<std::int64_t>(unwrap(parse_value(spec, part, where))));
    return numbers;
}

std::vector<double> share_list(const std::string& text, const std::string& where) {
    const auto spec = real("number", 0, "").at_least(0).below(1);
    std::vector<double> shares;
    for (const auto& part : list_parts(text))
        shares.push_back(std::get<double>(unwrap(parse_value(spec, part, where))));
    return shares;
}

} // namespace descent
