#include "core/engine/registry.h"
#include "core/models/crnn_network.h"

#include <cmath>

namespace descent {

namespace {

/// One convolution over a spectrogram, two GRU layers over what it makes of time, attention over their
/// states, a linear read-out: the keyword spotter of the source experiment. As torch.nn.Conv2d, GRU and
/// Linear compute and initialise.
class CrnnAttention : public Model {
public:
    CrnnAttention(const ParamSet& params, const TaskShape& shape)
        : channels_(params.integer("channels"))
        , hidden_(params.integer("hidden"))
        , dropout_(params.real("dropout"))
        , bands_(shape.features.at(0))
        , frames_(shape.features.at(1))
        , outputs_(shape.width()) {
        if (bands_ < kKernel[0] || frames_ < kKernel[1])
            throw InputError("model 'crnn-attention' needs at least " + std::to_string(kKernel[1]) +
                             " frames of " + std::to_string(kKernel[0]) + " bands; these examples have " +
                             std::to_string(frames_) + " of " + std::to_string(bands_));
        network_ = std::make_shared<CrnnNetwork>(crnn::Convolution{.bands = bands_,
                                                                   .frames = frames_,
                                                                   .channels = channels_,
                                                                   .kernel_bands = kKernel[0],
                                                                   .kernel_frames = kKernel[1],
                                                                   .stride_bands = kStride[0],
                                                                   .stride_frames = kStride[1]},
                                                 hidden_, dropout_);
    }

    std::vector<WeightSpec> weights() const override {
        using enum WeightSpec::Init;
        const auto fan_in = static_cast<double>(kKernel[0] * kKernel[1]);
        const double conv = 1 / std::sqrt(fan_in), rest = 1 / std::sqrt(static_cast<double>(hidden_));
        const auto inputs = network_->convolution().maps();
        std::vector<WeightSpec> specs{{"conv.weight", {channels_, 1, kKernel[0], kKernel[1]}, uniform, conv},
                                      {"conv.bias", {channels_}, uniform, conv}};
        for (const auto& [layer, width] : {std::pair{"_l0", inputs}, std::pair{"_l1", hidden_}}) {
            const std::string end = layer;
            specs.push_back({"gru.weight_ih" + end, {3 * hidden_, width}, uniform, rest});
            specs.push_back({"gru.weight_hh" + end, {3 * hidden_, hidden_}, uniform, rest});
            specs.push_back({"gru.bias_ih" + end, {3 * hidden_}, uniform, rest});
            specs.push_back({"gru.bias_hh" + end, {3 * hidden_}, uniform, rest});
        }
        specs.push_back({"attention.0.weight", {hidden_, hidden_}, uniform, rest});
        specs.push_back({"attention.0.bias", {hidden_}, uniform, rest});
        specs.push_back({"attention.2.weight", {1, hidden_}, uniform, rest});
        specs.push_back({"attention.2.bias", {1}, uniform, rest});
        specs.push_back({"output.weight", {outputs_, hidden_}, uniform, rest});
        specs.push_back({"output.bias", {outputs_}, uniform, rest});
        return specs;
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        return network_->logits(all(w), examples.inputs, examples.masks);
    }
    bool multiplies() const override { return true; }
    std::int64_t at_once() const override { return network_->at_once(); }

    /// The states of both GRU layers and the units of the attention, at all steps.
    std::vector<Activation> activations(const Weights& w, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        std::vector<Activation> seen;
        network_->plain(all(w), examples.inputs, examples.masks, [&](const char* layer, const Tensor& units) {
            seen.push_back({layer, units.flatten(0, 1), -1, 1});
        });
        return seen;
    }

    /// uint8 [n, steps, hidden]: of the states between the two GRU layers.
    Tensor draw_masks(std::int64_t n, RandomStream& random) const override {
        if (dropout_ <= 0) return {};
        auto masks = at::empty({n, steps(), hidden_}, at::kByte);
        auto* keep = masks.data_ptr<std::uint8_t>();
        for (std::int64_t i = 0; i < masks.numel(); ++i) keep[i] = random.uniform() >= dropout_;
        return masks;
    }

private:
    static constexpr std::array<std::int64_t, 2> kKernel{5, 20}, kStride{2, 8}; // bands, frames

    std::int64_t steps() const { return network_->convolution().steps(); }

    static std::vector<Tensor> all(const Weights& w) {
        std::vector<Tensor> tensors;
        for (const auto& leaf : w.leaves()) tensors.push_back(leaf.tensor);
        return tensors;
    }

    std::int64_t channels_, hidden_;
    double dropout_;
    std::int64_t bands_, frames_, outputs_;
    std::shared_ptr<const CrnnNetwork> network_;
};

} // namespace

ModelDefinition model_crnn_attention() {
    return {
        {.id = "crnn-attention",
         .title = "CRNN with attention",
         .summary = "Convolution 5 × 20 over the spectrogram, two GRU layers, attention over time",
         .params = {integer("channels", 8, "Maps of the convolution").at_least(1).at_most(1024).log(),
                    integer("hidden", 64, "Size of each GRU layer and of the attention")
                        .at_least(1)
                        .at_most(4096)
                        .in("units")
                        .log(),
                    real("dropout", 0.1, "Share of the states between the GRU layers left out while training")
                        .at_least(0)
                        .below(1)},
         .tasks = {"kws-binary", "kws-3"}},
        [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
            return std::make_unique<CrnnAttention>(params, shape);
        }};
}

} // namespace descent
