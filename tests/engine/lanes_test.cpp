// The kernel of ensembles beside autograd through Model and LossFunction, for every instruction set here.

#include "core/engine/lanes_ensemble.h"
#include "tests/engine/support.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <ranges>
#include <set>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// What an ensemble is asked about.
struct Question {
    Settings settings;                   ///< beyond a full batch of an MLP
    std::vector<std::int64_t> widths{5}; ///< of the members' hidden layers, in turn
    std::int64_t members = 5;
    TaskShape shape{.features = {6}, .classes = 3};
    std::int64_t examples = 37;
    bool own_labels = false, class_weights = false;
};

/// Random data, weights and labels, and what autograd says of them.
class Bench {
public:
    explicit Bench(Question question) : question_(std::move(question)) {
        RandomStream random(11, "lanes");
        data_.shape = question_.shape;
        data_.train = examples(question_.examples, random);
        data_.validation = examples(question_.examples / 2 + 1, random);
        for (std::int64_t k = 0; k < question_.members; ++k) add_member(k, random);
        const auto widest = std::ranges::max_element(models_, {}, count_of);
        layout_.members = question_.members;
        layout_.weights = (*widest)->weights();
        for (const auto& model : models_) {
            layout_.own.emplace_back();
            for (const auto& weight : model->weights()) layout_.own.back().push_back(weight.shape);
        }
    }

    EnsembleProblem problem() const {
        EnsembleProblem problem{{}, data_, labels_, class_weights_, layout_};
        for (const auto& spec : specs_) problem.specs.push_back(&spec);
        return problem;
    }
    std::int64_t members() const { return question_.members; }
    const TaskData& data() const { return data_; }

    /// The members' weights in the leading corners of `buffer` [K, P].
    Tensor fill(Tensor buffer) const {
        for (std::size_t k = 0; k < weights_.size(); ++k)
            each_corner(buffer[static_cast<std::int64_t>(k)], k,
                        [&](Tensor corner, std::size_t i) { corner.copy_(weights_[k][i].detach()); });
        return buffer;
    }

    struct Answer {
        double loss = 0;
        std::vector<std::int64_t> confusion;
        Tensor gradient; ///< [P] of the widest, padding 0
    };
    /// By autograd.
    Answer expected(std::size_t k, EnsembleGradient::Side side) {
        const auto& spec = specs_[k];
        const auto& set = side == EnsembleGradient::Side::validation ? data_.validation : data_.train;
        const LossFunction loss(spec.regime.params, data_.shape, class_weights_[k]);
        const bool train = side == EnsembleGradient::Side::train;
        const auto& labels = train && labels_[k].defined() ? labels_[k] : set.labels;
        auto& weights = weights_[k];
        weights.gradient().zero_();
        const auto outputs = models_[k]->logits(weights, set);
        const double scale =
            spec.regime.params.text("reduction") == "mean" ? 1.0 / static_cast<double>(set.size()) : 1.0;
        const auto descended = loss.descended(outputs, labels, set.targets);
        descended.backward(at::full_like(descended, scale));
        Evaluation sums(data_.shape.classes);
        sums.add(outputs, loss.reported(outputs, labels, set.targets), labels, loss.answers(outputs));
        Answer answer{.loss = sums.loss_sum, .confusion = sums.confusion.counts};
        answer.gradient = at::zeros({count()}, weights.flat().options());
        each_corner(answer.gradient, k,
                    [&](Tensor corner, std::size_t i) { corner.copy_(weights[i].grad()); });
        return answer;
    }

    std::int64_t count() const {
        std::int64_t all = 0;
        for (const auto& weight : layout_.weights) all += c10::multiply_integers(weight.shape);
        return all;
    }

private:
    static std::int64_t count_of(const std::unique_ptr<Model>& model) {
        std::int64_t all = 0;
        for (const auto& weight : model->weights()) all += c10::multiply_integers(weight.shape);
        return all;
    }

