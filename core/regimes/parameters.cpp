#include "core/regimes/regime.h"

namespace descent {

ParamTable regime_params() {
    return {
        integer("batch_size", 32, "Examples per update; 0 takes the whole training set")
            .at_least(0)
            .in("examples")
            .log(),
        integer("micro_batch", 4096,
                "Examples per forward and backward pass: bounds the memory, not the result")
            .at_least(1)
            .in("examples")
            .log(),
        choice(
            "order", "shuffled", {"shuffled", "fixed", "replacement"},
            "How mini-batches are drawn: a new order each epoch, the same order always, or with replacement"),
        choice("reduction", "mean", {"mean", "sum", "sum-of-means"},
               "Gradient of the mean or of the sum of the batch's losses, or the sum over micro-batches of "
               "their mean"),
        real("clip_norm", 0,
             "Largest L2 norm of the whole gradient, in units of the reduction; 0 does not clip")
            .at_least(0)
            .log(),
        choice("clip_at", "update", {"update", "micro-batch"},
               "Clips the whole gradient once, or its running sum after each micro-batch, which depends on "
               "their order"),
        choice("balance", "none", {"none", "loss", "bootstrap"},
               "Evens out classes of different size: not at all, by weighting losses with N/(C·N_class), or "
               "by drawing "
               "examples with replacement, each class as often"),
        choice("augmentation", "fresh", {"fresh", "frozen", "off"},
               "Varied examples and dropout masks, where task and model have them: drawn anew at each use, "
               "once before "
               "training, or not at all"),
        integer("evaluate_every", 1, "Passes between evaluations of the training and validation sets")
            .at_least(1)
            .in("epochs"),
        choice("precision", "float32", {"float32", "float64"}, "Arithmetic of weights and gradients"),
    };
}

} // namespace descent
