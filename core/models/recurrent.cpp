#include "core/models/recurrent.h"

#include "core/models/tree_states.h"

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
    : cell_(cell)
    , hidden_(params.integer("hidden"))
    , embedding_(params.integer("embedding"))
    , shape_(shape) {}

std::vector<WeightSpec> Recurrent::weights() const {
    using enum WeightSpec::Init;
    const auto inputs = embedding_ > 0 ? embedding_ : shape_.symbols;
    const auto rows = cells::gates(cell_) * hidden_;
    const double bound = 1.0 / std::sqrt(static_cast<double>(hidden_));
    std::vector<WeightSpec> specs{
        {"rnn.weight_ih_l0", {rows, inputs}, uniform, bound},
        {"rnn.weight_hh_l0", {rows, hidden_}, uniform, bound},
        {"rnn.bias_ih_l0", {rows}, uniform, bound},
        {"rnn.bias_hh_l0", {rows}, uniform, bound},
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
    // What each symbol contributes is the same wherever it stands: one small product, then a look-up.
    const auto table = embedding_ > 0 ? at::addmm(w[2], w[6], w[0].t()) : w[0].t() + w[2];
    return tree_states(cell_, table, w[1], w[3], PrefixTree::of(examples), Moment::end);
}

} // namespace descent
