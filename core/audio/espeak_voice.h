#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// Something for espeak-ng to say, and how.
struct Utterance {
    std::string accent; ///< one of kAccents
    std::string traits; ///< lines of an espeak-ng voice file: "pitch 90 130\nformant 1 98 100 90\n…"
    std::string text;
    int rate = 175;     ///< words a minute, 80 … 450
    int pitch = 50;     ///< 0 … 100 around the voice's own
    int range = 50;     ///< 0 (monotone) … 100
    double longest = 0; ///< seconds; said faster, up to 450 words a minute, until it fits; 0: any length
};

/// The accents of English that espeak-ng knows, as its data files are called.
inline constexpr const char* kAccents[] = {
    "en-US", "en", "en-GB-x-rp", "en-GB-scotland", "en-GB-x-gbclan", "en-GB-x-gbcwmd", "en-029", "en-US-nyc",
};

/// Samples a second of what `heard` is given.
inline constexpr int kEspeakRate = 22'050;

/// Says everything in order and calls `heard(index, samples)` for each, without the silence around it,
/// samples in ±1. The same list gives the same samples: espeak-ng carries state from one utterance to the
/// next (and uses rand()), so it is started anew each time, in a child process, where nothing else can
/// disturb it either. Returns false once `stop` is asked for. Throws InputError where espeak-ng or its data
/// is missing, whatever `heard` throws, and std::runtime_error where espeak-ng ends before its time. Thread:
/// any.
bool speak(const std::vector<Utterance>& utterances,
           const std::function<void(std::size_t index, std::span<const float> samples)>& heard,
           std::stop_token stop);

} // namespace descent
