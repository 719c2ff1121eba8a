#include "core/base/random.h"

#include "core/base/result.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace descent {

// None of these should change: stored runs are repeated from them.
TEST(RandomStream, Goldens) {
    RandomStream init(0, "init"), order(0, "order"), other(1, "init");
    EXPECT_EQ(init.bits(), 11072775894021851642u);
    EXPECT_EQ(order.bits(), 18364261533003259563u);
    EXPECT_EQ(other.bits(), 11912289406255657394u);
    EXPECT_EQ(init.uniform(), 0.3461199100746002);
    EXPECT_EQ(init.below(1000), 399u);
    EXPECT_DOUBLE_EQ(init.normal(), -1.7178122150433988);
    std::array items{0, 1, 2, 3, 4, 5, 6, 7};
    order.shuffle(std::span<int>(items));
    EXPECT_EQ(items, (std::array{4, 7, 6, 3, 0, 2, 1, 5}));
}

TEST(RandomStream, IsUniform) {
    RandomStream stream(7, "test");
    double sum = 0, squares = 0;
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) {
        const double u = stream.uniform();
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        sum += u;
        squares += u * u;
    }
    EXPECT_NEAR(sum / n, 0.5, 0.005);
    EXPECT_NEAR(squares / n, 1.0 / 3, 0.005);
    for (int i = 0; i < 1000; ++i) {
        const double v = stream.uniform(-2, 3);
        ASSERT_GE(v, -2);
        ASSERT_LT(v, 3);
    }
}

TEST(RandomStream, IsNormal) {
    RandomStream stream(7, "test");
    double sum = 0, squares = 0, fourths = 0;
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) {
        const double v = stream.normal();
        ASSERT_TRUE(std::isfinite(v));
        sum += v;
        squares += v * v;
        fourths += v * v * v * v;
    }
    EXPECT_NEAR(sum / n, 0, 0.015);
    EXPECT_NEAR(squares / n, 1, 0.02);
    EXPECT_NEAR(fourths / n, 3, 0.15);
}

TEST(RandomStream, BelowIsFair) {
    RandomStream stream(7, "test");
    std::array<int, 7> counts{};
    for (int i = 0; i < 70'000; ++i) ++counts.at(stream.below(7));
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.below(1), 0u);
    const std::uint64_t large = (1ull << 63) + 1; // half of all draws must be rejected
    for (int i = 0; i < 1000; ++i) ASSERT_LT(stream.below(large), large);
}

TEST(RandomStream, StreamsOfOneSeedDiffer) {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        for (const char* name : {"init", "order", "augmentation", "dropout", "label-noise", ""})
            EXPECT_TRUE(firsts.insert(RandomStream(seed, name).bits()).second);
}

TEST(RandomStream, ShuffleKeepsTheItems) {
    std::vector<int> items(1000), sorted(1000);
    std::iota(items.begin(), items.end(), 0);
    std::iota(sorted.begin(), sorted.end(), 0);
    RandomStream stream(7, "order");
    stream.shuffle(std::span<int>(items));
    EXPECT_NE(items, sorted);
    std::ranges::sort(items);
    EXPECT_EQ(items, sorted);
    stream.shuffle(std::span<int>());
}

TEST(RandomStream, GoesOnFromItsState) {
    RandomStream stream(7, "test");
    for (int i = 0; i < 1234; ++i) stream.normal();
    const std::string state = stream.state();
    RandomStream again(0, "else");
    again.restore(state);
    EXPECT_EQ(again.state(), state);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(again.bits(), stream.bits());
}

TEST(RandomStream, RefusesADamagedState) {
    RandomStream stream(7, "test");
    const std::string state = stream.state();
    const auto position = state.find_last_of(' ');
    std::string zeros;
    for (int i = 0; i < 312; ++i) zeros += "0 ";
    for (const std::string& bad : {std::string(), std::string("x"), state.substr(0, position), state + " 1",
                                   state.substr(0, position) + " 313", state.substr(0, position) + " -1",
                                   "x" + state, zeros + "312"}) {
        EXPECT_THROW(stream.restore(bad), InputError);
        EXPECT_EQ(stream.state(), state) << "a refused state changes nothing";
    }
}

} // namespace descent
