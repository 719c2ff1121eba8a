#include "core/store/spec_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

namespace descent {
namespace {

/// What is left of the text. Each member takes something from its front and says whether it was there.
class Text {
public:
    explicit Text(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    bool is_over() const { return at_ == end_; }
    bool take(char c) {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    /// A string of ASCII without escapes.
    bool take(std::string_view& string) {
        if (!take('"')) return false;
        const char* from = at_;
        while (at_ != end_ && *at_ != '"') {
            const auto byte = static_cast<unsigned char>(*at_);
            if (byte == '\\' || byte < 0x20 || byte >= 0x80) return false;
            ++at_;
        }
        string = {from, static_cast<std::size_t>(at_ - from)};
        return take('"');
    }
    bool take(Value& value) {
        if (at_ == end_) return false;
        switch (*at_) {
        case '"': {
            std::string_view string;
            if (!take(string)) return false;
            value.emplace<std::string>(string);
            return true;
        }
        case 't':
            value = true;
            return take_word("true");
        case 'f':
            value = false;
            return take_word("false");
        default:
            return take_number(value);
        }
    }
    template<class Whole>
    bool take_whole(Whole& number) {
        const auto [end, error] = std::from_chars(at_, end_, number);
        if (error != std::errc{} || !is_plain({at_, static_cast<std::size_t>(end - at_)})) return false;
        at_ = end;
        return true;
    }

private:
    bool take_word(std::string_view word) {
        if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    /// No leading zero, which JSON does not have.
    static bool is_plain(std::string_view digits) {
        if (digits.starts_with('-')) digits.remove_prefix(1);
        return digits.size() == 1 || !digits.starts_with('0');
    }
    /// JSON wants a digit before and after the point.
    static bool is_plain_real(std::string_view digits) {
        if (digits.starts_with('-')) digits.remove_prefix(1);
        const std::size_t whole = std::min(digits.find_first_of(".eE"), digits.size());
        if (whole == 0 || !is_plain(digits.substr(0, whole))) return false;
        const std::size_t point = digits.find('.');
        return point == std::string_view::npos ||
               (point + 1 < digits.size() && digits[point + 1] >= '0' && digits[point + 1] <= '9');
    }
    bool take_number(Value& value) {
        const char* stop = at_;
        bool whole = true;
        for (; stop != end_ && *stop != ',' && *stop != '}'; ++stop) {
            const char c = *stop;
            if (c == '.' || c == 'e' || c == 'E')
                whole = false;
            else if ((c < '0' || c > '9') && c != '-' && c != '+')
                return false;
        }
        if (whole) {
            std::int64_t number = 0;
            if (!take_whole(number) || at_ != stop) return false;
            value = number;
            return true;
        }
        const std::string_view digits(at_, static_cast<std::size_t>(stop - at_));
        double number = 0;
        const auto [end, error] = std::from_chars(at_, stop, number);
        if (error != std::errc{} || end != stop || !std::isfinite(number) || !is_plain_real(digits))
            return false;
        at_ = stop;
        value = number;
        return true;
    }

    const char* at_;
    const char* end_;
};

/// Calls member(name) for each of an object; it takes the value.
template<class F>
bool each_member(Text& text, F&& member) {
    if (!text.take('{')) return false;
    if (text.take('}')) return true;
    do {
        std::string_view name;
        if (!text.take(name) || !text.take(':') || !member(name)) return false;
    } while (text.take(','));
    return text.take('}');
}

bool read_part(Text& text, Part& part) {
    bool has_id = false, has_params = false;
    const bool read = each_member(text, [&](std::string_view name) {
        if (name == "id" && !has_id) {
            std::string_view id;
            has_id = text.take(id);
            part.id = id;
            return has_id;
        }
        if (name != "params" || has_params) return false;
        has_params = true;
        auto& values = part.params.values;
        return each_member(text, [&](std::string_view parameter) {
            if (!values.empty() && parameter <= values.rbegin()->first) return false; // they are sorted
            return text.take(values.emplace_hint(values.end(), parameter, Value())->second);
        });
    });
    return read && has_id && has_params;
}

} // namespace

std::optional<RunSpec> read_spec_text(std::string_view json) {
    Text text(json);
    RunSpec spec;
    unsigned seen = 0;
    const auto once = [&](unsigned bit) { return (seen & bit) == 0 && (seen |= bit) != 0; };
    const bool read = each_member(text, [&](std::string_view name) {
        if (name == "task") return once(1) && read_part(text, spec.task);
        if (name == "model") return once(2) && read_part(text, spec.model);
        if (name == "optimizer") return once(4) && read_part(text, spec.optimizer);
        if (name == "regime") return once(8) && read_part(text, spec.regime);
        if (name == "seed") return once(16) && text.take_whole(spec.seed);
        if (name != "budget" || !once(32)) return false;
        return each_member(text, [&](std::string_view unit) {
            auto& budget = unit == "epochs" ? spec.budget.epochs : spec.budget.updates;
            return (unit == "epochs" || unit == "updates") && !budget && text.take_whole(budget.emplace());
        });
    });
    if (!read || !text.is_over() || seen != 63 ||
        spec.budget.epochs.has_value() == spec.budget.updates.has_value())
        return std::nullopt;
    return spec;
}

} // namespace descent
