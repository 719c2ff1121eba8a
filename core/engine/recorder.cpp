#include "core/probes/probe.h"

namespace descent {

std::uint32_t Recorder::declare(std::string name, std::string unit, Direction direction) {
    const auto index = static_cast<std::uint32_t>(readings_.size());
    readings_.emplace_back();
    by_name_[name] = index;
    batch_.metrics.push_back({index, std::move(name), std::move(unit), direction});
    return index;
}

std::optional<Breakpoint::Reading> Recorder::reading(const std::string& metric) const {
    const auto found = by_name_.find(metric);
    if (found == by_name_.end() || readings_[found->second].times == 0) return std::nullopt;
    return readings_[found->second];
}

void Recorder::at(Update update, Epoch epoch, double seconds) {
    now_ = {0, update, epoch, seconds, 0};
}

void Recorder::record(std::uint32_t metric, double value) {
    readings_[metric] = {value, readings_[metric].times + 1};
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
