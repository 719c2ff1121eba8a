#include "core/models/text_recurrent.h"

#include <cmath>

namespace descent {

namespace {

/// Texts laid one step after another: all first words, then all second ones of the texts that have one, the
/// longest text first.
struct Packed {
    Tensor order, back; ///< int64 [n]: texts by falling length, and where each of them went
    Tensor sizes;       ///< int64 [T]: texts that have such a step
    Tensor ids;         ///< int64 [tokens]
    Tensor texts;       ///< int64 [tokens]: which text of `order` each belongs to
};

Packed pack(const Tensor& ids, const Tensor& lengths) {
    Packed all;
    all.order = std::get<1>(lengths.sort(/*stable=*/true, 0, true));
    all.back = all.order.argsort();
    const auto sorted = lengths.index_select(0, all.order);
    const auto steps = sorted[0].item<std::int64_t>();
    const auto there = at::arange(steps, at::kLong).unsqueeze(1).lt(sorted.unsqueeze(0)); // [T, n]
    all.sizes = there.sum(1);
    all.ids = ids.index_select(0, all.order).narrow(1, 0, steps).t().masked_select(there);
    all.texts = at::arange(sorted.size(0), at::kLong).unsqueeze(0).expand_as(there).masked_select(there);
    return all;
}

} // namespace

TextRecurrent::TextRecurrent(const ParamSet& params, const TaskShape& shape, std::uint64_t seed, Cell cell)
    : cell_(cell)
    , embedding_(params, shape, seed)
    , hidden_(params.integer("hidden"))
    , layers_(params.integer("layers"))
    , bidirectional_(params.flag("bidirectional"))
    , dropout_(params.real("dropout"))
    , outputs_(shape.width()) {}

std::vector<WeightSpec> TextRecurrent::weights() const {
    using enum WeightSpec::Init;
    const std::int64_t gates = cell_ == Cell::lstm ? 4 : cell_ == Cell::gru ? 3 : 1;
    const double bound = 1 / std::sqrt(static_cast<double>(hidden_));
    std::vector<WeightSpec> specs;
    embedding_.add(specs);
    for (std::int64_t layer = 0; layer < layers_; ++layer)
        for (std::int64_t direction = 0; direction < directions(); ++direction) {
            const auto inputs = layer == 0 ? embedding_.size() : state_size();
            const auto end = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
            specs.push_back({"rnn.weight_ih" + end, {gates * hidden_, inputs}, uniform, bound});
            specs.push_back({"rnn.weight_hh" + end, {gates * hidden_, hidden_}, uniform, bound});
            specs.push_back({"rnn.bias_ih" + end, {gates * hidden_}, uniform, bound});
            specs.push_back({"rnn.bias_hh" + end, {gates * hidden_}, uniform, bound});
        }
    const double read_out = 1 / std::sqrt(static_cast<double>(state_size()));
    specs.push_back({"output.weight", {outputs_, state_size()}, uniform, read_out});
    specs.push_back({"output.bias", {outputs_}, uniform, read_out});
    return specs;
}

Tensor TextRecurrent::logits(const Weights& w, const Examples& examples) const {
    const auto output = w.leaves().size() - 2;
    return at::linear(final_states(w, examples), w[output], w[output + 1]);
}

std::vector<Model::Activation> TextRecurrent::activations(const Weights& w, const Examples& examples) const {
    const at::NoGradGuard no_grad;
    return {{"rnn", final_states(w, examples), -1, 1}}; // tanh, or a mean or a product of what is within ±1
}

Tensor TextRecurrent::draw_masks(std::int64_t n, RandomStream& random) const {
    return draw_dropout(n, embedding_.size() + layers_ * state_size(), dropout_, random);
}

std::vector<Examples> TextRecurrent::prepare(const Examples& set, std::int64_t chunk) const {
    return prepare_texts(set, chunk);
}

Tensor TextRecurrent::final_states(const Weights& w, const Examples& examples) const {
    const auto packed = pack(embedding_.ids(examples.inputs), examples.lengths);
    const auto n = examples.size();
    auto x = embedding_(w, packed.ids);
    Tensor masks;
    if (examples.masks.defined())
        masks = examples.masks.index_select(0, packed.order).to(x.scalar_type()).div_(1 - dropout_);
    std::int64_t masked = 0; // units so far
    const auto kept = [&](std::int64_t units) {
        return masks.narrow(1, std::exchange(masked, masked + units), units);
    };
    if (masks.defined()) x = x * kept(embedding_.size()).index_select(0, packed.texts);

    const auto start = at::zeros({directions(), n, hidden_}, x.options().requires_grad(false));
    Tensor last; // [directions, n, hidden]
    auto next = embedding_.weights();
    for (std::int64_t layer = 0; layer < layers_; ++layer) {
        std::vector<Tensor> weights;
        for (std::int64_t i = 0; i < 4 * directions(); ++i) weights.push_back(w[next++]);
        if (cell_ == Cell::lstm)
            std::tie(x, last, std::ignore) =
                at::lstm(x, packed.sizes, {start, start}, weights, true, 1, 0.0, false, bidirectional_);
        else if (cell_ == Cell::gru)
            std::tie(x, last) = at::gru(x, packed.sizes, start, weights, true, 1, 0.0, false, bidirectional_);
        else
            std::tie(x, last) =
                at::rnn_tanh(x, packed.sizes, start, weights, true, 1, 0.0, false, bidirectional_);
        if (masks.defined() && layer + 1 < layers_) x = x * kept(state_size()).index_select(0, packed.texts);
    }
    auto states = last.transpose(0, 1).reshape({n, state_size()});
    if (masks.defined()) states = states * kept(state_size());
    return states.index_select(0, packed.back);
}

ParamTable text_recurrent_params(bool bidirectional) {
    auto table = embedding_params();
    table.push_back(integer("hidden", 128, "Size of the state of each direction")
                        .at_least(1)
                        .at_most(8192)
                        .in("units")
                        .log());
    table.push_back(integer("layers", 1, "Layers of cells").at_least(1).at_most(16));
    table.push_back(
        flag("bidirectional", bidirectional, "Reads the texts backwards too, and takes both states"));
    table.push_back(real("dropout", 0.5,
                         "Share of the word vectors' numbers, of the states between layers and of the last "
                         "ones left out while "
                         "training, the same at all steps of a text")
                        .at_least(0)
                        .below(1));
    return table;
}

} // namespace descent
