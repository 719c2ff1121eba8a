#include "core/engine/registry.h"
#include "core/models/symbol_bag.h"
#include "core/models/tree_net.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// c = [x; h]; h ← W_i2h c + b; logits = W_i2o c + b of the last step, h₀ = 0. No nonlinearity: a linear
/// recurrence, as in PyTorch's char-RNN tutorial. Both layers start at U(±1/√(symbols + hidden)),
/// torch.nn.Linear's default.
///
/// Without a nonlinearity the logits are a sum of what each symbol adds from where it stands before the last
/// one: W_o·Aᵏ·(B x + b) for lag k, where W_i2h = [B A] and W_i2o = [.. W_o]. Of many sequences those tables
/// are computed once and looked up; of few it is less to go from state to state.
class CharRnnLinear : public Model {
public:
    CharRnnLinear(const ParamSet& params, const TaskShape& shape) {
        const auto symbols = shape.symbols, hidden = params.integer("hidden"), both = symbols + hidden;
        net_ = {.cell = cells::Cell::linear,
                .symbols = symbols,
                .hidden = hidden,
                .outputs = shape.width(),
                .reads_before_last = true,
                .input = {0, 0, both},
                .input_bias = {1},
                .recurrent = {0, symbols, both},
                .output = {2, symbols, both},
                .output_bias = {3},
                .symbol_output = {2, 0, both}};
    }

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        const auto inputs = net_.symbols + net_.hidden;
        const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
        return {{"i2h.weight", {net_.hidden, inputs}, uniform, bound},
                {"i2h.bias", {net_.hidden}, uniform, bound},
                {"i2o.weight", {net_.outputs, inputs}, uniform, bound},
                {"i2o.bias", {net_.outputs}, uniform, bound}};
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        auto chunks = Model::prepare(set, chunk);
        if (!std::ranges::all_of(chunks, [&](const Examples& part) { return adds_up(part); }))
            return prepare_sequences(set, chunk);
        for (auto& part : chunks) part.prepared = lags_of(part);
        return chunks;
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        if (const auto lags = std::dynamic_pointer_cast<const Bags>(examples.prepared))
            return sum_of_lags(w, examples, lags);
        if (!examples.prepared && adds_up(examples)) return sum_of_lags(w, examples, lags_of(examples));
        return tree_logits(net_, {w[0], w[1], w[2], w[3]}, PrefixTree::of(examples));
    }

private:
    /// Whether tables for all lags are less arithmetic than states, about half of which sequences share.
    bool adds_up(const Examples& examples) const {
        const auto states = static_cast<double>(examples.lengths.sum().item<std::int64_t>()) / 2;
        const auto lags = static_cast<double>(examples.inputs.size(1) * net_.outputs);
        return lags * static_cast<double>(net_.hidden + net_.symbols) <
               states * static_cast<double>(net_.hidden);
    }

    /// Rows lag · symbols + symbol.
    std::shared_ptr<const Bags> lags_of(const Examples& examples) const {
        const auto inputs = examples.inputs.contiguous(), lengths = examples.lengths.contiguous();
        auto bags = std::make_shared<Bags>();
        bags->rows = (1 + inputs.size(1)) * net_.symbols;
        bags->begins.push_back(0);
        for (std::int64_t i = 0; i < inputs.size(0); ++i) {
            const auto* symbol = inputs.data_ptr<std::uint8_t>() + i * inputs.size(1);
            for (auto lag = lengths.data_ptr<std::int64_t>()[i] - 1; lag >= 0; --lag)
                bags->places.push_back(static_cast<std::int32_t>(lag * net_.symbols + *symbol++));
            bags->begins.push_back(std::ssize(bags->places));
        }
        return bags;
    }

    /// Lag 0 is the last symbol, which goes to the output by itself.
    Tensor sum_of_lags(const Weights& w, const Examples& examples,
                       const std::shared_ptr<const Bags>& bags) const {
        const std::vector<std::int64_t> parts{net_.symbols, net_.hidden};
        const auto to_hidden = w[0].split_with_sizes(parts, 1), to_output = w[2].split_with_sizes(parts, 1);
        std::vector<Tensor> read{to_output[1]}; // W_o·Aᵏ [outputs, hidden]
        while (std::ssize(read) < examples.inputs.size(1)) read.push_back(at::mm(read.back(), to_hidden[1]));
        const auto each =
            at::matmul(at::stack(read), to_hidden[0] + w[1].unsqueeze(1)); // [lags, outputs, symbols]
        const auto all = at::cat({(to_output[0] + w[3].unsqueeze(1)).unsqueeze(0), each});
        return sum_bags(all.transpose(1, 2).reshape({bags->rows, net_.outputs}), bags);
    }

    TreeNet net_;
};

} // namespace

ModelDefinition model_char_rnn_linear() {
    return {
        {.id = "char-rnn-linear",
         .title = "Char-RNN, linear",
         .summary = "The linear recurrence of PyTorch's char-RNN tutorial: no nonlinearity between steps",
         .params =
             {integer("hidden", 128, "Size of the hidden state").at_least(1).at_most(8192).in("units").log()},
         .tasks = {"names"}},
        [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
            return std::make_unique<CharRnnLinear>(params, shape);
        }};
}

} // namespace descent
