#include "app/cli/command.h"
#include "app/cli/compare_report.h"
#include "app/cli/store_option.h"
#include "core/analysis/bands.h"
#include "core/analysis/smoothing.h"
#include "core/base/param.h"
#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"
#include "core/store/lineage.h"
#include "core/store/store.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

namespace descent::cli {

namespace {

struct Options {
    StoreOption store;
    std::vector<std::string> runs, metrics;
    std::string where, at = "last", csv, curves;
    std::optional<std::string> group_by, reference, x, band, centre, smooth;
    bool all = false, json = false, markdown = false, latex = false;
};

constexpr std::array<std::pair<std::string_view, XAxis>, 5> kAxes{{{"update", XAxis::update},
                                                                   {"epoch", XAxis::epoch},
                                                                   {"examples", XAxis::examples},
                                                                   {"seconds", XAxis::seconds},
                                                                   {"share", XAxis::share}}};

/// How curves are folded.
struct CurveOptions {
    XAxis axis = XAxis::update;
    Centre centre = Centre::mean;
    Spread spread = Spread::deviation;
    SmoothingSpec smoothing;
};

CurveOptions curve_options(const Options& options) {
    CurveOptions chosen;
    if (options.x) {
        const auto found =
            std::ranges::find(kAxes, *options.x, [](const auto& axis) { return std::string(axis.first); });
        if (found == kAxes.end())
            throw InputError("--x " + *options.x + ": expected update, epoch, examples, seconds or share");
        chosen.axis = found->second;
    }
    if (options.centre) chosen.centre = unwrap(centre_named(*options.centre));
    if (options.band) chosen.spread = unwrap(spread_named(*options.band));
    if (options.smooth) chosen.smoothing = unwrap(smoothing_spec(*options.smooth));
    return chosen;
}

/// The runs named, in that order, then those that the filter finds, oldest first; each once.
std::vector<RunRecord> chosen_runs(const Options& options, const StoreReader& store) {
    // Manifests are long, and what was changed while training is only told with them.
    constexpr std::size_t most_in_full = 200;
    auto ids = find_runs(store, options.runs);
    std::vector<RunRecord> runs;
    if (!options.where.empty()) {
        auto found = unwrap(store.runs({.where = options.where}));
        std::ranges::reverse(found);
        for (auto& run : found) {
            if (std::ranges::find(ids, run.id) != ids.end()) continue;
            if (found.size() > most_in_full)
                runs.push_back(std::move(run));
            else
                ids.push_back(run.id);
        }
    }
    std::vector<RunRecord> all;
    for (const auto& id : ids) {
        all.push_back(unwrap(store.run(id)));
        all.back().provenance.manifest.clear();
    }
    all.insert(all.end(), std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
    const auto hint = options.where.empty() ? "" : " match";
    if (all.size() < 2)
        throw InputError(all.empty() ? "compare: no runs" + std::string(hint) + "; name two or more"
                                     : "compare: only " + all.front().name + (*hint ? " matches" : "") +
                                           "; name two runs or more");
    return all;
}

std::vector<MetricPick> chosen_metrics(const Options& options, const std::vector<RunRecord>& runs) {
    const bool by_word = options.at == "last" || options.at == "best";
    const auto at = metric_pick(by_word ? options.at + ":x" : "x@" + options.at);
    if (!at) throw InputError("--at " + options.at + ": expected last, best or the number of an update");
    std::vector<MetricPick> picks;
    for (const auto& word : options.metrics.empty() ? telling_metrics(runs) : options.metrics) {
        auto pick = unwrap(metric_pick(word));
        const bool says_when = word != pick.metric;
        if (!says_when) {
            pick.at = at->at;
            pick.update = at->update;
        }
        std::vector<std::string> known;
        for (const auto& run : runs)
            for (const auto& [name, summary] : run.summary) known.push_back(name);
        if (std::ranges::find(known, pick.metric) == known.end()) {
            const auto meant = nearest(pick.metric, known);
            throw InputError("none of these runs has measured '" + pick.metric + "'" +
                             (meant ? "; did you mean '" + *meant + "'?" : ""));
        }
        const auto same = [&](const MetricPick& other) { return to_string(other) == to_string(pick); };
        if (std::ranges::none_of(picks, same)) picks.push_back(std::move(pick));
    }
    if (picks.empty()) throw InputError("compare: these runs have measured nothing");
    return picks;
}

std::size_t reference_row(const Options& options, const std::vector<RunGroup>& groups) {
    if (!options.reference) return 0;
    std::vector<std::string> labels;
    for (const auto& group : groups) labels.push_back(group.label);
    const auto exact = std::ranges::find(labels, *options.reference);
    if (exact != labels.end()) return static_cast<std::size_t>(exact - labels.begin());
    const auto meant = nearest(*options.reference, labels);
    throw InputError("--reference '" + *options.reference + "': no such group" +
                     (meant ? "; did you mean '" + *meant + "'?" : "; there are " + joined(labels, ", ")));
}

std::vector<double> values_of(const StoreReader& store, const std::vector<RunRecord>& runs,
                              const MetricPick& pick) {
    std::vector<double> values;
    for (const auto& run : runs) {
        if (pick.at != MetricPick::At::update) {
            values.push_back(summary_value(run, pick));
            continue;
        }
        const auto point = store.value_at(run.id, pick.metric, pick.update);
        values.push_back(point ? point->value : std::numeric_limits<double>::quiet_NaN());
    }
    return values;
}

/// The metric as a run that has it declares it.
MetricInfo declared(const StoreReader& store, const std::vector<RunRecord>& runs, const std::string& metric) {
    for (const auto& run : runs) {
        if (!run.summary.contains(metric)) continue;
        for (auto& info : store.metrics(run.id))
            if (info.name == metric) return info;
    }
    return {};
}

void check_file(const Options& options, const char* option, const std::string& file) {
    if (file.empty()) return;
    options.store.refuse_as_target(option, file);
    const FileReplacement can_be_written(file);
}

/// One replicate as it is drawn.
std::vector<PlotPoint> curve_of(const StoreReader& store, const RunRecord& run, const std::string& metric,
                                const CurveOptions& options) {
    const auto axis = SeriesAxis::make(options.axis, static_cast<double>(run.provenance.train_examples),
                                       static_cast<double>(std::max(run.planned.count, run.updates.count)));
    std::vector<PlotPoint> points;
    for (const auto& point : joined_series(store, run, metric))
        points.push_back({axis.of_moment(point), point.value});
    return smooth(points, options.smoothing);
}

TextTable folded_curves(const StoreReader& store, const CompareReport& report, const CurveOptions& options) {
    TextTable table{{"metric", "group", "x", "centre", "low", "high", "count"}, {}, {}};
    std::vector<std::string> done;
    for (const auto& comparison : report.comparisons) {
        const auto& metric = comparison.pick.metric;
        if (std::ranges::find(done, metric) != done.end()) continue;
        done.push_back(metric);
        for (const auto& group : report.groups) {
            std::vector<std::vector<PlotPoint>> replicates;
            for (const auto i : group.runs)
                replicates.push_back(curve_of(store, report.runs[i], metric, options));
            for (const auto& point : fold_replicates(replicates, options.centre, options.spread,
                                                     std::numeric_limits<std::size_t>::max())) {
                const bool has_band = std::isfinite(point.low);
                table.rows.push_back({metric, group.label, csv_number(point.x), csv_number(point.centre),
                                      has_band ? csv_number(point.low) : "",
                                      has_band ? csv_number(point.high) : "", csv_number(point.count)});
            }
        }
    }
    return table;
}

int compare(const Options& options) {
    const auto curves = curve_options(options);
    check_file(options, "--csv", options.csv);
    check_file(options, "--curves", options.curves);
    const auto store = options.store.reader();

    CompareReport report{.runs = chosen_runs(options, *store),
                         .grouped_by = options.group_by.value_or("replicates")};
    const auto parents = parent_names(*store, report.runs);
    report.groups = unwrap(group_runs(report.runs, report.grouped_by, parents));
    // Who names two seeds of one spec wants them side by side.
    if (!options.group_by && report.runs.size() == 2 && report.groups.size() == 1) {
        report.grouped_by = "none";
        report.groups = unwrap(group_runs(report.runs, report.grouped_by));
    }
    const auto reference = reference_row(options, report.groups);
    for (const auto& pick : chosen_metrics(options, report.runs)) {
        const auto info = declared(*store, report.runs, pick.metric);
        report.comparisons.push_back(compare_groups(report.runs, report.groups, pick,
                                                    values_of(*store, report.runs, pick), info.direction,
                                                    reference));
        report.comparisons.back().unit = info.unit;
    }
    report.config = config_diff(report.runs, parents);
    if (report.runs.size() == 2)
        report.why =
            why_different(*store, report.runs[0], report.runs[1], checkpoint_folder(options.store.path()));

    if (!options.csv.empty()) write_file_atomically(options.csv, to_csv(tidy_table(report.comparisons)));
    if (!options.curves.empty())
        write_file_atomically(options.curves, to_csv(folded_curves(*store, report, curves)));
    Output out;
    if (options.json)
        out << dump(to_json(report, options.all), 2) << "\n";
    else if (options.markdown)
        out << to_markdown(report, options.all);
    else if (options.latex)
        out << to_latex(report, options.all);
    else
        print_report(out, report, options.all);
    out.flush();
    return Exit::ok;
}

/// Not left to the parser, whose help would repeat it beside each option.
void check_together(const CLI::App& command) {
    for (const char* option : {"--x", "--band", "--centre", "--smooth"})
        if (command.count(option) > 0 && command.count("--curves") == 0)
            throw InputError(std::string("compare: ") + option +
                             " says how --curves FILE is folded; give both");
}

} // namespace

void add_compare_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("compare", "Compare runs: settings, metrics by group, differences with intervals");
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->runs, "Names, UUIDs, or unique beginnings of either")->type_name("");
    command->add_option("--where", options->where, "Also the runs that match, see descent runs --help")
        ->type_name("EXPR");
    command
        ->add_option("--group-by", options->group_by,
                     "replicates (equal but for the seed; the default), none, or fields: regime,optimizer.lr")
        ->type_name("FIELD,...");
    command
        ->add_option("--metric", options->metrics,
                     "What to compare by (default: loss and accuracy on the validation set)")
        ->type_name("METRIC")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--at", options->at, "The value taken: last (the default), best, or at an update")
        ->type_name("last|best|N");
    command->add_option("--reference", options->reference, "The group that others are compared with")
        ->type_name("GROUP");
    command->add_flag("--all", options->all, "Settings that are equal, too");
    options->store.add_to(*command);
    command->add_option("--csv", options->csv, "Also write the comparison, numbers in full")
        ->type_name("FILE");
    auto* json = command->add_flag("--json", options->json, "Print JSON, and nothing else");
    auto* markdown = command->add_flag("--markdown", options->markdown, "Print Markdown, and nothing else");
    command->add_flag("--latex", options->latex, "Print LaTeX (booktabs), and nothing else")
        ->excludes(json)
        ->excludes(markdown);
    markdown->excludes(json);
    command->add_option("--curves", options->curves, "Also write each group's curve with its band")
        ->type_name("FILE");
    command->add_option("--x", options->x, "Against update (the default), epoch, examples, seconds or share")
        ->type_name("AXIS");
    command->add_option("--band", options->band, "sd (the default), se, bootstrap, range, quantiles or none")
        ->type_name("BAND");
    command->add_option("--centre", options->centre, "mean (the default) or median")->type_name("CENTRE");
    command
        ->add_option("--smooth", options->smooth,
                     "ema:WEIGHT, time-ema:HALF-LIFE, gaussian:SIGMA or running:POINTS")
        ->type_name("KIND:AMOUNT");
    command->footer(
        "A metric may say when itself: best:validation/accuracy, validation/loss@500. Columns of --curves:\n"
        "metric, group, x, centre, low, high, count (runs that are there); every x that any run has.\n\n"
        "Examples:\n  descent compare brave-otter calm-heron\n"
        "  descent compare --where 'task=names' --group-by regime --metric best:validation/accuracy\n"
        "  descent compare --where tag:paper --group-by optimizer.lr --reference 'lr 0.1' --markdown\n"
        "  descent compare --where tag:paper --curves loss.csv --metric train/loss --x epoch --band "
        "bootstrap");
    command->callback([options, command, &action] {
        check_together(*command);
        action = [options] { return compare(*options); };
    });
}

} // namespace descent::cli
