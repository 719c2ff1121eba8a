#include "app/cli/command.h"
#include "app/cli/data_report.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "app/cli/record_json.h"
#include "app/cli/request_options.h"
#include "app/cli/schedule_text.h"
#include "core/base/format.h"
#include "core/engine/engine.h"
#include "core/exchange/run_json.h"

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
    json report{{"key", catalog.key(spec)}, {"spec", descent::to_json(spec)}};
    report.update(data_json(found));
    report.update(json{
        {"updates_per_epoch", found.updates_per_epoch},
        {"planned_updates", found.planned_updates},
        {"seconds_per_update", found.seconds_per_update ? json(*found.seconds_per_update) : json(nullptr)},
        {"schedule", cli::to_json(schedule_rows(spec, catalog, found))},
        {"notes", found.notes},
        {"provenance", provenance_json(found.provenance)}});
    return report;
}

void print(Output& out, const Inspection& found, const RunSpec& spec, const Catalog& catalog) {
    print_data(out, found, spec.task.id);
    out << "\n  " << spec.model.id << " with " << format_count(found.provenance.parameters) << " weights; "
        << format_count(found.updates_per_epoch) << (found.updates_per_epoch == 1 ? " update" : " updates")
        << " an epoch, " << format_count(found.planned_updates) << " planned";
    if (found.seconds_per_update)
        out << ", about "
            << format_duration(*found.seconds_per_update * static_cast<double>(found.planned_updates))
            << " of training";
    out << "\n";
    print_schedule(out, spec, schedule_rows(spec, catalog, found));
    for (const auto& note : found.notes) out << "  note: " << note << "\n";
}

int inspect(const Options& options) {
    Request request = options.request.request();
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    make_paths_absolute(request, engine.catalog());
    const RunSpec spec = unwrap(engine.catalog().resolve(request));
    Output out;
    ProgressLine line(out, !options.json);
    const auto result = engine.inspect(
        spec, {.time_updates = options.time,
               .stop = watch.token(),
               .progress = [&](double share, const std::string& what) { line.show(share, what); }});
    line.erase();
    if (watch.requested()) return Exit::interrupted;
    const Inspection found = unwrap(result);
    if (options.json)
        out << dump(to_json(found, spec, engine.catalog()), 2) << "\n";
    else
        print(out, found, spec, engine.catalog());
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
                    "  descent inspect --task names --set task.source=DIR --regime full-batch --time\n"
                    "  descent data inspect --task kws-binary --set task.source=DIR --json");
    command->callback([options, &action] { action = [options] { return inspect(*options); }; });
}

} // namespace descent::cli
