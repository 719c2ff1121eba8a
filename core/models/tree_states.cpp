#include "core/models/tree_states.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace descent {

namespace {

using cells::Cell;

/// Parents whose recurrent part is computed at a time, so that it is still in the cache when their children
/// take it.
constexpr std::int64_t kBlock = 256;
constexpr std::int64_t kGrain = 32; // rows that are worth a thread

const Tensor& rows_at(const PrefixTree& tree, Moment moment) {
    return moment == Moment::end ? tree.ends : tree.befores;
}

/// [rows, states·H]
struct Shape {
    Shape(Cell which, const Tensor& weight_hh)
        : cell(which)
        , hidden(weight_hh.size(1))
        , gates(cells::gates(cell) * hidden)
        , states(cells::states(cell) * hidden)
        , kept(cells::kept(cell) * hidden) {}
    Tensor h(const Tensor& all, std::int64_t first, std::int64_t rows) const {
        return all.narrow(0, first, rows).narrow(1, 0, hidden);
    }
    Cell cell;
    std::int64_t hidden, gates, states, kept; // numbers a row
};

/// A tree from the root to the ends, or back: level by level, parents in blocks.
template<class T>
class Walk {
public:
    Walk(const Shape& shape, const PrefixTree& tree, bool leaves)
        : shape_(shape)
        , tree_(tree)
        , leaves_(leaves)
        , symbols_(tree.symbols.data_ptr<std::int64_t>())
        , kernels_(cells::kernels<T>(shape.cell)) {}

    /// `states` [rows, states·H], `kept` [rows − 1, kept·H] or undefined: written.
    void forward(const Tensor& table, const Tensor& weight_hh, const Tensor& bias_hh, Tensor& states,
                 Tensor& kept) const {
        states[0].zero_();
        auto block = at::empty({kBlock, shape_.gates}, table.options());
        const auto transposed = weight_hh.t();
        cells::Step<T> step{
            .hidden = shape_.hidden, .input = table.data_ptr<T>(), .recurrent = block.data_ptr<T>()};
        for (std::size_t depth = 0; depth < tree_.levels.size(); ++depth) {
            const auto& level = tree_.levels[depth];
            const auto [above, parents] = parents_of(depth);
            for (std::int64_t first = 0; first < parents; first += kBlock) {
                const auto count = std::min(kBlock, parents - first);
                auto u = block.narrow(0, 0, count);
                at::addmm_out(u, bias_hh, shape_.h(states, above + first, count), transposed);
                for (const auto& [begin, end] : children(level, first, count))
                    at::parallel_for(begin, end, kGrain, [&](std::int64_t from, std::int64_t to) {
                        auto part = step;
                        part.rows = to - from;
                        part.inputs = symbols_ + level.first - 1 + from;
                        part.pasts = level.parents.data_ptr<std::int64_t>() + from;
                        part.first_past = first;
                        part.before = states.data_ptr<T>() + above * shape_.states;
                        part.kept = kept.defined()
                                        ? kept.data_ptr<T>() + (level.first - 1 + from) * shape_.kept
                                        : nullptr;
                        part.after = states.data_ptr<T>() + (level.first + from) * shape_.states;
                        kernels_.forward(part);
                    });
            }
        }
    }

