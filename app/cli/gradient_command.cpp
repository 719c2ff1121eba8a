#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/analysis/scalar_gradient.h"
#include "core/analysis/scalar_presets.h"
#include "core/base/param.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <span>

namespace descent::cli {

namespace {

struct Options {
    std::vector<std::string> words; ///< the expression unless there is a preset, then NAME=NUMBER
    std::string preset, csv;
    bool steps = false, json = false;
};

/// What is computed, and from which values.
struct Asked {
    std::string text;
    std::map<std::string, double> values;
    std::vector<std::string> remarks;
};

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const auto& preset : scalar_presets()) names.push_back(preset.name);
    return names;
}

void take_value(const std::string& word, std::map<std::string, double>& values) {
    const auto sign = word.find('=');
    const std::string name(trimmed(std::string_view(word).substr(0, sign)));
    if (sign == std::string::npos || name.empty())
        throw InputError("'" + word + "': expected NAME=NUMBER, such as x=3");
    const std::string_view number = trimmed(std::string_view(word).substr(sign + 1));
    double value = 0;
    const auto* end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || number.empty())
        throw InputError("'" + word + "': expected a number after '='" +
                         (number.find(',') != number.npos ? ", its decimals after a point" : ""));
    values[name] = value;
}

Asked asked_for(const Options& options) {
    Asked asked;
    std::span<const std::string> values(options.words);
    if (!options.preset.empty()) {
        const auto& presets = scalar_presets();
        const auto found = std::ranges::find(presets, options.preset, &ScalarPreset::name);
        if (found == presets.end()) {
            const auto meant = nearest(options.preset, preset_names());
            throw InputError("--preset " + options.preset + ": " +
                             (meant ? "did you mean '" + *meant + "'?"
                                    : "expected one of " + joined(preset_names(), ", ")));
        }
        asked = {found->text, found->values, found->remarks};
    } else if (values.empty()) {
        throw InputError("gradient: expected an expression, such as \"(relu(x*m+b)-t)^2\" x=3 m=2 b=1.5 t=5");
    } else {
        asked.text = values.front();
        values = values.subspan(1);
    }
    for (const auto& word : values) take_value(word, asked.values);
    return asked;
}

const char* word_of(ScalarStep::Kind kind) {
    switch (kind) {
    case ScalarStep::Kind::given:
        return "given";
    case ScalarStep::Kind::forward:
        return "forward";
    case ScalarStep::Kind::seed:
        return "seed";
    case ScalarStep::Kind::backward:
        break;
    }
    return "backward";
}

const char* word_of(ScalarCheck::Outcome outcome) {
    switch (outcome) {
    case ScalarCheck::Outcome::agrees:
        return "agrees";
    case ScalarCheck::Outcome::kink:
        return "kink";
    case ScalarCheck::Outcome::undefined:
        return "undefined";
    case ScalarCheck::Outcome::unresolved:
        return "unresolved";
    case ScalarCheck::Outcome::differs:
        break;
    }
    return "differs";
}

