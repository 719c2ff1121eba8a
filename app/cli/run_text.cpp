#include "app/cli/run_text.h"

#include "core/analysis/figure_text.h"
#include "core/analysis/report_presets.h"
#include "core/analysis/run_fields.h"
#include "core/base/format.h"
#include "core/base/length.h"
#include "core/store/checkpoint_table.h"
#include "core/store/lineage.h"

#include <algorithm>
#include <cmath>

namespace descent::cli {

namespace {

constexpr auto kRight = Table::Align::right, kLeft = Table::Align::left;

std::optional<double> last(const RunRecord& run, const std::string& metric) {
    const auto at = run.summary.find(metric);
    return at == run.summary.end() ? std::nullopt : std::optional(at->second.last);
}

bool has_best(const std::vector<MetricInfo>& metrics, const std::string& name) {
    const auto at = std::ranges::find(metrics, name, &MetricInfo::name);
    return at != metrics.end() && at->direction != Direction::none;
}

std::string budget_text(const RunRecord& run) {
    if (!settings_known(run.spec)) return format_count(run.updates.count) + " updates";
    if (const auto epochs = planned_epochs(run))
        return epochs_text(run.epoch) + "/" + format_count(*epochs) + " epochs";
    return format_count(run.updates.count) + "/" + format_count(run.planned.count) + " updates";
}

/// What differs from the declared defaults, and how many do not. An optimizer's are few, and all of them tell
/// something.
std::string params_text(Group group, const Part& part, const Catalog& catalog) {
    const bool known = group == Group::regime || catalog.find(group, part.id);
    std::vector<std::string> words;
    std::size_t defaults = 0;
    for (const auto& [name, value] : part.params.values) {
        const auto* declared = known ? catalog.find_param(group, part.id, name) : nullptr;
        if (group != Group::optimizer && declared && declared->fallback == value) {
            ++defaults;
            continue;
        }
        const std::string text = to_string(value);
        words.push_back(name + "=" + (text.empty() ? "\"\"" : text));
    }
    if (defaults > 0)
        words.push_back((words.empty() ? "all at their defaults"
                                       : "(" + std::to_string(defaults) + " at their defaults)"));
    return joined(words, "  ");
}

} // namespace

void print_runs(Output& out, const std::vector<RunRecord>& runs, const ParentNames& parents) {
    Table table({"", "run", "state", "task", "model", "optimizer", "regime", "seed", "trained", "loss",
                 "accuracy", "time", "created", "tags", "branch of"},
                {kLeft, kLeft, kLeft, kLeft, kLeft, kLeft, kLeft, kRight, kRight, kRight, kRight, kRight});
    for (const auto& run : runs) {
        const auto loss = last(run, "validation/loss"), accuracy = last(run, "validation/accuracy");
        table.add({run.starred ? "★" : " ", run.name, std::string(to_string(run.state)), run.spec.task.id,
                   run.spec.model.id, run.spec.optimizer.id, run.spec.regime.id,
                   std::to_string(run.spec.seed), budget_text(run), loss ? format_number(*loss) : "",
                   accuracy ? percent(*accuracy) : "", format_duration(run.seconds),
                   format_time(run.created_ms), joined(run.tags, ", "), parent_text(run, parents)});
    }
    if (std::ranges::none_of(runs, [](const RunRecord& run) { return run.parent.has_value(); }))
        table.drop("branch of");
    // A narrow terminal gets what tells runs apart and how they went.
    for (const char* column :
         {"created", "time", "optimizer", "task", "trained", "seed", "tags", "branch of"})
        if (table.width() > static_cast<std::size_t>(out.width())) table.drop(column);
    table.print(out);
}

void print_run(Output& out, const RunRecord& run, const std::vector<MetricInfo>& metrics,
               const std::vector<LogLine>& log, const std::vector<CheckpointInfo>& checkpoints,
               const Catalog& catalog, const ParentNames& parents, const std::string& store_option) {
    const auto line = [&](std::string_view label, const std::string& text) {
        if (text.empty()) return;
        out << "  " << out.faint(label)
            << std::string(12 - std::min<std::size_t>(display_width(label), 11), ' ') << text << "\n";
    };
    const auto& p = run.provenance;
    out << out.bold(run.name) << (run.starred ? " ★" : "") << "  " << to_string(run.state)
        << (run.reason.empty() ? "" : ": " + run.reason) << "\n";
    line("id", run.id.uuid);
    line("spec", run.key);
    line("branch of", parent_text(run, parents));
    line("created", format_time(run.created_ms));
    const std::string updates =
        format_count(run.updates.count) + " of " + format_count(run.planned.count) + " updates, ";
    line("trained",
         budget_text(run) + ", " + (run.spec.budget.epochs ? updates : "") + format_duration(run.seconds));
    line("checkpoints", checkpoints_text(checkpoints));
    line("tags", joined(run.tags, ", "));
    line("note", run.note);
    if (run.trashed_ms) line("trashed", format_time(*run.trashed_ms));

    out << "\n";
    for (const auto& [group, part] :
         {std::pair{Group::task, &run.spec.task}, std::pair{Group::model, &run.spec.model},
          std::pair{Group::optimizer, &run.spec.optimizer}, std::pair{Group::regime, &run.spec.regime}}) {
        const std::string params = params_text(group, *part, catalog);
        line(to_string(group), part->id + (params.empty() ? "" : "  " + out.faint(params)));
    }
    for (const auto& change : run.changes)
        line(&change == &run.changes.front() ? "changed" : "",
             "at update " + format_count(change.at.count) + ": " + change.path + " = " + change.value);
    line("seed", std::to_string(run.spec.seed));
    for (const auto* preset : presets_of(run))
        line("beside", report_sentence(*preset, of_other_data(run.spec)));
    if (settings_known(run.spec)) {
        line("data", p.data_source + ", " + format_count(p.train_examples) + " training, " +
                         format_count(p.validation_examples) + " validation, " +
                         format_count(p.test_examples) + " test examples, " +
                         (p.classes.empty() ? "" : std::to_string(p.classes.size()) + " classes, ") +
                         "hash " + p.data_hash.substr(0, 16));
        line("weights", format_count(p.parameters));
        line("made with", "Descent Studio " + p.studio_version + ", torch " + p.torch_version + ", " +
                              p.blas + ", " + format_count(p.threads) +
                              (p.threads == 1 ? " thread" : " threads") +
                              (p.host.empty() ? "" : ", on " + p.host));
    }

    Table table({"metric", "last", "best", "at update"}, {kLeft, kRight, kRight, kRight});
    for (const auto& [metric, summary] : run.summary) {
        std::vector<std::string> row{metric, value_text(metric, summary.last)};
        if (has_best(metrics, metric)) {
            row.push_back(value_text(metric, summary.best));
            row.push_back(format_count(summary.best_update.count));
        }
        table.add(std::move(row));
    }
    if (!table.empty()) {
        out << "\n";
        table.print(out, "  ");
    }
    bool first = true;
    for (const auto& entry : log) {
        if (entry.level == LogLine::Level::info) continue;
        out << (first ? "\n" : "") << "  "
            << (entry.level == LogLine::Level::warning ? "warning: " : "error: ") << entry.text << "\n";
        first = false;
    }
    if (is_resumable(run.state) || run.state == RunState::failed)
        out << "\nresume with: descent resume " << shell_quoted(run.name) << store_option << "\n";
}

} // namespace descent::cli
