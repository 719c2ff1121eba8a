// Two hundred steps of every optimizer against PyTorch's, or against the paper's formula where PyTorch lacks
// it: tests/reference/optimizers.py wrote the files.

#include "core/store/checkpoint_file.h"
#include "tests/engine/optimizer_support.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace descent::test {

namespace {

using Tensors = std::map<std::string, Tensor>;

struct Reference {
    Tensors tensors;
    std::map<std::string, std::string> metadata;
};

Reference read(const std::string& name) {
    const auto content =
        read_tensor_file(DESCENT_SOURCE_DIR "/tests/reference/golden/optimizer-" + name + ".safetensors");
    Reference all{.tensors = {}, .metadata = content.metadata};
    for (const auto& t : content.tensors) {
        auto tensor = at::empty(t.shape, t.dtype == "F32" ? at::kFloat : at::kDouble);
        std::memcpy(tensor.data_ptr(), t.data.data(), t.data.size());
        all.tensors[t.name] = tensor;
    }
    return all;
}

/// The script's, operation by operation, so that float32 rounds alike.
struct Problem {
    Tensor start;
    std::vector<std::vector<std::int64_t>> shapes;
    Loss loss;
};

Problem make_problem(const std::string& name, at::ScalarType type) {
    static const auto data = read("problems").tensors;
    const auto of = [&](const std::string& what) { return data.at(name + "/" + what).to(type); };
    Problem problem{.start = of("start"), .shapes = {}, .loss = {}};
    if (name == "quadratic") {
        problem.shapes = {{10}};
        problem.loss = differentiated([matrix = of("matrix"), centre = of("centre")](const Tensor& x) {
            const auto away = x - centre;
            return (away * at::mv(matrix, away)).sum() * 0.5;
        });
    } else if (name == "rosenbrock") {
        problem.shapes = {{4}};
        problem.loss = differentiated([](const Tensor& x) {
            const auto head = x.slice(0, 0, 3), tail = x.slice(0, 1, 4);
            return ((tail - head.pow(2)).pow(2) * 100 + (1 - head).pow(2)).sum();
        });
    } else {
        problem.shapes = {{10, 8}, {10}, {10, 10}, {10}, {3, 10}, {3}};
        problem.loss = differentiated(
            [inputs = of("inputs"), targets = of("targets"), shapes = problem.shapes](const Tensor& x) {
                std::vector<Tensor> w;
                std::int64_t at = 0;
                for (const auto& shape : shapes) {
                    const auto n = c10::multiply_integers(shape);
                    w.push_back(x.narrow(0, at, n).view(shape));
                    at += n;
                }
                auto h = at::tanh(at::addmm(w[1], inputs, w[0].t()));
                h = at::tanh(at::addmm(w[3], h, w[2].t()));
                const auto away = at::addmm(w[5], h, w[4].t()) - targets;
                auto squares = (w[0] * w[0]).sum();
                for (std::size_t i = 1; i < w.size(); ++i) squares = squares + (w[i] * w[i]).sum();
                return (away * away).sum(1).mean() * 0.5 + squares * 0.01;
            });
    }
    return problem;
}

Settings settings_from(const nlohmann::json& params) {
    Settings settings;
    for (const auto& [name, value] : params.items())
        settings.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    return settings;
}

} // namespace

class Trajectory : public ::testing::TestWithParam<std::string> {};

TEST_P(Trajectory, TwoHundredStepsAgreeInBothPrecisions) {
    const auto reference = read(GetParam());
    const auto steps = nlohmann::json::parse(reference.metadata.at("steps")).get<std::vector<int>>();
    ASSERT_EQ(steps.back(), 200);
    const auto runs = nlohmann::json::parse(reference.metadata.at("params"));
    ASSERT_GE(runs.size(), 6U);
    for (const auto& [run, params] : runs.items()) {
        const auto settings = settings_from(params);
        for (const auto type : {at::kFloat, at::kDouble}) {
            const std::string precision = type == at::kFloat ? "float32" : "float64";
            SCOPED_TRACE(GetParam() + " " + run + " " + precision);
            const auto problem = make_problem(run.substr(run.find('/') + 1), type);
            const auto rule = make_rule(GetParam(), settings, problem.start, problem.shapes);
            Descent descent(problem.start, problem.loss);
            const auto& expected = reference.tensors.at(run + "/" + precision);
            std::int64_t row = 0;
            for (int step = 1; step <= steps.back(); ++step) {
                descent.step(*rule, params.at("lr").get<double>());
                if (step != steps[static_cast<std::size_t>(row)]) continue;
                EXPECT_LT(relative_distance(descent.weights, expected[row++]),
                          type == at::kFloat ? 1e-5 : 1e-10)
                    << "after " << step << " steps";
            }
        }
    }
}

