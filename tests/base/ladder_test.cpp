#include "core/analysis/ladder.h"
#include "tests/base/small_catalog.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <set>

namespace descent {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Catalog with_rungs() {
    Catalog catalog = testing::small_catalog();
    catalog.regimes.push_back({"full-batch-clipped",
                               "Clipped",
                               "Clipped",
                               {},
                               {{"regime.batch", std::int64_t{0}}, {"regime.clip", 0.25}}});
    catalog.regimes.push_back({"sgd-baseline",
                               "Baseline",
                               "The first rung",
                               {},
                               {{"optimizer", std::string("sgd")}, {"epochs", std::int64_t{20}}}});
    catalog.regimes.push_back(
        {"full-batch-long", "Long", "Longer", {}, {{"optimizer", std::string("adam")}}, {}, {"names"}});
    return catalog;
}

Request request(std::vector<std::pair<std::string, std::string>> settings = {}) {
    Request base;
    base.task = "names";
    base.settings = std::move(settings);
    return base;
}

std::string refusal(const Request& base) {
    const auto requests = ladder_requests(with_rungs(), base, {0, 1});
    return requests ? "" : requests.error().message;
}

RunRecord run(const std::string& regime, std::uint64_t seed, RunState state, double loss, double accuracy) {
    RunRecord record;
    record.spec.task.id = "names";
    record.spec.model.id = "gru";
    record.spec.optimizer.id = "sgd";
    record.spec.regime.id = regime;
    record.spec.seed = seed;
    record.state = state;
    record.created_ms = 1000 + static_cast<std::int64_t>(seed);
    record.updates = {100};
    record.seconds = 2.5;
    record.summary["validation/loss"] = {loss, loss - 0.1, {50}};
    record.summary["validation/accuracy"] = {accuracy, accuracy + 0.01, {60}};
    return record;
}

TEST(Ladder, RungsAreThePapersInItsOrder) {
    const auto catalog = with_rungs();
    EXPECT_THAT(ladder_regimes(catalog, "names"),
                ElementsAre("sgd-baseline", "full-batch", "full-batch-long", "full-batch-clipped"));
    EXPECT_THAT(ladder_regimes(catalog, "symmetry"),
                ElementsAre("sgd-baseline", "full-batch", "full-batch-clipped"));
}

TEST(Ladder, IsARequestForEachRungAndSeedBySeed) {
    Request base = request({{"optimizer.momentum", "0.5"}, {"model.hidden", "4"}});
    base.epochs = 3;
    const auto catalog = with_rungs();
    const auto requests = unwrap(ladder_requests(catalog, base, {5, 6}));
    ASSERT_EQ(requests.size(), 8u);
    std::vector<std::string> said;
    std::set<std::string> keys;
    for (const auto& one : requests) {
        const auto spec = unwrap(catalog.resolve(one));
        said.push_back(one.regime + " " + std::to_string(one.seed));
        keys.insert(catalog.key(spec));
        EXPECT_EQ(spec.budget.epochs, 3);
        EXPECT_EQ(spec.model.params.integer("hidden"), 4);
        // A setting of an optimizer's goes where that optimizer does.
        if (spec.optimizer.id == "sgd")
            EXPECT_EQ(spec.optimizer.params.real("momentum"), 0.5);
        else
            EXPECT_EQ(one.regime, "full-batch-long");
    }
    EXPECT_EQ(said.front(), "sgd-baseline 5");
    EXPECT_EQ(said[3], "full-batch-clipped 5");
    EXPECT_EQ(said.back(), "full-batch-clipped 6");
    EXPECT_EQ(keys.size(), 8u);
}

TEST(Ladder, RefusesWhatNoRungCanDo) {
    EXPECT_THAT(refusal(request({{"model.hiden", "4"}})), HasSubstr("did you mean 'model.hidden'"));
    EXPECT_THAT(refusal(request({{"hidden", "4"}})), HasSubstr("group.parameter"));
    EXPECT_THAT(refusal(request({{"model.hidden", "0"}})), HasSubstr("model.hidden"));
    // The same batch, clip and length everywhere leave one rung of three.
    Request alike = request({{"regime.batch", "8"}, {"regime.clip", "1"}});
    alike.epochs = 3;
    EXPECT_THAT(refusal(alike), HasSubstr("'full-batch' is the same run as 'sgd-baseline'"));
    Request nowhere;
    nowhere.task = "name";
    EXPECT_THAT(refusal(nowhere), HasSubstr("did you mean 'names'"));
    const auto only = ladder_plan(with_rungs(), request(), {0}, {"full-batch-cliped"});
    EXPECT_THAT(only.error().message, HasSubstr("did you mean 'full-batch-clipped'"));
    EXPECT_THAT(ladder_plan(with_rungs(), request(), {0}, {"legacy"}).error().message,
                HasSubstr("the rungs are sgd-baseline, full-batch,"));
    EXPECT_FALSE(ladder_plan(with_rungs(), request(), {}));
    EXPECT_THAT(ladder_plan(testing::small_catalog(), request(), {0}, {}).value().regimes,
                ElementsAre("full-batch"));
    Catalog bare = testing::small_catalog();
    bare.regimes.clear();
    EXPECT_FALSE(ladder_plan(bare, request(), {0}));
}

TEST(Ladder, PlanAndGroupAreFoundAgain) {
    Request base = request({{"task.source", "a \"folder\""}});
    base.model = "lstm";
    base.epochs = 7;
    const auto plan = unwrap(
        ladder_plan(with_rungs(), base, {18'446'744'073'709'551'615u}, {"full-batch", "sgd-baseline"}));
    EXPECT_THAT(plan.regimes, ElementsAre("sgd-baseline", "full-batch"));
    EXPECT_EQ(plan_from_log_line(to_log_line(plan)), plan);
    EXPECT_EQ(plan_from_log_line("ladder plan: {}"), std::nullopt);
    EXPECT_EQ(plan_from_log_line("ladder plan: {"), std::nullopt);
    EXPECT_EQ(plan_from_log_line("lr 0.1 on the mean"), std::nullopt);
    const auto group = new_ladder_group();
    EXPECT_EQ(group.size(), 8u);
    EXPECT_NE(group, new_ladder_group());
    EXPECT_EQ(ladder_group(ladder_tags(group)), group);
    EXPECT_EQ(ladder_group({"ladder", "ladder-of-mine", "paper"}), "");
}

TEST(Ladder, TableTellsMeansSpreadsAndPairedGaps) {
    std::vector<RunRecord> runs{
        run("full-batch-clipped", 0, RunState::finished, 1.30, 0.60),
        run("full-batch-clipped", 1, RunState::finished, 1.21, 0.63),
        run("full-batch-clipped", 2, RunState::finished, 1.28, 0.58),
        run("sgd-baseline", 0, RunState::finished, 1.10, 0.64),
        run("sgd-baseline", 1, RunState::finished, 1.00, 0.66),
        run("sgd-baseline", 2, RunState::finished, 1.09, 0.62),
        run("full-batch", 0, RunState::diverged, NAN, NAN),
        run("full-batch", 1, RunState::finished, 1.05, 0.70),
    };
    runs.push_back(run("sgd-baseline", 0, RunState::stopped, 9, 0)); // an earlier try
    runs.push_back(run("sgd-baseline", 3, RunState::finished, 9, 0));
    runs.back().trashed_ms = 1;

    const auto table = ladder_table(runs);
    EXPECT_EQ(table.task, "names");
    ASSERT_EQ(table.rungs.size(), 3u);
    EXPECT_EQ(table.rungs[0].regime, "sgd-baseline");
    EXPECT_EQ(table.rungs[1].regime, "full-batch");
    EXPECT_EQ(table.rungs[2].regime, "full-batch-clipped");
    EXPECT_EQ(table.measures.at(table.headline).metric, "validation/accuracy");
    EXPECT_EQ(table.rungs[0].runs, 3);
    EXPECT_EQ(table.rungs[1].diverged, 1);
    EXPECT_EQ(table.rungs[1].finished, 1);
    EXPECT_EQ(table.rungs[2].updates.mean, 100);

    const auto& loss = table.rungs[2].cells[1];
    EXPECT_NEAR(loss.value.mean, 3.79 / 3, 1e-12);
    EXPECT_FALSE(table.rungs[0].cells[1].gap);
    ASSERT_TRUE(loss.gap);
    EXPECT_TRUE(loss.gap->paired);
    EXPECT_EQ(loss.gap->count, 3);
    EXPECT_NEAR(loss.gap->mean, 0.2, 1e-12);
    EXPECT_NEAR(loss.gap->half_width, 4.302652729911275 * 0.01 / std::sqrt(3), 1e-12); // SD 0.01
    EXPECT_EQ(gap_text(*loss.gap), "higher by 0.200 ± 0.025");
    EXPECT_EQ(gap_text(*table.rungs[2].cells[2].gap, 100), "lower by 3.7 ± 1.4");
    EXPECT_EQ(gap_text(*table.rungs[1].cells[2].gap), "one seed tells no difference");
    EXPECT_EQ(spread_text(table.rungs[0].cells[2].value, 100), "64.0 ± 2.0");
    EXPECT_EQ(table.rungs[0].cells[0].value.count, 0) << "nobody measured the training loss";
}

TEST(Ladder, OtherSeedsAreComparedAsIndependent) {
    const auto table = ladder_table({run("sgd-baseline", 0, RunState::finished, 1, 0.6),
                                     run("sgd-baseline", 1, RunState::finished, 1, 0.7),
                                     run("full-batch", 1, RunState::finished, 1, 0.6),
                                     run("full-batch", 2, RunState::finished, 1, 0.7)});
    const auto& gap = *table.rungs[1].cells[2].gap;
    EXPECT_FALSE(gap.paired);
    EXPECT_EQ(gap_text(gap), "not distinguishable with 2 seeds (0.00 ± 0.30)");
    EXPECT_EQ(gap_text(*table.rungs[1].cells[1].gap), "the same with 2 seeds");
}

TEST(Ladder, DetectionIsComparedByItsAuroc) {
    auto one = run("sgd-baseline", 0, RunState::finished, 1, 0.6);
    one.summary["validation/auroc"] = {0.99, 0.99, {1}};
    const auto table = ladder_table({one});
    EXPECT_EQ(table.measures.at(table.headline).metric, "validation/auroc");
    EXPECT_EQ(table.rungs[0].cells.size(), table.measures.size());
}

TEST(Ladder, TableIsWrittenAsMarkdownCsvAndJson) {
    const auto table = ladder_table({run("sgd-baseline", 0, RunState::finished, 1.5, 0.64),
                                     run("sgd-baseline", 1, RunState::finished, 1.25, 0.66),
                                     run("full-batch", 0, RunState::diverged, NAN, NAN)});
    const auto cells = ladder_cells(table);
    for (const auto& row : cells.rows) EXPECT_EQ(row.size(), cells.headings.size());
    const auto markdown = to_markdown(table);
    EXPECT_THAT(markdown, HasSubstr("| `sgd-baseline` | 2 | 100 |"));
    EXPECT_THAT(markdown, HasSubstr("| 65.0 ± 1.4 |"));
    EXPECT_THAT(markdown, HasSubstr("| 0 of 1, 1 diverged |"));
    EXPECT_THAT(markdown, HasSubstr("|---|---:|"));

    const auto csv = to_csv(table);
    EXPECT_THAT(csv,
                HasSubstr("names,gru,sgd,sgd-baseline,2,2,0,100,2.5,validation/loss,last,2,1.375,0.1767"));
    std::size_t start = 0;
    for (std::size_t end; (end = csv.find('\n', start)) != std::string::npos; start = end + 1)
        EXPECT_EQ(
            std::count(csv.begin() + static_cast<long>(start), csv.begin() + static_cast<long>(end), ','),
            18);
    EXPECT_EQ(start, csv.size());

    const auto json = to_json(table);
    EXPECT_EQ(json["rungs"][0]["measures"][1]["mean"], 1.375);
    EXPECT_TRUE(json["rungs"][1]["measures"][1]["mean"].is_null());
    EXPECT_TRUE(json["rungs"][1]["measures"][1]["gap"].is_null());
    EXPECT_EQ(json["compared_by"], "validation/accuracy");

    const auto nothing = ladder_table({});
    EXPECT_THAT(nothing.rungs, IsEmpty());
    EXPECT_THAT(ladder_cells(nothing).rows, IsEmpty());
    EXPECT_FALSE(to_markdown(nothing).empty());
}

} // namespace

} // namespace descent
