#include "core/analysis/outcomes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace descent {

namespace {

SweepPlan plan_of(const std::vector<std::string>& variants, std::uint64_t seeds) {
    SweepPlan plan{.title = "a study"};
    SweepAxis axis{.name = "variant"};
    for (const auto& variant : variants)
        axis.levels.push_back({variant, {{"optimizer.lr", "0.1"}, {"updates", "30000"}}});
    plan.axes = {axis};
    plan.seeds.clear();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) plan.seeds.push_back(seed);
    return plan;
}

/// 6-2-1, as in the paper, `off` at one weight.
std::vector<double> solution(double off = 0) {
    const std::vector<double> up{2, 1, -4, 4 + off, -1, -2};
    std::vector<double> weights = up;
    for (const double w : up) weights.push_back(-w);
    weights.insert(weights.end(), {-1, -1, -9, -9, 6});
    return weights;
}

SymmetryEnd solved_at(std::size_t cell, std::int64_t at, std::int64_t cap = 30'000, double off = 0) {
    return {.cell = cell,
            .accuracy = 1,
            .perfect_at = at,
            .cap = cap,
            .bits = 6,
            .hidden = 2,
            .weights = solution(off)};
}
SymmetryEnd stuck(std::size_t cell, double accuracy = 0.875, std::int64_t cap = 30'000) {
    return {.cell = cell, .accuracy = accuracy, .cap = cap, .bits = 6, .hidden = 2};
}

RunRecord record() {
    RunRecord run;
    run.state = RunState::finished;
    run.spec.task = {"symmetry", {{{"bits", std::int64_t{6}}}}};
    run.spec.model = {"mlp", {{{"hidden", std::int64_t{2}}}}};
    run.spec.budget.updates = 2000;
    run.summary["train/accuracy"] = {1, 1, {}};
    run.summary["train/perfect-at"] = {1302, 1302, {}};
    return run;
}

TEST(SymmetryEnd, IsReadFromARun) {
    const auto end = symmetry_end({7, record()}, solution());
    ASSERT_TRUE(end);
    EXPECT_EQ(end->cell, 7U);
    EXPECT_EQ(end->perfect_at, 1302);
    EXPECT_EQ(end->cap, 2000);
    EXPECT_EQ(end->hidden, 2);
    EXPECT_EQ(end->weights.size(), 17U);
    EXPECT_TRUE(end->solved(1302));
    EXPECT_FALSE(end->solved(1301));

    auto run = record();
    run.summary.erase("train/perfect-at");
    EXPECT_TRUE(symmetry_end({0, run})->solved(2000)) << "by its accuracy at the end";
    EXPECT_FALSE(symmetry_end({0, run})->solved(1999)) << "but who knows since when";
    EXPECT_TRUE(symmetry_end({0, run}, std::vector<double>(26))->weights.empty()) << "two hidden layers";
    run.state = RunState::diverged;
    EXPECT_TRUE(symmetry_end({0, run})->diverged);
    EXPECT_FALSE(symmetry_end({0, run})->solved(2000));
    run.state = RunState::running;
    EXPECT_FALSE(symmetry_end({0, run}));
    run = record();
    run.spec.task.id = "names";
    EXPECT_FALSE(symmetry_end({0, run}));
}

