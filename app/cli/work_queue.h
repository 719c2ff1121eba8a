#pragma once

#include "app/cli/sweep_train.h"

#include <deque>
#include <optional>
#include <vector>

namespace descent::cli {

/// Pieces of work in an order in which each finds what it is made from. Thread: main.
class WorkQueue {
public:
    explicit WorkQueue(const std::vector<SweepWork>& work);

    /// The next piece whose predecessors are trained; none while all of those left wait for others.
    std::optional<std::size_t> next();
    bool empty() const { return waiting_.empty(); } ///< nothing is left that may still come
    /// Piece `index` is over. Where it did not end trained, those made from it are left out, theirs too.
    void over(std::size_t index, bool trained);
    /// It is to be done once more.
    void again(std::size_t index) { waiting_.push_front(index); }
    std::size_t left_out() const { return left_out_; } ///< pieces that were never tried

private:
    const std::vector<SweepWork>& work_;
    std::deque<std::size_t> waiting_;
    std::vector<bool> trained_;
    std::size_t left_out_ = 0;
};

/// Whether what is made from this piece can be trained.
bool trained(const WorkResult& result);

} // namespace descent::cli
