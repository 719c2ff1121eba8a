#pragma once

#include "core/engine/examples.h"

#include <cstdint>
#include <vector>

namespace descent {

/// Word vectors from texts alone: positive pointwise mutual information of words and the words around them,
/// factored by a truncated singular value decomposition (Levy & Goldberg 2014, Levy, Goldberg & Dagan 2015).
///
/// M_ij = max(0, ln(#(i,j)·S / (#(i)·#(j)^¾)) − ln shift), S = Σ #(j)^¾, over pairs within `window` words of
/// each other in a text; U·√Σ of its `dimension` largest singular values, found by a randomised range finder
/// with power iterations (Halko, Martinsson & Tropp 2011); each word's vector then scaled to the same length,
/// `scale`·√dimension. Words of which nothing is left are zeros.
struct WordCooccurrence {
    std::int64_t dimension = 100;
    std::int64_t window = 5;
    double shift = 1; ///< negative samples that it stands for; ≥ 1
    double scale = 0.25;

    /// `words`: texts one after another with a 0 between two; ids ≥ `known` and 1 are unknown words, which
    /// take their place but are not counted. Float [known, d], d ≤ dimension where there are fewer words.
    /// The same on every machine to rounding. Throws InputError("interrupted"). Blocks. Thread: any.
    Tensor vectors(const std::vector<std::int32_t>& words, std::int64_t known, const Loading& loading) const;
};

} // namespace descent
