#include "core/analysis/breakpoint.h"

#include "core/analysis/break_condition.h"
#include "core/base/format.h"
#include "core/base/param.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace descent {

namespace {

std::optional<std::pair<std::string, Breakpoint::Reading>> look_up(const BreakCondition::Metric& metric,
                                                                   const Breakpoint::Read& read) {
    if (const auto reading = read(metric.name)) return std::pair{metric.name, *reading};
    if (metric.otherwise.empty()) return std::nullopt;
    if (const auto reading = read(metric.otherwise)) return std::pair{metric.otherwise, *reading};
    return std::nullopt;
}

/// Nothing where a metric has not been measured.
std::optional<double> value_of(const BreakCondition::Sum& sum, const Breakpoint::Read& read) {
    std::vector<double> stack;
    for (const auto& step : sum.steps) {
        if (step.kind == BreakCondition::Step::Kind::number) {
            stack.push_back(step.number);
        } else if (step.kind == BreakCondition::Step::Kind::metric) {
            const auto found = look_up(step.metric, read);
            if (!found) return std::nullopt;
            stack.push_back(found->second.value);
        } else if (step.kind == BreakCondition::Step::Kind::negate) {
            stack.back() = -stack.back();
        } else {
            const double right = stack.back();
            stack.pop_back();
            double& left = stack.back();
            switch (step.kind) {
            case BreakCondition::Step::Kind::add:
                left += right;
                break;
            case BreakCondition::Step::Kind::subtract:
                left -= right;
                break;
            case BreakCondition::Step::Kind::multiply:
                left *= right;
                break;
            default:
                left /= right;
            }
        }
    }
    return stack.back();
}

bool is_number(const BreakCondition::Sum& sum) {
    return sum.steps.size() == 1 && sum.steps[0].kind == BreakCondition::Step::Kind::number;
}

/// As typed; a lone metric by its full name.
std::string name_of(const BreakCondition::Sum& sum, const Breakpoint::Read& read) {
    if (sum.steps.size() != 1 || sum.steps[0].kind != BreakCondition::Step::Kind::metric) return sum.text;
    const auto found = look_up(sum.steps[0].metric, read);
    return found ? found->first : sum.text;
}

} // namespace

struct Breakpoint::Impl {
    std::string text;
    BreakCondition condition;
    std::vector<std::string> metrics;
    bool was_true = false;

    // For "rises N times".
    std::string counted; ///< the metric that was seen last: its stand-in counts for itself
    Reading seen{};
    std::int64_t in_a_row = 0;

    void add(const BreakCondition::Metric& metric) {
        for (const auto& name : {metric.name, metric.otherwise})
            if (!name.empty() && std::ranges::count(metrics, name) == 0) metrics.push_back(name);
    }

    std::optional<std::string> holds(const Read& read) {
        using Kind = BreakCondition::Kind;
        switch (condition.kind) {
        case Kind::is_nan:
            return is(read, [](double v) { return std::isnan(v); });
        case Kind::is_infinite:
            return is(read, [](double v) { return std::isinf(v); });
        case Kind::rises:
        case Kind::falls:
            return moves(read);
        default:
            return compares(read);
        }
    }

    std::optional<std::string> is(const Read& read, bool (*what)(double)) const {
        for (const auto& name : metrics)
            if (const auto reading = read(name); reading && what(reading->value))
                return name + " is " + format_number(reading->value);
        return std::nullopt;
    }

    std::optional<std::string> moves(const Read& read) {
        const auto found = look_up(condition.metric, read);
        if (!found) return std::nullopt;
        const auto& [name, now] = *found;
        const bool rises = condition.kind == BreakCondition::Kind::rises;
        if (name != counted) {
            in_a_row = 0;
        } else if (now.times != seen.times) {
            const bool moved = rises ? now.value > seen.value : now.value < seen.value;
            in_a_row = moved ? in_a_row + 1 : 0;
        }
        counted = name;
        seen = now;
        if (in_a_row < condition.times) return std::nullopt;
        return name + (rises ? " rose " : " fell ") + format_count(in_a_row) +
               (in_a_row == 1 ? " time, to " : " times in a row, to ") + format_number(now.value);
    }

    std::optional<std::string> compares(const Read& read) const {
        const auto left = value_of(condition.left, read), right = value_of(condition.right, read);
        if (!left || !right) return std::nullopt;
        const auto says = [&](bool so, const std::string& how) -> std::optional<std::string> {
            if (!so) return std::nullopt;
            return (is_number(condition.left) ? "" : name_of(condition.left, read) + " is ") +
                   format_number(*left) + (is_number(condition.left) ? " is " : ", ") + how + " " +
                   (is_number(condition.right) ? "" : name_of(condition.right, read) + " = ") +
                   format_number(*right);
        };
        switch (condition.kind) {
        case BreakCondition::Kind::below:
            return says(*left < *right, "below");
        case BreakCondition::Kind::at_most:
            return says(*left <= *right, "at most");
        case BreakCondition::Kind::above:
            return says(*left > *right, "above");
        default:
            return says(*left >= *right, "at least");
        }
    }
};

Breakpoint::Breakpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Breakpoint::Breakpoint(Breakpoint&&) noexcept = default;
Breakpoint& Breakpoint::operator=(Breakpoint&&) noexcept = default;
Breakpoint::~Breakpoint() = default;

Result<Breakpoint> Breakpoint::parse(std::string_view text) {
    return guarded([&] {
        auto impl = std::make_unique<Impl>();
        impl->text = trimmed(text);
        impl->condition = parse_break_condition(impl->text);
        if (!impl->condition.metric.name.empty()) impl->add(impl->condition.metric);
        for (const auto* side : {&impl->condition.left, &impl->condition.right})
            for (const auto& step : side->steps)
                if (step.kind == BreakCondition::Step::Kind::metric) impl->add(step.metric);
        if (impl->metrics.empty())
            throw InputError("breakpoint '" + impl->text + "': there is no metric in it to look at");
        return Breakpoint(std::move(impl));
    });
}

const std::string& Breakpoint::text() const {
    return impl_->text;
}

const std::vector<std::string>& Breakpoint::metrics() const {
    return impl_->metrics;
}

std::optional<std::string> Breakpoint::fires(const Read& read) {
    auto why = impl_->holds(read);
    const bool before = std::exchange(impl_->was_true, why.has_value());
    if (before || !why) return std::nullopt;
    return as_message(*std::move(why)); // it quotes what was typed
}

} // namespace descent
