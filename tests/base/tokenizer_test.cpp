#include "core/text/tokenizer.h"

#include "core/base/result.h"
#include "core/text/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Tokenizer, WhitespaceCutsAtUnicodesBlanks) {
    const auto tokenizer = make_tokenizer("whitespace", false);
    EXPECT_THAT(tokenizer->tokens("  What's new,\tBob?\r\n\u00a0\u2003Yes\u3000no "),
                ElementsAre("What's", "new,", "Bob?", "Yes", "no"));
    EXPECT_THAT(tokenizer->tokens(""), IsEmpty());
    EXPECT_THAT(tokenizer->tokens(" \t "), IsEmpty());
    EXPECT_THAT(make_tokenizer("whitespace", true)->tokens("ÄB c"), ElementsAre("äb", "c"));
}

TEST(Tokenizer, WordTellsWordsFromSigns) {
    const auto tokenizer = make_tokenizer("word", true);
    EXPECT_THAT(tokenizer->tokens("I don't like it, it's 'bad'!"),
                ElementsAre("i", "don't", "like", "it", ",", "it's", "'", "bad", "'", "!"));
    EXPECT_THAT(tokenizer->tokens("O\u2019Neal\u2019s dogs\u2019 $3.50"),
                ElementsAre("o\u2019neal\u2019s", "dogs", "\u2019", "$", "3", ".", "50"));
    EXPECT_THAT(tokenizer->tokens("E\u0301tude 東京。"), ElementsAre("e\u0301tude", "東京", "。"));
    // A variation selector stays with its sign; control and format characters are not to be seen.
    EXPECT_THAT(tokenizer->tokens("ok\u2764\ufe0f\u200bno\x01"), ElementsAre("ok", "\u2764\ufe0f", "no"));
}

TEST(Tokenizer, AlphanumericIsScikitLearnsPattern) {
    EXPECT_THAT(make_tokenizer("alphanumeric", false)->tokens("I don't know_it a 42 x"),
                ElementsAre("don", "know_it", "42"));
}

TEST(Tokenizer, NamesAreWhatCanBeMade) {
    EXPECT_THAT(tokenizer_names(), ElementsAre("whitespace", "word", "alphanumeric"));
    for (const auto& name : tokenizer_names()) EXPECT_TRUE(make_tokenizer(name, true));
    try {
        make_tokenizer("words", true);
        FAIL();
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(), "no tokenizer 'words'; expected one of whitespace, word, alphanumeric");
    }
}

TEST(LowerCase, HasUnicodesSpecialCases) {
    EXPECT_EQ(lower_case("ABC xyZ 1"), "abc xyz 1");
    EXPECT_EQ(lower_case("ΟΔΥΣΣΕΥΣ Σ ΣΑΣ."), "οδυσσευς σ σας.");
    EXPECT_EQ(lower_case("İI"), "i\u0307i");
    EXPECT_EQ(lower_case("M\xfc"), "m\ufffd");
}

TEST(Utf8, FindsTheFirstByteThatIsNone) {
    EXPECT_EQ(first_not_utf8("Größe"), std::string_view::npos);
    EXPECT_EQ(first_not_utf8("M\xfcller"), 1u);
    EXPECT_EQ(first_not_utf8("ab\xc3"), 2u);
    EXPECT_EQ(latin1_to_utf8("M\xfcller"), "Müller");
}

} // namespace descent
