#include "core/engine/member_layout.h"
#include "core/engine/registry.h"

#include <algorithm>
#include <numeric>

namespace descent {

namespace {

// Numbers that a pass holds for each of its operations: members are taken so many at a time that these stay
// in the processor's cache, and examples so many that they stay in memory.
constexpr std::int64_t kCached = 262'144;
constexpr std::int64_t kHeld = 33'554'432;

/// Members next to each other, of like width, that are passed through together.
struct Part {
    std::int64_t begin = 0, count = 0;
    std::vector<std::vector<std::int64_t>> shapes; ///< of each weight: the widest of these members'
    std::vector<Tensor> own;                       ///< [count, shape]: 1 where a member has a weight; or
                                                   ///< undefined, where all have all
};

/// The examples of one pass. Where the first dimension is said to be K, it may be 1 for all members alike.
struct Batch {
    Tensor inputs;  ///< [n, …], or [K, n, …]
    bool apart;     ///< the latter
    Tensor labels;  ///< [K, n]
    Tensor targets; ///< [n, outputs], or undefined
    Tensor scale;   ///< [n]: what each example's loss counts
    std::int64_t size() const { return labels.size(1); }
};

/// Batched products and autograd over parts of the ensemble. A member's gradient does not depend on what it
/// is passed through with beyond rounding.
class TorchEnsemble : public EnsembleGradient {
public:
    explicit TorchEnsemble(const EnsembleProblem& problem)
        : regime_(problem.specs.front()->regime.params)
        , dtype_(regime_.text("precision") == "float64" ? at::kDouble : at::kFloat)
        , layout_(problem.layout)
        , shape_(problem.data.shape)
        , loss_(regime_, shape_, {}) {
        const auto& data = problem.data;
        const auto& first = *problem.specs.front();
        model_ = registry().model(first.model.id).make(first.model.params, shape_, first.seed);
        for (std::size_t i = 0; i < sides_.size(); ++i) {
            const auto& set = *std::array{&data.train, &data.validation, &data.test}[i];
            if (set.size() == 0) continue;
            if (set.lengths.defined())
                throw InputError("sequences of different lengths cannot be trained on as an ensemble");
            sides_[i] = {set.inputs.to(dtype_),
                         false,
                         set.labels.unsqueeze(0),
                         set.targets.defined() ? set.targets.to(dtype_) : Tensor(),
                         {}};
        }
        auto& train = sides_[0];
        const auto& labels = problem.labels;
        const bool alike = std::ranges::all_of(
            labels, [&](const Tensor& t) { return t.data_ptr() == labels.front().data_ptr(); });
        train.labels = alike ? labels.front().unsqueeze(0) : at::stack(labels);
        train.scale = scales(data.train.size());
        const auto weighted = [](const Tensor& t) { return t.defined(); };
        if (std::ranges::any_of(problem.class_weights, weighted)) {
            std::vector<Tensor> all;
            for (const auto& t : problem.class_weights)
                all.push_back(t.defined() ? t.to(dtype_) : at::ones({shape_.classes}, dtype_));
            class_weights_ = at::stack(all);
        }
        cut();
    }

    Tensor buffer() const override { return at::zeros({layout_.members, layout_.count()}, dtype_); }

    void take(const Tensor& weights, Tensor& gradient, MemberSums& sums) override {
        pass(weights, sides_[0], &gradient, sums);
    }

    void take_batch(const Tensor& weights, const Tensor& indices, Tensor& gradient,
                    MemberSums& sums) override {
        const auto& all = sides_[0];
        const auto members = indices.size(0), n = indices.size(1);
        const auto flat = indices.reshape({-1});
        auto shape = all.inputs.sizes().vec();
        shape.front() = n;
        shape.insert(shape.begin(), members);
        if (scale_of_batch_.size(0) != n) scale_of_batch_ = scales(n);
        const Batch batch{all.inputs.index_select(0, flat).view(shape), true,
                          all.labels.expand({members, -1}).gather(1, indices),
                          all.targets.defined() ? all.targets.index_select(0, flat).view({members, n, -1})
                                                : Tensor(),
                          scale_of_batch_};
        pass(weights, batch, &gradient, sums);
    }

    void evaluate(const Tensor& weights, Side side, MemberSums& sums) override {
        const auto& batch = sides_[static_cast<std::size_t>(side)];
        if (!batch.labels.defined()) throw std::logic_error("the task has no examples on this side");
        pass(weights, batch, nullptr, sums);
    }

