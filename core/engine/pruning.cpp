#include "core/engine/pruning.h"

#include "core/base/format.h"
#include "core/base/pruning.h"
#include "core/base/result.h"
#include "core/engine/checkpoint.h"
#include "core/store/checkpoint_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>

namespace descent {

namespace {

using Indices = std::vector<std::int64_t>;

RandomStream stream(const RunSpec& spec, const char* what) {
    return {spec.seed,
            "pruning/" + std::string(what) + "/" + std::to_string(prune_level(spec.regime.params))};
}

/// Of the places, those that the mask still keeps.
Indices standing(const std::uint8_t* kept, std::span<const PrunableLayer> layers) {
    Indices all;
    for (const auto& layer : layers)
        for (std::int64_t i = layer.at; i < layer.at + layer.size; ++i)
            if (kept[i] != 0) all.push_back(i);
    return all;
}

std::int64_t size_of(std::span<const PrunableLayer> layers) {
    return std::accumulate(layers.begin(), layers.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& layer) { return sum + layer.size; });
}

/// Leaves `count` of the weights of these layers: those with the highest scores; of equal ones the last.
void leave(std::uint8_t* kept, const double* scores, std::span<const PrunableLayer> layers,
           std::int64_t count) {
    auto candidates = standing(kept, layers);
    const auto cut = std::clamp<std::int64_t>(std::ssize(candidates) - count, 0, std::ssize(candidates));
    // In the buffer's order before, so ties are broken by it: the same on every machine.
    const auto lower = [&](std::int64_t a, std::int64_t b) {
        return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
    };
    std::ranges::nth_element(candidates, candidates.begin() + cut, lower);
    for (std::int64_t i = 0; i < cut; ++i) kept[candidates[static_cast<std::size_t>(i)]] = 0;
}

void shuffle_within(std::uint8_t* kept, const std::vector<PrunableLayer>& layers, RandomStream random) {
    for (const auto& layer : layers)
        random.shuffle(std::span(kept + layer.at, static_cast<std::size_t>(layer.size)));
}

/// The mask of all layers, one after the other, shuffled as one.
void shuffle_across(std::uint8_t* kept, std::span<const PrunableLayer> layers, RandomStream random) {
    std::vector<std::uint8_t> all;
    for (const auto& layer : layers) all.insert(all.end(), kept + layer.at, kept + layer.at + layer.size);
    random.shuffle(std::span(all));
    auto from = all.begin();
    for (const auto& layer : layers) {
        std::copy_n(from, layer.size, kept + layer.at);
        from += layer.size;
    }
}

/// As many as there are, the same share of each layer to the rounding of one weight.
void spread_evenly(std::uint8_t* kept, const std::vector<PrunableLayer>& layers) {
    const auto left = static_cast<double>(standing(kept, layers).size()),
               all = static_cast<double>(size_of(layers));
    std::int64_t before = 0, placed = 0;
    for (const auto& layer : layers) {
        before += layer.size;
        const auto until = std::llround(left * static_cast<double>(before) / all);
        std::fill_n(kept + layer.at, layer.size, std::uint8_t{0});
        std::fill_n(kept + layer.at, until - placed, std::uint8_t{1});
        placed = until;
    }
}

} // namespace

void Mask::set(const Tensor& kept) {
    if (!kept_.is_same(kept)) kept_ = kept.to(at::kByte, /*non_blocking=*/false, /*copy=*/true);
    cut_ = kept_.eq(0);
}

void Mask::cut(const Tensor& vector) const {
    if (cut_.defined()) vector.masked_fill_(cut_, 0);
}

std::int64_t Mask::stray(const Tensor& weights) const {
    return cut_.defined() ? weights.masked_select(cut_).count_nonzero().item<std::int64_t>() : 0;
}

std::vector<PrunableLayer> prunable_layers(const Weights& weights, const ParamSet& regime) {
    const auto is_embedding = [](const std::string& name) {
        return name.find("embedding") != std::string::npos;
    };
    std::string readout;
    bool embeddings = false;
    for (const auto& leaf : weights.leaves()) {
        if (leaf.tensor.dim() < 2) continue;
        embeddings = embeddings || is_embedding(leaf.name);
        if (!is_embedding(leaf.name)) readout = leaf.name;
    }
    std::vector<PrunableLayer> layers;
    std::int64_t at = 0;
    for (const auto& leaf : weights.leaves()) {
        const auto size = leaf.tensor.numel();
        const bool asked = is_embedding(leaf.name) ? regime.flag("prune_embeddings")
                                                   : leaf.name != readout || regime.flag("prune_output");
        if (leaf.tensor.dim() >= 2 && asked) layers.push_back({leaf.name, at, size});
        at += size;
    }
    if (layers.empty())
        throw InputError("regime.prune_level: this model has no weights to cut but its read-out" +
                         std::string(embeddings ? " and embeddings" : "") + "; expected prune_output = true" +
                         (embeddings ? " or prune_embeddings = true" : ""));
    return layers;
}

