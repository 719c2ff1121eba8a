#pragma once

#include "core/engine/torch.h"
#include "core/models/cells.h"
#include "core/models/prefix_tree.h"

#include <memory>

namespace descent {

enum class Moment { end, before_last_symbol };

/// The hidden states h [n, H] that a recurrent layer has at that moment of each of the tree's n sequences,
/// h₀ = 0. `table` [symbols, gates·H]: what each symbol contributes, W_ih x + b_ih; `weight_hh` [gates·H, H],
/// `bias_hh` [gates·H]. In float or double. Each prefix is computed once, forward and backward, in one pass
/// for all gates between two matrix products; differentiable, and where derivatives are to be differentiated
/// again (create_graph), as often as plain_states(). Thread: any.
Tensor tree_states(cells::Cell cell, const Tensor& table, const Tensor& weight_hh, const Tensor& bias_hh,
                   const std::shared_ptr<const PrefixTree>& tree, Moment moment);

/// The same in plain differentiable operations.
Tensor plain_states(cells::Cell cell, const Tensor& table, const Tensor& weight_hh, const Tensor& bias_hh,
                    const PrefixTree& tree, Moment moment);

} // namespace descent
