#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/base/catalog.h"
#include "core/engine/engine.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace descent::cli {

namespace {

struct Options {
    Group group;
    std::string name;
    bool json = false;
};

std::string default_text(const ParamSpec& param) {
    if (const auto* text = std::get_if<std::string>(&param.fallback); text && text->empty()) return "\"\"";
    return to_string(param.fallback);
}

/// One table, so that its columns stand under each other, with a heading above the parameters of a section.
/// Choices go to the help, since the longest would push everything behind it off the screen.
void print_params(Output& out, const ParamTable& params, std::string_view indent) {
    Table table({"parameter", "type", "default", "range", "unit", "help"});
    const auto add = [&](const ParamSpec& param) {
        const bool choice = param.type == ParamType::choice;
        table.add({(param.section.empty() ? "" : "  ") + param.name, std::string(to_string(param.type)),
                   default_text(param), choice ? "" : range_text(param), param.unit,
                   param.help + (choice ? " (" + joined(param.choices, ", ") + ")" : "")});
    };
    std::vector<std::string> sections{""};
    for (const auto& param : params)
        if (std::ranges::find(sections, param.section) == sections.end()) sections.push_back(param.section);
    for (const auto& section : sections) {
        if (!section.empty()) table.add({section + ":"});
        for (const auto& param : params)
            if (param.section == section) add(param);
    }
    if (!table.empty()) table.print(out, indent);
}

std::string deltas_text(const Entry& entry) {
    std::vector<std::string> words;
    for (const auto& delta : entry.deltas) {
        std::string word = delta.path + "=" + to_string(delta.value);
        if (!delta.only_for.empty()) word += " (with " + delta.only_for + ")";
        if (!delta.tasks.empty()) word += " (for " + joined(delta.tasks, ", ") + ")";
        words.push_back(std::move(word));
    }
    return joined(words, ", ");
}

void print_entry(Output& out, Group group, const Entry& entry) {
    out << out.bold(entry.id) << "  " << entry.title << "\n";
    out << "    " << entry.summary << "\n";
    if (!entry.formula.empty()) {
        std::string formula = entry.formula;
        for (std::size_t at = 0; (at = formula.find('\n', at)) != std::string::npos; at += 5)
            formula.replace(at, 1, "\n    ");
        out << "    " << formula << "\n";
    }
    if (!entry.tasks.empty()) out << "    for: " << joined(entry.tasks, ", ") << "\n";
    if (!entry.deltas.empty())
        out << (group == Group::regime ? "    sets: " : "    prefers: ") << deltas_text(entry) << "\n";
    if (group != Group::regime) print_params(out, entry.params, "    ");
}

int list(const Options& options) {
    const Catalog& catalog = unwrap(load_engine())->catalog();
    const auto group = options.group;
    Output out;
    if (!options.name.empty()) {
        const Entry& entry = *unwrap(catalog.get(group, options.name));
        if (options.json) {
            out << dump(to_json(entry, catalog.params(group, entry.id)), 2) << "\n";
        } else {
            print_entry(out, group, entry);
            if (group == Group::regime) {
                out << "\nParameters of every regime:\n";
                print_params(out, catalog.regime_params, "    ");
            }
        }
    } else if (options.json) {
        auto all = nlohmann::json::array();
        for (const auto& entry : catalog.entries(group))
            all.push_back(to_json(entry, catalog.params(group, entry.id)));
        out << dump(all, 2) << "\n";
    } else {
        bool first = true;
        for (const auto& entry : catalog.entries(group)) {
            if (!first) out << "\n";
            first = false;
            print_entry(out, group, entry);
        }
        if (group == Group::regime) {
            out << "\nParameters of every regime:\n";
            print_params(out, catalog.regime_params, "    ");
        }
    }
    out.flush();
    return Exit::ok;
}

int list_probes(bool as_json) {
    const Catalog& catalog = unwrap(load_engine())->catalog();
    Output out;
    if (as_json) {
        auto all = nlohmann::json::array();
        for (const auto& probe : catalog.probes) all.push_back(to_json(probe));
        out << dump(all, 2) << "\n";
    } else {
        for (const bool instrument : {false, true}) {
            Table table({instrument ? "instrument" : "probe", "help"});
            for (const auto& probe : catalog.probes)
                if (probe.instrument == instrument) table.add({probe.id, probe.help});
            if (table.empty()) continue;
            out << (instrument ? "\nWhere asked for, as often as probe_share allows:\n"
                               : "Always measured:\n");
            table.print(out, "    ");
        }
        ParamTable asking;
        std::ranges::copy_if(catalog.regime_params, std::back_inserter(asking), &ParamSpec::observes);
        if (!asking.empty()) {
            out << "\nAsk for one with --set regime.PARAMETER=VALUE; none of them changes what is trained:\n";
            print_params(out, asking, "    ");
        }
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_catalog_commands(CLI::App& app, Action& action) {
    for (const auto group : kGroups) {
        const std::string one(to_string(group)), all = one + "s";
        auto* command = app.add_subcommand(all, "List the " + all + " with their parameters");
        auto options = std::make_shared<Options>(Options{.group = group});
        command->add_option("NAME", options->name, "Only this " + one)->type_name("");
        command->add_flag("--json", options->json, "As JSON");
        command->footer("Examples:\n  descent " + all + "\n  descent " + all + " --json" +
                        "\n\nSet a parameter with: descent run --set " + one + ".PARAMETER=VALUE");
        command->callback([options, &action] { action = [options] { return list(*options); }; });
    }
    auto* probes = app.add_subcommand("probes", "List what is measured while training, and what it costs");
    auto as_json = std::make_shared<bool>(false);
    probes->add_flag("--json", *as_json, "As JSON");
    probes->footer("Examples:\n  descent probes\n"
                   "  descent run --task names --regime full-batch --set regime.probe_sharpness=1");
    probes->callback([as_json, &action] { action = [as_json] { return list_probes(*as_json); }; });
}

} // namespace descent::cli
