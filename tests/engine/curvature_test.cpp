// Hessian–vector products and their eigenvalues against finite differences, exact Hessians and PyTorch's
// (tests/reference/curvature.py).

#include "core/engine/curvature.h"
#include "core/engine/lanczos.h"
#include "tests/engine/golden.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace descent::test {

namespace {

Tensor normal(std::int64_t size, const std::string& name) {
    RandomStream random(11, name);
    return draw_normal(random, size);
}

nlohmann::json golden_curvature() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/curvature.json");
    return nlohmann::json::parse(file);
}

Tensor columns(const Hessian& hessian, std::int64_t size) {
    std::vector<Tensor> all;
    const auto unit = at::eye(size, at::kDouble);
    for (std::int64_t i = 0; i < size; ++i) all.push_back(hessian(unit[i]));
    return at::stack(all);
}

/// A random symmetric matrix with these eigenvalues.
Tensor symmetric(const Tensor& values) {
    const auto n = values.numel();
    const auto q = std::get<0>(at::linalg_qr(normal(n * n, "matrix").view({n, n})));
    return at::mm(q * values, q.t());
}

Eigenpairs largest(const Tensor& matrix, std::int64_t k, const LanczosLimits& limits = {}) {
    return largest_eigenpairs([&](const Tensor& v) { return matrix.mv(v); },
                              at::zeros({k, matrix.size(0)}, at::kDouble), RandomStream(5, "start"), limits);
}

/// The nets whose Hessians PyTorch computed.
std::vector<std::string> exact() {
    std::vector<std::string> names;
    const auto golden = golden_curvature();
    for (const auto& [name, values] : golden.items()) names.push_back(name);
    return names;
}

} // namespace

class Curvature : public ::testing::TestWithParam<std::string> {};

TEST_P(Curvature, ProductsAreDifferencesOfGradients) {
    const auto golden = Golden::named(GetParam());
    for (const std::string chunk : {"4096", "3"}) { // one graph kept; several built anew
        Experiment experiment(golden.spec({{"regime.micro_batch", chunk}}), golden.data());
        golden.set_weights(experiment);
        const SampleLoss loss(experiment, experiment.sample(2048));
        const auto size = experiment.weights().count();
        const auto u = normal(size, "u"), v = normal(size, "v");
        Tensor hv, hu;
        {
            const Hessian hessian(loss);
            hv = hessian(v);
            hu = hessian(u);
        }
        EXPECT_NEAR(u.dot(hv).item<double>(), v.dot(hu).item<double>(),
                    1e-11 * u.norm().item<double>() * hv.norm().item<double>());

        const auto at = [&](double t) {
            const KeepWeights keep(experiment.weights());
            experiment.weights().flat().add_(v, t);
            return loss.gradient();
        };
        const double h = 1e-4;
        const auto wide = (at(h) - at(-h)) / (2 * h), narrow = (at(h / 2) - at(-h / 2)) / h;
        EXPECT_LT(relative_distance(hv, (narrow * 4 - wide) / 3), 1e-8) << "chunks of " << chunk;
    }
}

TEST_P(Curvature, LossAndGradientAreTheUpdatesOwn) {
    const auto golden = Golden::named(GetParam());
    Experiment experiment(golden.spec({{"regime.micro_batch", "3"}}), golden.data());
    golden.set_weights(experiment);
    const SampleLoss loss(experiment, experiment.sample(2048));
    const auto batch = experiment.accumulate();
    const auto gradient = experiment.weights().gradient().clone();
    EXPECT_NEAR(loss.value(), batch.loss(), 1e-13);
    EXPECT_LT(relative_distance(loss.gradient(), gradient), 1e-12);
    EXPECT_TRUE(same_bits(gradient, experiment.weights().gradient()));
}

