#include "app/cli/command.h"
#include "app/cli/follow.h"
#include "app/cli/progress_line.h"
#include "app/cli/request_options.h"
#include "core/analysis/breakpoint.h"
#include "core/analysis/report_presets.h"
#include "core/base/pruning.h"
#include "core/store/trained_run.h"

#include <CLI/CLI.hpp>

#include <limits>
#include <optional>
#include <utility>

namespace descent::cli {

namespace {

/// How a run is shown and on how many threads it is trained: the same for run and resume.
struct ShowOptions {
    StoreOption store;
    std::optional<std::string> threads;
    std::vector<std::string> breakpoints;
    bool json = false, quiet = false;

    void add_to(CLI::App& command) {
        command
            .add_option("--threads", threads,
                        "Threads to compute with (default: 1, or what the run was begun with)")
            ->type_name("N");
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

struct RunOptions {
    RequestOptions request;
    ShowOptions show;
    std::optional<std::string> replicates;
};

struct ResumeOptions {
    ShowOptions show;
    std::string run;
    std::vector<std::string> changes;
};

/// "optimizer.lr=0.05"
Change read_change(const std::string& text) {
    const auto equals = text.find('='), dot = text.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals)
        throw InputError("--change " + text + ": expected group.parameter=value, such as optimizer.lr=0.05");
    return {{}, text.substr(0, equals), text.substr(equals + 1)};
}

/// Trains what a pruned network is made from, lowest level first, as runs of their own, where the store does
/// not have it. Returns the exit code of the first that did not finish.
int train_levels_below(const RunSpec& spec, Engine& engine, StoreWriter& writer, const ShowOptions& show,
                       Output& out, const InterruptWatch& watch) {
    bool checked = false;
    for (const auto& below : pruning_ancestors(spec)) {
        if (watch.requested()) return Exit::interrupted;
        const auto level = "level " + std::to_string(prune_level(below.regime.params));
        const auto found = run_to_be(*unwrap(StoreReader::open(writer.path())), writer.path(),
                                     engine.catalog().key(below), level);
        if (found.trained) continue;
        const auto& broken_off = found.broken_off;
        if (ProgressLine line(out, show.speaks());
            !std::exchange(checked, true) && !data_is_usable(engine, spec, line, watch))
            return Exit::interrupted; // rather than after all of the levels below
        if (show.speaks()) {
            out << level << " first, which level " << std::to_string(prune_level(spec.regime.params))
                << " is made from and the store does not have\n";
            out.flush();
        }
        ProgressLine line(out, show.speaks());
        auto start = show.start(line);
        start.breakpoints.clear(); // they are meant for the run that was asked for
        if (broken_off && start.threads == 0)
            start.threads = static_cast<int>(broken_off->provenance.threads);
        const auto begin = [&](const StartOptions& with) {
            auto session =
                broken_off ? engine.resume(*broken_off, writer, with) : engine.start(below, writer, with);
            line.erase();
            return session;
        };
        const auto reporter =
            show.json ? make_json_reporter(out) : make_line_reporter(out, level, show.speaks());
        const int code = follow(begin, start, broken_off.has_value(), writer, *reporter, watch);
        if (code != Exit::ok) return code;
    }
    return Exit::ok;
}

int run(const RunOptions& options) {
    const std::int64_t replicates =
        options.replicates ? whole_number("--replicates", *options.replicates, 1, 1'000'000) : 1;
    Request request = options.request.request();
    options.show.check_breakpoints();
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    make_paths_absolute(request, engine.catalog());
    RunSpec spec = unwrap(engine.catalog().resolve(request));
    ReportMarks marks;
    if (const auto* preset = options.request.preset(request)) marks = report_marks(*preset, spec);
    if (static_cast<std::uint64_t>(replicates - 1) > std::numeric_limits<std::uint64_t>::max() - spec.seed)
        throw InputError("--replicates: there are not that many seeds after " + std::to_string(spec.seed));

    Output out;
    const StoreOption& store = options.show.store;
    if (ProgressLine line(out, options.show.speaks());
        !store.exists() && !data_is_usable(engine, spec, line, watch))
        return Exit::interrupted;
    const auto writer = store.writer();

    int worst = Exit::ok;
    for (std::int64_t i = 0; i < replicates; ++i, ++spec.seed) {
        if (watch.requested()) return Exit::interrupted;
        if (const int code = train_levels_below(spec, engine, *writer, options.show, out, watch);
            code != Exit::ok)
            return code;
        ProgressLine line(out, options.show.speaks());
        const auto begin = [&](const StartOptions& start) {
            auto session = engine.start(spec, *writer, start);
            line.erase();
            return session;
        };
        const auto reporter = options.show.reporter(out);
        auto start = options.show.start(line);
        start.tags = marks.tags;
        start.log = marks.log;
        const int code = follow(begin, start, false, *writer, *reporter, watch);
        worst = std::max(worst, code);
        // A seed may diverge where the next does not; what failed or was ended is not tried again.
        if (code != Exit::ok && code != Exit::diverged) break;
    }
    return worst;
}

int resume(const ResumeOptions& options) {
    int threads = options.show.thread_count();
    options.show.check_breakpoints();
    std::vector<Change> changes;
    for (const auto& text : options.changes) changes.push_back(read_change(text));
    const InterruptWatch watch;
    RunRecord record;
    {
        const auto reader = options.show.store.reader();
        record = unwrap(reader->run(unwrap(reader->find(options.run))));
    }
    if (record.trashed_ms)
        throw InputError(record.name + " is in the trash; take it out with: descent restore " + record.name);
    if (!is_over(record.state))
        throw InputError(record.name + " is " + std::string(to_string(record.state)) + " in process " +
                         std::to_string(record.pid));
    if (!is_resumable(record.state))
        throw InputError(record.name + " is " + std::string(to_string(record.state)) +
                         "; only a stopped or interrupted run can be resumed");
    // Another number of threads adds in another order, and the bits would differ.
    if (threads == 0) threads = static_cast<int>(record.provenance.threads);

    Engine& engine = *unwrap(load_engine());
    for (auto& change : changes)
        change = unwrap(check_change(change, engine.catalog(), unwrap(engine.catalog().check(record.spec))));
    const auto writer = options.show.store.writer();
    Output out;
    ProgressLine line(out, options.show.speaks());
    const auto begin = [&](const StartOptions& start) {
        auto session = engine.resume(record, *writer, start);
        line.erase();
        return session;
    };
    const auto reporter = options.show.reporter(out);
    auto start = options.show.start(line);
    start.threads = threads;
    start.changes = changes;
    return follow(begin, start, true, *writer, *reporter, watch);
}

} // namespace

void add_run_commands(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("run", "Train, show it live and keep everything in the store");
    auto options = std::make_shared<RunOptions>();
    options->request.add_to(*command);
    command
        ->add_option("--replicates", options->replicates,
                     "Train N runs, with seeds SEED, SEED+1, … one after another")
        ->type_name("N");
    options->show.add_to(*command);
    command->footer(
        "Examples:\n"
        "  descent run --task names --model gru --regime sgd --epochs 20\n"
        "  descent run --task names --set task.source=DIR --set optimizer.lr=0.1 --seed 7\n"
        "  descent run --spec spec.toml --replicates 5 --quiet\n"
        "  descent run --preset imdb-cnn --epochs 3\n"
        "  descent run --task names --at 500:optimizer.lr=0.01 --at 800:regime.clip_norm=1\n"
        "  descent run --task names --break 'loss is NaN' --break 'validation rises 5 times'\n"
        "  descent run --task names --json | jq -c 'select(.event == \"sample\")'\n\n"
        "CONDITION: METRIC is NaN, METRIC rises 5 times, or a comparison such as 'sharpness > 2/lr'; "
        "METRIC is a\n"
        "name (validation/loss) or loss, validation, accuracy, sharpness, gradient.\n"
        "Ctrl-C saves and stops; descent resume goes on from there.\n"
        "Exit code: 0 finished, 2 bad input, 3 diverged, 4 failed, 130 interrupted.");
    command->callback([options, &action] { action = [options] { return run(*options); }; });

    auto* again = app.add_subcommand("resume", "Go on with a stopped or interrupted run, bit for bit");
    auto chosen = std::make_shared<ResumeOptions>();
    again->add_option("RUN", chosen->run, "Name, UUID, or the unique beginning of either")
        ->type_name("")
        ->required();
    again
        ->add_option("--change", chosen->changes,
                     "Go on with another step size, clip or batch size; may be repeated")
        ->type_name("GROUP.NAME=VALUE")
        ->allow_extra_args(false);
    chosen->show.add_to(*again);
    again->footer("Examples:\n  descent resume brave-otter\n  descent resume brave-otter --json\n"
                  "  descent resume brave-otter --change optimizer.lr=0.01 --break 'gradient > 100'");
    again->callback([chosen, &action] { action = [chosen] { return resume(*chosen); }; });
}

} // namespace descent::cli
