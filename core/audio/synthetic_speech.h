#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// What the made corpus holds. The same options make the same files, byte for byte.
struct SyntheticSpeech {
    std::int64_t speakers = 60;       ///< distinct synthetic voices; 2 … 500
    std::int64_t takes = 2;           ///< times each speaker says each word
    std::vector<std::string> words{}; ///< empty: the 30 words of Speech Commands v0.01
    std::uint64_t seed = 0;
};

/// Makes a corpus in the Speech Commands layout with espeak-ng: each speaker is a voice variant with a pitch,
/// a range and a speed of its own, each take differs, and takes carry room noise, so that keywords can be
/// confused;
/// `_background_noise_` holds white, pink, hum and babble. `folder` must not exist or be empty; it appears
/// whole or not at all. Blocks for seconds to a minute. `progress(share)` now and then; false is returned
/// once `stop` is asked for, and then nothing is left behind. Throws InputError: the folder is not empty,
/// cannot be written; espeak-ng is missing its data. Thread: one at a time in a process (espeak-ng's state is
/// global; guarded inside).
bool make_synthetic_speech(const SyntheticSpeech& options, const std::filesystem::path& folder,
                           const std::function<void(double)>& progress = {}, std::stop_token stop = {});

/// A corpus in cache_folder(), in a place of its own for these options: made the first time, found there
/// later, made again where part of it is missing. Several processes may ask at once: one makes it. Throws as
/// above, or InputError("interrupted") on `stop`.
std::filesystem::path kept_speech(const SyntheticSpeech& options,
                                  const std::function<void(double)>& progress = {},
                                  std::stop_token stop = {});

/// The built-in corpus: made with the default options in cache_folder() the first time, found there later.
/// Throws as above.
std::filesystem::path built_in_speech(const std::function<void(double)>& progress = {},
                                      std::stop_token stop = {});

} // namespace descent
