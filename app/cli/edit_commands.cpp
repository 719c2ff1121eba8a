#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/store_option.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace descent::cli {

namespace {

struct Options {
    StoreOption store;
    std::vector<std::string> runs;
    std::string run, text;
    std::optional<std::string> note;
    std::vector<std::string> add, remove;
};

/// Looks the runs up, makes an edit of each, applies them all in one transaction, and says what was done.
template<class MakeEdit>
int edit_each(const StoreOption& store, const std::vector<std::string>& words, const std::string& done,
              MakeEdit&& make_edit) {
    const auto reader = store.reader();
    const auto runs = find_runs(*reader, words);
    std::vector<RunEdit> edits;
    std::vector<std::string> names;
    for (const auto& id : runs) {
        names.push_back(unwrap(reader->run(id)).name);
        edits.push_back(make_edit(id));
    }
    const auto writer = store.writer();
    unwrap(writer->apply(std::move(edits)));
    Output out;
    for (const auto& name : names) out << done << " " << name << "\n";
    out.flush();
    return Exit::ok;
}

int rename(const Options& options) {
    const auto reader = options.store.reader();
    const RunRecord run = find_run(*reader, options.run);
    unwrap(options.store.writer()->apply({SetName{run.id, options.text}}));
    Output out;
    out << "renamed " << run.name << " to " << unwrap(reader->run(run.id)).name << "\n";
    out.flush();
    return Exit::ok;
}

int tag(const Options& options) {
    const auto reader = options.store.reader();
    const RunRecord run = find_run(*reader, options.run);
    std::vector<std::string> tags = run.tags;
    std::erase_if(tags, [&](const std::string& tag) {
        return std::ranges::find(options.remove, tag) != options.remove.end();
    });
    for (const auto& word : options.add)
        if (!word.empty() && std::ranges::find(tags, word) == tags.end()) tags.push_back(word);
    std::ranges::sort(tags);
    if (!options.add.empty() || !options.remove.empty())
        unwrap(options.store.writer()->apply({SetTags{run.id, tags}}));
    Output out;
    out << run.name << ": " << (tags.empty() ? "no tags" : joined(tags, ", ")) << "\n";
    out.flush();
    return Exit::ok;
}

int note(const Options& options) {
    const auto reader = options.store.reader();
    const RunRecord run = find_run(*reader, options.run);
    Output out;
    if (options.note) {
        unwrap(options.store.writer()->apply({SetNote{run.id, *options.note}}));
        out << (options.note->empty() ? "removed the note of " : "noted on ") << run.name << "\n";
    } else {
        out << run.note << (run.note.empty() ? "" : "\n");
    }
    out.flush();
    return Exit::ok;
}

constexpr const char* kRuns = "Names, UUIDs, or unique beginnings of either";

template<class MakeEdit>
void add_edit_of_many(CLI::App& app, Action& action, const std::string& name, const std::string& help,
                      const std::string& done, MakeEdit make_edit) {
    auto* command = app.add_subcommand(name, help);
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->runs, kRuns)->type_name("")->required();
    options->store.add_to(*command);
    command->footer("Example:\n  descent " + name + " brave-otter calm-heron");
    command->callback([options, done, make_edit, &action] {
        action = [options, done, make_edit] {
            return edit_each(options->store, options->runs, done, make_edit);
        };
    });
}

CLI::App& add_edit_of_one(CLI::App& app, Action& action, const std::string& name, const std::string& help,
                          const std::shared_ptr<Options>& options, int (*run)(const Options&)) {
    auto* command = app.add_subcommand(name, help);
    add_run_argument(*command, options->run);
    options->store.add_to(*command);
    command->callback([options, run, &action] { action = [options, run] { return run(*options); }; });
    return *command;
}

} // namespace

void add_edit_commands(CLI::App& app, Action& action) {
    add_edit_of_many(app, action, "trash", "Put runs in the trash; nothing is deleted", "trashed",
                     [](const RunId& run) -> RunEdit {
                         return SetTrashed{run, true};
                     });
    add_edit_of_many(app, action, "restore", "Take runs out of the trash", "restored",
                     [](const RunId& run) -> RunEdit {
                         return SetTrashed{run, false};
                     });
    add_edit_of_many(app, action, "star", "Mark runs with a star", "starred",
                     [](const RunId& run) -> RunEdit {
                         return SetStar{run, true};
                     });
    add_edit_of_many(app, action, "unstar", "Take the star away", "unstarred",
                     [](const RunId& run) -> RunEdit {
                         return SetStar{run, false};
                     });

    auto renamed = std::make_shared<Options>();
    auto& rename_command = add_edit_of_one(app, action, "rename", "Give a run another name", renamed, rename);
    rename_command.add_option("NAME", renamed->text, "The new name, unique in the store")
        ->type_name("")
        ->required();
    rename_command.footer("Example:\n  descent rename brave-otter-12 paper-figure-2");

    auto tagged = std::make_shared<Options>();
    auto& tag_command = add_edit_of_one(app, action, "tag", "Show, add or remove a run's tags", tagged, tag);
    for (auto* option :
         {tag_command.add_option("--add", tagged->add, "Tags to add, with commas between"),
          tag_command.add_option("--remove", tagged->remove, "Tags to remove, with commas between")})
        option->type_name("TAG,TAG")->delimiter(',')->allow_extra_args(false);
    tag_command.footer("Examples:\n  descent tag brave-otter --add paper,baseline --remove draft\n"
                       "  descent runs --where tag:paper");

    auto noted = std::make_shared<Options>();
    auto& note_command = add_edit_of_one(app, action, "note", "Show or set a run's note", noted, note);
    note_command.add_option("TEXT", noted->note, "The note; \"\" removes it")->type_name("");
    note_command.footer("Example:\n  descent note brave-otter 'clipping off by one before this'");
}

} // namespace descent::cli
