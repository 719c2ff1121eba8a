#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/analysis/report_presets.h"
#include "core/engine/engine.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

json to_json(const ReportPreset& preset, const Catalog& catalog) {
    auto figures = json::array();
    for (const auto& figure : preset.figures)
        figures.push_back({{"metric", figure.metric}, {"value", figure.value}});
    return {{"preset", preset.id},
            {"title", preset.title},
            {"source", preset.source},
            {"data", preset.data},
            {"note", preset.note},
            {"figures", std::move(figures)},
            {"spec", json::parse(dump(descent::to_json(unwrap(catalog.resolve(preset.request)))))}};
}

int presets(const std::string& name, bool as_json) {
    Output out;
    if (as_json || !name.empty()) {
        const Catalog& catalog = unwrap(load_engine())->catalog();
        if (!name.empty()) {
            const auto& preset = report_preset(name);
            if (as_json)
                out << dump(to_json(preset, catalog), 2) << "\n";
            else
                out << "# " << report_sentence(preset, false) << "\n"
                    << (preset.note.empty() ? "" : "# " + preset.note + "\n")
                    << to_toml(preset.request, catalog);
        } else {
            auto all = json::array();
            for (const auto& preset : report_presets()) all.push_back(to_json(preset, catalog));
            out << dump(all, 2) << "\n";
        }
    } else {
        Table table({"preset", "what"});
        for (const auto& preset : report_presets()) table.add({preset.id, report_sentence(preset, false)});
        table.print(out);
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_preset_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("presets", "Runs as others have reported them, with what they reached");
    auto name = std::make_shared<std::string>();
    auto as_json = std::make_shared<bool>(false);
    command->add_option("NAME", *name, "Only this one, its settings as TOML")->type_name("");
    command->add_flag("--json", *as_json, "As JSON");
    command->footer("A run begun with descent run --preset NAME is tagged preset-NAME, and the window draws "
                    "the figures as "
                    "lines as long\nas it is: descent tag RUN preset-NAME does the same for any run.\n\n"
                    "Examples:\n  descent presets\n  descent presets imdb-cnn\n"
                    "  descent run --preset imdb-cnn --set task.source=aclImdb/train --set "
                    "task.test_source=aclImdb/test");
    command->callback(
        [name, as_json, &action] { action = [name, as_json] { return presets(*name, *as_json); }; });
}

} // namespace descent::cli
