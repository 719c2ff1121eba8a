#include "core/engine/curvature.h"

#include <limits>
#include <numeric>

namespace descent {

namespace {

constexpr std::int64_t kBlocks = 32;

/// Gradient noise scale B = tr Σ/‖g‖², with Σ the covariance of one example's gradient and g the mean
/// gradient, by the unbiased estimators of McCandlish et al. 2018, appendix A.1, from batches of b and n =
/// m·b examples:
///   ‖g‖² ≈ (n‖g_n‖² − b‖g_b‖²)/(n − b),   tr Σ ≈ (‖g_b‖² − ‖g_n‖²)/(1/b − 1/n),
/// where ‖g_b‖² is the mean over the m blocks of a random partition, drawn once. In units of the mean loss,
/// whatever the reduction.
class NoiseScale : public Instrument {
public:
    NoiseScale(const RunSpec& spec, Experiment& e, Recorder& r)
        : scale_(r.declare("noise-scale/simple", "examples"))
        , trace_(r.declare("noise-scale/trace"))
        , square_(r.declare("noise-scale/gradient-squared"))
        , share_(sample_share(e)) {
        // Neighbours in the set, as in the model's own chunks, may be alike: blocks are drawn at random.
        const auto& train = e.data().train;
        std::vector<std::int64_t> order(static_cast<std::size_t>(train.size()));
        std::iota(order.begin(), order.end(), 0);
        RandomStream(spec.seed, "noise-scale").shuffle(std::span(order));
        const auto& regime = spec.regime.params;
        const auto sample = std::min(regime.integer("probe_examples"), train.size());
        const auto blocks = std::min(kBlocks, sample);
        block_ = sample / blocks;
        for (std::int64_t i = 0; i < blocks; ++i) {
            const auto indices = at::from_blob(order.data() + i * block_, {block_}, at::kLong).clone();
            blocks_.emplace_back(e, e.model().prepare(train.at(indices), regime.integer("micro_batch")));
        }
    }

    double cost() const override { return 1.5 * share_; } // small blocks share less than the whole set

    void before(const Lens& lens, Recorder& r) override {
        auto mean = at::zeros({lens.experiment.weights().count()}, at::kDouble);
        double of_blocks = 0;
        for (const auto& block : blocks_) {
            const auto g = block.gradient();
            of_blocks += g.square().sum().item<double>();
            mean.add_(g);
        }
        const auto m = static_cast<double>(blocks_.size()), b = static_cast<double>(block_), n = m * b;
        of_blocks /= m;
        const double of_all = mean.div_(m).square().sum().item<double>();
        const double square = (n * of_all - b * of_blocks) / (n - b);
        const double trace = (of_blocks - of_all) / (1 / b - 1 / n);
        r.record(trace_, trace);
        r.record(square_, square);
        // An estimate of ‖g‖² below 0: the sample cannot tell the gradient from noise.
        r.record(scale_, square < 0 ? std::numeric_limits<double>::infinity() : trace / square);
    }

private:
    std::uint32_t scale_, trace_, square_;
    double share_;
    std::int64_t block_ = 1;
    std::vector<SampleLoss> blocks_;
};

} // namespace

InstrumentDefinition instrument_noise_scale() {
    return {
        "noise-scale",
        "Gradient noise scale tr Σ/‖g‖²: the batch size from which larger ones gain little; costs about one "
        "and a half gradients over probe_examples",
        [](const RunSpec& spec, Experiment& e, Recorder& r) -> std::unique_ptr<Instrument> {
            const auto& regime = spec.regime.params;
            if (!regime.flag("probe_noise_scale")) return nullptr;
            if (std::min(regime.integer("probe_examples"), e.data().train.size()) < 2) return nullptr;
            return std::make_unique<NoiseScale>(spec, e, r);
        }};
}

} // namespace descent