TrainedNetwork read_trained(const std::filesystem::path& checkpoint, const Weights& like,
                            const std::string& source) {
    const auto content = read_tensor_file(checkpoint);
    require_source(checkpoint, content, source);
    const auto find = [&](const std::string& name) -> const TensorFile::Tensor* {
        const auto found = std::ranges::find(content.tensors, name, &TensorFile::Tensor::name);
        return found == content.tensors.end() ? nullptr : &*found;
    };
    const auto copy = [&](const TensorFile::Tensor& from, const Tensor& into) {
        if (from.data.size() != into.nbytes())
            throw InputError(checkpoint.string() + ": '" + from.name + "' does not fit this run's network");
        std::memcpy(into.data_ptr(), from.data.data(), from.data.size());
    };
    TrainedNetwork network{at::empty_like(like.flat()), at::ones({like.count()}, at::kByte)};
    std::int64_t at = 0;
    for (const auto& leaf : like.leaves()) {
        const auto size = leaf.tensor.numel();
        const auto* weight = find("model/" + leaf.name);
        if (!weight || weight->shape != leaf.tensor.sizes().vec())
            throw InputError(checkpoint.string() + ": lacks '" + leaf.name +
                             "' as this run's network has it");
        copy(*weight, network.weights.narrow(0, at, size));
        if (const auto* mask = find("mask/" + leaf.name)) copy(*mask, network.kept.narrow(0, at, size));
        at += size;
    }
    return network;
}

std::int64_t planned_kept(std::int64_t n, const ParamSet& regime) {
    return n - std::llround(static_cast<double>(n) * planned_sparsity(regime, prune_level(regime)));
}

Tensor kept_weights(const TrainedNetwork& parent, const std::vector<PrunableLayer>& layers,
                    const RunSpec& spec) {
    const auto& regime = spec.regime.params;
    auto kept = parent.kept.clone();
    auto* mask = kept.data_ptr<std::uint8_t>();
    auto scores = parent.weights.to(at::kDouble).abs();
    auto* score = scores.data_ptr<double>();
    if (regime.text("prune_by") == "random") {
        auto random = stream(spec, "cut");
        for (std::int64_t i = 0; i < scores.numel(); ++i) score[i] = random.uniform();
    }
    if (regime.text("prune_scope") == "layer")
        for (const auto& layer : layers)
            leave(mask, score, std::span(&layer, 1), planned_kept(layer.size, regime));
    else
        leave(mask, score, layers, planned_kept(size_of(layers), regime));
    const auto& branch = regime.text("prune_branch");
    if (branch == "random-mask-global") shuffle_across(mask, layers, stream(spec, "mask"));
    if (branch == "random-mask-even") spread_evenly(mask, layers);
    if (branch == "random-mask" || branch == "random-mask-even")
        shuffle_within(mask, layers, stream(spec, "mask"));
    return kept;
}

double density(const Tensor& kept, const PrunableLayer& layer) {
    return static_cast<double>(kept.narrow(0, layer.at, layer.size).count_nonzero().item<std::int64_t>()) /
           static_cast<double>(layer.size);
}

double density(const Tensor& kept, const std::vector<PrunableLayer>& layers) {
    std::int64_t left = 0;
    for (const auto& layer : layers)
        left += kept.narrow(0, layer.at, layer.size).count_nonzero().item<std::int64_t>();
    return static_cast<double>(left) / static_cast<double>(size_of(layers));
}

PruningReport report(const Tensor& kept, const std::vector<PrunableLayer>& layers, const ParamSet& regime) {
    const auto all = size_of(layers);
    const double share = density(kept, layers);
    const bool random = regime.text("prune_by") == "random", layer = regime.text("prune_scope") == "layer";
    PruningReport said;
    said.line = "level " + std::to_string(prune_level(regime)) + ": " +
                format_count(std::llround(share * static_cast<double>(all))) + " of " + format_count(all) +
                " prunable weights remain (" + format_percent(share) + "), chosen " +
                (random ? "at random" : "by magnitude") + (layer ? " in each layer" : " over all layers");
    const auto& branch = regime.text("prune_branch");
    if (branch == "random-mask") said.line += ", then shuffled within each layer";
    if (branch == "random-mask-global") said.line += ", then shuffled over all layers";
    if (branch == "random-mask-even") said.line += "; then as many at random, the same share of each layer";
    if (branch == "reinitialised")
        said.line += "; their weights are drawn anew";
    else if (regime.text("prune_rewind") == "none")
        said.line += "; training goes on from the trained weights";
    else
        said.line += "; their weights are those of update " + format_count(prune_begin(regime)) + " again";
    for (const auto& one : layers)
        if (density(kept, one) == 0)
            said.warnings.push_back("no weight of layer '" + one.name +
                                    "' remains; regime.prune_scope = layer would keep some in each");
    return said;
}

} // namespace descent
