#pragma once

#include "core/base/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace descent {

/// Made noises, `samples` long at kSampleRate, of mean square 1 and mean 0. They draw from `random` only.
std::vector<float> white_noise(std::size_t samples, RandomStream& random);
/// Power falling with 1/f from about 2 Hz up.
std::vector<float> pink_noise(std::size_t samples, RandomStream& random);
/// Mains hum of 50 or 60 Hz, its harmonics with drawn strengths, and a little hiss.
std::vector<float> hum_noise(std::size_t samples, double mains, RandomStream& random);
/// Voices (at kSampleRate, any lengths) said one after the other on each of `lanes` lanes, laid over one
/// another.
std::vector<float> babble_noise(std::size_t samples, std::span<const std::vector<float>> voices,
                                std::size_t lanes, RandomStream& random);

/// Mean square.
double power_of(std::span<const float> samples);
/// Scales to mean 0 and mean square 1; silence stays.
void normalise(std::span<float> samples);

} // namespace descent
