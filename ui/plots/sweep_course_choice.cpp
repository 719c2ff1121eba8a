#include "ui/plots/sweep_course_choice.h"

#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>

namespace descent::ui {

void CourseChoice::offer(const SweepData* sweep, bool another) {
    if (another) {
        word_.clear();
        slice_.reset();
    }
    words_ = sweep ? courseWords(sweep->runs) : std::vector<std::string>();
    slices_ = sweep ? slicesOf(sweep->record.plan) : std::vector<SweepSlice>();
    if (std::ranges::find(words_, word_) == words_.end()) word_ = words_.empty() ? "" : words_.front();
    if (!slices_.empty() && (!slice_ || std::ranges::find(slices_, *slice_) == slices_.end()))
        slice_ = slices_.front();
    const QSignalBlocker quiet_metric(metric_), quiet_others(others_);
    metric_->clear();
    for (const auto& word : words_) metric_->addItem(QString::fromStdString(word));
    metric_->setCurrentIndex(metric_->findText(QString::fromStdString(word_)));
    others_->clear();
    for (const auto& slice : slices_) others_->addItem(sliceText(sweep->record.plan, slice));
    if (slice_) others_->setCurrentIndex(int(std::ranges::find(slices_, *slice_) - slices_.begin()));
    others_->setVisible(slices_.size() > 1);
}

} // namespace descent::ui
