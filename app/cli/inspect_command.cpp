#include "app/cli/command.h"
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

#include <algorithm>
#include <array>
#include <memory>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct Options {
    RequestOptions request;
    bool time = false, json = false;
};

json by_side(const std::array<std::int64_t, 3>& counts) {
    return {{"train", counts[0]}, {"validation", counts[1]}, {"test", counts[2]}};
}

bool has_speakers(const Inspection& found) {
    return found.speakers[0] + found.speakers[1] + found.speakers[2] > 0;
}

json to_json(const Inspection& found, const RunSpec& spec, const Catalog& catalog) {
    json counts = json::object(), dropped = json::object();
    for (const auto& [name, count] : found.class_counts) counts[name] = count;
    for (const auto& [character, count] : found.dropped_characters) dropped[character] = count;
    json split = json::object(), left_out = json::array();
    for (std::size_t i = 0; i < std::min(found.split_counts.size(), found.class_counts.size()); ++i)
        split[found.class_counts[i].first] = by_side(found.split_counts[i]);
    for (const auto& [file, reason] : found.left_out)
        left_out.push_back({{"file", file}, {"reason", reason}});
    return {
        {"key", catalog.key(spec)},
        {"spec", descent::to_json(spec)},
        {"class_counts", std::move(counts)},
        {"split_counts", std::move(split)},
        {"speakers", has_speakers(found) ? by_side(found.speakers) : json(nullptr)},
        {"left_out", std::move(left_out)},
        {"duplicates", found.duplicates},
        {"dropped_lines", found.dropped_lines},
        {"dropped_characters", std::move(dropped)},
        {"updates_per_epoch", found.updates_per_epoch},
        {"planned_updates", found.planned_updates},
        {"seconds_per_update", found.seconds_per_update ? json(*found.seconds_per_update) : json(nullptr)},
        {"schedule", cli::to_json(schedule_rows(spec, catalog, found))},
        {"notes", found.notes},
        {"provenance", provenance_json(found.provenance)}};
}

void print_classes(Output& out, const Inspection& found) {
    using Align = Table::Align;
    const bool split = found.split_counts.size() == found.class_counts.size();
    std::vector<std::string> headings{"class", "examples"};
    std::vector<Align> alignment{Align::left, Align::right};
    if (split)
        for (const char* side : {"train", "validation", "test"}) {
            headings.emplace_back(side);
            alignment.push_back(Align::right);
        }
    headings.emplace_back();
    alignment.push_back(Align::left);
    Table table(headings, alignment);
    for (std::size_t i = 0; i < found.class_counts.size(); ++i) {
        std::vector<std::string> row{found.class_counts[i].first, format_count(found.class_counts[i].second)};
        if (split)
            for (const std::int64_t count : found.split_counts[i]) row.push_back(format_count(count));
        row.emplace_back();
        table.add(std::move(row));
    }
    table.print(out, "  ");
}

void print_left_out(Output& out, const Inspection& found) {
    constexpr std::size_t kMost = 10;
    if (found.left_out.empty()) return;
    out << "\n  left out: " << format_count(std::ssize(found.left_out))
        << (found.left_out.size() == 1 ? " file\n" : " files\n");
    for (std::size_t i = 0; i < std::min(found.left_out.size(), kMost); ++i) {
        const auto& [file, reason] = found.left_out[i];
        const bool named = reason.starts_with(file);
        out << "    " << one_line(named || reason.empty() ? "" : file + ": ")
            << one_line(reason.empty() ? file : reason) << "\n";
    }
    if (found.left_out.size() > kMost)
        out << "    and " << format_count(static_cast<std::int64_t>(found.left_out.size() - kMost))
            << " more (--json lists them all)\n";
}

void print(Output& out, const Inspection& found, const RunSpec& spec, const Catalog& catalog) {
    const auto& p = found.provenance;
    out << out.bold(spec.task.id) << "  " << p.data_source << "\n";
    out << "  " << format_count(p.train_examples) << " training, " << format_count(p.validation_examples)
        << " validation, " << format_count(p.test_examples) << " test examples\n";
    if (!p.classes.empty())
        out << "  always the commonest class: " << percent(p.majority_baseline)
            << " of the validation examples\n";
    if (has_speakers(found))
        out << "  speakers: " << format_count(found.speakers[0]) << " training, "
            << format_count(found.speakers[1]) << " validation, " << format_count(found.speakers[2])
            << " test\n";
    else
        out << "  " << format_count(found.duplicates) << " repeated lines, "
            << format_count(found.dropped_lines) << " lines of which nothing was left\n";
    if (!found.dropped_characters.empty()) {
        std::vector<std::string> words;
        for (const auto& [character, count] : found.dropped_characters)
            words.push_back("'" + one_line(character) + "' " + format_count(count) + "×");
        out << "  dropped characters: " << joined(words, ", ") << "\n";
    }
    out << "  data hash " << p.data_hash << "\n";
    if (!found.class_counts.empty()) {
        out << "\n";
        print_classes(out, found);
    }
    print_left_out(out, found);

    out << "\n  " << spec.model.id << " with " << format_count(p.parameters) << " weights; "
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
