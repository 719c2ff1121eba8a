#include "core/engine/registry.h"
#include "core/models/tree_net.h"

#include <cmath>

namespace descent {

namespace {

/// c = [x; h]; h ← W_i2h c + b; logits = W_i2o c + b of the last step, h₀ = 0. No nonlinearity: a linear
/// recurrence, as in PyTorch's char-RNN tutorial. Both layers start at U(±1/√(symbols + hidden)),
/// torch.nn.Linear's default.
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
        return prepare_sequences(set, chunk);
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        return tree_logits(net_, {w[0], w[1], w[2], w[3]}, PrefixTree::of(examples));
    }

private:
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
