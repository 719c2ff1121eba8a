#include "core/base/param.h"

#include "core/base/format.h"

#include <nlohmann/json.hpp>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace descent {

namespace {

template<class T>
std::string shortest(T number) {
    std::array<char, 64> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

bool is_utf8(std::string_view text) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t code = 0;
        const auto length = utf8proc_iterate(bytes, left, &code);
        if (length <= 0) return false;
        bytes += length;
        left -= length;
    }
    return true;
}

// A value inside a one-line message, whatever was typed.
std::string shown(std::string_view text) {
    if (!is_utf8(text)) return "(not UTF-8)";
    std::string line;
    for (const char c : text.substr(0, 200)) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    while (!is_utf8(line)) line.pop_back(); // the cut may have parted a character
    return text.size() > 200 ? line + "…" : line;
}

std::string expected(const ParamSpec& spec) {
    const std::string range = range_text(spec);
    switch (spec.type) {
    case ParamType::boolean:
        return "true or false";
    case ParamType::choice:
        return range;
    case ParamType::text:
    case ParamType::path:
        return "UTF-8 text without a zero byte";
    case ParamType::integer:
    case ParamType::real:
        break;
    }
    const std::string noun = spec.type == ParamType::integer ? "a whole number" : "a number";
    if (range.empty()) return noun;
    const bool span = spec.min && spec.max && !spec.min_open && !spec.max_open;
    return noun + (span ? " from " : " ") + range;
}

std::unexpected<Error> refuse(const ParamSpec& spec, std::string_view text, std::string_view where) {
    std::string message = std::string(where) + " = " + shown(text) + ": expected " + expected(spec);
    if (spec.type == ParamType::choice)
        if (const auto meant = nearest(text, spec.choices)) message += "; did you mean '" + *meant + "'?";
    return fail(std::move(message));
}

bool in_range(const ParamSpec& spec, double v) {
    if (spec.min && (spec.min_open ? v <= *spec.min : v < *spec.min)) return false;
    if (spec.max && (spec.max_open ? v >= *spec.max : v > *spec.max)) return false;
    return true;
}

template<class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<bool> boolean(std::string_view text) {
    const std::string word = lower(text);
    if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
    if (word == "false" || word == "no" || word == "off" || word == "0") return false;
    return std::nullopt;
}

// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return last[b.size()];
}

ParamSpec declare(std::string name, ParamType type, Value fallback, std::string help) {
    ParamSpec spec;
    spec.name = std::move(name);
    spec.type = type;
    spec.fallback = std::move(fallback);
    spec.help = std::move(help);
    return spec;
}

const Value& at(const ParamSet& set, std::string_view name) {
    const auto found = set.values.find(name);
    if (found == set.values.end()) throw std::out_of_range("no parameter '" + std::string(name) + "'");
    return found->second;
}

} // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

ParamSpec flag(std::string name, bool fallback, std::string help) {
    return declare(std::move(name), ParamType::boolean, fallback, std::move(help));
}

ParamSpec integer(std::string name, std::int64_t fallback, std::string help) {
    return declare(std::move(name), ParamType::integer, fallback, std::move(help));
}

ParamSpec real(std::string name, double fallback, std::string help) {
    return declare(std::move(name), ParamType::real, fallback, std::move(help));
}

ParamSpec choice(std::string name, std::string fallback, std::vector<std::string> choices, std::string help) {
    ParamSpec spec = declare(std::move(name), ParamType::choice, std::move(fallback), std::move(help));
    spec.choices = std::move(choices);
    return spec;
}

ParamSpec text(std::string name, std::string fallback, std::string help) {
    return declare(std::move(name), ParamType::text, std::move(fallback), std::move(help));
}

ParamSpec path(std::string name, std::string fallback, std::string help) {
    return declare(std::move(name), ParamType::path, std::move(fallback), std::move(help));
}

bool ParamSet::flag(std::string_view name) const {
    return std::get<bool>(at(*this, name));
}

std::int64_t ParamSet::integer(std::string_view name) const {
    return std::get<std::int64_t>(at(*this, name));
}

double ParamSet::real(std::string_view name) const {
    return std::get<double>(at(*this, name));
}

const std::string& ParamSet::text(std::string_view name) const {
    return std::get<std::string>(at(*this, name));
}

