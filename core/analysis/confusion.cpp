#include "core/analysis/confusion.h"

#include <limits>
#include <numeric>

namespace descent {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
}

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
    std::int64_t row = 0;
    for (std::int64_t c = 0; c < classes; ++c) row += at(truth, c);
    return row > 0 ? static_cast<double>(at(truth, truth)) / static_cast<double>(row) : kNaN;
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

double Confusion::macro_f1() const {
    double sum = 0;
    int occurring = 0;
    for (std::int64_t c = 0; c < classes; ++c) {
        std::int64_t row = 0, column = 0;
        for (std::int64_t k = 0; k < classes; ++k) {
            row += at(c, k);
            column += at(k, c);
        }
        if (row + column == 0) continue;
        sum += 2.0 * static_cast<double>(at(c, c)) / static_cast<double>(row + column);
        ++occurring;
    }
    return occurring > 0 ? sum / occurring : kNaN;
}

} // namespace descent
