#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent {

/// The mean of values of any size: beside their sum is kept one in a scale in which it cannot overflow.
class MeanOf {
public:
    void add(double mean, double weight) {
        sum_ += mean * weight;
        small_ += mean * kScale * weight;
    }
    /// A sum that is finite.
    void add(double sum) {
        sum_ += sum;
        small_ += sum * kScale;
    }
    /// `low` and `high` are the least and largest value: rounding stays between them. NaN of nothing.
    double value(double low, double high, double weight) const {
        if (!(weight > 0)) return std::numeric_limits<double>::quiet_NaN();
        const double mean = std::isfinite(sum_) ? sum_ / weight : small_ / weight / kScale;
        return std::clamp(mean, low, high);
    }

private:
    static constexpr double kScale = 0x1p-80;
    double sum_ = 0, small_ = 0;
};

} // namespace descent
