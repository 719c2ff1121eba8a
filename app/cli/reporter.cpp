#include "app/cli/reporter.h"

namespace descent::cli {

void Reporter::know(const std::vector<MetricInfo>& metrics) {
    for (const auto& info : metrics) {
        if (info.index >= metrics_.size()) metrics_.resize(info.index + 1);
        metrics_[info.index] = info;
    }
}

const MetricInfo& Reporter::metric(std::uint32_t index) const {
    static const MetricInfo unknown{.index = 0, .name = "unknown"};
    return index < metrics_.size() && !metrics_[index].name.empty() ? metrics_[index] : unknown;
}

} // namespace descent::cli
