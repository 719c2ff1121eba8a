#include "core/engine/registry.h"
#include "core/models/list_text.h"
#include "core/models/text_embedding.h"
#include "core/tasks/text_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent {

namespace {

/// Kim 2014: filters over some words in a row, of each the largest output in the text, a linear read-out.
/// A text shorter than the widest filter is padded with zeros to its width; no other padding is seen, so a
/// text's outputs do not depend on those beside it. As torch.nn.Conv1d and Linear compute and initialise.
class TextCnn : public Model {
public:
    TextCnn(const ParamSet& params, const TaskShape& shape, std::uint64_t seed)
        : embedding_(params, shape, seed)
        , kernels_(whole_numbers(params.text("kernels"), "model.kernels", 1, 100))
        , filters_(params.integer("filters"))
        , dropout_(params.real("dropout"))
        , outputs_(shape.width()) {
        if (kernels_.empty()) throw InputError("model.kernels: expected widths such as 3,4,5");
        widest_ = *std::ranges::max_element(kernels_);
    }

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        std::vector<WeightSpec> specs;
        embedding_.add(specs);
        for (std::size_t i = 0; i < kernels_.size(); ++i) {
            const double bound = 1 / std::sqrt(static_cast<double>(embedding_.size() * kernels_[i]));
            const auto name = "conv." + std::to_string(i);
            specs.push_back({name + ".weight", {filters_, embedding_.size(), kernels_[i]}, uniform, bound});
            specs.push_back({name + ".bias", {filters_}, uniform, bound});
        }
        const double bound = 1 / std::sqrt(static_cast<double>(features()));
        specs.push_back({"output.weight", {outputs_, features()}, uniform, bound});
        specs.push_back({"output.bias", {outputs_}, uniform, bound});
        return specs;
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        auto x = at::cat(largest(w, examples), 1);
        if (examples.masks.defined()) x = x * examples.masks.to(x.scalar_type()).div_(1 - dropout_);
        const auto output = embedding_.weights() + 2 * kernels_.size();
        return at::linear(x, w[output], w[output + 1]);
    }

    std::vector<Activation> activations(const Weights& w, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        const auto each = largest(w, examples);
        std::vector<Activation> all;
        for (std::size_t i = 0; i < each.size(); ++i)
            all.push_back(
                {"conv." + std::to_string(i), each[i], 0, std::numeric_limits<double>::quiet_NaN()});
        return all;
    }

    Tensor draw_masks(std::int64_t n, RandomStream& random) const override {
        return draw_dropout(n, features(), dropout_, random);
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        return prepare_texts(set, chunk);
    }

private:
    std::int64_t features() const { return filters_ * std::ssize(kernels_); }

    /// Of each width, what its filters give at most [n, filters].
    std::vector<Tensor> largest(const Weights& w, const Examples& examples) const {
        auto ids = embedding_.ids(examples.inputs);
        if (ids.size(1) < widest_) ids = at::constant_pad_nd(ids, {0, widest_ - ids.size(1)});
        auto x = embedding_(w, ids);
        if (embedding_.trained() && examples.lengths.min().item<std::int64_t>() < widest_)
            x = x.masked_fill(ids.eq(0).unsqueeze(2), 0);
        x = x.transpose(1, 2);
        const auto lengths = examples.lengths.clamp_min(widest_).unsqueeze(1);
        std::vector<Tensor> all;
        for (std::size_t i = 0; i < kernels_.size(); ++i) {
            const auto at = embedding_.weights() + 2 * i;
            const auto y = at::conv1d(x, w[at], w[at + 1]); // [n, filters, places]
            const auto past = at::arange(y.size(2), at::kLong).add(kernels_[i]).gt(lengths).unsqueeze(1);
            all.push_back(
                std::get<0>(y.masked_fill(past, -std::numeric_limits<double>::infinity()).max(2)).relu());
        }
        return all;
    }

    TextEmbedding embedding_;
    std::vector<std::int64_t> kernels_;
    std::int64_t filters_;
    double dropout_;
    std::int64_t outputs_, widest_ = 0;
};

} // namespace

ModelDefinition model_text_cnn() {
    auto table = embedding_params();
    table.push_back(text("kernels", "3,4,5", "Words in a row that the filters span, widths by commas"));
    table.push_back(integer("filters", 100, "Filters of each width").at_least(1).at_most(4096).log());
    table.push_back(
        real("dropout", 0.5, "Share of the filters' outputs left out while training").at_least(0).below(1));
    return {{.id = "text-cnn",
             .title = "CNN of texts",
             .summary = "Filters over words in a row, the largest output of each, linear read-out (Kim 2014)",
             .params = std::move(table),
             .tasks = kTextTasks},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
                return std::make_unique<TextCnn>(params, shape, seed);
            }};
}

} // namespace descent
