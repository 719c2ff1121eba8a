#include "core/models/nonlinearity.h"

#include "core/base/result.h"

#include <algorithm>
#include <array>
#include <limits>

namespace descent {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Tensor step(const Tensor& z) {
    // What is taken off is equal bit by bit, so that the value is 0 or 1 and the slope the clamp's.
    const auto through = z.clamp(-1, 1);
    return z.detach().gt(0).to(z.scalar_type()) + (through - through.detach());
}

const std::array kAll{
    Nonlinearity{"tanh", [](const Tensor& z) { return z.tanh(); }, -1, 1},
    Nonlinearity{"relu", [](const Tensor& z) { return z.relu(); }, 0, kNone},
    Nonlinearity{"sigmoid", [](const Tensor& z) { return z.sigmoid(); }, 0, 1},
    Nonlinearity{"silu", [](const Tensor& z) { return at::silu(z); }, kNone, kNone},
    Nonlinearity{"gelu", [](const Tensor& z) { return at::gelu(z); }, kNone, kNone},
    Nonlinearity{"softplus", [](const Tensor& z) { return at::softplus(z); }, 0, kNone},
    Nonlinearity{"hard-sigmoid", [](const Tensor& z) { return at::hardsigmoid(z); }, 0, 1},
    Nonlinearity{"log-sigmoid", [](const Tensor& z) { return at::log_sigmoid(z); }, kNone, 0},
    Nonlinearity{"celu", [](const Tensor& z) { return at::celu(z); }, -1, kNone},
    // Klambauer et al. 2017: −λα where it is flat.
    Nonlinearity{"selu", [](const Tensor& z) { return at::selu(z); }, -1.7580993408473766, kNone},
    Nonlinearity{"hard-swish", [](const Tensor& z) { return at::hardswish(z); }, kNone, kNone},
    Nonlinearity{"hard-tanh", [](const Tensor& z) { return at::hardtanh(z); }, -1, 1},
    // Always at one of its ends, with a slope or without.
    Nonlinearity{"threshold", step, kNone, kNone},
    Nonlinearity{"identity", [](const Tensor& z) { return z; }, kNone, kNone},
};

} // namespace

const Nonlinearity& nonlinearity(std::string_view name) {
    const auto found = std::ranges::find(kAll, name, &Nonlinearity::name);
    if (found == kAll.end()) throw InputError("'" + std::string(name) + "' is not a nonlinearity");
    return *found;
}

Tensor (*output_layer(std::string_view name))(const Tensor&) {
    if (name == "softmax") return [](const Tensor& z) { return at::softmax(z, -1); };
    if (name == "log-softmax") return [](const Tensor& z) { return at::log_softmax(z, -1); };
    return nonlinearity(name).apply;
}

std::vector<std::string> nonlinearity_names() {
    std::vector<std::string> all;
    for (const auto& each : kAll) all.emplace_back(each.name);
    return all;
}

} // namespace descent
