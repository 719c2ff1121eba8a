#pragma once

#include "core/models/crnn_network.h"

namespace descent {

/// A fused pass over examples in groups of at most kGroup, which torch's threads share out in ranges: sums go
/// from range to range, so that they are the same for a number of threads.
template<class T>
class CrnnSteps {
public:
    /// So few that a step's product needs no packing (OpenBLAS: up to a million multiply-adds), and so many
    /// that a product over all steps is worth its own.
    static constexpr std::int64_t kGroup = 64;

    /// `weights`, contiguous.
    CrnnSteps(const CrnnNetwork& network, const std::vector<Tensor>& weights);

    /// Numbers of what backward() wants of forward(), all groups of n examples.
    std::int64_t kept(std::int64_t n, bool masked) const;

    /// logits [n, outputs], written. `kept`: written, as many numbers as of all groups; null where no
    /// backward() follows.
    void forward(const Tensor& inputs, const Tensor& masks, T* kept, Tensor& logits) const;
    /// `gradients`: of each weight, contiguous, added to.
    void backward(const Tensor& masks, T* kept, const Tensor& d_logits, std::vector<Tensor>& gradients) const;

private:
    struct Group;
    struct Range { // of groups
        std::int64_t first, last;
    };
    void forward(Range groups, const Tensor& inputs, const Tensor& masks, T* kept, Tensor& logits) const;
    void backward(Range groups, const Tensor& masks, T* kept, const Tensor& d_logits,
                  std::vector<Tensor>& gradients) const;
    Group group(T* at, std::int64_t examples, bool masked) const;
    std::int64_t lanes_for(std::int64_t examples) const;
    void products_forward(const Group& g, T* a) const;
    void layer_forward(const Group& g, int layer, const T* a, T* kept, T* states, T* u) const;
    void layer_backward(const Group& g, int layer, const T* kept, const T* states, T* d_states, T* d_gates,
                        std::vector<Tensor>& gradients) const;
    void drop(const Group& g, const std::uint8_t* masks, const T* from, T* to) const;

    const T* weight(std::size_t index) const { return weights_[index].template data_ptr<T>(); }

    const CrnnNetwork& network_;
    const crnn::Convolution& convolution_;
    std::int64_t hidden_, steps_, maps_, outputs_;
    const std::vector<Tensor>& weights_;
    std::array<Tensor, 2> recurrent_; // W_hh, transposed
    const crnn::Kernels<T>& kernels_;
};

extern template class CrnnSteps<float>;
extern template class CrnnSteps<double>;

} // namespace descent
