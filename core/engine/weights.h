#pragma once

#include "core/base/random.h"
#include "core/engine/torch.h"

#include <cmath>
#include <string>
#include <vector>

namespace descent {

/// Declares one weight of a model and how it is drawn at the start.
struct WeightSpec {
    enum class Init { uniform, normal };
    std::string name; ///< as PyTorch's modules would call it: "rnn.weight_ih_l0"
    std::vector<std::int64_t> shape;
    Init init = Init::uniform;
    double scale = 0; ///< uniform: U(−scale, scale); normal: N(0, scale²)
    Tensor given{};   ///< these values in place of draws, of any shape of as many; undefined otherwise
    Tensor trained{}; ///< what it begins with in place of all that, where somebody trained it before
};

/// What it begins with; draws row-major, in double.
Tensor first_values(const WeightSpec& spec, RandomStream& random);
/// What all begin with, one after the other [P]: drawn in the order declared, then rounded to `dtype`.
Tensor first_values(const std::vector<WeightSpec>& specs, RandomStream& random, at::ScalarType dtype);

/// A model's weights in one contiguous buffer, their gradient in another; each weight is a leaf that views
/// both. So an optimizer is arithmetic on two vectors, and a norm is one pass. Thread: the trainer's.
class Weights {
public:
    /// Draws in the order declared, row-major, in double, then rounds: the same weights on every machine.
    Weights(const std::vector<WeightSpec>& specs, RandomStream& init, at::ScalarType dtype);

    const Tensor& operator[](std::size_t index) const { return leaves_[index].tensor; }
    std::int64_t count() const { return flat_.numel(); }
    Tensor& flat() { return flat_; }         ///< [count]
    Tensor& gradient() { return gradient_; } ///< [count]
    const Tensor& flat() const { return flat_; }

    struct Leaf {
        std::string name;
        Tensor tensor;
    };
    const std::vector<Leaf>& leaves() const { return leaves_; }
    /// The shape of each, in order.
    std::vector<std::vector<std::int64_t>> shapes() const;

private:
    Tensor flat_, gradient_;
    std::vector<Leaf> leaves_;
};

/// ‖v‖₂ of a flat buffer, in one product.
inline double norm_of(const Tensor& v) {
    return std::sqrt(v.dot(v).item<double>());
}

/// Puts the weights back, bit for bit, when it goes.
class KeepWeights {
public:
    explicit KeepWeights(Weights& weights);
    ~KeepWeights();
    KeepWeights(const KeepWeights&) = delete;
    KeepWeights& operator=(const KeepWeights&) = delete;
    const Tensor& kept() const { return kept_; } ///< [P]

private:
    Weights& weights_;
    Tensor kept_;
};

} // namespace descent
