#include "core/engine/registry.h"
#include "core/models/tree_states.h"

#include <cmath>

namespace descent {

namespace {

/// c = [x; h]; h ← W_i2h c + b; logits = W_i2o c + b of the last step, h₀ = 0. No nonlinearity: a linear
/// recurrence, as in PyTorch's char-RNN tutorial. Both layers start at U(±1/√(symbols + hidden)),
/// torch.nn.Linear's default.
class CharRnnLinear : public Model {
public:
    CharRnnLinear(const ParamSet& params, const TaskShape& shape)
        : hidden_(params.integer("hidden"))
        , shape_(shape) {}

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        const auto inputs = shape_.symbols + hidden_;
        const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
        return {{"i2h.weight", {hidden_, inputs}, uniform, bound},
                {"i2h.bias", {hidden_}, uniform, bound},
                {"i2o.weight", {shape_.width(), inputs}, uniform, bound},
                {"i2o.bias", {shape_.width()}, uniform, bound}};
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        return prepare_sequences(set, chunk);
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        const auto tree = PrefixTree::of(examples);
        const std::vector<std::int64_t> parts{shape_.symbols, hidden_};
        const auto to_hidden = w[0].split_with_sizes(parts, 1);
        const auto to_output = w[2].split_with_sizes(parts, 1);
        const auto before = tree_states(cells::Cell::linear, to_hidden[0].t(), to_hidden[1], w[1], tree,
                                        Moment::before_last_symbol);
        return at::addmm(at::embedding(to_output[0].t() + w[3], tree->last), before, to_output[1].t());
    }

private:
    std::int64_t hidden_;
    TaskShape shape_;
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
