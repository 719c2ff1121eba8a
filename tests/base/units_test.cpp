#include "core/base/units.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace descent {

TEST(RunId, IsAVersion4Uuid) {
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<RunId> seen;
    for (int i = 0; i < 1000; ++i) {
        const RunId id = RunId::random();
        ASSERT_TRUE(std::regex_match(id.uuid, form)) << id.uuid;
        ASSERT_TRUE(seen.insert(id).second);
    }
}

TEST(RunState, EveryWordReadsBack) {
    for (int i = 0; i <= static_cast<int>(RunState::interrupted); ++i) {
        const auto state = static_cast<RunState>(i);
        EXPECT_EQ(run_state(to_string(state)), state);
    }
    EXPECT_EQ(to_string(RunState::queued), "queued");
    EXPECT_EQ(to_string(RunState::stopped), "stopped");
    EXPECT_EQ(to_string(RunState::interrupted), "interrupted");
    EXPECT_EQ(run_state("Running"), std::nullopt);
}

TEST(RunState, KnowsWhatIsOverAndWhatCanGoOn) {
    for (const auto state : {RunState::queued, RunState::running, RunState::paused})
        EXPECT_FALSE(is_over(state));
    for (const auto state :
         {RunState::finished, RunState::stopped, RunState::diverged, RunState::failed, RunState::interrupted})
        EXPECT_TRUE(is_over(state));
    EXPECT_TRUE(is_resumable(RunState::stopped));
    EXPECT_TRUE(is_resumable(RunState::interrupted));
    EXPECT_FALSE(is_resumable(RunState::finished));
    EXPECT_FALSE(is_resumable(RunState::diverged));
    EXPECT_FALSE(is_resumable(RunState::running));
}

TEST(Clock, IsInMilliseconds) {
    EXPECT_GT(now_ms(), 1'600'000'000'000);
    EXPECT_LT(now_ms(), 10'000'000'000'000);
}

} // namespace descent
