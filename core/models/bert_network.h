#pragma once

#include "core/engine/weights.h"
#include "core/models/nonlinearity.h"
#include "core/models/piece_table.h"

#include <functional>
#include <string>
#include <vector>

namespace descent {

/// The sizes of a network, by their names in a published config.json.
struct BertConfig {
    std::int64_t pieces = 0;                  ///< vocab_size
    std::int64_t layers = 2;                  ///< num_hidden_layers
    std::int64_t hidden = 64;                 ///< hidden_size, a multiple of heads
    std::int64_t heads = 4;                   ///< num_attention_heads
    std::int64_t intermediate = 0;            ///< intermediate_size
    std::int64_t positions = 128;             ///< max_position_embeddings: no text is longer
    std::int64_t types = 1;                   ///< type_vocab_size; all that is read is of type 0
    double eps = 1e-12;                       ///< layer_norm_eps
    const Nonlinearity* activation = nullptr; ///< hidden_act
};

/// Devlin et al. 2019: the sum of embeddings of piece, place and type 0, normalised; layers of self-attention
/// and of W·f(W·x + b) + b, each added to what it was given and normalised after; tanh(W·x + b) of [CLS]; a
/// linear read-out. No text attends to padding, of which nothing is computed but in the product of queries
/// and keys; of the last layer nothing but [CLS]. Holds no weights. Thread: any.
class BertNetwork {
public:
    /// `dropout`: share left out of embeddings, attention, what layers add and [CLS].
    BertNetwork(BertConfig config, std::int64_t outputs, double dropout);

    /// All weights from the embeddings to "classifier.bias", by their published names without "bert.", as
    /// they are drawn from scratch: N(0, 0.02²), biases 0.
    std::vector<WeightSpec> weights() const;
    /// How many of them belong to the embeddings and the first `layers`; to all but the classifier.
    std::size_t below(std::int64_t layers) const;
    std::size_t below_classifier() const;

    /// What is shown of a layer's units, after the nonlinearity: [pieces, intermediate].
    using Show = std::function<void(std::int64_t layer, const Tensor& units)>;
    /// Outputs [n, outputs], differentiable in the weights. `seeds`: uint8 [n, 8], a number for each text
    /// that its dropout is drawn by, whatever stands beside it; undefined without dropout.
    Tensor outputs(const std::vector<Tensor>& weights, const PieceTable::Pieces& texts, const Tensor& seeds,
                   const Show& show = {}) const;

private:
    BertConfig config_;
    std::int64_t outputs_;
    double dropout_;
};

} // namespace descent
