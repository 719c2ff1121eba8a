#include "app/cli/work_queue.h"

#include <algorithm>

namespace descent::cli {

WorkQueue::WorkQueue(const std::vector<SweepWork>& work) : work_(work), trained_(work.size()) {
    for (std::size_t i = 0; i < work.size(); ++i) waiting_.push_back(i);
}

std::optional<std::size_t> WorkQueue::next() {
    const auto ready = std::ranges::find_if(waiting_, [&](std::size_t i) {
        return std::ranges::all_of(work_[i].after, [&](std::size_t before) { return trained_[before]; });
    });
    if (ready == waiting_.end()) return std::nullopt;
    const auto index = *ready;
    waiting_.erase(ready);
    return index;
}

void WorkQueue::over(std::size_t index, bool trained) {
    trained_[index] = trained;
    if (trained) return;
    std::vector<std::size_t> lost{index};
    for (std::size_t i = 0; i < lost.size(); ++i)
        left_out_ += std::erase_if(waiting_, [&](std::size_t waits) {
            const bool for_it = std::ranges::count(work_[waits].after, lost[i]) > 0;
            if (for_it) lost.push_back(waits);
            return for_it;
        });
}

bool trained(const WorkResult& result) {
    return result.failed == 0 && result.diverged == 0 && result.interrupted == 0;
}

} // namespace descent::cli