    Examples examples(std::int64_t n, RandomStream& random) const {
        Examples made{.inputs = at::empty({n, question_.shape.features[0]}, at::kFloat),
                      .labels = at::zeros({n}, at::kLong)};
        for (std::int64_t i = 0; i < made.inputs.numel(); ++i)
            made.inputs.data_ptr<float>()[i] = static_cast<float>(random.normal());
        const auto classes = static_cast<std::uint64_t>(question_.shape.classes);
        for (std::int64_t i = 0; classes > 0 && i < n; ++i)
            made.labels[i] = static_cast<std::int64_t>(random.below(classes));
        if (classes > 0) return made;
        made.targets = at::empty({n, question_.shape.outputs}, at::kFloat);
        for (std::int64_t i = 0; i < made.targets.numel(); ++i)
            made.targets.data_ptr<float>()[i] = static_cast<float>(random.normal());
        return made;
    }

    void add_member(std::int64_t k, RandomStream& random) {
        auto settings = question_.settings;
        settings.insert(settings.begin(), {{"task", "gaussian-mixture"}, {"seed", std::to_string(k)}});
        const auto width = question_.widths[static_cast<std::size_t>(k) % question_.widths.size()];
        settings.emplace_back("model.hidden", std::to_string(width));
        specs_.push_back(make_spec("mlp", "sgd", "full-batch", settings));
        const auto& spec = specs_.back();
        models_.push_back(registry().model("mlp").make(spec.model.params, data_.shape, spec.seed));
        const auto type = spec.regime.params.text("precision") == "float64" ? at::kDouble : at::kFloat;
        RandomStream init(spec.seed, "init");
        weights_.emplace_back(models_.back()->weights(), init, type);
        // Large enough that units saturate and thresholds are crossed.
        weights_.back().flat().mul_(3);
        labels_.push_back(data_.shape.regression() ? Tensor() : data_.train.labels.clone());
        if (question_.own_labels)
            for (std::int64_t i = 0; i < data_.train.size(); ++i)
                if (random.uniform() < 0.3)
                    labels_.back()[i] = static_cast<std::int64_t>(
                        random.below(static_cast<std::uint64_t>(data_.shape.classes)));
        class_weights_.emplace_back();
        if (!question_.class_weights || k == 1) return;
        class_weights_.back() = at::empty({data_.shape.classes}, at::kDouble);
        for (std::int64_t c = 0; c < data_.shape.classes; ++c)
            class_weights_.back()[c] = random.uniform(0.5, 4);
        class_weights_.back() = class_weights_.back().to(type);
    }

    /// Calls f(the member's own corner of weight i in `flat` [P], i).
    template<class F>
    void each_corner(const Tensor& flat, std::size_t k, const F& f) const {
        std::int64_t at = 0;
        for (std::size_t i = 0; i < layout_.weights.size(); ++i) {
            const auto& whole = layout_.weights[i].shape;
            const auto numbers = c10::multiply_integers(whole);
            auto corner = flat.narrow(0, at, numbers).view(whole);
            const auto& own = layout_.own[k][i];
            for (std::size_t d = 0; d < own.size(); ++d)
                corner = corner.narrow(static_cast<std::int64_t>(d), 0, own[d]);
            f(corner, i);
            at += numbers;
        }
    }

    Question question_;
    TaskData data_;
    std::vector<RunSpec> specs_;
    std::vector<std::unique_ptr<Model>> models_;
    std::vector<Weights> weights_;
    std::vector<Tensor> labels_, class_weights_;
    MemberLayout layout_;
};

double tolerance_of(const Settings& settings) {
    const auto values = settings | std::views::values;
    if (std::ranges::find(values, "float64") == values.end()) return 1e-5;
    // torch's slope of it is 1/6 as a float32, whatever the type.
    return std::ranges::find(values, "hard-sigmoid") == values.end() ? 1e-12 : 1e-7;
}

