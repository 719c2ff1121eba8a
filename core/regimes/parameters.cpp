#include "core/base/schedule.h"
#include "core/regimes/regime.h"

#include <iterator>

namespace descent {

namespace {

ParamTable batches() {
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
            "order", "shuffled", {"shuffled", "once", "fixed", "replacement"},
            "How mini-batches are drawn: in a new order each epoch, in one random order kept throughout, in "
            "the order of the data (often sorted by class), or with replacement"),
        choice("reduction", "mean", {"mean", "sum", "sum-of-means"},
               "Gradient of the mean or of the sum of the batch's losses, or the sum over micro-batches of "
               "their mean"),
        real("clip_norm", 0,
             "Largest L2 norm of the whole gradient, in units of the reduction; 0 does not clip")
            .at_least(0)
            .log(),
        choice("clip_at", "update", {"update", "micro-batch"},
               "Clips the whole gradient once, or its running sum after each micro-batch, which depends on "
               "their order")
            .under("Clipping"),
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
        real("evaluate_share", 0,
             "Largest share of the run's time that evaluations may take: of those that evaluate_every asks "
             "for some are left out to keep to it, never the first or the last; 0 leaves none out")
            .at_least(0)
            .at_most(1)
            .observing(),
        integer("checkpoint_every", 0,
                "Passes between checkpoints, beside those made every ten seconds and at the end; 0: none "
                "beside them")
            .at_least(0)
            .in("epochs"),
        integer("record_every", 1,
                "Updates between two records of what every update measures (step, gradient norm, batch loss)")
            .at_least(1)
            .in("updates")
            .log()
            .observing(),
        choice("precision", "float32", {"float32", "float64", "bfloat16"},
               "Arithmetic of weights and gradients; bfloat16: as float32, but a gradient's matrix products "
               "are of "
               "factors with 8 bits, which is faster (elman, gru, lstm, crnn-attention)"),
        choice("batch_schedule", "constant", {"constant", "linear", "geometric"},
               "How the batch grows from batch_size to batch_end, epoch by epoch")
            .under("Batch growth"),
        integer("batch_end", 0, "Batch size to grow to; 0 is the whole training set")
            .at_least(0)
            .in("examples")
            .log()
            .under("Batch growth"),
        real("batch_growth", 1, "Share of the run's epochs over which the batch grows")
            .above(0)
            .at_most(1)
            .under("Batch growth"),
    };
}

ParamTable clipping() {
    return {
        real("clip_value", 0, "Largest absolute value of each element of the gradient; 0 does not clip")
            .at_least(0)
            .log()
            .under("Clipping"),
        real("clip_layer", 0, "Largest L2 norm of each weight tensor's gradient; 0 does not clip")
            .at_least(0)
            .log()
            .under("Clipping"),
        real("clip_agc", 0,
             "Adaptive clipping: largest ratio of a unit's gradient norm to its weights' norm (Brock et al. "
             "2021 use 0.01); 0 does not clip")
            .at_least(0)
            .log()
            .under("Clipping"),
    };
}

ParamTable loss() {
    return {
        choice("loss", "cross-entropy",
               {"cross-entropy", "mse", "nll", "focal", "multi-margin", "poisson-nll", "l1", "huber"},
               "What is descended. On logits: cross-entropy (of the softmax, or of the sigmoid where two "
               "classes "
               "have one output), focal (cross-entropy times (1 − p)^γ), multi-margin (hinge of each wrong "
               "class) "
               "or poisson-nll (each output the logarithm of a rate). On log-softmax outputs: nll. On "
               "numbers, 0 "
               "and 1 for classes: squared error ½‖output − wanted‖², l1 or huber")
            .under("Loss"),
        real("focal_gamma", 2,
             "γ of the focal loss: how much less an example counts that is answered surely; "
             "0 is cross-entropy (Lin et al. 2017 use 2)")
            .at_least(0)
            .at_most(100)
            .under("Loss"),
        real("margin", 1, "By how much the right class has to lead under multi-margin")
            .above(0)
            .log()
            .under("Loss"),
        real("huber_delta", 1, "Distance from which huber grows straight").above(0).log().under("Loss"),
        choice("mse_form", "half", {"half", "full"},
               "Squared error as ½‖output − wanted‖², or without the ½, as torch.nn.MSELoss")
            .under("Loss"),
        real("positive_weight", 1,
             "Factor on the loss of class 1, in a task of two classes; 1 treats both alike")
            .above(0)
            .log()
            .under("Loss"),
        real("label_smoothing", 0, "Share of each label's weight given to other classes")
            .at_least(0)
            .below(1)
            .under("Loss"),
        choice("smoothing_over", "all", {"all", "wrong"},
               "Over all classes, the right one among them (s/K each, as PyTorch), or the wrong ones alone "
               "(s/(K − 1) each, as the full-batch paper)")
            .under("Loss"),
        real("label_noise", 0, "Share of training labels replaced, once, by a wrong class drawn at random")
            .at_least(0)
            .at_most(1)
            .under("Loss"),
    };
}

