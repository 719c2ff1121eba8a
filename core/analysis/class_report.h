#pragma once

#include "core/analysis/class_scores.h"
#include "core/analysis/text_table.h"

#include <string>
#include <vector>

namespace descent {

/// What can be said of each class, and of all, at the end of a run. Window and command line show the same.
/// Value; thread: any.
struct ClassReport {
    struct Row {
        std::string name;
        std::int64_t examples = 0, answers = 0;
        double precision = 0, recall = 0, f1 = 0; ///< as Confusion has them: NaN where undefined
        Auroc roc;                                ///< against the rest
    };
    std::vector<Row> classes;
    std::int64_t examples = 0;
    double accuracy = 0; ///< and all micro averages
    Confusion::Averages macro, weighted;
    double macro_auroc = 0, micro_auroc = 0;
    double calibration_error = 0;
    std::vector<ReliabilityBin> bins;
};
/// `names`: of the classes, in order; where one is missing, its number stands for it.
ClassReport class_report(const ClassScores& of, const std::vector<std::string>& names);

/// A row a class, then the averages. For reading (shares in percent, "–" for undefined), or in full, as a
/// file has them ("nan").
TextTable to_table(const ClassReport& report, bool in_full);
/// Confidence, share right and examples of each bin that has any.
TextTable reliability_table(const ClassReport& report, bool in_full);

/// An example answered wrongly.
struct WrongAnswer {
    std::int64_t example = 0; ///< its place in the set
    std::int64_t truth = 0, answer = 0;
    double confidence = 0; ///< score of the answer, 0 … 1
    double surprise = 0;   ///< −log of the truth's score, nats: its cross-entropy where scores are
                           ///< probabilities
};
/// The most surprising first, of equal ones the first in the set.
std::vector<WrongAnswer> wrong_answers(const ClassScores& of);

} // namespace descent