    void keep(const std::vector<std::int64_t>& members) override {
        layout_ = kept(layout_, members);
        const auto rows = at::tensor(members, at::kLong);
        if (sides_[0].labels.size(0) > 1) sides_[0].labels = sides_[0].labels.index_select(0, rows);
        if (class_weights_.defined()) class_weights_ = class_weights_.index_select(0, rows);
        cut();
    }

private:
    /// What each of n examples' losses counts in the gradient.
    Tensor scales(std::int64_t n) const {
        const auto& reduction = regime_.text("reduction");
        const auto micro = regime_.integer("micro_batch");
        auto all = at::ones({n}, at::kDouble);
        if (reduction == "mean") all.div_(static_cast<double>(n));
        if (reduction == "sum-of-means")
            for (std::int64_t begin = 0; begin < n; begin += micro) {
                const auto count = std::min(micro, n - begin);
                all.narrow(0, begin, count).div_(static_cast<double>(count));
            }
        return all.to(dtype_);
    }

    /// The ensemble into parts.
    void cut() {
        parts_.clear();
        for (std::int64_t k = 0; k < layout_.members; ++k) {
            const auto& own = layout_.own[static_cast<std::size_t>(k)];
            const auto one = units(own);
            if (!parts_.empty()) {
                auto& part = parts_.back();
                auto shapes = part.shapes;
                for (std::size_t i = 0; i < shapes.size(); ++i)
                    for (std::size_t d = 0; d < shapes[i].size(); ++d)
                        shapes[i][d] = std::max(shapes[i][d], own[i][d]);
                const auto all = units(shapes);
                const auto numbers = all * (part.count + 1) * std::max<std::int64_t>(1, sides_[0].size());
                // A few columns more cost less than another round of calls.
                const bool alike = all <= 2 * one && all <= 2 * units(part.shapes);
                if (numbers <= kCached && (alike || all <= 32)) {
                    part.shapes = std::move(shapes);
                    ++part.count;
                    continue;
                }
            }
            parts_.push_back({k, 1, own, {}});
        }
        for (auto& part : parts_) mark_own(part);
    }

    void mark_own(Part& part) const {
        for (std::size_t i = 0; i < part.shapes.size(); ++i) {
            auto shape = part.shapes[i];
            shape.insert(shape.begin(), part.count);
            auto marks = at::zeros(shape, dtype_);
            bool all = true;
            for (std::int64_t k = 0; k < part.count; ++k) {
                const auto& own = layout_.own[static_cast<std::size_t>(part.begin + k)][i];
                corner(marks[k], own, 0).fill_(1);
                all = all && own == part.shapes[i];
            }
            part.own.push_back(all ? Tensor() : marks);
        }
    }

    /// The leading `shape` of the dimensions from `first` on.
    static Tensor corner(Tensor whole, const std::vector<std::int64_t>& shape, std::int64_t first) {
        for (std::size_t d = 0; d < shape.size(); ++d)
            whole = whole.narrow(first + static_cast<std::int64_t>(d), 0, shape[d]);
        return whole;
    }

    /// A view of one weight of a part's members [count, shape] in [K, P].
    Tensor view(const Tensor& of, const Part& part, std::size_t weight, std::int64_t at) const {
        const auto& shape = layout_.weights[weight].shape;
        auto sizes = shape;
        sizes.insert(sizes.begin(), part.count);
        const auto whole =
            of.narrow(0, part.begin, part.count).narrow(1, at, c10::multiply_integers(shape)).view(sizes);
        return corner(whole, part.shapes[weight], 1);
    }

    void pass(const Tensor& weights, const Batch& batch, Tensor* gradient, MemberSums& sums) const {
        const auto members = static_cast<std::size_t>(layout_.members);
        const auto cells = static_cast<std::size_t>(shape_.classes * shape_.classes);
        sums.loss.assign(members, 0);
        sums.confusion.assign(members * cells, 0);
        for (const auto& part : parts_) pass(part, weights, batch, gradient, sums);
    }

    void pass(const Part& part, const Tensor& weights, const Batch& batch, Tensor* gradient,
              MemberSums& sums) const {
        const at::AutoGradMode grad(gradient != nullptr);
        std::vector<Tensor> leaves, sum;
        const auto begins = offsets(layout_);
        for (std::size_t i = 0; i < part.shapes.size(); ++i) {
            leaves.push_back(view(weights, part, i, begins[i]).detach().contiguous());
            if (gradient) leaves.back().requires_grad_(true);
        }
        const auto at_once = std::max<std::int64_t>(1, kHeld / (part.count * units(part.shapes)));
        const bool several = batch.size() > at_once;
        for (std::int64_t begin = 0; begin < batch.size(); begin += at_once) {
            const auto n = std::min(at_once, batch.size() - begin);
            auto gradients = pass(part, leaves, batch, begin, n, gradient != nullptr, sums);
            if (!gradient) continue;
            if (!several) {
                sum = std::move(gradients);
                continue;
            }
            for (std::size_t i = 0; i < gradients.size(); ++i) {
                if (begin == 0)
                    sum.push_back(gradients[i].to(at::kDouble));
                else
                    sum[i].add_(gradients[i]);
            }
        }
        if (!gradient) return;
        const at::NoGradGuard no_grad;
        for (std::size_t i = 0; i < sum.size(); ++i) {
            if (part.shapes[i] != layout_.weights[i].shape)
                gradient->narrow(0, part.begin, part.count)
                    .narrow(1, begins[i], c10::multiply_integers(layout_.weights[i].shape))
                    .zero_();
            auto into = view(*gradient, part, i, begins[i]);
            into.copy_(sum[i]);
            // Zero outside of a member's own also where its gradient is not a number.
            if (part.own[i].defined()) into.masked_fill_(part.own[i].eq(0), 0);
        }
    }

