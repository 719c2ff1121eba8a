#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/store_option.h"
#include "core/base/format.h"
#include "core/exchange/run_json.h"
#include "core/store/checkpoint_table.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct Options {
    StoreOption store;
    std::string run, which, to, csv;
    bool verify = false, everything = false, json = false;
};

struct Found {
    RunRecord run;
    std::vector<CheckpointInfo> all;
    std::vector<CheckpointOnDisk> files; ///< of each
};

Found read(const Options& options) {
    const auto store = options.store.reader();
    Found found{find_run(*store, options.run), {}, {}};
    found.all = store->checkpoints(found.run.id);
    for (const auto& checkpoint : found.all)
        found.files.push_back(look_at(options.store.path(), checkpoint, options.verify));
    return found;
}

json to_json(const Found& of) {
    auto all = json::array();
    for (std::size_t i = 0; i < of.all.size(); ++i) {
        const auto& c = of.all[i];
        json row{{"update", c.update.count},
                 {"epoch", c.epoch ? json(c.epoch->passes) : json()},
                 {"loss", c.loss ? json(finite_json(*c.loss)) : json()},
                 {"kind", to_string(kind_of(of.all, i))},
                 {"best", c.best},
                 {"bytes", c.bytes},
                 {"file", c.file},
                 {"sha256", c.sha256}};
        const auto& file = of.files[i];
        row["written_ms"] = file.written_ms ? json(*file.written_ms) : json();
        if (file.verified) row["damage"] = file.damage ? json(*file.damage) : json();
        all.push_back(std::move(row));
    }
    return {{"run", of.run.name}, {"checkpoints", std::move(all)}};
}

int export_one(const Options& options, const Found& found, Output& out) {
    if (options.to.empty()) throw InputError("--export: expected --to FILE.safetensors beside it");
    options.store.refuse_as_target("--to", options.to);
    const auto& chosen = find_checkpoint(found.all, options.which, found.run.name);
    const auto tensors =
        export_checkpoint(options.store.path(), chosen, found.run.name, options.to, options.everything);
    if (options.json)
        out << dump(json{{"run", found.run.name},
                         {"update", chosen.update.count},
                         {"tensors", tensors},
                         {"file", options.to}})
            << "\n";
    else
        out << format_count(tensors) << " tensors of update " << format_count(chosen.update.count)
            << " written to " << options.to << "\n";
    return Exit::ok;
}

int checkpoints(const Options& options) {
    if (options.which.empty() && !options.to.empty())
        throw InputError("--to: expected --export best, last or an update beside it");
    const auto found = read(options);
    Output out;
    int code = Exit::ok;
    if (!options.which.empty()) {
        code = export_one(options, found, out);
    } else if (!options.csv.empty()) {
        options.store.refuse_as_target("--csv", options.csv);
        write_file_atomically(options.csv, to_csv(checkpoint_table(found.all, found.files, true)));
        out << "written to " << options.csv << "\n";
    } else if (options.json) {
        out << dump(to_json(found), 2) << "\n";
    } else if (found.all.empty()) {
        out << "Run " << found.run.name << " has no checkpoints.\n";
    } else {
        out << out.bold(found.run.name) << ": " << checkpoints_text(found.all) << "\n";
        Table(checkpoint_table(found.all, found.files, false)).print(out, "  ");
    }
    out.flush();
    const bool whole =
        std::ranges::none_of(found.files, [](const auto& file) { return file.damage.has_value(); });
    return whole ? code : int(Exit::failed);
}

} // namespace

void add_checkpoints_command(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("checkpoints", "What a run can go on from, and its weights for other programs");
    auto options = std::make_shared<Options>();
    add_run_argument(*command, options->run);
    command->add_flag("--verify", options->verify, "Also read each file and compare its SHA-256");
    auto* which =
        command->add_option("--export", options->which, "The weights of one: best, last or its update");
    which->type_name("WHICH");
    command->add_option("--to", options->to, "The file for --export")->type_name("FILE.safetensors");
    command
        ->add_flag("--everything", options->everything,
                   "With --export: also the optimizer's state, random streams and counters")
        ->needs(which);
    auto* csv = command->add_option("--csv", options->csv, "Into this file, in full")->type_name("FILE");
    csv->excludes(which);
    options->store.add_to(*command);
    command->add_flag("--json", options->json, "As JSON")->excludes(csv);
    command->footer(
        "A run keeps its last checkpoint, the one of least validation loss, and some of its way, spaced "
        "evenly over the\nlogarithm of the update: at most 8, and 256 MB. They are made every ten seconds, "
        "at the end, and with\nregime.checkpoint_every=N every N epochs. --verify ends with 4 where one is "
        "damaged.\n"
        "Exported weights have the names that PyTorch's modules have; Python reads them with\n"
        "safetensors.numpy.load_file(\"best.safetensors\").\n\n"
        "Examples:\n  descent checkpoints brave-otter --verify\n"
        "  descent checkpoints brave-otter --export best --to best.safetensors\n"
        "  descent checkpoints brave-otter --json | jq '.checkpoints[].loss'");
    command->callback([options, &action] { action = [options] { return checkpoints(*options); }; });
}

} // namespace descent::cli
