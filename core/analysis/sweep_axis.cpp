#include "core/analysis/sweep_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace descent {

namespace {

constexpr std::size_t kMostLevels = 10'000;
constexpr const char* kExamples = "; expected such as model.hidden=1,2,4,8, model.hidden=1:256:log20, "
                                  "optimizer.lr=0.1:0.5:5 or model.hidden=1:64:x2";

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.emplace_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

double rounded(double value, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return number_in(text).value_or(value);
}

bool is_numeric(const ParamSpec& param) {
    return param.type == ParamType::integer || param.type == ParamType::real;
}

/// Neighbours differ more evenly by a factor than by a summand.
bool is_geometric(const std::vector<double>& values) {
    if (values.size() < 3 || values.front() <= 0) return false;
    double least_gap = INFINITY, most_gap = 0, least_ratio = INFINITY, most_ratio = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (values[i] <= values[i - 1]) return false;
        const double gap = values[i] - values[i - 1], ratio = values[i] / values[i - 1];
        least_gap = std::min(least_gap, gap);
        most_gap = std::max(most_gap, gap);
        least_ratio = std::min(least_ratio, std::log(ratio));
        most_ratio = std::max(most_ratio, std::log(ratio));
    }
    return most_ratio / least_ratio < most_gap / least_gap;
}

SweepLevel level_of(const ParamSpec& param, const std::string& path, const Value& value,
                    const std::string& where) {
    const auto checked = check_value(param, value, path);
    if (!checked) throw InputError(where + checked.error().message);
    const std::string text = to_string(*checked);
    return {text, {{path, text}}};
}

} // namespace

ParamSpec axis_parameter(const Catalog& catalog, const Request& base, const std::string& path) {
    if (path == "epochs" || path == "updates") return integer(path, 1, "Length").at_least(1);
    if (path == "seed" || path == "seeds")
        throw InputError("seeds are no axis of a sweep: every combination is trained with each (--seeds)");
    if (const auto group = group_named(path)) {
        std::vector<std::string> ids;
        for (const auto& entry : catalog.entries(*group)) ids.push_back(entry.id);
        const std::string first = ids.empty() ? "" : ids.front();
        return choice(path, first, std::move(ids), "Which");
    }
    Request bare = base;
    bare.settings.clear();
    const RunSpec spec = unwrap(catalog.preset(bare));
    const auto dot = path.find('.');
    const auto group = group_named(path.substr(0, dot));
    if (group && dot != std::string::npos) {
        const std::string name = path.substr(dot + 1);
        const Part& part = *group == Group::task        ? spec.task
                           : *group == Group::model     ? spec.model
                           : *group == Group::optimizer ? spec.optimizer
                                                        : spec.regime;
        if (const auto* param = catalog.find_param(*group, part.id, name)) return *param;
        for (const auto& entry : catalog.entries(*group))
            if (const auto* param = catalog.find_param(*group, entry.id, name)) return *param;
    }
    bare.set(path, "0"); // the catalog says what is wrong with it, and what was meant
    unwrap(catalog.resolve(bare));
    throw InputError("unknown parameter '" + path + "'");
}

SweepAxis listed_axis(const ParamSpec& param, const std::string& path, const std::vector<std::string>& values,
                      const std::string& where) {
    if (values.size() > kMostLevels)
        throw InputError(where + "more than " + std::to_string(kMostLevels) + " values");
    SweepAxis axis{.name = path};
    for (const auto& text : values) {
        const auto value = parse_value(param, text, path);
        if (!value) {
            const auto meant = param.type == ParamType::choice ? nearest(text, param.choices) : std::nullopt;
            throw InputError(where +
                             (meant ? "unknown " + path + " '" + text + "'; did you mean '" + *meant + "'?"
                                    : value.error().message));
        }
        axis.levels.push_back(level_of(param, path, *value, where));
    }
    if (is_numeric(param)) {
        const auto numbers = *axis.numbers();
        const bool positive = std::ranges::all_of(numbers, [](double v) { return v > 0; });
        axis.log = positive && numbers.size() > 1 && (param.scale == Scale::log || is_geometric(numbers));
    }
    return axis;
}