std::string_view to_string(ParamType type) {
    switch (type) {
    case ParamType::boolean:
        return "boolean";
    case ParamType::integer:
        return "integer";
    case ParamType::real:
        return "real";
    case ParamType::choice:
        return "choice";
    case ParamType::text:
        return "text";
    case ParamType::path:
        return "path";
    }
    return "";
}

std::string to_string(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return shortest(*whole);
    if (const auto* v = std::get_if<double>(&value)) return shortest(*v);
    return std::get<std::string>(value);
}

std::string range_text(const ParamSpec& spec) {
    if (spec.type == ParamType::choice) return "one of " + joined(spec.choices);
    if (spec.min && spec.max && !spec.min_open && !spec.max_open)
        return shortest(*spec.min) + " to " + shortest(*spec.max);
    std::string text;
    if (spec.min) text = (spec.min_open ? "> " : "≥ ") + shortest(*spec.min);
    if (spec.min && spec.max) text += " and ";
    if (spec.max) text += (spec.max_open ? "< " : "≤ ") + shortest(*spec.max);
    return text;
}

Result<Value> parse_value(const ParamSpec& spec, std::string_view text, std::string_view where) {
    const std::string_view word = trimmed(text);
    std::optional<Value> value;
    switch (spec.type) {
    case ParamType::boolean:
        value = boolean(word);
        break;
    case ParamType::integer:
        value = number<std::int64_t>(word);
        break;
    case ParamType::real:
        value = number<double>(word);
        break;
    case ParamType::choice:
        value = std::string(word);
        break;
    case ParamType::text:
    case ParamType::path:
        value = std::string(text);
        break;
    }
    if (!value) return refuse(spec, word, where);
    const auto checked = check_value(spec, *value, where);
    if (!checked) return refuse(spec, word, where); // with the value as it was typed
    return checked;
}

Result<Value> check_value(const ParamSpec& spec, const Value& value, std::string_view where) {
    switch (spec.type) {
    case ParamType::boolean:
        if (std::holds_alternative<bool>(value)) return value;
        break;
    case ParamType::integer:
        if (const auto* v = std::get_if<std::int64_t>(&value); v && in_range(spec, static_cast<double>(*v)))
            return value;
        break;
    case ParamType::real: {
        double v = std::numeric_limits<double>::quiet_NaN();
        if (const auto* whole = std::get_if<std::int64_t>(&value)) v = static_cast<double>(*whole);
        if (const auto* exact = std::get_if<double>(&value)) v = *exact;
        if (std::isfinite(v) && in_range(spec, v)) return Value{v == 0 ? 0.0 : v}; // −0 is 0: one identity
        break;
    }
    case ParamType::choice:
        if (const auto* v = std::get_if<std::string>(&value); v && std::ranges::count(spec.choices, *v) > 0)
            return value;
        break;
    case ParamType::text:
    case ParamType::path:
        if (const auto* v = std::get_if<std::string>(&value);
            v && is_utf8(*v) && v->find('\0') == std::string::npos)
            return value;
        break;
    }
    return refuse(spec, to_string(value), where);
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string typed = lower(word);
    const std::size_t near_enough = typed.size() <= 3 ? 1 : typed.size() <= 6 ? 2 : 3;
    const std::string* best = nullptr;
    std::size_t best_distance = near_enough + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(typed, lower(candidate));
        // Less than half of it changed: "on" is not what "gru" was meant to be.
        if (distance < best_distance && 2 * distance < std::max(typed.size(), candidate.size())) {
            best = &candidate;
            best_distance = distance;
        }
    }
    if (!best && typed.size() >= 3)
        for (const std::string& candidate : candidates)
            if (lower(candidate).starts_with(typed)) {
                if (best) return std::nullopt; // several go on like this
                best = &candidate;
            }
    return best ? std::optional(*best) : std::nullopt;
}

nlohmann::json to_json(const Value& value) {
    return std::visit([](const auto& v) { return nlohmann::json(v); }, value);
}

Value value_from_json(const nlohmann::json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_float()) return json.get<double>();
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
        throw InputError("expected a whole number below 2^63, found " + json.dump());
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_string()) return json.get<std::string>();
    throw InputError("expected a number, a text or a boolean, found " + std::string(json.type_name()));
}

} // namespace descent
