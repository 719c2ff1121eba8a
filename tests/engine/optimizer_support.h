#pragma once

#include "tests/engine/support.h"

#include <functional>

namespace descent::test {

/// The loss at `weights` and, with one number for each network, the gradient into `gradient`.
using Loss = std::function<double(const Tensor& weights, Tensor& gradient)>;

/// Weights, gradient and the loss that they belong to: what an optimizer's step needs.
class Descent : public Objective {
public:
    Descent(const Tensor& start, Loss loss)
        : weights(start.clone())
        , gradient(at::zeros_like(start))
        , loss_(std::move(loss)) {}

    double evaluate() override {
        ++evaluations;
        return loss_(weights, gradient);
    }
    void step(Optimizer& rule, double lr) {
        const double loss = evaluate();
        rule.step({weights, gradient, lr, loss, *this});
    }

    Tensor weights, gradient;
    int evaluations = 0;

private:
    Loss loss_;
};

using Settings = std::vector<std::pair<std::string, std::string>>;

/// With the parameters' defaults but for `settings`, without "optimizer."; weights of `shapes`, by default
/// one vector.
std::unique_ptr<Optimizer> make_rule(const std::string& id, const Settings& settings, const Tensor& like,
                                     std::vector<std::vector<std::int64_t>> shapes = {});

/// f(x) = ½ Σ λᵢ xᵢ² over the last dimension.
Loss quadratic(const Tensor& lambda);

/// A loss in terms of autograd.
Loss differentiated(std::function<Tensor(const Tensor& weights)> loss);

} // namespace descent::test
