#include "core/engine/branch.h"

#include "core/base/format.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <map>

namespace descent {

namespace {

using Stored = std::map<std::string_view, const TensorFile::Tensor*>;
using Live = std::vector<std::pair<std::string, Tensor>>;

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const auto n : shape) text += (text.empty() ? "" : " × ") + std::to_string(n);
    return "[" + text + "]";
}

bool alike(const ParamSet& a, const ParamSet& b, std::initializer_list<const char*> names) {
    return std::ranges::all_of(names, [&](const char* name) {
        const auto x = a.values.find(name), y = b.values.find(name);
        return (x == a.values.end()) == (y == b.values.end()) &&
               (x == a.values.end() || x->second == y->second);
    });
}

bool alike(const ParamSet& a, const ParamSet& b, const ParamTable& table) {
    return std::ranges::all_of(table, [&](const auto& param) { return alike(a, b, {param.name.c_str()}); });
}

Live beginning(const Live& all, std::string_view prefix) {
    Live some;
    std::ranges::copy_if(all, std::back_inserter(some),
                         [&](const auto& each) { return each.first.starts_with(prefix); });
    return some;
}

/// The file has these and no others that begin so, each of the live one's type and shape.
bool all_fit(const Live& live, const Stored& stored, std::string_view prefix) {
    const auto there =
        std::ranges::count_if(stored, [&](const auto& each) { return each.first.starts_with(prefix); });
    return there == std::ssize(live) && std::ranges::all_of(live, [&](const auto& each) {
               const auto found = stored.find(each.first);
               return found != stored.end() && fits(*found->second, each.second);
           });
}

void take(const Live& live, const Stored& stored) {
    for (const auto& [name, tensor] : live)
        if (const auto found = stored.find(name); found != stored.end() && fits(*found->second, tensor))
            std::memcpy(tensor.data_ptr(), found->second->data.data(), found->second->data.size());
}

void require_weights(const Live& live, const Stored& stored, const std::string& parent) {
    const auto refuse = [&](const std::string& what) {
        throw InputError("this cannot be a branch of run '" + parent + "': " + what +
                         "; expected a model of the same weights");
    };
    constexpr std::string_view prefix = "model/";
    for (const auto& [name, tensor] : live) {
        const auto weight = name.substr(prefix.size());
        const auto found = stored.find(name);
        if (found == stored.end()) refuse("its network has no weights '" + weight + "'");
        if (!fits(*found->second, tensor))
            refuse("its weights '" + weight + "' are " + shape_text(found->second->shape) + " " +
                   found->second->dtype + ", these " + shape_text(tensor.sizes().vec()) +
                   (tensor.scalar_type() == at::kDouble ? " F64" : " F32"));
    }
    for (const auto& [name, tensor] : stored)
        if (name.starts_with(prefix) &&
            std::ranges::none_of(live, [&](const auto& each) { return each.first == name; }))
            refuse("this network has no weights '" + std::string(name.substr(prefix.size())) + "'");
}

/// Whole passes that the parent had begun.
std::int64_t begun_passes(const std::map<std::string, std::string>& plan, Update at) {
    const auto number = [&](const char* key, std::int64_t otherwise) {
        const auto found = plan.find(key);
        return found == plan.end() ? otherwise : std::strtoll(found->second.c_str(), nullptr, 10);
    };
    return number("order/epoch", at.count) + (number("order/position", 0) > 0 ? 1 : 0);
}

} // namespace

std::string changed_settings(const RunSpec& before, const RunSpec& now) {
    std::string all;
    const auto add = [&](const std::string& path, const std::string& was, const std::string& is) {
        all += (all.empty() ? "" : ", ") + path + " = " + is + " (was " + was + ")";
    };
    struct Pair {
        const char* group;
        const Part &before, &now;
    };
    for (const auto& [group, a, b] :
         {Pair{"task", before.task, now.task}, Pair{"model", before.model, now.model},
          Pair{"optimizer", before.optimizer, now.optimizer}, Pair{"regime", before.regime, now.regime}}) {
        if (a.id != b.id) add(group, a.id, b.id);
        if (a.id != b.id && std::string_view(group) != "regime") continue; // its parameters are others
        for (const auto& [name, value] : b.params.values) {
            const auto found = a.params.values.find(name);
            if (found != a.params.values.end() && found->second != value)
                add(group + std::string(".") + name, to_string(found->second), to_string(value));
        }
    }
    const auto length = [](const Budget& budget) {
        return budget.epochs ? std::to_string(*budget.epochs) + " epochs"
                             : std::to_string(budget.updates.value_or(0)) + " updates";
    };
    if (before.budget != now.budget) add("length", length(before.budget), length(now.budget));
    return all;
}

