#include "core/engine/registry.h"
#include "core/models/list_text.h"
#include "core/models/nonlinearity.h"
#include "core/models/text_embedding.h"
#include "core/tasks/text_data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>

namespace descent {

namespace {

constexpr const char* kTrainedSlope = "prelu";

/// What frozen word vectors make of a fixed set of texts, worked out when first asked for.
class KeptAverages : public Prepared {
public:
    template<class Make>
    Tensor get(at::ScalarType type, const Make& make) const {
        const std::lock_guard lock(mutex_);
        auto& kept = type == at::kDouble ? double_ : float_;
        if (!kept.defined()) kept = make();
        return kept;
    }

private:
    mutable std::mutex mutex_;
    mutable Tensor float_, double_;
};

/// The mean of a text's word vectors, layers of W·x + b with a nonlinearity and dropout after each, a linear
/// read-out. Layers are named 0, 1, … in weights as torch.nn.Linear's, PReLU's and norms'. Batch norm (Ioffe
/// and Szegedy 2015) keeps no running averages: training normalises by the batch, evaluation by the whole
/// training set at the weights as they are.
class MlpEmbeddingAverage : public Model {
public:
    MlpEmbeddingAverage(const ParamSet& params, const TaskShape& shape, std::uint64_t seed)
        : embedding_(params, shape, seed)
        , widths_(whole_numbers(params.text("layers"), "model.layers", 1, 65'536))
        , dropout_(share_list(params.text("dropout"), "model.dropout"))
        , norm_(norm_of(params.text("norm")))
        , outputs_(shape.width()) {
        for (const auto& name : list_parts(params.text("activation")))
            activations_.push_back(activation(name));
        if (activations_.empty()) throw InputError("model.activation: expected a name such as tanh");
        fit(activations_, "model.activation");
        if (dropout_.empty()) dropout_ = {0};
        // Those beyond the last layer have nothing to leave out: fewer layers need no other list.
        if (dropout_.size() > widths_.size()) dropout_.resize(std::max<std::size_t>(1, widths_.size()));
        fit(dropout_, "model.dropout");
    }

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        std::vector<WeightSpec> specs;
        embedding_.add(specs);
        auto inputs = embedding_.size();
        const auto linear = [&](const std::string& name, std::int64_t outputs) {
            const double bound = 1 / std::sqrt(static_cast<double>(inputs));
            specs.push_back({name + ".weight", {outputs, inputs}, uniform, bound});
            specs.push_back({name + ".bias", {outputs}, uniform, bound});
            inputs = outputs;
        };
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            const auto name = std::to_string(i);
            linear("layer." + name, widths_[i]);
            if (norm_ != Norm::none) {
                specs.push_back(
                    {"norm." + name + ".weight", {widths_[i]}, uniform, 0, at::ones({widths_[i]})});
                specs.push_back({"norm." + name + ".bias", {widths_[i]}});
            }
            if (!activations_[i])
                specs.push_back({"prelu." + name + ".weight", {1}, uniform, 0, at::full({1}, 0.25)});
        }
        linear("output", outputs_);
        return specs;
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        return forward(w, examples, Looks{});
    }

    std::vector<Activation> activations(const Weights& w, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        std::vector<Activation> all;
        Looks looks;
        looks.units = [&](std::size_t layer, const Tensor& units) {
            const auto* f = activations_[layer];
            all.push_back(
                {"layer." + std::to_string(layer), units, f ? f->least : none, f ? f->largest : none});
        };
        forward(w, examples, looks);
        return all;
    }

    bool ties_examples() const override { return norm_ == Norm::batch; }

    /// Means and variances of all hidden sums: [2, units].
    Tensor statistics(const Weights& w, const Examples& training) const override {
        const at::NoGradGuard no_grad;
        std::vector<Tensor> means, variances;
        Looks looks;
        looks.sums = [&](const Tensor& sums) {
            means.push_back(sums.mean(0));
            variances.push_back(sums.var(0, /*unbiased=*/false));
        };
        auto whole = training; // nothing dropped
        whole.masks = Tensor();
        forward(w, whole, looks);
        return means.empty() ? Tensor() : at::stack({at::cat(means), at::cat(variances)});
    }

    Tensor draw_masks(std::int64_t n, RandomStream& random) const override {
        if (std::ranges::all_of(dropout_, [](double share) { return share <= 0; })) return {};
        std::int64_t units = 0;
        for (const auto width : widths_) units += width;
        auto masks = at::ones({n, units}, at::kByte);
        auto* keep = masks.data_ptr<std::uint8_t>();
        for (std::int64_t i = 0; i < n; ++i)
            for (std::size_t layer = 0; layer < widths_.size(); ++layer)
                for (std::int64_t u = 0; u < widths_[layer]; ++u, ++keep)
                    if (dropout_[layer] > 0) *keep = random.uniform() >= dropout_[layer];
        return masks;
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        auto chunks = prepare_texts(set, chunk);
        if (!embedding_.trained())
            for (auto& one : chunks) one.prepared = std::make_shared<KeptAverages>();
        return chunks;
    }

private:
    enum class Norm { none, layer, batch };
    static Norm norm_of(const std::string& name) {
        return name == "layer" ? Norm::layer : name == "batch" ? Norm::batch : Norm::none;
    }

    /// Null for the one whose slope is trained.
    static const Nonlinearity* activation(const std::string& name) {
        if (name == kTrainedSlope) return nullptr;
        const auto names = nonlinearity_names();
        if (std::ranges::find(names, name) != names.end()) return &nonlinearity(name);
        const auto near = nearest(name, names);
        throw InputError(
            "model.activation = " + name + ": " +
            (near ? "did you mean '" + *near + "'?" : "expected one such as tanh, relu or prelu"));
    }

