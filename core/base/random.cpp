#include "core/base/random.h"

#include "core/base/result.h"

#include <cmath>
#include <locale>
#include <numbers>
#include <sstream>

namespace descent {

namespace {

__extension__ using Wide = unsigned __int128;

// Steele, Lea and Flood 2014: a bijection that spreads each input bit over the whole word.
std::uint64_t splitmix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

std::uint64_t fnv1a(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

} // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view name)
    : engine_(splitmix64(splitmix64(seed) ^ fnv1a(name))) {}

double RandomStream::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1p-53;
}

double RandomStream::normal() {
    const double radius =
        std::sqrt(-2 * std::log(1 - uniform())); // 1 − u is on (0, 1]: the logarithm is finite
    const double angle = 2 * std::numbers::pi * uniform();
    return radius * std::cos(angle);
}

std::uint64_t RandomStream::below(std::uint64_t n) {
    // Lemire 2019: the high word of bits · n, rejecting the low words that would favour some results.
    Wide product = Wide{bits()} * n;
    if (static_cast<std::uint64_t>(product) < n) {
        const std::uint64_t uneven = (0 - n) % n;
        while (static_cast<std::uint64_t>(product) < uneven) product = Wide{bits()} * n;
    }
    return static_cast<std::uint64_t>(product >> 64);
}

std::string RandomStream::state() const {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << engine_;
    return std::move(out).str();
}

void RandomStream::restore(const std::string& state) {
    // libstdc++ writes the words and then the position among them, and trusts the position it reads: check it
    // here.
    constexpr auto kWords = std::mt19937_64::state_size;
    std::istringstream in(state);
    in.imbue(std::locale::classic());
    std::uint64_t number = 0, any = 0;
    for (std::size_t i = 0; i < kWords && in >> number; ++i) any |= number;
    const bool well_formed = in >> number && number <= kWords && any != 0 && (in >> std::ws).eof();
    std::mt19937_64 engine;
    if (well_formed) {
        std::istringstream again(state);
        again.imbue(std::locale::classic());
        again >> engine;
    }
    if (!well_formed) throw InputError("the state of a random stream is damaged: expected 313 numbers");
    engine_ = engine;
}

} // namespace descent
