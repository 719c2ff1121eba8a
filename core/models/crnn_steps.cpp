#include "core/models/crnn_steps.h"

#include "core/engine/bfloat16.h"
#include "core/engine/blas.h"

#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>

#include <algorithm>

namespace descent {

namespace {

template<class T>
void fill_rows(const T* row, std::int64_t rows, std::int64_t columns, T* to) {
    for (std::int64_t i = 0; i < rows; ++i, to += columns) std::copy(row, row + columns, to);
}

/// Parts of a buffer, each beginning at a line of the cache.
template<class T>
struct Carver {
    T* base;
    std::int64_t used = 0;
    T* take(std::int64_t count) {
        constexpr std::int64_t line = 64 / sizeof(T);
        T* part = base ? base + used : nullptr;
        used += (count + line - 1) / line * line;
        return part;
    }
};

/// f(range, its first, its last) for consecutive ranges of so many things, one for each thread.
template<class F>
void in_ranges(std::int64_t count, std::int64_t ranges, const F& f) {
    at::parallel_for(0, ranges, 1,
                     [&, rounded = Bfloat16Products::on()](std::int64_t begin, std::int64_t end) {
                         const Bfloat16Products products(rounded);
                         for (auto r = begin; r < end; ++r)
                             f(r, r * count / ranges, (r + 1) * count / ranges);
                     });
}

} // namespace

/// What one group keeps. Rows are [steps, examples].
template<class T>
struct CrnnSteps<T>::Group {
    std::int64_t examples, lanes; // lanes: examples, filled up to whole registers
    T* inputs;                    // [lanes / W, pixels, W]
    T* maps;                      // [maps, steps, lanes]
    std::array<T*, 2> gates;      // by layer: [rows, 4H], as cells keep them
    std::array<T*, 2> states;     // by layer: [rows, H]
    T* dropped; // what layer 1 is given [rows, H]: the states of layer 0, or what dropout left
    T *units, *shares, *result; // of the attention
    std::int64_t numbers;

