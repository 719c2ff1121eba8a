#include "core/audio/speech_manifest.h"

#include "core/base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using ::testing::ElementsAre;

namespace {

SpeechManifest manifest(std::vector<std::string> keywords, bool pooled) {
    return {.root = "/data/speech",
            .keywords = std::move(keywords),
            .pooled = pooled,
            .train = {"eight/a_nohash_0.wav", "up/ä_nohash_0.wav"},
            .validation = {"up/b_nohash_1.wav", "eight/b_nohash_0.wav"},
            .test = {}};
}

} // namespace

TEST(SpeechManifest, SurvivesJson) {
    const auto before = manifest({"eight", "happy"}, false);
    const auto after = SpeechManifest::from_json(before.to_json());
    EXPECT_EQ(after.root, before.root);
    EXPECT_EQ(after.keywords, before.keywords);
    EXPECT_EQ(after.pooled, before.pooled);
    EXPECT_EQ(after.train, before.train);
    EXPECT_EQ(after.validation, before.validation) << "in its order";
    EXPECT_EQ(after.test, before.test);
}

TEST(SpeechManifest, LabelsByFolder) {
    const auto pooled = manifest({"sheila", "eight"}, true), apart = manifest({"sheila", "eight"}, false);
    EXPECT_EQ(pooled.label_of("eight/a_nohash_0.wav"), 1);
    EXPECT_EQ(pooled.label_of("Sheila/a_nohash_0.wav"), 1);
    EXPECT_EQ(pooled.label_of("up/eight_nohash_0.wav"), 0);
    EXPECT_EQ(apart.label_of("sheila/a_nohash_0.wav"), 1);
    EXPECT_EQ(apart.label_of("EIGHT/a_nohash_0.wav"), 2);
    EXPECT_EQ(apart.label_of("eighteen/a_nohash_0.wav"), 0);
    EXPECT_THAT(pooled.classes(), ElementsAre("other", "keyword"));
    EXPECT_THAT(apart.classes(), ElementsAre("other", "sheila", "eight"));
    EXPECT_THAT(manifest({"up"}, true).classes(), ElementsAre("other", "up"));
}

TEST(SpeechManifest, RefusesOtherJson) {
    const std::string whole = manifest({"up"}, true).to_json();
    EXPECT_NO_THROW(SpeechManifest::from_json(whole));
    for (
        const std::string& bad :
        {std::string(), std::string("[]"), std::string("null"), std::string(R"({"source": "built-in"})"),
         std::string(R"({"kind": "keywords"})"), whole.substr(0, whole.size() / 2),
         R"({"kind":"keywords","root":"/","keywords":[],"pooled":true,"train":[],"validation":[],"test":[]})" +
             std::string(),
         R"({"kind":"keywords","root":1,"keywords":["a"],"pooled":true,"train":[],"validation":[],"test":[]})" +
             std::string()})
        EXPECT_THROW(SpeechManifest::from_json(bad), InputError) << bad;
}

} // namespace descent
