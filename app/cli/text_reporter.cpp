#include "app/cli/command.h"
#include "app/cli/progress_line.h"
#include "app/cli/reporter.h"
#include "app/cli/run_text.h"
#include "core/analysis/figure_text.h"
#include "core/analysis/report_presets.h"
#include "core/base/format.h"
#include "core/base/length.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

namespace descent::cli {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBetweenDraws = std::chrono::milliseconds(100);
constexpr auto kBetweenLines = std::chrono::seconds(1);

class TextReporter : public Reporter {
public:
    TextReporter(Output& out, std::string store_option, bool quiet)
        : out_(out)
        , store_option_(std::move(store_option))
        , quiet_(quiet) {}

    void started(const RunRecord& run, bool resumed) override {
        epochs_ = planned_epochs(run);
        if (quiet_) return;
        const auto& p = run.provenance;
        out_ << (resumed ? "resuming " : "training ") << out_.bold(run.name) << ": " << run.spec.task.id
             << ", " << run.spec.model.id << ", " << run.spec.optimizer.id << ", " << run.spec.regime.id
             << ", " << (epochs_ ? counted(*epochs_, "epoch") : counted(run.planned.count, "update"))
             << ", seed " << std::to_string(run.spec.seed) << "\n";
        out_ << out_.faint(format_count(p.train_examples) + " training and " +
                           format_count(p.validation_examples) + " validation examples, " +
                           format_count(p.parameters) + " weights, " + counted(p.threads, "thread"))
             << "\n";
        out_.flush();
    }

    void batch(const MetricBatch& batch) override {
        know(batch.metrics);
        bool evaluated = false;
        for (const auto& sample : batch.samples) {
            const auto& name = metric(sample.metric).name;
            latest_[name] = sample.value;
            evaluated = evaluated || name.starts_with("validation/");
        }
        progress_ = batch.progress;
        for (const auto& entry : batch.log) {
            // An error is the reason the run ends for, and is said once, at the end.
            if (entry.level != LogLine::Level::warning) continue;
            // The pause that it brings is said where people look.
            if (!quiet_ && entry.text.starts_with("breakpoint at ")) continue;
            erase();
            complain("warning: " + entry.text);
        }
        if (quiet_) return;
        for (const auto& change : batch.changes) {
            if (const auto length = budget_of(change)) epochs_ = length->epochs;
            say("from update " + format_count(change.at.count) + " on " + change.path + " = " + change.value);
        }
        if (batch.state && batch.state->state == RunState::paused && !batch.state->reason.empty())
            say("paused: " + batch.state->reason);
        if (out_.terminal()) {
            draw_when_due();
        } else if (evaluated && Clock::now() - last_shown_ >= kBetweenLines) {
            last_shown_ = Clock::now();
            out_ << position() << numbers(", ", true) << ", " << time() << "\n";
            out_.flush();
        }
    }

    void idle() override {
        if (!quiet_ && out_.terminal() && stale_) draw_when_due();
    }

    void finished(const RunRecord& run) override {
        erase();
        if (quiet_) {
            out_ << run.name << "\n";
            out_.flush();
            return;
        }
        out_ << out_.bold(run.name) << " " << to_string(run.state) << " after "
             << counted(run.updates.count, "update") << ", " << epochs_text(run.epoch)
             << (run.epoch.passes == 1 ? " epoch" : " epochs") << ", " << format_duration(run.seconds)
             << "\n";
        summary(run);
        for (const auto* preset : presets_of(run))
            out_ << "  " << report_sentence(*preset, of_other_data(run.spec)) << "\n";
        const std::string name = shell_quoted(run.name);
        if (is_resumable(run.state) || run.state == RunState::failed)
            out_ << "resume with: descent resume " << name << store_option_ << "\n";
        else
            out_ << out_.faint("see it again: descent show " + name + store_option_ + "\n" +
                               "take it out:  descent export " + name + " --csv " +
                               shell_quoted(run.name + ".csv") + store_option_)
                 << "\n";
        out_.flush();
    }

private:
    /// A line that stays, above the bar.
    void say(const std::string& line) {
        erase();
        stale_ = true;
        out_ << line << "\n";
        out_.flush();
    }

    std::optional<double> latest(const std::string& name) const {
        const auto at = latest_.find(name);
        return at == latest_.end() ? std::nullopt : std::optional(at->second);
    }

