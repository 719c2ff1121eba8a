#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/store_option.h"
#include "core/analysis/class_report.h"
#include "core/analysis/figure_text.h"
#include "core/base/format.h"
#include "core/engine/engine.h"
#include "core/exchange/run_json.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct Options {
    StoreOption store;
    std::string run, set = "validation", csv, only;
    std::int64_t limit = 20;
    bool json = false, bins = false, confusion = false;
};

struct Scored {
    RunRecord run;
    ClassScores scores;
};

Scored read(const Options& options) {
    const auto store = options.store.reader();
    Scored found{find_run(*store, options.run), {}};
    if (const auto matrix = store->matrix(found.run.id, options.set + "/scores"))
        found.scores = ClassScores::from_matrix(matrix->rows, matrix->columns, matrix->values);
    if (found.scores.size() > 0) return found;
    const auto& run = found.run;
    throw InputError("run '" + run.name + "' has no scores of its " + options.set + " set: " +
                     (run.provenance.classes.empty() ? "its task has no classes"
                      : run.state != RunState::finished
                          ? "they are kept where a run ends, and it is " + std::string(to_string(run.state))
                          : "it has no such set, or it was trained before they were kept"));
}

/// Of the confusion matrix: rows are truths.
TextTable counts(const Scored& of) {
    const auto confusion = of.scores.confusion();
    TextTable table{{"truth"}, {}, {}};
    const auto& names = of.run.provenance.classes;
    for (std::int64_t c = 0; c < confusion.classes; ++c) table.headings.push_back(names.at(std::size_t(c)));
    table.right.assign(table.headings.size(), true);
    table.right.front() = false;
    for (std::int64_t t = 0; t < confusion.classes; ++t) {
        std::vector<std::string> row{names.at(std::size_t(t))};
        for (std::int64_t p = 0; p < confusion.classes; ++p)
            row.push_back(std::to_string(confusion.at(t, p)));
        table.rows.push_back(std::move(row));
    }
    return table;
}

json averages(const Confusion::Averages& of) {
    return {{"precision", finite_json(of.precision)},
            {"recall", finite_json(of.recall)},
            {"f1", finite_json(of.f1)}};
}

json to_json(const Scored& of, const ClassReport& report, const std::string& set) {
    json classes = json::array(), bins = json::array(), confusion = json::array();
    for (const auto& c : report.classes)
        classes.push_back({{"class", c.name},
                           {"examples", c.examples},
                           {"answers", c.answers},
                           {"precision", finite_json(c.precision)},
                           {"recall", finite_json(c.recall)},
                           {"f1", finite_json(c.f1)},
                           {"auroc", finite_json(c.roc.area)},
                           {"auroc_error", finite_json(c.roc.error)},
                           {"auroc_low", finite_json(c.roc.low)},
                           {"auroc_high", finite_json(c.roc.high)}});
    for (const auto& bin : report.bins)
        bins.push_back({{"examples", bin.examples},
                        {"confidence", finite_json(bin.confidence)},
                        {"accuracy", finite_json(bin.accuracy)}});
    const auto all = of.scores.confusion();
    for (std::int64_t t = 0; t < all.classes; ++t) {
        auto row = json::array();
        for (std::int64_t p = 0; p < all.classes; ++p) row.push_back(all.at(t, p));
        confusion.push_back(std::move(row));
    }
    return {{"run", of.run.name},
            {"set", set},
            {"examples", report.examples},
            {"accuracy", finite_json(report.accuracy)},
            {"macro", averages(report.macro)},
            {"weighted", averages(report.weighted)},
            {"micro", averages({report.accuracy, report.accuracy, report.accuracy})},
            {"macro_auroc", finite_json(report.macro_auroc)},
            {"micro_auroc", finite_json(report.micro_auroc)},
            {"calibration_error", finite_json(report.calibration_error)},
            {"classes", std::move(classes)},
            {"reliability", std::move(bins)},
            {"confusion", std::move(confusion)}};
}

int classes(const Options& options) {
    const auto found = read(options);
    const auto report = class_report(found.scores, found.run.provenance.classes);
    const auto table = [&](bool in_full) {
        return options.bins        ? reliability_table(report, in_full)
               : options.confusion ? counts(found)
                                   : to_table(report, in_full);
    };
    Output out;
    if (!options.csv.empty()) {
        options.store.refuse_as_target("--csv", options.csv);
        write_file_atomically(options.csv, to_csv(table(true)));
        out << "written to " << options.csv << "\n";
    } else if (options.json) {
        out << dump(to_json(found, report, options.set), 2) << "\n";
    } else {
        out << out.bold(found.run.name) << ", " << format_count(report.examples) << " examples of the "
            << options.set << " set: accuracy " << percent(report.accuracy) << ", calibration error "
            << percent(report.calibration_error) << "\n";
        Table(table(false)).print(out, "  ");
        const auto only = found.scores.confusion().only_answer();
        if (only >= 0 && report.classes.size() > 1)
            out << "All answers are one class: " << report.classes[std::size_t(only)].name << "\n";
    }
    out.flush();
    return Exit::ok;
}

/// The set's examples as the task has them now, if it still is what the run was measured on.
std::vector<std::string> texts(const Scored& of, const std::string& set) {
    constexpr std::array sides{"train", "validation", "test"};
    auto* engine = unwrap(load_engine());
    const auto data =
        unwrap(engine->inspect(unwrap(engine->catalog().check(of.run.spec)), {.samples = true}));
    if (data.provenance.data_hash != of.run.provenance.data_hash)
        throw InputError("the data of task '" + of.run.spec.task.id + "' are no longer those that run '" +
                         of.run.name + "' was measured on");
    std::vector<std::string> all;
    for (const auto& sample : data.samples)
        if (sides.at(std::size_t(sample.side)) == set) all.push_back(sample.text);
    if (std::ssize(all) != of.scores.size())
        throw InputError("the task has " + format_count(std::ssize(all)) + " " + set + " examples, the run " +
                         format_count(of.scores.size()));
    return all;
}

