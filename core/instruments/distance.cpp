#include "core/engine/experiment.h"
#include "core/engine/registry.h"

namespace descent {

namespace {

/// ‖w − w₀‖ and ‖w‖, L2: how far training has come from where it began.
class Distance : public Instrument {
public:
    explicit Distance(Recorder& r)
        : distance_(r.declare("weights/distance"))
        , norm_(r.declare("weights/norm")) {}

    double cost() const override { return 0.01; }
    void before(const Lens& lens, Recorder& r) override {
        const auto& weights = lens.experiment.weights().flat();
        r.record(distance_, (weights - lens.experiment.start()).norm().item<double>());
        r.record(norm_, weights.norm().item<double>());
    }

private:
    std::uint32_t distance_, norm_;
};

} // namespace

InstrumentDefinition instrument_distance() {
    return {
        "distance",
        "Distance from the weights training began with, and their norm; costs two passes over the weights",
        [](const RunSpec& spec, Experiment&, Recorder& r) -> std::unique_ptr<Instrument> {
            if (!spec.regime.params.flag("probe_distance")) return nullptr;
            return std::make_unique<Distance>(r);
        }};
}

} // namespace descent
