#include "core/models/recurrent.h"

#include <cmath>

namespace descent {

std::vector<Examples> Model::prepare(const Examples& set, std::int64_t chunk) const {
    std::vector<Examples> chunks;
    for (std::int64_t begin = 0; begin < set.size(); begin += chunk)
        chunks.push_back(set.slice(begin, std::min(set.size(), begin + chunk)));
    return chunks;
}

std::vector<Model::Activation> Model::activations(const Weights&, const Examples&) const {
    return {};
}

Tensor Model::ensemble_logits(const std::vector<Tensor>&, const Tensor&) const {
    return {};
}

Tensor Model::features(const Examples&) const {
    return {};
}

Tensor Model::statistics(const Weights&, const Examples&) const {
    return {};
}

Tensor Model::draw_masks(std::int64_t, RandomStream&) const {
    return {};
}

ParamTable recurrent_params() {
    return {
        integer("hidden", 128, "Size of the hidden state").at_least(1).at_most(8192).in("units").log(),
        integer("embedding", 0, "Size of a learned symbol embedding; 0 feeds symbols one-hot")
            .at_least(0)
            .at_most(4096),
    };
}

Recurrent::Recurrent(const ParamSet& params, const TaskShape& shape, std::int64_t gates, std::int64_t states)
    : hidden_(params.integer("hidden"))
    , embedding_(params.integer("embedding"))
    , gates_(gates)
    , states_(states)
    , shape_(shape) {}

std::vector<WeightSpec> Recurrent::weights() const {
    using enum WeightSpec::Init;
    const auto inputs = embedding_ > 0 ? embedding_ : shape_.symbols;
    const double bound = 1.0 / std::sqrt(static_cast<double>(hidden_));
    std::vector<WeightSpec> specs{
        {"rnn.weight_ih_l0", {gates_ * hidden_, inputs}, uniform, bound},
        {"rnn.weight_hh_l0", {gates_ * hidden_, hidden_}, uniform, bound},
        {"rnn.bias_ih_l0", {gates_ * hidden_}, uniform, bound},
        {"rnn.bias_hh_l0", {gates_ * hidden_}, uniform, bound},
        {"output.weight", {shape_.width(), hidden_}, uniform, bound},
        {"output.bias", {shape_.width()}, uniform, bound},
    };
    if (embedding_ > 0) specs.push_back({"embedding.weight", {shape_.symbols, embedding_}, normal, 1.0});
    return specs;
}

std::vector<Examples> Recurrent::prepare(const Examples& set, std::int64_t chunk) const {
    return prepare_sequences(set, chunk);
}

Tensor Recurrent::logits(const Weights& w, const Examples& examples) const {
    return at::addmm(w[5], last_states(w, examples), w[4].t());
}

std::vector<Model::Activation> Recurrent::activations(const Weights& w, const Examples& examples) const {
    const at::NoGradGuard no_grad;
    return {{"rnn", last_states(w, examples), -1, 1}}; // tanh, or a mean or a product of what is within ±1
}

Tensor Recurrent::last_states(const Weights& w, const Examples& examples) const {
    const auto prepared = examples.prepared ? examples.prepared : PrefixTree::build(examples);
    const auto& tree = dynamic_cast<const PrefixTree&>(*prepared);
    // What each symbol contributes is the same at every node: one small product, then a look-up.
    const auto table = embedding_ > 0 ? at::addmm(w[2], w[6], w[0].t()) : w[0].t() + w[2];
    const auto inputs = at::embedding(table, tree.symbols).split_with_sizes(tree.sizes);
    const auto weight_hh = w[1].t();
    std::vector<Tensor> hidden;
    Tensor state = at::zeros({1, states_ * hidden_}, table.options().requires_grad(false));
    for (std::size_t depth = 0; depth < tree.levels.size(); ++depth) {
        const auto& level = tree.levels[depth];
        if (level.parents.defined()) state = state.index_select(0, level.parents);
        state = step(inputs[depth], state, weight_hh, w[3]);
        hidden.push_back(states_ > 1 ? state.narrow(1, 0, hidden_) : state);
    }
    return at::cat(hidden).index_select(0, tree.leaves);
}

} // namespace descent
