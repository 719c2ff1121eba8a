#include "app/cli/command.h"
#include "app/cli/follow.h"
#include "app/cli/sweep_run.h"
#include "core/analysis/lottery.h"
#include "core/analysis/sweep_table.h"
#include "core/base/format.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent::cli {

namespace {

struct Options {
    SweepPlanOptions plan;
    StoreOption store;
    std::optional<std::string> jobs;
    std::vector<std::string> metrics;
    std::string name, resume, show, rename, trash, restore, csv, x = "level", progress;
    bool list = false, dry_run = false, json = false, markdown = false, no_ensemble = false, work = false;

    bool speaks() const { return !json && !markdown && progress.empty(); }
    SweepRunOptions run() const {
        SweepRunOptions how;
        if (jobs) how.jobs = static_cast<std::size_t>(whole_number("--jobs", *jobs, 1, 1024));
        how.ensembles = !no_ensemble;
        how.progress = !progress.empty() ? SweepProgress::How::json
                       : speaks()        ? SweepProgress::How::bar
                                         : SweepProgress::How::none;
        return how;
    }
    SweepX along() const {
        if (x == "level") return SweepX::level;
        if (x == "parameters") return SweepX::parameters;
        if (x == "parameters-per-example") return SweepX::parameters_per_example;
        throw InputError("--x " + x + ": expected level, parameters or parameters-per-example");
    }
};

nlohmann::ordered_json to_json(const SweepStatus& status) {
    return {{"cells", status.cells},       {"finished", status.finished}, {"running", status.running},
            {"diverged", status.diverged}, {"failed", status.failed},     {"complete", status.complete()}};
}

/// "105 of 105 runs", "34 of 105 runs, 2 diverged, 1 failed".
std::string text_of(const SweepStatus& status) {
    std::string text =
        format_count(status.finished + status.diverged) + " of " + format_count(status.cells) + " runs";
    if (status.diverged > 0) text += ", " + format_count(status.diverged) + " diverged";
    if (status.failed > 0) text += ", " + format_count(status.failed) + " failed";
    if (status.running > 0) text += ", " + format_count(status.running) + " in training";
    return text;
}

/// The errors of the training set and of the best set there is to test on, of those that the runs have.
std::vector<std::string> usual_metrics(const std::vector<CellRun>& runs) {
    const auto known = sweep_metrics(runs);
    const auto has = [&](const std::string& word) { return std::ranges::count(known, word) > 0; };
    std::vector<std::string> usual;
    for (const char* word : {"train/error", "test/error"})
        if (has(word)) usual.emplace_back(word);
    if (!has("test/error") && has("validation/error")) usual.emplace_back("validation/error");
    return usual;
}

/// Those asked for; the usual ones, where none was.
std::vector<std::string> metrics_of(const Options& options, const std::vector<CellRun>& runs) {
    const auto known = sweep_metrics(runs);
    const auto has = [&](const std::string& word) { return std::ranges::count(known, word) > 0; };
    for (const auto& word : options.metrics)
        if (!known.empty() && !has(word)) {
            // The best of a metric is a word too, which the list need not have.
            if (word.starts_with("best ") && has(word.substr(5))) continue;
            const auto meant = nearest(word, known);
            throw InputError("--metric " + word + ": the runs have no such metric" +
                             (meant ? "; did you mean '" + *meant + "'?" : ""));
        }
    if (!options.metrics.empty()) return options.metrics;
    return usual_metrics(runs);
}

void print_table(Output& out, const Options& options, const SweepRecord& sweep, const SweepStatus& status,
                 const std::vector<CellRun>& runs, const std::vector<std::string>& metrics) {
    const auto table = sweep_table(sweep.plan, runs, metrics, options.along());
    // A sweep over levels of pruning is read as a lottery, unless other metrics are asked for.
    std::optional<Lottery> drawn;
    if (lottery_axis(sweep.plan) && options.metrics.size() <= 1)
        drawn = lottery(sweep.plan, runs, options.metrics.empty() ? "" : options.metrics.front());
    const auto cells = [&] { return drawn ? lottery_cells_text(*drawn) : sweep_cells_text(table); };
    const auto sentences = [&] { return drawn ? lottery_sentences(*drawn) : sweep_sentences(table); };
    if (!options.csv.empty()) write_file_atomically(options.csv, drawn ? to_csv(*drawn) : to_csv(table));
    if (options.json) {
        nlohmann::ordered_json json{{"sweep", sweep.name},
                                    {"id", sweep.id},
                                    {"status", to_json(status)},
                                    {"plan", nlohmann::ordered_json::parse(dump(to_json(sweep.plan)))}};
        json.update(to_json(table));
        if (drawn) json["lottery"] = to_json(*drawn);
        out << dump(json, 2) << "\n";
    } else if (options.markdown) {
        out << to_markdown(cells());
        for (const auto& sentence : sentences()) out << "\n" << sentence << "\n";
    } else if (options.progress.empty()) {
        out << "\n" << out.bold(sweep.name) << ": " << describe(sweep.plan) << "\n\n";
        Table(cells()).print(out);
        out << "\n";
        for (const auto& sentence : sentences()) out << sentence << "\n";
        out << text_of(status) << "\n";
    }
}

int show(const Options& options) {
    const auto store = options.store.reader();
    const auto sweep = unwrap(store->sweep(options.show));
    Output out;
    const auto runs = store->sweep_runs(sweep.id);
    print_table(out, options, sweep, store->sweep_status(sweep.id), runs, metrics_of(options, runs));
    out.flush();
    return Exit::ok;
}

int list(const Options& options) {
    const auto store = options.store.reader();
    Output out;
    auto all = nlohmann::ordered_json::array();
    Table table({"sweep", "id", "created", "runs", "what"});
    for (const auto& sweep : store->sweeps()) {
        const auto status = store->sweep_status(sweep.id);
        table.add({sweep.name, sweep.id.substr(0, 8), format_time(sweep.created_ms), text_of(status),
                   describe(sweep.plan)});
        all.push_back({{"sweep", sweep.name},
                       {"id", sweep.id},
                       {"created_ms", sweep.created_ms},
                       {"note", sweep.note},
                       {"pid", sweep.pid},
                       {"status", to_json(status)},
                       {"plan", nlohmann::ordered_json::parse(dump(to_json(sweep.plan)))}});
    }
    if (options.json)
        out << dump(all, 2) << "\n";
    else if (table.empty())
        out << "no sweeps yet\n";
    else
        table.print(out);
    out.flush();
    return Exit::ok;
}

int move_to_trash(const Options& options, const std::string& word, bool trashed) {
    const auto reader = options.store.reader();
    const auto sweep = unwrap(reader->sweep(word));
    const auto writer = options.store.writer();
    unwrap(writer->edit_sweep({.id = sweep.id, .trashed = trashed}));
    Output out;
    out << sweep.name << (trashed ? " is in the trash; its runs stay\n" : " is back\n");
    out.flush();
    return Exit::ok;
}

int rename(const Options& options) {
    if (options.name.empty()) throw InputError("sweep: --name NAME goes with --rename");
    const auto sweep = unwrap(options.store.reader()->sweep(options.rename));
    const auto writer = options.store.writer();
    unwrap(writer->edit_sweep({.id = sweep.id, .name = options.name}));
    Output out;
    out << sweep.name << " is " << options.name << " now\n";
    out.flush();
    return Exit::ok;
}

int dry_run(const Options& options, const SweepPlan& plan, const std::vector<SweepCell>& cells) {
    Output out;
    std::map<std::string, std::pair<std::string, RunState>> stored;
    if (options.store.exists())
        for (const auto& run : unwrap(options.store.reader()->runs()))
            stored.emplace(run.key, std::pair(run.name, run.state));
    auto all = nlohmann::ordered_json::array();
    std::vector<std::string> headings;
    for (const auto& axis : plan.axes) headings.push_back(axis.name);
    for (const char* heading : {"seed", "key", "run"}) headings.emplace_back(heading);
    Table table(headings);
    for (const auto& cell : cells) {
        std::vector<std::string> row;
        for (std::size_t i = 0; i < plan.axes.size(); ++i)
            row.push_back(plan.axes[i].levels[cell.levels[i]].label);
        const auto run = stored.find(cell.key);
        const bool there = run != stored.end();
        row.push_back(std::to_string(cell.seed));
        row.push_back(cell.key);
        row.push_back(there ? run->second.first + " " + std::string(to_string(run->second.second)) : "");
        table.add(std::move(row));
        if (!options.json) continue;
        all.push_back({{"key", cell.key},
                       {"run", there ? nlohmann::ordered_json(run->second.first) : nullptr},
                       {"state", there ? nlohmann::ordered_json(to_string(run->second.second)) : nullptr},
                       {"spec", nlohmann::ordered_json::parse(dump(to_json(cell.spec)))}});
    }
    if (options.json) {
        out << dump(all, 2) << "\n";
    } else {
        table.print(out);
        out << "\n" << describe(plan) << "\n";
    }
    out.flush();
    return Exit::ok;
}

/// A file that cannot be written is refused before hours of training, not after.
void check_csv(const Options& options) {
    if (options.csv.empty()) return;
    options.store.refuse_as_target("--csv", options.csv);
    const FileReplacement can_be_written(options.csv);
}

/// The stored sweep that is meant, extended by what was given; or a new one, which is stored unless one of
/// the same plan is there already. None: interrupted while the data was looked at.
std::optional<SweepRecord> sweep_of(const Options& options, const std::optional<SweepRecord>& stored,
                                    SweepPlan plan, const std::vector<SweepCell>& cells, Engine& engine,
                                    std::unique_ptr<StoreWriter>& writer, Output& out,
                                    const InterruptWatch& watch) {
    if (stored) {
        writer = options.store.writer();
        if (stored->plan == plan) return stored;
        unwrap(writer->hold_sweep(stored->id, true)); // or another process has it
        auto more = *stored;
        more.plan = std::move(plan);
        more.keys = keys_of(cells);
        return unwrap(writer->save_sweep(more));
    }
    ProgressLine line(out, options.speaks());
    if (!data_is_usable(engine, cells.front().spec, line, watch)) return std::nullopt;
    writer = options.store.writer();
    if (options.name.empty())
        for (const auto& sweep : options.store.reader()->sweeps())
            if (sweep.plan == plan) return sweep;
    return unwrap(
        writer->save_sweep({.name = options.name, .plan = std::move(plan), .keys = keys_of(cells)}));
}

int train(const Options& options) {
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    std::optional<SweepRecord> stored;
    if (!options.resume.empty()) stored = unwrap(options.store.reader()->sweep(options.resume));
    if (stored && stored->trashed_ms && !options.work)
        throw InputError("sweep " + stored->name +
                         " is in the trash; take it out with: descent sweep --restore " +
                         shell_quoted(stored->name) + options.store.repeated());
    const auto plan = stored ? extended_sweep_plan(stored->plan, options.plan, engine.catalog())
                             : new_sweep_plan(options.plan, engine.catalog());
    const auto cells = unwrap(sweep_cells(engine.catalog(), plan));
    if (options.dry_run) return dry_run(options, plan, cells);
    if (options.work) {
        if (!stored) throw InputError("sweep: --work goes with --resume");
        const auto writer = options.store.writer();
        return serve_sweep_work(sweep_lineage(engine.catalog(), cells).cells, stored->id, engine, *writer,
                                watch);
    }

    Output out;
    std::unique_ptr<StoreWriter> writer;
    auto sweep = sweep_of(options, stored, plan, cells, engine, writer, out, watch);
    if (!sweep) return Exit::interrupted;
    if (options.speaks()) {
        out << "sweep " << out.bold(sweep->name) << ": " << describe(sweep->plan) << "\n";
        out.flush();
    }
    const auto outcome = run_sweep(*sweep, cells, options.run(), engine, *writer, out, watch);
    const auto reader = options.store.reader();
    // Which metrics there are is known only now; for a slip in one the training does not go unreported.
    const auto runs = reader->sweep_runs(sweep->id);
    const auto status = reader->sweep_status(sweep->id);
    const auto asked = guarded([&] { return metrics_of(options, runs); });
    print_table(out, options, *sweep, status, runs, asked ? *asked : usual_metrics(runs));
    if (!status.complete() && options.speaks())
        out << format_count(status.cells - status.finished - status.diverged)
            << " are missing; go on with: descent sweep --resume " << shell_quoted(sweep->name)
            << options.store.repeated() << "\n";
    out.flush();
    for (const auto& problem : outcome.problems) complain(problem);
    if (!asked && outcome.problems.empty()) complain(asked.error().message);
    if (watch.requested()) return Exit::interrupted;
    if (!asked) return Exit::bad_input;
    return outcome.failed ? Exit::failed : Exit::ok;
}

/// What is in the store says itself what it is of. Not left to the parser, whose help would repeat all of
/// this beside each option.
void check_together(const CLI::App& command) {
    const auto refuse = [&](const char* one, std::initializer_list<const char*> others) {
        for (const char* other : others)
            if (command.count(one) > 0 && command.count(other) > 0)
                throw InputError(std::string("sweep: ") + other + " cannot be given with " + one);
    };
    for (const char* one : {"--resume", "--show", "--list", "--rename", "--trash", "--restore"})
        refuse(one, {"--task", "--model", "--optimizer", "--regime", "--set", "--epochs", "--updates",
                     "--seed", "--spec", "--preset", "--draw-data"});
    for (const char* one : {"--resume", "--show", "--list", "--trash", "--restore"}) refuse(one, {"--name"});
    for (const char* one : {"--show", "--list", "--rename", "--trash", "--restore"})
        refuse(one, {"--resume", "--over", "--seeds", "--jobs", "--active", "--dry-run", "--no-ensemble",
                     "--progress"});
    refuse("--show", {"--list", "--rename", "--trash", "--restore"});
    refuse("--list", {"--rename", "--trash", "--restore"});
    refuse("--rename", {"--trash", "--restore"});
    refuse("--trash", {"--restore"});
    refuse("--progress", {"--json", "--markdown", "--dry-run"});
}

int sweep(const Options& options) {
    check_csv(options);
    if (!options.rename.empty()) return rename(options);
    if (!options.trash.empty()) return move_to_trash(options, options.trash, true);
    if (!options.restore.empty()) return move_to_trash(options, options.restore, false);
    if (options.list) return list(options);
    options.along();
    if (!options.show.empty()) return show(options);
    // A slip of the pen is found before the engine is loaded.
    options.run();
    options.plan.check();
    if (!options.progress.empty() && options.progress != "json")
        throw InputError("--progress " + options.progress + ": expected json");
    return train(options);
}

} // namespace