ParamTable regularizer() {
    return {
        real("penalty", 0,
             "Strength α of the gradient-norm penalty (lr/4)·α·mean‖∇L_block‖²; 1 is the implicit "
             "regularization of SGD (Smith et al. 2021), 0 none")
            .at_least(0)
            .under("Gradient penalty"),
        integer("block", 0,
                "Examples per block, for the penalty and for mini-batch noise; 0 takes micro_batch")
            .at_least(0)
            .in("examples")
            .log()
            .under("Gradient penalty"),
        flag("reshuffle_blocks", false, "Draw other blocks at each update").under("Gradient penalty"),
        choice("penalty_form", "half", {"half", "full"},
               "Apply half of the penalty's gradient, (lr/4)·α·Hg, as the full-batch paper's code does, or "
               "all of it, (lr/2)·α·Hg")
            .under("Gradient penalty"),
        choice(
            "penalty_difference", "forward", {"forward", "central", "exact"},
            "How Hg is found: from gradients at one point further (two passes a block), at two (three), or "
            "by double backward")
            .under("Gradient penalty"),
        real("penalty_eps", 0.01, "Length of the finite difference's step in weight space")
            .above(0)
            .log()
            .under("Gradient penalty"),
    };
}

ParamTable noise() {
    return {
        real("noise", 0, "Strength of the noise added to the gradient; 0 adds none")
            .at_least(0)
            .log()
            .under("Noise"),
        choice(
            "noise_kind", "isotropic", {"isotropic", "multiplicative", "diagonal", "mini-batch"},
            "Its covariance: s²·I, s²·diag(g²), or that of mini-batches of noise_batch examples, its "
            "diagonal alone or (from the spread of the blocks' gradients) whole; s = 1 then puts back what "
            "the full batch took away")
            .under("Noise"),
        integer("noise_batch", 32, "Mini-batch whose gradient noise is imitated")
            .at_least(1)
            .in("examples")
            .log()
            .under("Noise"),
        real("sam_radius", 0,
             "Sharpness-aware step: the gradient is taken at w + ρ·g/‖g‖ (Foret et al. 2021, ρ = 0.05); 0 "
             "does not")
            .at_least(0)
            .log()
            .under("Noise"),
    };
}

ParamTable averaging() {
    return {
        choice("averaging", "none", {"none", "ema", "swa"},
               "Keeps an average of the weights and evaluates it too: exponential at each update, or the "
               "plain mean of the weights after each epoch (Izmailov et al. 2018)")
            .under("Averaging"),
        real("ema_decay", 0.999, "Share of the exponential average kept at each update")
            .at_least(0)
            .below(1)
            .under("Averaging"),
        real("swa_start", 0.75, "Share of the run after which the plain mean begins")
            .at_least(0)
            .below(1)
            .under("Averaging"),
    };
}

ParamTable stopping() {
    return {
        integer("patience", 0,
                "Ends the run after so many evaluations without a better one; 0 trains to the end")
            .at_least(0)
            .in("evaluations")
            .under("Early stopping"),
        choice("stop_on", "validation-loss", {"validation-loss", "validation-accuracy"},
               "What has to get better")
            .under("Early stopping"),
        real("stop_delta", 0, "By how much it has to get better to count")
            .at_least(0)
            .under("Early stopping"),
        integer("stop_when_perfect", 0,
                "Ends the run so many updates after all training examples were first answered rightly; 0 "
                "trains on")
            .at_least(0)
            .in("updates")
            .log()
            .under("Early stopping"),
    };
}

