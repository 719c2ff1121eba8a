#pragma once

#include "core/engine/examples.h"

#include <vector>

namespace descent {

/// The distinct prefixes of a batch of sequences: a recurrent net's state depends on the prefix alone, so
/// sequences that begin alike share their first steps, exactly, forward and backward. Row 0 is the empty
/// prefix; then come the prefixes of each length, those that others go on from first, each of these two kinds
/// by the row of its parent.
struct PrefixTree : Prepared {
    struct Level {
        std::int64_t first = 0, nodes = 0; ///< rows
        std::int64_t inner = 0;            ///< nodes that others go on from
        Tensor parents;                    ///< int64 [nodes]: each node's parent within the level above
        bool chain = false;                ///< parents are 0, 1, 2, … and all of the level above
    };
    std::vector<Level> levels;       ///< by length, from 1
    std::vector<std::int64_t> sizes; ///< nodes of each level
    Tensor symbols;                  ///< int64 [rows − 1]: the last of each prefix, from row 1 on
    Tensor ends, befores;            ///< int64 [examples]: each sequence's row; its row one symbol earlier
    Tensor last;                     ///< int64 [examples]: its last symbol

    std::int64_t rows() const { return 1 + symbols.size(0); }

    /// `inputs` uint8 [n, T], `lengths` int64 [n].
    static std::shared_ptr<const PrefixTree> build(const Examples& examples);
    /// What a model prepared, or a tree built now.
    static std::shared_ptr<const PrefixTree> of(const Examples& examples);
};

/// Cuts a set of sequences into chunks, in lexicographic order so that prefixes are shared, each with its
/// tree.
std::vector<Examples> prepare_sequences(const Examples& set, std::int64_t chunk);

} // namespace descent
