#pragma once

#include "core/base/run_spec.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace descent {

/// One value that an entry sets over the declared default: {"optimizer.lr", 0.4, "sgd"} applies only with
/// SGD.
struct Delta {
    std::string
        path; ///< "<group>.<parameter>", "epochs", or "task" / "model" / "optimizer" to prefer an entry
    Value value;
    std::string only_for{};           ///< id within the group that this holds for; "" for any
    std::vector<std::string> tasks{}; ///< tasks that this holds for; empty for any
};

/// A task, model, optimizer or regime as the catalog lists it. Plain data: no torch.
struct Entry {
    std::string id;                   ///< lower-case-with-hyphens, the field's standard term
    std::string title;                ///< for the window: "Full batch, clipped"
    std::string summary;              ///< one line: what it is, and for a regime why one would choose it
    ParamTable params{};              ///< empty for a regime: all regimes share Catalog::regime_params
    std::vector<Delta> deltas{};      ///< a task's preferred model and so on; a regime's settings
    std::string formula{};            ///< an optimizer's update rule, in plain Unicode
    std::vector<std::string> tasks{}; ///< a model or regime: the tasks it can run, empty for all
};

/// Something that is measured while training.
struct ProbeInfo {
    std::string id;
    std::string help; ///< one sentence; of an instrument, with what it costs
    bool instrument =
        false; ///< measured only where a parameter of the regime asks for it, since it costs time
};

enum class Group { task, model, optimizer, regime };
inline constexpr std::array kGroups{Group::task, Group::model, Group::optimizer, Group::regime};
std::string_view to_string(Group group);
std::optional<Group> group_named(std::string_view word);

/// What a person asked for, before defaults: the window's form and the command line both hold one of these.
struct Request {
    std::string task, model, optimizer, regime; ///< "" = the task's preference
    /// "group.parameter" → text as typed. A later one of the same path wins.
    std::vector<std::pair<std::string, std::string>> settings;
    std::optional<std::int64_t> epochs, updates;
    std::uint64_t seed = 0;
    bool operator==(const Request&) const = default;

    std::string& id(Group group);
    const std::string& id(Group group) const;
    void set(std::string path, std::string text); ///< replaces an earlier setting of the path
    void unset(std::string_view path);
};

/// Everything that can be run, with every parameter's declaration. A value; thread-safe once built.
class Catalog {
public:
    std::vector<Entry> tasks, models, optimizers, regimes;
    ParamTable regime_params;
    std::vector<ProbeInfo> probes;

    const std::vector<Entry>& entries(Group group) const;
    /// The parameter table that applies to entry `id` of `group` (for a regime the shared one).
    const ParamTable& params(Group group, std::string_view id) const;
    const Entry* find(Group group, std::string_view id) const;
    /// As find, with the error "unknown model 'gruu'; did you mean 'gru'?".
    Result<const Entry*> get(Group group, std::string_view id) const;
    const ParamSpec* find_param(Group group, std::string_view id, std::string_view name) const;

    /// Defaults, then the regime's deltas, then the request's settings; everything checked.
    Result<RunSpec> resolve(const Request& request) const;
    /// The request without its settings, resolved: what "reset" goes back to and a dot in the form differs
    /// from.
    Result<RunSpec> preset(const Request& request) const;
    /// The shortest request that resolves to `spec`: "train again with changes" starts from it.
    Request request_for(const RunSpec& spec) const;
    /// Checks a spec that was read from outside (a store, a file) and fills parameters added since with
    /// defaults.
    Result<RunSpec> check(const RunSpec& spec) const;

    /// Compact JSON with sorted keys, parameters at their declared defaults and the regime's id left out.
    std::string canonical(const RunSpec& spec) const;
    /// The run's identity: the first 16 hex digits of canonical()'s SHA-256.
    std::string key(const RunSpec& spec) const;
};

/// Reads a TOML spec: top-level seed, epochs, updates; tables task, model, optimizer, regime with `id` and
/// parameters. The message carries the file and line. Unknown keys are refused, with a suggestion.
Result<Request> request_from_toml(const std::string& file);
/// The same as text: what "Spec" shows and `descent show` prints. Only what differs from the preset.
std::string to_toml(const Request& request, const Catalog& catalog);

nlohmann::json to_json(const Catalog& catalog);
nlohmann::json to_json(const Entry& entry, const ParamTable& params);
nlohmann::json to_json(const ProbeInfo& probe);

} // namespace descent