nlohmann::ordered_json to_json(const ScalarGraph& graph, const ScalarPasses& passes, const Asked& asked,
                               bool with_steps) {
    using Json = nlohmann::ordered_json;
    const auto name = [&](int node) { return graph.nodes[std::size_t(node)].name; };
    Json json{{"expression", asked.text},
              {"output", name(graph.output)},
              {"value", passes.values[std::size_t(graph.output)]}};
    Json nodes = Json::array();
    for (const int i : shown_nodes(graph)) {
        const auto at = std::size_t(i);
        Json node{{"name", name(i)},
                  {"operation", graph.operation(i)},
                  {"value", passes.values[at]},
                  {"gradient", passes.gradients[at]}};
        Json inputs = Json::array();
        for (std::size_t slot = 0; slot < graph.nodes[at].inputs.size(); ++slot) {
            const int input = graph.nodes[at].inputs[slot];
            if (graph.is_number(input)) continue;
            inputs.push_back({{"node", name(input)},
                              {"local", passes.locals[at][slot]},
                              {"product", passes.products[at][slot]}});
        }
        if (!inputs.empty()) node["inputs"] = std::move(inputs);
        const auto check = std::ranges::find(passes.checks, i, &ScalarCheck::leaf);
        if (check != passes.checks.end())
            node["check"] = {{"difference", check->difference},
                             {"allowed", check->allowed},
                             {"outcome", word_of(check->outcome)}};
        nodes.push_back(std::move(node));
    }
    json["nodes"] = std::move(nodes);
    Json notes = Json::array();
    for (const auto& note : passes.notes)
        notes.push_back({{"node", name(note.node)}, {"kink", note.kink}, {"text", note.text}});
    json["notes"] = std::move(notes);
    if (!with_steps) return json;
    Json steps = Json::array();
    for (const auto& step : passes.steps) {
        Json one{{"kind", word_of(step.kind)}, {"node", name(step.node)}};
        if (step.kind == ScalarStep::Kind::backward) {
            one["input"] = name(graph.nodes[std::size_t(step.node)].inputs[std::size_t(step.slot)]);
            one["product"] = step.product;
            one["total"] = step.total;
        }
        one["text"] = scalar_sentence(graph, passes, step);
        steps.push_back(std::move(one));
    }
    json["steps"] = std::move(steps);
    return json;
}

void print_steps(Output& out, const ScalarGraph& graph, const ScalarPasses& passes) {
    Table table({"step", ""}, {Table::Align::right});
    for (std::size_t i = 0; i < passes.steps.size(); ++i)
        table.add({std::to_string(i), scalar_sentence(graph, passes, passes.steps[i])});
    table.print(out);
    out << "\n";
}

int gradient(const Options& options) {
    const Asked asked = asked_for(options);
    const auto graph = ScalarGraph::parse(asked.text);
    if (!graph) throw InputError(graph.error().message);
    const auto passes = differentiate(*graph, unwrap(scalar_values(*graph, asked.values)));
    if (!options.csv.empty()) write_file_atomically(options.csv, to_csv(scalar_cells(*graph, passes, true)));
    Output out;
    if (options.json) {
        out << dump(to_json(*graph, passes, asked, options.steps), 2) << "\n";
        out.flush();
        return Exit::ok;
    }
    if (!options.preset.empty()) out << asked.text << "\n\n";
    if (options.steps) print_steps(out, *graph, passes);
    Table(scalar_cells(*graph, passes)).print(out);
    out << "\n" << scalar_check_summary(*graph, passes) << "\n";
    for (const auto& note : passes.notes) out << note.text << "\n";
    for (const auto& remark : asked.remarks) out << "\n" << remark << "\n";
    out.flush();
    return Exit::ok;
}

} // namespace

void add_gradient_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "gradient", "Every gradient of a scalar expression, step by step, beside finite differences");
    auto options = std::make_shared<Options>();
    command
        ->add_option(
            "words", options->words,
            "An expression, or several with names: \"z = x*m; o = (z - t)^2\"; then the values of its "
            "variables, NAME=NUMBER")
        ->type_name("EXPRESSION NAME=NUMBER…");
    command
        ->add_option("--preset", options->preset,
                     "One that explains something: " + joined(preset_names(), ", "))
        ->type_name("NAME");
    command->add_flag("--steps", options->steps, "Also tell the passes step by step, forward and backward");
    command->add_option("--csv", options->csv, "Also write the table as CSV, numbers in full")
        ->type_name("FILE");
    command->add_flag("--json", options->json, "Print everything as JSON, and nothing else");
    command->footer(
        "Operators: + - * / ^ and parentheses. Functions: " + joined(scalar_function_names(), ", ") +
        ".\n"
        "At a kink the slope is PyTorch's, and it is said. Before an expression that begins with a "
        "minus put --.\n\n"
        "Examples:\n  descent gradient \"(relu(x*m+b)-t)^2\" x=3 m=2 b=1.5 t=5\n"
        "  descent gradient --preset exercise --steps\n"
        "  descent gradient --preset neuron w=30 t=0");
    command->callback([options, &action] { action = [options] { return gradient(*options); }; });
}

} // namespace descent::cli
