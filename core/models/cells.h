#pragma once

#include "core/engine/lanes.h"

#include <cstdint>

// One step of a recurrent cell for many rows at a time, forward and backward: everything between two matrix
// products in one pass. Torch-free; compiled once for each instruction set.

namespace descent::cells {

/// Elman 1990; Cho et al. 2014; Hochreiter and Schmidhuber 1997; as torch.nn.RNN, GRU and LSTM compute them.
/// By gate, in the order of torch.nn's weights, σ the logistic function; a is the input's part, W_ih x +
/// b_ih, and u the recurrent one, W_hh h + b_hh.
///
///     linear  h' = a + u
///     elman   h' = tanh(a + u)
///     gru     r, z = σ(a + u); n = tanh(a + r·u); h' = (1 − z)·n + z·h
///     lstm    i, f, o = σ(a + u), g = tanh(a + u); c' = f·c + i·g; h' = o·tanh(c'); order i, f, g, o
enum class Cell { linear, elman, gru, lstm };

constexpr std::int64_t gates(Cell cell) {
    return cell == Cell::gru ? 3 : cell == Cell::lstm ? 4 : 1;
}
/// Vectors of a state: h, and of the LSTM c after it.
constexpr std::int64_t states(Cell cell) {
    return cell == Cell::lstm ? 2 : 1;
}
/// Vectors that backward() wants kept of each row, beside the state before and after.
constexpr std::int64_t kept(Cell cell) {
    return cell == Cell::gru || cell == Cell::lstm ? 4 : 0;
}

/// Matrices are row-major, H wide for each of their vectors. Row i of a step takes the input's part from row
/// inputs[i] and its past from row pasts[i]; from row i itself where these are null.
template<class T>
struct Step {
    std::int64_t rows, hidden; ///< hidden: H, of any size
    const std::int64_t *inputs, *pasts;
    const T* input;     ///< a [.., gates·H]
    const T* recurrent; ///< u [.., gates·H], its row 0 that of past `first_past`
    std::int64_t first_past;
    const T* before; ///< states [.., states·H]
    T* kept;         ///< [rows, kept·H], written; null where no backward() follows
    T* after;        ///< states [rows, states·H], written
};

template<class T>
struct StepGradient {
    std::int64_t rows, hidden;
    const std::int64_t *inputs, *pasts;
    const T *before, *kept, *after; ///< as the step took and left them
    const T* d_after;               ///< [rows, states·H]
    T* d_input;                     ///< [.., gates·H], added to
    T* d_recurrent;                 ///< [.., gates·H], added to; its row 0 that of past `first_past`
    std::int64_t first_past;
    T* d_before; ///< [.., states·H], added to: what does not go through u
};

/// Thread: any; rows are independent but for what they add to.
template<class T>
struct Kernels {
    void (*forward)(const Step<T>&);
    void (*backward)(const StepGradient<T>&);
};
template<class T>
const Kernels<T>& kernels(Cell cell, lanes::InstructionSet set);
/// Of the best instruction set.
template<class T>
const Kernels<T>& kernels(Cell cell);

} // namespace descent::cells
