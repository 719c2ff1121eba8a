#include "core/engine/evaluation.h"

namespace descent {

void Evaluation::add(const Tensor& logits, const Tensor& losses, const Tensor& labels) {
    loss_sum += losses.detach().to(at::kDouble).sum().item<double>();
    const auto answers = logits.detach().argmax(1);
    const auto* truth = labels.data_ptr<std::int64_t>();
    const auto* answer = answers.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < labels.size(0); ++i) ++confusion.at(truth[i], answer[i]);
}

Evaluation evaluate(const Model& model, const Weights& weights, const std::vector<Examples>& chunks,
                    std::int64_t classes) {
    const at::NoGradGuard no_grad;
    Evaluation result(classes);
    for (const auto& chunk : chunks) {
        const auto logits = model.logits(weights, chunk);
        result.add(logits, at::cross_entropy_loss(logits, chunk.labels, {}, at::Reduction::None),
                   chunk.labels);
    }
    return result;
}

} // namespace descent
