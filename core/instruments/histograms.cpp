#include "core/engine/experiment.h"
#include "core/engine/registry.h"

#include <cmath>

namespace descent {

namespace {

constexpr std::int64_t kBins = 30;

/// Rows (low, high, count) of equal bins from the least to the largest finite value; values that are not
/// finite are in none. Where all are equal the bins reach half their size (or ½) to both sides.
std::vector<double> binned(const Tensor& values) {
    const auto wide = values.detach().to(at::kDouble).contiguous();
    const std::span all(wide.data_ptr<double>(), static_cast<std::size_t>(wide.numel()));
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double v : all)
        if (std::isfinite(v)) {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    if (low > high) low = high = 0;
    if (high - low <= 1e-12 * std::abs(high)) {
        const double half = high == 0 ? 0.5 : 0.5 * std::abs(high);
        low -= half;
        high += half;
    }
    const double width = (high - low) / kBins;
    std::vector<double> rows;
    for (std::int64_t i = 0; i < kBins; ++i) {
        const auto edge = [&](std::int64_t k) {
            return k == kBins ? high : low + width * static_cast<double>(k);
        };
        rows.insert(rows.end(), {edge(i), edge(i + 1), 0});
    }
    for (const double v : all) {
        if (!std::isfinite(v)) continue;
        const auto bin = std::clamp<std::int64_t>(static_cast<std::int64_t>((v - low) / width), 0, kBins - 1);
        ++rows[static_cast<std::size_t>(3 * bin + 2)];
    }
    return rows;
}

/// Histograms of each weight tensor and of its gradient before any clip: one matrix each a look.
class Histograms : public Instrument {
public:
    double cost() const override { return 0.05; }
    void before(const Lens& lens, Recorder& r) override {
        std::int64_t at = 0;
        for (const auto& leaf : lens.experiment.weights().leaves()) {
            const auto n = leaf.tensor.numel();
            r.matrix("histogram/weights/" + leaf.name, kBins, 3, binned(leaf.tensor.detach().reshape({-1})));
            r.matrix("histogram/gradient/" + leaf.name, kBins, 3, binned(lens.gradient.narrow(0, at, n)));
            at += n;
        }
    }
};

} // namespace

InstrumentDefinition instrument_histograms() {
    return {"histograms",
            "Histograms of weights and gradients by tensor over time; costs two passes over the weights",
            [](const RunSpec& spec, Experiment&, Recorder&) -> std::unique_ptr<Instrument> {
                if (!spec.regime.params.flag("probe_histograms")) return nullptr;
                return std::make_unique<Histograms>();
            }};
}

} // namespace descent
