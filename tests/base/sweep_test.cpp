#include "core/analysis/sweep.h"
#include "tests/base/small_catalog.h"
#include "tests/base/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

namespace descent {
namespace {

Catalog catalog() {
    Catalog all = testing::small_catalog();
    all.tasks[1].params.push_back(integer("data_seed", 0, "Of the data").at_least(0));
    all.regimes[1].tasks = {};
    all.regime_params.push_back(integer("look_every", 1, "Looks").at_least(1).observing());
    return all;
}

Request symmetry() {
    return {.task = "symmetry", .model = "mlp", .optimizer = "sgd", .regime = "sgd"};
}

SweepAxis axis(const std::string& text) {
    auto read = sweep_axis(catalog(), symmetry(), text);
    EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error().message);
    return read.value_or(SweepAxis{});
}

std::string refusal(const std::string& text) {
    const auto read = sweep_axis(catalog(), symmetry(), text);
    EXPECT_FALSE(read) << text;
    return read ? "" : read.error().message;
}

std::vector<std::string> labels(const SweepAxis& axis) {
    std::vector<std::string> all;
    for (const auto& level : axis.levels) all.push_back(level.label);
    return all;
}

SweepPlan plan_of(std::initializer_list<const char*> axes, std::vector<std::uint64_t> seeds = {0}) {
    SweepPlan plan{.base = symmetry(), .seeds = std::move(seeds)};
    for (const char* text : axes) plan.axes.push_back(axis(text));
    return plan;
}

using Words = std::vector<std::string>;

TEST(SweepAxis, ListsKeepTheirOrderAndAreWrittenOneWay) {
    const auto widths = axis("model.hidden=8, 1,2");
    EXPECT_EQ(labels(widths), (Words{"8", "1", "2"}));
    EXPECT_EQ(widths.name, "model.hidden");
    EXPECT_EQ(widths.levels[0].settings, (decltype(SweepLevel::settings){{"model.hidden", "8"}}));
    EXPECT_EQ(labels(axis("optimizer.lr=0.10,1e-2")), (Words{"0.1", "0.01"}));
    EXPECT_EQ(labels(axis("regime.order=fixed,shuffled")), (Words{"fixed", "shuffled"}));
    EXPECT_EQ(labels(axis("optimizer=sgd,adam")), (Words{"sgd", "adam"}));
    EXPECT_EQ(labels(axis("updates=10,100")), (Words{"10", "100"}));
    EXPECT_EQ(axis("optimizer=sgd,adam").numbers(), std::nullopt);
    EXPECT_EQ(widths.numbers(), (std::vector<double>{8, 1, 2}));
}

TEST(SweepAxis, ALogRangeIsEvenInTheLogarithmAndWholeWhereTheParameterIs) {
    const auto widths = *axis("model.hidden=1:256:log20").numbers();
    EXPECT_EQ(widths.front(), 1);
    EXPECT_EQ(widths.back(), 256);
    // 256^(i/19), rounded: 1, 1.34, 1.79, 2.40, …; the second is 1 again and left out.
    std::set<double> expected;
    for (int i = 0; i < 20; ++i) expected.insert(std::round(std::pow(256.0, i / 19.0)));
    EXPECT_EQ(std::set<double>(widths.begin(), widths.end()), expected);
    EXPECT_EQ(widths.size(), expected.size());
    EXPECT_TRUE(std::ranges::is_sorted(widths));
    EXPECT_TRUE(axis("model.hidden=1:256:log20").log);
    EXPECT_EQ(labels(axis("optimizer.lr=0.01:1:log3")), (Words{"0.01", "0.1", "1"}));
}

TEST(SweepAxis, LinearRangesAndFactors) {
    EXPECT_EQ(labels(axis("optimizer.lr=0.1:0.5:5")), (Words{"0.1", "0.2", "0.3", "0.4", "0.5"}));
    EXPECT_EQ(labels(axis("model.hidden=1:64:x2")), (Words{"1", "2", "4", "8", "16", "32", "64"}));
    EXPECT_EQ(labels(axis("model.hidden=1:100:×3")), (Words{"1", "3", "9", "27", "81"}));
    EXPECT_EQ(labels(axis("model.hidden=10:2:5")), (Words{"10", "8", "6", "4", "2"}));
}

TEST(SweepAxis, IsDrawnOnALogAxisWhereItsValuesGrowByFactors) {
    EXPECT_TRUE(axis("model.hidden=1,2,4,8").log);
    EXPECT_FALSE(axis("model.hidden=1,2,3,4").log);
    EXPECT_TRUE(axis("optimizer.lr=0.1,0.2").log); // declared so
    EXPECT_FALSE(axis("regime.clip=0,1,10").log);  // 0 has no place on it
}

TEST(SweepAxis, BadInputIsNamedWithAnExample) {
    EXPECT_NE(refusal("model.hiden=1,2").find("did you mean 'model.hidden'?"), std::string::npos);
    EXPECT_NE(refusal("model.hidden").find("expected such as"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=").find("no values"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1,,2").find("missing between commas"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=0,2").find("≥ 1"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:x:3").find("'x' is not a number"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:8").find("FROM:TO:STEPS"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:8:lin4").find("no number of values"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:8:1").find("2 to"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:8:x1").find("factor"), std::string::npos);
    EXPECT_NE(refusal("regime.clip=0:8:log4").find("above 0"), std::string::npos);
    EXPECT_NE(refusal("model.hidden=1:100:x1.00001").find("more than"), std::string::npos);
    EXPECT_NE(refusal("optimizer=sdg").find("did you mean 'sgd'?"), std::string::npos);
    EXPECT_NE(refusal("seed=1,2").find("--seeds"), std::string::npos);
    EXPECT_NE(refusal("nothing.hidden=1").find("unknown group"), std::string::npos);
    EXPECT_NE(refusal("updates=0").find("≥ 1"), std::string::npos);
}

TEST(Sweep, SeedsVarySlowestAndTheLastAxisFastest) {
    const auto plan = plan_of({"model.hidden=1,2", "regime.clip=0,1,2"}, {7, 3});
    const auto cells = sweep_cells(catalog(), plan);
    ASSERT_TRUE(cells) << cells.error().message;
    ASSERT_EQ(cells->size(), 12u);
    EXPECT_EQ((*cells)[1].levels, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ((*cells)[3].levels, (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ((*cells)[5].seed, 7u);
    EXPECT_EQ((*cells)[6].seed, 3u);
    EXPECT_EQ((*cells)[5].spec.model.params.integer("hidden"), 2);
    EXPECT_EQ((*cells)[5].spec.regime.params.real("clip"), 2);
    const auto grid = sweep_grid(plan);
    ASSERT_EQ(grid.size(), cells->size());
    for (std::size_t i = 0; i < grid.size(); ++i) {
        EXPECT_EQ(grid[i].levels, (*cells)[i].levels);
        EXPECT_EQ(grid[i].seed, (*cells)[i].seed);
        EXPECT_EQ((*cells)[i].spec.seed, grid[i].seed);
    }
}

TEST(Sweep, ACellIsTheRunThatTheSameRequestResolvesTo) {
    const auto plan = plan_of({"model.hidden=1,2"}, {5});
    const auto cells = sweep_cells(catalog(), plan);
    ASSERT_TRUE(cells);
    Request alone = symmetry();
    alone.seed = 5;
    alone.set("model.hidden", "2");
    const auto spec = catalog().resolve(alone);
    ASSERT_TRUE(spec);
    EXPECT_EQ((*cells)[1].spec, *spec);
    EXPECT_EQ((*cells)[1].key, catalog().key(*spec));
}

TEST(Sweep, DrawsDataWithEachSeedWhereAskedTo) {
    auto plan = plan_of({"model.hidden=1,2"}, {5, 6});
    plan.draw_data = true;
    const auto cells = sweep_cells(catalog(), plan);
    ASSERT_TRUE(cells) << cells.error().message;
    EXPECT_EQ((*cells)[0].spec.task.params.integer("data_seed"), 5);
    EXPECT_EQ((*cells)[3].spec.task.params.integer("data_seed"), 6);

    plan.axes.push_back(axis("task.data_seed=1,2"));
    EXPECT_NE(sweep_cells(catalog(), plan).error().message.find("follows the seed"), std::string::npos);
    plan.axes = {};
    plan.base = {.task = "names", .model = "gru"};
    EXPECT_NE(sweep_cells(catalog(), plan).error().message.find("no parameter data_seed"), std::string::npos);
}

std::string refusal(const SweepPlan& plan) {
    const auto cells = sweep_cells(catalog(), plan);
    EXPECT_FALSE(cells);
    return cells ? "" : cells.error().message;
}

TEST(Sweep, RefusesWhatCannotBe) {
    EXPECT_NE(refusal(plan_of({"model.hidden=1,2"}, {})).find("at least one seed"), std::string::npos);
    EXPECT_NE(refusal(plan_of({"model.hidden=1,2"}, {1, 2, 1})).find("seed 1 is there twice"),
              std::string::npos);
    EXPECT_NE(refusal(plan_of({"model.hidden=1,2", "model.hidden=3"})).find("'model.hidden' is there twice"),
              std::string::npos);
    EXPECT_NE(refusal(plan_of({"model.hidden=1,2,1"})).find("'1' is there twice"), std::string::npos);
    // What only looks makes no other run.
    EXPECT_NE(refusal(plan_of({"regime.look_every=1,2"})).find("are one run"), std::string::npos);
    const auto broken = refusal([] {
        auto plan = plan_of({"model.hidden=1,2", "optimizer=sgd,adam"});
        plan.base.set("optimizer.momentum", "0.9");
        return plan;
    }());
    EXPECT_TRUE(broken.starts_with("at model.hidden = 1, optimizer = adam: unknown parameter")) << broken;
    auto many = plan_of({"model.hidden=1:1000:1000"});
    for (std::uint64_t seed = 1; seed <= 100; ++seed) many.seeds.push_back(seed);
    EXPECT_NE(refusal(many).find("more than 100,000 runs"), std::string::npos);
    EXPECT_TRUE(sweep_grid(many).empty());
    many.axes[0].levels.clear();
    EXPECT_NE(refusal(many).find("has no value"), std::string::npos);
}

TEST(Sweep, IsDescribedInOneLine) {
    EXPECT_EQ(describe(plan_of({"model.hidden=1:20:20", "regime.clip=0,1,2"}, {0, 1, 2, 3, 4})),
              "model.hidden × 20, regime.clip × 3, 5 seeds: 300 runs");
    EXPECT_EQ(describe(plan_of({})), "1 seed: 1 run");
}

SweepPlan everything() {
    auto plan = plan_of({"model.hidden=1:8:x2"}, {0, 18446744073709551615u});
    plan.title = "Title";
    plan.summary = "Summary";
    plan.base.set("regime.clip", "1.5");
    plan.base.updates = 40;
    plan.axes.push_back(
        {.name = "variant",
         .levels = {{"plain", {}}, {"paper", {{"optimizer.lr", "0.5"}, {"optimizer.momentum", "0.9"}}}}});
    plan.draw_data = true;
    plan.active = ActivePlan{.axis = "model.hidden", .metric = "test/loss", .add = 3, .round = 1};
    plan.view = "heat-map";
    plan.threshold_error = 0.05;
    return plan;
}

TEST(Sweep, SurvivesJson) {
    const auto plan = everything();
    EXPECT_EQ(sweep_plan_from_json(nlohmann::json::parse(to_json(plan).dump())), plan);
    EXPECT_EQ(sweep_plan_from_json(to_json(SweepPlan{})), SweepPlan{});
    EXPECT_THROW(sweep_plan_from_json({{"base", 3}}), InputError);
    EXPECT_THROW(sweep_plan_from_json(nlohmann::json::array()), InputError);
}

class SweepFile : public ::testing::Test {
protected:
    Result<SweepPlan> read(const std::string& text) {
        const auto file = (folder_.path() / "sweep.toml").string();
        std::ofstream(file) << text;
        return sweep_plan_from_toml(file, catalog());
    }
    /// The message behind the file's name: "LINE: …".
    std::string refusal(const std::string& text) {
        const auto plan = read(text);
        EXPECT_FALSE(plan) << text;
        if (plan) return "";
        const auto at = plan.error().message.find("sweep.toml:");
        EXPECT_NE(at, std::string::npos) << plan.error().message;
        return plan.error().message.substr(at + 11);
    }
    testing::TemporaryFolder folder_;
};

TEST_F(SweepFile, SaysTheSameAsAPlan) {
    const auto plan = read(R"(
title = "Title"
summary = "Summary"
view = "heat-map"
threshold_error = 0.05
seeds = [0, "18446744073709551615"]
draw_data = true
updates = 40
task = "symmetry"
model = "mlp"
optimizer = "sgd"
regime.id = "sgd"
regime.clip = 1.5

[[over]]
path = "model.hidden"
from = 1
to = 8
factor = 2

[[over]]
name = "variant"
[[over.level]]
label = "plain"
[[over.level]]
label = "paper"
set = { "optimizer.lr" = 0.5, optimizer.momentum = 0.9 }

[active]
axis = "model.hidden"
metric = "test/loss"
add = 3
round = 1
)");
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(*plan, everything());
}

TEST_F(SweepFile, CountsSeedsFromTheFirst) {
    const std::string start = "task = \"symmetry\"\n";
    EXPECT_EQ(read(start + "seeds = 3\nfirst_seed = 5")->seeds, (std::vector<std::uint64_t>{5, 6, 7}));
    EXPECT_EQ(read(start)->seeds, (std::vector<std::uint64_t>{0}));
    EXPECT_TRUE(refusal(start + "seeds = 0").starts_with("2: seeds"));
    EXPECT_TRUE(refusal(start + "seed = 1").starts_with("2: seed: a sweep has seeds = 5"));
    EXPECT_TRUE(refusal(start + "seeds = [1]\nfirst_seed = 5").starts_with("3: first_seed"));
}

TEST_F(SweepFile, MessagesHaveTheLine) {
    const std::string start = "task = \"symmetry\"\nmodel = \"mlp\"\noptimizer = \"sgd\"\n"; // 3 lines
    EXPECT_EQ(refusal(start + "sedes = 3"), "4: unknown key 'sedes'; did you mean 'seeds'?");
    EXPECT_TRUE(refusal(start + "view = \"pie\"").starts_with("4: view: expected"));
    EXPECT_TRUE(refusal(start + "[[over]]\npath = \"model.hiden\"\nvalues = [1]")
                    .starts_with("4: unknown parameter 'model.hiden'; did you mean 'model.hidden'?"));
    EXPECT_TRUE(refusal(start + "[[over]]\npath = \"model.hidden\"\nvalue = [1]")
                    .starts_with("6: unknown key 'value'; did you mean 'values'?"));
    EXPECT_TRUE(refusal(start + "[[over]]\npath = \"model.hidden\"\nvalues = [1, 0]")
                    .starts_with("4: model.hidden = 0: expected"));
    EXPECT_TRUE(
        refusal(start + "[[over]]\npath = \"model.hidden\"\nfrom = 1\nto = 4")
            .starts_with("4: model.hidden: expected values, or from, to and steps; steps is missing"));
    const auto level = refusal(start + "[[over]]\nname = \"v\"\n[[over.level]]\nlabel = \"a\"\n"
                                       "[[over.level]]\nlabel = \"b\"\nset = { \"optimizer.lr\" = 0 }");
    EXPECT_TRUE(level.starts_with("8: v = b: optimizer.lr = 0: expected")) << level;
    EXPECT_TRUE(refusal(start + "[active]\naxis = \"model.hidden\"").starts_with("4: active: expected axis"));
    EXPECT_TRUE(refusal("task = \"symetry\"").starts_with("1: unknown task 'symetry'"));
    EXPECT_NE(sweep_plan_from_toml("nowhere.toml", catalog()).error().message.find("no such file"),
              std::string::npos);
}

} // namespace
} // namespace descent
