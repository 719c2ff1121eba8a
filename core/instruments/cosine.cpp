#include "core/engine/experiment.h"
#include "core/engine/registry.h"

namespace descent {

namespace {

/// Cosine between the gradient of an update and that of the next, before any clip; NaN where one is 0.
class Cosine : public Instrument {
public:
    Cosine(Experiment& e, Recorder& r)
        : cosine_(r.declare("gradient/cosine"))
        , last_(at::zeros_like(e.weights().flat())) {}

    double cost() const override { return 0.02; }
    void before(const Lens& lens, Recorder&) override { last_.copy_(lens.gradient); }
    void next(const Lens& lens, Recorder& r) override {
        const auto a = last_.to(at::kDouble), b = lens.gradient.to(at::kDouble);
        r.record(cosine_, (a.dot(b) / (a.norm() * b.norm())).item<double>());
    }
    std::vector<std::pair<std::string, Tensor>> state() override { return {{"gradient", last_}}; }

private:
    std::uint32_t cosine_;
    Tensor last_;
};

} // namespace

InstrumentDefinition instrument_cosine() {
    return {"cosine",
            "Cosine between successive gradients: −1 bounces, 1 glides; costs a copy of the gradient",
            [](const RunSpec& spec, Experiment& e, Recorder& r) -> std::unique_ptr<Instrument> {
                if (!spec.regime.params.flag("probe_cosine")) return nullptr;
                return std::make_unique<Cosine>(e, r);
            }};
}

} // namespace descent
