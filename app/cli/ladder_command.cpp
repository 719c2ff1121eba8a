#include "app/cli/command.h"
#include "app/cli/follow.h"
#include "app/cli/request_options.h"
#include "core/analysis/ladder.h"
#include "core/base/format.h"
#include "core/engine/engine.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

namespace descent::cli {

namespace {

struct Options {
    RequestOptions request;
    StoreOption store;
    std::optional<std::string> seeds, threads;
    std::vector<std::string> only;
    std::string csv, resume, show;
    bool json = false, markdown = false, dry_run = false;

    bool speaks() const { return !json && !markdown; }
    int thread_count() const {
        return threads ? static_cast<int>(whole_number("--threads", *threads, 1, 1024)) : 0;
    }
    std::int64_t seed_count() const { return seeds ? whole_number("--seeds", *seeds, 1, 10'000) : 3; }
};

/// What one ladder is to train, and what of it the store has.
struct Ladder {
    std::string group;
    LadderPlan plan;
    std::vector<Request> requests;
    std::vector<RunRecord> runs;
};

std::vector<RunRecord> runs_of(const StoreReader& store, const std::string& group) {
    return unwrap(store.runs({.where = "tag:" + ladder_tags(group).back()}));
}

/// The group that a person means: "1a2b3c4d", "ladder-1a2b3c4d", or the unique beginning of either.
std::string find_group(const StoreReader& store, const std::string& word) {
    std::vector<std::string> all, found;
    for (const auto& tag : store.tags())
        if (auto group = ladder_group({tag}); !group.empty()) all.push_back(std::move(group));
    const std::string start = word.starts_with("ladder-") ? word.substr(7) : word;
    for (const auto& group : all)
        if (!start.empty() && group.starts_with(start)) found.push_back(group);
    if (found.size() == 1) return found.front();
    if (found.size() > 1) throw InputError("'" + word + "' begins several ladders: " + joined(found, ", "));
    throw InputError("no ladder '" + word + "'" +
                     (all.empty() ? " in this store" : "; there are " + joined(all, ", ")));
}

std::vector<std::uint64_t> following(std::uint64_t first, std::int64_t count) {
    if (static_cast<std::uint64_t>(count - 1) > std::numeric_limits<std::uint64_t>::max() - first)
        throw InputError("--seeds: there are not that many seeds after " + std::to_string(first));
    std::vector<std::uint64_t> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(first + static_cast<std::uint64_t>(i));
    return all;
}

Ladder new_ladder(const Options& options, const Catalog& catalog) {
    Ladder ladder{.group = new_ladder_group()};
    Request base = options.request.request();
    make_paths_absolute(base, catalog);
    ladder.plan =
        unwrap(ladder_plan(catalog, base, following(base.seed, options.seed_count()), options.only));
    ladder.requests = unwrap(ladder_requests(catalog, ladder.plan));
    return ladder;
}

/// Every run's log begins with the plan; the newest has the last word.
Ladder stored_ladder(const Options& options, const Catalog& catalog) {
    const auto store = options.store.reader();
    Ladder ladder{.group = find_group(*store, options.resume)};
    ladder.runs = runs_of(*store, ladder.group);
    std::optional<LadderPlan> plan;
    for (const auto& run : ladder.runs) { // newest first
        for (const auto& line : store->log(run.id))
            if (!plan) plan = plan_from_log_line(line.text);
        if (plan) break;
    }
    if (!plan)
        throw InputError("the runs of ladder " + ladder.group +
                         " do not say what else belongs to it; begin another");
    ladder.plan = std::move(*plan);
    if (options.seeds) {
        const auto seeds =
            following(ladder.plan.seeds.empty() ? 0 : ladder.plan.seeds.front(), options.seed_count());
        if (seeds.size() < ladder.plan.seeds.size())
            throw InputError("--seeds " + std::to_string(seeds.size()) + ": ladder " + ladder.group +
                             " has " + std::to_string(ladder.plan.seeds.size()) +
                             " already; it can only get more");
        ladder.plan.seeds = seeds;
    }
    ladder.requests = unwrap(ladder_requests(catalog, ladder.plan));
    return ladder;
}

/// The run that has this key in the group: the one that got furthest.
const RunRecord* find_run(const Ladder& ladder, const std::string& key) {
    const RunRecord* best = nullptr;
    const auto worth = [](const RunRecord& run) {
        return run.state == RunState::finished   ? 4
               : run.state == RunState::diverged ? 3
               : is_resumable(run.state)         ? 2
               : run.state == RunState::failed   ? 0
                                                 : 1; // a process holds it
    };
    for (const auto& run : ladder.runs)
        if (run.key == key && !run.trashed_ms && (!best || worth(*best) < worth(run))) best = &run;
    return best;
}

bool is_done(const RunRecord& run) {
    return run.state == RunState::finished || run.state == RunState::diverged;
}

/// A file that cannot be written is refused before hours of training, not after.
void check_csv(const Options& options) {
    if (options.csv.empty()) return;
    options.store.refuse_as_target("--csv", options.csv);
    const FileReplacement can_be_written(options.csv);
}

int list_plan(const Options& options, const Ladder& ladder, const Catalog& catalog) {
    Output out;
    auto all = nlohmann::ordered_json::array();
    Table table({"regime", "seed", "model", "optimizer", "lr", "length", "key", "run"});
    for (const auto& request : ladder.requests) {
        const RunSpec spec = unwrap(catalog.resolve(request));
        const auto key = catalog.key(spec);
        const auto* stored = find_run(ladder, key);
        const auto& budget = spec.budget;
        table.add({spec.regime.id, std::to_string(spec.seed), spec.model.id, spec.optimizer.id,
                   format_number(spec.optimizer.params.real("lr")),
                   budget.epochs ? format_count(*budget.epochs) + " epochs"
                                 : format_count(budget.updates.value_or(0)) + " updates",
                   key, stored ? stored->name + " " + std::string(to_string(stored->state)) : ""});
        all.push_back({{"key", key},
                       {"run", stored ? nlohmann::ordered_json(stored->name) : nullptr},
                       {"state", stored ? nlohmann::ordered_json(to_string(stored->state)) : nullptr},
                       {"spec", to_json(spec)}});
    }
    if (options.json)
        out << dump(all, 2) << "\n";
    else
        table.print(out);
    out.flush();
    return Exit::ok;
}

void print_table(Output& out, const Options& options, const std::string& group,
                 const std::vector<RunRecord>& runs, std::optional<std::int64_t> missing = {}) {
    const auto table = ladder_table(runs);
    if (!options.csv.empty()) write_file_atomically(options.csv, to_csv(table));
    if (options.json) {
        nlohmann::ordered_json json{{"ladder", group}};
        if (missing) json["missing"] = *missing;
        json.update(to_json(table));
        out << dump(json, 2) << "\n";
    } else if (options.markdown) {
        out << to_markdown(table);
    } else {
        out << "\n" << out.bold("ladder " + group) << ": " << table.task << ", " << table.model << "\n\n";
        Table(ladder_cells(table)).print(out);
        out << "\n" << out.faint(ladder_legend(table)) << "\n";
    }
}

int show_table(const Options& options) {
    const auto store = options.store.reader();
    const auto group = find_group(*store, options.show);
    Output out;
    print_table(out, options, group, runs_of(*store, group));
    out.flush();
    return Exit::ok;
}

/// Trains what is missing. The exit code of the worst run.
int train(const Options& options, const Ladder& ladder, Engine& engine, StoreWriter& writer, Output& out,
          const InterruptWatch& watch) {
    const std::size_t total = ladder.requests.size();
    int worst = Exit::ok;
    for (std::size_t i = 0; i < total; ++i) {
        if (watch.requested()) return Exit::interrupted;
        const RunSpec spec = unwrap(engine.catalog().resolve(ladder.requests[i]));
        const RunRecord* stored = find_run(ladder, engine.catalog().key(spec));
        if (stored && is_done(*stored)) {
            if (stored->state == RunState::diverged) worst = std::max<int>(worst, Exit::diverged);
            continue;
        }
        if (stored && !is_over(stored->state))
            throw InputError(stored->name + " of this ladder is " + std::string(to_string(stored->state)) +
                             " in process " + std::to_string(stored->pid));
        const bool again = stored && is_resumable(stored->state);
        const auto reporter = make_line_reporter(out,
                                                 std::to_string(i + 1) + "/" + std::to_string(total) + " " +
                                                     spec.regime.id + ", seed " + std::to_string(spec.seed),
                                                 options.speaks());
        ProgressLine reading(out, options.speaks());
        StartOptions start{
            .threads = options.thread_count(),
            .progress = [&](double share, const std::string& what) { reading.show(share, what); },
            .tags = ladder_tags(ladder.group),
            .log = {to_log_line(ladder.plan)}};
        // Another number of threads would give other bits.
        if (again && start.threads == 0) start.threads = static_cast<int>(stored->provenance.threads);
        const auto begin = [&](const StartOptions& with) {
            auto session = again ? engine.resume(*stored, writer, with) : engine.start(spec, writer, with);
            reading.erase();
            return session;
        };
        const int code = follow(begin, start, again, writer, *reporter, watch);
        worst = std::max(worst, code);
        if (code != Exit::ok && code != Exit::diverged) break;
    }
    return worst;
}

int ladder(const Options& options) {
    check_csv(options);
    if (!options.show.empty()) return show_table(options);
    // A slip of the pen is found before the engine is loaded.
    options.thread_count();
    options.seed_count();
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    const Catalog& catalog = engine.catalog();
    const Ladder ladder =
        options.resume.empty() ? new_ladder(options, catalog) : stored_ladder(options, catalog);
    if (options.dry_run) return list_plan(options, ladder, catalog);

    Output out;
    if (ProgressLine line(out, options.speaks());
        !options.store.exists() &&
        !data_is_usable(engine, unwrap(catalog.resolve(ladder.requests.front())), line, watch))
        return Exit::interrupted;
    const auto writer = options.store.writer();
    if (options.speaks()) {
        out << "ladder " << out.bold(ladder.group) << ": " << std::to_string(ladder.plan.regimes.size())
            << " regimes, " << std::to_string(ladder.plan.seeds.size())
            << (ladder.plan.seeds.size() == 1 ? " seed\n" : " seeds\n");
        out.flush();
    }
    const int code = train(options, ladder, engine, *writer, out, watch);
    const auto runs = runs_of(*options.store.reader(), ladder.group);
    if (runs.empty()) return code; // ended before the first was begun
    const auto missing = std::ranges::count_if(ladder.requests, [&](const Request& request) {
        const auto key = catalog.key(unwrap(catalog.resolve(request)));
        return std::ranges::none_of(runs, [&](const auto& r) { return r.key == key && is_done(r); });
    });
    print_table(out, options, ladder.group, runs, missing);
    if (missing > 0 && options.speaks())
        out << "\n"
            << format_count(missing) << " of " << format_count(std::ssize(ladder.requests))
            << " runs are missing; go on with: descent ladder --resume " << ladder.group
            << options.store.repeated() << "\n";
    out.flush();
    return code;
}

/// A ladder that is in the store says itself what it is of. Not left to the parser, whose help would repeat
/// all of this beside each option.
void check_together(const CLI::App& command) {
    const auto refuse = [&](const char* one, std::initializer_list<const char*> others) {
        for (const char* other : others)
            if (command.count(one) > 0 && command.count(other) > 0)
                throw InputError(std::string("ladder: ") + other + " cannot be given with " + one);
    };
    for (const char* one : {"--resume", "--show"})
        refuse(one, {"--task", "--model", "--optimizer", "--set", "--epochs", "--seed", "--only"});
    refuse("--show", {"--resume", "--seeds", "--threads", "--dry-run"});
}

} // namespace

void add_ladder_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "ladder", "Train the regimes from SGD to regularized full batch on one task, and compare them");
    auto options = std::make_shared<Options>();
    options->request.add_shared_to(*command, "The first seed (default 0)");
    command->add_option("--seeds", options->seeds, "Train each regime with N seeds (default 3)")
        ->type_name("N");
    auto* only = command->add_option("--only", options->only,
                                     "Only these rungs; the others are compared with the first");
    only->type_name("REGIME")->delimiter(',')->allow_extra_args(false);
    command
        ->add_option("--resume", options->resume, "Go on with a ladder; with --seeds it also gets more seeds")
        ->type_name("GROUP");
    command->add_option("--show", options->show, "Print the table of a ladder's stored runs")
        ->type_name("GROUP");
    command->add_option("--threads", options->threads, "Threads to compute with (default: 1)")
        ->type_name("N");
    options->store.add_to(*command);
    command->add_option("--csv", options->csv, "Also write the table as CSV, numbers in full")
        ->type_name("FILE");
    auto* json = command->add_flag("--json", options->json, "Print the table as JSON, and nothing else");
    command->add_flag("--markdown", options->markdown, "Print the table as Markdown, and nothing else")
        ->excludes(json);
    command->add_flag("--dry-run", options->dry_run, "List the runs and train nothing");
    command->footer(
        "Examples:\n  descent ladder --task names --seeds 5\n"
        "  descent ladder --task kws-binary --only sgd-baseline,full-batch --epochs 20 --markdown\n"
        "  descent ladder --resume 1a2b3c4d\n  descent ladder --show 1a2b3c4d --csv ladder.csv\n"
        "  descent runs --where tag:ladder-1a2b3c4d\n\n"
        "Ctrl-C saves the run in hand; --resume goes on from there and trains what is missing.\n"
        "Exit code: 0 all finished, 2 bad input, 3 one diverged, 4 one failed, 130 interrupted.");
    command->callback([options, command, &action] {
        check_together(*command);
        action = [options] { return ladder(*options); };
    });
}

} // namespace descent::cli