TEST_P(Trajectory, EveryParameterIsPutToTheTest) {
    const auto runs = nlohmann::json::parse(read(GetParam()).metadata.at("params"));
    for (const auto& spec : registry().optimizer(GetParam()).entry.params) {
        const bool changed = std::ranges::any_of(runs, [&](const auto& params) {
            return params.contains(spec.name) && value_from_json(params[spec.name]) != spec.fallback;
        });
        // Where it gives up is optimizer_test.cpp's.
        EXPECT_TRUE(changed || spec.name == "max_evaluations") << spec.name;
    }
}

TEST_P(Trajectory, TheDefaultStepSizeIsPyTorchs) {
    const auto reference = read(GetParam());
    if (!reference.metadata.contains("default_lr")) GTEST_SKIP() << "PyTorch has no such optimizer";
    const auto* lr = registry().catalog.find_param(Group::optimizer, GetParam(), "lr");
    EXPECT_EQ(std::get<double>(lr->fallback), std::stod(reference.metadata.at("default_lr")));
}

TEST_P(Trajectory, ARestoredStateGoesOnBitForBit) {
    const auto runs = nlohmann::json::parse(read(GetParam()).metadata.at("params"));
    for (const auto& [run, params] : runs.items()) {
        SCOPED_TRACE(run);
        const auto problem = make_problem(run.substr(run.find('/') + 1), at::kFloat);
        const auto settings = settings_from(params);
        const auto rule = make_rule(GetParam(), settings, problem.start, problem.shapes);
        const double lr = params.at("lr").get<double>();
        Descent first(problem.start, problem.loss);
        for (int i = 0; i < 8; ++i) first.step(*rule, lr);

        const auto other = make_rule(GetParam(), settings, problem.start, problem.shapes);
        auto from = rule->state(), to = other->state();
        ASSERT_EQ(from.size(), to.size());
        for (std::size_t i = 0; i < from.size(); ++i) {
            EXPECT_EQ(from[i].first, to[i].first);
            ASSERT_EQ(from[i].second.sizes(), to[i].second.sizes()) << from[i].first;
            ASSERT_EQ(from[i].second.scalar_type(), to[i].second.scalar_type()) << from[i].first;
            ASSERT_TRUE(from[i].second.is_contiguous() && to[i].second.is_contiguous()) << from[i].first;
            to[i].second.copy_(from[i].second);
        }
        Descent second(first.weights, problem.loss);
        for (int i = 0; i < 8; ++i) {
            first.step(*rule, lr);
            second.step(*other, lr);
        }
        EXPECT_TRUE(same_bits(first.weights, second.weights));
    }
}

TEST_P(Trajectory, AnEnsembleStepsAsItsNetworks) {
    constexpr std::int64_t networks = 3;
    const std::vector<std::vector<std::int64_t>> shapes{{4, 3}, {5}, {2, 2, 3}, {1, 6}};
    const auto starts = at::linspace(-1, 1.3, networks * 35, at::kDouble).view({networks, 35}).sin().mul_(2);
    const auto loss = differentiated([](const Tensor& x) { // each network's is its own
        return (x.cos() * x.roll(1, -1)).sum() + x.pow(2).sum();
    });
    const auto runs = nlohmann::json::parse(read(GetParam()).metadata.at("params"));
    for (const auto& [run, params] : runs.items()) {
        SCOPED_TRACE(run);
        const auto settings = settings_from(params);
        if (GetParam() == "lbfgs" || GetParam() == "gradient-flow") {
            EXPECT_THROW(make_rule(GetParam(), settings, starts, shapes), std::logic_error);
            continue;
        }
        // Small, so that Newton–Schulz does not make much of a product's rounding.
        const double lr = std::min(0.01, params.at("lr").get<double>());
        const auto family = make_rule(GetParam(), settings, starts, shapes);
        Descent together(starts, loss);
        for (int i = 0; i < 20; ++i) together.step(*family, lr);
        for (std::int64_t k = 0; k < networks; ++k) {
            const auto rule = make_rule(GetParam(), settings, starts[k], shapes);
            Descent alone(starts[k], loss);
            for (int i = 0; i < 20; ++i) alone.step(*rule, lr);
            EXPECT_LT(relative_distance(together.weights[k], alone.weights), 1e-11) << "network " << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Trajectory, ::testing::ValuesIn(descending_optimizers()),
                         [](const auto& test) {
                             auto name = test.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

} // namespace descent::test