void expect_as_autograd(const Question& question, const std::string& what) {
    const double tolerance = tolerance_of(question.settings);
    Bench bench(question);
    for (const auto set : lanes::instruction_sets()) {
        SCOPED_TRACE(what + ", " + std::string(to_string(set)));
        const auto ensemble = make_lane_ensemble(bench.problem(), set);
        ASSERT_TRUE(ensemble);
        const auto weights = bench.fill(ensemble->buffer());
        auto gradient = ensemble->buffer();
        gradient.fill_(std::nan(""));
        MemberSums sums, held_out;
        ensemble->take(weights, gradient, sums);
        ensemble->evaluate(weights, EnsembleGradient::Side::validation, held_out);
        const auto cells = static_cast<std::size_t>(question.shape.classes * question.shape.classes);
        for (std::size_t k = 0; k < static_cast<std::size_t>(bench.members()); ++k) {
            const auto train = bench.expected(k, EnsembleGradient::Side::train);
            EXPECT_LT(relative_distance(gradient[static_cast<std::int64_t>(k)], train.gradient), tolerance)
                << k;
            EXPECT_NEAR(sums.loss[k], train.loss, tolerance * train.loss) << k;
            const auto validation = bench.expected(k, EnsembleGradient::Side::validation);
            EXPECT_NEAR(held_out.loss[k], validation.loss, tolerance * validation.loss) << k;
            const auto counts = [&](const MemberSums& of) {
                return std::vector(of.confusion.begin() + static_cast<std::ptrdiff_t>(k * cells),
                                   of.confusion.begin() + static_cast<std::ptrdiff_t>((k + 1) * cells));
            };
            EXPECT_EQ(counts(sums), train.confusion) << k;
            EXPECT_EQ(counts(held_out), validation.confusion) << k;
        }
    }
}

/// With networks in lanes, and so wide and of so many examples that those are.
void expect_as_autograd_in_all_lanes(Question question, const std::string& what) {
    expect_as_autograd(question, what);
    question.widths = {9, 12};
    question.examples = 83;
    for (const auto set : lanes::instruction_sets())
        ASSERT_EQ(lanes::in_lanes({{6, 9, 3}}, question.examples, lanes::kernels<float>(set).lanes),
                  lanes::InLanes::examples);
    expect_as_autograd(question, what + ", examples in lanes");
}

std::vector<std::string> choices(const std::string& param) {
    return registry().catalog.find_param(Group::model, "mlp", param)->choices;
}

const Question kOneOutput{.shape = {.features = {6}, .classes = 2, .outputs = 1, .sides = {-1, 1}}};
const Question kRegression{.shape = {.features = {6}, .classes = 0, .outputs = 2}};

} // namespace

class Precision : public ::testing::TestWithParam<std::string> {
protected:
    Question with(Question question, Settings settings) const {
        settings.emplace_back("regime.precision", GetParam());
        question.settings = std::move(settings);
        return question;
    }
};
INSTANTIATE_TEST_SUITE_P(Lanes, Precision, ::testing::Values("float32", "float64"),
                         [](const auto& param) { return param.param; });

TEST_P(Precision, EveryNonlinearityAgreesWithAutograd) {
    const std::set<std::string> of_libtorch{"log-sigmoid", "celu", "selu", "hard-swish", "hard-tanh"};
    for (const auto& activation : choices("activation")) {
        if (of_libtorch.contains(activation)) continue;
        for (const auto& [question, loss] : {std::pair{Question{}, "cross-entropy"},
                                             {Question{}, "mse"},
                                             {kOneOutput, "cross-entropy"},
                                             {kOneOutput, "mse"},
                                             {kRegression, "mse"}})
            expect_as_autograd_in_all_lanes(
                with(question,
                     {{"model.activation", activation}, {"model.layers", "2"}, {"regime.loss", loss}}),
                activation + ", " + loss);
    }
}

TEST_P(Precision, EveryOutputAgreesWithAutograd) {
    for (const auto& output : choices("output")) {
        if (output == "softmax" || output == "log-softmax") continue; // over the outputs: LibTorch's
        const bool of_probabilities = output.ends_with("sigmoid");    // cross-entropy does not go with them
        for (const auto& [question, loss] : {std::pair{Question{}, "cross-entropy"},
                                             {Question{}, "mse"},
                                             {kOneOutput, "cross-entropy"},
                                             {kOneOutput, "mse"},
                                             {kRegression, "mse"}})
            if (!of_probabilities || loss == std::string("mse"))
                expect_as_autograd_in_all_lanes(
                    with(question, {{"model.output", output}, {"regime.loss", loss}}), output + ", " + loss);
    }
}

