#include "core/text/feature_hash.h"

#include "core/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>
#include <map>

namespace descent {

namespace {

const nlohmann::json& golden() {
    static const auto all = [] {
        std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/text/hashing.json");
        return nlohmann::json::parse(file);
    }();
    return all;
}

} // namespace

TEST(Murmur3, AgreesWithScikitLearn) {
    for (const auto& c : golden().at("hashes"))
        EXPECT_EQ(murmur3_32(c[0].get<std::string>(), c[1].get<std::uint32_t>()), c[2].get<std::uint32_t>())
            << c;
}

TEST(FeatureHash, AlphanumericTokensAreScikitLearns) {
    const auto tokenizer = make_tokenizer("alphanumeric", true);
    for (const auto& c : golden().at("sentences"))
        EXPECT_EQ(tokenizer->tokens(c.at("text").get<std::string>()),
                  c.at("tokens").get<std::vector<std::string>>());
}

TEST(FeatureHash, SentencesAreScikitLearns) {
    const auto& all = golden();
    const auto tokenizer = make_tokenizer("alphanumeric", true);
    for (const auto& c : all.at("features"))
        for (std::size_t i = 0; i < all.at("sentences").size(); ++i) {
            std::map<std::int64_t, float> expected, found;
            for (const auto& entry : c.at("rows")[i]) expected[entry[0]] = entry[1];
            tokenizer->split(
                all.at("sentences")[i].at("text").get<std::string>(), [&](std::string_view word) {
                    const auto feature =
                        hashed_feature(static_cast<std::int32_t>(murmur3_32(word)),
                                       c.at("columns").get<std::int64_t>(), c.at("alternate_sign"));
                    found[feature.column] += feature.sign;
                });
            std::erase_if(found, [](const auto& entry) { return entry.second == 0; });
            EXPECT_EQ(found, expected) << "columns " << c.at("columns") << ", sentence " << i;
        }
}

TEST(FeatureHash, TheLeastHashHasAColumn) {
    const auto least = std::numeric_limits<std::int32_t>::min();
    EXPECT_EQ(hashed_feature(least, 1000, true).column, 2'147'483'648 % 1000);
    EXPECT_EQ(hashed_feature(least, 1000, true).sign, -1);
    EXPECT_EQ(hashed_feature(-7, 5, true).column, 2);
    EXPECT_EQ(hashed_feature(-7, 5, false).sign, 1);
    EXPECT_EQ(hashed_feature(0, 5, true).sign, 1);
}

} // namespace descent