SweepAxis ranged_axis(const ParamSpec& param, const std::string& path, double from, double to,
                      Spacing spacing, double step, const std::string& where) {
    if (!is_numeric(param))
        throw InputError(where + "'" + path + "' is no number and has no range; expected values with commas" +
                         (range_text(param).empty() ? "" : ", " + range_text(param)));
    std::vector<double> values;
    if (spacing == Spacing::factor) {
        if (!(step > 1) || !(from > 0) || !(to >= from))
            throw InputError(where +
                             "a range by a factor goes up from a number above 0, by a factor above 1");
        for (double v = from; v <= to * (1 + 1e-9); v *= step) {
            values.push_back(v);
            if (values.size() > kMostLevels)
                throw InputError(where + "more than " + std::to_string(kMostLevels) + " values");
        }
    } else {
        if (step != std::floor(step) || step < 2 || step > static_cast<double>(kMostLevels))
            throw InputError(where + "expected a whole number of values, 2 to " +
                             std::to_string(kMostLevels));
        if (spacing == Spacing::log && !(from > 0 && to > 0))
            throw InputError(where + "log steps need both ends above 0");
        if (from == to) throw InputError(where + "the range begins where it ends");
        const auto count = static_cast<std::size_t>(step);
        for (std::size_t i = 0; i < count; ++i) {
            const double t = static_cast<double>(i) / static_cast<double>(count - 1);
            // Without the last digits, which are rounding's and make long labels.
            const double v = i == 0                    ? from
                             : i + 1 == count          ? to
                             : spacing == Spacing::log ? rounded(from * std::pow(to / from, t), 6)
                                                       : rounded(from + (to - from) * t, 12);
            values.push_back(v);
        }
    }
    SweepAxis axis{.name = path, .log = spacing != Spacing::linear};
    const bool whole = param.type == ParamType::integer;
    if (whole && (std::abs(from) > 1e15 || std::abs(to) > 1e15))
        throw InputError(where + "expected whole numbers below 10^15");
    for (const double v : values) {
        const Value value = whole ? Value{static_cast<std::int64_t>(std::llround(v))} : Value{v};
        auto level = level_of(param, path, value, where);
        if (axis.levels.empty() || axis.levels.back() != level) axis.levels.push_back(std::move(level));
    }
    return axis;
}

Result<SweepAxis> sweep_axis(const Catalog& catalog, const Request& base, std::string_view text) {
    return guarded([&] {
        const auto equals = text.find('=');
        const std::string path(trimmed(text.substr(0, equals)));
        const std::string where = "axis '" + std::string(text) + "': ";
        if (equals == std::string_view::npos || path.empty() || trimmed(text.substr(equals + 1)).empty())
            throw InputError(where + "no values" + kExamples);
        ParamSpec param;
        if (const auto found = guarded([&] { return axis_parameter(catalog, base, path); }))
            param = *found;
        else
            throw InputError(where + found.error().message);
        const std::string values(text.substr(equals + 1));
        if (!is_numeric(param) || values.find(':') == std::string::npos) {
            auto words = split(values, ',');
            if (std::ranges::any_of(words, [](const auto& word) { return word.empty(); }) &&
                param.type != ParamType::text && param.type != ParamType::path)
                throw InputError(where + "a value is missing between commas" + kExamples);
            return listed_axis(param, path, words, where);
        }
        const auto parts = split(values, ':');
        if (parts.size() != 3) throw InputError(where + "expected FROM:TO:STEPS" + kExamples);
        const auto from = number_in(parts[0]), to = number_in(parts[1]);
        if (!from || !to)
            throw InputError(where + "'" + parts[from ? 1 : 0] + "' is not a number" + kExamples);
        std::string steps = parts[2];
        Spacing spacing = Spacing::linear;
        for (const auto& [word, means] : {std::pair{"log", Spacing::log},
                                          {"x", Spacing::factor},
                                          {"×", Spacing::factor},
                                          {"*", Spacing::factor}})
            if (spacing == Spacing::linear && steps.starts_with(word)) {
                spacing = means;
                steps.erase(0, std::string_view(word).size());
            }
        const auto count = number_in(steps);
        if (!count) throw InputError(where + "'" + parts[2] + "' is no number of values" + kExamples);
        return ranged_axis(param, path, *from, *to, spacing, *count, where);
    });
}

} // namespace descent
