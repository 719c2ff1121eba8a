#include "core/probes/probe.h"

namespace descent {

std::uint32_t Recorder::declare(std::string name, std::string unit, Direction direction) {
    batch_.metrics.push_back({metrics_, std::move(name), std::move(unit), direction});
    return metrics_++;
}

void Recorder::at(Update update, Epoch epoch, double seconds) {
    now_ = {0, update, epoch, seconds, 0};
}

void Recorder::record(std::uint32_t metric, double value) {
    now_.metric = metric;
    now_.value = value;
    batch_.samples.push_back(now_);
}

void Recorder::matrix(std::string name, std::int64_t rows, std::int64_t columns, std::vector<double> values) {
    batch_.matrices.push_back({std::move(name), now_.update, now_.epoch, rows, columns, std::move(values)});
}

MetricBatch Recorder::take() {
    return std::exchange(batch_, {});
}

} // namespace descent
