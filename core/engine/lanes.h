#pragma once

#include "core/base/instruction_set.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

// Loss and gradient of multilayer perceptrons over a whole set in one pass. What lies side by side in a SIMD
// register is one number of each of several networks, or of each of several examples of one network; so every
// dimension of a network may be as narrow as it likes. Torch-free; the pass is compiled once for each
// instruction set.

namespace descent::lanes {

using descent::InstructionSet, descent::instruction_sets;

/// Of what is compiled for both types of numbers, that for T.
template<class T, class Floats, class Doubles>
const auto& for_type(const Floats& floats, const Doubles& doubles) {
    if constexpr (std::is_same_v<T, float>)
        return floats;
    else
        return doubles;
}

enum class Nonlinearity {
    identity,
    tanh,
    relu,
    sigmoid,
    silu,
    gelu,
    softplus,
    hard_sigmoid,
    hard_tanh,
    threshold
};
std::optional<Nonlinearity> nonlinearity(std::string_view name); ///< as the model's parameter spells it
/// The slope follows from the value, which therefore is all that is kept of a hidden unit.
constexpr bool slope_from_value(Nonlinearity f) {
    return f == Nonlinearity::identity || f == Nonlinearity::tanh || f == Nonlinearity::relu ||
           f == Nonlinearity::sigmoid;
}

/// What LossFunction computes (core/engine/loss.h): squared error, cross-entropy of the softmax, or, of one
/// output, of the logistic function.
enum class Criterion { squared, softmax, logistic };

struct Loss {
    Criterion criterion = Criterion::squared;
    double factor = 0.5;      ///< of the squared error: ½, or 1
    bool one_output = false;  ///< for two classes
    double sides[2] = {0, 1}; ///< what the one output should be under squared error
    double on = 1, off = 0;   ///< the descended loss' smoothed labels: share of the right class, of another
};

enum class InLanes { networks, examples };

/// How the numbers of a family's networks lie in what a pass is given: for each layer its units in turn, each
/// with its weights and, where there is one, its bias last. A block's networks may be narrower than the
/// family's: its widths are the largest of its members.
struct Shape {
    std::vector<std::int64_t> widths; ///< of the input, the hidden layers and the output
    bool bias = true;

    std::int64_t layers() const { return static_cast<std::int64_t>(widths.size()) - 1; }
    std::int64_t inputs(std::int64_t layer) const { return widths[static_cast<std::size_t>(layer)]; }
    std::int64_t units(std::int64_t layer) const { return widths[static_cast<std::size_t>(layer) + 1]; }
    std::int64_t row(std::int64_t layer) const { return inputs(layer) + (bias ? 1 : 0); }
    std::int64_t count() const; ///< numbers of one network
};

/// What makes a pass of a network of this shape faster, W being the number of lanes: many examples fill the
/// lanes without a rest, whatever the widths, but then each gradient is a sum over lanes at last.
InLanes in_lanes(const Shape& shape, std::int64_t examples, std::int64_t lanes);

/// One block over one set of examples. All pointers to lanes are aligned to a register; [..][W] has the lanes
/// innermost, W being their number.
///
/// Networks in lanes: N = W of them, and a row is an example. Examples in lanes: N = 1 network, and a row is
/// W examples; what the last row has beyond the set is finite and does not count.
template<class T>
struct Pass {
    InLanes in_lanes;
    std::int64_t layers;
    const std::int64_t* widths; ///< [layers + 1], as Shape::widths
    bool bias;
    Nonlinearity hidden, output;
    Loss loss;

    std::int64_t examples;
    const T* inputs;      ///< networks: [row][widths[0] + bias]; examples: [widths[0] + bias][row][W]. With
                          ///< biases the last is 1
    std::int64_t spacing; ///< numbers from an input to the next of the same row
    const T* labels;      ///< [row][W]: 0 … classes − 1; null for a regression
    const T* targets; ///< of a regression, else null. Networks: [row][outputs]; examples: [row][outputs][W]
    const T* importance; ///< [row][W]: factor on each descended loss; null: 1
    double scale;        ///< of the gradient: 1, or 1/examples for the mean

    const T* weights;     ///< [count()][N]
    T* gradient;          ///< [count()][N], written
    std::int64_t at_once; ///< rows_at_once() of this shape
    std::byte* space;     ///< work_space() bytes, aligned to a register

    double* losses;          ///< [N]: sum of the losses as reported, written
    std::int64_t* confusion; ///< [N][classes][classes], added to; null for a regression
};

/// The arithmetic for one instruction set. A network's results depend on nothing else in its block. Thread:
/// any.
template<class T>
struct Kernels {
    std::int64_t lanes;
    void (*descend)(const Pass<T>&);  ///< losses, confusion, gradient
    void (*evaluate)(const Pass<T>&); ///< losses and confusion only
};
template<class T>
const Kernels<T>& kernels(InstructionSet set);

/// Bytes that a pass over networks of at most this shape works in, whatever is in its lanes. A multiple
/// of 64.
std::size_t work_space(const Shape& shape, Nonlinearity hidden, std::int64_t lanes,
                       std::size_t size_of_number);
/// Rows that are carried through all layers at a time: a divisor of kFold.
std::int64_t rows_at_once(const Shape& shape, Nonlinearity hidden, std::int64_t lanes,
                          std::size_t size_of_number);
/// With networks in lanes gradients are summed over so many rows, and then those sums, whatever the shape.
inline constexpr std::int64_t kFold = 64;

} // namespace descent::lanes
