#include "core/engine/registry.h"
#include "core/optimizers/adam.h"

namespace descent {

/// Adam whose weight decay acts on the weights and not through the moments. Loshchilov & Hutter 2019.
OptimizerDefinition optimizer_adamw() {
    return {
        {.id = "adamw",
         .title = "AdamW",
         .summary = "Adam with weight decay taken straight off the weights, not through the moments",
         .params = adam_params(1e-2, "Share of the weights, times lr, taken off at each update"),
         .formula = "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  "
                    "x ← (1 − lr·wd)·x − lr·m̂ / (√v̂ + ε)"},
        [](const ParamSet& p, const WeightLayout& layout) { return make_adam(p, layout, Decay::decoupled); }};
}

} // namespace descent
