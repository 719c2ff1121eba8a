#pragma once

#include "app/cli/output.h"

#include <chrono>
#include <string>

namespace descent::cli {

/// "━━━───": `share` of `cells`.
std::string bar(double share, int cells);

/// One line with a bar that is drawn again and again, on a terminal; nothing elsewhere. Thread: one at a
/// time.
class ProgressLine {
public:
    /// `shown` false: never drawn, say because standard output is to be read by a program.
    ProgressLine(Output& out, bool shown);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(double share, const std::string& what); ///< at most ten times a second
    void erase();

private:
    Output& out_;
    bool shown_, drawn_ = false;
    std::chrono::steady_clock::time_point last_{};
};

} // namespace descent::cli
