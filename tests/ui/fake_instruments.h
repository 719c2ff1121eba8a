#pragma once

#include "core/base/events.h"

#include <cmath>
#include <string>
#include <utility>

namespace descent::test {

inline constexpr std::uint32_t kFakeInstruments = 40; ///< index of the first of their metrics

/// What instruments declare, under the names that the engine uses.
inline void declareFakeInstruments(MetricBatch& batch) {
    std::uint32_t index = kFakeInstruments;
    for (const char* name :
         {"sharpness/1", "sharpness/2", "sharpness/limit", "noise-scale/simple", "gradient/cosine",
          "weights/distance", "weights/norm", "update-ratio/gru.weight", "update-ratio/output.weight",
          "dead/hidden", "validation/averaged-loss", "validation/averaged-accuracy",
          "sharpness/preconditioned", "sharpness/preconditioned-limit"})
        batch.metrics.push_back({index++, name, "", Direction::none});
}

/// Values that look like training; `t` is the share of the run that is over.
inline void measureFakeInstruments(MetricBatch& batch, Update update, Epoch epoch, double t, double lr) {
    std::uint32_t index = kFakeInstruments;
    const double limit = lr > 0 ? 2 / lr : 0, edge = limit * std::min(1.02, 0.2 + 1.6 * t);
    for (const double value :
         {edge + 0.03 * limit * std::sin(40 * t), 0.7 * edge, limit, 40 * std::exp(4 * t),
          0.6 - 1.3 * t + 0.1 * std::sin(30 * t), 14 * std::sqrt(t), 20 + 8 * t, 2e-3 * std::exp(-2 * t),
          7e-4 * std::exp(-3 * t), 0.05 + 0.2 * t, 3 * std::exp(-2.2 * t) + 0.6,
          0.8 - 0.7 * std::exp(-3.4 * t), 12 * edge, 38 / lr})
        batch.samples.push_back({index++, update, epoch, 0.02 * double(update.count), value});
    const auto matrix = [&](std::string name, std::int64_t columns, std::vector<double> values) {
        const auto rows = std::int64_t(values.size()) / columns;
        batch.matrices.push_back({std::move(name), update, epoch, rows, columns, std::move(values)});
    };
    for (const auto& [name, width] : {std::pair{"weights/gru.weight", 0.1 + 0.4 * t},
                                      std::pair{"gradient/gru.weight", 0.02 * std::exp(-2 * t) + 0.003}}) {
        std::vector<double> bins;
        constexpr int kBins = 40;
        for (int i = 0; i < kBins; ++i) {
            const double low = width * 3 * (2.0 * i / kBins - 1),
                         high = width * 3 * (2.0 * (i + 1) / kBins - 1);
            const double z = (low + high) / 2 / width;
            bins.insert(bins.end(), {low, high, std::floor(4000 * std::exp(-z * z / 2))});
        }
        matrix(std::string("histogram/") + name, 3, std::move(bins));
    }
    std::vector<double> line;
    for (int i = 0; i <= 20; ++i) {
        const double x = -1 + 0.2 * i;
        line.insert(line.end(), {x, 0.7 + 2 * std::exp(-4 * t) + 0.4 * (x - 0.7) * (x - 0.7)});
    }
    matrix("landscape/line", 2, std::move(line));
    if (t < 1) return;
    std::vector<double> plane;
    for (int j = 0; j <= 20; ++j)
        for (int i = 0; i <= 20; ++i) {
            const double a = -1 + 0.1 * i, b = -1 + 0.1 * j;
            plane.insert(plane.end(),
                         {a, b, 0.7 + 6 * a * a + 2 * b * b + 2 * a * b + 0.6 * std::sin(4 * a)});
        }
    matrix("landscape/plane", 3, std::move(plane));
}

} // namespace descent::test
