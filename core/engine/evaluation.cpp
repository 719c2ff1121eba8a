#include "core/engine/evaluation.h"

#include <algorithm>

namespace descent {

void Evaluation::add(const Tensor& outputs, const Tensor& losses, const Tensor& truths,
                     const Tensor& answers) {
    loss_sum += sum_of(losses);
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

namespace {

void add_scores(ClassScores& into, std::vector<std::int64_t>& places, const Tensor& scores,
                const Examples& chunk) {
    const auto all = scores.contiguous();
    const auto* label = chunk.labels.data_ptr<std::int64_t>();
    const auto* place = chunk.places.defined() ? chunk.places.data_ptr<std::int64_t>() : nullptr;
    into.scores.insert(into.scores.end(), all.data_ptr<double>(), all.data_ptr<double>() + all.numel());
    for (std::int64_t i = 0; i < chunk.size(); ++i) {
        places.push_back(place ? place[i] : into.size());
        into.labels.push_back(label[i]);
    }
}

/// As the set has them, whatever the model has made of its order.
void put_in_order(ClassScores& of, const std::vector<std::int64_t>& places) {
    const auto labels = of.labels;
    const auto scores = of.scores;
    const auto width = static_cast<std::ptrdiff_t>(of.classes);
    for (std::size_t i = 0; i < places.size(); ++i) {
        of.labels[static_cast<std::size_t>(places[i])] = labels[i];
        std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i) * width, width,
                    of.scores.begin() + places[i] * width);
    }
}

} // namespace

Evaluation evaluate(const Model& model, const Weights& weights, const LossFunction& loss,
                    const std::vector<Examples>& chunks, std::int64_t classes, Keeping keeping,
                    const Tensor& statistics) {
    const at::NoGradGuard no_grad;
    Evaluation result(classes, keeping.logits);
    std::vector<std::int64_t> places; // of the scored examples in the set
    if (keeping.scores && classes > 0) result.scores.emplace().classes = classes;
    for (auto chunk : chunks) {
        if (keeping.before_chunk) keeping.before_chunk();
        chunk.statistics = statistics;
        const auto outputs = model.logits(weights, chunk);
        result.add(outputs, loss.reported(outputs, chunk.labels, chunk.targets), chunk.labels,
                   loss.answers(outputs));
        if (result.scores) add_scores(*result.scores, places, loss.scores(outputs), chunk);
    }
    if (result.scores) put_in_order(*result.scores, places);
    return result;
}

} // namespace descent