    /// `d_states` [rows, states·H]: of what is wanted at first, and then of all. Adds to the other three.
    void backward(const Tensor& weight_hh, const Tensor& states, const Tensor& kept, Tensor& d_states,
                  Tensor& d_table, Tensor& d_weight, Tensor& d_bias) const {
        auto block = at::empty({kBlock, shape_.gates}, d_table.options());
        // A thread adds to a table of its own.
        auto tables = at::zeros({at::get_num_threads(), d_table.size(0), shape_.gates}, d_table.options());
        for (std::size_t depth = tree_.levels.size(); depth-- > 0;) {
            const auto& level = tree_.levels[depth];
            const auto [above, parents] = parents_of(depth);
            for (std::int64_t first = 0; first < parents; first += kBlock) {
                const auto count = std::min(kBlock, parents - first);
                auto du = block.narrow(0, 0, count).zero_();
                at::parallel_for(
                    first, first + count, kGrain, [&, above = above](std::int64_t from, std::int64_t to) {
                        for (const auto& [begin, end] : children(level, from, to - from)) {
                            const auto row = level.first + begin;
                            kernels_.backward(
                                {.rows = end - begin,
                                 .hidden = shape_.hidden,
                                 .inputs = symbols_ + row - 1,
                                 .pasts = level.parents.template data_ptr<std::int64_t>() + begin,
                                 .before = states.data_ptr<T>() + above * shape_.states,
                                 .kept = kept.data_ptr<T>() + (row - 1) * shape_.kept,
                                 .after = states.data_ptr<T>() + row * shape_.states,
                                 .d_after = d_states.data_ptr<T>() + row * shape_.states,
                                 .d_input = tables.data_ptr<T>() +
                                            at::get_thread_num() * d_table.size(0) * shape_.gates,
                                 .d_recurrent = block.data_ptr<T>(),
                                 .first_past = first,
                                 .d_before = d_states.data_ptr<T>() + above * shape_.states});
                        }
                    });
                d_bias.add_(du.sum(0));
                if (depth == 0) continue; // the root's state is zero and nobody's gradient
                d_weight.addmm_(du.t(), shape_.h(states, above + first, count));
                shape_.h(d_states, above + first, count).addmm_(du, weight_hh);
            }
        }
        d_table.add_(tables.sum(0));
    }

private:
    struct Range {
        std::int64_t begin, end;
    };

    /// The first row of the level above, and how many of its nodes have children.
    std::pair<std::int64_t, std::int64_t> parents_of(std::size_t depth) const {
        if (depth == 0) return {0, 1};
        return {tree_.levels[depth - 1].first, tree_.levels[depth - 1].inner};
    }

    /// The children of so many parents, within their level: those that are parents themselves, and leaves.
    std::array<Range, 2> children(const PrefixTree::Level& level, std::int64_t first,
                                  std::int64_t count) const {
        const auto* parents = level.parents.template data_ptr<std::int64_t>();
        const auto among = [&](std::int64_t begin, std::int64_t end) {
            const auto* from = std::lower_bound(parents + begin, parents + end, first);
            const auto* to = std::lower_bound(from, parents + end, first + count);
            return Range{from - parents, to - parents};
        };
        return {among(0, level.inner), leaves_ ? among(level.inner, level.nodes) : Range{0, 0}};
    }

    const Shape shape_;
    const PrefixTree& tree_;
    const bool leaves_; // are wanted
    const std::int64_t* symbols_;
    const cells::Kernels<T>& kernels_;
};

struct TreeStates : torch::autograd::Function<TreeStates> {
    /// What is told, and what backward() needs of forward().
    struct Problem : torch::CustomClassHolder {
        Cell cell{};
        std::shared_ptr<const PrefixTree> tree;
        Moment moment{};
        bool differentiable = false;
        Tensor states, kept;
    };

    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& table,
                          const Tensor& weight_hh, const Tensor& bias_hh,
                          c10::intrusive_ptr<Problem> problem) {
        const auto& tree = *problem->tree;
        const Shape shape(problem->cell, weight_hh);
        problem->states = at::empty({tree.rows(), shape.states}, table.options());
        if (problem->differentiable)
            problem->kept = at::empty({tree.rows() - 1, shape.kept}, table.options());
        AT_DISPATCH_FLOATING_TYPES(table.scalar_type(), "tree_states", [&] {
            Walk<scalar_t>(shape, tree, problem->moment == Moment::end)
                .forward(table.contiguous(), weight_hh, bias_hh, problem->states, problem->kept);
        });
        context->save_for_backward({table, weight_hh, bias_hh});
        auto result =
            shape.h(problem->states, 0, tree.rows()).index_select(0, rows_at(tree, problem->moment));
        if (problem->differentiable) context->saved_data["problem"] = c10::IValue::make_capsule(problem);
        return result;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& of_result) {
        const auto saved = context->get_saved_variables();
        const auto problem =
            c10::static_intrusive_pointer_cast<Problem>(context->saved_data["problem"].toCapsule());
        const auto& [table, weight_hh, bias_hh] = std::tie(saved[0], saved[1], saved[2]);
        const auto& tree = *problem->tree;
        if (at::GradMode::is_enabled()) { // derivatives that are differentiated again
            const auto plain = plain_states(problem->cell, table, weight_hh, bias_hh, tree, problem->moment);
            auto d =
                torch::autograd::grad({plain}, {table, weight_hh, bias_hh}, {of_result[0]}, true, true, true);
            return {d[0], d[1], d[2], Tensor()};
        }
        const Shape shape(problem->cell, weight_hh);
        auto d_states = at::zeros_like(problem->states);
        shape.h(d_states, 0, tree.rows()).index_add_(0, rows_at(tree, problem->moment), of_result[0]);
        auto d_table = at::zeros_like(table, at::MemoryFormat::Contiguous);
        auto d_weight = at::zeros(weight_hh.sizes(), weight_hh.options()), d_bias = at::zeros_like(bias_hh);
        AT_DISPATCH_FLOATING_TYPES(table.scalar_type(), "tree_states", [&] {
            Walk<scalar_t>(shape, tree, problem->moment == Moment::end)
                .backward(weight_hh, problem->states, problem->kept, d_states, d_table, d_weight, d_bias);
        });
        return {d_table, d_weight, d_bias, Tensor()};
    }
};

