#include "core/engine/experiment.h"
#include "core/engine/registry.h"

namespace descent {

namespace {

/// ‖Δw‖/‖w‖ of each weight tensor: how far one step moved it, against its length before.
class UpdateRatio : public Instrument {
public:
    UpdateRatio(Experiment& e, Recorder& r) {
        for (const auto& leaf : e.weights().leaves())
            ratios_.push_back(r.declare("update-ratio/" + leaf.name));
    }

    double cost() const override { return 0.02; }
    void before(const Lens& lens, Recorder&) override { before_ = lens.experiment.weights().flat().clone(); }
    void after(const Lens& lens, Recorder& r) override {
        const auto& weights = lens.experiment.weights();
        const auto change = weights.flat() - before_;
        std::int64_t at = 0;
        for (std::size_t i = 0; i < ratios_.size(); ++i) {
            const auto n = weights.leaves()[i].tensor.numel();
            const double moved = change.narrow(0, at, n).norm().item<double>();
            r.record(ratios_[i], moved / before_.narrow(0, at, n).norm().item<double>());
            at += n;
        }
        before_ = Tensor();
    }

private:
    std::vector<std::uint32_t> ratios_;
    Tensor before_; // between a step's two looks
};

} // namespace

InstrumentDefinition instrument_update_ratio() {
    return {"update-ratio",
            "‖Δw‖/‖w‖ of each weight tensor; about 1e-3 is healthy; costs a copy of the weights",
            [](const RunSpec& spec, Experiment& e, Recorder& r) -> std::unique_ptr<Instrument> {
                if (!spec.regime.params.flag("probe_update_ratio")) return nullptr;
                return std::make_unique<UpdateRatio>(e, r);
            }};
}

} // namespace descent
