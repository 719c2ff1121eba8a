#pragma once

#include "app/cli/output.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <memory>
#include <string>
#include <vector>

namespace descent::cli {

/// Shows one run as it goes. Thread: main. Every member may throw BrokenPipe.
class Reporter {
public:
    virtual ~Reporter() = default;
    virtual void started(const RunRecord& run, bool resumed) = 0;
    virtual void batch(const MetricBatch& batch) = 0;
    virtual void idle() {} ///< nothing came for a while
    virtual void finished(const RunRecord& run) = 0;

    /// Metrics by their number: from the batches that declare them, or from the store for a run taken up
    /// again.
    void know(const std::vector<MetricInfo>& metrics);

protected:
    const MetricInfo& metric(std::uint32_t index) const;

private:
    std::vector<MetricInfo> metrics_; // by index
};

/// One JSON object a line, flushed after every batch: started, sample…, log…, change…, paused,
/// finished.
std::unique_ptr<Reporter> make_json_reporter(Output& out);
/// A progress bar on a terminal, else one line an evaluation and at most one a second; a summary at the end.
/// `store_option` goes into the commands it suggests. Quiet: the run's name at the end and nothing else.
std::unique_ptr<Reporter> make_text_reporter(Output& out, std::string store_option, bool quiet);
/// A bar on a terminal while it trains and one line at its end, both beginning with `label`. Not shown:
/// warnings only.
std::unique_ptr<Reporter> make_line_reporter(Output& out, std::string label, bool shown);

} // namespace descent::cli
