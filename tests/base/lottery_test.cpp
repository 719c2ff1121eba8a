#include "core/analysis/lottery.h"

#include "core/base/pruning.h"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <gtest/gtest.h>

namespace descent {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SweepAxis axis(const std::string& name, const std::vector<std::string>& labels) {
    SweepAxis made{.name = name};
    for (const auto& label : labels) made.levels.push_back({label, {{name, label}}});
    return made;
}

RunRecord finished(const std::string& id, double accuracy, std::optional<double> density) {
    RunRecord run;
    run.id = RunId{id};
    run.state = RunState::finished;
    run.provenance.classes = {"a", "b"};
    run.summary["test/accuracy"] = {accuracy, accuracy, {}};
    if (density) {
        run.summary["weights/density"] = {*density, *density, {}};
        run.summary["weights/density/in"] = {*density / 2, *density / 2, {}};
    }
    return run;
}

/// Two branches × levels 0 to 2 × three seeds; the dense network of both is one run.
struct Made {
    SweepPlan plan;
    std::vector<CellRun> runs;
    Made() {
        plan.axes = {axis("regime.prune_branch", {"ticket", "random-mask"}),
                     axis(kPruneLevel, {"0", "1", "2"})};
        plan.seeds = {1, 2, 3};
        const double ticket[]{.90, .91, .89}, random[]{.90, .89, .70};
        for (std::size_t seed = 0; seed < 3; ++seed)
            for (std::size_t branch = 0; branch < 2; ++branch)
                for (std::size_t level = 0; level < 3; ++level) {
                    const double off = 0.01 * static_cast<double>(seed);
                    const std::string who = level == 0 ? "dense" : branch == 0 ? "ticket" : "random";
                    runs.push_back(
                        {(seed * 2 + branch) * 3 + level,
                         finished(who + std::to_string(level) + std::to_string(seed),
                                  (branch == 0 ? ticket : random)[level] + off,
                                  level == 0 ? std::nullopt : std::optional(std::pow(0.8, level)))});
                }
    }
};

} // namespace

TEST(Lottery, FoldsSeedsOfEachBranchAndLevelAndTheDenseNetworkOnce) {
    const Made made;
    const auto all = lottery(made.plan, made.runs);
    EXPECT_EQ(all.metric, "test/accuracy");
    EXPECT_EQ(all.dense.count, 3) << "not once for each branch";
    EXPECT_NEAR(all.dense.mean, 0.91, 1e-12);
    EXPECT_NEAR(all.dense.low, 0.90, 1e-12);
    EXPECT_NEAR(all.dense.high, 0.92, 1e-12);
    EXPECT_NEAR(all.dense.deviation, 0.01, 1e-12);
    EXPECT_THAT(all.layers, ElementsAre("in"));
    ASSERT_EQ(all.lines.size(), 2u);
    EXPECT_EQ(all.lines[0].label, "ticket");
    EXPECT_EQ(all.lines[1].label, "random-mask");
    const auto& last = all.lines[1].points.back();
    EXPECT_EQ(last.level, 2);
    EXPECT_NEAR(last.remaining, 0.64, 1e-12);
    EXPECT_NEAR(last.value.mean, 0.71, 1e-12);
    EXPECT_NEAR(last.density[0], 0.32, 1e-12);
    EXPECT_EQ(last.runs.size(), 3u);
    EXPECT_EQ(all.lines[0].points.front().remaining, 1);
}

TEST(Lottery, SaysWhatItShows) {
    const Made made;
    const auto said = testing::PrintToString(lottery_sentences(lottery(made.plan, made.runs)));
    EXPECT_THAT(said, HasSubstr("Dense: test/accuracy 0.91 [0.9, 0.92] (3 seeds)."));
    EXPECT_THAT(
        said,
        HasSubstr("ticket: no worse on average than the worst dense network down to 64% of the weights"));
    EXPECT_THAT(said, HasSubstr("random-mask: no worse on average than the worst dense network down to 80%"));
    EXPECT_THAT(said, HasSubstr("With 64% left: ticket 0.9 [0.89, 0.91]; random-mask 0.71 [0.7, 0.72]"));
    EXPECT_THAT(said, HasSubstr("nothing gets faster"));
    EXPECT_TRUE(lottery_sentences(lottery(made.plan, {})).empty());
}

TEST(Lottery, TablesAreTidyAndWhole) {
    Made made;
    made.runs.pop_back(); // the last seed of random-mask at level 2
    const auto all = lottery(made.plan, made.runs);
    EXPECT_THAT(to_csv(all),
                HasSubstr("branch,level,remaining,seeds,finished,metric,n,mean,low,high,sd,density/in\n"
                          "ticket,0,1,3,3,test/accuracy,3,"));
    EXPECT_THAT(to_csv(all), HasSubstr("random-mask,2,0.6400000000000001,3,2,test/accuracy,2,0.705"));
    const auto json = to_json(all);
    EXPECT_EQ(json["lines"][1]["points"][2]["value"]["n"], 2);
    EXPECT_NEAR(json["lines"][0]["points"][1]["density"]["in"].get<double>(), 0.4, 1e-12);
    const auto text = lottery_cells_text(all);
    EXPECT_EQ(text.rows.back()[3], "2 of 3");
    EXPECT_EQ(text.rows.front()[2], "100%");
}

TEST(Lottery, IsOfASweepOverLevelsAlone) {
    SweepPlan plan;
    EXPECT_FALSE(lottery_axis(plan));
    plan.axes = {axis("optimizer.lr", {"1", "2"}), axis(kPruneLevel, {"0", "1"})};
    EXPECT_EQ(lottery_axis(plan), 1u);
    plan.axes[1].levels[1].settings.emplace_back("optimizer.lr", "3");
    EXPECT_FALSE(lottery_axis(plan)) << "a level that sets more is another network's";
}

} // namespace descent
