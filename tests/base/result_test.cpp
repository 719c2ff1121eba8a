#include "core/base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using testing::EndsWith;
using testing::StartsWith;

TEST(AsMessage, LeavesALineOfTextAlone) {
    EXPECT_EQ(as_message("x.toml:3: lr = −1: expected > 0"), "x.toml:3: lr = −1: expected > 0");
    EXPECT_EQ(as_message("中文 é 😀"), "中文 é 😀");
    EXPECT_EQ(as_message(""), "");
}

TEST(AsMessage, IsOneLineWhateverItQuotes) {
    EXPECT_EQ(as_message("a\r\nb\n"), "a; b");
    EXPECT_EQ(as_message("a\tb"), "a b");
    EXPECT_EQ(as_message(std::string("a\0b", 3)), "a\ufffdb");
    EXPECT_EQ(as_message("\x1b[31mred"), "\ufffd[31mred");       // would colour a terminal
    EXPECT_EQ(as_message("a\u202eb\u2028c"), "a\ufffdb\ufffdc"); // would turn the text round, or break it
    EXPECT_EQ(as_message("a\xff\xed\xa0\x80z"), "a\ufffd\ufffd\ufffd\ufffdz"); // is not UTF-8
}

TEST(AsMessage, IsNotEndless) {
    const std::string message = as_message("the word '" + std::string(100'000, 'x') + "' is unknown");
    EXPECT_LE(message.size(), 2'000u);
    EXPECT_THAT(message, StartsWith("the word 'xxx"));
    EXPECT_THAT(message, EndsWith("xxx' is unknown"));
    std::string wide = "a"; // so that the cuts fall within a character
    for (int i = 0; i < 1'000; ++i) wide += "中";
    const std::string cut = as_message(wide);
    EXPECT_EQ(as_message(cut), cut);
    EXPECT_THAT(cut, EndsWith("中"));
}

TEST(AsMessage, IsWhatEveryErrorGoesThrough) {
    EXPECT_STREQ(InputError("a\nb").what(), "a; b");
    const Result<int> failed = fail("a\nb");
    EXPECT_EQ(failed.error().message, "a; b");
    const auto guarded_one = guarded([]() -> int { throw std::runtime_error("c\nd"); });
    EXPECT_EQ(guarded_one.error().message, "c; d");
    EXPECT_EQ(guarded_one.error().kind, Error::Kind::internal);
}

} // namespace descent
