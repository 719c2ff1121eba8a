#include "core/analysis/decimate.h"
#include "core/base/random.h"

#include <benchmark/benchmark.h>

#include <algorithm>

namespace descent {
namespace {

std::vector<PlotPoint> noisy_curve(std::int64_t points) {
    RandomStream noise(1, "bench");
    std::vector<PlotPoint> curve(static_cast<std::size_t>(points));
    for (std::size_t i = 0; i < curve.size(); ++i)
        curve[i] = {static_cast<double>(i),
                    3.0 / (1.0 + 1e-3 * static_cast<double>(i)) + 0.1 * noise.normal()};
    return curve;
}

/// What a frame costs for one series, 1,000 pixels wide.
void Decimate(benchmark::State& state) {
    const auto curve = noisy_curve(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(decimate(curve, 0, curve.back().x, 1000));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Decimate)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

/// Peer: the lowest and highest y of the whole series, with nothing kept. No exact thinning can read less.
void DecimatePeerMinMax(benchmark::State& state) {
    const auto curve = noisy_curve(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(std::ranges::minmax_element(curve, {}, &PlotPoint::y));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(DecimatePeerMinMax)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace descent
