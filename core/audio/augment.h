#pragma once

#include "core/base/random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace descent {

/// How a training clip is varied before its features are taken. The defaults do nothing.
struct WaveAugment {
    double share = 0;        ///< probability that a clip is varied at all, 0 … 1
    double speed = 0;        ///< played faster or slower by up to this share, with pitch: 0.1 is 0.9 … 1.1
    double shift = 0;        ///< moved in time by up to this many seconds either way; silence fills up
    double gain_db = 0;      ///< louder or softer by up to this
    double noise_share = 1;  ///< of the varied clips, 0 … 1, that get background noise
    double noise_snr_lo = 0; ///< background noise at an SNR drawn uniformly from this range, in dB, over the
    double noise_snr_hi = 0; ///< segment's own energy; both 0: none
    double hiss = 0;         ///< standard deviation of white noise added, drawn uniformly from 0 to this
    /// Instead of all of the above, every clip in one of the source's four equally likely ways: as it is; +
    /// N(0, 0.01); gain × 0.25; background noise with α = (‖clip‖ / ‖recording‖) · 10^(−1/20), clamped to ±1.
    /// As there, the norm is that of the whole recording, so that the nominal 1 dB is some 20 dB over a
    /// minute of it.
    bool source = false;
};

/// Background recordings at kSampleRate; may be empty, and then there is no background noise.
using NoiseBank = std::vector<std::vector<float>>;

/// One varied copy of `clip`, of the same length, clamped to ±1. A silent clip stays silent but for hiss, and
/// a silent noise segment adds nothing. Applied, and drawn from `random` (nothing else is), in this order:
/// whether at all; speed (about the clip's middle); shift; gain; background noise (whether, where not for
/// all; recording, start, SNR; a recording shorter than the clip goes round); hiss (deviation, then each
/// sample). What is off draws nothing. `source` draws the way, then the samples' noise, or recording and
/// start. Thread: any.
std::vector<float> augment(std::span<const float> clip, const WaveAugment& how, const NoiseBank& noise,
                           RandomStream& random);

/// Park et al. 2019, one mask each: frequency mask of floor(U[0, frequency)) bands, time mask of
/// floor(U[0, time)) frames, on power before the log, filled with 0. In place; power is bands × frames. Draws
/// width and start of the one, then of the other; a mask of 0 draws nothing.
void mask_spectrogram(std::span<float> power, std::int64_t bands, std::int64_t frames, std::int64_t frequency,
                      std::int64_t time, RandomStream& random);

} // namespace descent
