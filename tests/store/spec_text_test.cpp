#include "core/store/spec_text.h"

#include "tests/store/store_testing.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace descent {

using namespace testing;

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

Value random_value(Random& random) {
    switch (below(random, 6)) {
    case 0:
        return below(random, 2) == 0;
    case 1:
        return static_cast<std::int64_t>(random());
    case 2:
        return static_cast<std::int64_t>(below(random, 300)) - 100;
    case 3:
        return std::ldexp(std::uniform_real_distribution<>(-1, 1)(random),
                          static_cast<int>(below(random, 2000)) - 1000);
    case 4:
        return static_cast<double>(below(random, 20));
    default: {
        constexpr const char* kTexts[] = {"",     "built-in",    "30, 60, 80",  "/data/Wörter/ß",
                                          "a\"b", "back\\slash", "line\nbreak", "}{:,"};
        return std::string(kTexts[below(random, std::size(kTexts))]);
    }
    }
}

RunSpec random_spec(Random& random) {
    RunSpec spec;
    for (Part* part : {&spec.task, &spec.model, &spec.optimizer, &spec.regime}) {
        part->id = "part-" + std::to_string(below(random, 9));
        for (std::size_t i = below(random, 12); i > 0; --i)
            part->params.values["p_" + std::to_string(below(random, 30))] = random_value(random);
    }
    (below(random, 2) == 0 ? spec.budget.epochs : spec.budget.updates) =
        static_cast<std::int64_t>(below(random, 1000));
    spec.seed = below(random, 3) == 0 ? random() : below(random, 10);
    return spec;
}

std::optional<RunSpec> the_slow_way(const std::string& text) {
    try {
        return spec_from_json(nlohmann::json::parse(text));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

} // namespace

TEST(SpecText, IsReadAsThroughADocument) {
    Random random(1);
    int read = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::string text = to_json(random_spec(random)).dump();
        const auto spec = read_spec_text(text);
        if (std::ranges::any_of(text, [](unsigned char c) { return c == '\\' || c >= 0x80; }))
            continue; // left to the document
        ASSERT_TRUE(spec) << text;
        ASSERT_EQ(*spec, *the_slow_way(text)) << text;
        ++read;
    }
    EXPECT_GT(read, 500);
}

TEST(SpecText, WhatIsNoSpecIsLeftToTheDocument) {
    Random random(2);
    for (int i = 0; i < 20'000; ++i) {
        std::string text = to_json(random_spec(random)).dump();
        for (std::size_t change = 1 + below(random, 3); change > 0; --change) {
            const std::size_t at = below(random, text.size());
            constexpr char kBytes[] = "{}[]:,\"\\0.-+eEtfn x1";
            switch (below(random, 3)) {
            case 0:
                text.erase(at, 1);
                break;
            case 1:
                text.insert(at, 1, kBytes[below(random, sizeof kBytes - 1)]);
                break;
            default:
                text[at] = kBytes[below(random, sizeof kBytes - 1)];
            }
        }
        if (const auto spec = read_spec_text(text)) {
            const auto slow = the_slow_way(text);
            ASSERT_TRUE(slow) << text;
            ASSERT_EQ(*spec, *slow) << text;
        }
    }
    EXPECT_FALSE(read_spec_text(""));
    EXPECT_FALSE(read_spec_text("{}"));
    EXPECT_FALSE(read_spec_text("null"));
}

TEST(SpecText, ARunIsListedWithTheSpecThatItWasStoredWith) {
    const StorePlace place;
    const auto writer = place.writer();
    Random random(3);
    for (int i = 0; i < 40; ++i) {
        RunRecord run = example_run(static_cast<std::uint64_t>(i));
        run.spec = random_spec(random);
        run = must(writer->create(run));
        EXPECT_EQ(place.stored(run.id).spec, run.spec);
    }
}

} // namespace descent
