#include "core/engine/ensemble_scores.h"

#include "core/engine/member_layout.h"

#include <algorithm>
#include <ranges>

namespace descent {

namespace {

constexpr std::int64_t kHeld = 1 << 22; // numbers that the units leave in a pass

std::vector<std::vector<std::int64_t>> shapes_of(const EnsembleMember& member) {
    std::vector<std::vector<std::int64_t>> shapes;
    for (const auto& spec : member.model().weights()) shapes.push_back(spec.shape);
    return shapes;
}

/// [K, P] as a tensor for each weight, [K, shape…].
std::vector<Tensor> apart(const Tensor& weights, const std::vector<std::vector<std::int64_t>>& shapes) {
    std::vector<Tensor> all;
    std::int64_t at = 0;
    for (auto shape : shapes) {
        const auto numbers = c10::multiply_integers(shape);
        shape.insert(shape.begin(), weights.size(0));
        all.push_back(weights.narrow(1, at, numbers).reshape(shape));
        at += numbers;
    }
    return all;
}

} // namespace

std::vector<ClassScores> ensemble_scores(const std::vector<const EnsembleMember*>& members,
                                         const std::vector<Tensor>& weights, const Examples& set) {
    const at::NoGradGuard no_grad;
    std::vector<ClassScores> all;
    const auto n = set.size();
    const auto* label = set.labels.data_ptr<std::int64_t>();
    for (std::size_t begin = 0; begin < members.size();) {
        const auto shapes = shapes_of(*members[begin]);
        const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, kHeld / (n * units(shapes))));
        auto end = begin + 1;
        while (end < members.size() && end - begin < most && shapes_of(*members[end]) == shapes) ++end;
        const auto together = at::stack(at::TensorList(weights).slice(begin, end - begin));
        const auto outputs = members[begin]->model().ensemble_logits(apart(together, shapes), set.inputs);
        const auto scores = members[begin]->loss().scores(outputs.flatten(0, 1)).contiguous();
        const auto* score = scores.data_ptr<double>();
        for (; begin < end; ++begin, score += n * scores.size(1))
            all.push_back({scores.size(1), {label, label + n}, {score, score + n * scores.size(1)}});
    }
    return all;
}

} // namespace descent
