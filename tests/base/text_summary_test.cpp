#include "core/text/text_summary.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace descent::test {

namespace {

TEST(TextSummary, EveryTextIsInOneBucket) {
    TextSummary s;
    std::array<std::vector<std::uint32_t>, 3> tokens;
    for (std::uint32_t i = 0; i <= 400; ++i) tokens[i % 3].push_back(i);
    s.count_lengths(tokens);
    EXPECT_EQ(s.least, 0);
    EXPECT_EQ(s.median, 200);
    EXPECT_EQ(s.quarter, 100);
    EXPECT_EQ(s.nineteen_twentieths, 380);
    EXPECT_EQ(s.most, 400);
    EXPECT_EQ(s.step, 10); // 396 of the 99th percentile in 40 steps
    ASSERT_EQ(s.lengths.size(), 40U);
    std::int64_t all = 0;
    for (std::size_t i = 0; i < s.lengths.size(); ++i) {
        const auto [first, last] = s.range(i);
        std::int64_t here = 0;
        for (const auto n : s.lengths[i]) here += n;
        EXPECT_EQ(here, last - first + 1) << i; // one of each length; the first has the empty one, too
        all += here;
    }
    EXPECT_EQ(all, 401);
}

TEST(TextSummary, TheLastBucketHasAllThatAreLonger) {
    TextSummary s;
    std::vector<std::uint32_t> tokens(1000, 4);
    tokens.push_back(1'000'000);
    s.count_lengths({tokens, {}, {}});
    EXPECT_EQ(s.step, 1);
    ASSERT_EQ(s.lengths.size(), 41U);
    EXPECT_EQ(s.lengths[3][0], 1000);
    EXPECT_EQ(s.lengths[40][0], 1);
    EXPECT_EQ(s.range(40), (std::pair<std::int64_t, std::int64_t>{41, 1'000'000}));
    EXPECT_EQ(s.range(0).first, 1); // none is empty
}

TEST(TextSummary, OfNoTexts) {
    TextSummary s;
    s.count_lengths({});
    EXPECT_TRUE(s.lengths.empty());
    EXPECT_EQ(s.known_share(0), 1);
    EXPECT_EQ(to_json(s)["lengths"]["most"], 0);
}

TEST(TextSummary, JsonHasEachSide) {
    TextSummary s;
    s.count_lengths({std::vector<std::uint32_t>{1, 2, 2}, {2}, {3}});
    s.tokens = {5, 2, 4};
    s.known = {5, 1, 3};
    s.synthetic = true;
    s.cut_at = 2;
    s.cut_texts = 1;
    s.vocabulary = 7;
    s.commonest = {{"of", 9}, {"caf\u00e9", 2}};
    auto json = to_json(s);
    EXPECT_EQ(json["lengths"]["histogram"]["counts"]["train"], (std::vector<int>{1, 2, 0}));
    EXPECT_EQ(json["lengths"]["histogram"]["counts"]["test"], (std::vector<int>{0, 0, 1}));
    EXPECT_EQ(json["known_share"]["validation"], 0.5);
    json["counts"] = {{"a", 5}}; // a report has more in it
    const auto again = text_summary(json.dump());
    ASSERT_TRUE(again);
    EXPECT_EQ(to_json(*again), to_json(s));
    json.erase("words");
    EXPECT_FALSE(text_summary(json.dump()));
    for (const char* other : {"", "null", "[]", R"({"counts":{}})", "{\"lengths\""})
        EXPECT_FALSE(text_summary(other));
}

} // namespace

} // namespace descent::test