TEST(SymmetryOutcomes, CountEachVariant) {
    // Two variants, seeds slowest: even cells are the first's.
    const auto plan = plan_of({"one", "two"}, 4);
    const std::vector<SymmetryEnd> ends{
        solved_at(0, 1000), solved_at(1, 1425), solved_at(2, 3000, 30'000, 0.04),
        stuck(3),           stuck(4, 0.5),      {.cell = 5, .diverged = true, .cap = 30'000}};
    const auto table = symmetry_outcomes(plan, ends);
    ASSERT_EQ(table.rows.size(), 2U);
    const auto &one = table.rows[0], &two = table.rows[1];
    EXPECT_EQ(one.variant, "one");
    EXPECT_EQ(one.seeds, 4);
    EXPECT_EQ(one.early.hits, 1);
    EXPECT_EQ(one.early.of, 3);
    EXPECT_EQ(one.solved.hits, 2);
    EXPECT_EQ(one.median, 2000);
    EXPECT_EQ(one.outcomes[static_cast<std::size_t>(SymmetryOutcome::solved_as_paper)].hits, 2);
    EXPECT_EQ(one.outcomes[static_cast<std::size_t>(SymmetryOutcome::half)].hits, 1);
    EXPECT_EQ(one.judged, 2);
    EXPECT_NEAR(one.mirror_error, 0.04 / 4.04, 1e-12);
    EXPECT_NEAR(one.ratio_error, 0.005, 1e-12);
    EXPECT_NEAR(one.ratio[1], 2, 1e-12);
    EXPECT_NEAR(one.ratio[2], 4.01, 1e-12);
    EXPECT_EQ(two.early.hits, 1);
    EXPECT_EQ(two.outcomes[static_cast<std::size_t>(SymmetryOutcome::plateau)].hits, 1);
    EXPECT_EQ(two.outcomes[static_cast<std::size_t>(SymmetryOutcome::diverged)].hits, 1);
    EXPECT_TRUE(two.references.empty());

    const auto cells = outcome_cells(table);
    EXPECT_THAT(cells.headings, testing::ElementsAre("variant", "runs", "by 1,425", "by the cap", "cap",
                                                     "median update", "solved-as-paper", "plateau", "half",
                                                     "diverged", "mirror error", "ratio"));
    EXPECT_EQ(cells.rows[0][1], "3 of 4");
    EXPECT_EQ(cells.rows[0][2], "1 (6% to 79%)");
    EXPECT_EQ(cells.rows[0][10], "0.01");
    EXPECT_EQ(cells.rows[0][11], "1:2:4.01");
}

TEST(SymmetryOutcomes, AreComparedWithWhatOthersFound) {
    const auto plan = plan_of({"paper", "lr 0.04"}, 200);
    std::vector<SymmetryEnd> ends;
    for (std::size_t seed = 0; seed < 200; ++seed) {
        // As the replication: 66 early, 195 in all, half of these by 2,856.
        const auto at = seed < 66   ? 1000 + std::int64_t(seed)
                        : seed < 98 ? 2856 - 98 + std::int64_t(seed)
                                    : 2856 + 10 * std::int64_t(seed);
        ends.push_back(seed < 195 ? solved_at(2 * seed, at) : stuck(2 * seed));
        // Unlike it: 150 of 200.
        ends.push_back(seed < 150 ? solved_at(2 * seed + 1, 700) : stuck(2 * seed + 1));
    }
    const auto table = symmetry_outcomes(plan, ends);
    ASSERT_EQ(table.rows[0].references.size(), 1U);
    const auto& same = table.rows[0].references[0];
    EXPECT_NEAR(*same.early_p, 1, 1e-9);
    EXPECT_NEAR(*same.solved_p, 1, 1e-9);
    EXPECT_TRUE(*same.median_inside);
    EXPECT_TRUE(same.agrees());
    const auto& other = table.rows[1].references[0];
    EXPECT_LT(*other.solved_p, 1e-10);
    EXPECT_FALSE(*other.median_inside);
    EXPECT_FALSE(other.agrees());
    const auto sentences = outcome_sentences(table);
    ASSERT_EQ(sentences.size(), 1U);
    EXPECT_THAT(sentences[0], testing::StartsWith("Beside the replication in PyTorch: 1 of 2 variants not "
                                                  "distinguishable; different at 5%: lr 0.04. Least p "
                                                  "< 0.0001 (lr 0.04) in 4 tests"));
    EXPECT_EQ(reference_cells(table).rows[1].back(), "differs");
    EXPECT_TRUE(symmetry_outcomes(plan, ends, false).rows[0].references.empty());

    const auto json = to_json(table);
    EXPECT_EQ(json["variants"][0]["solved"]["hits"], 195);
    EXPECT_EQ(json["variants"][0]["references"][0]["agrees"], true);
    const auto csv = to_csv(table);
    EXPECT_EQ(std::ranges::count(csv, '\n'), 3);
    EXPECT_THAT(csv, testing::HasSubstr("\npaper,200,200,30000,66,0.2"));
}

TEST(SymmetryOutcomes, CountByTheReferencesCap) {
    // 10,000 updates here; the report looked at 1,450, the replication at 10,000.
    const auto plan = plan_of({"mean, momentum 0.9"}, 90);
    std::vector<SymmetryEnd> ends;
    for (std::size_t seed = 0; seed < 90; ++seed) ends.push_back(solved_at(seed, 9000, 10'000));
    const auto row = symmetry_outcomes(plan, ends).rows.at(0);
    ASSERT_EQ(row.references.size(), 2U);
    EXPECT_LT(*row.references[0].solved_p, 1e-10);
    EXPECT_NEAR(*row.references[1].solved_p, 1, 1e-9) << "none by 1,450 here either";
    for (auto& end : ends) end.cap = 1000; // too short for either
    EXPECT_FALSE(symmetry_outcomes(plan, ends).rows[0].references[1].solved_p);
}

TEST(SymmetryReferences, AreEachOfOneSourceAndVariant) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& r : symmetry_references()) {
        EXPECT_TRUE(seen.emplace(r.variant, r.source).second) << r.variant;
        EXPECT_LE(r.solved.value_or(0), r.seeds);
        EXPECT_LE(r.early.value_or(0), r.solved.value_or(0));
        EXPECT_EQ(r.anecdotal, r.source == "report");
    }
    EXPECT_EQ(symmetry_goal("rmsprop")->hits, 1);
    EXPECT_EQ(symmetry_goal("rmsprop")->of, 25);
    EXPECT_EQ(symmetry_goal("silu")->by, 5000);
    EXPECT_FALSE(symmetry_goal("sgd"));
}

TEST(RankSettings, PutTheLikeliestFirst) {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/sweeps.json");
    const auto golden = nlohmann::json::parse(file).at("likelihood");
    ASSERT_GE(golden.size(), 5U);
    for (const auto& row : golden) {
        const std::size_t hits = row[0], of = row[1];
        std::vector<SymmetryEnd> ends;
        for (std::size_t i = 0; i < of; ++i) ends.push_back(i < hits ? solved_at(i, 100) : stuck(i));
        const SymmetryGoal goal{row[2], row[3], 30'000, ""};
        const auto ranking = rank_settings(plan_of({"a"}, of), ends, goal);
        ASSERT_EQ(ranking.size(), 1U);
        EXPECT_NEAR(ranking[0].likelihood / row[4].get<double>(), 1, 1e-9);
        EXPECT_DOUBLE_EQ(ranking[0].p, fisher_p(std::int64_t(hits), std::int64_t(of), goal.hits, goal.of));
    }

    // Of 20 seeds: all, one, none; one that was not trained.
    SweepPlan plan = plan_of({"all", "one", "none", "untried"}, 20);
    plan.axes.push_back({"optimizer.alpha", false, {{"0.9", {{"optimizer.alpha", "0.9"}}}}});
    std::vector<SymmetryEnd> ends;
    for (std::size_t seed = 0; seed < 20; ++seed) {
        ends.push_back(solved_at(4 * seed, 400));
        ends.push_back(seed == 0 ? solved_at(4 * seed + 1, 400) : stuck(4 * seed + 1));
        ends.push_back(solved_at(4 * seed + 2, 6000)); // too late
    }
    const SymmetryGoal goal{1, 25, 5000, "1 of 25"};
    const auto ranking = rank_settings(plan, ends, goal);
    ASSERT_EQ(ranking.size(), 3U);
    EXPECT_EQ(ranking[0].setting, "one, optimizer.alpha 0.9");
    EXPECT_EQ(ranking[1].setting, "none, optimizer.alpha 0.9");
    EXPECT_TRUE(ranking[1].agrees());
    EXPECT_FALSE(ranking[2].agrees());
    EXPECT_EQ(
        ranking_sentence(ranking, goal),
        "The report's 1 of 25 by update 5,000 (1 of 25): 2 of 3 settings cannot be told apart from it at "
        "5%; the likeliest is one, optimizer.alpha 0.9 with 1 of 20.");
    EXPECT_EQ(ranking_cells(ranking, goal).rows[2].back(), "differs");
    EXPECT_EQ(to_json(ranking, goal)["settings"][0]["solved"], 1);
    EXPECT_EQ(std::ranges::count(to_csv(ranking), '\n'), 4);
    EXPECT_EQ(ranking_sentence({}, goal), "No setting has been trained yet.");
}

} // namespace

} // namespace descent
