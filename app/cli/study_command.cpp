#include "app/cli/command.h"
#include "app/cli/store_option.h"
#include "app/cli/sweep_run.h"
#include "core/analysis/outcomes.h"
#include "core/base/format.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace descent::cli {

namespace {

constexpr std::string_view kSearch = "symmetry-search-";

struct Options {
    StoreOption store;
    SweepPlanOptions plan; ///< its preset and seeds
    std::optional<std::string> jobs;
    std::string preset = "paper", search, resume, show, csv;
    std::vector<std::string> variants;
    bool json = false, markdown = false;

    bool speaks() const { return !json && !markdown; }
    SweepRunOptions run() const {
        SweepRunOptions how;
        if (jobs) how.jobs = static_cast<std::size_t>(whole_number("--jobs", *jobs, 1, 1024));
        how.progress = speaks() ? SweepProgress::How::bar : SweepProgress::How::none;
        return how;
    }
};

void check_word(const char* option, const std::string& word, const std::vector<std::string>& known) {
    if (word.empty() || std::ranges::count(known, word) > 0) return;
    throw InputError(std::string(option) + " " + word + ": expected " + joined(known, " or "));
}

/// Keeps the levels that are asked for, in the preset's order. They are of the one axis of variants.
void choose_variants(SweepPlan& plan, const std::vector<std::string>& wanted) {
    if (wanted.empty()) return;
    if (plan.axes.size() != 1) throw InputError("--variant: this preset has no variants to choose from");
    auto& levels = plan.axes.front().levels;
    std::vector<std::string> labels;
    for (const auto& level : levels) labels.push_back(level.label);
    for (const auto& word : wanted)
        if (std::ranges::find(labels, word) == labels.end()) {
            const auto meant = nearest(word, labels);
            throw InputError(
                "no variant '" + word + "'" +
                (meant ? "; did you mean '" + *meant + "'?" : "; there are: " + joined(labels, "; ")));
        }
    std::erase_if(levels, [&](const auto& level) { return std::ranges::count(wanted, level.label) == 0; });
}

/// Checks the sweep that a word names.
SweepRecord stored_study(const StoreReader& store, const std::string& word) {
    auto sweep = unwrap(store.sweep(word));
    if (sweep.plan.base.task != "symmetry")
        throw InputError("sweep " + sweep.name + " is of task " + sweep.plan.base.task + ", not of symmetry");
    return sweep;
}

/// The stored study that is meant, with more seeds where they are asked for; or a new one, unless the store
/// has one with this plan.
SweepRecord study_of(const Options& options, const Catalog& catalog) {
    SweepRecord sweep;
    if (!options.resume.empty()) {
        sweep = stored_study(*options.store.reader(), options.resume);
        sweep.plan = extended_sweep_plan(std::move(sweep.plan), options.plan, catalog);
    } else {
        sweep.plan = new_sweep_plan(options.plan, catalog);
        choose_variants(sweep.plan, options.variants);
        sweep.name = options.plan.preset;
        if (options.store.exists())
            for (auto& stored : options.store.reader()->sweeps())
                if (stored.plan == sweep.plan) return stored;
    }
    sweep.keys = keys_of(unwrap(sweep_cells(catalog, sweep.plan)));
    return sweep;
}

/// Which rate a sweep searches for, by the preset of its title; none: it is a study.
std::optional<SymmetryGoal> goal_of(const SweepPlan& plan, const Catalog& catalog) {
    for (const auto& [name, preset] : sweep_presets(catalog))
        if (preset.title == plan.title && name.starts_with(kSearch))
            return symmetry_goal(std::string_view(name).substr(kSearch.size()));
    return std::nullopt;
}

void write_csv(const std::string& file, const std::string& csv) {
    if (file.empty()) return;
    write_file_atomically(file, csv);
}

void print_sentences(Output& out, const std::vector<std::string>& sentences) {
    for (const auto& sentence : sentences) out << "\n" << sentence << "\n";
}

void print_study(Output& out, const Options& options, const SweepRecord& sweep, const OutcomeTable& table,
                 std::int64_t missing) {
    write_csv(options.csv, to_csv(table));
    const auto references = reference_cells(table);
    if (options.json) {
        nlohmann::ordered_json json{{"sweep", sweep.name}, {"missing", missing}};
        json.update(to_json(table));
        out << dump(json, 2) << "\n";
    } else if (options.markdown) {
        out << to_markdown(outcome_cells(table));
        if (!references.rows.empty()) out << "\n" << to_markdown(references);
        print_sentences(out, outcome_sentences(table));
    } else {
        out << "\n" << out.bold(sweep.name) << ": " << table.title << "\n\n";
        Table(outcome_cells(table)).print(out);
        if (!references.rows.empty()) {
            out << "\n" << out.bold("beside what others found") << "\n\n";
            Table(references).print(out);
        }
        print_sentences(out, outcome_sentences(table));
        out << "\n"
            << out.faint("Shares with 95% Wilson intervals; p by Fisher's exact test; a median counts as "
                         "within where "
                         "theirs lies in the 95% bootstrap interval of the difference. Mirror error and "
                         "ratio are of "
                         "those solved at the end.")
            << "\n";
    }
}

void print_search(Output& out, const Options& options, const SweepRecord& sweep,
                  const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal, std::int64_t missing) {
    write_csv(options.csv, to_csv(ranking));
    if (options.json) {
        nlohmann::ordered_json json{{"sweep", sweep.name}, {"missing", missing}};
        json.update(to_json(ranking, goal));
        out << dump(json, 2) << "\n";
    } else if (options.markdown) {
        out << to_markdown(ranking_cells(ranking, goal)) << "\n" << ranking_sentence(ranking, goal) << "\n";
    } else {
        out << "\n" << out.bold(sweep.name) << ": " << sweep.plan.title << "\n\n";
        Table(ranking_cells(ranking, goal)).print(out);
        print_sentences(out, {ranking_sentence(ranking, goal)});
    }
}

void print_result(Output& out, const Options& options, const SweepRecord& sweep, const Catalog& catalog) {
    const auto store = options.store.reader();
    const auto ends = symmetry_ends(*store, store->sweep_runs(sweep.id));
    const auto missing = std::ssize(sweep.keys) - std::ssize(ends);
    if (const auto goal = goal_of(sweep.plan, catalog))
        print_search(out, options, sweep, rank_settings(sweep.plan, ends, *goal), *goal, missing);
    else
        print_study(out, options, sweep, symmetry_outcomes(sweep.plan, ends), missing);
    if (missing > 0 && options.speaks())
        out << "\n"
            << format_count(missing) << " of " << format_count(std::ssize(sweep.keys))
            << " runs are missing; go on with: descent study symmetry --resume " << shell_quoted(sweep.name)
            << options.store.repeated() << "\n";
    out.flush();
}

/// A file that cannot be written is refused before minutes of training, not after.
void check_csv(const Options& options) {
    if (options.csv.empty()) return;
    options.store.refuse_as_target("--csv", options.csv);
    const FileReplacement can_be_written(options.csv);
}

int show(const Options& options) {
    const auto sweep = stored_study(*options.store.reader(), options.show);
    Output out;
    print_result(out, options, sweep, unwrap(load_engine())->catalog());
    return Exit::ok;
}

int study(const Options& options) {
    check_csv(options);
    if (!options.show.empty()) return show(options);
    // A slip of the pen is found before the engine is loaded.
    options.plan.check();
    options.run();
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    auto sweep = study_of(options, engine.catalog());
    Output out;
    const auto writer = options.store.writer();
    // Another process that trains it would go on with the plan that it knows.
    if (!sweep.id.empty()) unwrap(writer->hold_sweep(sweep.id, true));
    sweep = unwrap(writer->save_sweep(sweep));
    if (options.speaks()) {
        out << "study " << out.bold(sweep.name) << ": " << describe(sweep.plan) << "\n";
        out.flush();
    }
    const auto begun = now_ms();
    const auto outcome = run_sweep(sweep, unwrap(sweep_cells(engine.catalog(), sweep.plan)), options.run(),
                                   engine, *writer, out, watch);
    if (options.speaks())
        out << "trained in " << format_duration(static_cast<double>(now_ms() - begun) / 1000) << "\n";
    print_result(out, options, sweep, engine.catalog());
    for (const auto& problem : outcome.problems) complain(problem);
    if (watch.requested()) return Exit::interrupted;
    return outcome.failed ? Exit::failed : Exit::ok;
}

void check_together(const CLI::App& command) {
    const auto refuse = [&](const char* one, std::initializer_list<const char*> others) {
        for (const char* other : others)
            if (command.count(one) > 0 && command.count(other) > 0)
                throw InputError(std::string("study symmetry: ") + other + " cannot be given with " + one);
    };
    refuse("--resume", {"--preset", "--search", "--variant"});
    refuse("--show", {"--preset", "--search", "--variant", "--resume", "--seeds", "--jobs"});
    refuse("--search", {"--preset", "--variant"});
}

} // namespace