TEST_P(Precision, EveryFormOfTheLossAgreesWithAutograd) {
    for (const auto* loss : {"cross-entropy", "mse"})
        for (const auto* smoothing : {"0", "0.2"})
            for (const auto* over : {"all", "wrong"})
                for (const auto* reduction : {"mean", "sum"})
                    for (auto question : {Question{}, kOneOutput}) {
                        question.own_labels = question.class_weights = true;
                        expect_as_autograd_in_all_lanes(with(question, {{"regime.loss", loss},
                                                                        {"regime.mse_form", "full"},
                                                                        {"regime.label_smoothing", smoothing},
                                                                        {"regime.smoothing_over", over},
                                                                        {"regime.reduction", reduction}}),
                                                        std::string(loss) + smoothing + over + reduction);
                    }
}

TEST_P(Precision, ShapesOfAllKindsAgreeWithAutograd) {
    RandomStream random(3, "shapes");
    for (const auto* layers : {"0", "1", "2", "4"})
        for (int i = 0; i < 6; ++i) {
            Question question = i % 2 == 0 ? Question{} : kOneOutput;
            question.members = 1 + static_cast<std::int64_t>(random.below(40));
            question.examples = 1 + static_cast<std::int64_t>(random.below(200));
            question.shape.features = {1 + static_cast<std::int64_t>(random.below(11))};
            question.widths.clear();
            for (int k = 0; k < 7; ++k)
                question.widths.push_back(1 + static_cast<std::int64_t>(random.below(23)));
            expect_as_autograd(with(question, {{"model.layers", layers}}),
                               std::string(layers) + " layers, shape " + std::to_string(i));
        }
    // Too wide for many examples to be carried through the layers together.
    Question wide{.widths = {300, 170}, .members = 3};
    wide.examples = 70;
    expect_as_autograd(with(wide, {{"model.layers", "2"}, {"model.activation", "relu"}}), "wide");
}

TEST_P(Precision, WithoutBiasesAgreesWithAutograd) {
    expect_as_autograd_in_all_lanes(
        with(Question{.widths = {5, 3}}, {{"model.bias", "false"}, {"model.layers", "2"}}), "no bias");
}

/// Loss and gradient of each member, by its seed.
std::vector<std::pair<double, Tensor>> results(const EnsembleProblem& problem, const Tensor& filled,
                                               lanes::InstructionSet set) {
    const auto ensemble = make_lane_ensemble(problem, set);
    auto weights = ensemble->buffer(), gradient = ensemble->buffer();
    weights.copy_(filled);
    MemberSums sums;
    ensemble->take(weights, gradient, sums);
    std::vector<std::pair<double, Tensor>> all;
    for (std::int64_t k = 0; k < gradient.size(0); ++k)
        all.emplace_back(sums.loss[static_cast<std::size_t>(k)], gradient[k].contiguous());
    return all;
}

/// Only these members, in this order.
EnsembleProblem chosen(const EnsembleProblem& problem, const std::vector<std::int64_t>& members) {
    EnsembleProblem part{{}, problem.data, {}, {}, {std::ssize(members), problem.layout.weights, {}}};
    for (const auto member : members) {
        const auto k = static_cast<std::size_t>(member);
        part.specs.push_back(problem.specs[k]);
        part.labels.push_back(problem.labels[k]);
        part.class_weights.push_back(problem.class_weights[k]);
        part.layout.own.push_back(problem.layout.own[k]);
    }
    return part;
}

TEST_P(Precision, AMemberDoesNotDependOnItsNeighbours) {
    const Bench bench(with({.widths = {7, 30, 2, 19}, .members = 37, .examples = 150, .own_labels = true},
                           {{"model.layers", "2"}}));
    const auto problem = bench.problem();
    for (const auto set : lanes::instruction_sets()) {
        SCOPED_TRACE(to_string(set));
        const auto filled = bench.fill(make_lane_ensemble(problem, set)->buffer());
        const auto together = results(problem, filled, set);
        std::vector<std::int64_t> backwards;
        for (std::int64_t k = bench.members() - 1; k >= 0; --k) backwards.push_back(k);
        const auto order = at::tensor(backwards);
        const auto reversed = results(chosen(problem, backwards), filled.index_select(0, order), set);
        for (std::int64_t k = 0; k < bench.members(); ++k) {
            const auto i = static_cast<std::size_t>(k);
            const auto alone = results(chosen(problem, {k}), filled.narrow(0, k, 1), set).front();
            for (const auto& [loss, gradient] : {alone, reversed[reversed.size() - 1 - i]}) {
                EXPECT_EQ(loss, together[i].first) << k;
                EXPECT_TRUE(same_bits(gradient, together[i].second)) << k;
            }
        }
    }
}

