#pragma once

#include "app/cli/progress_line.h"
#include "app/cli/sweep_train.h"

#include <chrono>
#include <map>
#include <vector>

namespace descent::cli {

/// Shows how far a sweep is: a bar on a terminal, or JSON lines for a program that watches. Thread: main.
class SweepProgress {
public:
    enum class How { bar, json, none };
    SweepProgress(Output& out, How how, const SweepRecord& sweep, const SweepLineage& lineage);

    /// What there was before, and what is to be trained.
    void begin(const SweepStatus& status, const std::vector<SweepWork>& work);
    /// Piece `index` of the work is so far.
    void at(std::size_t index, const WorkProgress& progress);
    /// It is over; the worker is free.
    void over(std::size_t index, const WorkResult& result);
    /// It was broken off and will be tried again.
    void broken(std::size_t index);
    /// The last line, for a program: how it ended.
    void end(const SweepStatus& status, bool interrupted);

private:
    double share_of(std::size_t index) const;
    void show(bool always);
    nlohmann::ordered_json counts() const;

    Output& out_;
    How how_;
    const SweepRecord& sweep_;
    const SweepLineage& lineage_;
    ProgressLine line_;
    SweepStatus status_;
    std::vector<SweepWork> work_;
    std::vector<double> costs_; ///< of the pieces, guessed from widths and lengths
    std::vector<std::int64_t>
        cells_of_; ///< of the sweep that each piece is: the dense network may be several
    double done_ = 0, cost_ = 0;
    std::map<std::size_t, WorkProgress> running_;
    std::chrono::steady_clock::time_point begun_{}, shown_{};
};

} // namespace descent::cli
