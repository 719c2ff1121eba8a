#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/record_json.h"
#include "app/cli/request_options.h"
#include "app/cli/run_text.h"
#include "app/cli/store_option.h"
#include "core/base/change.h"
#include "core/engine/engine.h"
#include "core/store/lineage.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace descent::cli {

namespace {

struct RunsOptions {
    StoreOption store;
    std::string where;
    std::optional<std::string> limit;
    bool json = false, trashed = false;
};

struct ShowOptions {
    StoreOption store;
    std::string run;
    bool json = false, toml = false, manifest = false;
};

int runs(const RunsOptions& options) {
    RunQuery query{.where = options.where, .trashed = options.trashed};
    if (options.limit) query.limit = whole_number("--limit", *options.limit, 1, 1'000'000'000);
    Output out;
    std::vector<RunRecord> found;
    ParentNames parents;
    // Somebody who has not trained yet has no runs; somebody who named a file that is not there has made a
    // mistake.
    if (options.store.given() || options.store.exists()) {
        const auto store = options.store.reader();
        found = unwrap(store->runs(query));
        parents = parent_names(*store, found);
    }
    if (options.json) {
        auto all = nlohmann::ordered_json::array();
        for (const auto& run : found) all.push_back(to_json(run));
        out << dump(all, 2) << "\n";
    } else if (found.empty()) {
        const bool filtered = options.trashed || !options.where.empty();
        out << (filtered ? "No such runs.\n" : "No runs yet. Train one: descent run --task names\n");
    } else {
        print_runs(out, found, parents);
    }
    out.flush();
    return Exit::ok;
}

int show(const ShowOptions& options) {
    const auto store = options.store.reader();
    const RunRecord run = find_run(*store, options.run);
    Output out;
    if (options.manifest) {
        out << run.provenance.manifest << "\n";
    } else if (options.toml) {
        // What a spec leaves out is what the catalog declares, and only the engine has the catalog.
        const Catalog& catalog = unwrap(load_engine())->catalog();
        out << to_toml(request_with_changes(catalog, unwrap(catalog.check(run.spec)), run.changes), catalog);
    } else if (options.json) {
        out << dump(to_json(run), 2) << "\n";
    } else {
        print_run(out, run, store->metrics(run.id), store->log(run.id), store->checkpoints(run.id),
                  unwrap(load_engine())->catalog(), parent_names(*store, {run}), options.store.repeated());
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_store_commands(CLI::App& app, Action& action) {
    auto* list = app.add_subcommand("runs", "List the stored runs, newest first");
    auto listed = std::make_shared<RunsOptions>();
    list->add_option("--where", listed->where, "Only runs that match, see below")->type_name("EXPR");
    list->add_option("--limit", listed->limit, "At most N runs")->type_name("N");
    list->add_flag("--trashed", listed->trashed, "The runs in the trash");
    listed->store.add_to(*list);
    list->add_flag("--json", listed->json, "As JSON");
    list->footer(
        "EXPR joins terms with and, or, not and parentheses. A term is field op value, tag:WORD, "
        "starred, or a\n"
        "word to look for. Fields: name state task model optimizer regime seed epochs updates "
        "planned seconds note key\n"
        "threads host parameters created started ended, a parameter (optimizer.lr) or a metric\n"
        "(validation/accuracy for its last value, best:validation/accuracy, or validation/accuracy@500 as it "
        "was\n"
        "at update 500). Operators: = != < <= > >= and ~ for contains. Dates: 2026-11-01, 2026-11, today.\n\n"
        "Examples:\n"
        "  descent runs --where 'model = gru and validation/accuracy > 0.7'\n"
        "  descent runs --where 'state = interrupted or tag:paper' --json\n"
        "  descent runs --where 'created >= 2026-11-01 and not diverged'");
    list->callback([listed, &action] { action = [listed] { return runs(*listed); }; });

    auto* one = app.add_subcommand("show", "Show one run: spec, data, results");
    auto shown = std::make_shared<ShowOptions>();
    add_run_argument(*one, shown->run);
    auto* json = one->add_flag("--json", shown->json, "As JSON");
    auto* toml =
        one->add_flag("--toml", shown->toml,
                      "Its spec for descent run --spec, as far as it is not default, with the changes made");
    toml->excludes(json);
    one->add_flag("--manifest", shown->manifest, "The split, example by example, as JSON")
        ->excludes(json)
        ->excludes(toml);
    shown->store.add_to(*one);
    one->footer("Examples:\n  descent show brave-otter\n  descent show brave-otter --json | jq .metrics\n"
                "  descent show brave-otter --toml > spec.toml");
    one->callback([shown, &action] { action = [shown] { return show(*shown); }; });
}

} // namespace descent::cli