int errors(const Options& options) {
    const auto found = read(options);
    const auto& names = found.run.provenance.classes;
    auto wrong = wrong_answers(found.scores);
    const auto all = std::ssize(wrong);
    if (!options.only.empty()) {
        const auto at = std::ranges::find(names, options.only);
        if (at == names.end()) {
            const auto meant = nearest(options.only, names);
            throw InputError(
                "--class " + options.only + ": the task has no such class" +
                (meant ? "; did you mean '" + *meant + "'?" : "; it has " + joined(names, ", ")));
        }
        std::erase_if(wrong, [&](const WrongAnswer& w) { return w.truth != at - names.begin(); });
    }
    const auto chosen = std::ssize(wrong);
    if (options.limit > 0 && chosen > options.limit) wrong.resize(std::size_t(options.limit));
    const auto examples = texts(found, options.set);
    const auto name = [&](std::int64_t c) { return names.at(std::size_t(c)); };
    Output out;
    if (options.json) {
        auto list = json::array();
        for (const auto& w : wrong)
            list.push_back({{"example", w.example},
                            {"text", examples[std::size_t(w.example)]},
                            {"truth", name(w.truth)},
                            {"answer", name(w.answer)},
                            {"confidence", finite_json(w.confidence)},
                            {"loss", finite_json(w.surprise)}});
        out << dump(json{{"run", found.run.name},
                         {"set", options.set},
                         {"examples", found.scores.size()},
                         {"wrong", all},
                         {"errors", std::move(list)}},
                    2)
            << "\n";
        out.flush();
        return Exit::ok;
    }
    const bool in_full = !options.csv.empty();
    TextTable table{{"example", "truth", "answer", "confidence", "loss", "text"}, {}, {}};
    table.right = {true, false, false, true, true, false};
    for (const auto& w : wrong)
        table.rows.push_back(
            {in_full ? std::to_string(w.example) : format_count(w.example), name(w.truth), name(w.answer),
             in_full ? nlohmann::json(w.confidence).dump() : percent(w.confidence),
             in_full ? nlohmann::json(w.surprise).dump() : format_number(w.surprise, 3),
             in_full ? examples[std::size_t(w.example)] : one_line(examples[std::size_t(w.example)])});
    if (in_full) {
        options.store.refuse_as_target("--csv", options.csv);
        write_file_atomically(options.csv, to_csv(table));
        out << format_count(std::ssize(table.rows)) << " errors written to " << options.csv << "\n";
    } else {
        out << out.bold(found.run.name) << ": " << format_count(all) << " of "
            << format_count(found.scores.size()) << " " << options.set << " examples answered wrongly"
            << (options.only.empty() ? "" : ", " + format_count(chosen) + " of class " + options.only)
            << (std::ssize(wrong) < chosen ? "; the worst " + format_count(std::ssize(wrong)) : "") << "\n";
        if (!table.rows.empty()) Table(table).print(out, "  ");
    }
    out.flush();
    return Exit::ok;
}

void add_common(CLI::App& command, Options& options) {
    add_run_argument(command, options.run);
    command.add_option("--set", options.set, "Which set: validation or test")
        ->type_name("SET")
        ->check(CLI::IsMember({"validation", "test"}))
        ->capture_default_str();
    auto* csv = command.add_option("--csv", options.csv, "Into this file, in full")->type_name("FILE");
    options.store.add_to(command);
    command.add_flag("--json", options.json, "As JSON")->excludes(csv);
}

} // namespace

void add_score_commands(CLI::App& app, Action& action) {
    auto* report =
        app.add_subcommand("classes", "Precision, recall, F1 and AUROC of each class of a finished run");
    auto reported = std::make_shared<Options>();
    add_common(*report, *reported);
    auto* bins = report->add_flag("--reliability", reported->bins,
                                  "Instead: how often answers of each confidence are right");
    report
        ->add_flag("--confusion", reported->confusion, "Instead: how often each class was answered for each")
        ->excludes(bins);
    report->footer(
        "As scikit-learn computes them from the scores the run ended with; – (in files nan, in JSON null) "
        "where "
        "a figure is\n"
        "0/0, which averages count as 0. Macro averages are over the classes that occur, as truth or answer, "
        "AUROC's over\n"
        "those with examples. Intervals: DeLong et al. 1988, on the logit's scale.\n\n"
        "Examples:\n  descent classes brave-otter --set test\n  descent classes brave-otter --json | jq "
        ".macro\n"
        "  descent classes brave-otter --reliability\n"
        "  descent export brave-otter --curve roc --csv roc.csv");
    report->callback([reported, &action] { action = [reported] { return classes(*reported); }; });

    auto* wrong =
        app.add_subcommand("errors", "The examples that a finished run answers wrongly, the worst first");
    auto listed = std::make_shared<Options>();
    add_common(*wrong, *listed);
    wrong->add_option("--limit", listed->limit, "At most N; 0 for all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    wrong->add_option("--class", listed->only, "Only examples of this class")->type_name("CLASS");
    wrong->footer(
        "Sorted by −log of the score that the right class got (loss). The data are read anew and must be "
        "those of the run.\n\n"
        "Examples:\n  descent errors brave-otter\n"
        "  descent errors brave-otter --set test --class Scottish --limit 0 --csv errors.csv");
    wrong->callback([listed, &action] { action = [listed] { return errors(*listed); }; });
}

} // namespace descent::cli
