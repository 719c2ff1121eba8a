// What regimes do to labels, batches, gradients and the length of a run: closed forms. Agreement with PyTorch
// is golden_test.cpp's.

#include "core/engine/clip.h"
#include "tests/engine/support.h"

#include <set>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Experiment made(const std::string& regime, Settings settings, const std::string& model = "elman") {
    settings.insert(settings.begin(), {{"model.hidden", "4"}, {"regime.precision", "float64"}});
    return Experiment(make_spec(model, "sgd", regime, settings), small_task());
}

std::string refusal(const Settings& settings) {
    try {
        made("full-batch", settings);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

/// Gradients handed to the optimizer over `updates` updates, weights kept where they are.
std::vector<Tensor> gradients(const Settings& settings, int updates) {
    auto all = settings;
    all.emplace_back("optimizer.lr", "0");
    all.emplace_back("optimizer.momentum", "0");
    all.emplace_back("updates", "100000");
    auto experiment = made("full-batch", all);
    std::vector<Tensor> found;
    for (int i = 0; i < updates; ++i) {
        experiment.step(experiment.accumulate());
        found.push_back(experiment.weights().gradient().clone());
    }
    return found;
}

} // namespace

TEST(LabelNoise, ReplacesTheShareByWrongLabelsOnceAndTheValidationSetNever) {
    auto big = small_task();
    big.train.labels = big.train.labels.repeat({200});
    big.train.inputs = big.train.inputs.repeat({200, 1});
    big.train.lengths = big.train.lengths.repeat({200});
    const auto clean = big.train.labels.clone();
    const auto spec =
        make_spec("elman", "sgd", "full-batch", {{"regime.label_noise", "0.3"}, {"model.hidden", "4"}});
    const Experiment a(spec, big), b(spec, big);
    EXPECT_TRUE(same_bits(a.data().train.labels, b.data().train.labels));
    EXPECT_TRUE(same_bits(a.data().validation.labels, big.validation.labels));
    EXPECT_TRUE(same_bits(big.train.labels, clean)) << "the task's own are left alone";
    const auto changed = a.data().train.labels.ne(clean).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(changed, 0.3, 0.025); // four standard deviations of 5,600 draws
    // Of the wrong ones each as often.
    const auto steps = (a.data().train.labels - clean).remainder(3);
    EXPECT_NEAR(steps.eq(1).to(at::kDouble).mean().item<double>(), 0.15, 0.02);
    EXPECT_NEAR(steps.eq(2).to(at::kDouble).mean().item<double>(), 0.15, 0.02);
}

TEST(Order, OnceIsRandomAndKept) {
    const auto orders = [](const std::string& order, const std::string& seed) {
        const auto data = small_task();
        const auto spec = make_spec("elman", "sgd", "sgd",
                                    {{"regime.order", order},
                                     {"regime.batch_size", "28"},
                                     {"regime.micro_batch", "28"},
                                     {"regime.balance", "none"},
                                     {"seed", seed},
                                     {"regime.batch_size", "27"}});
        const auto model = registry().model("elman").make(spec.model.params, data.shape, spec.seed);
        BatchPlan plan(data.train, nullptr, *model, 3, spec);
        std::vector<Tensor> seen;
        for (int epoch = 0; epoch < 2; ++epoch) {
            plan.next();
            seen.push_back(plan.chunk(0).labels.clone());
            plan.next();
        }
        return seen;
    };
    const auto once = orders("once", "1"), other = orders("once", "2"), fixed = orders("fixed", "1");
    EXPECT_TRUE(same_bits(once[0], once[1]));
    EXPECT_FALSE(same_bits(once[0], other[0]));
    EXPECT_FALSE(same_bits(once[0], fixed[0]));
}

TEST(BatchGrowth, GoesFromSmallToFullEpochByEpoch) {
    auto e = made("sgd", {{"regime.batch_size", "4"},
                          {"regime.batch_schedule", "geometric"},
                          {"regime.batch_end", "0"},
                          {"epochs", "4"}});
    std::vector<std::int64_t> sizes;
    const auto planned = e.planned();
    while (e.updates() < e.planned()) {
        if (e.plan().between_epochs()) {
            const auto facts = e.step(e.accumulate());
            sizes.push_back(facts.batch_size);
        } else {
            e.step(e.accumulate());
        }
        EXPECT_EQ(e.planned(), planned);
    }
    // 4·7^(k/3): 4, 7.65, 14.6, 28
    EXPECT_EQ(sizes, (std::vector<std::int64_t>{4, 8, 15, 28}));
    EXPECT_EQ(e.updates().count, 7 + 4 + 2 + 1);
    EXPECT_EQ(e.plan().passes(), 4);
    EXPECT_TRUE(e.plan().whole_set());
}

TEST(BatchGrowth, NeedsALengthInEpochs) {
    EXPECT_NE(refusal({{"regime.batch_schedule", "linear"}, {"updates", "10"}}).find("length in epochs"),
              std::string::npos);
}

TEST(Change, ABatchSizeTakesHoldWithTheNextEpochAndTheStepSizeAtOnce) {
    auto e = made("sgd", {{"regime.batch_size", "10"}, {"epochs", "3"}, {"optimizer.momentum", "0"}});
    EXPECT_EQ(e.planned().count, 9);
    e.step(e.accumulate());
    e.apply({e.updates(), "regime.batch_size", "0"});
    e.apply({e.updates(), "optimizer.lr", "0.025"});
    EXPECT_EQ(e.planned().count, 3 + 1 + 1);
    const auto facts = e.step(e.accumulate());
    EXPECT_EQ(facts.batch_size, 10);
    EXPECT_EQ(facts.lr, 0.025);
    e.step(e.accumulate());
    EXPECT_EQ(e.step(e.accumulate()).batch_size, 28);
    EXPECT_EQ(e.plan().passes(), 2);
}

TEST(Penalty, DifferencesApproachTheExactProductAtTheirOrder) {
    // The regularizer's gradient against double backward: forward differences are off by O(ε), central ones
    // by O(ε²). A tanh net in float64.
    const auto with = [](const std::string& form, const std::string& eps) {
        auto e = made("full-batch", {{"regime.penalty", "0.5"},
                                     {"regime.penalty_difference", form},
                                     {"regime.penalty_eps", eps},
                                     {"optimizer.lr", "1"}});
        e.accumulate();
        return e.weights().gradient().clone();
    };
    auto plain = made("full-batch", {});
    plain.accumulate();
    const auto exact = with("exact", "1") - plain.weights().gradient();
    ASSERT_GT(exact.norm().item<double>(), 0);
    const auto error = [&](const std::string& form, const std::string& eps) {
        return relative_distance(with(form, eps) - plain.weights().gradient(), exact);
    };
    EXPECT_NEAR(error("forward", "0.02") / error("forward", "0.01"), 2, 0.1);
    EXPECT_NEAR(error("central", "0.02") / error("central", "0.01"), 4, 0.2);
    EXPECT_LT(error("central", "0.01"), 1e-4);
    EXPECT_LT(error("forward", "1e-5"), 1e-4);
}

TEST(Penalty, IsTheMeanOverBlocksAndIsExactForTheSumOfSquaredNorms) {
    // `full` is the gradient of (lr/4)·α·Σ w_b‖∇L_b‖²: against a central difference of that number.
    const Settings settings{{"regime.penalty", "0.7"},
                            {"regime.block", "9"},
                            {"regime.penalty_difference", "exact"},
                            {"regime.penalty_form", "full"},
                            {"optimizer.lr", "2"}};
    auto e = made("full-batch", settings);
    auto plain = made("full-batch", {});
    plain.accumulate();
    e.accumulate();
    const auto got = e.weights().gradient() - plain.weights().gradient();
    const auto batch = e.plan().next();
    ASSERT_EQ(batch.chunks, 4);
    const auto value = [&] {
        double sum = 0;
        for (std::int64_t b = 0; b < batch.chunks; ++b) {
            const auto block = e.plan().chunk(b);
            e.weights().gradient().zero_();
            e.losses(e.model().logits(e.weights(), block), block).mean().backward();
            sum +=
                static_cast<double>(block.size()) / 28 * e.weights().gradient().square().sum().item<double>();
        }
        return 2.0 / 4 * 0.7 * sum;
    };
    const at::Tensor direction = at::linspace(-1, 1, e.weights().count(), at::kDouble);
    auto& x = e.weights().flat();
    const double step = 1e-5;
    x.add_(direction, step);
    const double above = value();
    x.sub_(direction, 2 * step);
    const double below = value();
    const double slope = got.dot(direction).item<double>();
    EXPECT_NEAR((above - below) / (2 * step), slope, 1e-6 * std::abs(slope) + 1e-9);
}

TEST(Penalty, ReshuffledBlocksDifferFromUpdateToUpdate) {
    const Settings settings{{"regime.penalty", "0.5"}, {"regime.block", "4"}};
    auto reshuffled = settings;
    reshuffled.emplace_back("regime.reshuffle_blocks", "true");
    const auto same = gradients(settings, 2), other = gradients(reshuffled, 2);
    EXPECT_TRUE(same_bits(same[0], same[1]));
    // With lr 0 the penalty's strength is 0 too, and only the order of the sum differs.
    EXPECT_LT(relative_distance(other[0], other[1]), 1e-12);
    auto e = made("full-batch",
                  {{"regime.penalty", "0.5"}, {"regime.block", "4"}, {"regime.reshuffle_blocks", "true"}});
    e.accumulate();
    const auto first = e.weights().gradient().clone();
    e.accumulate();
    EXPECT_GT(relative_distance(first, e.weights().gradient()), 1e-6);
}

TEST(Noise, IsotropicHasTheAskedDeviation) {
    const auto clean = gradients({}, 1)[0];
    double sum = 0;
    const auto noisy = gradients({{"regime.noise", "0.1"}}, 60);
    for (const auto& g : noisy) sum += (g - clean).square().mean().item<double>();
    const double n = 60.0 * static_cast<double>(clean.numel());
    EXPECT_NEAR(sum / 60, 0.01, 5 * 0.01 * std::sqrt(2 / n));
    EXPECT_FALSE(same_bits(noisy[0], noisy[1]));
}

TEST(Noise, MultiplicativeScalesWithTheGradient) {
    const auto clean = gradients({}, 1)[0];
    double sum = 0;
    for (const auto& g : gradients({{"regime.noise", "0.2"}, {"regime.noise_kind", "multiplicative"}}, 200))
        sum += (g - clean).square().sum().item<double>() / clean.square().sum().item<double>();
    EXPECT_NEAR(sum / 200, 0.04, 0.01);
}

TEST(Noise, OfMiniBatchesHasTheirCovariance) {
    // Blocks of one example: the exact covariance of the examples' gradients over the batch size.
    const auto clean = gradients({}, 1)[0];
    auto e = made("full-batch", {});
    const auto data = small_task();
    std::vector<Tensor> each;
    for (std::int64_t i = 0; i < 28; ++i) {
        const auto one = data.train.slice(i, i + 1);
        e.weights().gradient().zero_();
        e.losses(e.model().logits(e.weights(), one), one).mean().backward();
        each.push_back(e.weights().gradient() - clean);
    }
    const auto rows = at::stack(each);
    const auto covariance = rows.t().mm(rows).div(27 * 5.0); // of mini-batches of 5
    for (const char* kind : {"mini-batch", "diagonal"}) {
        constexpr int draws = 3000;
        const auto noisy = gradients({{"regime.noise", "1"},
                                      {"regime.noise_kind", kind},
                                      {"regime.noise_batch", "5"},
                                      {"regime.block", "1"},
                                      {"regime.batch_size", "0"}},
                                     draws);
        std::vector<Tensor> noise;
        for (const auto& g : noisy) noise.push_back(g - clean);
        const auto drawn = at::stack(noise);
        const auto found = drawn.t().mm(drawn).div(static_cast<double>(draws));
        const double trace = covariance.trace().item<double>();
        EXPECT_NEAR(found.trace().item<double>(), trace, 0.1 * trace) << kind;
        EXPECT_LT(drawn.mean(0).norm().item<double>(), 4 * std::sqrt(trace / draws)) << kind;
        if (std::string(kind) == "mini-batch") {
            EXPECT_LT(relative_distance(found, covariance), 0.2);
        } else {
            EXPECT_LT(relative_distance(found.diag(), covariance.diag()), 0.15);
        }
    }
}

TEST(Noise, OfBlocksNeedsTwoOfThem) {
    EXPECT_NE(
        refusal({{"regime.noise", "1"}, {"regime.noise_kind", "mini-batch"}}).find("at least two blocks"),
        std::string::npos);
}

TEST(Noise, LeavesTheCourseReproducible) {
    const auto a = gradients({{"regime.noise", "0.1"}}, 3), b = gradients({{"regime.noise", "0.1"}}, 3);
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(same_bits(a[static_cast<std::size_t>(i)], b[static_cast<std::size_t>(i)]));
}

TEST(EarlyStop, CountsEvaluationsWithoutABetterOne) {
    const auto spec =
        make_spec("gru", "sgd", "sgd", {{"regime.patience", "3"}, {"regime.stop_delta", "0.01"}});
    EarlyStop stop(spec.regime.params);
    const std::vector<double> losses{1.0, 0.9, 0.895, 0.92};
    for (std::size_t i = 0; i < losses.size(); ++i)
        stop.observe(losses[i], 0, {static_cast<std::int64_t>(10 * i)});
    EXPECT_FALSE(stop.reason({30}));
    EarlyStop again(spec.regime.params);
    again.restore(stop.state());
    again.observe(std::numeric_limits<double>::quiet_NaN(), 0, {40});
    ASSERT_TRUE(again.reason({40}));
    EXPECT_EQ(*again.reason({40}),
              "stopped early: validation loss was best at update 10 (0.9), 3 evaluations ago");
}

} // namespace descent::test
