#include "core/text/vocabulary.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace descent {

namespace {

Vocabulary counted() {
    Vocabulary vocabulary;
    for (const char* word : {"the", "cat", "the", "äpfel", "dog", "the", "cat", "dog", "zebra", "<pad>"})
        vocabulary.count(word);
    return vocabulary;
}

std::string words_from(const Vocabulary& vocabulary, std::int32_t id) {
    std::string all;
    for (; id < vocabulary.size(); ++id) all += vocabulary.word(id) + " ";
    return all;
}

} // namespace

TEST(Vocabulary, PutsTheCommonestFirst) {
    Vocabulary vocabulary = counted();
    vocabulary.close(0, 1);
    EXPECT_EQ(words_from(vocabulary, 2), "the cat dog <pad> zebra äpfel ");
    EXPECT_EQ(vocabulary.known(), 8);
    EXPECT_EQ(vocabulary.id("the"), 2);
    EXPECT_EQ(vocabulary.occurrences(2), 3);
    EXPECT_EQ(vocabulary.id("<pad>"), 5); // a word as any other
    EXPECT_EQ(vocabulary.word(Vocabulary::padding), "<pad>");
    EXPECT_EQ(vocabulary.word(Vocabulary::unknown), "<unk>");
    EXPECT_EQ(vocabulary.occurrences(Vocabulary::unknown), 0);
}

TEST(Vocabulary, GivesWhatIsNotKnownIdsBehind) {
    Vocabulary vocabulary = counted();
    vocabulary.close(5, 2);
    EXPECT_EQ(vocabulary.known(), 5); // <pad> <unk> the cat dog
    EXPECT_EQ(vocabulary.size(), 8);
    EXPECT_EQ(vocabulary.id("zebra"), 6);
    EXPECT_EQ(vocabulary.id("new"), 8);
    EXPECT_EQ(vocabulary.id("newer"), 9);
    EXPECT_EQ(vocabulary.id("new"), 8);
    EXPECT_EQ(vocabulary.known(), 5);
    EXPECT_EQ(vocabulary.occurrences(8), 0);
    EXPECT_EQ(vocabulary.occurrences(Vocabulary::unknown), 3); // <pad>, zebra, äpfel
}

TEST(Vocabulary, IsBoundedInSizeOrByCount) {
    Vocabulary small = counted(), frequent = counted(), none = counted(), large = counted();
    small.close(4, 1);
    EXPECT_EQ(small.known(), 4);
    EXPECT_EQ(small.word(3), "cat");
    frequent.close(0, 3);
    EXPECT_EQ(frequent.known(), 3);
    none.close(1, 1);
    EXPECT_EQ(none.known(), 2);
    large.close(100, 1);
    EXPECT_EQ(large.known(), 8);
}

TEST(Vocabulary, StaysWholeWhenMoved) {
    Vocabulary vocabulary = counted();
    vocabulary.close(0, 1);
    Vocabulary moved = std::move(vocabulary);
    EXPECT_EQ(moved.id("cat"), 3);
}

TEST(Vocabulary, HasAnOrderOfItsOwn) {
    Vocabulary vocabulary;
    EXPECT_THROW(vocabulary.id("cat"), std::logic_error);
    vocabulary.close(0, 1);
    EXPECT_EQ(vocabulary.id("cat"), 2);
    EXPECT_THROW(vocabulary.count("cat"), std::logic_error);
}

} // namespace descent
