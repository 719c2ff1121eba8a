// The keyword network's fused passes beside the same in plain differentiable operations.

#include "core/models/crnn.h"

#include "core/models/crnn_network.h"
#include "tests/engine/support.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace descent::test {

namespace {

struct Case {
    crnn::Convolution convolution;
    std::int64_t hidden, outputs, examples;
    bool masked;
};

crnn::Convolution kernel_of_the_source(std::int64_t bands, std::int64_t frames, std::int64_t channels) {
    return {.bands = bands,
            .frames = frames,
            .channels = channels,
            .kernel_bands = 5,
            .kernel_frames = 20,
            .stride_bands = 2,
            .stride_frames = 8};
}

/// A network, its weights and what it is given, of any numbers.
struct Bench {
    Bench(const Case& c, at::ScalarType type)
        : network(std::make_shared<CrnnNetwork>(c.convolution, c.hidden, 0.3)) {
        RandomStream random(11, "crnn");
        const auto drawn = [&](std::vector<std::int64_t> shape, double scale) {
            auto tensor = at::empty(shape, at::kDouble);
            auto* at = tensor.data_ptr<double>();
            for (std::int64_t i = 0; i < tensor.numel(); ++i) at[i] = scale * random.normal();
            return tensor.to(type);
        };
        const auto& s = c.convolution;
        const auto h = c.hidden, gates = 3 * h;
        for (const auto& shape :
             std::vector<std::vector<std::int64_t>>{{s.channels, 1, s.kernel_bands, s.kernel_frames},
                                                    {s.channels},
                                                    {gates, s.maps()},
                                                    {gates, h},
                                                    {gates},
                                                    {gates},
                                                    {gates, h},
                                                    {gates, h},
                                                    {gates},
                                                    {gates},
                                                    {h, h},
                                                    {h},
                                                    {1, h},
                                                    {1},
                                                    {c.outputs, h},
                                                    {c.outputs}}) {
            // As large as keeps the units from their limits.
            const auto fan_in = c10::multiply_integers(shape) / shape[0];
            weights.push_back(
                drawn(shape, shape.size() == 1 ? 0.3 : 1 / std::sqrt(static_cast<double>(fan_in))));
            weights.back().requires_grad_();
        }
        inputs = drawn({c.examples, s.bands, s.frames}, 1).to(at::kFloat); // as features are kept
        wanted = drawn({c.examples, c.outputs}, 1);
        if (!c.masked) return;
        masks = at::empty({c.examples, s.steps(), h}, at::kByte);
        for (std::int64_t i = 0; i < masks.numel(); ++i)
            masks.data_ptr<std::uint8_t>()[i] = random.uniform() >= 0.3;
    }

    Tensor logits(bool fused) const {
        return fused ? network->logits(weights, inputs, masks) : network->plain(weights, inputs, masks);
    }
    Tensor loss(bool fused) const { return (logits(fused) - wanted).square().sum(); }
    std::vector<Tensor> gradients(bool fused) const { return torch::autograd::grad({loss(fused)}, weights); }

    std::shared_ptr<CrnnNetwork> network;
    std::vector<Tensor> weights;
    Tensor inputs, masks, wanted;
};

Tensor flat(const std::vector<Tensor>& parts) {
    std::vector<Tensor> all;
    for (const auto& part : parts) all.push_back(part.reshape({-1}));
    return at::cat(all);
}

const std::vector<Case> kCases{
    {kernel_of_the_source(40, 101, 8), 64, 2, 70, false}, // the source's, and more than a group
    {kernel_of_the_source(40, 101, 8), 64, 2, 128, true},
    {kernel_of_the_source(9, 37, 3), 6, 4, 5, true},
    {kernel_of_the_source(5, 20, 1), 1, 1, 1, false}, // one band, one step, one of everything
    {kernel_of_the_source(13, 44, 11), 19, 3, 33, true},
    {kernel_of_the_source(6, 61, 17), 40, 2, 1, false},
    {{.bands = 7,
      .frames = 9,
      .channels = 5,
      .kernel_bands = 2,
      .kernel_frames = 4,
      .stride_bands = 1,
      .stride_frames = 1},
     12,
     3,
     65,
     true},
};

} // namespace

class FusedCrnn : public ::testing::TestWithParam<std::tuple<std::size_t, at::ScalarType>> {
protected:
    const Case& the_case() const { return kCases[std::get<0>(GetParam())]; }
    at::ScalarType type() const { return std::get<1>(GetParam()); }
    double tolerance() const { return type() == at::kFloat ? 1e-5 : 1e-12; }
};

TEST_P(FusedCrnn, IsThePlainNetwork) {
    const Bench bench(the_case(), type());
    EXPECT_LT(relative_distance(bench.logits(true), bench.logits(false)), tolerance());
    const at::NoGradGuard evaluated;
    EXPECT_LT(relative_distance(bench.logits(true), bench.logits(false)), tolerance());
}

TEST_P(FusedCrnn, HasThePlainNetworksGradient) {
    const Bench bench(the_case(), type());
    const auto plain = bench.gradients(false), fused = bench.gradients(true);
    EXPECT_LT(relative_distance(flat(fused), flat(plain)), tolerance());
    const double whole = flat(plain).norm().item<double>();
    for (std::size_t i = 0; i < plain.size(); ++i) {
        // What nearly cancels (the bias of the energies does, exactly) is measured by the whole.
        const double size = std::max(plain[i].norm().item<double>(), 0.01 * whole);
        EXPECT_LT((fused[i] - plain[i]).norm().item<double>() / size, tolerance()) << "weight " << i;
    }
}

