#pragma once

#include <limits>
#include <string>
#include <vector>

namespace descent::bench {

/// Something of ours timed beside its peer, in turns in one run.
struct Comparison {
    std::string what;                                      ///< "gru, full batch"
    std::string unit;                                      ///< of the times: "µs an update"
    double ours = std::numeric_limits<double>::infinity(); ///< the best of the rounds
    double theirs =
        std::numeric_limits<double>::infinity(); ///< likewise; infinite where the peer does not run
    std::vector<double> ratios{};                ///< theirs to ours, of each round
    double wanted = 0;                           ///< times as fast
    std::string remark{};                        ///< printed after it
    double floor = std::numeric_limits<double>::quiet_NaN(); ///< time that the arithmetic alone takes here

    void round(double our_time, double their_time);
    double ratio() const { return theirs / ours; }
};

/// Prints it as a line and adds it, one JSON object a line, to the file that $DESCENT_BENCH_JSON names, if it
/// does. False where it is slower than wanted.
bool tell(const Comparison& found);

} // namespace descent::bench
