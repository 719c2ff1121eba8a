#include "tests/engine/optimizer_support.h"

namespace descent::test {

std::unique_ptr<Optimizer> make_rule(const std::string& id, const Settings& settings, const Tensor& like,
                                     std::vector<std::vector<std::int64_t>> shapes) {
    // Not through a regime, which may set parameters of its own.
    ParamSet params;
    const auto& table = registry().optimizer(id).entry.params;
    for (const auto& spec : table) params.values[spec.name] = spec.fallback;
    for (const auto& [name, text] : settings) {
        const auto spec = std::ranges::find(table, name, &ParamSpec::name);
        if (spec == table.end()) throw std::out_of_range(id + " has no " + name);
        params.values[name] = unwrap(parse_value(*spec, text, "optimizer." + name));
    }
    if (shapes.empty()) shapes = {{like.size(-1)}};
    return registry().optimizer(id).make(params, {like, std::move(shapes)});
}

Loss quadratic(const Tensor& lambda) {
    return [lambda](const Tensor& x, Tensor& gradient) {
        gradient.copy_(lambda * x);
        return 0.5 * (x * gradient).sum().item<double>();
    };
}

Loss differentiated(std::function<Tensor(const Tensor& weights)> loss) {
    return [loss = std::move(loss)](const Tensor& x, Tensor& gradient) {
        const auto leaf = x.detach().clone().requires_grad_(true);
        const auto value = loss(leaf);
        gradient.copy_(torch::autograd::grad({value}, {leaf})[0]);
        return value.item<double>();
    };
}

} // namespace descent::test
