#pragma once

#include <QString>

#include <vector>

namespace descent::ui {

struct Tick {
    double value = 0;
    QString label; ///< "" on a minor tick
};

/// Multiples of 1, 2 or 5 × 10ᵏ within [low, high], at most `most` of them, labelled with no more digits than
/// the step has; from 10,000 on with an SI prefix. Thread: any.
std::vector<Tick> linearTicks(double low, double high, int most);
/// Powers of ten, with 2 and 5 between them where there is room; both ends must be > 0.
std::vector<Tick> logTicks(double low, double high, int most);
/// What lies between the powers of ten, 2 to 9 times each; of many decades the powers themselves.
std::vector<double> minorLogTicks(double low, double high);
/// Widens the range outwards to whole steps of linearTicks, so that a growing curve does not move the axis at
/// every point.
void snapOutwards(double& low, double& high, int most);

} // namespace descent::ui
