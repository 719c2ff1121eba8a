#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "app/cli/request_options.h"
#include "app/cli/store_option.h"
#include "core/analysis/class_report.h"
#include "core/engine/engine.h"
#include "core/engine/evaluation_table.h"
#include "core/exchange/run_json.h"
#include "core/store/checkpoints.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::array kSets{"train", "validation", "test", "all"};

struct Options {
    StoreOption store;
    std::string run, which = "last", data, classes;
    std::vector<std::string> settings;
    std::int64_t threads = 0;
    bool json = false;
};

/// The run's task with what was said of its data; none where nothing was.
std::optional<Part> other_data(const Options& options, const RunRecord& run, const Catalog& catalog) {
    if (options.data.empty() && options.settings.empty()) return std::nullopt;
    Request request = catalog.request_for(unwrap(catalog.check(run.spec)));
    for (const auto& setting : options.settings) {
        const auto equals = setting.find('=');
        if (!setting.starts_with("task.") || equals == std::string::npos)
            throw InputError("--set " + setting +
                             ": expected task.parameter=value, for only the data can be others");
        request.set(setting.substr(0, equals), setting.substr(equals + 1));
    }
    if (!options.data.empty()) {
        const auto name = data_parameter(catalog, run.spec.task.id);
        if (!name)
            throw InputError("--data: task '" + run.spec.task.id +
                             "' reads no data from outside; expected --set task.parameter=value");
        std::error_code error;
        if (!std::filesystem::exists(options.data, error))
            throw InputError("--data " + options.data + ": there is no such file or folder");
        request.set("task." + *name, options.data);
    }
    make_paths_absolute(request, catalog);
    return unwrap(catalog.resolve(request)).task;
}

std::optional<ClassReport> classes_of(const EvaluationReport& report, const std::string& set) {
    const auto found = std::ranges::find(report.matrices, set + "/scores", &Matrix::name);
    if (found == report.matrices.end()) return std::nullopt;
    return class_report(ClassScores::from_matrix(found->rows, found->columns, found->values), report.classes);
}

json to_json(const EvaluationReport& report, const RunRecord& run, const CheckpointInfo& checkpoint) {
    auto sets = json::object();
    for (const std::string set : kSets) {
        auto of = json::object();
        for (const auto& figure : report.figures)
            if (figure.name.starts_with(set + "/"))
                of[figure.name.substr(set.size() + 1)] = finite_json(figure.value);
        if (of.empty()) continue;
        json row{{"examples", examples_in(report, set)}};
        row["metrics"] = std::move(of);
        if (const auto classes = classes_of(report, set)) {
            auto all = json::array();
            for (const auto& c : classes->classes)
                all.push_back({{"class", c.name},
                               {"examples", c.examples},
                               {"answers", c.answers},
                               {"precision", finite_json(c.precision)},
                               {"recall", finite_json(c.recall)},
                               {"f1", finite_json(c.f1)},
                               {"auroc", finite_json(c.roc.area)}});
            row["classes"] = std::move(all);
        }
        sets[set] = std::move(row);
    }
    return {{"run", run.name},
            {"update", checkpoint.update.count},
            {"epoch", checkpoint.epoch ? json(checkpoint.epoch->passes) : json()},
            {"data", report.data_source},
            {"own_data", report.own_data},
            {"sets", std::move(sets)}};
}

int evaluate(const Options& options) {
    const InterruptWatch watch;
    const auto store = options.store.reader();
    const RunRecord run = find_run(*store, options.run);
    const auto all = store->checkpoints(run.id);
    const auto& checkpoint = find_checkpoint(all, options.which, run.name);
    Engine& engine = *unwrap(load_engine());
    EvaluateOptions how{.task = other_data(options, run, engine.catalog()),
                        .threads = static_cast<int>(options.threads),
                        .stop = watch.token()};
    Output out;
    ProgressLine line(out, !options.json);
    how.progress = [&](double share, const std::string& what) { line.show(share, what); };
    const auto result = engine.evaluate(run, options.store.path(), checkpoint, how);
    line.erase();
    if (watch.requested()) return Exit::interrupted;
    const auto& report = unwrap(result);
    if (options.json) {
        out << dump(to_json(report, run, checkpoint), 2) << "\n";
    } else {
        out << out.bold(evaluation_title(report, run, checkpoint)) << "\n";
        Table(evaluation_table(report)).print(out, "  ");
        if (!options.classes.empty()) {
            const auto classes = classes_of(report, options.classes);
            if (!classes)
                throw InputError(
                    "--classes " + options.classes + ": " +
                    (report.classes.empty() ? "the task has no classes" : "there is no such set"));
            out << "\nClasses of the " << options.classes << " set\n";
            Table(to_table(*classes, false)).print(out, "  ");
        }
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "evaluate", "Loss, accuracy and the task's other figures of a run's stored weights");
    auto options = std::make_shared<Options>();
    add_run_argument(*command, options->run);
    command
        ->add_option("--checkpoint", options->which,
                     "Whose weights: best, last or an update (descent checkpoints)")
        ->type_name("WHICH")
        ->capture_default_str();
    command
        ->add_option("--data", options->data,
                     "Other data of the same task: its source, of texts its test_source")
        ->type_name("SOURCE");
    command->add_option("--set", options->settings, "Another parameter of the task; may be repeated")
        ->type_name("task.NAME=VALUE")
        ->allow_extra_args(false);
    command
        ->add_option("--classes", options->classes,
                     "Also precision, recall, F1 and AUROC of each class: of validation or test")
        ->type_name("SET")
        ->check(CLI::IsMember({"validation", "test"}));
    command->add_option("--threads", options->threads, "0: as many as the run was trained with")
        ->type_name("N")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    options->store.add_to(*command);
    command->add_flag("--json", options->json, "As JSON, the classes of each set too");
    command->footer(
        "On the run's own data the figures of its last checkpoint are those it ended with, bit for bit. "
        "Other "
        "data must have\nthe same classes and examples of the same shape; they are split, and sound is "
        "normalised, as the task's parameters\nsay, and \"all\" is the three sets together. Nothing is "
        "stored.\n\n"
        "Examples:\n  descent evaluate brave-otter --checkpoint best\n"
        "  descent evaluate brave-otter --data ~/more-names --classes test\n"
        "  descent evaluate brave-otter --set task.seed=1 --json | jq .sets.test.metrics");
    command->callback([options, &action] { action = [options] { return evaluate(*options); }; });
}

} // namespace descent::cli
