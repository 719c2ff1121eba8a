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

Recurrent::Recurrent(const ParamSet& params, const TaskShape& shape, cells::Cell cell)
    : embedding_(params.integer("embedding")) {
    const auto hidden = params.integer("hidden"), rows = cells::gates(cell) * hidden;
    net_ = {.cell = cell,
            .symbols = shape.symbols,
            .hidden = hidden,
            .outputs = shape.width(),
            .recurrent = {1, 0, hidden},
            .recurrent_bias = {2},
            .output = {3, 0, hidden},
            .output_bias = {4}};
    if (embedding_ > 0) {
        net_.input = {0, 0, 1, rows};
    } else {
        net_.input = {0, 0, shape.symbols};
        net_.input_bias = {5};
    }
}

std::vector<WeightSpec> Recurrent::weights() const {
    using enum WeightSpec::Init;
    const auto hidden = net_.hidden, rows = cells::gates(net_.cell) * hidden;
    const auto inputs = embedding_ > 0 ? embedding_ : net_.symbols;
    const double bound = 1.0 / std::sqrt(static_cast<double>(hidden));
    std::vector<WeightSpec> specs{
        {"rnn.weight_ih_l0", {rows, inputs}, uniform, bound},
        {"rnn.weight_hh_l0", {rows, hidden}, uniform, bound},
        {"rnn.bias_ih_l0", {rows}, uniform, bound},
        {"rnn.bias_hh_l0", {rows}, uniform, bound},
        {"output.weight", {net_.outputs, hidden}, uniform, bound},
        {"output.bias", {net_.outputs}, uniform, bound},
    };
    if (embedding_ > 0) specs.push_back({"embedding.weight", {net_.symbols, embedding_}, normal, 1.0});
    return specs;
}

std::vector<Examples> Recurrent::prepare(const Examples& set, std::int64_t chunk) const {
    return prepare_sequences(set, chunk);
}

std::vector<Tensor> Recurrent::parts(const Weights& w) const {
    if (embedding_ > 0) return {at::addmm(w[2], w[6], w[0].t()), w[1], w[3], w[4], w[5]};
    return {w[0], w[1], w[3], w[4], w[5], w[2]};
}

Tensor Recurrent::logits(const Weights& w, const Examples& examples) const {
    return tree_logits(net_, parts(w), PrefixTree::of(examples));
}

std::vector<Model::Activation> Recurrent::activations(const Weights& w, const Examples& examples) const {
    const at::NoGradGuard no_grad;
    // tanh, or a mean or a product of what is within ±1
    return {{"rnn", tree_states(net_, parts(w), *PrefixTree::of(examples)), -1, 1}};
}

} // namespace descent
