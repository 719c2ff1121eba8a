#include "core/engine/registry.h"
#include "core/models/nonlinearity.h"

#include <cmath>

namespace descent {

namespace {

/// How weights and biases of a layer with so many inputs are drawn.
struct Initialisation {
    std::string kind;
    double scale;

    void add(std::vector<WeightSpec>& specs, const std::string& name, std::int64_t outputs,
             std::int64_t inputs, bool bias) const {
        using enum WeightSpec::Init;
        const double fan_in = std::sqrt(static_cast<double>(inputs));
        WeightSpec weight{name + ".weight", {outputs, inputs}, uniform, 1.0 / fan_in};
        if (kind == "uniform") weight.scale = scale;
        if (kind == "normal") weight = {weight.name, weight.shape, normal, scale};
        if (kind == "fan-in-normal") weight = {weight.name, weight.shape, normal, scale / fan_in};
        if (kind == "he-normal") weight = {weight.name, weight.shape, normal, std::sqrt(2.0) / fan_in};
        const bool from_zero = kind == "fan-in-normal" || kind == "he-normal";
        specs.push_back(weight);
        if (!bias) return;
        specs.push_back(
            {name + ".bias", {outputs}, from_zero ? uniform : weight.init, from_zero ? 0 : weight.scale});
    }
};

/// Layers of W x + b with a nonlinearity after each but the last, and another after that. Weight names and
/// shapes are those of torch.nn.Sequential(Linear, activation, Linear, …).
class Mlp : public Model {
public:
    Mlp(const ParamSet& params, const TaskShape& shape)
        : hidden_(nonlinearity(params.text("activation")))
        , output_(output_layer(params.text("output")))
        , init_{params.text("init"), params.real("init_scale")}
        , bias_(params.flag("bias"))
        , dimensions_(std::ssize(shape.features))
        , widths_(static_cast<std::size_t>(params.integer("layers")) + 2, params.integer("hidden")) {
        widths_.front() = c10::multiply_integers(shape.features);
        widths_.back() = shape.width();
        const auto& output = params.text("output");
        if (widths_.back() == 1 && (output == "softmax" || output == "log-softmax"))
            throw InputError("model.output = " + output +
                             ": of the task's one output it would always make the same; expected another");
    }

    std::vector<WeightSpec> weights() const override {
        std::vector<WeightSpec> specs;
        for (std::size_t i = 0; i < layers(); ++i) // the nonlinearities have the odd numbers
            init_.add(specs, std::to_string(2 * i), widths_[i + 1], widths_[i], bias_);
        return specs;
    }

    Tensor logits(const Weights& weights, const Examples& examples) const override {
        return forward(weights, examples, [](std::size_t, const Tensor&) {});
    }

    Tensor ensemble_logits(const std::vector<Tensor>& w, const Tensor& inputs) const override {
        const auto members = w[0].size(0);
        auto x = inputs.to(w[0].scalar_type());
        // [n, …] for all of them, or [K, n, …].
        if (x.dim() == 1 + dimensions_)
            x = x.flatten(1).unsqueeze(0).expand({members, -1, -1});
        else
            x = x.flatten(2);
        for (std::size_t i = 0; i < layers(); ++i) {
            const auto weight = w[i * per_layer()].transpose(1, 2);
            x = bias_ ? at::baddbmm(w[2 * i + 1].unsqueeze(1), x, weight) : at::bmm(x, weight);
            x = i + 1 == layers() ? output_(x) : hidden_.apply(x);
        }
        return x;
    }

    std::vector<Activation> activations(const Weights& weights, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        std::vector<Activation> all;
        forward(weights, examples, [&](std::size_t layer, const Tensor& units) {
            all.push_back({"layer" + std::to_string(layer + 1), units, hidden_.least, hidden_.largest});
        });
        return all;
    }

private:
    std::size_t layers() const { return widths_.size() - 1; } ///< the read-out included
    std::size_t per_layer() const { return bias_ ? 2 : 1; }

    template<class Look>
    Tensor forward(const Weights& w, const Examples& examples, const Look& look) const {
        auto x = examples.inputs.to(w[0].scalar_type()).flatten(1);
        for (std::size_t i = 0; i < layers(); ++i) {
            x = bias_ ? at::linear(x, w[2 * i], w[2 * i + 1]) : at::linear(x, w[i]);
            if (i + 1 == layers()) break;
            x = hidden_.apply(x);
            look(i, x);
        }
        return output_(x);
    }

    const Nonlinearity& hidden_;
    Tensor (*output_)(const Tensor&);
    Initialisation init_;
    bool bias_;
    std::int64_t dimensions_;          ///< of an example
    std::vector<std::int64_t> widths_; ///< of the input, the hidden layers and the output
};

} // namespace

ModelDefinition model_mlp() {
    return {{.id = "mlp",
             .title = "MLP",
             .summary = "Fully connected layers (torch.nn.Linear) on vectors of numbers",
             .params = {integer("hidden", 100, "Width of each hidden layer")
                            .at_least(1)
                            .at_most(8192)
                            .in("units")
                            .log(),
                        integer("layers", 1, "Hidden layers; 0 for a linear model").at_least(0).at_most(64),
                        choice("activation", "tanh", nonlinearity_names(),
                               "What each hidden unit does to its sum; threshold is a step whose gradient "
                               "passes straight through within ±1"),
                        choice("output", "identity",
                               {"identity", "sigmoid", "tanh", "hard-sigmoid", "hard-tanh", "threshold",
                                "silu", "softmax", "log-softmax"},
                               "What the outputs do to their sums; cross-entropy, focal, multi-margin and "
                               "poisson-nll expect identity, nll log-softmax"),
                        choice("init", "torch", {"torch", "uniform", "normal", "fan-in-normal", "he-normal"},
                               "How weights are drawn: U(±1/√inputs), U(±init_scale), N(0, init_scale²), "
                               "N(0, init_scale²/inputs) or N(0, 2/inputs); biases as the weights, with the "
                               "last two 0"),
                        real("init_scale", 1, "Scale of the first weights, where init goes by it")
                            .at_least(0)
                            .at_most(1e6)
                            .log(),
                        flag("bias", true, "Each unit adds a trained number to its sum")},
             .tasks = {"gaussian-mixture", "kws-binary", "kws-3", "symmetry", "teacher"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Mlp>(params, shape);
            }};
}

} // namespace descent
