#include "core/engine/registry.h"
#include "core/tasks/drawn_data.h"

#include <cmath>

namespace descent {

namespace {

RandomStream stream(const ParamSet& p, const std::string& name) {
    return {static_cast<std::uint64_t>(p.integer("data_seed")), "teacher/" + name};
}

/// A direction drawn uniformly, of length `norm` [n].
std::vector<double> direction(RandomStream random, std::int64_t n, double norm) {
    std::vector<double> all(static_cast<std::size_t>(n));
    double square = 0;
    for (auto& x : all) {
        x = random.normal();
        square += x * x;
    }
    for (auto& x : all) x *= norm / std::sqrt(square);
    return all;
}

/// The linear teacher: y = β·x + s·z, where x are the coordinates of scale 1 and z, of scale 1 too, are those
/// that the student is given times slow_scale. ‖β‖ = signal, ‖s‖ = slow_signal.
struct Teacher {
    explicit Teacher(const ParamSet& p)
        : fast(direction(stream(p, "weights"), p.integer("dimension"), p.real("signal")))
        , slow(direction(stream(p, "slow-weights"), p.integer("slow_features"), p.real("slow_signal")))
        , slow_scale(p.real("slow_scale")) {}

    std::vector<double> fast, slow;
    double slow_scale;
};

/// The examples of one side, which do not depend on how many there are; fewer are the first of more. Noise
/// has a stream of its own, so that with or without it inputs are the same.
Examples draw(const Teacher& teacher, const ParamSet& p, const std::string& name, double noise,
              const Loading& loading) {
    const bool regression = p.text("kind") == "regression";
    const auto n = p.integer(name);
    auto random = stream(p, name), disturbed = stream(p, name + "/noise");
    Examples all{.inputs = at::empty({n, std::ssize(teacher.fast) + std::ssize(teacher.slow)}, at::kFloat),
                 .labels = at::zeros({n}, at::kLong)};
    if (regression) all.targets = at::empty({n, 1}, at::kFloat);
    auto* out = all.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i) {
        if (i % 1024 == 0)
            loading.report(static_cast<double>(i) / static_cast<double>(n), "drawing " + name + " examples");
        double y = 0;
        const auto features = [&](const std::vector<double>& weights, double scale) {
            for (const double weight : weights) {
                const double x = random.normal();
                y += weight * x;
                *out++ = static_cast<float>(scale * x);
            }
        };
        features(teacher.fast, 1);
        features(teacher.slow, teacher.slow_scale);
        if (regression)
            all.targets.data_ptr<float>()[i] = static_cast<float>(y + noise * disturbed.normal());
        else
            all.labels.data_ptr<std::int64_t>()[i] = y > 0 ? 1 : 0;
    }
    return all;
}

TaskData load(const ParamSet& p, const Loading& loading) {
    const auto numbers = p.integer("dimension") + p.integer("slow_features");
    check_drawn_size(p.integer("train") + p.integer("validation") + p.integer("test"), numbers,
                     "task.dimension = " + std::to_string(p.integer("dimension")));
    const Teacher teacher(p);
    const double noise = p.real("noise"), clean = p.flag("test_noise") ? noise : 0;
    TaskData data;
    data.train = draw(teacher, p, kSideNames[0], noise, loading);
    data.validation = draw(teacher, p, kSideNames[1], clean, loading);
    data.test = draw(teacher, p, kSideNames[2], clean, loading);
    data.shape = {.features = {numbers}, .outputs = 1};
    const bool regression = p.text("kind") == "regression";
    if (!regression) {
        data.shape.classes = 2;
        data.shape.sides = {-1, 1};
    }
    describe_drawn(data, p, regression ? std::vector<std::string>{} : std::vector<std::string>{"-1", "+1"});
    return data;
}

} // namespace

TaskDefinition task_teacher() {
    return {
        {.id = "teacher",
         .title = "Teacher and student",
         .summary =
             "Learn a linear function of Gaussian inputs from noisy examples, whose risk is known: for "
             "double descent",
         .params =
             {choice("kind", "regression", {"regression", "classification"},
                     "What is learnt: the teacher's number, or on which side of 0 it is"),
              integer("dimension", 50, "Inputs of scale 1").at_least(1).at_most(100'000).log(),
              example_count("train", 100, "Training examples").at_least(2),
              example_count("validation", 1000, "Validation examples").at_least(2),
              example_count("test", 2000, "Examples for the test at the end"),
              real("signal", 1, "Length ‖β‖ of the teacher's weights: its share of the targets' deviation")
                  .at_least(0)
                  .at_most(1e6),
              real("noise", 0.5, "Standard deviation of what is added to training targets, of a regression")
                  .at_least(0)
                  .at_most(1e6),
              flag("test_noise", false, "Adds the noise to validation and test targets too"),
              integer("slow_features", 0,
                      "Further inputs, of scale slow_scale, which gradient descent learns late: for "
                      "epoch-wise double descent")
                  .at_least(0)
                  .at_most(100'000),
              real("slow_scale", 0.02, "Standard deviation of a slow input").above(0).at_most(1e6).log(),
              real("slow_signal", 2, "Standard deviation of what the slow inputs add to the targets")
                  .at_least(0)
                  .at_most(1e6),
              integer("data_seed", 0,
                      "Seed of the data, apart from the run's seed so that replicates share it")
                  .at_least(0)},
         .deltas = {{"model", std::string("mlp")},
                    {"optimizer", std::string("sgd")},
                    {"regime", std::string("full-batch")},
                    {"regime.loss", std::string("mse")}}},
        load};
}

} // namespace descent
