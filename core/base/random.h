#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace descent {

/// A named stream of random numbers derived from a run's seed. The same seed and name give the same bits on
/// every machine and torch version: the engine is std::mt19937_64 (fixed by the standard) and the conversions
/// are our own, since the standard's distributions differ between libraries. Thread: one at a time.
class RandomStream {
public:
    RandomStream(std::uint64_t seed, std::string_view name);

    std::uint64_t bits() { return engine_(); }
    /// Uniform on [0, 1), 53 bits.
    double uniform();
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// Standard normal (Box–Muller, one draw a call).
    double normal();
    /// Uniform on 0 … n − 1, without bias. n > 0.
    std::uint64_t below(std::uint64_t n);

    /// Fisher–Yates.
    template<class T>
    void shuffle(std::span<T> items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

    /// The complete state as text, for checkpoints; `restore` throws InputError on text that is not one.
    std::string state() const;
    void restore(const std::string& state);

private:
    std::mt19937_64 engine_;
};

} // namespace descent
