#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "app/cli/store_option.h"
#include "core/base/format.h"
#include "core/exchange/exchange.h"
#include "core/store/curve_csv.h"
#include "core/store/lineage.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent::cli {

namespace {

constexpr std::size_t kNamesShown = 20;

struct ExportOptions {
    StoreOption store;
    std::vector<std::string> runs;
    std::string where, csv, jsonl, tensorboard, bundle, curve;
    bool joined = false;
};

struct ImportOptions {
    StoreOption store;
    std::vector<std::string> files;
    bool json = false;
};

/// Those named, then those that match --where; each once.
std::vector<RunId> chosen_runs(const StoreReader& store, const ExportOptions& options) {
    if (options.runs.empty() && options.where.empty())
        throw InputError("export: expected runs to export, by name or with --where");
    std::vector<RunId> chosen = find_runs(store, options.runs);
    if (options.where.empty()) return chosen;
    for (const RunRecord& run : unwrap(store.runs({.where = options.where})))
        if (std::ranges::find(chosen, run.id) == chosen.end()) chosen.push_back(run.id);
    if (chosen.empty()) throw InputError("no run matches --where " + shell_quoted(options.where));
    return chosen;
}

int export_runs(const ExportOptions& options) {
    const InterruptWatch watch;
    struct Form {
        const char* option;
        const std::string& file;
        const char* what;
    };
    const std::vector<Form> forms{{"--csv", options.csv, "row"},
                                  {"--jsonl", options.jsonl, "value"},
                                  {"--tensorboard", options.tensorboard, "value"},
                                  {"--bundle", options.bundle, "run"}};
    const auto form = std::ranges::find_if(forms, [](const Form& f) { return !f.file.empty(); });
    if (form == forms.end() ||
        std::ranges::count_if(forms, [](const Form& f) { return !f.file.empty(); }) > 1)
        throw InputError("export: expected one of --csv, --jsonl, --tensorboard and --bundle");
    if (!options.curve.empty()) {
        unwrap(curve_kind(options.curve));
        if (options.csv.empty()) throw InputError("export: --curve goes with --csv");
    }
    if (options.joined && (options.csv.empty() || !options.curve.empty()))
        throw InputError("export: --joined goes with --csv, without --curve");
    const auto store = options.store.reader();
    const auto chosen = chosen_runs(*store, options);
    const std::filesystem::path file = form->file;
    options.store.refuse_as_target(form->option, form->file);

    Output out;
    ProgressLine line(out, true);
    const ExchangeProgress go_on = [&](double share) {
        line.show(share, "exporting");
        return !watch.requested();
    };
    const auto write = [&]() -> Result<std::int64_t> {
        if (!options.curve.empty())
            return export_curve_csv(*store, chosen, unwrap(curve_kind(options.curve)), file, go_on);
        if (options.joined) return export_joined_csv(*store, chosen, file, go_on);
        if (!options.csv.empty()) return export_csv(*store, chosen, file, go_on);
        if (!options.jsonl.empty()) return export_jsonl(*store, chosen, file, go_on);
        if (!options.tensorboard.empty()) return export_tensorboard(*store, chosen, file, go_on);
        return export_bundle(*store, options.store.path(), chosen, file, go_on);
    };
    const auto written = write();
    line.erase();
    if (watch.requested() && !written) return Exit::interrupted;
    out << counted(unwrap(written), form->what) << " written to " << form->file << "\n";
    out.flush();
    return Exit::ok;
}

void add(ImportReport& all, ImportReport&& one) {
    std::ranges::move(one.runs, std::back_inserter(all.runs));
    std::ranges::move(one.warnings, std::back_inserter(all.warnings));
    all.known += one.known;
    all.grown += one.grown;
}

void print(Output& out, const StoreReader& store, ImportReport report, bool json) {
    if (json) {
        auto runs = nlohmann::ordered_json::array();
        for (const RunId& run : report.runs)
            runs.push_back({{"run", unwrap(store.run(run)).name}, {"id", run.uuid}});
        const nlohmann::ordered_json said{{"imported", std::move(runs)},
                                          {"grown", report.grown},
                                          {"known", report.known},
                                          {"warnings", report.warnings}};
        out << dump(said, 2) << "\n";
        out.flush();
        return;
    }
    for (std::size_t i = 0; i < std::min(report.runs.size(), kNamesShown); ++i)
        out << unwrap(store.run(report.runs[i])).name << "\n";
    if (report.runs.size() > kNamesShown)
        out << "and " << counted(static_cast<std::int64_t>(report.runs.size() - kNamesShown), "other")
            << "\n";
    const auto warnings = std::exchange(report.warnings, {});
    out << describe(report) << "\n";
    out.flush();
    for (const std::string& warning : warnings) complain(warning);
}

using Take = Result<ImportReport> (*)(StoreWriter&, const std::filesystem::path&, const ExchangeProgress&);

int take_in(const ImportOptions& options, const char* doing, Take take) {
    const InterruptWatch watch;
    for (const std::string& file : options.files) // before a store is made for nothing
        if (std::error_code ignored; !std::filesystem::exists(file, ignored))
            throw InputError("there is no '" + file + "'");
    const auto writer = options.store.writer();
    const auto reader = options.store.reader();
    Output out;
    ProgressLine line(out, !options.json);
    ImportReport all;
    for (std::size_t i = 0; i < options.files.size(); ++i) {
        const auto count = static_cast<double>(options.files.size());
        auto taken = take(*writer, options.files[i], [&](double share) {
            line.show((static_cast<double>(i) + share) / count, doing);
            return !watch.requested();
        });
        if (taken) {
            add(all, std::move(*taken));
            continue;
        }
        // What came in before stays, and is said.
        line.erase();
        if (!all.runs.empty() || all.known + all.grown > 0) print(out, *reader, std::move(all), options.json);
        if (watch.requested()) return Exit::interrupted;
        unwrap(std::move(taken));
    }
    line.erase();
    print(out, *reader, std::move(all), options.json);
    return Exit::ok;
}

void add_export(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("export", "Write runs to files that other programs and machines read");
    auto options = std::make_shared<ExportOptions>();
    command->add_option("RUN", options->runs, "Names, UUIDs, or unique beginnings of either")->type_name("");
    command->add_option("--where", options->where, "The runs that match, too; see descent runs --help")
        ->type_name("EXPR");
    command->add_option("--csv", options->csv, "Every sample as a tidy table")->type_name("FILE");
    command
        ->add_option("--curve", options->curve,
                     "With --csv: the curves of detectors and classes instead: fa-fr, roc or det")
        ->type_name("KIND");
    command->add_flag("--joined", options->joined,
                      "With --csv: a branch's samples begin with its parents', up to where it branched off");
    command
        ->add_option("--jsonl", options->jsonl,
                     "Runs with everything that is text or number, a JSON object a line")
        ->type_name("FILE");
    command
        ->add_option("--tensorboard", options->tensorboard,
                     "Event files for TensorBoard, a folder a run; numbers are rounded to 32 bits there")
        ->type_name("FOLDER");
    command
        ->add_option("--bundle", options->bundle,
                     "One file with everything, checkpoints included, for descent import elsewhere")
        ->type_name("FILE");
    options->store.add_to(*command);
    command->footer(
        "Files are replaced whole or not at all; the folder for TensorBoard must be new or empty.\n"
        "--csv: run_id, run, seed, update, epoch, wall_time, metric, value; full resolution.\n"
        "With --curve: run_id, run, seed, update, epoch, set, keyword, threshold (log odds, inf "
        "accepts nothing) and\n"
        "  fa-fr  false_alarm, false_reject: shares of all examples of the set\n"
        "  roc    false_positive_rate, true_positive_rate\n"
        "  det    false_positive_probit, false_negative_probit\n"
        "keyword is empty for the curve of all keywords together. Of tasks that tell classes apart (roc, "
        "det) it is the "
        "class against\n"
        "the rest, micro average or (roc) macro average, and threshold is a score (nan on the latter).\n\n"
        "Examples:\n  descent export brave-otter --csv otter.csv\n  descent export brave calm --csv "
        "both.csv\n"
        "  descent export brave-otter --curve fa-fr --csv curves.csv\n"
        "  descent export --where 'tag:paper and state = finished' --bundle paper.descent\n"
        "  descent export brave calm --tensorboard board && tensorboard --logdir board");
    command->callback([options, &action] { action = [options] { return export_runs(*options); }; });
}

} // namespace

