#include "core/analysis/decimate.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace descent {

namespace {

/// Which pixel column an x within the window falls into.
class Columns {
public:
    Columns(double x_min, double x_max, std::size_t count, bool log)
        : log_(log)
        , low_(scaled(x_min))
        , span_(scaled(x_max) - low_)
        , count_(count) {}

    std::size_t of(double x) const {
        if (!(span_ > 0)) return 0;
        const double column = (scaled(x) - low_) / span_ * static_cast<double>(count_);
        return std::min(static_cast<std::size_t>(std::max(column, 0.0)), count_ - 1);
    }

private:
    // Halved, so that the widest window's span is finite.
    double scaled(double x) const { return log_ ? std::log(x) : x / 2; }

    bool log_;
    double low_, span_;
    std::size_t count_;
};

/// The points of one column that are drawn, by their index in the series.
class Column {
public:
    explicit Column(std::span<const PlotPoint> series) : series_(series) {}

    void add(std::size_t i) {
        if (!any_) first_ = low_ = high_ = i;
        any_ = true;
        if (series_[i].y < series_[low_].y) low_ = i;
        if (series_[i].y > series_[high_].y) high_ = i;
        last_ = i;
    }

    void add_gap(std::size_t i) { gaps_.push_back(i); }

    void flush(std::vector<PlotPoint>& out) {
        if (any_) gaps_.insert(gaps_.end(), {first_, low_, high_, last_});
        std::ranges::sort(gaps_);
        gaps_.erase(std::unique(gaps_.begin(), gaps_.end()), gaps_.end());
        for (const std::size_t i : gaps_) out.push_back(series_[i]);
        gaps_.clear();
        any_ = false;
    }

private:
    std::span<const PlotPoint> series_;
    std::vector<std::size_t> gaps_;
    std::size_t first_ = 0, low_ = 0, high_ = 0, last_ = 0;
    bool any_ = false;
};

bool is_finite(const PlotPoint& point) {
    return std::isfinite(point.x) && std::isfinite(point.y);
}

} // namespace

std::vector<PlotPoint> decimate(std::span<const PlotPoint> series, double x_min, double x_max,
                                std::size_t columns, bool log_x) {
    std::vector<PlotPoint> out;
    if (log_x) {
        const auto positive =
            std::ranges::partition_point(series, [](const PlotPoint& p) { return p.x <= 0; });
        series = {positive, series.end()};
        if (!series.empty() && x_min <= 0) x_min = series.front().x;
    }
    if (series.empty() || columns == 0 || !std::isfinite(x_min) || !std::isfinite(x_max) || x_min > x_max)
        return out;

    const auto inside = std::ranges::partition_point(series, [&](const PlotPoint& p) { return p.x < x_min; });
    const auto beyond =
        std::ranges::partition_point(series, [&](const PlotPoint& p) { return p.x <= x_max; });
    const auto begin = static_cast<std::size_t>(inside - series.begin());
    const auto end = std::max(begin, static_cast<std::size_t>(beyond - series.begin()));

    out.reserve(std::min(4 * columns, end - begin) + 2);
    if (begin > 0 && is_finite(series[begin - 1])) out.push_back(series[begin - 1]);
    const Columns pixels(x_min, x_max, columns, log_x);
    Column column(series);
    std::size_t current = 0;
    bool in_gap = false;
    for (std::size_t i = begin; i < end; ++i) {
        if (std::isnan(series[i].x)) continue;
        const std::size_t of = pixels.of(series[i].x);
        if (of != current) column.flush(out);
        current = of;
        const bool finite = std::isfinite(series[i].y);
        if (finite)
            column.add(i);
        else if (!in_gap)
            column.add_gap(i);
        in_gap = !finite;
    }
    column.flush(out);
    if (end < series.size() && is_finite(series[end])) out.push_back(series[end]);
    return out;
}

} // namespace descent
