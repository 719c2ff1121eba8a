#include "core/analysis/confusion.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace descent {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ratio(std::int64_t part, std::int64_t of) {
    return of > 0 ? static_cast<double>(part) / static_cast<double>(of) : kNaN;
}
} // namespace

std::int64_t Confusion::total() const {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

double Confusion::accuracy() const {
    std::int64_t right = 0;
    for (std::int64_t c = 0; c < classes; ++c) right += at(c, c);
    const auto all = total();
    return all > 0 ? static_cast<double>(right) / static_cast<double>(all) : kNaN;
}

double Confusion::recall(std::int64_t truth) const {
    return ratio(at(truth, truth), examples(truth));
}

double Confusion::balanced_accuracy() const {
    double sum = 0;
    int present = 0;
    for (std::int64_t c = 0; c < classes; ++c) {
        const double r = recall(c);
        if (r != r) continue;
        sum += r;
        ++present;
    }
    return present > 0 ? sum / present : kNaN;
}

std::int64_t Confusion::examples(std::int64_t truth) const {
    std::int64_t row = 0;
    for (std::int64_t c = 0; c < classes; ++c) row += at(truth, c);
    return row;
}

std::int64_t Confusion::answers(std::int64_t predicted) const {
    std::int64_t column = 0;
    for (std::int64_t c = 0; c < classes; ++c) column += at(c, predicted);
    return column;
}

double Confusion::precision(std::int64_t answer) const {
    return ratio(at(answer, answer), answers(answer));
}

double Confusion::f1(std::int64_t of) const {
    return ratio(2 * at(of, of), examples(of) + answers(of));
}

namespace {

double zero_if_undefined(double value) {
    return std::isnan(value) ? 0 : value;
}

/// Of each class' figures, by weight; NaN where none weighs.
template<class Weight>
Confusion::Averages average(const Confusion& of, Weight weight) {
    Confusion::Averages sum;
    double all = 0;
    for (std::int64_t c = 0; c < of.classes; ++c) {
        const double w = weight(c);
        if (w == 0) continue;
        all += w;
        sum.precision += w * zero_if_undefined(of.precision(c));
        sum.recall += w * zero_if_undefined(of.recall(c));
        sum.f1 += w * zero_if_undefined(of.f1(c));
    }
    if (all == 0) return {kNaN, kNaN, kNaN};
    return {sum.precision / all, sum.recall / all, sum.f1 / all};
}

} // namespace

Confusion::Averages Confusion::macro() const {
    return average(*this, [this](std::int64_t c) { return examples(c) + answers(c) > 0 ? 1.0 : 0.0; });
}

Confusion::Averages Confusion::weighted() const {
    return average(*this, [this](std::int64_t c) { return static_cast<double>(examples(c)); });
}

std::int64_t Confusion::only_answer() const {
    const auto all = total();
    for (std::int64_t c = 0; all > 0 && c < classes; ++c)
        if (const auto n = answers(c); n > 0) return n == all ? c : -1;
    return -1;
}

} // namespace descent
