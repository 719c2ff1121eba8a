#include "core/engine/curvature.h"

#include <cmath>

namespace descent {

namespace {

/// Whether each example leaves the unit without a slope to learn by [rows, units]: at or below its least
/// value where it has only that (a ReLU that is never active); within a hundredth of its range of either end
/// where it has two (saturated).
Tensor idle(const Model::Activation& layer) {
    const auto& v = layer.values;
    const bool below = std::isfinite(layer.least), above = std::isfinite(layer.largest);
    if (below && above) {
        const double near = 0.01 * (layer.largest - layer.least);
        return v.lt(layer.least + near).logical_or(v.gt(layer.largest - near));
    }
    if (below) return v.le(layer.least);
    if (above) return v.ge(layer.largest);
    return at::zeros_like(v, at::kBool);
}

/// Share of units, by layer, that are idle for every example of the sample.
class DeadUnits : public Instrument {
public:
    DeadUnits(const RunSpec& spec, Experiment& e, const std::vector<std::string>& layers, Recorder& r)
        : share_(sample_share(e))
        , chunks_(e.sample(spec.regime.params.integer("probe_examples"))) {
        for (const auto& layer : layers) dead_.push_back(r.declare("dead/" + layer));
    }

    double cost() const override { return 0.33 * share_; }
    void before(const Lens& lens, Recorder& r) override {
        const at::NoGradGuard no_grad;
        std::vector<Tensor> dead(dead_.size()); // bool [units]
        for (const auto& chunk : chunks_) {
            const auto layers = lens.experiment.model().activations(lens.experiment.weights(), chunk);
            for (std::size_t i = 0; i < dead.size(); ++i) {
                const auto here = idle(layers.at(i)).all(0);
                dead[i] = dead[i].defined() ? dead[i].logical_and(here) : here;
            }
        }
        for (std::size_t i = 0; i < dead.size(); ++i)
            r.record(dead_[i], dead[i].to(at::kDouble).mean().item<double>());
    }

private:
    double share_;
    std::vector<Examples> chunks_;
    std::vector<std::uint32_t> dead_;
};

} // namespace

InstrumentDefinition instrument_dead_units() {
    return {
        "dead-units",
        "Share of units that are never active, or always saturated, by layer; costs a third of a gradient "
        "over probe_examples",
        [](const RunSpec& spec, Experiment& e, Recorder& r) -> std::unique_ptr<Instrument> {
            if (!spec.regime.params.flag("probe_dead_units")) return nullptr;
            const at::NoGradGuard no_grad;
            std::vector<std::string> layers;
            for (const auto& layer : e.model().activations(e.weights(), e.data().train.slice(0, 1)))
                layers.push_back(layer.layer);
            if (layers.empty()) return nullptr;
            return std::make_unique<DeadUnits>(spec, e, layers, r);
        }};
}

} // namespace descent
