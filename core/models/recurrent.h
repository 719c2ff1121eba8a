#pragma once

#include "core/models/model.h"
#include "core/models/tree_net.h"

namespace descent {

/// A one-layer recurrent classifier of symbol sequences: embedding (or one-hot) → cell → linear on the last
/// hidden state. Weight names, shapes and initialisation are those of torch.nn's RNN, GRU, LSTM, Embedding
/// and Linear.
class Recurrent : public Model {
public:
    Recurrent(const ParamSet& params, const TaskShape& shape, cells::Cell cell);
    std::vector<WeightSpec> weights() const override;
    Tensor logits(const Weights& weights, const Examples& examples) const override;
    /// The hidden state that the read-out sees, the last of each sequence.
    std::vector<Activation> activations(const Weights& weights, const Examples& examples) const override;
    bool multiplies() const override { return true; }
    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override;

private:
    /// The weights as the net takes them; of symbol embeddings what each contributes [symbols, gates·H].
    std::vector<Tensor> parts(const Weights& weights) const;

    std::int64_t embedding_;
    TreeNet net_;
};

/// The parameters of a recurrent model: hidden, embedding.
ParamTable recurrent_params();

} // namespace descent
