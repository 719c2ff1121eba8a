#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace descent {

/// Optimizer steps done. Full-batch descent makes one an epoch, SGD hundreds.
struct Update {
    std::int64_t count = 0;
    auto operator<=>(const Update&) const = default;
};

/// Passes over the training set, fractional inside an epoch.
struct Epoch {
    double passes = 0;
    auto operator<=>(const Epoch&) const = default;
};

/// A run's UUID (RFC 4122, version 4, lower case), never shown where its readable name will do.
struct RunId {
    std::string uuid;
    auto operator<=>(const RunId&) const = default;
    static RunId random();
};

enum class RunState { queued, running, paused, finished, stopped, diverged, failed, interrupted };

/// The word stored and shown: "queued", "running", …
std::string_view to_string(RunState state);
std::optional<RunState> run_state(std::string_view word);
/// finished, stopped, diverged, failed or interrupted: no process is working on it.
bool is_over(RunState state);
/// stopped or interrupted: `resume` continues it.
bool is_resumable(RunState state);

/// Milliseconds since 1970-01-01 UTC.
std::int64_t now_ms();

} // namespace descent