    /// One value for each layer: the last one given holds for the rest.
    template<class T>
    void fit(std::vector<T>& values, const std::string& where) const {
        if (values.size() > std::max<std::size_t>(1, widths_.size()))
            throw InputError(where + ": " + std::to_string(values.size()) + " values for " +
                             std::to_string(widths_.size()) +
                             " layers; expected one for all, or at most one a layer");
        values.resize(std::max<std::size_t>(1, widths_.size()), T(values.back()));
    }

    /// Mean vectors [n, size].
    Tensor average(const Weights& w, const Examples& examples) const {
        if (embedding_.trained()) return average_of(w, examples);
        const auto make = [&] {
            constexpr std::int64_t few = 4096; // a batch of batch norm may be the whole set
            std::vector<Tensor> parts;
            for (std::int64_t begin = 0; begin < examples.size(); begin += few)
                parts.push_back(average_of(w, examples.slice(begin, std::min(begin + few, examples.size()))));
            return parts.size() == 1 ? parts.front() : at::cat(parts);
        };
        const auto* kept = dynamic_cast<const KeptAverages*>(examples.prepared.get());
        return kept ? kept->get(w[0].scalar_type(), make) : make();
    }
    Tensor average_of(const Weights& w, const Examples& examples) const {
        const auto there =
            at::arange(examples.inputs.size(1), at::kLong).unsqueeze(0).lt(examples.lengths.unsqueeze(1));
        const auto ids = embedding_.ids(examples.inputs.masked_select(there));
        const auto texts =
            at::arange(examples.size(), at::kLong).unsqueeze(1).expand_as(there).masked_select(there);
        const auto vectors = embedding_(w, ids);
        const auto sums = at::index_add(
            at::zeros({examples.size(), embedding_.size()}, vectors.options().requires_grad(false)), 0, texts,
            vectors);
        return sums / examples.lengths.to(w[0].scalar_type()).unsqueeze(1);
    }

    /// Who wants to see what goes on inside.
    struct Looks {
        std::function<void(const Tensor& sums)> sums{}; ///< of each hidden layer, before the norm
        std::function<void(std::size_t layer, const Tensor& units)> units{};
    };

    Tensor normalised(const Tensor& sums, const Tensor& weight, const Tensor& bias, const Examples& examples,
                      std::int64_t first) const {
        const auto units = sums.size(1);
        constexpr double eps = 1e-5;
        if (norm_ == Norm::layer) return at::layer_norm(sums, {units}, weight, bias, eps);
        const auto& known = examples.statistics;
        if (!known.defined()) // its own, with their gradient
            return at::batch_norm(sums, weight, bias, {}, {}, /*training=*/true, 0, eps, false);
        return at::batch_norm(sums, weight, bias, known[0].narrow(0, first, units),
                              known[1].narrow(0, first, units), /*training=*/false, 0, eps, false);
    }

    Tensor forward(const Weights& w, const Examples& examples, const Looks& looks) const {
        auto x = average(w, examples);
        auto next = embedding_.weights();
        std::int64_t first = 0; // of the layer's units among all
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            x = at::linear(x, w[next], w[next + 1]);
            next += 2;
            if (looks.sums) looks.sums(x);
            if (norm_ != Norm::none) {
                x = normalised(x, w[next], w[next + 1], examples, first);
                next += 2;
            }
            x = activations_[i] ? activations_[i]->apply(x) : at::prelu(x, w[next++]);
            if (looks.units) looks.units(i, x);
            if (examples.masks.defined() && dropout_[i] > 0)
                x = x * examples.masks.narrow(1, first, widths_[i]).to(x.scalar_type()).div_(1 - dropout_[i]);
            first += widths_[i];
        }
        return at::linear(x, w[next], w[next + 1]);
    }

    TextEmbedding embedding_;
    std::vector<std::int64_t> widths_;
    std::vector<const Nonlinearity*> activations_; ///< by layer
    std::vector<double> dropout_;                  ///< likewise
    Norm norm_;
    std::int64_t outputs_;
};

} // namespace

ModelDefinition model_mlp_embedding_average() {
    auto table = embedding_params();
    table.push_back(
        text("layers", "256,128,64,32", "Widths of the hidden layers, by commas; none for a linear model"));
    table.push_back(text(
        "activation", "prelu",
        "What hidden units do to their sums, one for all layers or a list: relu, sigmoid, log-sigmoid, tanh, "
        "prelu (with a trained slope), celu, selu, silu, gelu, hard-tanh, …"));
    table.push_back(text("dropout", "0.3,0.2,0.1",
                         "Share of each hidden layer's units left out while training, one for all or a list "
                         "whose last holds for the rest"));
    table.push_back(
        choice("norm", "none", {"none", "layer", "batch"},
               "Normalises each hidden layer's sums: over its units, or each unit over the batch (of what "
               "the regime regularizes or clips by blocks or micro-batches, each by itself; else micro_batch "
               "does not cut it, so a full batch is exact but needs memory for all of it). Evaluated with "
               "the whole training set's means and variances"));
    return {{.id = "mlp-embedding-average",
             .title = "MLP of averaged words",
             .summary = "The mean of a text's word vectors, then fully connected layers",
             .params = std::move(table),
             .tasks = kTextTasks},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
                return std::make_unique<MlpEmbeddingAverage>(params, shape, seed);
            }};
}

} // namespace descent
