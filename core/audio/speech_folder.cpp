#include "core/audio/speech_folder.h"

#include "core/base/format.h"
#include "core/base/param.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/text/text_file.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>

namespace descent {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoiseFolder = "_background_noise_", kMark = "_nohash_",
                           kValidationList = "validation_list.txt", kTestList = "testing_list.txt";

constexpr auto kLayout = "expected <word>/<speaker>_nohash_<number>.wav, such as eight/004ae714_nohash_0.wav";

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_sound(const std::string& name) {
    constexpr std::array<std::string_view, 9> kExtensions{".wav",  ".wave", ".flac", ".ogg", ".oga",
                                                          ".opus", ".aif",  ".aiff", ".au"};
    return std::ranges::find(kExtensions, lower(fs::path(name).extension().string())) != kExtensions.end();
}

/// File names are bytes; whatever is stored or shown of them has to be text.
bool is_text(std::string_view name) {
    while (!name.empty()) {
        utf8proc_int32_t c = 0;
        const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                                           static_cast<utf8proc_ssize_t>(name.size()), &c);
        if (size <= 0 || c < 0x20) return false;
        name.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::string as_text(std::string_view name) {
    if (is_text(name)) return std::string(name);
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f)
            out += c;
        else
            out.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
    return out;
}

struct Entries {
    std::vector<std::string> folders, files, others; ///< names, sorted by byte
};

/// Hidden ones left out; links are followed.
Entries entries_of(const fs::path& folder, const std::string& where) {
    Entries found;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (name.starts_with('.')) continue;
        std::error_code unreadable; // a dangling link is neither
        if (entry->is_directory(unreadable))
            found.folders.push_back(std::move(name));
        else if (entry->is_regular_file(unreadable))
            found.files.push_back(std::move(name));
        else
            found.others.push_back(std::move(name));
    }
    if (error) throw InputError(where + ": " + folder.string() + ": " + error.message());
    for (auto* names : {&found.folders, &found.files, &found.others}) std::ranges::sort(*names);
    return found;
}

void read_word(SpeechFolder& out, const std::string& folder, const std::string& where) {
    const Entries entries = entries_of(out.root / folder, where);
    const auto ignore = [&](const std::string& name) { out.ignored.push_back(as_text(folder + "/" + name)); };
    for (const auto& name : entries.folders) ignore(name + "/");
    for (const auto& name : entries.others) ignore(name);
    const bool text = is_text(folder);
    for (const auto& name : entries.files) {
        const auto mark = name.find(kMark);
        if (!text || !is_text(name) || !is_sound(name) || mark == std::string::npos || mark == 0)
            ignore(name);
        else
            out.clips.push_back({folder + "/" + name, lower(folder), name.substr(0, mark)});
    }
}

/// The lines of an official list that are clips of the folder; how many are not goes to `ignored`.
std::vector<std::string> read_list(SpeechFolder& out, std::string_view name) {
    const fs::path file = out.root / name;
    std::error_code unreadable;
    if (!fs::is_regular_file(file, unreadable)) return {};
    constexpr std::size_t longest = 4'096; // bytes of a line, far beyond any name
    TextFile in(file);
    std::vector<std::string> list;
    std::set<std::string> seen;
    std::int64_t lines = 0;
    for (std::string line; in.line(line, longest);) {
        std::string entry(trimmed(line));
        if (entry.starts_with("./")) entry.erase(0, 2);
        if (entry.empty() || !seen.insert(entry).second) continue;
        ++lines;
        if (std::ranges::binary_search(out.clips, entry, std::less{}, &SpokenWord::file))
            list.push_back(std::move(entry));
    }
    if (const std::int64_t absent = lines - std::ssize(list); absent > 0)
        out.ignored.push_back(std::string(name) + ": " + format_count(absent) + " of " + format_count(lines) +
                              (lines == 1 ? " clip" : " clips") + " not in the folder");
    std::ranges::sort(list);
    return list;
}

/// Clips by speaker, as indices; speakers sorted.
std::map<std::string, std::vector<std::size_t>> by_speaker(const SpeechFolder& folder) {
    std::map<std::string, std::vector<std::size_t>> speakers;
    for (std::size_t i = 0; i < folder.clips.size(); ++i) speakers[folder.clips[i].speaker].push_back(i);
    return speakers;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
    const auto near = nearest(word, candidates);
    return near ? "; did you mean '" + *near + "'?" : "";
}

using Sides = std::vector<SpeechSide>;

Sides split_by_holdout(const SpeechFolder& folder, const std::vector<std::string>& holdout) {
    const auto speakers = by_speaker(folder);
    Sides sides(folder.clips.size(), SpeechSide::train);
    for (const auto& name : holdout) {
        const auto at = speakers.find(name);
        if (at == speakers.end()) {
            std::vector<std::string> names;
            for (const auto& [speaker, clips] : speakers) names.push_back(speaker);
            throw InputError("task.holdout_speakers: no speaker '" + name + "' in " + folder.root.string() +
                             suggestion(name, names));
        }
        for (const std::size_t clip : at->second) sides[clip] = SpeechSide::validation;
    }
    if (std::ranges::count(sides, SpeechSide::train) == 0)
        throw InputError("task.holdout_speakers: nobody else speaks in " + folder.root.string() +
                         "; expected at least one speaker left to train on");
    return sides;
}

