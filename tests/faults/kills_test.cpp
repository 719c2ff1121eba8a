#include "tests/faults/kills.h"

#include <gtest/gtest.h>

#include <iostream>

namespace descent::faults {

namespace {

// The promise is a quarter second; a machine that is busy with other tests gets a little longer.
constexpr double kLoss = 2.5;

void expect_unharmed(const Killed& all) {
    for (const auto& line : all.wrong) ADD_FAILURE() << line;
    EXPECT_GT(all.kills, 0);
    EXPECT_LT(all.worst_loss, kLoss);
    std::cout << "[ measured ] " << all.kills << " kills, at most the last " << 1000 * all.worst_loss
              << " ms lost\n";
}

TEST(Kills, AKilledRunGoesOnBitForBit) {
    expect_unharmed(kill_runs({.kills = 25, .seed = 1, .scale = 0.5, .longest = 0.7}));
}

TEST(Kills, AKilledSweepGoesOnBitForBit) {
    expect_unharmed(kill_sweeps({.seed = 1, .scale = 0.5, .longest = 2}, 12));
}

TEST(Kills, TwoWritersOnOneStoreDoNotHarmEachOther) {
    expect_unharmed(kill_writers({.seed = 1, .scale = 0.15}, 15));
}

} // namespace

} // namespace descent::faults