    bool full() const { return examples == lanes; }
};

template<class T>
CrnnSteps<T>::CrnnSteps(const CrnnNetwork& network, const std::vector<Tensor>& weights)
    : network_(network)
    , convolution_(network.convolution())
    , hidden_(network.hidden())
    , steps_(convolution_.steps())
    , maps_(convolution_.maps())
    , outputs_(weights[14].size(0))
    , weights_(weights)
    , recurrent_{weights[3].t().contiguous(), weights[7].t().contiguous()}
    , kernels_(crnn::kernels<T>()) {}

template<class T>
std::int64_t CrnnSteps<T>::lanes_for(std::int64_t examples) const {
    return (examples + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes;
}

template<class T>
typename CrnnSteps<T>::Group CrnnSteps<T>::group(T* at, std::int64_t examples, bool masked) const {
    Carver<T> carver{at};
    const auto rows = steps_ * examples;
    Group g{};
    g.examples = examples;
    g.lanes = lanes_for(examples);
    g.inputs = carver.take(g.lanes * convolution_.pixels());
    g.maps = carver.take(maps_ * steps_ * g.lanes);
    for (auto& gates : g.gates) gates = carver.take(rows * 4 * hidden_);
    for (auto& states : g.states) states = carver.take(rows * hidden_);
    g.dropped = masked ? carver.take(rows * hidden_) : g.states[0];
    g.units = carver.take(rows * hidden_);
    g.shares = carver.take(rows);
    g.result = carver.take(examples * hidden_);
    g.numbers = carver.used;
    return g;
}

template<class T>
std::int64_t CrnnSteps<T>::kept(std::int64_t n, bool masked) const {
    const auto whole = n / kGroup, rest = n % kGroup;
    return (whole > 0 ? whole * group(nullptr, kGroup, masked).numbers : 0) +
           (rest > 0 ? group(nullptr, rest, masked).numbers : 0);
}

/// Of all steps: what layer 0 is given.
template<class T>
void CrnnSteps<T>::products_forward(const Group& g, T* a) const {
    const auto gates = 3 * hidden_, row = steps_ * g.lanes;
    const Factor<T> matrix{weight(2), maps_, true};
    if (g.full())
        multiply<T>(row, gates, maps_, {g.maps, row, true}, matrix, 0, a, gates);
    else
        for (std::int64_t t = 0; t < steps_; ++t)
            multiply<T>(g.examples, gates, maps_, {g.maps + t * g.lanes, row, true}, matrix, 0,
                        a + t * g.examples * gates, gates);
}

template<class T>
void CrnnSteps<T>::layer_forward(const Group& g, int layer, const T* a, T* kept, T* states, T* u) const {
    const auto n = g.examples, gates = 3 * hidden_;
    const auto at = static_cast<std::size_t>(layer == 0 ? 2 : 6);
    const auto* matrix = recurrent_[static_cast<std::size_t>(layer)].template data_ptr<T>();
    for (std::int64_t t = 0; t < steps_; ++t) {
        const T* before = t > 0 ? states + (t - 1) * n * hidden_ : nullptr;
        if (t > 0) multiply<T>(n, gates, hidden_, {before, hidden_}, {matrix, gates}, 0, u, gates);
        kernels_.gru_forward({.rows = n,
                              .hidden = hidden_,
                              .input = a + t * n * gates,
                              .recurrent = t > 0 ? u : nullptr,
                              .bias_input = weight(at + 2),
                              .bias_recurrent = weight(at + 3),
                              .before = before,
                              .kept = kept + t * n * 4 * hidden_,
                              .after = states + t * n * hidden_});
    }
}

template<class T>
void CrnnSteps<T>::drop(const Group& g, const std::uint8_t* masks, const T* from, T* to) const {
    const T scale = T(1) / T(1 - network_.dropout());
    for (std::int64_t t = 0; t < steps_; ++t)
        for (std::int64_t i = 0; i < g.examples; ++i) {
            const auto* mask = masks + (i * steps_ + t) * hidden_;
            for (std::int64_t k = 0; k < hidden_; ++k, ++from, ++to) *to = *from * (T(mask[k]) * scale);
        }
}

template<class T>
void CrnnSteps<T>::forward(const Tensor& inputs, const Tensor& masks, T* kept, Tensor& logits) const {
    const auto groups = (inputs.size(0) + kGroup - 1) / kGroup;
    in_ranges(groups, std::min<std::int64_t>(groups, at::get_num_threads()),
              [&](std::int64_t, std::int64_t first, std::int64_t last) {
                  forward({first, last}, inputs, masks, kept, logits);
              });
}

template<class T>
void CrnnSteps<T>::forward(Range groups, const Tensor& inputs, const Tensor& masks, T* kept,
                           Tensor& logits) const {
    const at::AutoDispatchBelowADInplaceOrView no_autograd;
    const auto all = inputs.size(0), most = std::min(all, kGroup), gates = 3 * hidden_;
    const auto* x = inputs.template data_ptr<T>();
    const auto* mask = masks.defined() ? masks.template data_ptr<std::uint8_t>() : nullptr;
    Carver<T> sizes{nullptr};
    const auto space = crnn::convolution_space(convolution_, kernels_.lanes);
    const auto of_group = group(nullptr, most, masks.defined()).numbers;
    sizes.take(steps_ * most * gates), sizes.take(most * gates), sizes.take(space);
    if (!kept) sizes.take(of_group);
    const auto buffer = network_.buffers().take(sizes.used, c10::CppTypeToScalarType<T>::value);
    Carver<T> carver{buffer->template data_ptr<T>()};
    T *a = carver.take(steps_ * most * gates), *u = carver.take(most * gates), *work = carver.take(space);
    T* const anew = kept ? nullptr : carver.take(of_group);
    for (auto i = groups.first; i < groups.last; ++i) {
        const auto first = i * kGroup, n = std::min(kGroup, all - first), rows = steps_ * n;
        const auto g = group(kept ? kept + i * of_group : anew, n, masks.defined());
        kernels_.convolve({.shape = convolution_,
                           .examples = n,
                           .clips = x + first * convolution_.pixels(),
                           .inputs = g.inputs,
                           .weight = weight(0),
                           .bias = weight(1),
                           .space = work,
                           .maps = g.maps});
        products_forward(g, a);
        layer_forward(g, 0, a, g.gates[0], g.states[0], u);
        if (mask) drop(g, mask + first * steps_ * hidden_, g.states[0], g.dropped);
        multiply<T>(rows, gates, hidden_, {g.dropped, hidden_}, {weight(6), hidden_, true}, 0, a, gates);
        layer_forward(g, 1, a, g.gates[1], g.states[1], u);
        multiply<T>(rows, hidden_, hidden_, {g.states[1], hidden_}, {weight(10), hidden_, true}, 0, g.units,
                    hidden_);
        kernels_.attend({.rows = n,
                         .steps = steps_,
                         .hidden = hidden_,
                         .bias = weight(11),
                         .query = weight(12),
                         .states = g.states[1],
                         .units = g.units,
                         .shares = g.shares,
                         .result = g.result});
        T* out = logits.template data_ptr<T>() + first * outputs_;
        fill_rows(weight(15), n, outputs_, out);
        multiply<T>(n, outputs_, hidden_, {g.result, hidden_}, {weight(14), hidden_, true}, 1, out, outputs_);
    }
}

/// `d_states`: of what is above, and then of all. `d_gates` [rows, 4H]: written.
template<class T>
void CrnnSteps<T>::layer_backward(const Group& g, int layer, const T* kept, const T* states, T* d_states,
                                  T* d_gates, std::vector<Tensor>& gradients) const {
    const auto n = g.examples, gates = 3 * hidden_, all = 4 * hidden_;
    const auto at = static_cast<std::size_t>(layer == 0 ? 2 : 6);
    for (std::int64_t t = steps_; t-- > 0;) {
        T* d = d_gates + t * n * all;
        T* d_before = t > 0 ? d_states + (t - 1) * n * hidden_ : nullptr;
        kernels_.gru_backward({.rows = n,
                               .hidden = hidden_,
                               .before = t > 0 ? states + (t - 1) * n * hidden_ : nullptr,
                               .kept = kept + t * n * all,
                               .d_after = d_states + t * n * hidden_,
                               .d_gates = d,
                               .d_before = d_before});
        if (t > 0)
            multiply<T>(n, hidden_, gates, {d + hidden_, all}, {weight(at + 1), hidden_}, 1, d_before,
                        hidden_);
    }
    if (const auto later = (steps_ - 1) * n; later > 0)
        multiply<T>(gates, hidden_, later, {d_gates + n * all + hidden_, all, true}, {states, hidden_}, 1,
                    gradients[at + 1].template data_ptr<T>(), hidden_);
    std::vector<T> sums(static_cast<std::size_t>(all), T(0));
    kernels_.add_rows(d_gates, steps_ * n, all, all, sums.data());
    auto* d_input = gradients[at + 2].template data_ptr<T>();
    auto* d_recurrent = gradients[at + 3].template data_ptr<T>();
    for (std::int64_t k = 0; k < gates; ++k) {
        const auto from = static_cast<std::size_t>(k);
        d_input[k] += sums[k < 2 * hidden_ ? from + static_cast<std::size_t>(hidden_)
                                           : from - static_cast<std::size_t>(2 * hidden_)];
        d_recurrent[k] += sums[from + static_cast<std::size_t>(hidden_)];
    }
}

template<class T>
void CrnnSteps<T>::backward(const Tensor& masks, T* kept, const Tensor& d_logits,
                            std::vector<Tensor>& gradients) const {
    const auto groups = (d_logits.size(0) + kGroup - 1) / kGroup;
    const auto ranges = std::min<std::int64_t>(groups, at::get_num_threads());
    std::vector<std::vector<Tensor>> sums(static_cast<std::size_t>(ranges)); // of all ranges but the first
    for (std::size_t r = 1; r < sums.size(); ++r)
        for (const auto& gradient : gradients) sums[r].push_back(at::zeros_like(gradient));
    in_ranges(groups, ranges, [&](std::int64_t r, std::int64_t first, std::int64_t last) {
        backward({first, last}, masks, kept, d_logits,
                 r == 0 ? gradients : sums[static_cast<std::size_t>(r)]);
    });
    for (const auto& of_range : sums)
        for (std::size_t i = 0; i < of_range.size(); ++i) gradients[i].add_(of_range[i]);
}

template<class T>
void CrnnSteps<T>::backward(Range groups, const Tensor& masks, T* kept, const Tensor& d_logits,
                            std::vector<Tensor>& gradients) const {
    const at::AutoDispatchBelowADInplaceOrView no_autograd;
    const auto all = d_logits.size(0), most = std::min(all, kGroup), gates = 3 * hidden_,
               all_gates = 4 * hidden_;
    const auto* mask = masks.defined() ? masks.template data_ptr<std::uint8_t>() : nullptr;
    // W_ih and its gradient with n's rows first, as d_gates has them.
    const std::array<Tensor, 2> rotated{weights_[2].roll(hidden_, 0), weights_[6].roll(hidden_, 0)};
    const std::array<Tensor, 2> d_rotated{at::zeros_like(rotated[0]), at::zeros_like(rotated[1])};
    const auto inputs = [&](std::size_t layer) { return rotated[layer].template data_ptr<T>(); };
    const auto of_inputs = [&](std::size_t layer) { return d_rotated[layer].template data_ptr<T>(); };
    const auto gradient = [&](std::size_t index) { return gradients[index].template data_ptr<T>(); };
    const auto space = crnn::convolution_space(convolution_, kernels_.lanes);
    const std::array sizes{steps_ * most * all_gates,
                           steps_ * most * hidden_,
                           steps_ * most * hidden_,
                           steps_ * most * hidden_,
                           maps_ * steps_ * lanes_for(most),
                           most * hidden_,
                           space};
    Carver<T> measure{nullptr};
    for (const auto size : sizes) measure.take(size);
    const auto buffer = network_.buffers().take(measure.used, c10::CppTypeToScalarType<T>::value);
    Carver<T> carver{buffer->template data_ptr<T>()};
    std::array<T*, sizes.size()> parts;
    std::transform(sizes.begin(), sizes.end(), parts.begin(), [&](auto size) { return carver.take(size); });
    const auto [d_gates, d_top, d_low, d_units, d_maps, d_result, work] = parts;

    const auto of_group = group(nullptr, most, masks.defined()).numbers;
    for (auto i = groups.first; i < groups.last; ++i) {
        const auto first = i * kGroup, n = std::min(kGroup, all - first), rows = steps_ * n;
        const auto g = group(kept + i * of_group, n, masks.defined());
        const T* d_out = d_logits.template data_ptr<T>() + first * outputs_;
        multiply<T>(outputs_, hidden_, n, {d_out, outputs_, true}, {g.result, hidden_}, 1, gradient(14),
                    hidden_);
        kernels_.add_rows(d_out, n, outputs_, outputs_, gradient(15));
        multiply<T>(n, hidden_, outputs_, {d_out, outputs_}, {weight(14), hidden_}, 0, d_result, hidden_);
        kernels_.attend_back({.rows = n,
                              .steps = steps_,
                              .hidden = hidden_,
                              .query = weight(12),
                              .states = g.states[1],
                              .units = g.units,
                              .shares = g.shares,
                              .d_result = d_result,
                              .d_units = d_units,
                              .d_states = d_top,
                              .d_bias = gradient(11),
                              .d_query = gradient(12)});
        multiply<T>(hidden_, hidden_, rows, {d_units, hidden_, true}, {g.states[1], hidden_}, 1, gradient(10),
                    hidden_);
        multiply<T>(rows, hidden_, hidden_, {d_units, hidden_}, {weight(10), hidden_}, 1, d_top, hidden_);
        layer_backward(g, 1, g.gates[1], g.states[1], d_top, d_gates, gradients);
        multiply<T>(gates, hidden_, rows, {d_gates, all_gates, true}, {g.dropped, hidden_}, 1, of_inputs(1),
                    hidden_);
        multiply<T>(rows, hidden_, gates, {d_gates, all_gates}, {inputs(1), hidden_}, 0, d_low, hidden_);
        if (mask) drop(g, mask + first * steps_ * hidden_, d_low, d_low);
        layer_backward(g, 0, g.gates[0], g.states[0], d_low, d_gates, gradients);
        const auto row = steps_ * g.lanes;
        if (g.full()) {
            multiply<T>(gates, maps_, row, {d_gates, all_gates, true}, {g.maps, row, true}, 1, of_inputs(0),
                        maps_);
            multiply<T>(maps_, row, gates, {inputs(0), maps_, true}, {d_gates, all_gates, true}, 0, d_maps,
                        row);
        } else {
            std::fill(d_maps, d_maps + maps_ * row, T(0));
            for (std::int64_t t = 0; t < steps_; ++t) {
                const T* d = d_gates + t * n * all_gates;
                multiply<T>(gates, maps_, n, {d, all_gates, true}, {g.maps + t * g.lanes, row, true}, 1,
                            of_inputs(0), maps_);
                multiply<T>(maps_, n, gates, {inputs(0), maps_, true}, {d, all_gates, true}, 0,
                            d_maps + t * g.lanes, row);
            }
        }
        kernels_.convolve_back({.shape = convolution_,
                                .examples = n,
                                .inputs = g.inputs,
                                .d_maps = d_maps,
                                .space = work,
                                .d_weight = gradient(0),
                                .d_bias = gradient(1)});
    }
    gradients[2].add_(d_rotated[0].roll(-hidden_, 0));
    gradients[6].add_(d_rotated[1].roll(-hidden_, 0));
}

template class CrnnSteps<float>;
template class CrnnSteps<double>;

} // namespace descent
