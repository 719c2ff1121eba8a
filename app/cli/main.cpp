// descent: the studio without its window. This file understands the command line and turns whatever goes
// wrong into one line and an exit code; the commands are in the files beside it.

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/base/param.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>

namespace descent::cli {

void complain(const std::string& message) {
    // One write, so that lines of several processes on one terminal do not mix.
    std::cerr << "descent: " + one_line(message) + "\n" << std::flush;
}

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  descent tasks                                    what can be learnt\n"
    "  descent run --task names --model gru --epochs 20 train, live\n"
    "  descent ladder --task names                      compare SGD with full-batch regimes\n"
    "  descent sweep --preset two-layer                 double descent over the width\n"
    "  descent runs --where 'model = gru'               find the run again\n"
    "  descent compare brave-otter calm-heron           how they differ, and by how much\n"
    "  descent export brave-otter --csv otter.csv       take its numbers elsewhere\n\n"
    "The store is $DESCENT_STORE, else runs.sqlite in the XDG data folder; --store FILE overrides both.\n"
    "Help on a command: descent COMMAND --help";

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
    const auto near = nearest(word, candidates);
    return near ? "; did you mean '" + *near + "'?" : "";
}

/// CLI11 would only call an unknown command an argument that was not expected.
void check_command(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* level = &app;
    std::string path;
    for (const auto& word : words) {
        const auto all = level->get_subcommands({});
        if (all.empty() || word.starts_with("-")) return;
        const auto chosen = std::ranges::find(all, word, [](const CLI::App* c) { return c->get_name(); });
        if (chosen == all.end()) {
            std::vector<std::string> commands;
            for (const auto* command : all) commands.push_back(command->get_name());
            const auto rest = suggestion(word, commands);
            throw InputError("unknown command '" + path + word + "'" +
                             (rest.empty() ? "; see descent " + path + "--help" : rest));
        }
        level = *chosen;
        path += word + " ";
    }
}

std::string describe(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App* last = &app;
    std::string where;
    for (auto chosen = app.get_subcommands(); !chosen.empty(); chosen = last->get_subcommands()) {
        last = chosen.back();
        where += (where.empty() ? "" : " ") + last->get_name();
    }
    if (!where.empty()) where += ": ";
    const CLI::App& command = *last;
    const auto extra = app.remaining(true);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) && !extra.empty()) {
        const std::string word = extra.front().substr(0, extra.front().find('='));
        if (!word.starts_with("-")) return where + "unexpected '" + word + "'";
        std::vector<std::string> options;
        for (const auto* option : command.get_options())
            for (const auto& name : option->get_lnames()) options.push_back("--" + name);
        return where + "unknown option " + word + suggestion(word, options);
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
        const std::string said = error.what(); // "--task: 1 required TASK missing", or "… but received 2"
        const bool too_many = said.find("received") != std::string::npos;
        return where + said.substr(0, said.find(':')) +
               (too_many ? ": given more than once" : ": expected a value");
    }
    return where + error.what();
}

int run(int argc, char** argv) {
    CLI::App app("Descent Studio: training dynamics from the command line", "descent");
    bool version = false;
    app.add_flag("--version", version, "Print the versions of this program, torch and its BLAS");
    app.footer(kExamples);
    app.require_subcommand(0, 1);
    app.get_formatter()->column_width(34);

    Action action;
    add_run_commands(app, action);
    add_resume_commands(app, action);
    add_ladder_command(app, action);
    add_sweep_command(app, action);
    add_study_commands(app, action);
    add_compare_command(app, action);
    add_store_commands(app, action);
    add_score_commands(app, action);
    add_mask_command(app, action);
    add_checkpoints_command(app, action);
    add_evaluate_command(app, action);
    add_preset_command(app, action);
    add_exchange_commands(app, action);
    add_recover_command(app, action);
    add_edit_commands(app, action);
    add_catalog_commands(app, action);
    add_inspect_command(app, action);
    add_data_commands(app, action);
    add_gradient_command(app, action);

    const auto print_help = [&] {
        Output out;
        out << app.help();
        out.flush();
        return Exit::ok;
    };
    check_command(app, {argv + 1, argv + argc});
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return print_help();
    } catch (const CLI::ParseError& error) {
        throw InputError(describe(app, error));
    }
    if (version) return print_version();
    return action ? action() : print_help();
}

/// Without taking libtorch apart piece by piece, which takes longer than many a command. Nothing that is
/// static holds what has to be put away.
[[noreturn]] void leave(int code) {
    std::fflush(nullptr);
    std::quick_exit(code);
}

/// A file opened later would take the number of a standard stream that was closed, and be written to as such.
void open_standard_streams() {
    for (int stream = 0; stream <= 2; ++stream)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream) std::abort();
}

} // namespace

} // namespace descent::cli

int main(int argc, char** argv) {
    using namespace descent::cli;
    // A reader that has gone is then an error of write(), seen and handled, instead of a death in the middle
    // of a run.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // the same where a file may not grow any more (ulimit -f)
    open_standard_streams();
    try {
        leave(run(argc, argv));
    } catch (const BrokenPipe&) {
        return Exit::ok;
    } catch (const descent::InputError& error) {
        complain(error.what());
        return Exit::bad_input;
    } catch (const std::exception& error) {
        complain(error.what());
        return Exit::failed;
    }
}
