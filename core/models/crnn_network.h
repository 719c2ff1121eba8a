#pragma once

#include "core/engine/buffers.h"
#include "core/engine/torch.h"
#include "core/models/crnn.h"

#include <functional>
#include <memory>
#include <vector>

namespace descent {

/// One convolution over a spectrogram, two GRU layers over what it makes of time, attention over their
/// states, a linear read-out, as torch.nn.Conv2d, GRU and Linear compute them. Its sizes only; the weights
/// are given:
///
///     0 conv.weight [channels, 1, kb, kf]   1 conv.bias [channels]
///     2 gru.weight_ih_l0 [3H, channels·bands_out]   3 weight_hh_l0 [3H, H]   4 bias_ih_l0   5 bias_hh_l0
///     [3H] 6 … 9 the same of layer 1, whose inputs are H wide 10 attention.0.weight [H, H]   11 its bias [H]
///     12 attention.2.weight [1, H]   13 its bias [1] 14 output.weight [outputs, H]   15 its bias [outputs]
///
/// Thread: any, const throughout.
class CrnnNetwork : public std::enable_shared_from_this<CrnnNetwork> {
public:
    static constexpr std::size_t kWeights = 16;

    CrnnNetwork(const crnn::Convolution& convolution, std::int64_t hidden, double dropout);
    ~CrnnNetwork();

    /// Logits [n, outputs] of `inputs` [n, bands, frames], in float or double as the weights are. `masks`:
    /// uint8 [n, steps, H], what dropout keeps of the states between the layers; undefined: all. Groups of
    /// examples that stay in the cache, all between two matrix products in one pass, gradients of weights one
    /// product over all steps; buffers are kept from call to call. Differentiable in the weights alone, and
    /// where derivatives are to be differentiated again (create_graph), as often as plain().
    Tensor logits(const std::vector<Tensor>& weights, const Tensor& inputs, const Tensor& masks) const;

    /// Sees each layer of units as it is computed: its name, [steps, n, units].
    using Look = std::function<void(const char*, const Tensor&)>;
    /// The same in plain differentiable operations.
    Tensor plain(const std::vector<Tensor>& weights, const Tensor& inputs, const Tensor& masks,
                 const Look& look = {}) const;

    /// Examples whose forward and backward pass fit a cache together.
    std::int64_t at_once() const;

    const crnn::Convolution& convolution() const { return convolution_; }
    std::int64_t hidden() const { return hidden_; }
    double dropout() const { return dropout_; }

    Buffers& buffers() const { return *buffers_; }

private:
    crnn::Convolution convolution_;
    std::int64_t hidden_;
    double dropout_;
    std::shared_ptr<Buffers> buffers_;
};

} // namespace descent
