#pragma once

#include "core/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace descent {

/// A parameter's value. Integers and reals are distinct; text, choice and path are strings.
using Value = std::variant<bool, std::int64_t, double, std::string>;

enum class ParamType { boolean, integer, real, choice, text, path };
enum class Scale { linear, log };

/// One parameter, declared once: the form, the command line, the validation message, the identity of a run
/// and the stored JSON all come from this. The default of a parameter added later must do nothing, so that
/// old runs keep their identity.
struct ParamSpec {
    std::string name; ///< snake_case, unique within its group
    ParamType type = ParamType::text;
    Value fallback;   ///< the default
    std::string help; ///< one sentence without a full stop
    std::string unit; ///< "" for a pure number
    std::optional<double> min{}, max{};
    bool min_open = false; ///< min itself is not allowed
    bool max_open = false;
    Scale scale = Scale::linear;        ///< how a slider or a sweep should space it
    std::vector<std::string> choices{}; ///< of type choice
    std::string section{};              ///< where a form folds it away: "Clipping"; "" with the rest
    /// Decides what is looked at, not what is done: left out of a run's identity, and free to change.
    bool observes = false;

    ParamSpec at_least(double v) && {
        min = v;
        return std::move(*this);
    }
    ParamSpec above(double v) && {
        min = v;
        min_open = true;
        return std::move(*this);
    }
    ParamSpec at_most(double v) && {
        max = v;
        return std::move(*this);
    }
    ParamSpec below(double v) && {
        max = v;
        max_open = true;
        return std::move(*this);
    }
    ParamSpec log() && {
        scale = Scale::log;
        return std::move(*this);
    }
    ParamSpec in(std::string u) && {
        unit = std::move(u);
        return std::move(*this);
    }
    ParamSpec under(std::string heading) && {
        section = std::move(heading);
        return std::move(*this);
    }
    ParamSpec observing() && {
        observes = true;
        return std::move(*this);
    }
};

ParamSpec flag(std::string name, bool fallback, std::string help);
ParamSpec integer(std::string name, std::int64_t fallback, std::string help);
ParamSpec real(std::string name, double fallback, std::string help);
ParamSpec choice(std::string name, std::string fallback, std::vector<std::string> choices, std::string help);
ParamSpec text(std::string name, std::string fallback, std::string help);
ParamSpec path(std::string name, std::string fallback, std::string help);

using ParamTable = std::vector<ParamSpec>;

/// Values by parameter name. After Catalog::resolve it holds every parameter of its table.
struct ParamSet {
    std::map<std::string, Value, std::less<>> values;

    bool operator==(const ParamSet&) const = default;
    /// Throws std::out_of_range / std::bad_variant_access where the declaration and the use disagree (a bug).
    bool flag(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    double real(std::string_view name) const;
    const std::string& text(std::string_view name) const;
};

/// "integer", "real", …
std::string_view to_string(ParamType type);
/// The shortest text that reads back as the same value.
std::string to_string(const Value& value);
/// "≥ 0", "> 0", "0 to 1", "one of a, b", "" where anything goes.
std::string range_text(const ParamSpec& spec);

/// Reads a value as typed by a person and checks its range. The message names `where` ("optimizer.lr").
Result<Value> parse_value(const ParamSpec& spec, std::string_view text, std::string_view where);
/// Checks type and range; an integer is taken for a real.
Result<Value> check_value(const ParamSpec& spec, const Value& value, std::string_view where);

/// Without the blanks and line ends around it.
std::string_view trimmed(std::string_view text);

/// The candidate nearest to `word` by edit distance, where it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

nlohmann::json to_json(const Value& value);
/// Throws InputError on null, arrays and objects.
Value value_from_json(const nlohmann::json& json);

} // namespace descent
