#pragma once

#include "core/audio/augment.h"
#include "core/audio/speech_folder.h"
#include "core/engine/engine.h"
#include "core/engine/examples.h"

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace descent {

/// What is done to a log-mel spectrogram [bands × frames], in place, before a network sees it.
struct Normaliser {
    double dynamic_range = 0; ///< dB below the clip's loudest value at which its quiet is cut off; 0: not
    /// `train`: each band's mean and deviation over the training set. `clip`: each band's mean over the clip,
    /// which takes out level and microphone, and one deviation over the training set.
    enum class Standardise { none, train, clip } standardise = Standardise::none;
    std::vector<float> mean{}, deviation{}; ///< by band

    /// Fits mean and deviation on the spectrograms at `chosen`, places in `features`, which holds one after
    /// the other.
    void fit(std::span<const float> features, std::span<const std::size_t> chosen, std::int64_t bands,
             std::int64_t frames);
    void apply(std::span<float> spectrogram, std::int64_t bands, std::int64_t frames) const;

private:
    /// What needs no training set.
    void prepare(std::span<float> spectrogram, std::int64_t bands, std::int64_t frames) const;
};

/// How training clips are varied.
struct SpeechAugment {
    WaveAugment wave{};
    double vocal_tract = 0;                         ///< frequencies stretched by up to this share (VTLP)
    std::int64_t frequency_mask = 0, time_mask = 0; ///< SpecAugment's largest widths: bands, frames
    std::int64_t copies =
        1; ///< of each clip in a frozen set; the first as it is, unless the source's way is asked for
};

/// Training clips, varied in the waveform and in the spectrogram. Decodes them when first asked.
class SpeechVariation : public Variation {
public:
    SpeechVariation(std::filesystem::path root, std::vector<std::string> files,
                    std::vector<std::string> hashes, std::vector<std::string> noise, std::size_t samples,
                    SpeechAugment how, Normaliser normaliser);

    Tensor fresh(const Tensor& indices, std::uint64_t seed, std::int64_t epoch,
                 std::int64_t first) const override;
    Tensor frozen(std::uint64_t seed, const Loading& loading) const override;
    std::int64_t copies() const override { return how_.copies; }

private:
    void decode(const Loading& loading) const;
    std::vector<float> wave(std::size_t clip) const;
    void vary(std::size_t clip, RandomStream& random, std::span<float> log_mel) const;
    std::string key(std::uint64_t seed) const;

    std::filesystem::path root_;
    std::vector<std::string> files_, hashes_, noise_files_;
    std::size_t samples_;
    SpeechAugment how_;
    Normaliser normaliser_;
    std::int64_t frames_;
    mutable std::once_flag decoded_;
    mutable std::vector<std::vector<std::int16_t>>
        waves_; // 16 bits: half the memory, and what recordings have
    mutable NoiseBank noise_;
};

} // namespace descent
