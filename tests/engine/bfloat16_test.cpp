// Products of factors rounded to bfloat16, beside torch's rounding and sums in double, and what they leave of
// a gradient.

#include "core/engine/bfloat16.h"
#include "tests/engine/support.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <array>
#include <thread>

namespace descent::test {

namespace {

constexpr std::int64_t kGap = 3; // numbers between the rows of a matrix
constexpr float kUntouched = 7;

Tensor drawn(std::int64_t rows, std::int64_t columns, RandomStream& random) {
    auto tensor = at::empty({rows, columns + kGap}, at::kFloat);
    auto* numbers = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i) numbers[i] = static_cast<float>(random.normal());
    return tensor.narrow(1, 0, columns);
}

Tensor rounded(const Tensor& x) {
    return x.to(at::kBFloat16).to(at::kDouble);
}

Tensor gradient(const std::string& model, const std::string& precision) {
    auto settings = width_setting(model, 24);
    settings.emplace_back("regime.precision", precision);
    if (model == "crnn-attention") settings.emplace_back("task", "kws-3");
    if (model == "mlp") settings.emplace_back("task", "gaussian-mixture");
    Training training(make_spec(model, "sgd", "full-batch", settings), small_task_for(model));
    training.experiment.accumulate();
    return training.experiment.weights().gradient().clone();
}

} // namespace

class Bfloat16 : public ::testing::Test {
protected:
    void SetUp() override {
        if (!has_bfloat16()) GTEST_SKIP() << "this processor has no arithmetic for bfloat16";
    }
};

TEST_F(Bfloat16, ProductsAreThoseOfRoundedFactors) {
    RandomStream random(5, "bfloat16");
    for (const auto& [m, n, k] : std::vector<std::array<std::int64_t, 3>>{
             {1, 1, 1}, {3, 5, 7}, {64, 192, 64}, {17, 33, 130}, {192, 64, 300}, {1, 128, 40}})
        for (const bool a_turned : {false, true})
            for (const bool b_turned : {false, true})
                for (const double beta : {0., 1.}) {
                    const auto a = a_turned ? drawn(k, m, random) : drawn(m, k, random),
                               b = b_turned ? drawn(n, k, random) : drawn(k, n, random);
                    auto whole = at::full({m, n + kGap}, kUntouched);
                    const auto expected =
                        at::matmul(rounded(a_turned ? a.t() : a), rounded(b_turned ? b.t() : b)) +
                        beta * kUntouched;
                    const Bfloat16Products products(true);
                    multiply<float>(m, n, k, {a.data_ptr<float>(), a.stride(0), a_turned},
                                    {b.data_ptr<float>(), b.stride(0), b_turned}, beta,
                                    whole.data_ptr<float>(), n + kGap);
                    const auto what = testing::Message()
                                      << m << 'x' << n << 'x' << k << a_turned << b_turned << beta;
                    EXPECT_LT(relative_distance(whole.narrow(1, 0, n), expected), 1e-6) << what;
                    EXPECT_TRUE(whole.narrow(1, n, kGap).eq(kUntouched).all().item<bool>()) << what;
                }
}

TEST_F(Bfloat16, HoldsForItsScopeAndThread) {
    const Bfloat16Products outer(true);
    {
        const Bfloat16Products inner(false);
        EXPECT_FALSE(Bfloat16Products::on());
    }
    EXPECT_TRUE(Bfloat16Products::on());
    bool elsewhere = true;
    std::thread([&] { elsewhere = Bfloat16Products::on(); }).join();
    EXPECT_FALSE(elsewhere);
}

TEST_F(Bfloat16, GradientsKeepTwoToThreeDigits) {
    for (const std::string model : {"elman", "gru", "lstm", "crnn-attention"}) {
        const auto exact = gradient(model, "float32"), coarse = gradient(model, "bfloat16");
        EXPECT_EQ(coarse.scalar_type(), at::kFloat);
        EXPECT_LT(relative_distance(coarse, exact), 2e-2) << model;
        EXPECT_GT(relative_distance(coarse, exact), 1e-5) << model << ": nothing was rounded";
        EXPECT_TRUE(same_bits(coarse, gradient(model, "bfloat16"))) << model;
    }
}

TEST_F(Bfloat16, ThreadsOfANetworkRoundToo) {
    const int before = at::get_num_threads();
    at::set_num_threads(1);
    const auto exact = gradient("crnn-attention", "float32"), alone = gradient("crnn-attention", "bfloat16");
    at::set_num_threads(2);
    const auto shared = gradient("crnn-attention", "bfloat16");
    at::set_num_threads(before);
    EXPECT_LT(relative_distance(shared, alone), relative_distance(exact, alone) / 4);
}

TEST_F(Bfloat16, IsRefusedWhereProductsAreTorchs) {
    for (const std::string model : {"mlp", "char-rnn-linear"}) try {
            gradient(model, "bfloat16");
            ADD_FAILURE() << model << " was accepted";
        } catch (const InputError& e) {
            EXPECT_THAT(e.what(), ::testing::AllOf(::testing::HasSubstr("regime.precision = bfloat16"),
                                                   ::testing::HasSubstr("not " + model)));
        }
}

} // namespace descent::test