ParamTable instruments() {
    return {
        real(
            "probe_share", 0.05,
            "Time that instruments may take, as a share of training time: they look less often to keep to it")
            .above(0)
            .at_most(100)
            .log()
            .under("Instruments")
            .observing(),
        integer("probe_every", 0,
                "Updates between two looks of each instrument, whatever it costs; 0 goes by probe_share")
            .at_least(0)
            .in("updates")
            .under("Instruments")
            .observing(),
        integer("probe_examples", 2048, "Training examples that instruments go by, at most")
            .at_least(1)
            .in("examples")
            .log()
            .under("Instruments")
            .observing(),
        integer(
            "probe_sharpness", 0,
            "Number of largest Hessian eigenvalues to follow against the rule's stability limit (2/lr for "
            "gradient descent); 0 for none. A look costs about 8 to 25 gradients over probe_examples")
            .at_least(0)
            .at_most(16)
            .under("Instruments")
            .observing(),
        flag("probe_noise_scale", false,
             "Gradient noise scale tr Σ/‖g‖² (McCandlish et al. 2018): the batch size from which larger ones "
             "gain little. Costs one gradient over probe_examples")
            .under("Instruments")
            .observing(),
        flag("probe_cosine", false,
             "Cosine between successive gradients: −1 bounces, 1 glides. Costs a copy of the gradient")
            .under("Instruments")
            .observing(),
        flag("probe_distance", false,
             "Distance from the first weights, and norm. Costs two passes over the weights")
            .under("Instruments")
            .observing(),
        flag("probe_update_ratio", false,
             "‖Δw‖/‖w‖ of each weight tensor; about 1e-3 is healthy. Costs a copy of the weights")
            .under("Instruments")
            .observing(),
        flag("probe_histograms", false,
             "Histograms of weights and gradients by tensor over time. Costs two passes over the weights")
            .under("Instruments")
            .observing(),
        flag("probe_weights", false,
             "All weights, at the start and at the end of the run. Costs a copy of the weights")
            .under("Instruments")
            .observing(),
        flag("probe_dead_units", false,
             "Share of units that are never active, or always saturated, by layer. Costs a third of a "
             "gradient "
             "over probe_examples")
            .under("Instruments")
            .observing(),
        choice("probe_landscape", "none", {"none", "line", "plane", "both"},
               "Loss along the update's direction (21 points, each a third of a gradient over "
               "probe_examples), and at the end of the run on a random plane (441 points)")
            .under("Instruments")
            .observing(),
    };
}

ParamTable pruning() {
    return {
        integer("prune_level", 0,
                "Times that weights have been cut: 0 is the dense network; level L cuts the trained network "
                "of level L − 1, goes back to earlier weights and trains again. Makes nothing faster")
            .at_least(0)
            .at_most(200)
            .under("Pruning"),
        real("prune_share", 0.2, "Share of the remaining weights that each level cuts")
            .at_least(0)
            .below(1)
            .under("Pruning"),
        text("prune_sparsities", "",
             "Share of all prunable weights that is cut after each level, such as 0.2,0.36,0.6; empty goes "
             "by prune_share")
            .under("Pruning"),
        choice("prune_by", "magnitude", {"magnitude", "random"},
               "What is cut: the weights nearest to zero after training, or any")
            .under("Pruning"),
        choice("prune_scope", "global", {"global", "layer"},
               "Weights of all layers compete, or each layer loses the same share")
            .under("Pruning"),
        choice("prune_iterations", "iterative", {"iterative", "one-shot"},
               "A level cuts the trained network of the level before it, or, in one step as much, the dense "
               "one")
            .under("Pruning"),
        choice(
            "prune_rewind", "start", {"start", "update", "none"},
            "Where the remaining weights go on from: the first draw (the lottery ticket), the dense "
            "network's at update prune_rewind_update (late rewinding, with step size and order of examples "
            "as they were then), or where they are (fine-tuning)")
            .under("Pruning"),
        integer("prune_rewind_update", 0,
                "Updates of the dense network that late rewinding goes back to; each level makes them again "
                "before it begins")
            .at_least(0)
            .in("updates")
            .log()
            .under("Pruning"),
        choice("prune_branch", "ticket",
               {"ticket", "random-mask", "random-mask-global", "random-mask-even", "reinitialised"},
               "The ticket, or what it has to be better than: the same number of weights in each layer, but "
               "others; as many in all, anywhere; as many, the same share of each layer; or the ticket's "
               "weights, drawn anew")
            .under("Pruning"),
        flag("prune_output", true, "Cut the read-out layer's weights too").under("Pruning"),
        flag("prune_embeddings", false, "Cut embeddings too").under("Pruning"),
    };
}

ParamTable changes() {
    return {text("changes", "",
                 "Changes to make while training, such as 100 optimizer.lr=0.05; 200 regime.clip_norm=0.5: "
                 "after so many updates the step size, a clip or the batch size")
                .under("Changes")};
}

} // namespace

ParamTable regime_params() {
    ParamTable all;
    for (auto& part : {batches(), clipping(), schedule_params(), loss(), regularizer(), noise(), averaging(),
                       stopping(), pruning(), changes(), instruments()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

} // namespace descent
