#include "app/cli/command.h"
#include "app/cli/progress_line.h"
#include "app/cli/reporter.h"
#include "core/analysis/figure_text.h"
#include "core/base/format.h"

#include <optional>

namespace descent::cli {

namespace {

class LineReporter : public Reporter {
public:
    LineReporter(Output& out, std::string label, bool shown)
        : out_(out)
        , label_(std::move(label))
        , shown_(shown)
        , line_(out, shown) {}

    void started(const RunRecord& run, bool) override {
        line_.erase();
        name_ = run.name;
    }

    void batch(const MetricBatch& batch) override {
        know(batch.metrics);
        for (const auto& entry : batch.log)
            if (entry.level == LogLine::Level::warning) {
                line_.erase();
                complain("warning: " + name_ + ": " + entry.text);
            }
        const auto& p = batch.progress;
        if (p.planned.count > 0)
            line_.show(static_cast<double>(p.update.count) / static_cast<double>(p.planned.count), label_);
    }

    void finished(const RunRecord& run) override {
        line_.erase();
        if (!shown_) return;
        std::string text = label_ + ": " + run.name + " " + std::string(to_string(run.state)) + " after " +
                           format_count(run.updates.count) +
                           (run.updates.count == 1 ? " update, " : " updates, ") +
                           format_duration(run.seconds);
        const auto add = [&](const char* label, const char* metric, std::string (*shown)(double)) {
            const auto at = run.summary.find(metric);
            if (at != run.summary.end()) text += std::string(", ") + label + " " + shown(at->second.last);
        };
        const auto number = [](double v) { return format_number(v); };
        add("validation loss", "validation/loss", number);
        add("accuracy", "validation/accuracy", percent);
        add("AUROC", "validation/auroc", number);
        out_ << text << "\n";
        out_.flush();
    }

private:
    Output& out_;
    const std::string label_;
    const bool shown_;
    std::string name_;
    ProgressLine line_;
};

} // namespace

std::unique_ptr<Reporter> make_line_reporter(Output& out, std::string label, bool shown) {
    return std::make_unique<LineReporter>(out, std::move(label), shown);
}

} // namespace descent::cli