void add_study_commands(CLI::App& app, Action& action) {
    auto* all = app.add_subcommand("study", "Train a published experiment many times, and compare the rates");
    all->require_subcommand(1);
    auto* command = all->add_subcommand(
        "symmetry", "How often does a network learn mirror symmetry (Rumelhart, Hinton & Williams 1986)?");
    auto options = std::make_shared<Options>();
    command
        ->add_option("--preset", options->preset,
                     "paper: its own setting (the default); report: a table of variants")
        ->type_name("NAME");
    command
        ->add_option("--search", options->search,
                     "rmsprop or silu: search the settings for those that have the report's rate")
        ->type_name("WHAT");
    command
        ->add_option("--seeds", options->plan.seeds,
                     "Train each variant with N seeds (default 200; searches 100)")
        ->type_name("N");
    command->add_option("--variant", options->variants, "Only this variant of the preset; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command
        ->add_option(
            "--jobs", options->jobs,
            "Train in so many processes at once, or on so many threads what is trained together (default 1)")
        ->type_name("N");
    command
        ->add_option("--resume", options->resume,
                     "Go on with a stored study; with --seeds it also gets more seeds")
        ->type_name("SWEEP");
    command->add_option("--show", options->show, "Print the table of a stored study")->type_name("SWEEP");
    options->store.add_to(*command);
    command->add_option("--csv", options->csv, "Also write the table as CSV, numbers in full")
        ->type_name("FILE");
    auto* json = command->add_flag("--json", options->json, "Print the table as JSON, and nothing else");
    command->add_flag("--markdown", options->markdown, "Print the table as Markdown, and nothing else")
        ->excludes(json);
    command->footer(
        "Examples:\n  descent study symmetry --seeds 1000\n"
        "  descent study symmetry --preset report --jobs 2 --csv table.csv\n"
        "  descent study symmetry --preset report --variant paper --variant 'lr 0.04'\n"
        "  descent study symmetry --search silu\n  descent study symmetry --resume symmetry-report\n\n"
        "Runs that the store has already are not trained again. Ctrl-C ends it; --resume goes on.\n"
        "Exit codes: 0 done (some may have diverged), 2 bad input, 4 some failed, 130 interrupted.");
    command->callback([options, command, &action] {
        check_together(*command);
        check_word("--preset", options->preset, {"paper", "report"});
        check_word("--search", options->search, {"rmsprop", "silu"});
        options->plan.preset =
            options->search.empty() ? "symmetry-" + options->preset : std::string(kSearch) + options->search;
        action = [options] { return study(*options); };
    });
}

} // namespace descent::cli
