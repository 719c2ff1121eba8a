#include "core/analysis/figure_text.h"

#include "core/base/format.h"

#include <cmath>
#include <cstdio>

namespace descent {

namespace {

bool is_share(const std::string& metric) {
    return metric.find("accuracy") != std::string::npos || metric.find("recall") != std::string::npos ||
           metric.ends_with("-f1") || metric.ends_with("-precision") ||
           metric.ends_with("/calibration-error") || metric.ends_with("baseline") ||
           metric.ends_with("-share");
}

} // namespace

std::string epochs_text(Epoch epoch) {
    const bool whole = epoch.passes == std::floor(epoch.passes) && std::abs(epoch.passes) < 1e15;
    return whole ? format_count(static_cast<std::int64_t>(epoch.passes)) : format_number(epoch.passes);
}

std::string bytes_text(std::int64_t bytes) {
    const auto size = static_cast<double>(bytes);
    if (size < 1e3) return format_count(bytes) + " bytes";
    if (size < 1e6) return format_number(size / 1e3, 3) + " kB";
    return size < 1e9 ? format_number(size / 1e6, 3) + " MB" : format_number(size / 1e9, 3) + " GB";
}

std::string percent(double share) {
    if (!std::isfinite(share)) return format_number(share);
    char text[32];
    std::snprintf(text, sizeof text, "%.1f%%", 100 * share);
    return text;
}

std::string value_text(const std::string& metric, double value) {
    return is_share(metric) && std::isfinite(value) ? percent(value) : format_number(value);
}

} // namespace descent
