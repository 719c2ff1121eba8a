#pragma once

#include "core/base/run_spec.h"
#include "core/engine/weights.h"

#include <filesystem>
#include <string>
#include <vector>

namespace descent {

/// What is cut of a network, as the regime's section "Pruning" says (core/base/pruning.h). Everything is a
/// function of the spec and the parent's trained weights. Thread: any, one at a time.

/// A weight tensor that may be cut, and where it lies in the flat buffer.
struct PrunableLayer {
    std::string name;
    std::int64_t at = 0, size = 0;
};

/// Weights of two and more dimensions in the model's order: linear, convolutional and recurrent ones, never
/// biases and norms. Embeddings (those with "embedding" in their name) only where the regime asks; the last
/// of the others is the read-out, which the regime may keep. Throws InputError where nothing is left.
std::vector<PrunableLayer> prunable_layers(const Weights& weights, const ParamSet& regime);

/// Which weights a network has: of the flat buffer [P] some are cut, and 0 for good. Dense until told
/// otherwise. Whoever changes weights or takes a gradient calls cut() on them, so that norms, noise,
/// curvature and the optimizer's state are those of the pruned network.
class Mask {
public:
    bool cuts() const { return kept_.defined(); }
    /// `kept` [P], of bytes: not 0 is kept.
    void set(const Tensor& kept);
    /// The live one, of bytes; undefined for a dense network. Whoever writes into it calls set() with it.
    const Tensor& kept() const { return kept_; }
    /// Sets what belongs to weights that are cut to 0 in `vector` [P].
    void cut(const Tensor& vector) const;
    /// How many of the `weights` [P] are cut and yet not 0.
    std::int64_t stray(const Tensor& weights) const;

private:
    Tensor kept_, cut_; // bytes, and their negation as booleans
};

/// A trained network: weights [P], and its mask [P] of bytes (all 1 for a dense one).
struct TrainedNetwork {
    Tensor weights, kept;
};

/// From the checkpoint a run ended with. `source`: Model::source's hash. Throws InputError where the file is
/// damaged or of another model.
TrainedNetwork read_trained(const std::filesystem::path& checkpoint, const Weights& like,
                            const std::string& source = {});

/// The mask [P] of the spec's network: the parent's, less what its level cuts; for the random branches as
/// many, shuffled within each layer, over all layers, or spread evenly over the layers and shuffled within
/// each (open_lth's strategies). Of equal magnitudes the first in the buffer are cut, as NumPy's stable
/// argsort has it. Never cuts more than is there; what the parent lacks stays cut.
Tensor kept_weights(const TrainedNetwork& parent, const std::vector<PrunableLayer>& layers,
                    const RunSpec& spec);

/// Of `n` prunable weights, how many stay at the spec's level.
std::int64_t planned_kept(std::int64_t n, const ParamSet& regime);

/// Share of a layer's weights, and of all prunable ones, that the mask [P] keeps.
double density(const Tensor& kept, const PrunableLayer& layer);
double density(const Tensor& kept, const std::vector<PrunableLayer>& layers);

/// "level 3: 512 of 1,000 prunable weights remain (51%), by magnitude over all layers; the weights are those
/// of update 0 again", and a warning for each layer that has none left.
struct PruningReport {
    std::string line;
    std::vector<std::string> warnings;
};
PruningReport report(const Tensor& kept, const std::vector<PrunableLayer>& layers, const ParamSet& regime);

} // namespace descent
