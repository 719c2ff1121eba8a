#pragma once

#include "core/engine/torch.h"
#include "core/text/tokenizer.h"
#include "core/text/vocabulary.h"

#include <cstdint>
#include <vector>

namespace descent {

/// Makes of a text's words what BERT reads: [CLS], pieces, [SEP]. A text cut at its words first and each word
/// into pieces then has the pieces of the whole text wherever WordPiece cuts between words too: at blanks,
/// and at all ASCII and most other marks. Immutable. Thread: any.
class PieceTable {
public:
    /// The pieces of each of `words`; of the unknown word [UNK]. `longest`: ids of a text in all, at least 3.
    PieceTable(const WordPiece& pieces, const Vocabulary& words, std::int64_t longest);
    /// The words themselves: 0 for padding, 1 for unknown ones, up to `known` as the vocabulary numbers them,
    /// then [CLS] and [SEP].
    PieceTable(std::int64_t known, std::int64_t longest);

    std::int64_t size() const { return size_; } ///< ids are 0 … size − 1

    struct Pieces {
        Tensor ids;     ///< int64 [n, T], padded with 0
        Tensor lengths; ///< int64 [n], 2 … T
    };
    /// Of texts int32 [n, …] with `lengths` [n] words. What is too long is cut before [SEP].
    Pieces cut(const Tensor& inputs, const Tensor& lengths) const;

private:
    template<class Take>
    void pieces_of(std::int32_t word, Take take) const;

    std::int64_t known_ = 0, size_, longest_;
    std::int64_t begin_, end_;          ///< the ids of [CLS] and [SEP]
    std::vector<std::int32_t> pieces_;  ///< word after word; empty where words are their own pieces
    std::vector<std::size_t> begins_{}; ///< of each word in it, and the end of the last
};

} // namespace descent
