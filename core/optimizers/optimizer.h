#pragma once

#include "core/base/catalog.h"
#include "core/engine/torch.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// An update rule with its parameters; its state belongs to one run. Thread: the trainer's.
class Optimizer {
public:
    virtual ~Optimizer() = default;
    /// Changes `weights` [P] in place. `gradient` [P] is not kept and may be overwritten. `lr` ≥ 0 is the
    /// step size now in force.
    virtual void step(Tensor& weights, Tensor& gradient, double lr) = 0;
    /// The state by name, in a fixed order; the tensors are the live ones, so that copying into them restores
    /// it.
    virtual std::vector<std::pair<std::string, Tensor>> state() = 0;
};

struct OptimizerDefinition {
    Entry entry; ///< every optimizer has a real parameter "lr"
    /// `like`: a tensor of the weights' size and type.
    std::function<std::unique_ptr<Optimizer>(const ParamSet&, const Tensor& like)> make;
};

} // namespace descent
