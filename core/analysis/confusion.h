#pragma once

#include <cstdint>
#include <vector>

namespace descent {

/// Counts of (true class, predicted class), row-major: row = true. Figures follow scikit-learn's definitions
/// (precision_recall_fscore_support). Of one class: NaN where a ratio is 0/0, which scikit-learn makes 0 with
/// a warning. Averages count such a class as 0, as scikit-learn does with zero_division = 0: macro ones over
/// the classes that occur, as truth or as answer, weighted ones by the classes' examples. With one answer for
/// each example all micro averages, and the weighted recall, are the accuracy. Thread: any.
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
    double accuracy() const;                     ///< NaN where nothing was counted
    double recall(std::int64_t truth) const;     ///< NaN for a class without examples
    double precision(std::int64_t answer) const; ///< NaN for a class that is never answered
    double f1(std::int64_t of) const;            ///< NaN for a class that does not occur
    std::int64_t examples(std::int64_t truth) const;
    std::int64_t answers(std::int64_t predicted) const;
    double balanced_accuracy() const; ///< mean recall over the classes that have examples

    /// NaN where nothing was counted.
    struct Averages {
        double precision = 0, recall = 0, f1 = 0;
    };
    Averages macro() const;
    Averages weighted() const;
    double macro_f1() const { return macro().f1; }
    /// The class that all answers are, where they are of one; −1 else.
    std::int64_t only_answer() const;
};

} // namespace descent
