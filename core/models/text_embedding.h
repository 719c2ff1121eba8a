#pragma once

#include "core/models/model.h"

namespace descent {

/// The first layer of a network of texts: a vector for each word of the vocabulary, row 0 for padding and row
/// 1 for all words beyond it. What padding gets is the model's to leave out; its row never has a gradient.
class TextEmbedding {
public:
    /// Parameters: embedding, embedding_size. Throws InputError where the task has no texts, or no vectors to
    /// freeze.
    TextEmbedding(const ParamSet& params, const TaskShape& shape, std::uint64_t seed);

    std::int64_t size() const { return size_; } ///< numbers a word
    bool trained() const { return trained_; }
    /// Adds "embedding.weight" [known, size], if it is trained; it then is the first of the model's weights.
    void add(std::vector<WeightSpec>& specs) const;
    std::size_t weights() const { return trained_ ? 1 : 0; }

    /// int64, of the shape of `inputs`: words beyond the vocabulary as the unknown word.
    Tensor ids(const Tensor& inputs) const;
    /// Vectors […, size] of ids […], in the type of the model's weights.
    Tensor operator()(const Weights& weights, const Tensor& ids) const;

private:
    bool trained_;
    std::int64_t known_, size_;
    Tensor start_;        ///< what a trained one begins with, or a frozen one is; undefined where it is drawn
    double scale_ = 0.25; ///< of draws, U(±scale), as Kim 2014
};

/// The parameters: embedding, embedding_size.
ParamTable embedding_params();

/// Cut into chunks of at most `chunk` texts of about the same length, so that little of them is padding.
std::vector<Examples> prepare_texts(const Examples& set, std::int64_t chunk);

/// What dropout keeps of n × units, drawn row by row: uint8. Undefined where nothing is dropped.
Tensor draw_dropout(std::int64_t n, std::int64_t units, double dropout, RandomStream& random);

} // namespace descent
