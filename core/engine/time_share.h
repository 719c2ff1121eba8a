#pragma once

#include <algorithm>
#include <cstdint>

namespace descent {

/// Keeps something that is done again and again, but may be left out, within a share of all time. Times are
/// in seconds of the run. Thread: one at a time.
class TimeShare {
public:
    /// 0: nothing is ever left out. `now`: what is measured begins here.
    explicit TimeShare(double share, double now = 0) : share_(share), since_(now) {}

    /// Whether there is time for it, going by what it took last; counts what it refuses. The first is always
    /// allowed.
    bool allows(double now) {
        const bool fits = share_ == 0 || spent_ == 0 || spent_ + last_ <= share_ * (now + last_ - since_);
        left_out_ += fits ? 0 : 1;
        return fits;
    }
    void took(double seconds) {
        last_ = std::max(0.0, seconds);
        spent_ += last_;
    }
    double spent() const { return spent_; }
    std::int64_t left_out() const { return left_out_; }

private:
    double share_, since_, spent_ = 0, last_ = 0;
    std::int64_t left_out_ = 0;
};

} // namespace descent
