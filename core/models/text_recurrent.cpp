#include "core/models/text_recurrent.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace descent {

namespace {

/// Texts laid one step after another: all first words, then all second ones of the texts that have one, the
/// longest text first.
struct Packed {
    Tensor order, back;              ///< int64 [n]: texts by falling length, and where each of them went
    std::vector<std::int64_t> sizes; ///< of each step: texts that have one
    Tensor ids;                      ///< int64 [tokens]
    Tensor texts;                    ///< int64 [tokens]: which text of `order` each belongs to
};

Packed pack(const Tensor& ids, const Tensor& lengths) {
    Packed all;
    all.order = std::get<1>(lengths.sort(/*stable=*/true, 0, true));
    all.back = all.order.argsort();
    const auto sorted = lengths.index_select(0, all.order);
    const auto steps = sorted[0].item<std::int64_t>();
    const auto there = at::arange(steps, at::kLong).unsqueeze(1).lt(sorted.unsqueeze(0)); // [T, n]
    const auto counts = there.sum(1);
    all.sizes.assign(counts.data_ptr<std::int64_t>(), counts.data_ptr<std::int64_t>() + steps);
    all.ids = ids.index_select(0, all.order).narrow(1, 0, steps).t().masked_select(there);
    all.texts = at::arange(sorted.size(0), at::kLong).unsqueeze(0).expand_as(there).masked_select(there);
    return all;
}

/// The states of one layer in one direction.
struct Run {
    Tensor steps; ///< [tokens, hidden], packed as the input
    Tensor last;  ///< [n, hidden]: after each text's last step, in the direction of reading
};

/// One step of m texts: `input` [m, gates·hidden], what the input contributes with its bias; `state` hidden
/// state and, of an LSTM, the cell's. As torch.nn's cells.
std::vector<Tensor> step(TextRecurrent::Cell cell, const Tensor& input, const std::vector<Tensor>& state,
                         const Tensor& weight_hh, const Tensor& bias_hh) {
    const auto& h = state[0];
    const auto from_state = at::addmm(bias_hh, h, weight_hh.t());
    if (cell == TextRecurrent::Cell::tanh) return {(input + from_state).tanh()};
    const auto hidden = h.size(1);
    if (cell == TextRecurrent::Cell::gru) {
        const auto x = input.split(hidden, 1), y = from_state.split(hidden, 1);
        const auto reset = (x[0] + y[0]).sigmoid(), update = (x[1] + y[1]).sigmoid();
        const auto fresh = at::addcmul(x[2], reset, y[2]).tanh();
        return {at::lerp(fresh, h, update)};
    }
    const auto gates = (input + from_state).split(hidden, 1);
    const auto c = at::addcmul(gates[1].sigmoid() * state[1], gates[0].sigmoid(), gates[2].tanh());
    return {gates[3].sigmoid() * c.tanh(), c};
}

/// Step by step over what is there of each: PyTorch's own packed layers take time and memory that grow with
/// the square of the length when they are differentiated.
Run run(TextRecurrent::Cell cell, const Tensor& x, const std::vector<std::int64_t>& sizes, bool backwards,
        const Tensor* w) {
    const auto inputs = at::linear(x, w[0], w[2]).split_with_sizes(sizes);
    const auto hidden = w[1].size(1);
    const auto zeros = [&](std::int64_t texts) {
        return at::zeros({texts, hidden}, x.options().requires_grad(false));
    };
    const auto count = sizes.size();
    std::vector<Tensor> steps(count), ended;
    std::vector<Tensor> state(cell == TextRecurrent::Cell::lstm ? 2 : 1, zeros(backwards ? 0 : sizes[0]));
    for (std::size_t i = 0; i < count; ++i) {
        const auto t = backwards ? count - 1 - i : i;
        const auto before = state[0].size(0), now = sizes[t];
        if (now < before) ended.push_back(state[0].narrow(0, now, before - now)); // their texts are over
        for (auto& part : state) {
            if (now < before) part = part.narrow(0, 0, now);
            if (now > before) part = at::cat({part, zeros(now - before)}); // their texts begin, from behind
        }
        state = step(cell, inputs[t], state, w[1], w[3]);
        steps[t] = state[0];
    }
    ended.push_back(state[0]);
    std::ranges::reverse(ended); // the longest texts first
    return {at::cat(steps), at::cat(ended)};
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
    auto x = embedding_(w, packed.ids);
    Tensor masks;
    if (examples.masks.defined())
        masks = examples.masks.index_select(0, packed.order).to(x.scalar_type()).div_(1 - dropout_);
    std::int64_t masked = 0; // units so far
    const auto kept = [&](std::int64_t units) {
        return masks.narrow(1, std::exchange(masked, masked + units), units);
    };
    if (masks.defined()) x = x * kept(embedding_.size()).index_select(0, packed.texts);

    Tensor states;
    auto next = embedding_.weights();
    for (std::int64_t layer = 0; layer < layers_; ++layer) {
        std::vector<Tensor> steps, last;
        for (std::int64_t direction = 0; direction < directions(); ++direction, next += 4) {
            const std::array weights{w[next], w[next + 1], w[next + 2], w[next + 3]};
            auto one = run(cell_, x, packed.sizes, direction == 1, weights.data());
            steps.push_back(std::move(one.steps));
            last.push_back(std::move(one.last));
        }
        states = at::cat(last, 1);
        if (layer + 1 == layers_) break;
        x = at::cat(steps, 1);
        if (masks.defined()) x = x * kept(state_size()).index_select(0, packed.texts);
    }
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
