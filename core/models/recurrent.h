#pragma once

#include "core/models/model.h"
#include "core/models/prefix_tree.h"

namespace descent {

/// A one-layer recurrent classifier of symbol sequences: embedding (or one-hot) → cell → linear on the last
/// hidden state. Weight names, shapes and initialisation are those of torch.nn's RNN, GRU, LSTM, Embedding
/// and Linear.
class Recurrent : public Model {
public:
    Recurrent(const ParamSet& params, const TaskShape& shape, std::int64_t gates, std::int64_t states);
    std::vector<WeightSpec> weights() const override;
    Tensor logits(const Weights& weights, const Examples& examples) const override;
    /// The hidden state that the read-out sees, the last of each sequence.
    std::vector<Activation> activations(const Weights& weights, const Examples& examples) const override;
    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override;

protected:
    /// One step. `input` [m, gates·hidden]: the input's part with its bias; `state` [m, states·hidden],
    /// hidden state first; `weight_hh` [hidden, gates·hidden] (transposed); `bias_hh` [gates·hidden]. Returns
    /// the new state.
    virtual Tensor step(const Tensor& input, const Tensor& state, const Tensor& weight_hh,
                        const Tensor& bias_hh) const = 0;
    std::int64_t hidden() const { return hidden_; }

private:
    /// [n, hidden]
    Tensor last_states(const Weights& weights, const Examples& examples) const;

    std::int64_t hidden_, embedding_, gates_, states_;
    TaskShape shape_;
};

/// The parameters of a recurrent model: hidden, embedding.
ParamTable recurrent_params();

} // namespace descent
