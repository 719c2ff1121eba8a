#pragma once

#include "core/engine/buffers.h"
#include "core/engine/torch.h"
#include "core/models/cells.h"
#include "core/models/prefix_tree.h"

#include <memory>
#include <vector>

namespace descent {

/// A recurrent classifier of symbol sequences as arithmetic: a layer of cells from h₀ = 0, read out by a
/// linear layer.
struct TreeNet {
    /// Where a matrix lies among the weights.
    struct Part {
        int tensor = -1;         ///< which of them, contiguous; −1: there is none
        std::int64_t first = 0;  ///< its first number
        std::int64_t row = 1;    ///< from a row to the next; of a vector: from a number to the next
        std::int64_t column = 1; ///< from a column to the next
    };
    cells::Cell cell{};
    std::int64_t symbols = 0, hidden = 0, outputs = 0;
    /// Whether the state is read before the last symbol, which then goes to the output by `symbol_output`, or
    /// after it.
    bool reads_before_last = false;
    Part input{}, input_bias{};         ///< [gates·H, symbols], [gates·H]
    Part recurrent{}, recurrent_bias{}; ///< [gates·H, H] with column 1, [gates·H]
    Part output{}, output_bias{};       ///< [outputs, H] with column 1, [outputs]
    Part symbol_output{};               ///< [outputs, symbols]
    std::shared_ptr<Buffers> buffers = std::make_shared<Buffers>(); ///< of all calls
};

/// Logits [n, outputs] of the tree's sequences, in float or double. Each prefix is computed once, forward and
/// backward, in one pass for all gates between two matrix products; differentiable, and where derivatives are
/// to be differentiated again (create_graph) as often as plain_logits(). Thread: any.
Tensor tree_logits(const TreeNet& net, const std::vector<Tensor>& weights,
                   const std::shared_ptr<const PrefixTree>& tree);

/// The same in plain differentiable operations.
Tensor plain_logits(const TreeNet& net, const std::vector<Tensor>& weights, const PrefixTree& tree);

/// The hidden states [n, H] that are read out. No gradient.
Tensor tree_states(const TreeNet& net, const std::vector<Tensor>& weights, const PrefixTree& tree);

} // namespace descent
