#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/store_option.h"
#include "core/analysis/weight_masks.h"
#include "core/base/format.h"
#include "core/base/param.h"
#include "core/store/file_replacement.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct Options {
    StoreOption store;
    std::string run, layer, csv, pgm;
    bool json = false;
};

struct Found {
    RunRecord run;
    MaskedNetwork network;
};

Found read(const Options& options) {
    const auto store = options.store.reader();
    Found found{find_run(*store, options.run), {}};
    found.network = masks_of(*store, options.store.path(), found.run);
    if (options.layer.empty()) return found;
    std::vector<std::string> names;
    for (const auto& layer : found.network.layers) names.push_back(layer.name);
    const auto* chosen = found.network.find(options.layer);
    if (!chosen) {
        const auto meant = nearest(options.layer, names);
        throw InputError("--layer " + options.layer + ": nothing of such a layer could be cut" +
                         (meant ? "; did you mean '" + *meant + "'?" : "; there are " + joined(names, ", ")));
    }
    found.network.layers = {*chosen};
    return found;
}

std::string share(double value) {
    return format_number(100 * value, 3) + "%";
}

json to_json(const Found& of) {
    auto layers = json::array();
    for (const auto& layer : of.network.layers)
        layers.push_back({{"layer", layer.name},
                          {"shape", layer.shape},
                          {"weights", layer.size()},
                          {"kept", layer.left()},
                          {"density", layer.density()},
                          {"row_density", layer.row_density()},
                          {"column_density", layer.column_density()}});
    return {{"run", of.run.name}, {"update", of.network.update.count}, {"layers", std::move(layers)}};
}

TextTable table_of(const MaskedNetwork& network) {
    TextTable table{
        {"layer", "shape", "weights", "kept", "density", "rows without", "columns without"}, {}, {}};
    table.right.assign(table.headings.size(), true);
    table.right[0] = table.right[1] = false;
    const auto empty = [](const std::vector<double>& shares) {
        return format_count(std::ranges::count(shares, 0.0)) + " of " + format_count(std::ssize(shares));
    };
    for (const auto& layer : network.layers) {
        std::vector<std::string> shape;
        for (const auto size : layer.shape) shape.push_back(std::to_string(size));
        table.rows.push_back({layer.name, joined(shape, " × "), format_count(layer.size()),
                              format_count(layer.left()), share(layer.density()), empty(layer.row_density()),
                              empty(layer.column_density())});
    }
    return table;
}

void write(const Options& options, const char* option, const std::string& file, const std::string& content) {
    options.store.refuse_as_target(option, file);
    write_file_atomically(file, content);
}

int mask(const Options& options) {
    const auto found = read(options);
    if (!options.pgm.empty() && found.network.layers.size() != 1) {
        std::vector<std::string> names;
        for (const auto& layer : found.network.layers) names.push_back(layer.name);
        throw InputError("--pgm: a picture is of one layer; expected --layer with one of " +
                         joined(names, ", "));
    }
    if (!options.csv.empty()) write(options, "--csv", options.csv, masks_csv(found.network));
    if (!options.pgm.empty()) write(options, "--pgm", options.pgm, mask_pgm(found.network.layers.front()));
    Output out;
    if (options.json) {
        out << dump(to_json(found), 2) << "\n";
    } else {
        std::int64_t left = 0, all = 0;
        for (const auto& layer : found.network.layers) left += layer.left(), all += layer.size();
        out << out.bold(found.run.name) << ", level "
            << std::to_string(found.run.spec.regime.params.integer("prune_level")) << " at update "
            << format_count(found.network.update.count) << ": " << format_count(left) << " of "
            << format_count(all) << " weights kept ("
            << share(static_cast<double>(left) / static_cast<double>(all)) << ")\n";
        Table(table_of(found.network)).print(out, "  ");
        for (const auto& file : {options.csv, options.pgm})
            if (!file.empty()) out << "written to " << file << "\n";
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_mask_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("mask", "Which weights a pruned network has, layer by layer");
    auto options = std::make_shared<Options>();
    add_run_argument(*command, options->run);
    command->add_option("--layer", options->layer, "Only this layer, such as conv.0.weight")
        ->type_name("LAYER");
    command
        ->add_option("--csv", options->csv,
                     "Also every weight into this file: layer, row, column, kept, weight")
        ->type_name("FILE");
    command->add_option("--pgm", options->pgm, "Also one layer's mask as a grey picture, a pixel a weight")
        ->type_name("FILE");
    options->store.add_to(*command);
    command->add_flag("--json", options->json, "As JSON, with the share kept of each row and column");
    command->footer(
        "A row is a unit or filter, a column what it is connected with. Read from the run's last checkpoint; "
        "its tensors\nmask/LAYER and model/LAYER are there for any reader of safetensors too.\n\n"
        "Examples:\n  descent mask brave-otter\n"
        "  descent mask brave-otter --layer conv.0.weight --pgm mask.pgm --csv mask.csv\n"
        "  descent mask brave-otter --json | jq '.layers[].density'");
    command->callback([options, &action] { action = [options] { return mask(*options); }; });
}

} // namespace descent::cli
