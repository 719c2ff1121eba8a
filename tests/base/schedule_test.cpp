// Schedules against torch.optim.lr_scheduler: tests/reference/regimes.py wrote the file.

#include "core/base/schedule.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace descent {

namespace {

ParamSet regime(const nlohmann::json& settings) {
    ParamSet all;
    for (const auto& spec : schedule_params()) all.values[spec.name] = spec.fallback;
    for (const auto& [name, value] : settings.items()) all.values.at(name) = value_from_json(value);
    return all;
}

nlohmann::json golden() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/schedules.json");
    return nlohmann::json::parse(file);
}

double factor(const nlohmann::json& settings, std::int64_t total, std::int64_t t) {
    return Schedule(regime(settings), total).factor(t);
}

} // namespace

TEST(Schedule, AgreesWithPyTorch) {
    const auto all = golden();
    for (const auto& one : all.at("schedules")) {
        const Schedule schedule(regime(one.at("params")), one.at("total"));
        const auto& expected = one.at("factors");
        for (std::size_t t = 0; t < expected.size(); ++t)
            EXPECT_NEAR(schedule.factor(static_cast<std::int64_t>(t)), expected[t], 1e-12)
                << one.at("params").dump() << " after " << t;
    }
}

TEST(Schedule, PlateauAgreesWithPyTorch) {
    const auto one = golden().at("plateau");
    Plateau plateau(regime({{"schedule", "plateau"},
                            {"gamma", 0.5},
                            {"plateau_patience", 2},
                            {"plateau_threshold", 1e-3},
                            {"floor", 0.1}}));
    for (std::size_t i = 0; i < one.at("losses").size(); ++i) {
        plateau.observe(one.at("losses")[i]);
        EXPECT_NEAR(plateau.factor(), one.at("factors")[i], 1e-15) << i;
    }
    Plateau again(regime({{"schedule", "plateau"}}));
    again.restore(plateau.state());
    EXPECT_EQ(again.factor(), plateau.factor());
}

TEST(Schedule, ThePapersIsCutOffAndNotAnnealed) {
    // Geiping et al. 2021: lr 0 at first, warm-up over 400 of 3,000, cosine with period 4,000 from there.
    const nlohmann::json paper{{"schedule", "cosine"}, {"warmup", 400}, {"period", 4000}};
    EXPECT_EQ(factor(paper, 3000, 0), 0);
    EXPECT_DOUBLE_EQ(factor(paper, 3000, 200), 0.5);
    EXPECT_DOUBLE_EQ(factor(paper, 3000, 400), 1);
    EXPECT_NEAR(factor(paper, 3000, 3000), 0.273, 5e-4);
}

TEST(Schedule, StaysAtItsFloor) {
    const nlohmann::json cosine{{"schedule", "cosine"}, {"period", 10}, {"floor", 0.2}};
    EXPECT_DOUBLE_EQ(factor(cosine, 100, 10), 0.2);
    EXPECT_DOUBLE_EQ(factor(cosine, 100, 57), 0.2);
    EXPECT_DOUBLE_EQ(factor({{"schedule", "polynomial"}, {"floor", 0.1}}, 10, 40), 0.1);
}

TEST(Schedule, DefaultsDoNothing) {
    const Schedule schedule(regime(nlohmann::json::object()), 7);
    EXPECT_TRUE(schedule.constant());
    for (const std::int64_t t : {0, 1, 6, 1000}) EXPECT_EQ(schedule.factor(t), 1);
    Plateau plateau(regime(nlohmann::json::object()));
    for (int i = 0; i < 100; ++i) plateau.observe(1);
    EXPECT_EQ(plateau.factor(), 1);
}

TEST(Schedule, MilestonesAreReadOrRefused) {
    EXPECT_EQ(parse_milestones("3, 10,40 50"), (std::vector<std::int64_t>{3, 10, 40, 50}));
    for (const char* wrong : {"", "a", "10, 3", "3, 3", "0", "-1, 5", "1.5", "3x"})
        EXPECT_THROW(parse_milestones(wrong), InputError) << wrong;
}

} // namespace descent
