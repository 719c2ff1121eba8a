#include "core/engine/evaluation.h"

namespace descent {

void Evaluation::add(const Tensor& outputs, const Tensor& losses, const Tensor& truths,
                     const Tensor& answers) {
    loss_sum += losses.detach().to(at::kDouble).sum().item<double>();
    examples += truths.size(0);
    if (!answers.defined()) return;
    const auto* truth = truths.data_ptr<std::int64_t>();
    const auto* answer = answers.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < truths.size(0); ++i) ++confusion.at(truth[i], answer[i]);
    if (!keeps_logits) return;
    const auto all = outputs.detach().to(at::kDouble).contiguous();
    logits.insert(logits.end(), all.data_ptr<double>(), all.data_ptr<double>() + all.numel());
    labels.insert(labels.end(), truth, truth + truths.size(0));
}

Evaluation evaluate(const Model& model, const Weights& weights, const LossFunction& loss,
                    const std::vector<Examples>& chunks, std::int64_t classes, bool keep_logits) {
    const at::NoGradGuard no_grad;
    Evaluation result(classes, keep_logits);
    for (const auto& chunk : chunks) {
        const auto outputs = model.logits(weights, chunk);
        result.add(outputs, loss.reported(outputs, chunk.labels, chunk.targets), chunk.labels,
                   loss.answers(outputs));
    }
    return result;
}

} // namespace descent
