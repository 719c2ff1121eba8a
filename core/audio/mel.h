#pragma once

#include "core/base/instruction_set.h"

#include <cstdint>
#include <memory>
#include <span>

namespace descent {

/// Mel power spectrogram as torchaudio.transforms.MelSpectrogram(16000, n_fft=400, hop_length=160, n_mels=40)
/// with its defaults computes it: periodic Hann window of 400 samples, centred frames with reflected edges,
/// power 2, 40 HTK mel bands from 0 to 8000 Hz as triangles without normalisation. In single precision, as
/// there: within 1e-4 of the larger of a value and a millionth of the clip's largest (rounding puts both some
/// 1e-3 off the exact result 90 dB below it). Thread: one at a time (tables and scratch inside); make one a
/// thread.
class MelSpectrogram {
public:
    static constexpr std::int64_t kBands = 40, kWindow = 400, kHop = 160;
    /// 1 + samples / 160.
    static std::int64_t frames(std::size_t samples);

    MelSpectrogram();
    explicit MelSpectrogram(InstructionSet set); ///< the same to the bit for all
    ~MelSpectrogram();
    MelSpectrogram(const MelSpectrogram&) = delete;
    MelSpectrogram& operator=(const MelSpectrogram&) = delete;

    /// `samples`: at least 201 (the reflection's need), at kSampleRate. `power`: kBands × frames, band by
    /// band. Throws std::invalid_argument for other sizes.
    ///
    /// `stretch` moves frequencies as another length of the vocal tract would: what is heard at f is taken
    /// from stretch · f, up to a knee at 6.4 kHz (in whichever of the two is higher), from there on a line to
    /// 8 kHz. Jaitly and Hinton 2013. In (0.5, 2).
    void operator()(std::span<const float> samples, std::span<float> power, double stretch = 1);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// In place: natural log of power clamped to [1e-9, 1e9], to the last place or two. Thread: any.
void log_mel(std::span<float> power);
void log_mel(std::span<float> power, InstructionSet set); ///< the same to the bit for all

} // namespace descent
