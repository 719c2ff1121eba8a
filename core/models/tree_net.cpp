#include "core/models/tree_net.h"

#include "core/models/tree_walk.h"

#include <torch/csrc/autograd/custom_function.h>

namespace descent {

namespace {

using cells::Cell;

/// What forward() leaves for backward().
struct Past : torch::CustomClassHolder {
    TreeNet net;
    std::shared_ptr<const PrefixTree> tree;
    std::shared_ptr<Tensor> states, kept;
    Tensor read;
    bool differentiable = false;
};

template<class F>
void for_type(const Tensor& like, const F& f) {
    like.scalar_type() == at::kDouble ? f(double{}) : f(float{});
}

/// The logits.
Tensor walk(Past& past, const std::vector<Tensor>& weights) {
    const auto& tree = *past.tree;
    const auto n = tree.ends.size(0);
    past.read = at::empty({n, past.net.hidden}, weights[0].options().requires_grad(false));
    auto logits = at::empty({n, past.net.outputs}, past.read.options());
    for_type(logits, [&](auto zero) {
        using T = decltype(zero);
        const TreeWalk<T> walk(past.net, tree, {past.net, weights});
        auto& buffers = *past.net.buffers;
        past.states = buffers.take(tree.rows() * walk.state_size(), logits.scalar_type());
        if (past.differentiable)
            past.kept = buffers.take((tree.rows() - 1) * walk.kept_size(), logits.scalar_type());
        walk.forward(past.states->data_ptr<T>(), past.kept ? past.kept->data_ptr<T>() : nullptr,
                     past.read.data_ptr<T>(), logits.data_ptr<T>());
    });
    return logits;
}

struct TreeLogits : torch::autograd::Function<TreeLogits> {
    static Tensor forward(torch::autograd::AutogradContext* context, at::TensorList weights,
                          const c10::intrusive_ptr<Past>& past) {
        auto logits = walk(*past, weights.vec());
        context->save_for_backward(weights.vec());
        context->saved_data["past"] = c10::IValue::make_capsule(past);
        return logits;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& of_logits) {
        const auto weights = context->get_saved_variables();
        const auto past = c10::static_intrusive_pointer_cast<Past>(context->saved_data["past"].toCapsule());
        torch::autograd::variable_list gradients;
        if (at::GradMode::is_enabled()) { // derivatives that are differentiated again
            const auto plain = plain_logits(past->net, weights, *past->tree);
            gradients = torch::autograd::grad({plain}, weights, {of_logits[0]}, true, true, true);
        } else {
            for (const auto& weight : weights)
                gradients.push_back(at::zeros(weight.sizes(), weight.options().requires_grad(false)));
            const auto d = of_logits[0].contiguous();
            for_type(d, [&](auto zero) {
                using T = decltype(zero);
                const TreeWalk<T> walk(past->net, *past->tree, {past->net, weights});
                const auto space = past->net.buffers->take(walk.backward_space(), d.scalar_type());
                walk.backward(past->states->template data_ptr<T>(), past->kept->template data_ptr<T>(),
                              past->read.template data_ptr<T>(), d.data_ptr<T>(), {past->net, gradients},
                              space->template data_ptr<T>());
            });
        }
        gradients.emplace_back(); // of what is no tensor
        return gradients;
    }
};

/// One step. `input` [m, gates·H]; `state` [m, states·H]; `weight` [H, gates·H]; `bias` [gates·H].
Tensor plain_step(Cell cell, const Tensor& input, const Tensor& state, const Tensor& weight,
                  const Tensor& bias) {
    const auto hidden = weight.size(0);
    const auto before = state.split(hidden, 1);
    const auto recurrent = at::addmm(bias, before[0], weight);
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

Tensor tree_logits(const TreeNet& net, const std::vector<Tensor>& weights,
                   const std::shared_ptr<const PrefixTree>& tree) {
    auto past = c10::make_intrusive<Past>();
    past->net = net;
    past->tree = tree;
    past->differentiable =
        at::GradMode::is_enabled() && std::ranges::any_of(weights, [](auto& w) { return w.requires_grad(); });
    return past->differentiable ? TreeLogits::apply(at::TensorList(weights), past) : walk(*past, weights);
}

Tensor tree_states(const TreeNet& net, const std::vector<Tensor>& weights, const PrefixTree& tree) {
    Past past;
    past.net = net;
    past.tree = {std::shared_ptr<const PrefixTree>(), &tree};
    walk(past, weights);
    return past.read;
}

Tensor plain_logits(const TreeNet& net, const std::vector<Tensor>& weights, const PrefixTree& tree) {
    const auto gates = cells::gates(net.cell) * net.hidden;
    const auto find = [&](const TreeNet::Part& part, std::int64_t rows, std::int64_t columns) {
        if (part.tensor < 0) return at::zeros({rows, columns}, weights[0].options().requires_grad(false));
        const auto& weight = weights[static_cast<std::size_t>(part.tensor)];
        return weight.as_strided({rows, columns}, {part.row, part.column},
                                 weight.storage_offset() + part.first);
    };
    const auto vector = [&](const TreeNet::Part& part, std::int64_t size) {
        return find(part, size, 1).squeeze(1);
    };
    const auto table = find(net.input, gates, net.symbols).t() + vector(net.input_bias, gates);
    const auto weight = find(net.recurrent, gates, net.hidden).t(), bias = vector(net.recurrent_bias, gates);
    const auto inputs = at::embedding(table, tree.symbols).split_with_sizes(tree.sizes);
    Tensor state = at::zeros({1, cells::states(net.cell) * net.hidden}, table.options().requires_grad(false));
    std::vector<Tensor> all{state.narrow(1, 0, net.hidden)};
    for (std::size_t depth = 0; depth < tree.levels.size(); ++depth) {
        const auto& level = tree.levels[depth];
        if (!level.chain) state = state.index_select(0, level.parents);
        state = plain_step(net.cell, inputs[depth], state, weight, bias);
        all.push_back(state.narrow(1, 0, net.hidden));
    }
    const auto read = at::cat(all).index_select(0, net.reads_before_last ? tree.befores : tree.ends);
    auto logits =
        at::addmm(vector(net.output_bias, net.outputs), read, find(net.output, net.outputs, net.hidden).t());
    if (net.symbol_output.tensor >= 0)
        logits = logits + at::embedding(find(net.symbol_output, net.outputs, net.symbols).t(), tree.last);
    return logits;
}

} // namespace descent
