#include "core/audio/synthetic_speech.h"

#include "core/audio/clip.h"
#include "core/audio/corpus_folder.h"
#include "core/audio/feature_cache.h"
#include "core/audio/noise_makers.h"
#include "core/audio/synthetic_speaker.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/result.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <sstream>
#include <utility>

namespace descent {

namespace {

namespace fs = std::filesystem;

/// Part of the built-in corpus's place: one more whenever any sample of it changes.
constexpr int kVersion = 1;

constexpr std::size_t kClip = kSampleRate; // one second
// In dB. Low enough that some takes can hardly be told, as in rooms where people talk.
constexpr double kSnrLow = 3, kSnrHigh = 25;
// Some takes begin too late or end too soon, as recordings cut by a clock do.
constexpr double kCutShare = 0.1, kMostCut = 0.3; // of the takes; of the word
constexpr double kLongest = 0.9;                  // of a word, in seconds, before its reverberation
constexpr std::size_t kNoiseSeconds = 16, kRoomSeconds = 20, kBabbleVoices = 10, kBabbleLanes = 5;

// Speech Commands v0.01.
constexpr std::array kWords{"bed",  "bird",  "cat",   "dog",   "down",   "eight", "five", "four",
                            "go",   "happy", "house", "left",  "marvin", "nine",  "no",   "off",
                            "on",   "one",   "right", "seven", "sheila", "six",   "stop", "three",
                            "tree", "two",   "up",    "wow",   "yes",    "zero"};

// What the babble is about: none of the words above.
constexpr std::array kTalk{"The train was late again this morning, and nobody knew why.",
                           "We should paint the kitchen before winter comes.",
                           "Have you seen my other glove? It must be somewhere near the door.",
                           "She bought apples, bread and some cheese at the market.",
                           "They walked along the river until it got dark.",
                           "I think the answer is written at the back of that old book.",
                           "Please bring another chair, because more people are coming.",
                           "He plays the piano every evening after work.",
                           "Our neighbours grow tomatoes behind their garage.",
                           "It rained all week, so the garden looks very green."};

std::vector<std::string> words_of(const SyntheticSpeech& options) {
    if (options.words.empty()) return {kWords.begin(), kWords.end()};
    std::set<std::string> words;
    for (const auto& word : options.words) {
        const bool plain =
            std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; });
        if (word.empty() || word.size() > 30 || !plain || word.front() == '\'')
            throw InputError("words: '" + word + "' cannot be said; expected letters a to z, at most 30");
        words.insert(word);
    }
    return {words.begin(), words.end()};
}

void check_range(const char* name, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value < least || value > most)
        throw InputError(std::string(name) + " = " + std::to_string(value) + ": expected " +
                         std::to_string(least) + " to " + std::to_string(most));
}

void check(const SyntheticSpeech& options) {
    check_range("speakers", options.speakers, 2, 500);
    check_range("takes", options.takes, 1, 100);
    words_of(options);
}

/// The name of a corpus's folder in the cache.
std::string place_of(const SyntheticSpeech& options) {
    std::string name = "speech-commands-synthetic-" + std::to_string(kVersion);
    const SyntheticSpeech built_in;
    if (options.speakers == built_in.speakers && options.takes == built_in.takes &&
        options.seed == built_in.seed && words_of(options) == words_of(built_in))
        return name;
    std::string what = std::to_string(options.speakers) + " " + std::to_string(options.takes) + " " +
                       std::to_string(options.seed);
    for (const auto& word : words_of(options)) what.append(" ").append(word);
    return name.append("-").append(sha256_hex(what), 0, 8);
}

/// The corpus as a list of things to say, and what becomes of each.
class Recipe {
public:
    Recipe(const SyntheticSpeech& options, FolderInMaking& folder)
        : options_(options)
        , words_(words_of(options))
        , folder_(folder)
        , random_(options.seed, "takes") {
        for (std::int64_t i = 0; i < options.speakers; ++i) speakers_.emplace_back(options.seed, i);
        // The people of the babble are not those of the words.
        for (std::size_t i = 0; i < kBabbleVoices; ++i) {
            talkers_.emplace_back(options.seed ^ 0xbabb1e, static_cast<std::int64_t>(i));
            list_.push_back(talkers_.back().say(kTalk[i], random_, 0));
        }
        for (const auto& speaker : speakers_)
            for (const auto& word : words_)
                for (std::int64_t take = 0; take < options.takes; ++take)
                    list_.push_back(speaker.say(word, random_, kLongest));
    }

    const std::vector<Utterance>& list() const { return list_; }
    std::int64_t clips() const { return std::ssize(list_) - std::ssize(talkers_); }

    void heard(std::size_t index, std::span<const float> spoken) {
        if (index < talkers_.size()) {
            const auto& talker = talkers_[index];
            babble_.push_back(talker.recorded(talker.voice(spoken)));
            if (babble_.size() == talkers_.size()) make_noises();
            return;
        }
        const auto clip = static_cast<std::int64_t>(index - talkers_.size());
        const auto word = static_cast<std::size_t>(clip / options_.takes) % words_.size();
        const auto& speaker = speakers_[static_cast<std::size_t>(clip / options_.takes) / words_.size()];
        const std::string name = speaker.id() + "_nohash_" + std::to_string(clip % options_.takes) + ".wav";
        write_clip(folder_.subfolder(words_[word]) / name, take(speaker, spoken));
    }

private:
    void make_noises() {
        const auto make = [&](const std::string& name, std::size_t seconds) {
            RandomStream random(options_.seed, name);
            const std::size_t length = seconds * kSampleRate;
            return std::array{white_noise(length, random), pink_noise(length, random),
                              hum_noise(length, random.uniform() < 0.5 ? 50 : 60, random),
                              babble_noise(length, babble_, kBabbleLanes, random)};
        };
        // Of the same kinds, but what is in the clips is not what the noise folder offers to mix in.
        room_ = make("room", kRoomSeconds);
        auto offered = make("noise", kNoiseSeconds);
        constexpr std::array<const char*, 4> kNames{"white_noise.wav", "pink_noise.wav", "hum.wav",
                                                    "babble.wav"};
        const fs::path folder = folder_.subfolder("_background_noise_");
        for (std::size_t i = 0; i < offered.size(); ++i) {
            for (float& s : offered[i]) s = std::clamp(0.1F * s, -1.F, 1.F);
            write_clip(folder / kNames[i], offered[i]);
        }
    }

