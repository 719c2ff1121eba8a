#include "app/cli/progress_line.h"

#include "core/analysis/figure_text.h"

#include <algorithm>

namespace descent::cli {

namespace {

constexpr auto kBetweenDraws = std::chrono::milliseconds(100);
constexpr int kCells = 30;

} // namespace

std::string bar(double share, int cells) {
    std::string text;
    const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * cells);
    for (int i = 0; i < cells; ++i) text += i < full ? "━" : "─";
    return text;
}

ProgressLine::ProgressLine(Output& out, bool shown) : out_(out), shown_(shown && out.terminal()) {}

ProgressLine::~ProgressLine() {
    try {
        erase();
    } catch (...) { // the terminal has gone
        shown_ = false;
    }
}

void ProgressLine::show(double share, const std::string& what) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - last_ < kBetweenDraws) return;
    last_ = now;
    const std::string left = what + " ", right = " " + percent(share);
    const int room = out_.width() - 1 - static_cast<int>(display_width(left) + display_width(right));
    if (room < 0) return; // a line that wraps could not be drawn again
    try {
        out_ << "\r\033[K" << left << bar(share, std::min(room, kCells)) << right;
        out_.flush();
        drawn_ = true;
    } catch (const BrokenPipe&) { // nobody watches; what is being done goes on
        shown_ = false;
    }
}

void ProgressLine::erase() {
    if (!drawn_) return;
    drawn_ = false;
    out_ << "\r\033[K";
    out_.flush();
}

} // namespace descent::cli
