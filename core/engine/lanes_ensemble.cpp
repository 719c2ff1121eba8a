#include "core/engine/lanes_ensemble.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

namespace descent {

namespace {

constexpr std::int64_t kMostClasses = 100;      // each lane counts its answers
constexpr std::int64_t kMostExamples = 1 << 24; // counted in float32
constexpr std::size_t kMostSpace = 64 << 20;    // bytes a thread; beyond, matrix products are better at it

/// What the members have in common.
struct Family {
    lanes::Shape shape; ///< of the widest
    lanes::Nonlinearity hidden, output;
    lanes::Loss loss;
    bool mean = true;
    bool regression = false;
    std::int64_t classes = 0;
};

/// Widths of a perceptron with these weights; empty if it is none of `inputs` and `outputs`.
lanes::Shape shape_of(const std::vector<std::vector<std::int64_t>>& weights, std::int64_t inputs,
                      std::int64_t outputs) {
    lanes::Shape shape{{inputs}, weights.size() > 1 && weights[1].size() == 1};
    const std::size_t step = shape.bias ? 2 : 1;
    if (weights.size() % step != 0) return {};
    for (std::size_t i = 0; i < weights.size(); i += step) {
        if (weights[i].size() != 2 || weights[i][1] != shape.widths.back()) return {};
        if (shape.bias && weights[i + 1] != std::vector{weights[i][0]}) return {};
        shape.widths.push_back(weights[i][0]);
    }
    return shape.layers() > 0 && shape.widths.back() == outputs ? shape : lanes::Shape{};
}

lanes::Loss loss_of(const ParamSet& regime, const TaskShape& task) {
    lanes::Loss loss;
    loss.one_output = task.one_output();
    loss.factor = regime.text("mse_form") == "full" ? 1.0 : 0.5;
    std::ranges::copy(task.sides, loss.sides);
    loss.criterion = regime.text("loss") == "mse" ? lanes::Criterion::squared
                     : loss.one_output            ? lanes::Criterion::logistic
                                                  : lanes::Criterion::softmax;
    const double smoothing = regime.real("label_smoothing");
    if (smoothing > 0) { // as LossFunction
        const auto classes = static_cast<double>(task.classes);
        const bool over_wrong = regime.text("smoothing_over") == "wrong";
        loss.off = smoothing / (over_wrong ? std::max(1.0, classes - 1) : classes);
        loss.on = over_wrong ? 1 - smoothing : 1 - smoothing + loss.off;
    }
    return loss;
}

std::optional<Family> family_of(const EnsembleProblem& problem) {
    const auto& spec = problem.specs.front();
    const auto& [data, regime, model] = std::tie(problem.data, spec.regime.params, spec.model.params);
    if (spec.model.id != "mlp" || !data.train.inputs.defined() || data.train.lengths.defined()) return {};
    if (data.variation && regime.text("augmentation") != "off") return {};
    if (regime.text("reduction") == "sum-of-means" || data.shape.classes > kMostClasses) return {};
    for (const auto* side : {&data.train, &data.validation, &data.test})
        if (side->size() >= kMostExamples || side->masks.defined()) return {};

    const auto& loss = regime.text("loss");
    if (loss != "cross-entropy" && loss != "mse") return {};
    Family family{.loss = loss_of(regime, data.shape),
                  .mean = regime.text("reduction") == "mean",
                  .regression = data.shape.regression(),
                  .classes = data.shape.classes};
    if (family.regression && family.loss.criterion != lanes::Criterion::squared) return {};
    const auto hidden = lanes::nonlinearity(model.text("activation"));
    const auto output = lanes::nonlinearity(model.text("output"));
    if (!hidden || !output) return {};
    family.hidden = *hidden;
    family.output = *output;

    std::vector<std::vector<std::int64_t>> widest;
    for (const auto& weight : problem.layout.weights) widest.push_back(weight.shape);
    const auto inputs = c10::multiply_integers(data.shape.features), outputs = data.shape.width();
    family.shape = shape_of(widest, inputs, outputs);
    for (const auto& own : problem.layout.own)
        if (own.size() != widest.size() || shape_of(own, inputs, outputs).layers() != family.shape.layers())
            return {};
    if (family.shape.widths.empty()) return {};
    return family;
}

template<class T>
constexpr auto kType = std::is_same_v<T, float> ? at::kFloat : at::kDouble;

template<class T>
T* data_of(const Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

template<class T>
class LaneEnsemble : public EnsembleGradient {
public:
    LaneEnsemble(const EnsembleProblem& problem, Family family, lanes::InstructionSet set)
        : family_(std::move(family))
        , kernels_(lanes::kernels<T>(set))
        , width_(kernels_.lanes)
        , inputs_(family_.shape.widths.front())
        , outputs_(family_.shape.widths.back()) {
        const auto& data = problem.data;
        for (std::size_t k = 0; k < problem.specs.size(); ++k) {
            Member member{shape_of(problem.layout.own[k], inputs_, outputs_), {}, {}};
            if (!family_.regression) member.labels = problem.labels[k].contiguous();
            if (const auto& weights = problem.class_weights[k]; weights.defined())
                member.class_weights = weights.to(at::kDouble).contiguous();
            members_.push_back(std::move(member));
        }
        train_ = side(data.train);
        validation_ = side(data.validation);
        test_ = side(data.test);
        lay_out();
    }

    Tensor buffer() const override { return at::zeros({numbers(), size()}, kType<T>).t(); }

    void take(const Tensor& weights, Tensor& gradient, MemberSums& sums) override {
        const at::NoGradGuard no_grad;
        const auto from = in_lanes(weights);
        auto to = in_lanes(gradient);
        clear(sums, true);
        each_block([&](const Block& block, std::byte* space) {
            auto work = enter(block, from, space);
            auto pass = pass_of(block, train_, work);
            pass.labels = data_of<T>(block.labels);
            pass.importance = data_of<T>(block.importance);
            kernels_.descend(pass);
            leave(block, work, to);
            report(block, work, sums, true);
        });
        if (!to.is_same(gradient)) gradient.copy_(to);
    }

    void evaluate(const Tensor& weights, Side of, MemberSums& sums) override {
        const at::NoGradGuard no_grad;
        const auto from = in_lanes(weights);
        const auto& examples = of == Side::train ? train_ : of == Side::validation ? validation_ : test_;
        clear(sums, false);
        each_block([&](const Block& block, std::byte* space) {
            auto work = enter(block, from, space);
            auto pass = pass_of(block, examples, work);
            pass.labels = data_of<T>(of == Side::train ? block.labels : examples.labels);
            pass.importance = nullptr;
            kernels_.evaluate(pass);
            report(block, work, sums, false);
        });
    }

    void keep(const std::vector<std::int64_t>& members) override {
        std::vector<Member> kept;
        for (const auto member : members)
            kept.push_back(std::move(members_[static_cast<std::size_t>(member)]));
        members_ = std::move(kept);
        lay_out();
    }

private:
    struct Member {
        lanes::Shape own;
        Tensor labels;        ///< int64 [n] of the training set; undefined of a regression
        Tensor class_weights; ///< double [classes], or undefined
    };
    struct Examples {
        std::int64_t size = 0;
        Tensor inputs;  ///< [n, inputs], with biases a last column of ones
        Tensor labels;  ///< [n, W]: as they come, the same in all lanes; undefined of a regression
        Tensor targets; ///< [n, outputs] of a regression
    };
    /// Members in the lanes of one register, the narrowest first in the ensemble.
    struct Block {
        std::vector<std::int64_t> members; ///< at most W
        lanes::Shape shape;                ///< the largest width of each layer
        bool adjoining = true;             ///< one after the other
        std::int64_t at_once = 0;
        Tensor labels;     ///< [n, W] of the training set
        Tensor importance; ///< [n, W], or undefined
    };
    /// A thread's, for one block at a time.
    struct Work {
        T *weights, *gradient;
        double *losses, *objectives;
        std::int64_t* confusion;
        std::byte* space;
    };

    std::int64_t size() const { return std::ssize(members_); }
    std::int64_t numbers() const { return family_.shape.count(); }
    std::size_t cells() const { return static_cast<std::size_t>(family_.classes * family_.classes); }

    Examples side(const descent::Examples& set) const {
        Examples made{.size = set.size()};
        if (made.size == 0) return made;
        made.inputs = set.inputs.to(kType<T>).flatten(1);
        if (family_.shape.bias) made.inputs = at::cat({made.inputs, at::ones({made.size, 1}, kType<T>)}, 1);
        made.inputs = made.inputs.contiguous();
        if (family_.regression)
            made.targets = set.targets.to(kType<T>).contiguous();
        else
            made.labels = set.labels.to(kType<T>).unsqueeze(1).expand({-1, width_}).contiguous();
        return made;
    }

    void lay_out() {
        std::vector<std::int64_t> order(members_.size());
        std::iota(order.begin(), order.end(), 0);
        const auto widths = [&](std::int64_t k) { return members_[static_cast<std::size_t>(k)].own.widths; };
        std::ranges::stable_sort(order, {}, widths);
        blocks_.clear();
        for (std::int64_t first = 0; first < size(); first += width_) {
            Block block;
            block.members.assign(order.begin() + first, order.begin() + std::min(first + width_, size()));
            block.shape = members_[static_cast<std::size_t>(block.members.front())].own;
            for (const auto k : block.members)
                std::ranges::transform(widths(k), block.shape.widths, block.shape.widths.begin(),
                                       [](auto a, auto b) { return std::max(a, b); });
            for (std::size_t i = 1; i < block.members.size(); ++i)
                block.adjoining &= block.members[i] == block.members[0] + static_cast<std::int64_t>(i);
            block.at_once = lanes::examples_at_once(block.shape, family_.hidden, width_, sizeof(T));
            if (!family_.regression) label(block);
            blocks_.push_back(std::move(block));
        }
        const auto lane = static_cast<std::size_t>(width_);
        space_of_numbers_ = static_cast<std::size_t>(numbers()) * lane * sizeof(T);
        space_of_confusion_ = lane * cells() * sizeof(std::int64_t);
        space_ = 2 * space_of_numbers_ + 2 * lane * sizeof(double) + space_of_confusion_ +
                 lanes::work_space(family_.shape, family_.hidden, width_, sizeof(T)) + 5 * kAlign;
    }

    void label(Block& block) {
        std::vector<Tensor> labels, weights;
        bool weighted = false;
        // Lanes without a member repeat the last.
        for (std::int64_t lane = 0; lane < width_; ++lane) {
            const auto last = std::min(lane, std::ssize(block.members) - 1);
            const auto& member =
                members_[static_cast<std::size_t>(block.members[static_cast<std::size_t>(last)])];
            labels.push_back(member.labels);
            weighted |= member.class_weights.defined();
            weights.push_back(member.class_weights.defined()
                                  ? member.class_weights.index_select(0, member.labels)
                                  : at::ones({member.labels.size(0)}, at::kDouble));
        }
        block.labels = at::stack(labels, 1).to(kType<T>);
        if (weighted) block.importance = at::stack(weights, 1).to(kType<T>);
    }

    /// Itself where the members are innermost, else a copy that has them so.
    static Tensor in_lanes(const Tensor& numbers) {
        return numbers.stride(0) == 1 ? numbers : numbers.t().contiguous().t();
    }

    template<class F>
    void each_block(const F& f) {
        spaces_.resize(static_cast<std::size_t>(at::get_num_threads()));
        for (auto& space : spaces_)
            if (!space.defined() || static_cast<std::size_t>(space.numel()) < space_)
                space = at::empty({static_cast<std::int64_t>(space_)}, at::kByte);
        at::parallel_for(0, std::ssize(blocks_), 1, [&](std::int64_t begin, std::int64_t end) {
            const auto& space = spaces_[static_cast<std::size_t>(at::get_thread_num())];
            for (auto i = begin; i < end; ++i)
                f(blocks_[static_cast<std::size_t>(i)],
                  reinterpret_cast<std::byte*>(space.template data_ptr<std::uint8_t>()));
        });
    }

    /// Calls f(of the block, of the family, how many): runs of numbers that lie together in both. Those of
    /// the family that the block has not are given as −1.
    template<class F>
    void each_run(const Block& block, const F& f) const {
        const auto &whole = family_.shape, &part = block.shape;
        std::int64_t there = 0, here = 0;
        for (std::int64_t l = 0; l < whole.layers(); ++l) {
            const auto biases = there + whole.units(l) * whole.inputs(l);
            for (std::int64_t u = 0; u < whole.units(l); ++u) {
                const bool inside = u < part.units(l);
                const auto inputs = inside ? part.inputs(l) : 0;
                f(here, there, inputs);
                f(-1, there + inputs, whole.inputs(l) - inputs);
                if (whole.bias) f(inside ? here + inputs : -1, biases + u, 1);
                if (inside) here += part.row(l);
                there += whole.inputs(l);
            }
            if (whole.bias) there += whole.units(l);
        }
    }

    Work enter(const Block& block, const Tensor& from, std::byte* space) const {
        const auto next = [&](std::size_t bytes) {
            auto* begin = space;
            space += (bytes + kAlign - 1) / kAlign * kAlign;
            return begin;
        };
        Work work{};
        work.weights = reinterpret_cast<T*>(next(space_of_numbers_));
        work.gradient = reinterpret_cast<T*>(next(space_of_numbers_));
        work.losses = reinterpret_cast<double*>(next(static_cast<std::size_t>(width_) * sizeof(double)));
        work.objectives = reinterpret_cast<double*>(next(static_cast<std::size_t>(width_) * sizeof(double)));
        work.confusion = reinterpret_cast<std::int64_t*>(next(space_of_confusion_));
        work.space = space;
        std::fill_n(work.confusion, static_cast<std::size_t>(width_) * cells(), 0);

        if (std::ssize(block.members) < width_) // the other lanes are of no one
            std::fill_n(work.weights, block.shape.count() * width_, T(0));
        const auto* numbers = from.template data_ptr<T>();
        const auto step = from.stride(1);
        each_run(block, [&](std::int64_t here, std::int64_t there, std::int64_t count) {
            if (here < 0) return;
            auto* to = work.weights + here * width_;
            const auto* row = numbers + there * step;
            for (; count > 0; --count, to += width_, row += step)
                if (block.adjoining)
                    std::copy_n(row + block.members[0], block.members.size(), to);
                else
                    for (std::size_t i = 0; i < block.members.size(); ++i) to[i] = row[block.members[i]];
        });
        return work;
    }

    lanes::Pass<T> pass_of(const Block& block, const Examples& examples, const Work& work) const {
        return {.layers = block.shape.layers(),
                .widths = block.shape.widths.data(),
                .bias = block.shape.bias,
                .hidden = family_.hidden,
                .output = family_.output,
                .loss = family_.loss,
                .examples = examples.size,
                .inputs = data_of<T>(examples.inputs),
                .labels = nullptr,
                .targets = data_of<T>(examples.targets),
                .importance = nullptr,
                .scale = family_.mean ? 1.0 / static_cast<double>(examples.size) : 1.0,
                .weights = work.weights,
                .gradient = work.gradient,
                .at_once = block.at_once,
                .space = work.space,
                .losses = work.losses,
                .objectives = work.objectives,
                .confusion = work.confusion};
    }

    /// The gradient to where it belongs, 0 outside of a member's own corner.
    void leave(const Block& block, const Work& work, Tensor& to) const {
        for (std::size_t i = 0; i < block.members.size(); ++i)
            cut(block, members_[static_cast<std::size_t>(block.members[i])].own, work.gradient + i);
        auto* numbers = to.template data_ptr<T>();
        const auto step = to.stride(1);
        each_run(block, [&](std::int64_t here, std::int64_t there, std::int64_t count) {
            const auto* from = work.gradient + here * width_;
            auto* row = numbers + there * step;
            for (; count > 0; --count, row += step, from += width_)
                if (here >= 0 && block.adjoining)
                    std::copy_n(from, block.members.size(), row + block.members[0]);
                else
                    for (std::size_t i = 0; i < block.members.size(); ++i)
                        row[block.members[i]] = here >= 0 ? from[i] : T(0);
        });
    }

    void cut(const Block& block, const lanes::Shape& own, T* lane) const {
        if (own.widths == block.shape.widths) return;
        for (std::int64_t l = 0; l < own.layers(); ++l)
            for (std::int64_t u = 0; u < block.shape.units(l); ++u) {
                const bool there = u < own.units(l);
                for (auto i = there ? own.inputs(l) : 0; i < block.shape.inputs(l); ++i) lane[i * width_] = 0;
                if (own.bias && !there) lane[block.shape.inputs(l) * width_] = 0;
                lane += block.shape.row(l) * width_;
            }
    }

    void clear(MemberSums& sums, bool objective) const {
        sums.loss.resize(members_.size());
        if (objective) sums.objective.resize(members_.size());
        sums.confusion.resize(members_.size() * cells());
    }
    void report(const Block& block, const Work& work, MemberSums& sums, bool objective) const {
        for (std::size_t i = 0; i < block.members.size(); ++i) {
            const auto k = static_cast<std::size_t>(block.members[i]);
            sums.loss[k] = work.losses[i];
            if (objective) sums.objective[k] = work.objectives[i];
            std::copy_n(work.confusion + i * cells(), cells(),
                        sums.confusion.begin() + std::ptrdiff_t(k * cells()));
        }
    }

    static constexpr std::size_t kAlign = 64;

    Family family_;
    const lanes::Kernels<T>& kernels_;
    std::int64_t width_, inputs_, outputs_;
    std::vector<Member> members_;
    Examples train_, validation_, test_;
    std::vector<Block> blocks_;
    std::size_t space_of_numbers_ = 0, space_of_confusion_ = 0, space_ = 0;
    std::vector<Tensor> spaces_; ///< of each thread
};

} // namespace

std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem,
                                                     lanes::InstructionSet set) {
    auto family = family_of(problem);
    if (!family) return nullptr;
    const bool twice = problem.specs.front().regime.params.text("precision") == "float64";
    const auto size = twice ? sizeof(double) : sizeof(float);
    const auto width = twice ? lanes::kernels<double>(set).lanes : lanes::kernels<float>(set).lanes;
    if (static_cast<std::size_t>(family->shape.count() * width) * size * 3 > kMostSpace) return nullptr;
    if (twice) return std::make_unique<LaneEnsemble<double>>(problem, std::move(*family), set);
    return std::make_unique<LaneEnsemble<float>>(problem, std::move(*family), set);
}

std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem) {
    return make_lane_ensemble(problem, lanes::instruction_sets().back());
}

} // namespace descent
