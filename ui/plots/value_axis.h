#pragma once

#include "ui/plots/ticks.h"

#include <QString>

#include <span>
#include <vector>

namespace descent::ui {

/// What an axis of a scatter or of parallel coordinates stands for.
struct RunsAxis {
    QString title;                    ///< "optimizer.lr", "best validation/accuracy"
    bool log = false;                 ///< in force where there is anything > 0
    std::vector<QString> words{};     ///< where values are words (a regime): the value is an index into them
    QString text(double value) const; ///< the word, or the number with three digits
};

/// An axis from values to [0, 1]. Thread: any.
class ValueAxis {
public:
    ValueAxis() = default;
    /// All finite `values` that can be shown, with `margin` of the length at either end.
    ValueAxis(const RunsAxis& axis, std::span<const double> values, double margin);
    void arrange(const RunsAxis& axis, int most); ///< at most so many ticks

    bool shows(double value) const; ///< finite, and > 0 on a log axis
    double place(double value) const;
    double valueAt(double place) const;
    bool log() const { return log_; }
    double low() const { return low_; }
    double high() const { return high_; }
    const std::vector<Tick>& ticks() const { return ticks_; }

private:
    double low_ = 0, high_ = 1;
    bool log_ = false;
    std::vector<Tick> ticks_;
};

} // namespace descent::ui