TEST_P(Precision, MembersThatAreKeptGoOn) {
    const Bench bench(with({.widths = {7, 3}, .members = 21, .own_labels = true, .class_weights = true}, {}));
    const std::vector<std::int64_t> kept{1, 2, 5, 18, 20};
    const auto order = at::tensor(kept);
    const auto ensemble = make_lane_ensemble(bench.problem());
    const auto before = bench.fill(ensemble->buffer());
    auto gradient = ensemble->buffer();
    MemberSums sums, later;
    ensemble->take(before, gradient, sums);
    ensemble->keep(kept);
    auto weights = ensemble->buffer(), now = ensemble->buffer();
    ASSERT_EQ(weights.size(0), 5);
    weights.copy_(before.index_select(0, order));
    ensemble->take(weights, now, later);
    EXPECT_TRUE(same_bits(now.contiguous(), gradient.index_select(0, order).contiguous()));
    for (std::size_t i = 0; i < kept.size(); ++i)
        EXPECT_EQ(later.loss[i], sums.loss[static_cast<std::size_t>(kept[i])]);
}

TEST(Lanes, ALostMemberLeavesTheOthersAlone) {
    const Bench bench({.members = 20});
    for (const auto set : lanes::instruction_sets()) {
        const auto ensemble = make_lane_ensemble(bench.problem(), set);
        auto weights = bench.fill(ensemble->buffer());
        auto sound = ensemble->buffer(), gradient = ensemble->buffer();
        MemberSums sums;
        ensemble->take(weights, sound, sums);
        weights[3].fill_(std::nan(""));
        weights[7].fill_(INFINITY);
        ensemble->take(weights, gradient, sums);
        for (std::int64_t k = 0; k < 20; ++k) {
            const bool lost = k == 3 || k == 7;
            EXPECT_EQ(std::isnan(sums.loss[static_cast<std::size_t>(k)]), lost) << k;
            if (lost) continue;
            EXPECT_TRUE(same_bits(gradient[k].contiguous(), sound[k].contiguous())) << k;
        }
    }
}

TEST(Lanes, BuffersAreOnePassOverMemory) {
    for (const std::int64_t width : {5, 20}) { // the first with networks in lanes, the second with examples
        const Bench bench({.widths = {width}, .members = 21, .examples = 70});
        const auto ensemble = make_lane_ensemble(bench.problem());
        const auto buffer = ensemble->buffer();
        EXPECT_EQ(buffer.sizes(), (std::vector<std::int64_t>{21, bench.count()}));
        EXPECT_TRUE(buffer.is_non_overlapping_and_dense());
        EXPECT_EQ(at::zeros_like(buffer).strides(), buffer.strides());
        // Others are taken too.
        const auto weights = bench.fill(ensemble->buffer());
        auto gradient = ensemble->buffer(), rows = at::empty({21, bench.count()}),
             columns = at::empty({bench.count(), 21}).t();
        MemberSums sums;
        ensemble->take(weights, gradient, sums);
        ensemble->take(weights.contiguous(), rows, sums);
        ensemble->take(weights.t().contiguous().t(), columns, sums);
        EXPECT_TRUE(same_bits(gradient.contiguous(), rows));
        EXPECT_TRUE(same_bits(columns.contiguous(), rows));
    }
}

TEST(Lanes, WhatIsNoPerceptronIsLeftToOthers) {
    const Bench bench({.settings = {{"regime.reduction", "sum-of-means"}}});
    EXPECT_FALSE(make_lane_ensemble(bench.problem()));
    const Bench huge({.widths = {8192}, .members = 1, .shape = {.features = {300}, .classes = 3}});
    EXPECT_FALSE(make_lane_ensemble(huge.problem()));
}

} // namespace descent::test
