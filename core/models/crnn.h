#pragma once

#include "core/engine/lanes.h"

#include <cstdint>

// What a convolutional recurrent network with attention computes between its matrix products, forward and
// backward. Torch-free; compiled once for each instruction set.

namespace descent::crnn {

/// A convolution of one input channel over bands × frames, without padding, examples in lanes: no copy of
/// each patch, and no channel too few to fill a register. A group is W examples, W being the number of lanes;
/// the last one is filled up with zeros.
struct Convolution {
    std::int64_t bands, frames;               ///< of the input
    std::int64_t channels;                    ///< of the output
    std::int64_t kernel_bands, kernel_frames; ///< its size
    std::int64_t stride_bands, stride_frames;

    std::int64_t taps() const { return kernel_bands * kernel_frames; }
    std::int64_t pixels() const { return bands * frames; }
    std::int64_t bands_out() const { return (bands - kernel_bands) / stride_bands + 1; }
    std::int64_t steps() const { return (frames - kernel_frames) / stride_frames + 1; }
    std::int64_t maps() const { return channels * bands_out(); } ///< numbers of an example and step
};

template<class T>
struct ConvolutionPass {
    Convolution shape;
    std::int64_t examples;
    const T* clips;  ///< [examples, bands, frames]
    T* inputs;       ///< the same as [groups, bands, frames, W], written
    const T* weight; ///< [channels, taps]
    const T* bias;   ///< [channels]
    T* space;        ///< convolution_space() numbers
    T* maps;         ///< [channels·bands_out, steps, groups, W], written
};

template<class T>
struct ConvolutionGradient {
    Convolution shape;
    std::int64_t examples;
    const T* inputs; ///< as the pass laid them out
    const T* d_maps; ///< as the pass laid them out; 0 where a lane has no example
    T* space;        ///< convolution_space() numbers
    T* d_weight;     ///< [channels, taps], added to
    T* d_bias;       ///< [channels], added to
};

/// A step of a GRU (Cho et al. 2014, as torch.nn.GRU has it and cells.h spells out) whose rows have each a
/// past of their own: what a general step adds to what is there is written here, and the biases are within.
template<class T>
struct GruStep {
    std::int64_t rows, hidden;
    const T *input, *recurrent;           ///< [rows, 3H], without biases; `recurrent` null: the first step
    const T *bias_input, *bias_recurrent; ///< [3H]
    const T* before;                      ///< [rows, H]; not read in the first step
    T* kept;                              ///< [rows, 4H], written: r, z, n and the recurrent part of n
    T* after;                             ///< [rows, H], written
};

template<class T>
struct GruGradient {
    std::int64_t rows, hidden;
    const T *before, *kept; ///< as the step took and left them; `before` null: the first step
    const T* d_after;       ///< [rows, H]
    T* d_gates;  ///< [rows, 4H], written: of n's input part, of r, of z, of n's recurrent part. So the first
                 ///< three are the input's, the last three the recurrent part's in the order of torch.nn
    T* d_before; ///< [rows, H], added to: what does not go through the recurrent part
};

/// Attention over time (Bahdanau et al. 2015, of one query): energy e = v·tanh(p + b), weights softmax(e)
/// over the steps, result the states' weighted sum. An energy's bias has no part in it.
template<class T>
struct Attention {
    std::int64_t rows, steps, hidden;
    const T* bias;   ///< b [hidden]
    const T* query;  ///< v [hidden]
    const T* states; ///< [steps, rows, hidden]
    T* units;        ///< [steps, rows, hidden]: p, the states times a matrix; tanh(p + b) takes its place
    T* shares;       ///< [rows, steps], written
    T* result;       ///< [rows, hidden], written
};

template<class T>
struct AttentionGradient {
    std::int64_t rows, steps, hidden;
    const T *query, *states, *units, *shares; ///< as the pass took and left them
    const T* d_result;                        ///< [rows, hidden]
    T* d_units;                               ///< of p: [steps, rows, hidden], written
    T* d_states;                              ///< but for what goes through p: [steps, rows, hidden], written
    T* d_bias;                                ///< [hidden], added to
    T* d_query;                               ///< [hidden], added to
};

/// Thread: any.
template<class T>
struct Kernels {
    std::int64_t lanes; ///< W
    void (*convolve)(const ConvolutionPass<T>&);
    void (*convolve_back)(const ConvolutionGradient<T>&);
    void (*gru_forward)(const GruStep<T>&);
    void (*gru_backward)(const GruGradient<T>&);
    void (*attend)(const Attention<T>&);
    void (*attend_back)(const AttentionGradient<T>&);
    /// to [columns] += the sum of each column of `from`, whose rows are `apart` numbers from each other
    void (*add_rows)(const T* from, std::int64_t rows, std::int64_t columns, std::int64_t apart, T* to);
};
template<class T>
const Kernels<T>& kernels(lanes::InstructionSet set);
/// Of the best instruction set.
template<class T>
const Kernels<T>& kernels();

/// Numbers that a pass over a convolution works in.
std::int64_t convolution_space(const Convolution& shape, std::int64_t lanes);

} // namespace descent::crnn
