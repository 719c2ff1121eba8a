#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// Where an example goes.
enum class SpeechSide { train, validation, test };

/// One recording of a word: `<word>/<speaker>_nohash_<k>.wav` (any extension that decode_clip reads).
struct SpokenWord {
    std::string file; ///< relative to the folder, with '/': "eight/004ae714_nohash_0.wav"
    std::string word, speaker;
    bool operator==(const SpokenWord&) const = default;
};

/// A folder in the layout of Google's Speech Commands (Warden 2018). Names only: no sound is read.
struct SpeechFolder {
    std::filesystem::path root;
    std::vector<SpokenWord> clips;  ///< sorted by file
    std::vector<std::string> words; ///< sorted, those with clips
    std::vector<std::string> noise; ///< files of _background_noise_, sorted; may be empty
    std::vector<std::string> validation_list, test_list; ///< the official lists; empty where absent
    std::vector<std::string> ignored;                    ///< files that do not fit the layout
};

/// Throws InputError: no such folder, or nothing in it that fits the layout (says what was expected).
SpeechFolder read_speech_folder(const std::filesystem::path& root);

/// Which side each clip is on (folder.clips order).
/// - `holdout` not empty: those speakers' clips are validation, all others train, no test set. Throws
/// InputError
///   for a speaker that is not there (with a suggestion) or where no other is left.
/// - otherwise the official lists where the folder has them (both files; clips on neither train),
/// - otherwise by speaker: whole speakers, drawn with `seed`, until validation and test hold at least their
/// share
///   of the clips each. Throws InputError where there are too few speakers (two, or three with a test share).
std::vector<SpeechSide> split_speech(const SpeechFolder& folder, const std::vector<std::string>& holdout,
                                     double validation_share, double test_share, std::uint64_t seed);

/// "sheila, happy ,eight" → the words, lower case, without repetitions. Throws InputError for none, and for
/// words the folder has no clips of: "task.keywords: no clips of 'shiela' in DIR; did you mean 'sheila'?".
std::vector<std::string> parse_keywords(std::string_view text, const SpeechFolder& folder);
/// The same rule for "a,b, c" lists of speakers: trimmed, without repetitions; may be empty.
std::vector<std::string> parse_list(std::string_view text);

} // namespace descent