Sides split_by_lists(const SpeechFolder& folder) {
    Sides sides(folder.clips.size(), SpeechSide::train);
    for (std::size_t i = 0; i < sides.size(); ++i) {
        // On both lists: it must not train, and a test that was looked at is none.
        if (std::ranges::binary_search(folder.validation_list, folder.clips[i].file))
            sides[i] = SpeechSide::validation;
        else if (std::ranges::binary_search(folder.test_list, folder.clips[i].file))
            sides[i] = SpeechSide::test;
    }
    if (std::ranges::count(sides, SpeechSide::train) == 0)
        throw InputError("task.source = " + folder.root.string() + ": every clip is on " +
                         std::string(kValidationList) + " or " + std::string(kTestList) +
                         "; expected some to train on");
    return sides;
}

Sides split_by_speaker(const SpeechFolder& folder, double validation_share, double test_share,
                       std::uint64_t seed) {
    const auto speakers = by_speaker(folder);
    const std::size_t needed = 1 + (validation_share > 0) + (test_share > 0);
    if (speakers.size() < needed)
        throw InputError("task.source = " + folder.root.string() + ": " +
                         (speakers.size() == 1 ? "one speaker only, '" + speakers.begin()->first + "'"
                                               : "only " + std::to_string(speakers.size()) + " speakers") +
                         "; expected at least " + std::to_string(needed) +
                         ", since no speaker may be on two sides");
    std::vector<const std::vector<std::size_t>*> order;
    for (const auto& [speaker, clips] : speakers) order.push_back(&clips);
    RandomStream stream(seed, "split");
    stream.shuffle(std::span(order));

    Sides sides(folder.clips.size(), SpeechSide::train);
    std::size_t next = 0, still_needed = needed;
    const auto fill = [&](SpeechSide side, double share) {
        if (share <= 0) return;
        --still_needed;
        const double wanted = share * static_cast<double>(sides.size());
        // One at least, and one at least for each side that comes after.
        for (double taken = 0; taken < wanted && order.size() - next > still_needed; ++next) {
            for (const std::size_t clip : *order[next]) sides[clip] = side;
            taken += static_cast<double>(order[next]->size());
        }
    };
    fill(SpeechSide::validation, validation_share);
    fill(SpeechSide::test, test_share);
    return sides;
}

} // namespace

SpeechFolder read_speech_folder(const fs::path& root) {
    const std::string where = "task.source = " + root.string();
    std::error_code error;
    if (!fs::exists(root, error)) throw InputError(where + ": no such folder");
    if (!fs::is_directory(root, error)) throw InputError(where + ": not a folder; " + kLayout);
    SpeechFolder out;
    std::string absolute = fs::absolute(root).lexically_normal().string();
    if (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
    out.root = absolute;

    const Entries entries = entries_of(out.root, where);
    for (const auto& folder : entries.folders) {
        if (folder != kNoiseFolder) {
            read_word(out, folder, where);
            continue;
        }
        for (const auto& name : entries_of(out.root / folder, where).files)
            if (is_sound(name) && is_text(name)) out.noise.push_back(folder + "/" + name);
    }
    // Texts beside the words (a README, a licence) are no clips that went astray.
    for (const auto& name : entries.files)
        if (is_sound(name)) out.ignored.push_back(as_text(name));
    if (out.clips.empty())
        throw InputError(where + ": no spoken words in it" +
                         (out.ignored.empty() ? "" : " ('" + out.ignored.front() + "' does not fit)") + "; " +
                         kLayout);
    std::ranges::sort(out.clips, std::less{}, &SpokenWord::file);
    std::set<std::string> words;
    for (const auto& clip : out.clips) words.insert(clip.word);
    out.words.assign(words.begin(), words.end());
    out.validation_list = read_list(out, kValidationList);
    out.test_list = read_list(out, kTestList);
    return out;
}

std::vector<SpeechSide> split_speech(const SpeechFolder& folder, const std::vector<std::string>& holdout,
                                     double validation_share, double test_share, std::uint64_t seed) {
    if (!holdout.empty()) return split_by_holdout(folder, holdout);
    if (!folder.validation_list.empty() && !folder.test_list.empty()) return split_by_lists(folder);
    if (!(validation_share >= 0 && test_share >= 0 && validation_share + test_share < 1))
        throw InputError(
            "task.validation_share + task.test_share = " + to_string(Value(validation_share + test_share)) +
            ": expected less than 1, so that something is left to train on");
    return split_by_speaker(folder, validation_share, test_share, seed);
}

std::vector<std::string> parse_keywords(std::string_view text, const SpeechFolder& folder) {
    std::vector<std::string> words;
    for (const auto& typed : parse_list(text)) {
        std::string word = lower(typed);
        if (std::ranges::find(words, word) != words.end()) continue;
        if (!std::ranges::binary_search(folder.words, word))
            throw InputError("task.keywords: no clips of '" + word + "' in " + folder.root.string() +
                             suggestion(word, folder.words));
        words.push_back(std::move(word));
    }
    if (words.empty())
        throw InputError("task.keywords: no word given; expected one or more, such as sheila,happy,eight");
    return words;
}

std::vector<std::string> parse_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string item(trimmed(text.substr(0, comma)));
        if (!item.empty() && std::ranges::find(items, item) == items.end()) items.push_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

} // namespace descent