TEST_P(Curvature, TheLargestEigenvaluesAreThoseOfPyTorchsHessian) {
    const auto golden = Golden::named(GetParam());
    Experiment experiment(golden.spec(), golden.data());
    golden.set_weights(experiment);
    const auto expected = golden_curvature().at(GetParam());
    const SampleLoss loss(experiment, experiment.sample(2048));
    const Hessian hessian(loss);
    const auto size = experiment.weights().count();
    ASSERT_EQ(size, expected.at("weights").get<std::int64_t>());
    const auto first = expected.at("largest")[0].get<double>();
    if (size < 600) { // of larger ones the whole matrix takes seconds
        const auto matrix = columns(hessian, size);
        const auto exact = at::linalg_eigvalsh(matrix).flip({0});
        for (int i = 0; i < 5; ++i)
            EXPECT_NEAR(exact[i].item<double>(), expected.at("largest")[i].get<double>(), 1e-10 * first) << i;
        EXPECT_NEAR(exact[-1].item<double>(), expected.at("least").get<double>(), 1e-10 * first);
        EXPECT_NEAR(matrix.norm().item<double>(), expected.at("frobenius").get<double>(), 1e-10 * first);
    }

    for (const int k : {1, 3}) {
        const auto found =
            largest_eigenpairs([&](const Tensor& v) { return hessian(v); }, at::zeros({k, size}, at::kDouble),
                               RandomStream(5, "start"), {.products = 60});
        for (int i = 0; i < k; ++i) {
            const auto index = static_cast<std::size_t>(i);
            EXPECT_NEAR(found.values[index], expected.at("largest")[i].get<double>(), 1e-3 * first)
                << i << " of " << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Curvature, ::testing::ValuesIn(exact()), golden_test_name);

TEST(UpdateScale, IsThatOfTheGradient) {
    for (const std::string reduction : {"mean", "sum", "sum-of-means"}) {
        const auto spec = make_spec(
            "gru", "sgd", "full-batch",
            {{"regime.reduction", reduction}, {"regime.micro_batch", "7"}, {"regime.precision", "float64"}});
        Experiment experiment(spec, small_task());
        experiment.accumulate();
        const SampleLoss loss(experiment, experiment.sample(2048));
        EXPECT_LT(
            relative_distance(loss.gradient() * update_scale(experiment), experiment.weights().gradient()),
            1e-12)
            << reduction;
    }
    Experiment batches(
        make_spec("gru", "sgd", "sgd", {{"regime.reduction", "sum"}, {"regime.batch_size", "9"}}),
        small_task());
    EXPECT_EQ(update_scale(batches), 9);
}

TEST(Lanczos, FindsTheLargestOfARandomMatrix) {
    const auto values = normal(150, "values").square();
    const auto matrix = symmetric(values);
    const auto exact = std::get<0>(at::sort(values, 0, true));
    const auto found = largest(matrix, 4, {.tolerance = 1e-6, .products = 150});
    for (int i = 0; i < 4; ++i) {
        const auto index = static_cast<std::size_t>(i);
        EXPECT_NEAR(found.values[index], exact[i].item<double>(), 1e-6);
        const auto v = found.vectors[i];
        EXPECT_NEAR(v.norm().item<double>(), 1, 1e-12);
        const double residual = (matrix.mv(v) - v * found.values[index]).norm().item<double>();
        EXPECT_NEAR(found.residuals[index], residual, 1e-10);
    }
}

TEST(Lanczos, LargestIsAlgebraicEvenWhereNegativeOnesDominate) {
    auto values = at::linspace(-50, -1, 100, at::kDouble);
    values[99] = 3.0;
    const auto found = largest(symmetric(values), 1, {.products = 60});
    EXPECT_NEAR(found.values[0], 3.0, 3e-3);

    const auto negative =
        largest(symmetric(at::linspace(-50, -1, 100, at::kDouble)), 1, {.tolerance = 1e-4, .products = 100});
    EXPECT_NEAR(negative.values[0], -1.0, 1e-3);
}

TEST(Lanczos, DegenerateEigenvaluesAreCountedAsOftenAsTheyOccur) {
    auto values = at::linspace(0, 1, 80, at::kDouble);
    values.narrow(0, 77, 3).fill_(2.0);
    const auto found = largest(symmetric(values), 4, {.tolerance = 1e-4, .products = 80});
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found.values[i], 2.0, 1e-6);
    EXPECT_NEAR(found.values[3], values[76].item<double>(), 1e-3);
}

TEST(Lanczos, SpaceThatClosesEndsTheSearch) {
    // Two distinct eigenvalues: the Krylov space of any vector has two dimensions.
    auto values = at::zeros({50}, at::kDouble);
    values.narrow(0, 0, 20).fill_(1.0);
    const auto found = largest(symmetric(values), 1, {.tolerance = 1e-12});
    EXPECT_NEAR(found.values[0], 1.0, 1e-12);
    EXPECT_LE(found.products, 4);

    const auto zero = largest(at::zeros({50, 50}, at::kDouble), 2);
    EXPECT_EQ(zero.values, (std::vector<double>{0, 0}));
    EXPECT_EQ(zero.products, 2);
}

TEST(Lanczos, AsksForNoMoreThanThereIs) {
    const auto values = at::tensor({-1.0, 2.0, 0.5}, at::kDouble);
    const auto found = largest(symmetric(values), 5);
    ASSERT_EQ(found.values.size(), 3U);
    EXPECT_EQ(found.vectors.size(0), 3);
    EXPECT_NEAR(found.values[0], 2.0, 1e-12);
    EXPECT_NEAR(found.values[1], 0.5, 1e-12);
    EXPECT_NEAR(found.values[2], -1.0, 1e-12);
}

TEST(Lanczos, StartsFromTheLastVectors) {
    const auto matrix = symmetric(normal(300, "values").square());
    const auto next = matrix + symmetric(normal(300, "change")) * 1e-3;
    const auto cold = largest(next, 2, {.products = 200}), last = largest(matrix, 2, {.products = 200});
    const auto warm = largest_eigenpairs([&](const Tensor& v) { return next.mv(v); }, last.vectors,
                                         RandomStream(5, "start"), {.products = 200});
    EXPECT_LT(warm.products, cold.products);
    const auto exact = at::linalg_eigvalsh(next);
    EXPECT_NEAR(warm.values[0], exact[-1].item<double>(), 1e-3 * warm.values[0]);
    EXPECT_NEAR(warm.values[1], exact[-2].item<double>(), 1e-3 * warm.values[0]);
}

TEST(Lanczos, SeesADirectionTheStartLacks) {
    // The last look's eigenvector is still one, but another has overtaken it.
    auto values = at::linspace(0, 1, 100, at::kDouble);
    auto start = at::zeros({1, 100}, at::kDouble);
    start[0][99] = 1.0;
    values[3] = 1.5;
    const auto found =
        largest_eigenpairs([&](const Tensor& v) { return values * v; }, start, RandomStream(5, "start"), {});
    EXPECT_NEAR(found.values[0], 1.5, 1.5e-3);
}

TEST(Lanczos, RestartsWhereTheSpaceIsFull) {
    // Eigenvalues so close together take more products than a space holds.
    const auto values = at::linspace(0, 1, 2000, at::kDouble);
    const auto found =
        largest_eigenpairs([&](const Tensor& v) { return values * v; }, at::zeros({1, 2000}, at::kDouble),
                           RandomStream(5, "start"), {.tolerance = 1e-5, .products = 400});
    EXPECT_GT(found.products, 40);
    EXPECT_LE(found.residuals[0], 1e-5);
    EXPECT_NEAR(found.values[0], 1.0, 1e-6);
}

TEST(Lanczos, MatrixThatIsNotFiniteHasNoEigenvalues) {
    auto matrix = at::eye(5, at::kDouble);
    matrix[2][2] = std::numeric_limits<double>::quiet_NaN();
    const auto found = largest(matrix, 2);
    ASSERT_EQ(found.values.size(), 2U);
    EXPECT_TRUE(std::isnan(found.values[0]) && std::isnan(found.residuals[0]));
    EXPECT_EQ(found.vectors.norm().item<double>(), 0);
}

} // namespace descent::test
