#pragma once

#include <cstdint>
#include <vector>

namespace descent {

/// Counts of (true class, predicted class), row-major: row = true. Figures follow scikit-learn's definitions.
/// Thread: any.
struct Confusion {
    std::int64_t classes = 0;
    std::vector<std::int64_t> counts; ///< [classes · classes]

    explicit Confusion(std::int64_t n = 0) : classes(n), counts(static_cast<std::size_t>(n * n), 0) {}
    std::int64_t& at(std::int64_t truth, std::int64_t predicted) {
        return counts[static_cast<std::size_t>(truth * classes + predicted)];
    }
    std::int64_t at(std::int64_t truth, std::int64_t predicted) const {
        return counts[static_cast<std::size_t>(truth * classes + predicted)];
    }

    std::int64_t total() const;
    double accuracy() const;                 ///< NaN where nothing was counted
    double recall(std::int64_t truth) const; ///< NaN for a class without examples
    double balanced_accuracy() const;        ///< mean recall over the classes that have examples
    double
    macro_f1() const; ///< mean F1 over the classes that occur, as truth or prediction; F1 = 0 where it is 0/0
};

} // namespace descent
