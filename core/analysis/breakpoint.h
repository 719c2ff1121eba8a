#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// A condition on what a run measures, at which it pauses. Grammar:
///
///     condition := metric "is NaN" | metric "is infinite" | metric ("rises" | "falls") N "times"
///                | sum ("<" | "<=" | ">" | ">=" ) sum
///     sum       := product { ("+" | "-") product },  product := factor { ("*" | "/") factor }
///     factor    := number | metric | "lr" | "(" sum ")" | "-" factor
///
/// A metric is named in full ("validation/loss") or by a short word: loss (training), validation, accuracy,
/// sharpness, gradient. Names may hold "/" and "-", so between names these need blanks around them to
/// calculate; "2/lr" is a division. `loss` is train/loss, or batch/loss where that has not been measured;
/// "is NaN" and "is infinite" look at both. "rises N times": N measurements in a row, each above the one
/// before, counted while the breakpoint looks. A metric that was never measured, and NaN in a comparison,
/// make the condition false. It fires when it becomes true, and again only after it was false in between.
/// Thread: one at a time.
class Breakpoint {
public:
    /// Error: "breakpoint 'loss >': expected a number or a metric at the end".
    static Result<Breakpoint> parse(std::string_view text);
    Breakpoint(Breakpoint&&) noexcept;
    Breakpoint& operator=(Breakpoint&&) noexcept;
    ~Breakpoint();

    const std::string& text() const;
    /// The names of the metrics that it looks at, in full, each once: the first is what "rises N times"
    /// counts.
    const std::vector<std::string>& metrics() const;

    /// The newest value of a metric, and how many times it has been measured; nothing where it was never.
    struct Reading {
        double value = 0;
        std::int64_t times = 0;
    };
    using Read = std::function<std::optional<Reading>(const std::string& metric)>;
    /// After something was measured: why it fires ("sharpness/1 is 21.3, above 2/lr = 20"), if it does. To be
    /// called after every measurement of its metrics, or "rises N times" misses some.
    std::optional<std::string> fires(const Read& read);

private:
    struct Impl;
    explicit Breakpoint(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace descent
