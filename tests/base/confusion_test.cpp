// Against scikit-learn: tests/reference/metrics.py wrote the cases.

#include "core/analysis/confusion.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace descent {

TEST(ConfusionFigures, AgreeWithScikitLearn) {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/metrics.json");
    const auto golden = nlohmann::json::parse(file);
    int cases = 0;
    for (const auto& test : golden.at("cases")) {
        SCOPED_TRACE(++cases);
        const auto classes = test.at("classes").get<std::int64_t>();
        Confusion confusion(classes);
        for (std::size_t i = 0; i < test.at("truth").size(); ++i)
            ++confusion.at(test["truth"][i].get<std::int64_t>(), test["predicted"][i].get<std::int64_t>());
        for (std::int64_t t = 0; t < classes; ++t) {
            std::int64_t examples = 0;
            for (std::int64_t p = 0; p < classes; ++p) {
                EXPECT_EQ(confusion.at(t, p), test["confusion"][t][p].get<std::int64_t>());
                examples += confusion.at(t, p);
            }
            if (examples > 0)
                EXPECT_NEAR(confusion.recall(t), test["recall"][t].get<double>(), 1e-12) << "class " << t;
            else
                EXPECT_TRUE(std::isnan(confusion.recall(t))) << "class " << t;
        }
        EXPECT_NEAR(confusion.accuracy(), test["accuracy"].get<double>(), 1e-12);
        EXPECT_NEAR(confusion.balanced_accuracy(), test["balanced_accuracy"].get<double>(), 1e-12);
        EXPECT_NEAR(confusion.macro_f1(), test["macro_f1"].get<double>(), 1e-12);
    }
    EXPECT_GE(cases, 4);
}

TEST(ConfusionFigures, OfNothingAreNotANumber) {
    const Confusion empty(3);
    EXPECT_TRUE(std::isnan(empty.accuracy()));
    EXPECT_TRUE(std::isnan(empty.balanced_accuracy()));
    EXPECT_TRUE(std::isnan(empty.macro_f1()));
}

} // namespace descent
