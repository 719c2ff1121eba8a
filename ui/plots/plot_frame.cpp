#include "ui/plots/plot_frame.h"

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

/// 0 to 1 over the range. The widest of doubles has a span that is not finite unless halved.
double share(double v, double low, double high, bool log) {
    if (log) return std::log(v / low) / std::log(high / low);
    const double span = high - low;
    return std::isfinite(span) ? (v - low) / span : (v / 2 - low / 2) / (high / 2 - low / 2);
}

double value(double share, double low, double high, bool log) {
    if (log) return low * std::exp(share * std::log(high / low));
    return low * (1 - share) + high * share;
}

} // namespace

double PlotFrame::px(double x) const {
    return area.left() + share(x, x_min, x_max, log_x) * area.width();
}

double PlotFrame::py(double y) const {
    return std::clamp(area.bottom() - share(y, y_min, y_max, log_y) * area.height(),
                      area.top() - 4 * area.height(), area.bottom() + 4 * area.height());
}

double PlotFrame::xAt(double pixel) const {
    return value((pixel - area.left()) / area.width(), x_min, x_max, log_x);
}

double PlotFrame::yAt(double pixel) const {
    return value((area.bottom() - pixel) / area.height(), y_min, y_max, log_y);
}

bool PlotFrame::showsX(double x) const {
    return std::isfinite(x) && (!log_x || x > 0);
}

bool PlotFrame::showsY(double y) const {
    return std::isfinite(y) && (!log_y || y > 0);
}

std::vector<double> PlotFrame::edges(std::size_t columns) const {
    std::vector<double> all(columns + 1);
    for (std::size_t c = 0; c <= columns; ++c)
        all[c] = value(double(c) / double(columns), x_min, x_max, log_x);
    all.front() = x_min;
    all.back() = x_max;
    return all;
}

AxisRange zoomed(AxisRange range, double at, double factor, bool log) {
    return {value(at - at * factor, range.first, range.second, log),
            value(at + (1 - at) * factor, range.first, range.second, log)};
}

AxisRange panned(AxisRange range, double share, bool log) {
    return {value(share, range.first, range.second, log), value(1 + share, range.first, range.second, log)};
}

std::optional<AxisRange> within(AxisRange range, AxisRange full, bool log) {
    double low = share(range.first, full.first, full.second, log);
    double high = share(range.second, full.first, full.second, log);
    if (!std::isfinite(low) || !std::isfinite(high) || high < low) return std::nullopt;
    constexpr double kAll = 1 - 1e-9;
    if (high - low >= kAll) return std::nullopt;
    if (low < 0) {
        high -= low;
        low = 0;
    }
    if (high > 1) {
        low = std::max(0.0, low - (high - 1));
        high = 1;
    }
    const AxisRange kept{value(low, full.first, full.second, log), value(high, full.first, full.second, log)};
    const double least = 1e-12 * std::max(std::abs(kept.first), std::abs(kept.second));
    if (kept.second - kept.first > least) return kept;
    const double middle = kept.first / 2 + kept.second / 2;
    return AxisRange{middle - least, middle + least};
}

} // namespace descent::ui