void add_exchange_commands(CLI::App& app, Action& action) {
    add_export(app, action);

    auto* in = app.add_subcommand("import", "Take in runs that other programs or machines have written");
    auto imported = std::make_shared<ImportOptions>();
    in->add_option("FILE", imported->files, "Files or folders; what they are is told by their content")
        ->type_name("")
        ->required();
    in->add_flag("--json", imported->json, "What came in as JSON");
    imported->store.add_to(*in);
    in->footer(
        "FILE is a bundle (descent export --bundle), a store, JSON lines (--jsonl), a TensorBoard event file "
        "or a\n"
        "folder of them, or a CSV table: that of --csv, a chart exported from W&B, or any with a column step "
        "and a\n"
        "column for each metric. Importing again repeats nothing; a file that has grown brings the rest.\n\n"
        "Examples:\n  descent import paper.descent\n  descent import runs/ --json\n"
        "  descent import wandb_export.csv lightning_logs/version_0/metrics.csv\n"
        "  descent runs --where tag:imported");
    in->callback([imported, &action] {
        action = [imported] { return take_in(*imported, "importing", import_file); };
    });

    auto* merge = app.add_subcommand("merge", "Take in everything of other stores, nothing twice");
    auto merged = std::make_shared<ImportOptions>();
    merge->add_option("STORE", merged->files, "The files of the other stores; they stay as they are")
        ->type_name("")
        ->required();
    merge->add_flag("--json", merged->json, "What came in as JSON");
    merged->store.add_to(*merge);
    merge->footer(
        "A run that is in both gets what it lacks; notes are joined; a name that is taken gets a number;\n"
        "checkpoints come along.\n\n"
        "Examples:\n  descent merge ~/laptop/runs.sqlite\n"
        "  descent merge cluster-*.sqlite --store all.sqlite");
    merge->callback(
        [merged, &action] { action = [merged] { return take_in(*merged, "merging", merge_store); }; });
}

} // namespace descent::cli
