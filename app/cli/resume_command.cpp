#include "app/cli/command.h"
#include "app/cli/train_options.h"
#include "core/base/branch_request.h"
#include "core/base/format.h"
#include "core/base/length.h"
#include "core/store/checkpoints.h"

#include <algorithm>
#include <utility>

namespace descent::cli {

namespace {

struct ResumeOptions {
    TrainOptions train;
    std::string run;
    std::vector<std::string> changes;
    std::optional<std::string> epochs, updates;
};

struct BranchOptions {
    TrainOptions train;
    RequestOptions request;
    std::string run, at = "last", name;
};

/// "optimizer.lr=0.05"
Change read_change(const std::string& text) {
    const auto equals = text.find('='), dot = text.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals)
        throw InputError("--change " + text + ": expected group.parameter=value, such as optimizer.lr=0.05");
    return {{}, text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<Change> read_changes(const ResumeOptions& options) {
    std::vector<Change> changes;
    for (const auto& text : options.changes) changes.push_back(read_change(text));
    const auto add_length = [&](const std::string& unit, const std::optional<std::string>& length) {
        if (length) changes.push_back({{}, unit, std::to_string(whole_number("--" + unit, *length, 1))});
    };
    add_length("epochs", options.epochs);
    add_length("updates", options.updates);
    return changes;
}

/// The run that something is to go on from.
RunRecord stored_run(const StoreOption& store, const std::string& word) {
    auto run = find_run(*store.reader(), word);
    if (run.trashed_ms)
        throw InputError(run.name + " is in the trash; take it out with: descent restore " + run.name);
    return run;
}

int resume(const ResumeOptions& options) {
    int threads = options.train.thread_count();
    options.train.check_breakpoints();
    auto changes = read_changes(options);
    const InterruptWatch watch;
    const auto record = stored_run(options.train.store, options.run);
    if (!is_over(record.state))
        throw InputError(record.name + " is " + std::string(to_string(record.state)) + " in process " +
                         std::to_string(record.pid));
    if (record.state == RunState::finished && !options.epochs && !options.updates)
        throw InputError(record.name + " is finished after " + format_number(record.epoch.passes) +
                         " epochs, " + format_count(record.updates.count) +
                         " updates; say how long it is to be in all, with --epochs N or --updates N");
    // Another number of threads adds in another order, and the bits would differ.
    if (threads == 0) threads = static_cast<int>(record.provenance.threads);

    Engine& engine = *unwrap(load_engine());
    for (auto& change : changes)
        change = unwrap(check_change(change, engine.catalog(), unwrap(engine.catalog().check(record.spec))));
    const auto writer = options.train.store.writer();
    Output out;
    ProgressLine line(out, options.train.speaks());
    const auto begin = [&](const StartOptions& start) {
        auto session = engine.resume(record, *writer, start);
        line.erase();
        return session;
    };
    if (record.state == RunState::diverged && changes.empty())
        complain("warning: " + record.name + " " + record.reason +
                 "; without a change (--change optimizer.lr=…) it will do so again");
    const auto reporter = options.train.reporter(out);
    auto start = options.train.start(line);
    start.threads = threads;
    start.changes = changes;
    return follow(begin, start, true, *writer, *reporter, watch);
}

int branch(const BranchOptions& options) {
    options.train.check_breakpoints();
    Request asked;
    options.request.apply_to(asked); // a slip of the pen is found before the engine is loaded
    const InterruptWatch watch;
    const auto parent = stored_run(options.train.store, options.run);
    const auto all = options.train.store.reader()->checkpoints(parent.id);
    const auto& from = find_checkpoint(all, options.at, parent.name);

    Engine& engine = *unwrap(load_engine());
    auto request = branch_request(engine.catalog(), parent, from);
    for (const auto group : {Group::optimizer, Group::regime})
        if (!asked.id(group).empty() && asked.id(group) != request.id(group))
            std::erase_if(request.settings, [&](const auto& setting) { // those of the other one
                return setting.first.starts_with(std::string(to_string(group)) + ".");
            });
    options.request.apply_to(request);
    make_paths_absolute(request, engine.catalog());
    const auto spec = unwrap(engine.catalog().resolve(request));
    const auto writer = options.train.store.writer();
    Output out;
    ProgressLine line(out, options.train.speaks());
    const auto begin = [&](const StartOptions& start) {
        auto session =
            engine.resume(new_branch(spec, {parent.id, from.update}, options.name), *writer, start);
        line.erase();
        return session;
    };
    const auto reporter = options.train.reporter(out);
    auto start = options.train.start(line);
    if (start.threads == 0) start.threads = static_cast<int>(parent.provenance.threads);
    return follow(begin, start, false, *writer, *reporter, watch);
}

void add_resume(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("resume", "Go on with a run that is over, bit for bit, or train it longer");
    auto chosen = std::make_shared<ResumeOptions>();
    add_run_argument(*command, chosen->run);
    command->add_option("--epochs", chosen->epochs, "Its whole length, in passes over the training set")
        ->type_name("N");
    command->add_option("--updates", chosen->updates, "Its whole length, in optimizer steps")
        ->type_name("N")
        ->excludes(command->get_option("--epochs"));
    command
        ->add_option("--change", chosen->changes,
                     "Go on with another step size, clip or batch size; may be repeated")
        ->type_name("GROUP.NAME=VALUE")
        ->allow_extra_args(false);
    chosen->train.add_to(*command);
    command->footer(
        "A run that was stopped, interrupted or failed goes on from its last checkpoint; one that diverged, "
        "from\nbefore that, so change something; one that is finished, or stopped early, needs a greater "
        "length.\n\n"
        "Examples:\n  descent resume brave-otter\n  descent resume brave-otter --epochs 200\n"
        "  descent resume brave-otter --change optimizer.lr=0.01 --break 'gradient > 100'");
    command->callback([chosen, &action] { action = [chosen] { return resume(*chosen); }; });
}

void add_branch(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("branch", "Train a new run from another one's checkpoint on");
    auto chosen = std::make_shared<BranchOptions>();
    add_run_argument(*command, chosen->run);
    command->add_option("--at", chosen->at, "Which checkpoint: last (the default), best, or its update")
        ->type_name("UPDATE");
    chosen->request.add_branch_to(*command);
    command->add_option("--name", chosen->name, "The new run's name (default: one of its own)")
        ->type_name("NAME");
    chosen->train.add_to(*command);
    command->footer(
        "Settings are those in force there, but for what is given. The weights must fit; the optimizer's "
        "state, the\nrandom streams and the place in the epoch carry over where they fit, and the log says "
        "what does not. With\nnothing changed the branch goes as its parent went, bit for bit. --epochs and "
        "--updates count from the\nparent's beginning; where its length is over there, the branch goes on "
        "for "
        "as long again.\n\n"
        "Examples:\n  descent branch brave-otter --at 500 --set optimizer.lr=0.01\n"
        "  descent branch brave-otter --at best --regime full-batch --epochs 200 --name otter-full\n"
        "  descent export otter-full --csv otter.csv --joined");
    command->callback([chosen, &action] { action = [chosen] { return branch(*chosen); }; });
}

} // namespace

void add_resume_commands(CLI::App& app, Action& action) {
    add_resume(app, action);
    add_branch(app, action);
}

} // namespace descent::cli
