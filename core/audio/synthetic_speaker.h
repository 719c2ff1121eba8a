#pragma once

#include "core/audio/espeak_voice.h"
#include "core/base/random.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// A made person: an accent, a voice, a way of speaking, and the room and microphone they are heard through.
/// All of it is drawn from the corpus's seed and the person's number.
class SyntheticSpeaker {
public:
    SyntheticSpeaker(std::uint64_t seed, std::int64_t index);

    const std::string& id() const { return id_; } ///< eight hex digits, as in Speech Commands
    /// How the person says `text` this time.
    Utterance say(const std::string& text, RandomStream& random, double longest_seconds) const;
    /// What espeak-ng said as the person's voice at kSampleRate, dry: the vocal tract's length applied.
    std::vector<float> voice(std::span<const float> spoken) const;
    /// That voice in the person's room through their microphone: as long as it was, and the reverberation.
    std::vector<float> recorded(std::span<const float> voice) const;
    double level_db() const { return level_db_; } ///< how loud the person is, full scale = 0

private:
    std::string id_, accent_, traits_;
    double rate_ = 160, tract_ = 1, level_db_ = -24;
    int pitch_range_ = 50;
    double tilt_ = 0, high_pass_ = 0;                 // of the microphone
    std::vector<std::pair<std::size_t, float>> room_; // delay in samples, gain
};

} // namespace descent
