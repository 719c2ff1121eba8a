#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// What every clip is turned into: mono at this rate, in Hz.
inline constexpr int kSampleRate = 16'000;

/// Decodes a sound file that lies in memory (WAV, FLAC, OGG and whatever else libsndfile reads): channels are
/// averaged, other rates are resampled (libsamplerate, best sinc) to round(n · 16000 / rate) samples. Samples
/// are in ±1; what goes beyond in a file of floats is clamped. Throws InputError, one line that begins with
/// `name`: not a sound file, no samples in it, ends before the length its header states (WAV, FLAC; an OGG
/// stream states none), a rate outside 1 kHz … 1 MHz, samples that are not numbers or lie beyond ±8 (integers
/// in a file of floats). Thread: any.
std::vector<float> decode_clip(std::string_view bytes, const std::string& name);

/// A file's bytes. Throws InputError where it cannot be read.
std::string file_bytes(const std::filesystem::path& file);

/// decode_clip(file_bytes(file), file).
std::vector<float> read_clip(const std::filesystem::path& file);

/// 16-bit mono PCM WAV at kSampleRate. Written beside and renamed. Throws InputError where it cannot be.
void write_clip(const std::filesystem::path& file, std::span<const float> samples);

/// `samples` cut or padded with silence to `length`. Padding is split evenly before and after; what is too
/// long keeps the stretch of that length with the most energy.
std::vector<float> fit_length(std::span<const float> samples, std::size_t length);

} // namespace descent
