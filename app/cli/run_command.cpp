#include "app/cli/command.h"
#include "app/cli/follow.h"
#include "app/cli/request_options.h"
#include "app/cli/train_options.h"
#include "core/analysis/report_presets.h"
#include "core/base/pruning.h"
#include "core/store/trained_run.h"

#include <CLI/CLI.hpp>

#include <limits>
#include <optional>
#include <utility>

namespace descent::cli {

namespace {

struct RunOptions {
    RequestOptions request;
    TrainOptions show;
    std::optional<std::string> replicates;
};

/// Trains what a pruned network is made from, lowest level first, as runs of their own, where the store does
/// not have it. Returns the exit code of the first that did not finish.
int train_levels_below(const RunSpec& spec, Engine& engine, StoreWriter& writer, const TrainOptions& show,
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
}

} // namespace descent::cli
