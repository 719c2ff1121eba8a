#include "core/models/text_embedding.h"

#include "core/text/vocabulary.h"

#include <cmath>

namespace descent {

TextEmbedding::TextEmbedding(const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
    if (!shape.words) throw InputError("a model of texts needs a task of texts");
    const auto& words = *shape.words;
    const auto& kind = params.text("embedding");
    trained_ = kind != "frozen";
    known_ = words.known;
    size_ = params.integer("embedding_size");
    if (kind == "frozen" && !words.vectors.defined())
        throw InputError("model.embedding = frozen: the task has no word vectors; expected task.vector_kind "
                         "= ppmi or file, or model.embedding = random");
    if (kind == "random" || !words.vectors.defined()) return;
    size_ = words.vectors.size(1);
    start_ = words.vectors;
    if (!trained_) return;
    // A word without a vector begins with one drawn, as long as the others are on average.
    const auto there = words.in_file.defined() ? words.in_file : at::ones({known_}, at::kBool);
    const auto present = start_.index({there});
    if (present.numel() > 0) scale_ = std::sqrt(3 * present.to(at::kDouble).square().mean().item<double>());
    start_ = start_.clone();
    RandomStream random(seed, "embedding");
    for (std::int64_t id = 1; id < known_; ++id) {
        if (there.data_ptr<bool>()[id]) continue;
        auto* row = start_.data_ptr<float>() + id * size_;
        for (std::int64_t i = 0; i < size_; ++i) row[i] = static_cast<float>(random.uniform(-scale_, scale_));
    }
}

void TextEmbedding::add(std::vector<WeightSpec>& specs) const {
    if (trained_)
        specs.push_back({"embedding.weight", {known_, size_}, WeightSpec::Init::uniform, scale_, start_});
}

Tensor TextEmbedding::ids(const Tensor& inputs) const {
    const auto ids = inputs.to(at::kLong);
    return ids.masked_fill(ids >= known_, Vocabulary::unknown);
}

Tensor TextEmbedding::operator()(const Weights& weights, const Tensor& ids) const {
    if (trained_) return at::embedding(weights[0], ids, Vocabulary::padding);
    return at::embedding(start_, ids).to(weights[0].scalar_type());
}

ParamTable embedding_params() {
    return {
        choice(
            "embedding", "fine-tuned", {"fine-tuned", "frozen", "random"},
            "Word vectors: the task's and trained further (drawn where it has none), the task's as they are, "
            "or drawn and trained"),
        integer("embedding_size", 100, "Numbers a word, where the task has no vectors or they are drawn")
            .at_least(1)
            .at_most(4096)
            .log()};
}

std::vector<Examples> prepare_texts(const Examples& set, std::int64_t chunk) {
    if (set.size() <= chunk) return set.size() > 0 ? std::vector{set} : std::vector<Examples>{};
    const auto order = std::get<1>(set.lengths.sort(/*stable=*/true, 0, false));
    std::vector<Examples> chunks;
    for (std::int64_t begin = 0; begin < set.size(); begin += chunk) {
        const auto places = order.slice(0, begin, std::min(set.size(), begin + chunk));
        chunks.push_back(set.at(places));
        chunks.back().places = places;
    }
    return chunks;
}

Tensor draw_dropout(std::int64_t n, std::int64_t units, double dropout, RandomStream& random) {
    if (dropout <= 0) return {};
    auto masks = at::empty({n, units}, at::kByte);
    auto* keep = masks.data_ptr<std::uint8_t>();
    for (std::int64_t i = 0; i < masks.numel(); ++i) keep[i] = random.uniform() >= dropout;
    return masks;
}

} // namespace descent
