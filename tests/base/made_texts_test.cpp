#include "core/text/made_texts.h"

#include "core/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace descent {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::Not;

namespace {

struct Maker {
    const char* name;
    std::function<MadeTexts(std::int64_t count, double noise, std::uint64_t seed)> make;
};

const std::vector<Maker> kMakers{
    {"opinions", [](auto n, auto noise, auto seed) { return made_opinions(n, false, noise, seed); }},
    {"three opinions", [](auto n, auto noise, auto seed) { return made_opinions(n, true, noise, seed); }},
    {"topics", made_topics},
    {"questions", made_questions}};

/// How often naive Bayes over the words (multinomial, add one), trained on the first two thirds, is right on
/// the rest.
double bag_of_words_accuracy(const MadeTexts& made) {
    const auto tokenizer = make_tokenizer("word", true);
    const std::size_t classes = made.classes.size(), train = made.items.size() * 2 / 3;
    std::map<std::string, std::vector<double>> counts;
    std::vector<double> totals(classes);
    for (std::size_t i = 0; i < train; ++i)
        tokenizer->split(made.items[i].text, [&](std::string_view word) {
            auto& of = counts.try_emplace(std::string(word), classes, 1.0).first->second;
            ++of[static_cast<std::size_t>(made.items[i].label)];
            ++totals[static_cast<std::size_t>(made.items[i].label)];
        });
    double right = 0;
    for (std::size_t i = train; i < made.items.size(); ++i) {
        std::vector<double> score(classes);
        tokenizer->split(made.items[i].text, [&](std::string_view word) {
            const auto of = counts.find(std::string(word));
            if (of == counts.end()) return;
            for (std::size_t c = 0; c < classes; ++c)
                score[c] += std::log(of->second[c] / (totals[c] + static_cast<double>(counts.size())));
        });
        right += std::ranges::max_element(score) - score.begin() == made.items[i].label;
    }
    return right / static_cast<double>(made.items.size() - train);
}

} // namespace

TEST(MadeTexts, AreTheSameForTheSameSeed) {
    for (const Maker& maker : kMakers) {
        const auto a = maker.make(500, 0.1, 3), b = maker.make(500, 0.1, 3), c = maker.make(500, 0.1, 4);
        ASSERT_EQ(a.items.size(), 500u);
        std::size_t other = 0;
        for (std::size_t i = 0; i < a.items.size(); ++i) {
            EXPECT_EQ(a.items[i].text, b.items[i].text);
            EXPECT_EQ(a.items[i].label, b.items[i].label);
            other += a.items[i].text != c.items[i].text;
        }
        EXPECT_GT(other, 400u) << maker.name;
    }
    // On every machine: a change of these changes the runs of everyone.
    EXPECT_EQ(made_opinions(1, false, 0, 1).items[0].text, "The book was never brilliant.");
    EXPECT_EQ(made_topics(1, 0, 1).items[0].text, "Vardby - Lakeside Motors had to leave its offices in "
                                                  "Montreval as troops entered Ilmaria, a spokesman said.");
    EXPECT_EQ(made_questions(1, 0, 1).items[0].text,
              "For a quiz: Which letters stand for as soon as possible in a job advertisement?");
}

TEST(MadeTexts, HaveAsManyOfEachClass) {
    for (const Maker& maker : kMakers) {
        const auto made = maker.make(1200, 0, 1);
        std::vector<std::int64_t> sizes(made.classes.size());
        for (const auto& item : made.items) ++sizes.at(static_cast<std::size_t>(item.label));
        for (const auto size : sizes)
            EXPECT_EQ(size, 1200 / static_cast<std::int64_t>(made.classes.size())) << maker.name;
    }
    EXPECT_THAT(made_opinions(1, false, 0, 1).classes, ElementsAre("negative", "positive"));
    EXPECT_THAT(made_opinions(1, true, 0, 1).classes, ElementsAre("negative", "neutral", "positive"));
    EXPECT_THAT(made_topics(1, 0, 1).classes, ElementsAre("World", "Sports", "Business", "Sci/Tech"));
    EXPECT_THAT(made_questions(0, 0, 1).classes, ElementsAre("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"));
}

TEST(MadeTexts, HaveTheNoiseThatWasAskedFor) {
    constexpr std::int64_t kCount = 6000;
    constexpr double kNoise = 0.2;
    for (const Maker& maker : kMakers) {
        const auto clean = maker.make(kCount, 0, 5), noisy = maker.make(kCount, kNoise, 5);
        double changed = 0;
        for (std::size_t i = 0; i < clean.items.size(); ++i) {
            EXPECT_EQ(clean.items[i].text, noisy.items[i].text);
            changed += clean.items[i].label != noisy.items[i].label;
        }
        const auto classes = static_cast<double>(clean.classes.size());
        const double share = kNoise * (classes - 1) / classes; // a new draw may give the old label
        EXPECT_NEAR(changed / kCount, share, 4 * std::sqrt(share * (1 - share) / kCount)) << maker.name;
    }
}

TEST(MadeTexts, AreManyAndWellWritten) {
    for (const Maker& maker : kMakers) {
        const auto made = maker.make(12'000, 0, 2);
        std::set<std::string> distinct;
        for (const auto& item : made.items) {
            distinct.insert(item.text);
            EXPECT_THAT(item.text, ContainsRegex("^[A-Z].*[.!?]$"));
            EXPECT_THAT(item.text, Not(ContainsRegex("[{}]|  | [.,;?!]| a [aio]"))) << maker.name;
        }
        EXPECT_GE(static_cast<double>(distinct.size()), 0.8 * 12'000) << maker.name;
    }
}

// What is easy for a bag of words needs no sequence model; what it can not learn at all is no data.
TEST(MadeTexts, AreHardForABagOfWordsWhereOrderCounts) {
    const double opinions = bag_of_words_accuracy(made_opinions(9000, false, 0, 1));
    EXPECT_GT(opinions, 0.65);
    EXPECT_LT(opinions, 0.88);
    const double three = bag_of_words_accuracy(made_opinions(9000, true, 0, 1));
    EXPECT_GT(three, 0.6);
    EXPECT_LT(three, 0.9);
    EXPECT_GT(bag_of_words_accuracy(made_topics(6000, 0, 1)), 0.8);
    EXPECT_GT(bag_of_words_accuracy(made_questions(6000, 0, 1)), 0.8);
}

} // namespace descent
