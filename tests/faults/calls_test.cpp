#include "tests/faults/calls.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace descent::faults {

namespace {

void expect_unharmed(const Tried& tried) {
    EXPECT_GT(tried.faults, 0) << "nothing went wrong, so nothing was tried";
    for (const auto& line : tried.wrong) ADD_FAILURE() << line;
}

// Every so many calls only; the script `calls` tries all of them.
class Calls : public ::testing::TestWithParam<std::string> {};

TEST_P(Calls, TheStoreHoldsWhatItPromised) {
    expect_unharmed(try_store_calls(GetParam(), 3, 17));
}

TEST_P(Calls, ARunGoesOnBitForBit) {
    const auto& all = kinds(); // each begins at another call, so that together they try more of them
    const auto first = 5 + 9 * (std::ranges::find(all, GetParam()) - all.begin());
    expect_unharmed(try_program_calls(Scene::stored, GetParam(), first, 83));
}

INSTANTIATE_TEST_SUITE_P(, Calls, ::testing::ValuesIn(kinds()), [](const auto& kind) {
    std::string name;
    for (const char c : kind.param) name += c == '-' ? "_" : c == '+' ? "_on" : std::string(1, c);
    return name;
});

} // namespace

} // namespace descent::faults
