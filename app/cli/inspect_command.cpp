#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/record_json.h"
#include "app/cli/request_options.h"
#include "core/base/format.h"
#include "core/engine/engine.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct Options {
    RequestOptions request;
    bool time = false, json = false;
};

json to_json(const Inspection& found, const RunSpec& spec, const Catalog& catalog) {
    json counts = json::object(), dropped = json::object();
    for (const auto& [name, count] : found.class_counts) counts[name] = count;
    for (const auto& [character, count] : found.dropped_characters) dropped[character] = count;
    return {
        {"key", catalog.key(spec)},
        {"spec", descent::to_json(spec)},
        {"class_counts", std::move(counts)},
        {"duplicates", found.duplicates},
        {"dropped_lines", found.dropped_lines},
        {"dropped_characters", std::move(dropped)},
        {"updates_per_epoch", found.updates_per_epoch},
        {"planned_updates", found.planned_updates},
        {"seconds_per_update", found.seconds_per_update ? json(*found.seconds_per_update) : json(nullptr)},
        {"notes", found.notes},
        {"provenance", cli::to_json(found.provenance)}};
}

void print(Output& out, const Inspection& found, const RunSpec& spec) {
    const auto& p = found.provenance;
    out << out.bold(spec.task.id) << "  " << p.data_source << "\n";
    out << "  " << format_count(p.train_examples) << " training, " << format_count(p.validation_examples)
        << " validation, " << format_count(p.test_examples) << " test examples\n";
    out << "  always the commonest class: " << percent(p.majority_baseline)
        << " of the validation examples\n";
    out << "  " << format_count(found.duplicates) << " repeated lines, " << format_count(found.dropped_lines)
        << " lines of which nothing was left\n";
    if (!found.dropped_characters.empty()) {
        std::vector<std::string> words;
        for (const auto& [character, count] : found.dropped_characters)
            words.push_back("'" + one_line(character) + "' " + format_count(count) + "×");
        out << "  dropped characters: " << joined(words, ", ") << "\n";
    }
    out << "  data hash " << p.data_hash << "\n\n";

    Table table({"class", "examples", ""}, {Table::Align::left, Table::Align::right, Table::Align::left});
    for (const auto& [name, count] : found.class_counts) table.add({name, format_count(count), ""});
    table.print(out, "  ");

    out << "\n  " << spec.model.id << " with " << format_count(p.parameters) << " weights; "
        << format_count(found.updates_per_epoch) << (found.updates_per_epoch == 1 ? " update" : " updates")
        << " an epoch, " << format_count(found.planned_updates) << " planned";
    if (found.seconds_per_update)
        out << ", about "
            << format_duration(*found.seconds_per_update * static_cast<double>(found.planned_updates))
            << " of training";
    out << "\n";
    for (const auto& note : found.notes) out << "  note: " << note << "\n";
}

int inspect(const Options& options) {
    Request request = options.request.request();
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    make_paths_absolute(request, engine.catalog());
    const RunSpec spec = unwrap(engine.catalog().resolve(request));
    const auto result = engine.inspect(spec, options.time, watch.token());
    if (watch.requested()) return Exit::interrupted;
    const Inspection found = unwrap(result);
    Output out;
    if (options.json)
        out << dump(to_json(found, spec, engine.catalog()), 2) << "\n";
    else
        print(out, found, spec);
    out.flush();
    return Exit::ok;
}

} // namespace

void add_inspect_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("inspect", "Report on a task's data, and what a run would do; stores nothing");
    auto options = std::make_shared<Options>();
    options->request.add_to(*command);
    command->add_flag("--time", options->time, "Also train a few throw-away updates to measure their cost");
    command->add_flag("--json", options->json, "As JSON");
    command->footer("Examples:\n  descent inspect --task names\n"
                    "  descent inspect --task names --set task.source=DIR --regime full-batch --time");
    command->callback([options, &action] { action = [options] { return inspect(*options); }; });
}

} // namespace descent::cli
