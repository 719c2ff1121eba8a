#include "core/engine/curvature.h"
#include "core/engine/lanczos.h"

namespace descent {

namespace {

/// Loss over the sample around the weights: along each looked-at step, w + t·Δw with t from −1 to 3 (0 is
/// before the step, 1 after), as rows (t, loss); and at the end of the run on the plane w + a·d₁ + b·d₂, a
/// and b from −1 to 1, as rows (a, b, loss), d₁ and d₂ random and filter-normalised: Li et al. 2018.
class Landscape : public Instrument {
public:
    Landscape(const RunSpec& spec, Experiment& e, bool line, bool plane)
        : seed_(spec.seed)
        , line_(line)
        , plane_(plane)
        , share_(sample_share(e))
        , loss_(e, e.sample(spec.regime.params.integer("probe_examples"))) {}

    double cost() const override { return line_ ? kPoints / 3.0 * share_ : 0; }

    void before(const Lens& lens, Recorder&) override {
        if (line_) before_ = lens.experiment.weights().flat().clone();
    }

    void after(const Lens& lens, Recorder& r) override {
        if (!line_) return;
        auto& weights = lens.experiment.weights();
        const KeepWeights keep(weights);
        const auto step = keep.kept() - before_;
        std::vector<double> rows;
        for (int i = 0; i < kPoints; ++i) {
            const double t = (i - 5) / 5.0;
            weights.flat().copy_(t == 1 ? keep.kept() : before_ + step * t);
            rows.insert(rows.end(), {t, loss_.value()});
        }
        r.matrix("landscape/line", kPoints, 2, std::move(rows));
        before_ = Tensor();
    }

    void at_end(const Lens& lens, Recorder& r, const std::function<bool()>& stop) override {
        if (!plane_) return;
        auto& weights = lens.experiment.weights();
        RandomStream random(seed_, "landscape");
        const auto first = direction(weights, random), second = direction(weights, random);
        for (const auto& way : {first, second}) lens.experiment.mask().cut(way);
        const KeepWeights keep(weights);
        std::vector<double> rows;
        for (int i = 0; i < kPoints; ++i) {
            for (int j = 0; j < kPoints; ++j) {
                if (stop()) return; // a part of it shows nothing
                const double a = (i - 10) / 10.0, b = (j - 10) / 10.0;
                weights.flat().copy_(keep.kept() + first * a + second * b);
                rows.insert(rows.end(), {a, b, loss_.value()});
            }
        }
        r.matrix("landscape/plane", kPoints * kPoints, 3, std::move(rows));
    }

private:
    static constexpr int kPoints = 21;

    /// [P], normal, each filter (what one unit weights its inputs with: a row of the tensor) as long as that
    /// of the weights; 0 for biases.
    static Tensor direction(const Weights& weights, RandomStream& random) {
        std::vector<Tensor> parts;
        for (const auto& leaf : weights.leaves()) {
            const auto w = leaf.tensor.detach();
            const auto drawn = draw_normal(random, w.numel()).to(w.scalar_type());
            if (w.dim() < 2) {
                parts.push_back(at::zeros_like(drawn));
                continue;
            }
            const auto filters = w.reshape({w.size(0), -1}), d = drawn.reshape({w.size(0), -1});
            const auto length = filters.norm(2, {1}, true) / d.norm(2, {1}, true).clamp_min(1e-30);
            parts.push_back((d * length).reshape({-1}));
        }
        return at::cat(parts);
    }

    std::uint64_t seed_;
    bool line_, plane_;
    double share_;
    SampleLoss loss_;
    Tensor before_; // between a step's two looks
};

} // namespace

InstrumentDefinition instrument_landscape() {
    return {
        "landscape",
        "Loss along the update's direction, which costs seven gradients over probe_examples, and at the end "
        "of the run on a random plane, 147",
        [](const RunSpec& spec, Experiment& e, Recorder&) -> std::unique_ptr<Instrument> {
            const auto& asked = spec.regime.params.text("probe_landscape");
            if (asked == "none") return nullptr;
            return std::make_unique<Landscape>(spec, e, asked != "plane", asked != "line");
        }};
}

} // namespace descent
