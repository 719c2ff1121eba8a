#include "core/base/format.h"
#include "core/engine/experiment.h"
#include "core/engine/labels.h"

namespace descent {

namespace {

/// How many weights the regime leaves of these layers, which it cuts together or each for itself.
std::int64_t planned_kept(const std::vector<PrunableLayer>& layers, const ParamSet& regime) {
    std::int64_t all = 0, each = 0;
    for (const auto& layer : layers) {
        all += layer.size;
        each += descent::planned_kept(layer.size, regime);
    }
    return regime.text("prune_scope") == "layer" ? each : descent::planned_kept(all, regime);
}

std::int64_t kept_count(const Tensor& kept, const std::vector<PrunableLayer>& layers) {
    std::int64_t left = 0;
    for (const auto& layer : layers)
        left += kept.narrow(0, layer.at, layer.size).count_nonzero().item<std::int64_t>();
    return left;
}

} // namespace

/// The loop of the trainer, as far as it decides weights, step size and order.
void Experiment::train_dense(Update until, const Loading& loading) {
    if (until >= planned())
        throw InputError("regime.prune_rewind_update = " + std::to_string(until.count) +
                         ": expected fewer than the run's " + format_count(planned().count) + " updates");
    const bool looks = goes_by_evaluations(regime_);
    const auto every = regime_.integer("evaluate_every");
    const auto over = [&](const std::vector<Examples>& chunks) {
        return descent::evaluate(*model_, weights_, loss_, chunks, data_.shape.classes,
                                 {.logits = data_.detection.has_value()}, statistics());
    };
    while (updates_ < until) {
        loading.report(static_cast<double>(updates_.count) / static_cast<double>(until.count),
                       "the dense network's first " + format_count(until.count) + " updates");
        while (!planned_changes_.empty() && planned_changes_.front().at <= updates_) {
            apply(planned_changes_.front());
            planned_changes_.erase(planned_changes_.begin());
        }
        if (const auto early = stop_early())
            throw InputError("regime.prune_rewind_update = " + std::to_string(until.count) +
                             ": the dense network ends at update " + format_count(updates_.count) + " (" +
                             *early + "); expected an earlier one");
        const bool due = plan_.between_epochs() && plan_.epochs() % every == 0;
        const auto batch = accumulate();
        if (due && looks) observe(plan_.plain() ? batch : over(train_chunks()), over(validation_chunks()));
        if (!step(batch).finite())
            throw InputError("regime.prune_rewind_update = " + std::to_string(until.count) +
                             ": the dense network diverges at update " + format_count(updates_.count));
    }
}

void Experiment::prune(const TrainedNetwork& parent, const Loading& loading) {
    if (prunable_.empty() || updates_.count != 0)
        throw std::logic_error("only a network of a level above 0 is pruned, before its first update");
    const at::NoGradGuard no_grad;
    const auto kept = kept_weights(parent, prunable_, spec_);
    const auto& rewind = regime_.text("prune_rewind");
    if (regime_.text("prune_branch") == "reinitialised") {
        RandomStream init(spec_.seed, "pruning/init/" + std::to_string(prune_level(regime_)));
        auto specs = model_->weights();
        for (auto& spec : specs) spec.trained.reset();
        const Weights fresh(specs, init, precision(regime_));
        weights_.flat().copy_(fresh.flat());
    } else if (rewind == "none") {
        weights_.flat().copy_(parent.weights);
    } else if (begin().count > 0) {
        const at::AutoGradMode grad(true);
        train_dense(begin(), loading);
    }
    mask_.set(kept);
    mask_.cut(weights_.flat());
    weights_.gradient().zero_();
    start_.copy_(weights_.flat());
    optimizer_ = fresh_optimizer();
    averages_ = Averages(regime_, weights_.flat());
    cut_ = true;
}

void Experiment::require_pruned() const {
    if (prunable_.empty()) return;
    if (!cut_)
        throw std::logic_error("a network of level " + std::to_string(prune_level(regime_)) +
                               " was not made from the trained one that it is to be cut from");
    // The density is what the level says, at the start and at the end, however the mask came about.
    if (const auto kept = kept_count(mask_.kept(), prunable_), planned = planned_kept(prunable_, regime_);
        kept != planned)
        throw std::logic_error(format_count(kept) + " weights are kept at level " +
                               std::to_string(prune_level(regime_)) + ", which should keep " +
                               format_count(planned));
    if (const auto stray = mask_.stray(weights_.flat()); stray > 0)
        throw std::logic_error(format_count(stray) + " weights that were cut are not 0");
}

} // namespace descent