void add_sweep_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "sweep", "Train every combination of some parameters' values, with several seeds, and compare them");
    auto options = std::make_shared<Options>();
    options->plan.add_to(*command);
    command->add_option("--name", options->name, "What to call it (default: after its title or axes)")
        ->type_name("NAME");
    command
        ->add_option(
            "--jobs", options->jobs,
            "Train in so many processes at once, or on so many threads what is trained together (default 1)")
        ->type_name("N");
    command->add_flag("--no-ensemble", options->no_ensemble,
                      "Train each network alone, not many as one program");
    command
        ->add_option("--resume", options->resume,
                     "Go on with a sweep; with --over, --seeds or --active it also gets more to train")
        ->type_name("SWEEP");
    command->add_option("--show", options->show, "Print the table of a sweep's stored runs")
        ->type_name("SWEEP");
    command->add_flag("--list", options->list, "List the sweeps of the store");
    command->add_option("--rename", options->rename, "Give a sweep another --name")->type_name("SWEEP");
    command->add_option("--trash", options->trash, "Hide a sweep; its runs stay")->type_name("SWEEP");
    command->add_option("--restore", options->restore, "Take it out of the trash")->type_name("SWEEP");
    auto* metric = command->add_option("--metric", options->metrics,
                                       "What the table tells: a metric, or train/error, validation/error, "
                                       "test/error; --active goes by the first; may be repeated");
    metric->type_name("METRIC")->delimiter(',')->allow_extra_args(false);
    command->add_option("--x", options->x, "Along the axis: level, parameters or parameters-per-example")
        ->type_name("WHAT");
    options->store.add_to(*command);
    command->add_option("--csv", options->csv, "Also write the table as CSV, numbers in full")
        ->type_name("FILE");
    auto* json = command->add_flag("--json", options->json, "Print the table as JSON, and nothing else");
    command->add_flag("--markdown", options->markdown, "Print the table as Markdown, and nothing else")
        ->excludes(json);
    command->add_option("--progress", options->progress, "json: a line of JSON for each step, and no table")
        ->type_name("FORM");
    command->add_flag("--dry-run", options->dry_run, "List the runs and train nothing");
    command->add_flag("--work", options->work)->group("");
    command->footer(
        "Presets: " + sweep_preset_names() +
        "\n\nExamples:\n  descent sweep --preset two-layer --jobs 2\n"
        "  descent sweep --task gaussian-mixture --over model.hidden=1:256:log20 --seeds 5 --set "
        "regime.loss=mse\n"
        "  descent sweep --task names --over optimizer.lr=0.01:1:log5 --over regime=sgd,full-batch\n"
        "  descent sweep --resume double-descent-over-width --seeds 10\n"
        "  descent sweep --show double-descent-over-width --x parameters --csv table.csv\n\n"
        "Runs that the store has already, under whatever sweep, are not trained again. Ctrl-C ends it; "
        "--resume "
        "goes on.\nExit codes: 0 done (some may have diverged), 2 bad input, 4 some failed, 130 "
        "interrupted.");
    command->callback([options, command, &action] {
        check_together(*command);
        if (!options->metrics.empty()) options->plan.metric = options->metrics.front();
        action = [options] { return sweep(*options); };
    });
}

} // namespace descent::cli
