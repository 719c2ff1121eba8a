#include "core/engine/registry.h"

#include <array>
#include <cmath>
#include <limits>

namespace descent {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Nonlinearity {
    const char* name;
    Tensor (*apply)(const Tensor&);
    double least, largest; ///< at which a unit can stay; NaN for none
};
// As torch.nn's modules of these names compute with their defaults.
const std::array kNonlinearities{
    Nonlinearity{"tanh", [](const Tensor& x) { return x.tanh(); }, -1, 1},
    Nonlinearity{"relu", [](const Tensor& x) { return x.relu(); }, 0, kNone},
    Nonlinearity{"sigmoid", [](const Tensor& x) { return x.sigmoid(); }, 0, 1},
    Nonlinearity{"silu", [](const Tensor& x) { return at::silu(x); }, kNone, kNone},
    Nonlinearity{"gelu", [](const Tensor& x) { return at::gelu(x); }, kNone, kNone},
    Nonlinearity{"softplus", [](const Tensor& x) { return at::softplus(x); }, 0, kNone},
};

/// Layers of W x + b with a nonlinearity between them. Weight names, shapes and initialisation are those of
/// torch.nn.Sequential(Linear, activation, Linear, …): U(±1/√inputs) for weights and biases alike.
class Mlp : public Model {
public:
    Mlp(const ParamSet& params, const TaskShape& shape)
        : nonlinearity_(*std::ranges::find(kNonlinearities, params.text("activation"), &Nonlinearity::name))
        , widths_(static_cast<std::size_t>(params.integer("layers")) + 2, params.integer("hidden")) {
        widths_.front() = c10::multiply_integers(shape.features);
        widths_.back() = shape.classes;
    }

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        std::vector<WeightSpec> specs;
        for (std::size_t i = 0; i < layers(); ++i) {
            const auto inputs = widths_[i], outputs = widths_[i + 1];
            const auto name = std::to_string(2 * i); // the nonlinearities have the odd numbers
            const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
            specs.push_back({name + ".weight", {outputs, inputs}, uniform, bound});
            specs.push_back({name + ".bias", {outputs}, uniform, bound});
        }
        return specs;
    }

    Tensor logits(const Weights& weights, const Examples& examples) const override {
        return forward(weights, examples, [](std::size_t, const Tensor&) {});
    }

    std::vector<Activation> activations(const Weights& weights, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        std::vector<Activation> all;
        forward(weights, examples, [&](std::size_t layer, const Tensor& units) {
            all.push_back(
                {"layer" + std::to_string(layer + 1), units, nonlinearity_.least, nonlinearity_.largest});
        });
        return all;
    }

private:
    std::size_t layers() const { return widths_.size() - 1; } ///< the read-out included

    template<class Look>
    Tensor forward(const Weights& w, const Examples& examples, const Look& look) const {
        auto x = examples.inputs.to(w[0].scalar_type()).flatten(1);
        for (std::size_t i = 0; i < layers(); ++i) {
            x = at::linear(x, w[2 * i], w[2 * i + 1]);
            if (i + 1 == layers()) break;
            x = nonlinearity_.apply(x);
            look(i, x);
        }
        return x;
    }

    const Nonlinearity& nonlinearity_;
    std::vector<std::int64_t> widths_; ///< of the input, the hidden layers and the output
};

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& nonlinearity : kNonlinearities) all.emplace_back(nonlinearity.name);
    return all;
}

} // namespace

ModelDefinition model_mlp() {
    return {
        {.id = "mlp",
         .title = "MLP",
         .summary = "Fully connected layers (torch.nn.Linear) on vectors of numbers",
         .params = {integer("hidden", 100, "Width of each hidden layer")
                        .at_least(1)
                        .at_most(8192)
                        .in("units")
                        .log(),
                    integer("layers", 1, "Hidden layers; 0 for a linear classifier").at_least(0).at_most(64),
                    choice("activation", "tanh", names(), "What each hidden unit does to its sum")},
         .tasks = {"gaussian-mixture", "kws-binary", "kws-3"}},
        [](const ParamSet& params, const TaskShape& shape) { return std::make_unique<Mlp>(params, shape); }};
}

} // namespace descent
