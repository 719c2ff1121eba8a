#pragma once

#include "ui/plots/sweep_courses.h"

class QComboBox;

namespace descent::ui {

/// Which courses of a sweep a view draws, a metric at levels of the axes that it is not along, and the boxes
/// to choose them by. Thread: GUI.
class CourseChoice {
public:
    CourseChoice(QComboBox* metric, QComboBox* others) : metric_(metric), others_(others) {}

    /// Offers what there is (`sweep` may be null). What was chosen stays, where it still is there and the
    /// sweep is not `another`.
    void offer(const SweepData* sweep, bool another);
    void takeMetric(int index) { word_ = words_[std::size_t(index)]; }
    void takeOthers(int index) { slice_ = slices_[std::size_t(index)]; }

    QComboBox* metric() const { return metric_; }
    QComboBox* others() const { return others_; }
    const std::vector<std::string>& words() const { return words_; }
    const std::string& word() const { return word_; }                 ///< "" where nothing is measured
    const std::optional<SweepSlice>& slice() const { return slice_; } ///< none without a sweep

private:
    QComboBox *metric_, *others_;
    std::vector<std::string> words_;
    std::vector<SweepSlice> slices_;
    std::string word_;
    std::optional<SweepSlice> slice_;
};

} // namespace descent::ui
