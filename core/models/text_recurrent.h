#pragma once

#include "core/models/text_embedding.h"

#include <string>

namespace descent {

/// A recurrent classifier of texts: word vectors, layers of cells in one direction or both, a linear read-out
/// of the last layer's final states. Texts are packed: each ends where it ends, whatever stands beside it,
/// and its state is read there (the backward direction's at its beginning). Weight names, shapes and
/// initialisation are those of torch.nn's RNN, LSTM, GRU and Linear.
///
/// Dropout leaves out the same units at all steps of a text (Gal & Ghahramani 2016): of the word vectors,
/// between layers and before the read-out.
class TextRecurrent : public Model {
public:
    enum class Cell { tanh, lstm, gru };

    TextRecurrent(const ParamSet& params, const TaskShape& shape, std::uint64_t seed, Cell cell);
    std::vector<WeightSpec> weights() const override;
    Tensor logits(const Weights& weights, const Examples& examples) const override;
    /// The states that are read out.
    std::vector<Activation> activations(const Weights& weights, const Examples& examples) const override;
    Tensor draw_masks(std::int64_t n, RandomStream& random) const override;
    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override;

private:
    std::int64_t directions() const { return bidirectional_ ? 2 : 1; }
    std::int64_t state_size() const { return directions() * hidden_; }
    /// [n, state_size], after dropout.
    Tensor final_states(const Weights& weights, const Examples& examples) const;

    Cell cell_;
    TextEmbedding embedding_;
    std::int64_t hidden_, layers_;
    bool bidirectional_;
    double dropout_;
    std::int64_t outputs_;
};

/// The parameters of a recurrent model of texts.
ParamTable text_recurrent_params(bool bidirectional);

} // namespace descent
