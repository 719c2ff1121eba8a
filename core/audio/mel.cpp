#include "core/audio/mel.h"

#include "core/audio/mel_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace descent {

namespace mel {

const Kernels& kernels([[maybe_unused]] InstructionSet set) {
#ifdef __x86_64__
    if (set == InstructionSet::avx512) return kAvx512;
    if (set == InstructionSet::avx2) return kAvx2;
#endif
    return kBaseline;
}

} // namespace mel

namespace {

using namespace mel;

static_assert(MelSpectrogram::kBands == mel::kBands && MelSpectrogram::kWindow == mel::kWindow &&
              MelSpectrogram::kHop == mel::kHop);

InstructionSet best_set() {
    static const auto best = instruction_sets().back();
    return best;
}

/// A block of 4 × 4.
void transpose(const float* from, std::size_t row, float* to, std::size_t column) {
    using Four [[gnu::vector_size(16)]] = float;
    Four a, b, c, d;
    std::memcpy(&a, from, sizeof a);
    std::memcpy(&b, from + row, sizeof b);
    std::memcpy(&c, from + 2 * row, sizeof c);
    std::memcpy(&d, from + 3 * row, sizeof d);
    const Four ac_low = __builtin_shufflevector(a, c, 0, 4, 1, 5),
               ac_high = __builtin_shufflevector(a, c, 2, 6, 3, 7),
               bd_low = __builtin_shufflevector(b, d, 0, 4, 1, 5),
               bd_high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
    const Four out[] = {__builtin_shufflevector(ac_low, bd_low, 0, 4, 1, 5),
                        __builtin_shufflevector(ac_low, bd_low, 2, 6, 3, 7),
                        __builtin_shufflevector(ac_high, bd_high, 0, 4, 1, 5),
                        __builtin_shufflevector(ac_high, bd_high, 2, 6, 3, 7)};
    for (std::size_t k = 0; k < 4; ++k) std::memcpy(to + k * column, &out[k], sizeof out[k]);
}

std::array<Source, kHalf + 1> stretched(double stretch) {
    constexpr double kKnee = 160; // 6.4 kHz
    const double knee = kKnee * std::min(1 / stretch, 1.0);
    std::array<Source, kHalf + 1> sources;
    for (std::size_t k = 0; k <= kHalf; ++k) {
        const auto at = static_cast<double>(k);
        const double from = at <= knee
                                ? at * stretch
                                : knee * stretch + (at - knee) * (kHalf - knee * stretch) / (kHalf - knee);
        const auto below = std::min(static_cast<std::size_t>(from), kHalf - 1);
        sources[k] = {below, static_cast<float>(from - static_cast<double>(below))};
    }
    return sources;
}

} // namespace

struct MelSpectrogram::State {
    const Kernels& kernels;
    Tables tables{};
    std::vector<float> padded{}, samples{}; ///< scratch
};

std::int64_t MelSpectrogram::frames(std::size_t samples) {
    return 1 + static_cast<std::int64_t>(samples / mel::kHop);
}

MelSpectrogram::MelSpectrogram() : MelSpectrogram(best_set()) {}

MelSpectrogram::MelSpectrogram(InstructionSet set) : state_(new State{kernels(set)}) {
    auto& tables = state_->tables;
    // torch rounds the angle to single precision, which shows in bands far below the loudest: so does this.
    constexpr auto kTurn = static_cast<float>(2 * std::numbers::pi / mel::kWindow);
    for (std::size_t i = 0; i < mel::kWindow; ++i) {
        const double angle = static_cast<float>(i) * kTurn;
        tables.window[i] = 0.5F - 0.5F * static_cast<float>(std::cos(angle));
    }
    for (std::size_t row = 0; row < kSide; ++row)
        for (std::size_t column = 0; column < kSide; ++column) {
            const double angle = -2 * std::numbers::pi * static_cast<double>(row * column) / mel::kWindow;
            tables.turn_re[row][column] = static_cast<float>(std::cos(angle));
            tables.turn_im[row][column] = static_cast<float>(std::sin(angle));
        }
    constexpr double kTop = 8000;
    std::array<double, mel::kBands + 2> corner{};
    const double top_mel = 2595 * std::log10(1 + kTop / 700);
    for (std::size_t c = 0; c < corner.size(); ++c)
        corner[c] = 700 * (std::pow(10, top_mel * static_cast<double>(c) / (mel::kBands + 1) / 2595) - 1);
    // The bins at 0 and 8000 Hz are the outer corners: no band has them.
    auto& first = tables.first;
    first[0] = 1;
    first[mel::kBands + 1] = kHalf;
    for (std::size_t c = 0; c <= mel::kBands; ++c) {
        std::size_t k = first[c];
        for (; k < kHalf; ++k) {
            const double hz = kTop / kHalf * static_cast<double>(k);
            if (c < mel::kBands && hz >= corner[c + 1]) break;
            const double rise = (hz - corner[c]) / (corner[c + 1] - corner[c]);
            // A quarter: powers are four times too large.
            tables.rise[k] = static_cast<float>(rise / 4);
            tables.fall[k] = static_cast<float>((1 - rise) / 4);
        }
        first[c + 1] = k;
    }
}

MelSpectrogram::~MelSpectrogram() = default;

void MelSpectrogram::operator()(std::span<const float> samples, std::span<float> power, double stretch) {
    const auto count = static_cast<std::size_t>(frames(samples.size()));
    if (samples.size() <= kHalf) throw std::invalid_argument("a mel spectrogram needs at least 201 samples");
    if (power.size() != mel::kBands * count)
        throw std::invalid_argument("a mel spectrogram has 40 rows of frames");

    const std::size_t pairs = (count + 1) / 2;
    auto& padded = state_->padded;
    padded.resize(std::max((pairs + 4) * kPeriod, samples.size() + mel::kWindow));
    const auto end = std::ranges::copy(samples, padded.begin() + kHalf).out;
    std::fill(end + kHalf, padded.end(), 0.0F);
    std::reverse_copy(samples.begin() + 1, samples.begin() + 1 + kHalf, padded.begin());
    std::reverse_copy(samples.end() - 1 - kHalf, samples.end() - 1, end);

    // So that a register holds the same sample of neighbouring pairs; half a register to spare, since rows a
    // power of two apart would share few places of a cache.
    const std::size_t stride = (pairs + kMostLanes - 1) / kMostLanes * kMostLanes + kMostLanes / 2;
    auto& rows = state_->samples;
    rows.resize(std::max(rows.size(), kPeriod * stride));
    for (std::size_t i = 0; i <= pairs; i += 4)
        for (std::size_t m = 0; m < kPeriod; m += 4)
            transpose(&padded[kPeriod * i + m], kPeriod, &rows[m * stride + i], stride);

    const auto sources = stretch == 1 ? std::array<Source, kHalf + 1>{} : stretched(stretch);
    state_->kernels.spectrogram({.tables = &state_->tables,
                                 .sources = stretch == 1 ? nullptr : sources.data(),
                                 .samples = rows.data(),
                                 .stride = stride,
                                 .frames = count,
                                 .power = power.data()});
}

void log_mel(std::span<float> power) {
    log_mel(power, best_set());
}

void log_mel(std::span<float> power, InstructionSet set) {
    kernels(set).log(power.data(), power.size());
}

} // namespace descent
