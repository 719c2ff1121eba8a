#pragma once

#include "core/base/catalog.h"
#include "core/engine/examples.h"
#include "core/engine/weights.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace descent {

/// A network family with its parameters fixed: a pure function from weights and examples to logits. Holds no
/// weights, so one model serves any number of sets of them. Thread: any, const throughout.
class Model {
public:
    virtual ~Model() = default;
    virtual std::vector<WeightSpec> weights() const = 0;
    /// Logits [n, classes], or whatever the outputs are (TaskShape::width), of the n examples, in their
    /// order; differentiable in the weights.
    virtual Tensor logits(const Weights& weights, const Examples& examples) const = 0;

    /// Outputs [K, n, outputs] of K networks of this family, differentiable in `weights`: one tensor for each
    /// of weights(), [K, shape…]. `inputs` [n, …] for all of them, or [K, n, …]. Undefined where the family
    /// cannot be trained as an ensemble.
    virtual Tensor ensemble_logits(const std::vector<Tensor>& weights, const Tensor& inputs) const;
    /// Of a model that is linear in its weights: what they are multiplied with [n, features], so that the
    /// outputs are features · weights[0]ᵀ and there are no other weights. Undefined for others.
    virtual Tensor features(const Examples& examples) const;

    /// The outputs of each layer of units for the examples, by name, after the nonlinearity; for "dead
    /// units". Empty for models that have none to show.
    struct Activation {
        std::string layer;
        Tensor values; ///< [rows, units]: a row for each example, or for each step of each; no gradient
        double least, largest; ///< at which a unit can stay whatever it is given: −1 and 1 for tanh, 0 for
                               ///< relu; NaN for none
    };
    virtual std::vector<Activation> activations(const Weights& weights, const Examples& examples) const;

    /// Draws what dropout keeps of n examples, for Examples::masks; undefined for a model without dropout.
    virtual Tensor draw_masks(std::int64_t n, RandomStream& random) const;

    /// Whether an example's outputs depend on those that it is given with, as batch norm's do: micro_batch
    /// does not cut its batches, and it is evaluated with statistics().
    virtual bool ties_examples() const { return false; }
    /// Of such a model: what normalises examples that it is evaluated on, for Examples::statistics, taken
    /// from the training set in one chunk at these weights ("precise batch norm", Wu and Johnson 2021). No
    /// gradient. Undefined for others.
    virtual Tensor statistics(const Weights& weights, const Examples& training) const;

    /// Files that weights come from: what to say of them, and their SHA-256 together; empty where all are
    /// drawn.
    struct Source {
        std::string line, hash;
    };
    virtual Source source() const { return {}; }

    /// Examples that are best passed over at a time, where nothing but the time depends on it: what a cache
    /// holds of a forward and a backward pass. 0: as many as there may be.
    virtual std::int64_t at_once() const { return 0; }

    /// Whether its matrix products go by multiply() (core/engine/blas.h), so that they can be of bfloat16.
    virtual bool multiplies() const { return false; }

    /// Cuts a set that will be passed over many times into chunks of at most `chunk` examples. The order of
    /// examples inside the set is the model's to choose: it may sort, share and cache (Examples::prepared);
    /// where it moves any, it says where from (Examples::places). The default only cuts.
    virtual std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const;
};

struct ModelDefinition {
    Entry entry;
    /// `seed`: the run's, for what a model draws once and does not train (stream "features").
    std::function<std::unique_ptr<Model>(const ParamSet&, const TaskShape&, std::uint64_t seed)> make;
};

} // namespace descent
