#include "core/base/pruning.h"

#include "core/base/result.h"

#include <cmath>

namespace descent {

namespace {

constexpr std::string_view kPrefix = "prune_";

bool is(const ParamSet& regime, std::string_view name, std::string_view word) {
    return regime.text(name) == word;
}

std::vector<double> read_sparsities(const std::string& text) {
    static const ParamSpec one = real("prune_sparsities", 0, "").at_least(0).below(1);
    std::vector<double> all;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        const auto value =
            parse_value(one, trimmed(std::string_view(text).substr(at, comma - at)), "prune_sparsities");
        if (!value)
            throw InputError("regime.prune_sparsities = " + text +
                             ": expected the share cut at each level, such as 0.2,0.36,0.6 (0 ≤ share < 1)");
        all.push_back(std::get<double>(*value));
        if (all.size() > 1 && all.back() < all[all.size() - 2])
            throw InputError("regime.prune_sparsities = " + text + ": a level cannot cut less (" +
                             to_string(Value{all.back()}) + ") than the one before it (" +
                             to_string(Value{all[all.size() - 2]}) + ")");
        at = comma + 1;
    }
    return all;
}

std::string written(const std::vector<double>& sparsities, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(most, sparsities.size()); ++i)
        text += (i == 0 ? "" : ",") + to_string(Value{sparsities[i]});
    return text;
}

} // namespace

std::int64_t prune_level(const ParamSet& regime) {
    const auto found = regime.values.find("prune_level");
    return found == regime.values.end() ? 0 : regime.integer("prune_level");
}

double planned_sparsity(const ParamSet& regime, std::int64_t level) {
    if (level <= 0) return 0;
    if (const auto& text = regime.text("prune_sparsities"); !text.empty())
        return read_sparsities(text).at(static_cast<std::size_t>(level - 1));
    return 1 - std::pow(1 - regime.real("prune_share"), static_cast<double>(level));
}

std::int64_t prune_begin(const ParamSet& regime) {
    if (prune_level(regime) == 0 || !is(regime, "prune_rewind", "update") ||
        is(regime, "prune_branch", "reinitialised"))
        return 0;
    return regime.integer("prune_rewind_update");
}

std::optional<RunSpec> pruning_parent(const RunSpec& spec) {
    const auto level = prune_level(spec.regime.params);
    if (level == 0) return std::nullopt;
    RunSpec parent = spec;
    auto& values = parent.regime.params.values;
    values["prune_level"] = is(spec.regime.params, "prune_iterations", "one-shot") ? 0 : level - 1;
    values["prune_branch"] = std::string("ticket");
    return parent;
}

std::vector<RunSpec> pruning_ancestors(const RunSpec& spec) {
    std::vector<RunSpec> all;
    for (auto parent = pruning_parent(spec); parent; parent = pruning_parent(*parent))
        all.insert(all.begin(), *parent);
    return all;
}

void check_pruning(RunSpec& spec) {
    auto& regime = spec.regime.params;
    const auto found = regime.values.find("prune_sparsities");
    if (found == regime.values.end()) return; // a catalog without a regime to prune by
    auto& text = std::get<std::string>(found->second);
    const auto level = prune_level(regime);
    if (!text.empty()) {
        const auto sparsities = read_sparsities(text);
        if (level > std::ssize(sparsities))
            throw InputError("regime.prune_level = " + std::to_string(level) +
                             ": regime.prune_sparsities ends with level " +
                             std::to_string(sparsities.size()) +
                             "; expected no higher a level, or more shares");
        text = written(sparsities, sparsities.size());
    }
    if (const auto begin = prune_begin(regime); spec.budget.updates && begin >= *spec.budget.updates)
        throw InputError("regime.prune_rewind_update = " + std::to_string(begin) +
                         ": expected fewer than the run's " + std::to_string(*spec.budget.updates) +
                         " updates");
}

ParamSet without_idle_pruning(const ParamSet& regime) {
    ParamSet left = regime;
    auto& values = left.values;
    const auto level = prune_level(regime);
    if (level == 0) {
        std::erase_if(values, [](const auto& value) { return value.first.starts_with(kPrefix); });
        return left;
    }
    if (const auto& text = regime.text("prune_sparsities"); !text.empty()) {
        values.erase("prune_share");
        values["prune_sparsities"] = written(read_sparsities(text), static_cast<std::size_t>(level));
    }
    if (level == 1) values.erase("prune_iterations");
    if (!is(regime, "prune_rewind", "update")) {
        values.erase("prune_rewind_update");
    } else if (regime.integer("prune_rewind_update") == 0) {
        values.erase("prune_rewind");
        values.erase("prune_rewind_update");
    }
    return left;
}

} // namespace descent