TEST_P(FusedCrnn, IsDifferentiatedTwice) {
    const Bench bench(the_case(), type());
    const auto product = [&](bool fused) { // of the Hessian with the gradient
        const auto g = torch::autograd::grad({bench.loss(fused)}, bench.weights, {}, true, true);
        return flat(torch::autograd::grad(g, bench.weights, bench.gradients(false)));
    };
    EXPECT_LT(relative_distance(product(true), product(false)), tolerance());
}

INSTANTIATE_TEST_SUITE_P(Shapes, FusedCrnn,
                         ::testing::Combine(::testing::Range(std::size_t{0}, kCases.size()),
                                            ::testing::Values(at::kFloat, at::kDouble)));

TEST(CrnnNetwork, GoesBackAsOftenAsAsked) {
    const Bench bench(kCases[2], at::kDouble);
    const auto loss = bench.loss(true);
    const auto other = bench.loss(true); // meanwhile
    const auto first = torch::autograd::grad({loss}, bench.weights, {}, true);
    torch::autograd::grad({other}, bench.weights);
    const auto second = torch::autograd::grad({loss}, bench.weights);
    EXPECT_TRUE(same_bits(flat(first), flat(second)));
}

TEST(CrnnNetwork, IsSharedOutToThreads) {
    const int before = at::get_num_threads();
    for (const std::size_t index : {1, 6}) { // of several groups, the last one not full
        auto c = kCases[index];
        c.examples = 4 * 64 + 3;
        const Bench bench(c, at::kDouble);
        at::set_num_threads(1);
        const auto logits = bench.logits(true), gradient = flat(bench.gradients(true));
        at::set_num_threads(3);
        EXPECT_TRUE(same_bits(bench.logits(true), logits));
        const auto shared = flat(bench.gradients(true));
        EXPECT_LT(relative_distance(shared, gradient), 1e-13);
        EXPECT_TRUE(same_bits(flat(bench.gradients(true)), shared));
    }
    at::set_num_threads(before);
}

TEST(CrnnNetwork, SaturatesAsThePlainOne) {
    for (const auto type : {at::kFloat, at::kDouble}) {
        const Bench bench(kCases[2], type);
        const at::NoGradGuard changed;
        bench.weights[2].mul_(1000); // what a gate is given is far beyond where eˣ ends
        bench.weights[11].mul_(1000);
        EXPECT_LT(relative_distance(bench.logits(true), bench.logits(false)),
                  type == at::kFloat ? 1e-5 : 1e-12);
    }
}

TEST(CrnnKernels, AreTheSameForEachInstructionSet) {
    const auto shape = kernel_of_the_source(13, 44, 11);
    constexpr std::int64_t examples = 21;
    RandomStream random(5, "kernels");
    const auto drawn = [&](std::vector<std::int64_t> sizes) {
        auto tensor = at::empty(sizes, at::kDouble);
        for (std::int64_t i = 0; i < tensor.numel(); ++i) tensor.data_ptr<double>()[i] = random.normal();
        return tensor;
    };
    const auto inputs = drawn({examples, shape.pixels()}), weight = drawn({shape.channels, shape.taps()}),
               bias = drawn({shape.channels}), wanted = drawn({shape.maps(), shape.steps(), examples});
    std::vector<Tensor> maps, gradients;
    for (const auto set : lanes::instruction_sets()) {
        const auto& kernels = crnn::kernels<double>(set);
        const auto groups = (examples + kernels.lanes - 1) / kernels.lanes, all = groups * kernels.lanes;
        auto space = at::empty({crnn::convolution_space(shape, kernels.lanes)}, at::kDouble);
        auto x = at::empty({all * shape.pixels()}, at::kDouble),
             out = at::empty({shape.maps(), shape.steps(), all}, at::kDouble);
        kernels.convolve({.shape = shape,
                          .examples = examples,
                          .clips = inputs.data_ptr<double>(),
                          .inputs = x.data_ptr<double>(),
                          .weight = weight.data_ptr<double>(),
                          .bias = bias.data_ptr<double>(),
                          .space = space.data_ptr<double>(),
                          .maps = out.data_ptr<double>()});
        maps.push_back(out.narrow(2, 0, examples).contiguous());
        auto d = at::zeros_like(out), d_weight = at::zeros_like(weight), d_bias = at::zeros_like(bias);
        d.narrow(2, 0, examples).copy_(wanted);
        kernels.convolve_back({.shape = shape,
                               .examples = examples,
                               .inputs = x.data_ptr<double>(),
                               .d_maps = d.data_ptr<double>(),
                               .space = space.data_ptr<double>(),
                               .d_weight = d_weight.data_ptr<double>(),
                               .d_bias = d_bias.data_ptr<double>()});
        gradients.push_back(flat({d_weight, d_bias}));
        EXPECT_LT(relative_distance(maps.back(), maps.front()), 1e-14) << to_string(set);
        EXPECT_LT(relative_distance(gradients.back(), gradients.front()), 1e-14) << to_string(set);
    }
}

} // namespace descent::test
