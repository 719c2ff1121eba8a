#include "app/cli/command.h"
#include "app/cli/data_texts.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "app/cli/request_options.h"
#include "core/audio/speech_folder.h"
#include "core/audio/synthetic_speech.h"
#include "core/base/format.h"
#include "core/base/param.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

namespace descent::cli {

namespace {

struct MakeOptions {
    std::string kind;
    std::optional<std::string> speakers, takes, words, seed, out; // --out "" is a mistake, not an absence
    bool json = false;
};

SyntheticSpeech corpus(const MakeOptions& options) {
    SyntheticSpeech what;
    if (options.speakers) what.speakers = whole_number("--speakers", *options.speakers, 2, 500);
    if (options.takes) what.takes = whole_number("--takes", *options.takes, 1, 100);
    if (options.seed) what.seed = static_cast<std::uint64_t>(whole_number("--seed", *options.seed, 0));
    if (options.words) {
        what.words = parse_list(*options.words);
        for (auto& word : what.words)
            std::ranges::transform(word, word.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            });
        if (what.words.empty())
            throw InputError("--words: expected words with commas between, such as sheila,happy");
    }
    if (options.out && options.out->empty()) throw InputError("--out: expected a folder");
    return what;
}

void check_kind(const std::string& kind) {
    const std::vector<std::string> kinds{"kws"};
    if (kind == kinds.front()) return;
    const auto near = nearest(kind, kinds);
    throw InputError((kind.empty() ? "data make: nothing named" : "data make: unknown kind '" + kind + "'") +
                     (near ? "; did you mean '" + *near + "'?" : "; expected one of " + joined(kinds, ", ")));
}

int make(const MakeOptions& options) {
    check_kind(options.kind);
    const SyntheticSpeech what = corpus(options);
    const InterruptWatch watch;
    Output out;
    std::filesystem::path folder;
    bool made = options.out.has_value();
    const auto begin = std::chrono::steady_clock::now();
    {
        ProgressLine line(out, !options.json);
        const auto progress = [&](double share) {
            made = true;
            line.show(share, "making spoken words");
        };
        if (options.out) {
            folder = std::filesystem::absolute(*options.out).lexically_normal();
            if (!make_synthetic_speech(what, folder, progress, watch.token())) return Exit::interrupted;
        } else {
            try {
                folder = kept_speech(what, progress, watch.token());
            } catch (const InputError&) {
                if (watch.requested()) return Exit::interrupted;
                throw;
            }
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const SpeechFolder found = read_speech_folder(folder);
    std::set<std::string_view> speakers;
    for (const auto& clip : found.clips) speakers.insert(clip.speaker);
    if (options.json) {
        out << dump(nlohmann::ordered_json{{"folder", found.root.string()},
                                           {"made", made},
                                           {"clips", found.clips.size()},
                                           {"speakers", speakers.size()},
                                           {"words", found.words},
                                           {"noises", found.noise},
                                           {"seconds", seconds}},
                    2)
            << "\n";
    } else {
        out << (made ? "made " : "already there: ") << format_count(std::ssize(found.clips)) << " clips, "
            << format_count(std::ssize(speakers)) << " speakers, " << format_count(std::ssize(found.words))
            << (found.words.size() == 1 ? " word" : " words");
        if (made) out << ", in " << format_duration(seconds);
        out << "\n  " << found.root.string() << "\n";
        out << out.faint("look at it: descent data inspect --task kws-binary --set " +
                         shell_quoted("task.source=" + found.root.string()))
            << "\n";
    }
    out.flush();
    return Exit::ok;
}

} // namespace

void add_data_commands(CLI::App& app, Action& action) {
    auto* data = app.add_subcommand("data", "Look at a task's data, or make some");
    data->require_subcommand(0, 1);
    data->footer("Examples:\n  descent data --task trec\n"
                 "  descent data --task text --set task.source=FILE --class spam --samples 10\n"
                 "  descent data preview FILE\n  descent data make kws\n"
                 "  descent data inspect --task kws-binary --set task.source=DIR --json");
    const Action show = add_show_options(*data);
    data->callback([data, show, &action] {
        if (!data->get_subcommands().empty()) return;
        action = show;
        const auto given = data->get_options([](const CLI::Option* option) { return option->count() > 0; });
        if (!given.empty()) return;
        action = [data] {
            Output out;
            out << data->help("descent");
            out.flush();
            return Exit::ok;
        };
    });

    auto* command = data->add_subcommand("make", "Make a corpus: kws, words spoken by synthetic voices");
    auto options = std::make_shared<MakeOptions>();
    command->add_option("kind", options->kind, "What to make: kws")->type_name("KIND");
    command->add_option("--speakers", options->speakers, "Synthetic voices, 2 to 500 (60)")->type_name("N");
    command->add_option("--takes", options->takes, "Times each says each word, 1 to 100 (2)")->type_name("N");
    command->add_option("--words", options->words, "English words (the 30 of Speech Commands v0.01)")
        ->type_name("A,B");
    command->add_option("--seed", options->seed, "The same seed makes the same files (0)")->type_name("N");
    command->add_option("--out", options->out, "A new or empty folder (a place in the cache)")
        ->type_name("DIR");
    command->add_flag("--json", options->json, "As JSON");
    command->footer("Examples:\n  descent data make kws\n"
                    "  descent data make kws --speakers 20 --words yes,no,up --out small");
    command->callback([options, &action] { action = [options] { return make(*options); }; });

    add_preview_command(*data, action);
    add_inspect_command(*data, action);
}

} // namespace descent::cli
