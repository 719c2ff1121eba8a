#include "core/analysis/divergence.h"
#include "core/store/lineage.h"
#include "core/store/reader.h"

#include <algorithm>

namespace descent {

namespace {

/// Its last checkpoint, where it can be read.
struct Saved {
    Update update{};
    TensorFile file;
};
std::optional<Saved> saved_by(const StoreReader& store, const RunRecord& run,
                              const std::filesystem::path& checkpoints) {
    const auto info = store.last_checkpoint(run.id);
    if (!info) return std::nullopt;
    auto file = guarded([&] { return read_tensor_file(checkpoints / info->file); });
    if (!file) return std::nullopt; // somebody has tidied up
    return Saved{info->update, std::move(*file)};
}

std::size_t place_of(const TensorFile& model, const std::string& layer) {
    const auto at = std::ranges::find(model.tensors, "model/" + layer, &TensorFile::Tensor::name);
    return static_cast<std::size_t>(at - model.tensors.begin());
}

/// The first moment of both at which the matrices of that name differ.
void add_first_difference(Divergence& divergence, const StoreReader& store, const RunRecord& a,
                          const RunRecord& b, const std::string& name) {
    const auto of_b = store.matrix_moments(b.id, name);
    for (const auto& moment : store.matrix_moments(a.id, name)) {
        if (divergence.layer && divergence.layer_update <= moment.update) return;
        if (std::ranges::find(of_b, moment.update, &Moment::update) == of_b.end()) continue;
        const auto x = store.matrix(a.id, name, moment.update), y = store.matrix(b.id, name, moment.update);
        if (x && y) add_matrices(divergence, {*x}, {*y});
    }
}

} // namespace

Divergence why_different(const StoreReader& store, const RunRecord& a, const RunRecord& b,
                         const std::filesystem::path& checkpoints) {
    std::vector<std::string> metrics;
    const auto of_b = store.metrics(b.id);
    for (const auto& metric : store.metrics(a.id))
        if (std::ranges::find(of_b, metric.name, &MetricInfo::name) != of_b.end())
            metrics.push_back(metric.name);
    auto result = why_different(
        a, b, metrics, [&](const std::string& name) { return store.series(a.id, name); },
        [&](const std::string& name) { return store.series(b.id, name); }, parent_names(store, {a, b}));

    const auto saved_a = saved_by(store, a, checkpoints), saved_b = saved_by(store, b, checkpoints);
    auto matrices = store.matrix_names(a.id);
    std::erase_if(matrices, [](const auto& name) { return !layer_of(name); });
    if (saved_a)
        std::ranges::stable_sort(matrices, {},
                                 [&](const auto& name) { return place_of(saved_a->file, *layer_of(name)); });
    for (const auto& name : matrices) add_first_difference(result, store, a, b, name);
    if (saved_a && saved_b && saved_a->update == saved_b->update)
        add_weights(result, saved_a->file, saved_b->file, saved_a->update);
    return result;
}

} // namespace descent