    /// Of the members of the part, the rows of one that has a row each or one for all.
    static Tensor rows(const Tensor& of, const Part& part) {
        return of.size(0) == 1 ? of : of.narrow(0, part.begin, part.count);
    }

    /// Over the examples from `begin` on: the gradients, and into the sums.
    std::vector<Tensor> pass(const Part& part, const std::vector<Tensor>& leaves, const Batch& batch,
                             std::int64_t begin, std::int64_t n, bool differentiate, MemberSums& sums) const {
        const auto k = part.count;
        const auto inputs = batch.apart ? batch.inputs.narrow(0, part.begin, k).narrow(1, begin, n)
                                        : batch.inputs.narrow(0, begin, n);
        const auto outputs = model_->ensemble_logits(leaves, inputs);
        if (!outputs.defined()) throw std::logic_error("the model cannot be trained as an ensemble");
        const auto flat = outputs.reshape({k * n, -1});
        const auto own_labels = rows(batch.labels, part).narrow(1, begin, n).expand({k, n});
        const auto labels = own_labels.reshape({-1});
        Tensor targets;
        if (batch.targets.defined())
            targets = (batch.apart ? batch.targets.narrow(0, part.begin, k).narrow(1, begin, n)
                                   : batch.targets.narrow(0, begin, n).unsqueeze(0).expand({k, n, -1}))
                          .reshape({k * n, -1});
        const auto reported = loss_.reported(flat, labels, targets);
        std::vector<Tensor> gradients;
        if (differentiate) {
            const auto descended = loss_.plain() ? reported : loss_.descended(flat, labels, targets);
            auto factor = batch.scale.narrow(0, begin, n).unsqueeze(0).expand({k, n});
            if (class_weights_.defined())
                factor = factor * class_weights_.narrow(0, part.begin, k).gather(1, own_labels);
            factor = factor.reshape({-1});
            gradients = torch::autograd::grad({descended}, leaves, {factor}, {}, false, true);
            for (std::size_t i = 0; i < gradients.size(); ++i)
                if (!gradients[i].defined()) gradients[i] = at::zeros_like(leaves[i]);
        }
        add(reported.detach(), part, sums.loss);
        count(loss_.answers(flat), labels, part, n, sums);
        return gradients;
    }

    /// The sum over each member's examples, in double.
    static void add(const Tensor& each, const Part& part, std::vector<double>& sums) {
        const auto of = each.to(at::kDouble).view({part.count, -1}).sum(1);
        const auto* value = of.data_ptr<double>();
        for (std::int64_t k = 0; k < part.count; ++k)
            sums[static_cast<std::size_t>(part.begin + k)] += value[k];
    }

    void count(const Tensor& answers, const Tensor& labels, const Part& part, std::int64_t n,
               MemberSums& sums) const {
        if (!answers.defined()) return;
        const auto cells = shape_.classes * shape_.classes;
        auto* into = sums.confusion.data() + part.begin * cells;
        const auto* truth = labels.data_ptr<std::int64_t>();
        const auto* answer = answers.data_ptr<std::int64_t>();
        for (std::int64_t k = 0; k < part.count; ++k, into += cells)
            for (std::int64_t i = 0; i < n; ++i) ++into[*truth++ * shape_.classes + *answer++];
    }

    ParamSet regime_;
    at::ScalarType dtype_;
    MemberLayout layout_;
    TaskShape shape_;
    LossFunction loss_;
    std::unique_ptr<Model> model_;
    std::array<Batch, 3> sides_;
    Tensor class_weights_; ///< [K, classes], or undefined
    Tensor scale_of_batch_ = at::empty({0});
    std::vector<Part> parts_;
};

} // namespace

void EnsembleGradient::take_batch(const Tensor&, const Tensor&, Tensor&, MemberSums&) {
    throw std::logic_error("this way of training an ensemble takes the whole training set");
}

std::unique_ptr<EnsembleGradient> make_torch_ensemble(const EnsembleProblem& problem) {
    return std::make_unique<TorchEnsemble>(problem);
}

} // namespace descent
