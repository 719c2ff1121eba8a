#include "core/engine/lanes_ensemble.h"

#include "core/engine/lanes_examples.h"

#include <algorithm>
#include <numeric>

namespace descent {

namespace {

constexpr std::size_t kMostSpace = 64 << 20; // bytes; beyond, matrix products are better at it

template<class T>
constexpr auto kType = std::is_same_v<T, float> ? at::kFloat : at::kDouble;

template<class T>
T* data_of(const Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

using lanes::InLanes;

template<class T>
class LaneEnsemble : public EnsembleGradient {
public:
    LaneEnsemble(const EnsembleProblem& problem, LaneFamily family, lanes::InstructionSet set)
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
        examples_ = data.train.size();
        for (const auto kind : {InLanes::networks, InLanes::examples}) {
            const auto is_kind = [&](const Member& member) { return in_lanes(member) == kind; };
            if (std::ranges::none_of(members_, is_kind)) continue;
            auto& sides = kind == InLanes::networks ? by_networks_ : by_examples_;
            for (const auto* part : {&data.train, &data.validation, &data.test})
                sides.push_back(lane_examples(*part, family_, kind, width_, kType<T>));
        }
        lay_out();
    }

    Tensor buffer() const override {
        return members_outermost_ ? at::zeros({size(), numbers()}, kType<T>)
                                  : at::zeros({numbers(), size()}, kType<T>).t();
    }

    void take(const Tensor& weights, Tensor& gradient, MemberSums& sums) override {
        const at::NoGradGuard no_grad;
        clear(sums);
        each_block([&](const Block& block, std::byte* space) {
            auto work = enter(block, weights, space);
            auto pass = pass_of(block, Side::train, work);
            pass.labels = data_of<T>(block.labels);
            pass.importance = data_of<T>(block.importance);
            kernels_.descend(pass);
            leave(block, work, gradient);
            report(block, work, sums);
        });
    }

    void evaluate(const Tensor& weights, Side of, MemberSums& sums) override {
        const at::NoGradGuard no_grad;
        clear(sums);
        each_block([&](const Block& block, std::byte* space) {
            auto work = enter(block, weights, space);
            auto pass = pass_of(block, of, work);
            if (of == Side::train) pass.labels = data_of<T>(block.labels);
            kernels_.evaluate(pass);
            report(block, work, sums);
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
    /// Members in the lanes of one register, or one whose examples are.
    struct Block {
        InLanes in_lanes;
        std::vector<std::int64_t> members; ///< at most W, or one
        lanes::Shape shape;                ///< the largest width of each layer
        bool adjoining = true;             ///< one after the other
        std::int64_t at_once = 0;
        Tensor labels;     ///< of the training set, in the order of lanes::Pass
        Tensor importance; ///< likewise, or undefined
    };
    /// Of the block in hand.
    struct Work {
        T *weights, *gradient;
        double* losses;
        std::int64_t* confusion;
        std::byte* space;
    };

    std::int64_t size() const { return std::ssize(members_); }
    std::int64_t numbers() const { return family_.shape.count(); }
    std::size_t cells() const { return static_cast<std::size_t>(family_.classes * family_.classes); }

    InLanes in_lanes(const Member& member) const { return lanes::in_lanes(member.own, examples_, width_); }
    /// Networks of a block, as its numbers have them.
    std::int64_t networks(const Block& block) const {
        return block.in_lanes == InLanes::networks ? width_ : 1;
    }

    void lay_out() {
        std::vector<std::int64_t> order(members_.size());
        std::iota(order.begin(), order.end(), 0);
        const auto member = [&](std::int64_t k) -> const Member& { return members_[std::size_t(k)]; };
        const auto key = [&](std::int64_t k) { return std::pair(in_lanes(member(k)), member(k).own.widths); };
        std::ranges::stable_sort(order, {}, key);
        blocks_.clear();
        std::int64_t by_networks = 0;
        for (auto next = order.begin(); next != order.end();) {
            Block block{.in_lanes = in_lanes(member(*next)), .members = {}, .shape = member(*next).own};
            for (; next != order.end() && in_lanes(member(*next)) == block.in_lanes &&
                   std::ssize(block.members) < networks(block);
                 ++next) {
                block.members.push_back(*next);
                std::ranges::transform(member(*next).own.widths, block.shape.widths,
                                       block.shape.widths.begin(),
                                       [](auto a, auto b) { return std::max(a, b); });
                if (block.in_lanes == InLanes::networks) by_networks += member(*next).own.count();
            }
            for (std::size_t i = 1; i < block.members.size(); ++i)
                block.adjoining &= block.members[i] == block.members[0] + static_cast<std::int64_t>(i);
            block.at_once = lanes::rows_at_once(block.shape, family_.hidden, width_, sizeof(T));
            if (!family_.regression) label(block);
            blocks_.push_back(std::move(block));
        }
        std::int64_t all = 0;
        for (const auto& one : members_) all += one.own.count();
        members_outermost_ = 2 * by_networks < all;
        const auto lane = static_cast<std::size_t>(width_);
        space_of_numbers_ = static_cast<std::size_t>(numbers()) * lane * sizeof(T);
        space_of_confusion_ = lane * cells() * sizeof(std::int64_t);
        space_ = 2 * space_of_numbers_ + lane * sizeof(double) + space_of_confusion_ +
                 lanes::work_space(family_.shape, family_.hidden, width_, sizeof(T)) + 5 * kAlign;
    }

    void label(Block& block) {
        std::vector<Tensor> labels, weights;
        bool weighted = false;
        // Lanes without a member repeat the last.
        for (std::int64_t lane = 0; lane < networks(block); ++lane) {
            const auto last = std::min(lane, std::ssize(block.members) - 1);
            const auto& member =
                members_[static_cast<std::size_t>(block.members[static_cast<std::size_t>(last)])];
            labels.push_back(member.labels);
            weighted |= member.class_weights.defined();
            weights.push_back(member.class_weights.defined()
                                  ? member.class_weights.index_select(0, member.labels)
                                  : at::ones({member.labels.size(0)}, at::kDouble));
        }
        const auto in_order = [&](const std::vector<Tensor>& each) {
            return block.in_lanes == InLanes::networks ? at::stack(each, 1).to(kType<T>)
                                                       : filled(each.front().to(kType<T>), width_);
        };
        block.labels = in_order(labels);
        if (weighted) block.importance = in_order(weights);
    }

    /// Calls f(block, a space to work in) for each.
    template<class F>
    void each_block(const F& f) {
        if (!work_space_.defined() || static_cast<std::size_t>(work_space_.numel()) < space_)
            work_space_ = at::empty({static_cast<std::int64_t>(space_)}, at::kByte);
        auto* space = reinterpret_cast<std::byte*>(work_space_.template data_ptr<std::uint8_t>());
        for (const auto& block : blocks_) f(block, space);
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
        work.confusion = reinterpret_cast<std::int64_t*>(next(space_of_confusion_));
        work.space = space;
        std::fill_n(work.confusion, static_cast<std::size_t>(width_) * cells(), 0);

        const auto lanes = networks(block);
        if (std::ssize(block.members) < lanes) // the other lanes are of no one
            std::fill_n(work.weights, block.shape.count() * lanes, T(0));
        const auto* numbers = from.template data_ptr<T>();
        const auto across = from.stride(0), along = from.stride(1);
        each_run(block, [&](std::int64_t here, std::int64_t there, std::int64_t count) {
            if (here < 0) return;
            auto* to = work.weights + here * lanes;
            const auto* row = numbers + there * along;
            if (lanes == 1 && along == 1) {
                std::copy_n(row + block.members[0] * across, count, to);
                return;
            }
            for (; count > 0; --count, to += lanes, row += along)
                if (block.adjoining && across == 1)
                    std::copy_n(row + block.members[0], block.members.size(), to);
                else
                    for (std::size_t i = 0; i < block.members.size(); ++i)
                        to[i] = row[block.members[i] * across];
        });
        return work;
    }

    lanes::Pass<T> pass_of(const Block& block, Side side, const Work& work) const {
        const auto& sides = block.in_lanes == InLanes::networks ? by_networks_ : by_examples_;
        const auto& examples = sides[static_cast<std::size_t>(side)];
        return {.in_lanes = block.in_lanes,
                .layers = block.shape.layers(),
                .widths = block.shape.widths.data(),
                .bias = block.shape.bias,
                .hidden = family_.hidden,
                .output = family_.output,
                .loss = family_.loss,
                .examples = examples.size,
                .inputs = data_of<T>(examples.inputs),
                .spacing = examples.spacing,
                .labels = data_of<T>(examples.labels),
                .targets = data_of<T>(examples.targets),
                .importance = nullptr,
                .scale = family_.mean ? 1.0 / static_cast<double>(examples.size) : 1.0,
                .weights = work.weights,
                .gradient = work.gradient,
                .at_once = block.at_once,
                .space = work.space,
                .losses = work.losses,
                .confusion = work.confusion};
    }

    /// The gradient to where it belongs, 0 outside of a member's own corner.
    void leave(const Block& block, const Work& work, Tensor& to) const {
        const auto lanes = networks(block);
        for (std::size_t i = 0; i < block.members.size(); ++i)
            cut(block, members_[static_cast<std::size_t>(block.members[i])].own, work.gradient + i);
        auto* numbers = to.template data_ptr<T>();
        const auto across = to.stride(0), along = to.stride(1);
        each_run(block, [&](std::int64_t here, std::int64_t there, std::int64_t count) {
            const auto* from = work.gradient + here * lanes;
            auto* row = numbers + there * along;
            if (lanes == 1 && along == 1) {
                row += block.members[0] * across;
                here < 0 ? std::fill_n(row, count, T(0)) : std::copy_n(from, count, row);
                return;
            }
            for (; count > 0; --count, row += along, from += lanes)
                if (here >= 0 && block.adjoining && across == 1)
                    std::copy_n(from, block.members.size(), row + block.members[0]);
                else
                    for (std::size_t i = 0; i < block.members.size(); ++i)
                        row[block.members[i] * across] = here >= 0 ? from[i] : T(0);
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

    void clear(MemberSums& sums) const {
        sums.loss.resize(members_.size());
        sums.confusion.resize(members_.size() * cells());
    }
    void report(const Block& block, const Work& work, MemberSums& sums) const {
        for (std::size_t i = 0; i < block.members.size(); ++i) {
            const auto k = static_cast<std::size_t>(block.members[i]);
            sums.loss[k] = work.losses[i];
            std::copy_n(work.confusion + i * cells(), cells(),
                        sums.confusion.begin() + std::ptrdiff_t(k * cells()));
        }
    }

    static constexpr std::size_t kAlign = 64;

    LaneFamily family_;
    const lanes::Kernels<T>& kernels_;
    std::int64_t width_, inputs_, outputs_;
    std::vector<Member> members_;
    std::int64_t examples_ = 0;                           ///< of the training set
    std::vector<LaneExamples> by_networks_, by_examples_; ///< of each Side; empty where no block needs them
    std::vector<Block> blocks_;
    bool members_outermost_ = false; ///< in buffers
    std::size_t space_of_numbers_ = 0, space_of_confusion_ = 0, space_ = 0;
    Tensor work_space_;
};

} // namespace

std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem,
                                                     lanes::InstructionSet set) {
    auto family = lane_family(problem);
    if (!family) return nullptr;
    const bool twice = problem.specs.front()->regime.params.text("precision") == "float64";
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
