#include "core/engine/registry.h"
#include "core/tasks/drawn_data.h"

namespace descent {

namespace {

/// `count` examples of side `name`, the classes in turn. A side's examples do not depend on how many the
/// other sides have, and fewer are the first of more.
Examples draw(const std::vector<double>& means, const ParamSet& p, const char* name, const Loading& loading) {
    const auto classes = p.integer("classes"), dimension = p.integer("dimension"), n = p.integer(name);
    const double spread = p.real("spread");
    RandomStream random(static_cast<std::uint64_t>(p.integer("data_seed")),
                        std::string("gaussian-mixture/") + name);
    Examples examples{.inputs = at::empty({n, dimension}, at::kFloat), .labels = at::empty({n}, at::kLong)};
    auto* out = examples.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i) {
        if (i % 1024 == 0)
            loading.report(static_cast<double>(i) / static_cast<double>(n),
                           std::string("drawing ") + name + " examples");
        const auto label = i % classes;
        examples.labels.data_ptr<std::int64_t>()[i] = label;
        for (std::int64_t k = 0; k < dimension; ++k)
            *out++ = static_cast<float>(means[static_cast<std::size_t>(label * dimension + k)] +
                                        spread * random.normal());
    }
    return examples;
}

TaskData load(const ParamSet& p, const Loading& loading) {
    const auto classes = p.integer("classes"), dimension = p.integer("dimension");
    for (const auto* side : {"train", "validation"})
        if (p.integer(side) < classes)
            throw InputError(std::string("task.") + side + " = " + std::to_string(p.integer(side)) +
                             ": expected at least task.classes = " + std::to_string(classes) +
                             ", so that each class has an example");
    const auto blamed = "task.dimension = " + std::to_string(dimension);
    check_drawn_size(p.integer("train") + p.integer("validation") + p.integer("test"), dimension, blamed);
    check_drawn_size(classes, dimension, blamed);
    std::vector<double> means(static_cast<std::size_t>(classes * dimension));
    RandomStream random(static_cast<std::uint64_t>(p.integer("data_seed")), "gaussian-mixture/means");
    for (auto& mean : means) mean = random.normal();

    TaskData data;
    data.train = draw(means, p, kSideNames[0], loading);
    data.validation = draw(means, p, kSideNames[1], loading);
    data.test = draw(means, p, kSideNames[2], loading);
    data.shape = {.features = {dimension}, .classes = classes};
    std::vector<std::string> names;
    for (std::int64_t c = 0; c < classes; ++c) names.push_back(std::to_string(c));
    describe_drawn(data, p, names);
    return data;
}

} // namespace

TaskDefinition task_gaussian_mixture() {
    return {
        {.id = "gaussian-mixture",
         .title = "Gaussian mixture",
         .summary = "Tell clouds of points apart: drawn data of any size, for looking at how training works",
         .params =
             {integer("classes", 10, "Clouds; their centres are drawn from N(0, 1) in each coordinate")
                  .at_least(2)
                  .at_most(1000),
              integer("dimension", 20, "Coordinates of a point").at_least(1).at_most(100'000).log(),
              example_count("train", 200, "Training examples, the classes in turn").at_least(2),
              example_count("validation", 500, "Validation examples").at_least(2),
              example_count("test", 2000, "Examples for the test at the end"),
              real("spread", 1, "Standard deviation of a cloud in each coordinate").at_least(0).at_most(1e6),
              integer("data_seed", 0,
                      "Seed of the data, apart from the run's seed so that replicates share it")
                  .at_least(0)},
         .deltas = {{"model", std::string("mlp")},
                    {"optimizer", std::string("sgd")},
                    {"regime", std::string("sgd")}}},
        load};
}

} // namespace descent
