#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace descent::bench {

struct Figures {
    double microseconds = std::numeric_limits<double>::infinity(); ///< a member and update
    double processor = 0;                                          ///< likewise, of all threads
    double solved = 0;                                             ///< share
    double loss = std::numeric_limits<double>::quiet_NaN();        ///< afterwards
    std::vector<std::vector<double>> errors;                       ///< of each width, its seeds'
};

/// What a script prints when it is run with $DESCENT_PYTHON (default /usr/bin/python3) on one thread; ""
/// where it does not run.
std::string output_of(const std::string& script, const std::string& arguments);

/// The figures in it, as words with numbers after them; infinite time where it does not run.
Figures figures_of(const std::string& script, const std::string& arguments);

/// How far two sets of errors, shares of so many examples, are apart: root mean square over the widths of the
/// difference of means in units of its standard error; about 1 where only chance makes it.
double apart(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b,
             std::int64_t examples);

} // namespace descent::bench
