#pragma once

#include "app/cli/follow.h"
#include "app/cli/request_options.h"
#include "core/analysis/breakpoint.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent::cli {

/// How a run is shown and on how many threads it is trained: the same for run, resume and branch.
struct TrainOptions {
    StoreOption store;
    std::optional<std::string> threads;
    std::vector<std::string> breakpoints;
    bool json = false, quiet = false;

    void add_to(CLI::App& command) {
        command
            .add_option(
                "--threads", threads,
                "Threads to compute with (default: 1, or what the run was begun with); auto measures a few "
                "updates on 1, 2, 4, … and takes what is fastest")
            ->type_name("N|auto");
        command
            .add_option("--break", breakpoints,
                        "Stop, with a checkpoint, when a condition comes true; may be repeated")
            ->type_name("CONDITION")
            ->allow_extra_args(false);
        store.add_to(command);
        command.add_flag("--json", json, "One JSON object a line, everything that is measured");
        command.add_flag("--quiet", quiet, "Print the run's name at the end and nothing else");
    }

    int thread_count() const {
        if (!threads) return 0;
        if (*threads == "auto") return kMeasuredThreads;
        return static_cast<int>(whole_number("--threads", *threads, 1, 1024));
    }

    /// Throws InputError where a condition cannot be read.
    void check_breakpoints() const {
        for (const auto& condition : breakpoints) unwrap(Breakpoint::parse(condition));
    }

    bool speaks() const { return !json && !quiet; }
    /// Says how far the reading of data is.
    StartOptions start(ProgressLine& line) const {
        return {.threads = thread_count(),
                .progress = [&line](double share, const std::string& what) { line.show(share, what); },
                .breakpoints = breakpoints};
    }
    std::unique_ptr<Reporter> reporter(Output& out) const {
        return json ? make_json_reporter(out) : make_text_reporter(out, store.repeated(), quiet);
    }
};

} // namespace descent::cli