Standing branch_off(const BranchPoint& from, Experiment& experiment,
                    const std::vector<std::unique_ptr<Probe>>& probes, Meter* meter,
                    std::vector<std::string>& said) {
    const auto saved = read_checkpoint(from.checkpoint);
    require_source(from.checkpoint, saved.file, experiment.model().source().hash);
    const auto &spec = experiment.spec(), &before = from.in_force;
    const auto &regime = spec.regime.params, &regime_before = before.regime.params;
    if (spec.seed != before.seed)
        throw InputError("seed = " + std::to_string(spec.seed) +
                         ": a branch keeps the seed of the run that it "
                         "goes on from, " +
                         std::to_string(before.seed));
    for (const auto& [name, value] : regime.values)
        if (const auto was = regime_before.values.find(name);
            name.starts_with("prune_") && (was == regime_before.values.end() || was->second != value))
            throw InputError("regime." + name + ": what is pruned stays as it is in a branch; expected " +
                             (was == regime_before.values.end() ? "none" : to_string(was->second)));

    Stored stored;
    for (const auto& tensor : saved.file.tensors) stored[tensor.name] = &tensor;
    const auto live = checkpoint_tensors(experiment, meter);
    const auto weights = beginning(live, "model/");
    require_weights(weights, stored, from.parent);
    take(weights, stored);
    for (const char* kept : {"mask/", "pruning/", "instrument/"}) take(beginning(live, kept), stored);

    const auto optimizer = beginning(live, "optimizer/");
    if (spec.optimizer.id == before.optimizer.id && all_fit(optimizer, stored, "optimizer/"))
        take(optimizer, stored);
    else
        said.push_back("the optimizer begins afresh: " +
                       (spec.optimizer.id != before.optimizer.id
                            ? before.optimizer.id + " was used before"
                            : "what it remembered does not fit these settings"));
    const auto averages = beginning(live, "average/");
    if (alike(regime, regime_before, {"averaging"}) && all_fit(averages, stored, "average/"))
        take(averages, stored);
    else if (!averages.empty())
        said.push_back("the average of the weights begins afresh");

    auto counters = saved.counters;
    if (!alike(regime, regime_before, schedule_params())) counters.erase("plateau");
    if (!alike(regime, regime_before, {"patience", "stop_on", "stop_delta", "stop_when_perfect", "loss"}) ||
        !from.same_data)
        counters.erase("early-stop");

    auto& plan = experiment.plan();
    const bool same_batches = alike(regime, regime_before,
                                    {"batch_size", "batch_schedule", "batch_end", "order", "balance",
                                     "augmentation", "reshuffle_blocks"});
    const auto at = saved.standing.update;
    if (from.same_data && same_batches) {
        plan.restore(saved.file.metadata);
    } else {
        const auto passes = begun_passes(saved.file.metadata, at);
        plan.begin_after(passes, at);
        said.push_back("epoch " + format_count(passes) + " begins here, with streams of its own: " +
                       (from.same_data ? "batches are drawn otherwise" : "the data are not the same"));
    }
    experiment.restore(at, counters);
    experiment.go_on();
    if (meter) meter->restore(counters);
    if (spec.task.id == before.task.id && probes.size() == saved.probes.size())
        for (std::size_t i = 0; i < probes.size(); ++i)
            if (!saved.probes[i].empty()) probes[i]->restore(saved.probes[i]);
    const auto& epochs = spec.budget.epochs;
    if (experiment.planned() <= at || (epochs && static_cast<double>(*epochs) <= plan.passes()))
        throw InputError("nothing would be left to train: run '" + from.parent + "' stands at update " +
                         format_count(at.count) + " there, after " + format_number(plan.passes()) +
                         " epochs; expected a greater length");
    return saved.standing;
}

} // namespace descent
