#include "core/text/normalise.h"

#include "core/base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using Dropped = std::map<std::string, std::int64_t>;

TEST(NormaliseName, DropsMarksAndCountsTheRest) {
    Dropped dropped;
    EXPECT_EQ(normalise_name("Ślusàrski", dropped), "Slusarski");
    EXPECT_EQ(normalise_name("O'Néàl", dropped), "O'Neal");
    EXPECT_EQ(normalise_name("Nguyễn Văn; A., b", dropped), "Nguyen Van; A., b");
    EXPECT_TRUE(dropped.empty());
    EXPECT_EQ(normalise_name("Saint-Just", dropped), "SaintJust");
    EXPECT_EQ(normalise_name("Weiß", dropped), "Wei");
    EXPECT_EQ(normalise_name("Włodek-/ł", dropped), "Wodek");
    EXPECT_EQ(dropped, (Dropped{{"-", 2}, {"ß", 1}, {"ł", 2}, {"/", 1}}));
}

TEST(NormaliseName, CountsTheCharacterAsItStood) {
    Dropped dropped;
    EXPECT_EQ(normalise_name("Май 김", dropped), " ");
    EXPECT_EQ(dropped, (Dropped{{"М", 1}, {"а", 1}, {"й", 1}, {"김", 1}}));
}

TEST(NormaliseName, IsTheSameForComposedAndDecomposed) {
    Dropped dropped;
    EXPECT_EQ(normalise_name("e\u0301", dropped), "e");
    EXPECT_EQ(normalise_name("é", dropped), "e");
    EXPECT_EQ(normalise_name("\u1EA5", dropped), "a");
    EXPECT_EQ(normalise_name("", dropped), "");
    EXPECT_TRUE(dropped.empty());
    EXPECT_EQ(normalise_name(kNameAlphabet, dropped), kNameAlphabet);
    EXPECT_EQ(kNameAlphabet.size(), 57u);
}

TEST(NormaliseName, RefusesWhatIsNotUtf8) {
    const auto message = [](std::string_view bytes) {
        Dropped dropped;
        try {
            normalise_name(bytes, dropped);
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string("accepted");
    };
    EXPECT_EQ(message("M\xfcller"), "not UTF-8 at byte offset 1");
    EXPECT_EQ(message("ab\xc3"), "not UTF-8 at byte offset 2");
    EXPECT_EQ(message("\xc0\xaf"), "not UTF-8 at byte offset 0");
    EXPECT_EQ(message("\xed\xa0\x80"), "not UTF-8 at byte offset 0");
    EXPECT_EQ(message("\xf4\x90\x80\x80"), "not UTF-8 at byte offset 0");
}

} // namespace descent
