#pragma once

#include "core/engine/examples.h"

#include <vector>

namespace descent {

/// The distinct prefixes of a batch of sequences: a recurrent net's state depends on the prefix alone, so
/// sequences that begin alike share their first steps, exactly, forward and backward. Nodes are ordered by
/// depth, then by first use.
struct PrefixTree : Prepared {
    struct Level {
        std::int64_t nodes = 0;
        Tensor parents; ///< int64 [nodes]: each node's parent within the level above; undefined where it is
                        ///< 0, 1, 2, …
    };
    std::vector<Level> levels;
    std::vector<std::int64_t> sizes; ///< nodes of each level
    Tensor symbols;                  ///< int64 [all nodes]
    Tensor leaves;                   ///< int64 [examples]: the node that each sequence ends at

    /// `inputs` uint8 [n, T], `lengths` int64 [n].
    static std::shared_ptr<const PrefixTree> build(const Examples& examples);
};

/// Cuts a set of sequences into chunks, in lexicographic order so that prefixes are shared, each with its
/// tree.
std::vector<Examples> prepare_sequences(const Examples& set, std::int64_t chunk);

} // namespace descent
