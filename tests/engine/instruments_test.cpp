// What instruments measure, against exact covariances and counts; and that they leave the run alone.
// Sharpness is sharpness_test.cpp's.

#include "core/engine/meter.h"
#include "tests/engine/instrument_bench.h"

#include <cmath>

namespace descent::test {

TEST(Instruments, SayWhatTheyCostAndAreOffByDefault) {
    Experiment experiment(make_spec("gru", "sgd", "full-batch"), small_task());
    Recorder recorder;
    for (const auto& definition : registry().instruments) {
        EXPECT_NE(definition.help.find("cost"), std::string::npos) << definition.id;
        EXPECT_EQ(definition.make(experiment.spec(), experiment, recorder), nullptr) << definition.id;
    }
    EXPECT_TRUE(recorder.take().metrics.empty());
    const Bench all("mlp", kAll);
    EXPECT_EQ(all.instruments.size(), registry().instruments.size());
    for (const auto& i : all.instruments) EXPECT_GT(i->cost(), 0);
}

class Looking : public ::testing::TestWithParam<std::string> {};

TEST_P(Looking, ChangesNothing) {
    // With dropout, augmentation and shuffled batches, where the model has them.
    const auto& model = GetParam();
    const Settings settings{{"regime.batch_size", "9"}, {"optimizer.momentum", "0.9"}};
    Bench plain(model, settings, "sgd", "sgd"), looked(model, with(settings, kAll), "sgd", "sgd");
    for (int i = 0; i < 6; ++i) {
        plain.update();
        looked.update(i != 3);
        for (const auto& sample : looked.batch.samples)
            EXPECT_FALSE(std::isnan(sample.value)) << looked.batch.metrics.at(sample.metric).name;
    }
    looked.end();
    EXPECT_TRUE(same_bits(plain.experiment.weights().flat(), looked.experiment.weights().flat()));
    EXPECT_EQ(plain.experiment.plan().state(), looked.experiment.plan().state());
    EXPECT_EQ(looked.matrix("landscape/plane").size(0), 441);
}

std::vector<std::string> models() {
    std::vector<std::string> all;
    for (const auto& m : registry().models) all.push_back(m.entry.id);
    return all;
}
INSTANTIATE_TEST_SUITE_P(Models, Looking, ::testing::ValuesIn(models()), [](const auto& test) {
    auto name = test.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(NoiseScale, OfSingleExamplesIsTheExactCovariances) {
    Bench bench("mlp", {{"regime.precision", "float64"}, {"regime.probe_noise_scale", "true"}});
    auto& e = bench.experiment;
    const auto n = e.data().train.size();
    std::vector<Tensor> each;
    for (std::int64_t i = 0; i < n; ++i)
        each.push_back(SampleLoss(e, {e.data().train.slice(i, i + 1)}).gradient());
    const auto gradients = at::stack(each), mean = gradients.mean(0);
    const double trace = (gradients - mean).square().sum().item<double>() / static_cast<double>(n - 1);
    const double square = mean.square().sum().item<double>() - trace / static_cast<double>(n);
    bench.update();
    EXPECT_NEAR(bench.value("noise-scale/trace"), trace, 1e-10 * trace);
    EXPECT_NEAR(bench.value("noise-scale/gradient-squared"), square, 1e-10 * trace);
    EXPECT_NEAR(bench.value("noise-scale/simple"), trace / square, 1e-8 * std::abs(trace / square));
}

TEST(NoiseScale, OfBlocksIsAnEstimateWithoutBias) {
    // Over many partitions, the mean is that of the covariance of single examples.
    auto data = small_task();
    const Settings settings{
        {"regime.precision", "float64"}, {"regime.probe_noise_scale", "true"}, {"model.hidden", "4"}};
    auto repeated = small_task();
    repeated.train =
        data.train.at(at::arange(28, at::kLong).repeat({4})); // 112: blocks of 3, sixteen left out
    double sum = 0, trace = 0;
    const int draws = 40;
    for (int seed = 0; seed < draws; ++seed) {
        const auto spec =
            make_spec("gru", "sgd", "full-batch", with(settings, {{"seed", std::to_string(seed)}}));
        Bench bench(spec, repeated);
        auto& e = bench.experiment;
        std::vector<Tensor> each;
        for (std::int64_t i = 0; i < 28; ++i)
            each.push_back(SampleLoss(e, {data.train.slice(i, i + 1)}).gradient());
        const auto gradients = at::stack(each);
        trace += (gradients - gradients.mean(0)).square().sum().item<double>() / 28 * 112 / 111;
        bench.update();
        sum += bench.value("noise-scale/trace");
    }
    EXPECT_NEAR(sum / trace, 1, 0.03);
}

TEST(Cosine, IsThatOfTheTwoGradients) {
    Bench bench("gru", {{"regime.probe_cosine", "true"}});
    auto& e = bench.experiment;
    const auto a = at::zeros({e.weights().count()}), b = at::zeros_like(a);
    a[0] = 1.0;
    b[0] = -3.0;
    b[1] = 4.0;
    bench.instruments[0]->before({e, a, 0, 0, {}}, bench.recorder);
    bench.instruments[0]->next({e, b, 0, 0, {}}, bench.recorder);
    bench.take();
    EXPECT_NEAR(bench.value("gradient/cosine"), -0.6, 1e-12);
}

TEST(UpdateRatio, IsTheStepsShareOfTheWeights) {
    Bench bench("gru", {{"regime.probe_update_ratio", "true"}});
    const auto before = bench.weight("output.weight").clone();
    bench.update();
    const double moved = (bench.weight("output.weight") - before).norm().item<double>();
    EXPECT_GT(moved, 0);
    EXPECT_NEAR(bench.value("update-ratio/output.weight"), moved / before.norm().item<double>(), 1e-6);
}

TEST(Histograms, CountEachFiniteValueOnce) {
    Bench bench("gru", {{"regime.probe_histograms", "true"}});
    bench.weight("output.bias").fill_(0.25);
    auto w = bench.weight("output.weight").view({-1});
    w[0] = std::numeric_limits<float>::quiet_NaN();
    w[1] = std::numeric_limits<float>::infinity();
    auto gradient = at::zeros({bench.experiment.weights().count()});
    bench.instruments[0]->before({bench.experiment, gradient, 0, 0, {}}, bench.recorder);
    bench.take();

    const auto rows = bench.matrix("histogram/weights/rnn.weight_hh_l0");
    const auto weights = bench.weight("rnn.weight_hh_l0").to(at::kDouble);
    ASSERT_EQ(rows.size(0), 30);
    EXPECT_EQ(rows[0][0].item<double>(), weights.min().item<double>());
    EXPECT_EQ(rows[29][1].item<double>(), weights.max().item<double>());
    EXPECT_EQ(rows.select(1, 2).sum().item<double>(), static_cast<double>(weights.numel()));
    EXPECT_TRUE(rows.select(1, 0).slice(0, 1).equal(rows.select(1, 1).slice(0, 0, 29)));
    const double low = rows[12][0].item<double>(), high = rows[12][1].item<double>();
    EXPECT_NEAR(rows[12][2].item<double>(),
                weights.ge(low).logical_and(weights.lt(high)).sum().item<double>(), 1);

    EXPECT_EQ(bench.matrix("histogram/weights/output.weight").select(1, 2).sum().item<double>(),
              static_cast<double>(w.numel() - 2));
    const auto equal = bench.matrix("histogram/weights/output.bias");
    EXPECT_EQ(equal.select(1, 2).sum().item<double>(), 3);
    EXPECT_EQ(equal[0][0].item<double>(), 0.125);
    EXPECT_EQ(equal[29][1].item<double>(), 0.375);
    EXPECT_EQ(bench.matrix("histogram/gradient/output.bias")[0][0].item<double>(), -0.5);
}

TEST(DeadUnits, AreThoseThatNoExampleMoves) {
    Bench relu("mlp", {{"regime.probe_dead_units", "true"},
                       {"model.activation", "relu"},
                       {"model.layers", "2"},
                       {"model.hidden", "8"}});
    relu.weight("0.bias").fill_(50);
    relu.weight("0.bias").narrow(0, 2, 2).fill_(-1000);
    relu.weight("2.weight").abs_();
    relu.weight("2.bias").fill_(1);
    relu.update();
    EXPECT_EQ(relu.value("dead/layer1"), 0.25);
    EXPECT_EQ(relu.value("dead/layer2"), 0);

    Bench tanh("mlp", {{"regime.probe_dead_units", "true"}, {"model.hidden", "8"}});
    tanh.weight("0.weight").mul_(1e-3);
    tanh.weight("0.bias").zero_().narrow(0, 0, 3).copy_(at::tensor({-9.0, 9.0, 1.0}));
    tanh.update();
    EXPECT_EQ(tanh.value("dead/layer1"), 0.25);

    EXPECT_TRUE(Bench("char-rnn-linear", {{"regime.probe_dead_units", "true"}}).instruments.empty());
}

TEST(Landscape, LineRunsThroughTheLossesBeforeAndAfterTheStep) {
    Bench bench("lstm", {{"regime.probe_landscape", "line"}, {"regime.precision", "float64"}});
    auto& e = bench.experiment;
    const SampleLoss loss(e, e.sample(2048));
    const double before = loss.value();
    const auto start = e.weights().flat().clone();
    bench.update();
    const auto line = bench.matrix("landscape/line");
    ASSERT_EQ(line.size(0), 21);
    EXPECT_EQ(line[5][0].item<double>(), 0);
    EXPECT_EQ(line[5][1].item<double>(), before);
    EXPECT_EQ(line[10][0].item<double>(), 1);
    EXPECT_EQ(line[10][1].item<double>(), loss.value());
    const KeepWeights keep(e.weights());
    e.weights().flat().copy_(start + (keep.kept() - start) * 3);
    EXPECT_EQ(line[20][0].item<double>(), 3);
    EXPECT_NEAR(line[20][1].item<double>(), loss.value(), 1e-12);
    bench.end();
    EXPECT_FALSE(bench.matrix("landscape/plane").defined());
}

TEST(Landscape, PlaneIsAboutTheLastWeightsAndEndsWhenAskedTo) {
    const Settings settings{{"regime.probe_landscape", "plane"}, {"regime.precision", "float64"}};
    Bench bench("mlp", settings);
    bench.update();
    EXPECT_FALSE(bench.matrix("landscape/line").defined());
    int asked = 0;
    bench.end([&] { return ++asked > 7; });
    EXPECT_FALSE(bench.matrix("landscape/plane").defined());
    EXPECT_EQ(asked, 8);
    bench.end();
    const auto plane = bench.matrix("landscape/plane");
    ASSERT_EQ(plane.size(0), 441);
    const SampleLoss loss(bench.experiment, bench.experiment.sample(2048));
    EXPECT_EQ(plane[220][0].item<double>(), 0);
    EXPECT_EQ(plane[220][1].item<double>(), 0);
    EXPECT_EQ(plane[220][2].item<double>(), loss.value());
    EXPECT_EQ(plane[0][0].item<double>(), -1);
    EXPECT_EQ(plane[440][1].item<double>(), 1);

    Bench again("mlp", settings);
    again.update();
    again.end();
    EXPECT_TRUE(again.matrix("landscape/plane").equal(plane));
}

TEST(Landscape, DirectionsAreAsLongAsTheFiltersAndLeaveBiasesOut) {
    Bench bench("mlp", {{"regime.probe_landscape", "plane"}, {"model.layers", "0"}});
    bench.weight("0.weight").zero_();
    bench.weight("0.bias").copy_(at::tensor({0.5, -1.0, 2.0}));
    bench.end();
    const auto losses = bench.matrix("landscape/plane").select(1, 2);
    EXPECT_EQ(losses.min().item<double>(), losses.max().item<double>());
    bench.weight("0.weight").fill_(0.3);
    bench.end();
    EXPECT_GT(bench.matrix("landscape/plane").select(1, 2).std().item<double>(), 0.01);
}

namespace {

class Breaking : public Instrument {
public:
    explicit Breaking(int& looks) : looks_(looks) {}
    double cost() const override { return 0; }
    void before(const Lens&, Recorder&) override {
        if (++looks_ == 2) throw std::runtime_error("the needle is stuck");
    }
    void at_end(const Lens&, Recorder&, const std::function<bool()>&) override { ++looks_; }

private:
    int& looks_;
};

} // namespace

TEST(Instruments, OneThatThrowsLooksNoMoreAndTheOthersGoOn) {
    Experiment experiment(make_spec("mlp", "sgd", "full-batch",
                                    {{"task", registry().model("mlp").entry.tasks.front()},
                                     {"regime.probe_distance", "true"},
                                     {"regime.probe_every", "1"}}),
                          small_task_for("mlp"));
    Recorder recorder;
    Meter meter(experiment, recorder);
    int looks = 0;
    meter.add("breaking", std::make_unique<Breaking>(looks));
    std::vector<std::string> said;
    for (Update at{}; at < Update{5}; ++at.count) {
        const auto batch = experiment.accumulate();
        const Lens lens{experiment, experiment.weights().gradient(), batch.loss(), experiment.lr(), at};
        recorder.at(at, {}, 0);
        meter.before(lens, 1, 1);
        experiment.step(batch);
        meter.after(lens);
        for (auto& line : meter.take_failures()) said.push_back(std::move(line));
    }
    meter.at_end({experiment, experiment.weights().gradient(), 0, 0, Update{5}}, [] { return false; });
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(said[0].find("breaking failed"), std::string::npos) << said[0];
    EXPECT_NE(said[0].find("the needle is stuck"), std::string::npos) << said[0];
    EXPECT_TRUE(meter.take_failures().empty());
    EXPECT_EQ(looks, 2) << "it looks no more, not even at the end";
    const auto all = recorder.take();
    const auto distance = std::ranges::find(all.metrics, "weights/distance", &MetricInfo::name);
    ASSERT_NE(distance, all.metrics.end());
    EXPECT_EQ(std::ranges::count(all.samples, distance->index, &Sample::metric), 5);
}

} // namespace descent::test