    std::vector<float> take(const SyntheticSpeaker& speaker, std::span<const float> spoken) {
        std::vector<float> dry = speaker.voice(spoken);
        dry.resize(std::min(dry.size(), kClip));
        std::vector<float> sound = speaker.recorded(dry);
        const double power = power_of(std::span(sound).first(dry.size()));
        const double level = std::pow(10, (speaker.level_db() + random_.uniform(-4, 4)) / 20);
        const double gain = power > 0 ? level / std::sqrt(power) : 0;

        std::vector<float> clip(kClip);
        // Where the word begins, in samples; before the clip where its beginning is lost.
        const auto word = static_cast<double>(dry.size()), slack = static_cast<double>(kClip) - word;
        double start = slack * std::clamp(0.5 + 0.18 * random_.normal(), 0.0, 1.0);
        if (random_.uniform() < kCutShare) {
            const double lost = word * random_.uniform(0, kMostCut);
            start = random_.uniform() < 0.5 ? -lost : slack + lost;
        }
        const auto first = static_cast<std::ptrdiff_t>(start);
        for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(0, -first); i < std::ssize(sound); ++i) {
            if (first + i >= std::ssize(clip)) break;
            clip[static_cast<std::size_t>(first + i)] =
                static_cast<float>(gain * double{sound[static_cast<std::size_t>(i)]});
        }

        // One noise of the room, and a little hiss of the microphone under it.
        const auto& noise = room_[random_.below(room_.size())];
        const std::size_t from = random_.below(noise.size() - kClip + 1);
        const double loudness = level * std::pow(10, -random_.uniform(kSnrLow, kSnrHigh) / 20);
        const auto& hiss = room_[0];
        const std::size_t hiss_from = random_.below(hiss.size() - kClip + 1);
        const double hiss_loudness = level * std::pow(10, -random_.uniform(30, 50) / 20);
        for (std::size_t i = 0; i < kClip; ++i)
            clip[i] = std::clamp(clip[i] + static_cast<float>(loudness * double{noise[from + i]} +
                                                              hiss_loudness * double{hiss[hiss_from + i]}),
                                 -1.F, 1.F);
        return clip;
    }

    const SyntheticSpeech& options_;
    std::vector<std::string> words_;
    FolderInMaking& folder_;
    RandomStream random_;
    std::vector<SyntheticSpeaker> speakers_, talkers_;
    std::vector<Utterance> list_;
    std::vector<std::vector<float>> babble_;
    std::array<std::vector<float>, 4> room_;
};

std::string about(const SyntheticSpeech& options, const std::vector<Utterance>& list) {
    std::ostringstream text;
    text << "Spoken words made by Descent Studio " DESCENT_VERSION
            " with the speech synthesiser espeak-ng, in the\n"
            "layout of Google's Speech Commands. No person was recorded.\n\n"
         << "speakers " << options.speakers << "\ntakes    " << options.takes << "\nseed     " << options.seed
         << "\nrecipe   " << kVersion << "\nclips    " << std::ssize(list) - std::ssize(kTalk)
         << "\n\nEach speaker is an accent with a voice, a speed, a room and a microphone of its own. Each "
            "clip is\n"
            "one second at 16 kHz and carries noise 3 to 25 dB below the voice; a few are cut at an end. "
            "_background_noise_ "
            "holds "
            "noises\n"
            "to mix in.\n";
    return text.str();
}

} // namespace

bool make_synthetic_speech(const SyntheticSpeech& options, const fs::path& folder,
                           const std::function<void(double)>& progress, std::stop_token stop) {
    check(options);
    FolderInMaking making(folder);
    Recipe recipe(options, making);
    const auto total = static_cast<double>(recipe.list().size());
    const bool done = speak(
        recipe.list(),
        [&](std::size_t index, std::span<const float> spoken) {
            recipe.heard(index, spoken);
            if (progress) progress(static_cast<double>(index + 1) / total);
        },
        stop);
    if (!done) return false;
    making.write_text("README.txt", about(options, recipe.list()));
    making.commit();
    return true;
}

fs::path kept_speech(const SyntheticSpeech& options, const std::function<void(double)>& progress,
                     std::stop_token stop) {
    check(options);
    const fs::path cache = cache_folder();
    const fs::path folder = cache / place_of(options);
    if (is_whole(folder)) return folder;
    std::error_code error;
    fs::create_directories(cache, error);
    if (error) throw InputError(cache.string() + ": cannot be written: " + error.message());
    const FileLock lock(fs::path(folder) += ".lock", stop);
    if (is_whole(folder)) return folder; // another process was faster
    remove_unfinished(folder);           // whoever was making it has gone: we hold the lock
    fs::remove_all(folder, error);       // what is left of one, if anything
    if (error) throw InputError(folder.string() + ": cannot be written: " + error.message());
    if (!make_synthetic_speech(options, folder, progress, stop)) throw InputError("interrupted");
    return folder;
}

fs::path built_in_speech(const std::function<void(double)>& progress, std::stop_token stop) {
    return kept_speech({}, progress, std::move(stop));
}

} // namespace descent
