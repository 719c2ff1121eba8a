#include "core/models/crnn_network.h"

#include "core/models/crnn_steps.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>

namespace descent {

namespace {

/// What is told, and what backward() needs of forward().
struct Problem : torch::CustomClassHolder {
    std::shared_ptr<const CrnnNetwork> network;
    Tensor inputs, masks;
    bool differentiable = false;
    std::shared_ptr<Tensor> kept;
};

struct FusedLogits : torch::autograd::Function<FusedLogits> {
    template<class... W>
    static Tensor forward(torch::autograd::AutogradContext* context, c10::intrusive_ptr<Problem> problem,
                          const W&... given) {
        const std::vector<Tensor> weights{given.contiguous()...};
        const auto& inputs = problem->inputs;
        auto logits = at::empty({inputs.size(0), weights[14].size(0)}, inputs.options());
        AT_DISPATCH_FLOATING_TYPES(inputs.scalar_type(), "crnn_logits", [&] {
            const CrnnSteps<scalar_t> steps(*problem->network, weights);
            if (problem->differentiable)
                problem->kept = problem->network->buffers().take(
                    steps.kept(inputs.size(0), problem->masks.defined()), inputs.scalar_type());
            steps.forward(inputs, problem->masks,
                          problem->kept ? problem->kept->template data_ptr<scalar_t>() : nullptr, logits);
        });
        if (problem->differentiable) {
            context->save_for_backward({given...});
            context->saved_data["problem"] = c10::IValue::make_capsule(problem);
        }
        return logits;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& of_result) {
        const auto weights = context->get_saved_variables();
        const auto problem =
            c10::static_intrusive_pointer_cast<Problem>(context->saved_data["problem"].toCapsule());
        torch::autograd::variable_list all{Tensor()};
        if (at::GradMode::is_enabled()) { // derivatives that are differentiated again
            const auto plain = problem->network->plain(weights, problem->inputs, problem->masks);
            for (auto& d : torch::autograd::grad({plain}, weights, {of_result[0]}, true, true, true))
                all.push_back(std::move(d));
            return all;
        }
        std::vector<Tensor> contiguous, gradients;
        for (const auto& w : weights) {
            contiguous.push_back(w.contiguous());
            gradients.push_back(at::zeros(w.sizes(), w.options().requires_grad(false)));
        }
        AT_DISPATCH_FLOATING_TYPES(problem->inputs.scalar_type(), "crnn_logits", [&] {
            CrnnSteps<scalar_t>(*problem->network, contiguous)
                .backward(problem->masks, problem->kept->template data_ptr<scalar_t>(),
                          of_result[0].contiguous(), gradients);
        });
        all.insert(all.end(), gradients.begin(), gradients.end());
        return all;
    }
};

template<std::size_t... I>
Tensor apply(const c10::intrusive_ptr<Problem>& problem, const std::vector<Tensor>& weights,
             std::index_sequence<I...>) {
    return FusedLogits::apply(problem, weights[I]...);
}

} // namespace

CrnnNetwork::CrnnNetwork(const crnn::Convolution& convolution, std::int64_t hidden, double dropout)
    : convolution_(convolution)
    , hidden_(hidden)
    , dropout_(dropout)
    , buffers_(std::make_shared<Buffers>()) {}

CrnnNetwork::~CrnnNetwork() = default;

std::int64_t CrnnNetwork::at_once() const {
    return 4 * CrnnSteps<float>::kGroup;
}

Tensor CrnnNetwork::logits(const std::vector<Tensor>& weights, const Tensor& inputs,
                           const Tensor& masks) const {
    auto problem = c10::make_intrusive<Problem>();
    problem->network = shared_from_this();
    problem->inputs = inputs.to(weights[0].scalar_type()).contiguous();
    if (masks.defined()) problem->masks = masks.contiguous();
    problem->differentiable =
        at::GradMode::is_enabled() &&
        std::any_of(weights.begin(), weights.end(), [](const Tensor& w) { return w.requires_grad(); });
    return apply(problem, weights, std::make_index_sequence<kWeights>());
}

Tensor CrnnNetwork::plain(const std::vector<Tensor>& w, const Tensor& inputs, const Tensor& masks,
                          const Look& look) const {
    const auto seen = [&](const char* layer, const Tensor& units) {
        if (look) look(layer, units);
    };
    const auto gru = [&](std::size_t first, const Tensor& input) {
        const auto start = at::zeros({1, input.size(1), hidden_}, input.options().requires_grad(false));
        return std::get<0>(at::gru(input, start, {w[first], w[first + 1], w[first + 2], w[first + 3]}, true,
                                   1, 0.0, false, false, false));
    };
    const std::array<std::int64_t, 2> stride{convolution_.stride_bands, convolution_.stride_frames};
    const auto maps = at::conv2d(inputs.to(w[0].scalar_type()).unsqueeze(1), w[0], w[1], stride);
    auto states = gru(2, maps.flatten(1, 2).permute({2, 0, 1})); // [steps, n, hidden]
    seen("gru-l0", states);
    if (masks.defined())
        states = states * masks.permute({1, 0, 2}).to(states.scalar_type()).div_(1 - dropout_);
    states = gru(6, states);
    seen("gru-l1", states);
    const auto attending = at::linear(states, w[10], w[11]).tanh();
    seen("attention", attending);
    const auto energy = at::linear(attending, w[12], w[13]);
    return at::linear((energy.softmax(0) * states).sum(0), w[14], w[15]);
}

} // namespace descent
