#include "core/audio/synthetic_speaker.h"

#include "core/audio/clip.h"
#include "core/base/hash.h"

#include <samplerate.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <sstream>
#include <stdexcept>

namespace descent {

namespace {

struct Body {
    double pitch_lo, pitch_hi; // Hz
    double tract_lo, tract_hi; // formants against those of espeak-ng's own voice, a man's
};

// Ranges as measured on people: Peterson and Barney 1952, Hillenbrand et al. 1995.
constexpr Body kMan{78, 140, 0.92, 1.06}, kWoman{150, 245, 1.06, 1.22}, kChild{225, 320, 1.20, 1.36};
// Seven men, seven women and two children of sixteen, mixed so that any small corpus has several kinds.
constexpr std::array<const Body*, 16> kBodies{&kMan,   &kWoman, &kMan,   &kWoman, &kChild, &kWoman,
                                              &kMan,   &kMan,   &kWoman, &kMan,   &kWoman, &kChild,
                                              &kWoman, &kMan,   &kMan,   &kWoman};

int whole(double value) {
    return static_cast<int>(std::lround(value));
}

} // namespace

SyntheticSpeaker::SyntheticSpeaker(std::uint64_t seed, std::int64_t index) {
    const std::string name = "speaker/" + std::to_string(index);
    id_ = sha256_hex("descent " + std::to_string(seed) + " " + name).substr(0, 8);
    RandomStream random(seed, name);
    const auto number = static_cast<std::size_t>(index);
    accent_ = kAccents[(number + number / std::size(kAccents)) % std::size(kAccents)];
    const Body& body = *kBodies[number % kBodies.size()];

    const double pitch = body.pitch_lo * std::pow(body.pitch_hi / body.pitch_lo, random.uniform());
    const double formants = random.uniform(body.tract_lo, body.tract_hi);
    // espeak-ng's consonants are recordings that its formants do not move: part of the length of the vocal
    // tract is therefore applied by resampling, which moves everything.
    tract_ = std::clamp(std::sqrt(formants) * random.uniform(0.95, 1.05), 0.9, 1.15);
    std::ostringstream traits;
    traits << "pitch " << whole(pitch / tract_) << " "
           << whole(pitch / tract_ * (1 + random.uniform(0.15, 0.7))) << "\n";
    for (int formant = 0; formant <= 8; ++formant)
        traits << "formant " << formant << " "
               << whole(100 * formants / tract_ *
                        (formant == 0 ? 1 : 1 + 0.035 * std::clamp(random.normal(), -2.0, 2.0)))
               << " " << whole(random.uniform(70, formant > 3 ? 105 : 125)) << " "
               << whole(random.uniform(75, 130)) << "\n";
    traits << "voicing " << whole(random.uniform(65, 130)) << "\n"
           << "consonants " << whole(random.uniform(60, 130)) << " " << whole(random.uniform(70, 130)) << "\n"
           << "tone 600 " << whole(random.uniform(150, 255)) << " 1200 " << whole(random.uniform(90, 220))
           << " 2200 " << whole(random.uniform(70, 220)) << "\n"
           << "flutter " << 1 + random.below(5) << "\n"
           << "roughness " << random.below(4) << "\n"
           << "intonation " << 1 + random.below(4) << "\n";
    if (random.uniform() < 0.3)
        traits << "breath " << 1 + random.below(3) << " " << 1 + random.below(5) << "\n";
    traits_ = traits.str();
    rate_ = random.uniform(110, 185);
    pitch_range_ = whole(random.uniform(30, 75));

    level_db_ = random.uniform(-32, -18);
    tilt_ = random.uniform(-0.45, 0.35);
    high_pass_ = random.uniform(40, 220);
    // Velvet noise (Karjalainen and Järveläinen 2007): single echoes at drawn places, fading by 60 dB.
    const double fade_seconds = random.uniform(0.12, 0.45), wet = std::pow(10, random.uniform(-22, -7) / 20);
    constexpr double kEchoesASecond = 500;
    const double length = std::min(fade_seconds, 0.3) * kSampleRate;
    const double norm = wet / std::sqrt(fade_seconds / 13.8 * kEchoesASecond);
    for (double at = random.uniform(0.002, 0.01) * kSampleRate; at < length;
         at += random.uniform(0.5, 1.5) * kSampleRate / kEchoesASecond) {
        const double gain = norm * std::exp(-6.9 * at / kSampleRate / fade_seconds);
        room_.emplace_back(static_cast<std::size_t>(at),
                           static_cast<float>(random.uniform() < 0.5 ? gain : -gain));
    }
}

Utterance SyntheticSpeaker::say(const std::string& text, RandomStream& random, double longest_seconds) const {
    constexpr std::array<const char*, 5> kEndings{"", ".", "!", "?", ","};
    Utterance what;
    what.accent = accent_;
    what.traits = traits_;
    what.text = text + kEndings[random.below(kEndings.size())];
    // Resampling makes it shorter by tract_, too.
    what.rate = whole(std::clamp(rate_ / tract_ * random.uniform(0.87, 1.15), 80.0, 450.0));
    what.pitch = std::clamp(whole(50 + 6 * random.normal()), 20, 80);
    what.range = std::clamp(whole(pitch_range_ + 12 * random.normal()), 10, 95);
    what.longest = longest_seconds * tract_;
    return what;
}

std::vector<float> SyntheticSpeaker::voice(std::span<const float> spoken) const {
    if (spoken.empty()) return {};
    const double ratio = kSampleRate / (kEspeakRate * tract_);
    std::vector<float> out(static_cast<std::size_t>(static_cast<double>(spoken.size()) * ratio) + 1);
    SRC_DATA work{};
    work.data_in = spoken.data();
    work.input_frames = static_cast<long>(spoken.size());
    work.data_out = out.data();
    work.output_frames = static_cast<long>(out.size());
    work.src_ratio = ratio;
    if (const int error = src_simple(&work, SRC_SINC_MEDIUM_QUALITY, 1); error != 0)
        throw std::runtime_error(std::string("resampling: ") + src_strerror(error));
    out.resize(static_cast<std::size_t>(work.output_frames_gen));
    return out;
}

std::vector<float> SyntheticSpeaker::recorded(std::span<const float> voice) const {
    const std::size_t tail = room_.empty() ? 0 : room_.back().first;
    std::vector<float> out(voice.size() + tail);
    std::ranges::copy(voice, out.begin());
    for (const auto& [delay, gain] : room_)
        for (std::size_t i = 0; i < voice.size(); ++i) out[i + delay] += gain * voice[i];
    // The microphone: a first-order high pass, and a tilt of the whole spectrum.
    const double pole = std::exp(-2 * std::numbers::pi * high_pass_ / kSampleRate);
    double before = 0, passed = 0, passed_before = 0;
    for (float& s : out) {
        passed = pole * (passed + double{s} - before);
        before = double{s};
        s = static_cast<float>(passed + tilt_ * passed_before);
        passed_before = passed;
    }
    return out;
}

} // namespace descent
