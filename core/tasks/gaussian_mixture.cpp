#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/engine/registry.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent {

namespace {

constexpr std::array kSideNames{"train", "validation", "test"};
constexpr std::int64_t kMostNumbers = 100'000'000; // 400 MB
constexpr std::int64_t kShown = 6;                 ///< numbers of an example to look at

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

/// The first numbers of an example: "0.31, −1.2, 2.05, …".
std::string in_short(const float* values, std::int64_t count) {
    std::string text;
    for (std::int64_t k = 0; k < std::min(count, kShown); ++k)
        text += (k == 0 ? "" : ", ") + format_number(static_cast<double>(values[k]), 3);
    return count > kShown ? text + ", …" : text;
}

void describe(const TaskData& data, const ParamSet& params, Inspection& out) {
    const auto classes = static_cast<std::size_t>(data.shape.classes);
    auto& p = out.provenance;
    for (std::size_t c = 0; c < classes; ++c) {
        p.classes.push_back(std::to_string(c));
        out.class_counts.emplace_back(p.classes.back(), 0);
    }
    out.split_counts.assign(classes, {});
    Sha256 hash;
    const std::array sides{&data.train, &data.validation, &data.test};
    for (std::size_t side = 0; side < sides.size(); ++side) {
        const auto& examples = *sides[side];
        const auto dimension = examples.inputs.size(1);
        const auto* values = examples.inputs.data_ptr<float>();
        for (std::int64_t i = 0; i < examples.size(); ++i, values += dimension) {
            const auto label = examples.labels.data_ptr<std::int64_t>()[i];
            ++out.class_counts[static_cast<std::size_t>(label)].second;
            ++out.split_counts[static_cast<std::size_t>(label)][side];
            out.samples.push_back(
                {static_cast<int>(side), static_cast<int>(label), in_short(values, dimension), {}});
            hash.add(std::to_string(label) + "\t" + std::to_string(side) + "\t");
            hash.add(
                {reinterpret_cast<const char*>(values), static_cast<std::size_t>(dimension) * sizeof(float)});
        }
    }
    p.data_hash = hash.hex();
    p.data_source = "built-in";
    p.train_examples = data.train.size();
    p.validation_examples = data.validation.size();
    p.test_examples = data.test.size();
    p.data_report = nlohmann::json{{"counts", out.class_counts}}.dump();

    // Each example follows from these; it is known by its place among those of its side.
    auto manifest = nlohmann::json{{"source", "drawn"}};
    for (const auto& [name, value] : params.values) manifest[name] = to_json(value);
    p.manifest = manifest.dump();
}

TaskData load(const ParamSet& p, const Loading& loading) {
    const auto classes = p.integer("classes"), dimension = p.integer("dimension");
    for (const auto* side : {"train", "validation"})
        if (p.integer(side) < classes)
            throw InputError(std::string("task.") + side + " = " + std::to_string(p.integer(side)) +
                             ": expected at least task.classes = " + std::to_string(classes) +
                             ", so that each class has an example");
    const auto examples = p.integer("train") + p.integer("validation") + p.integer("test");
    if (examples > kMostNumbers / dimension || classes > kMostNumbers / dimension)
        throw InputError("task.dimension = " + std::to_string(dimension) + ": " + format_count(examples) +
                         " examples of so many numbers are too many; expected at most " +
                         format_count(kMostNumbers) + " numbers in all");
    std::vector<double> means(static_cast<std::size_t>(classes * dimension));
    RandomStream random(static_cast<std::uint64_t>(p.integer("data_seed")), "gaussian-mixture/means");
    for (auto& mean : means) mean = random.normal();

    TaskData data;
    data.train = draw(means, p, kSideNames[0], loading);
    data.validation = draw(means, p, kSideNames[1], loading);
    data.test = draw(means, p, kSideNames[2], loading);
    data.shape = {.features = {dimension}, .classes = classes};
    describe(data, p, data.inspection);
    return data;
}

ParamSpec count(const char* name, std::int64_t fallback, const char* help) {
    return integer(name, fallback, help).at_least(0).at_most(10'000'000).in("examples").log();
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
              count("train", 200, "Training examples, the classes in turn").at_least(2),
              count("validation", 500, "Validation examples").at_least(2),
              count("test", 2000, "Examples for the test at the end"),
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