    std::string position() const {
        if (epochs_)
            return "epoch " + epochs_text({std::floor(progress_.epoch.passes)}) + "/" +
                   format_count(*epochs_);
        return "update " + format_count(progress_.update.count) + "/" + format_count(progress_.planned.count);
    }

    std::string numbers(std::string_view between, bool in_full) const {
        std::string text;
        const auto add = [&](const char* label, const std::string& value) {
            text.append(between).append(label).append(" ").append(value);
        };
        const auto train = latest("train/loss");
        if (const auto loss = train ? train : latest("batch/loss"))
            add(in_full ? "train loss" : "loss", format_number(*loss));
        if (const auto loss = latest("validation/loss"); loss && in_full)
            add("validation loss", format_number(*loss));
        // Where something is to be found among much else, accuracy says little.
        if (const auto auroc = latest("validation/auroc"))
            add(in_full ? "validation AUROC" : "AUROC", format_number(*auroc));
        else if (const auto accuracy = latest("validation/accuracy"))
            add(in_full ? "validation accuracy" : "accuracy", percent(*accuracy));
        return text;
    }

    std::string time() const {
        std::string text = format_duration(progress_.seconds);
        if (progress_.eta_seconds) text += ", " + format_duration(*progress_.eta_seconds) + " left";
        return text;
    }

    void draw_when_due() {
        stale_ = Clock::now() - last_shown_ < kBetweenDraws;
        if (stale_) return;
        last_shown_ = Clock::now();
        const double share = progress_.planned.count > 0 ? static_cast<double>(progress_.update.count) /
                                                               static_cast<double>(progress_.planned.count)
                                                         : 0;
        const std::string left = position() + " ",
                          right = " " + percent(share) + numbers("  ", false) + "  " + time();
        const int room = out_.width() - 1 - static_cast<int>(display_width(left) + display_width(right));
        // Without room for a bar the numbers still fit most terminals; a line that wraps could not be
        // redrawn.
        if (room < 0) {
            const std::string words = position() + numbers("  ", false);
            if (static_cast<int>(display_width(words)) >= out_.width()) return;
            out_ << "\r\033[K" << words;
        } else {
            out_ << "\r\033[K" << left << bar(share, std::min(room, 30)) << right;
        }
        drawn_ = true;
        out_.flush();
    }

    void erase() {
        if (!drawn_) return;
        out_ << "\r\033[K";
        out_.flush();
        drawn_ = false;
    }

    void summary(const RunRecord& run) {
        const auto last = [&](const std::string& name) -> std::optional<double> {
            const auto at = run.summary.find(name);
            return at == run.summary.end() ? std::nullopt : std::optional(at->second.last);
        };
        Table table({"", "train", "validation"},
                    {Table::Align::left, Table::Align::right, Table::Align::left});
        const auto row = [&](const char* label, const char* noun, std::string (*text)(double),
                             std::string beside) {
            const auto train = last("train/" + std::string(noun)),
                       validation = last("validation/" + std::string(noun));
            if (!train && !validation) return;
            const std::string shown = validation ? text(*validation) : "";
            table.add({label, train ? text(*train) : "", shown + (shown.empty() ? "" : beside)});
        };
        row(
            "loss", "loss", [](double v) { return format_number(v); }, "");
        const double majority = run.provenance.majority_baseline;
        row("accuracy", "accuracy", percent,
            majority > 0 ? "  (always the commonest class: " + percent(majority) + ")" : "");
        row("macro F1", "macro-f1", percent, "");
        row(
            "macro AUROC", "macro-auroc", [](double v) { return format_number(v); }, "");
        row("calibration error", "calibration-error", percent, "");
        const auto number = [](double v) { return format_number(v); };
        row("AUROC", "auroc", number, "");
        row("area under FA-FR", "auc-fa-fr", number, "");
        row("equal error rate", "eer", percent, "");
        row("false alarms an hour", "fa-per-hour", number, "");
        if (!table.empty()) table.print(out_, "  ");
    }

    Output& out_;
    const std::string store_option_;
    const bool quiet_;
    std::optional<std::int64_t> epochs_;
    std::map<std::string, double> latest_;
    Progress progress_;
    Clock::time_point last_shown_{};
    bool drawn_ = false; // the bar's line is on the terminal
    bool stale_ = false; // what is drawn is behind
};

} // namespace

std::unique_ptr<Reporter> make_text_reporter(Output& out, std::string store_option, bool quiet) {
    return std::make_unique<TextReporter>(out, std::move(store_option), quiet);
}

} // namespace descent::cli
