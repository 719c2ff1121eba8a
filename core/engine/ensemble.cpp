#include "core/engine/ensemble.h"

#include "core/base/pruning.h"
#include "core/base/schedule.h"
#include "core/engine/registry.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

namespace descent {

namespace {

/// Optimizers whose arithmetic is of one network: step sizes, line searches and solutions are of its loss.
const std::vector<std::string> kAlone{"gradient-flow", "lbfgs", "least-squares"};

/// Of a model: what members may differ in. The first is its width.
const std::vector<std::string> kOwnOfModel{"hidden", "init", "init_scale"};

/// Of the regime, beside its schedule and what only looks.
const std::vector<std::string> kOwnOfRegime{
    "balance", "clip_layer", "clip_norm", "clip_value", "evaluate_every",    "label_noise",
    "order",   "patience",   "stop_on",   "stop_delta", "stop_when_perfect", "positive_weight"};

/// What an instrument records without looking at more than the weights, at the start and at the end.
constexpr std::string_view kProbeOfWeights = "probe_weights";

const std::set<std::string, std::less<>>& own_of_regime() {
    static const auto all = [] {
        std::set<std::string, std::less<>> names(kOwnOfRegime.begin(), kOwnOfRegime.end());
        for (const auto& param : schedule_params()) names.insert(param.name);
        for (const auto& param : registry().catalog.regime_params)
            if (param.observes) names.insert(param.name);
        return names;
    }();
    return all;
}

void add(std::string& text, const Part& part, const auto& is_own) {
    text += part.id + "{";
    for (const auto& [name, value] : part.params.values)
        if (!is_own(name)) text += name + "=" + to_string(value) + ";";
    text += "}";
}

/// Whether the family has a batched form, and whether it drops anything by chance: asked of one that is made
/// for two numbers by three.
struct ModelFacts {
    bool batched = false, drops = false;
};

ModelFacts look_at(const RunSpec& spec) {
    const TaskShape shape{.symbols = 27, .features = {2, 3}, .classes = 2};
    ModelFacts facts;
    try {
        const at::NoGradGuard no_grad;
        const auto model = registry().model(spec.model.id).make(spec.model.params, shape, 0);
        std::vector<Tensor> weights;
        for (const auto& weight : model->weights()) {
            auto sizes = weight.shape;
            sizes.insert(sizes.begin(), 1);
            weights.push_back(at::zeros(sizes));
        }
        RandomStream any(0, "dropout");
        facts.drops = model->draw_masks(1, any).defined();
        facts.batched = model->ensemble_logits(weights, at::zeros({1, 2, 3})).defined();
    } catch (const std::exception&) {
        // One that cannot be made for so small an example has no batched form that we know of.
    }
    return facts;
}

ModelFacts facts_of(const RunSpec& spec) {
    static std::mutex mutex;
    static std::map<std::string, ModelFacts> known;
    const std::lock_guard lock(mutex);
    const auto found = known.find(spec.model.id);
    return (found != known.end() ? found : known.emplace(spec.model.id, look_at(spec)).first)->second;
}

bool looks(const RunSpec& spec) {
    for (const auto& param : registry().catalog.regime_params) {
        if (!param.observes || param.section != "Instruments" || param.name == kProbeOfWeights) continue;
        // How often and at how much they look matters only to one that does.
        const auto& n = param.name;
        if (n == "probe_share" || n == "probe_every" || n == "probe_examples") continue;
        if (spec.regime.params.values.at(n) != param.fallback) return true;
    }
    return false;
}

/// Numbers that say how wide the network is, the widest last.
std::int64_t width(const RunSpec& spec) {
    const auto found = spec.model.params.values.find(kOwnOfModel.front());
    if (found == spec.model.params.values.end()) return 0;
    const auto* whole = std::get_if<std::int64_t>(&found->second);
    return whole ? *whole : 0;
}

} // namespace

std::optional<std::string> ensemble_refusal(const RunSpec& spec) {
    const auto& regime = spec.regime.params;
    const auto on = [&](const char* name) { return regime.real(name) > 0; };
    if (looks(spec)) return "instruments look at one network at a time";
    if (regime.text("precision") == "bfloat16")
        return "regime.precision = bfloat16: products of an ensemble are not rounded";
    if (prune_level(regime) > 0)
        return "regime.prune_level: a pruned network is made from the weights that another run ended with";
    if (on("penalty")) return "regime.penalty: the gradient penalty takes one network's blocks at a time";
    if (on("noise")) return "regime.noise: the noise is made from one network's gradients at a time";
    if (on("sam_radius")) return "regime.sam_radius: a sharpness-aware step has no batched form here";
    if (regime.text("averaging") != "none") return "regime.averaging: averages are kept of one network";
    if (on("clip_agc")) return "regime.clip_agc: it clips one network's units at a time";
    if (regime.text("clip_at") != "update")
        return "regime.clip_at: a running clip depends on one network's micro-batches";
    if (regime.text("batch_schedule") != "constant")
        return "regime.batch_schedule: members take batches of one size";
    if (regime.text("balance") == "bootstrap")
        return "regime.balance = bootstrap: examples are drawn for one network at a time";
    if (on("evaluate_share")) return "regime.evaluate_share: what evaluations take is timed for one network";
    if (regime.integer("checkpoint_every") > 0)
        return "regime.checkpoint_every: members of an ensemble keep no checkpoints";
    if (!regime.text("changes").empty()) return "regime.changes: changes are made to one run";
    if (spec.task.id.starts_with("kws"))
        return "task " + spec.task.id +
               ": its curves of false alarms and rejects go by one network's outputs, and its sounds are "
               "varied for one at a time";
    if (std::ranges::count(kAlone, spec.optimizer.id) > 0)
        return "optimizer " + spec.optimizer.id + ": it asks for one network's loss within a step";
    const auto model = facts_of(spec);
    if (!model.batched) return "model " + spec.model.id + ": it has no batched form";
    if (model.drops && regime.text("augmentation") != "off")
        return "regime.augmentation: dropout is drawn for one network at a time";
    return std::nullopt;
}

std::string ensemble_family(const RunSpec& spec) {
    const auto of_model = [](const std::string& name) { return std::ranges::count(kOwnOfModel, name) > 0; };
    const auto of_regime = [](const std::string& name) { return own_of_regime().contains(name); };
    std::string text;
    add(text, spec.task, [](const std::string&) { return false; });
    add(text, spec.model, of_model);
    text += spec.optimizer.id;
    add(text, {"", spec.regime.params}, of_regime);
    return text;
}

std::vector<std::vector<std::size_t>> ensemble_groups(const std::vector<RunSpec>& specs, std::size_t most) {
    // Networks so narrow that the calls cost more than the arithmetic are one width.
    constexpr std::int64_t narrow = 16;
    std::vector<std::vector<std::size_t>> groups;
    std::map<std::string, std::vector<std::size_t>> families;
    std::vector<std::string> in_order; // of their first members
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const auto name =
            ensemble_refusal(specs[i]) ? "alone " + std::to_string(i) : ensemble_family(specs[i]);
        auto& family = families[name];
        if (family.empty()) in_order.push_back(name);
        family.push_back(i);
    }
    for (const auto& name : in_order) {
        auto& family = families[name];
        std::ranges::stable_sort(family, {}, [&](std::size_t i) { return width(specs[i]); });
        const auto first = groups.size();
        for (const auto i : family) {
            const auto fits = [&](const std::vector<std::size_t>& group) {
                return group.size() < std::max<std::size_t>(1, most) &&
                       width(specs[i]) <= std::max(narrow, 2 * width(specs[group.front()]));
            };
            if (groups.size() == first || !fits(groups.back())) groups.emplace_back();
            groups.back().push_back(i);
        }
    }
    return groups;
}

} // namespace descent