/// One step. `input` [m, gates·H]; `state` [m, states·H]; `weight_hh` [H, gates·H] (transposed).
Tensor plain_step(Cell cell, const Tensor& input, const Tensor& state, const Tensor& weight_hh,
                  const Tensor& bias_hh) {
    const auto hidden = weight_hh.size(0);
    const auto before = state.split(hidden, 1);
    const auto recurrent = at::addmm(bias_hh, before[0], weight_hh);
    switch (cell) {
    case Cell::linear:
        return input + recurrent;
    case Cell::elman:
        return (input + recurrent).tanh();
    case Cell::gru: {
        const auto a = input.split(hidden, 1), u = recurrent.split(hidden, 1);
        const auto update = (a[1] + u[1]).sigmoid();
        const auto candidate = at::addcmul(a[2], (a[0] + u[0]).sigmoid(), u[2]).tanh();
        return at::addcmul(candidate, update, state - candidate);
    }
    default: {
        const auto gates = (input + recurrent).split(hidden, 1);
        const auto c = at::addcmul(gates[1].sigmoid() * before[1], gates[0].sigmoid(), gates[2].tanh());
        return at::cat({gates[3].sigmoid() * c.tanh(), c}, 1);
    }
    }
}

} // namespace

Tensor tree_states(Cell cell, const Tensor& table, const Tensor& weight_hh, const Tensor& bias_hh,
                   const std::shared_ptr<const PrefixTree>& tree, Moment moment) {
    auto problem = c10::make_intrusive<TreeStates::Problem>();
    problem->cell = cell;
    problem->tree = tree;
    problem->moment = moment;
    problem->differentiable = at::GradMode::is_enabled() &&
                              (table.requires_grad() || weight_hh.requires_grad() || bias_hh.requires_grad());
    return TreeStates::apply(table, weight_hh, bias_hh, problem);
}

Tensor plain_states(Cell cell, const Tensor& table, const Tensor& weight_hh, const Tensor& bias_hh,
                    const PrefixTree& tree, Moment moment) {
    const auto inputs = at::embedding(table, tree.symbols).split_with_sizes(tree.sizes);
    const auto transposed = weight_hh.t();
    const auto hidden = weight_hh.size(1);
    Tensor state = at::zeros({1, cells::states(cell) * hidden}, table.options().requires_grad(false));
    std::vector<Tensor> all{state.narrow(1, 0, hidden)};
    for (std::size_t depth = 0; depth < tree.levels.size(); ++depth) {
        const auto& level = tree.levels[depth];
        if (!level.chain) state = state.index_select(0, level.parents);
        state = plain_step(cell, inputs[depth], state, transposed, bias_hh);
        all.push_back(state.narrow(1, 0, hidden));
    }
    return at::cat(all).index_select(0, rows_at(tree, moment));
}

} // namespace descent
