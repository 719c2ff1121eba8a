#include "core/audio/mel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <kissfft.hh>

namespace descent {
namespace {

/// Four frames side by side: the scalar that KissFFT's templates are compiled for, so that its arithmetic, in
/// SSE registers, does four transforms at once.
struct Lanes {
    static constexpr std::size_t kCount = 4;
    using Vector [[gnu::vector_size(kCount * sizeof(float))]] = float;
    Vector v{};

    Lanes() = default;
    Lanes(const Vector& all) : v(all) {}
    // What KissFFT makes of numbers: tables at the start, constants inside.
    Lanes(float one) : v(Vector{} + one) {}
    Lanes(double one) : Lanes(static_cast<float>(one)) {}
    Lanes(int one) : Lanes(static_cast<float>(one)) {}
    operator float() const { return v[0]; }

    Lanes& operator+=(const Lanes& o) { return v += o.v, *this; }
    Lanes& operator-=(const Lanes& o) { return v -= o.v, *this; }
    Lanes& operator*=(const Lanes& o) { return v *= o.v, *this; }
    friend Lanes operator+(const Lanes& a, const Lanes& b) { return {a.v + b.v}; }
    friend Lanes operator-(const Lanes& a, const Lanes& b) { return {a.v - b.v}; }
    friend Lanes operator*(const Lanes& a, const Lanes& b) { return {a.v * b.v}; }
    friend Lanes operator*(std::size_t n, const Lanes& a) { return {static_cast<float>(n) * a.v}; }
    friend Lanes operator/(const Lanes& a, std::size_t n) { return {a.v / static_cast<float>(n)}; }
    friend Lanes operator-(const Lanes& a) { return {-a.v}; }
    // For the twiddle factors. Their angles are multiples of π/200 that KissFFT multiplied in single
    // precision; from the exact ones, quiet bands beside loud ones come out four times as exact.
    static double exact(const Lanes& angle) {
        constexpr double kStep = std::numbers::pi / 200;
        return kStep * std::round(static_cast<double>(angle.v[0]) / kStep);
    }
    friend Lanes cos(const Lanes& angle) { return std::cos(exact(angle)); }
    friend Lanes sin(const Lanes& angle) { return std::sin(exact(angle)); }
    friend Lanes exp(const Lanes& a) { return std::exp(a.v[0]); }
};

constexpr std::size_t kBands = MelSpectrogram::kBands, kWindow = MelSpectrogram::kWindow,
                      kHop = MelSpectrogram::kHop, kHalf = kWindow / 2, kTogether = 2 * Lanes::kCount;

/// What a frequency gives to the two bands it lies in: on the rise of one and the fall of the one before.
struct Bin {
    float rise = 0, fall = 0;
};

/// Four overlapping frames, the first at `begin`, times the window, to every second of `lanes`: blocks of
/// 4 × 4 transposed.
void gather(const float* begin, const std::array<float, kWindow>& window, Lanes* lanes) {
    using Vector = Lanes::Vector;
    const auto load = [](const float* from) {
        Vector v;
        std::memcpy(&v, from, sizeof v);
        return v;
    };
    for (std::size_t i = 0; i < kWindow; i += Lanes::kCount) {
        const Vector w = load(&window[i]);
        const Vector a = w * load(begin + i), b = w * load(begin + i + kHop),
                     c = w * load(begin + i + 2 * kHop), d = w * load(begin + i + 3 * kHop);
        const Vector ac_low = __builtin_shufflevector(a, c, 0, 4, 1, 5),
                     ac_high = __builtin_shufflevector(a, c, 2, 6, 3, 7);
        const Vector bd_low = __builtin_shufflevector(b, d, 0, 4, 1, 5),
                     bd_high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
        lanes[2 * i] = __builtin_shufflevector(ac_low, bd_low, 0, 4, 1, 5);
        lanes[2 * i + 2] = __builtin_shufflevector(ac_low, bd_low, 2, 6, 3, 7);
        lanes[2 * i + 4] = __builtin_shufflevector(ac_high, bd_high, 0, 4, 1, 5);
        lanes[2 * i + 6] = __builtin_shufflevector(ac_high, bd_high, 2, 6, 3, 7);
    }
}

/// Of the bins from 0 to 8 kHz, times 4: four frames and the four after them.
using Powers = std::array<std::array<Lanes, 2>, kHalf + 1>;

/// Where a moved frequency is taken from: between two bins, of both in proportion.
struct Source {
    std::size_t below = 0;
    float share = 0; ///< of the one above
};

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

void move(Powers& powers, const std::array<Source, kHalf + 1>& sources) {
    const Powers still = powers;
    for (std::size_t k = 0; k <= kHalf; ++k) {
        const auto [below, share] = sources[k];
        for (std::size_t h = 0; h < 2; ++h)
            powers[k][h] = still[below][h] * Lanes(1 - share) + still[below + 1][h] * Lanes(share);
    }
}

} // namespace

struct MelSpectrogram::Tables {
    kissfft<Lanes> fft{kWindow, false};
    std::array<float, kWindow> window{};
    std::array<Bin, kHalf> bins{};
    std::array<std::size_t, kBands + 2> first{}; ///< first bin at or above each corner
    std::vector<float> padded{};
    std::array<std::complex<Lanes>, kWindow> frames{};
    std::array<std::complex<Lanes>, kWindow> spectrum{};
    Powers powers{};
};

std::int64_t MelSpectrogram::frames(std::size_t samples) {
    return 1 + static_cast<std::int64_t>(samples / kHop);
}

MelSpectrogram::MelSpectrogram() : tables_(std::make_unique<Tables>()) {
    // torch rounds the angle to single precision, which shows in bands far below the loudest: so does this.
    constexpr auto kTurn = static_cast<float>(2 * std::numbers::pi / kWindow);
    for (std::size_t i = 0; i < kWindow; ++i) {
        const double angle = static_cast<float>(i) * kTurn;
        tables_->window[i] = 0.5F - 0.5F * static_cast<float>(std::cos(angle));
    }
    constexpr double kTop = 8000;
    std::array<double, kBands + 2> corner{};
    const double top_mel = 2595 * std::log10(1 + kTop / 700);
    for (std::size_t c = 0; c < corner.size(); ++c)
        corner[c] = 700 * (std::pow(10, top_mel * static_cast<double>(c) / (kBands + 1) / 2595) - 1);
    // The bins at 0 and 8000 Hz are the outer corners: no band has them.
    auto& first = tables_->first;
    first.front() = 1;
    first.back() = kHalf;
    for (std::size_t c = 0; c <= kBands; ++c) {
        std::size_t k = first[c];
        for (; k < kHalf; ++k) {
            const double hz = kTop / kHalf * static_cast<double>(k);
            if (c < kBands && hz >= corner[c + 1]) break;
            const double rise = (hz - corner[c]) / (corner[c + 1] - corner[c]);
            // A quarter: powers are four times too large.
            tables_->bins[k] = {static_cast<float>(rise / 4), static_cast<float>((1 - rise) / 4)};
        }
        first[c + 1] = k;
    }
}

MelSpectrogram::~MelSpectrogram() = default;

void MelSpectrogram::operator()(std::span<const float> samples, std::span<float> power, double stretch) {
    const auto count = static_cast<std::size_t>(frames(samples.size()));
    if (samples.size() <= kHalf) throw std::invalid_argument("a mel spectrogram needs at least 201 samples");
    if (power.size() != kBands * count)
        throw std::invalid_argument("a mel spectrogram has 40 rows of frames");
    auto& [fft, window, bins, first, padded, frames, spectrum, powers] = *tables_;

    const auto sources = stretch == 1 ? std::array<Source, kHalf + 1>{} : stretched(stretch);
    const std::size_t groups = (count + kTogether - 1) / kTogether;
    padded.resize(std::max((groups * kTogether - 1) * kHop + kWindow, samples.size() + kWindow));
    const auto end = std::ranges::copy(samples, padded.begin() + kHalf).out;
    std::fill(end + kHalf, padded.end(), 0.0F);
    std::reverse_copy(samples.begin() + 1, samples.begin() + 1 + kHalf, padded.begin());
    std::reverse_copy(samples.end() - 1 - kHalf, samples.end() - 1, end);

    // Four frames are the real parts of a complex transform, the four after them the imaginary parts (so
    // std::complex is laid out): the two spectra come apart by their symmetry, for less than KissFFT's own
    // pass from half the length to a real transform costs.
    auto* const parts = reinterpret_cast<Lanes*>(frames.data());
    for (std::size_t begin = 0; begin < count; begin += kTogether) {
        gather(padded.data() + begin * kHop, window, parts);
        gather(padded.data() + (begin + Lanes::kCount) * kHop, window, parts + 1);
        fft.transform(frames.data(), spectrum.data());
        for (std::size_t k = 0; k <= kHalf; ++k) {
            const auto &z = spectrum[k], &y = spectrum[(kWindow - k) % kWindow];
            const Lanes a = z.real() + y.real(), b = z.imag() - y.imag();
            const Lanes c = z.imag() + y.imag(), d = z.real() - y.real();
            powers[k] = {a * a + b * b, c * c + d * d};
        }
        if (stretch != 1) move(powers, sources);
        std::array<Lanes, 2> rising{};
        const std::size_t wide = std::min(kTogether, count - begin);
        for (std::size_t c = 0; c <= kBands; ++c) {
            std::array<Lanes, 2> rise{}, fall{};
            for (std::size_t k = first[c]; k < first[c + 1]; ++k)
                for (std::size_t h = 0; h < 2; ++h) {
                    rise[h] += powers[k][h] * Lanes(bins[k].rise);
                    fall[h] += powers[k][h] * Lanes(bins[k].fall);
                }
            if (c > 0) {
                const std::array<Lanes, 2> band{rising[0] + fall[0], rising[1] + fall[1]};
                std::memcpy(power.data() + (c - 1) * count + begin, &band, wide * sizeof(float));
            }
            rising = rise;
        }
    }
}

void log_mel(std::span<float> power) {
    // With x = m · 2^e and m in [√½, √2): log x = e log 2 + 2 artanh((m − 1) / (m + 1)), by its series, whose
    // next term is under 1e-8 of the sum. In a form that compilers turn into vector instructions.
    constexpr auto kRootHalf = std::bit_cast<std::int32_t>(std::numbers::sqrt2_v<float> / 2);
    constexpr auto kLow = std::bit_cast<std::int32_t>(1e-9F), kHigh = std::bit_cast<std::int32_t>(1e9F);
    for (float& p : power) {
        // Floats of one sign are in the order of their bits.
        const std::int32_t bits = std::clamp(std::bit_cast<std::int32_t>(p), kLow, kHigh);
        const std::int32_t e = (bits - kRootHalf) >> 23;
        const auto m = std::bit_cast<float>(bits - (e << 23));
        const float s = (m - 1) / (m + 1), q = s * s;
        const float series = 2 + q * (2.0F / 3 + q * (2.0F / 5 + q * (2.0F / 7 + q * (2.0F / 9))));
        p = s * series + static_cast<float>(e) * std::numbers::ln2_v<float>;
    }
}

} // namespace descent
