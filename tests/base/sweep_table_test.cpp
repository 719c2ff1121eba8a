#include "core/analysis/sweep_table.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <gtest/gtest.h>

namespace descent {

namespace {

SweepAxis axis(const std::string& name, const std::vector<std::string>& labels) {
    SweepAxis made{.name = name};
    for (const auto& label : labels) made.levels.push_back({label, {{name, label}}});
    return made;
}

RunRecord finished(double train_accuracy, double test_accuracy) {
    RunRecord run;
    run.state = RunState::finished;
    run.provenance.classes = {"a", "b", "c"};
    run.provenance.parameters = 60;
    run.provenance.train_examples = 10;
    run.summary["train/accuracy"] = {train_accuracy, train_accuracy, {}};
    run.summary["test/accuracy"] = {test_accuracy, test_accuracy, {}};
    return run;
}

/// Two noises × six widths × four seeds; the test error peaks at 8 with noise and falls without.
struct Made {
    SweepPlan plan;
    std::vector<CellRun> runs;
    Made() {
        plan.axes = {axis("regime.label_noise", {"none", "some"}),
                     axis("model.hidden", {"1", "2", "4", "8", "16", "32"})};
        plan.seeds = {5, 6, 7, 8};
        const double train[]{.5, .3, .2, .05, 0, 0}, peaked[]{.5, .3, .4, .8, .4, .2},
            falling[]{.5, .4, .35, .3, .25, .2};
        for (std::size_t seed = 0; seed < 4; ++seed)
            for (std::size_t noise = 0; noise < 2; ++noise)
                for (std::size_t width = 0; width < 6; ++width) {
                    const double off = 0.001 * static_cast<double>(seed);
                    auto run = finished(1 - train[width], 1 - (noise == 0 ? falling : peaked)[width] - off);
                    run.provenance.parameters = 30 << width;
                    runs.push_back({(seed * 2 + noise) * 6 + width, run});
                }
    }
};

TEST(SweepMetricValue, KnowsErrorsBestsAndDivergence) {
    RunRecord run = finished(0.75, 0.5);
    run.summary["validation/loss"] = {0.7, 0.4, {}};
    EXPECT_DOUBLE_EQ(*sweep_metric_value(run, "train/error"), 0.25);
    EXPECT_DOUBLE_EQ(*sweep_metric_value(run, "test/error"), 0.5);
    EXPECT_DOUBLE_EQ(*sweep_metric_value(run, "validation/loss"), 0.7);
    EXPECT_DOUBLE_EQ(*sweep_metric_value(run, "best validation/loss"), 0.4);
    EXPECT_FALSE(sweep_metric_value(run, "validation/error")) << "a loss is no error of a classifier";
    EXPECT_FALSE(sweep_metric_value(run, "best test/loss"));
    run.provenance.classes.clear();
    EXPECT_DOUBLE_EQ(*sweep_metric_value(run, "validation/error"), 0.7) << "but of a regression";
    run.state = RunState::running;
    EXPECT_FALSE(sweep_metric_value(run, "train/error"));
    run.state = RunState::diverged;
    EXPECT_TRUE(std::isnan(*sweep_metric_value(run, "train/error")));
    EXPECT_EQ(sweep_metrics({{0, finished(1, 1)}}),
              (std::vector<std::string>{"test/error", "train/error", "test/accuracy", "train/accuracy"}));
}

TEST(SweepTable, FoldsSeedsAndFindsThresholdAndPeakOfEachCurve) {
    const Made made;
    const auto table = sweep_table(made.plan, made.runs, {"test/error", "train/error"});
    ASSERT_EQ(table.rows.size(), 12U);
    const auto& row = table.rows[6 + 3]; // some noise, width 8
    EXPECT_EQ(row.levels, (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(row.x, 8);
    EXPECT_EQ(row.finished, 4);
    EXPECT_EQ(row.values[0].count, 4);
    EXPECT_NEAR(row.values[0].median, 0.8015, 1e-12);
    EXPECT_NEAR(row.values[0].mean, 0.8015, 1e-12);
    EXPECT_NEAR(row.values[0].deviation, 0.001 * std::sqrt(5. / 3), 1e-12);
    EXPECT_GE(row.values[0].interval.low, 0.8);
    EXPECT_LT(row.values[0].interval.low, row.values[0].median);
    EXPECT_LE(row.values[0].interval.high, 0.803 + 1e-12);

    ASSERT_EQ(table.curves.size(), 2U);
    EXPECT_EQ(table.curves[1].label, "regime.label_noise some");
    EXPECT_EQ(table.x_name, "model.hidden");
    ASSERT_TRUE(table.curves[0].threshold);
    EXPECT_EQ(table.curves[0].threshold->median, 8);
    EXPECT_FALSE(table.curves[0].peak);
    ASSERT_TRUE(table.curves[1].peak);
    EXPECT_EQ(table.curves[1].peak->x, 8);
    EXPECT_EQ(table.curves[1].peak->before_x, 2);
    EXPECT_EQ(table.curves[1].peak->after_x, 32);

    const auto sentences = sweep_sentences(table);
    ASSERT_EQ(sentences.size(), 4U);
    EXPECT_EQ(sentences[0],
              "regime.label_noise none: train error 0.1 or less from model.hidden 8 on (median, "
              "95%: 8 to 8; 4 of 4 seeds).");
    EXPECT_EQ(sentences[1],
              "regime.label_noise none: test/error has no peak that stands out from both sides.");
    EXPECT_EQ(sentences[3], "regime.label_noise some: test/error descends twice: 0.302 at model.hidden 2, a "
                            "peak of 0.802 at 8 (95%: 8 to 8), 0.201 at 32.");
}

TEST(SweepTable, CanBeDrawnAgainstWeightsPerExample) {
    const Made made;
    const auto table = sweep_table(made.plan, made.runs, {"test/error"}, SweepX::parameters_per_example);
    EXPECT_DOUBLE_EQ(table.rows[3].x, 240. / (10 * 3));
    EXPECT_DOUBLE_EQ(table.curves[0].threshold->median, 8);
    EXPECT_EQ(sweep_table(made.plan, made.runs, {}, SweepX::parameters).rows[0].x, 30);
}

TEST(SweepTable, TellsOfWhatIsMissingAndDiverged) {
    Made made;
    for (auto& [cell, run] : made.runs)
        if (cell == 0) run.state = RunState::diverged;
    std::erase_if(made.runs, [](const auto& c) { return c.cell == 1 || c.cell == 12 + 1; });
    const auto table = sweep_table(made.plan, made.runs, {"test/error"});
    EXPECT_EQ(table.rows[0].diverged, 1);
    EXPECT_EQ(table.rows[0].finished, 3);
    EXPECT_EQ(table.rows[0].values[0].count, 3);
    EXPECT_EQ(table.rows[1].finished, 2);
    EXPECT_EQ(table.rows[1].values[0].count, 2) << "nothing is interpolated between rows";
    const auto cells = sweep_cells_text(table);
    EXPECT_EQ(cells.headings,
              (std::vector<std::string>{"regime.label_noise", "model.hidden", "runs", "test/error"}));
    EXPECT_EQ(cells.rows[0][2], "3 of 4, 1 diverged");
    EXPECT_EQ(cells.rows[2][2], "4");
    EXPECT_EQ(cells.right.size(), 4U);
    const auto empty = sweep_table(made.plan, {}, {"test/error"});
    EXPECT_EQ(empty.rows.size(), 12U);
    EXPECT_TRUE(std::isnan(empty.rows[0].values[0].median));
    EXPECT_EQ(to_json(empty)["rows"][0]["values"]["test/error"]["median"], nullptr);
}

TEST(SweepTable, IsWrittenTidily) {
    const Made made;
    const auto table = sweep_table(made.plan, made.runs, {"test/error", "train/error"});
    const auto csv = to_csv(table);
    EXPECT_EQ(csv.substr(0, csv.find('\n')),
              "regime.label_noise,model.hidden,x,seeds,finished,diverged,metric,n,mean,sd,median,median_low,"
              "median_high");
    EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 12 * 2);
    EXPECT_NE(csv.find("\nsome,8,8,4,4,0,test/error,4,"), std::string::npos);
    const auto json = to_json(table);
    EXPECT_EQ(json["rows"][9]["levels"]["model.hidden"], "8");
    EXPECT_EQ(json["curves"][1]["peak"]["x"], 8);
    EXPECT_EQ(json["sentences"].size(), 4U);
}

TEST(SweepTable, VariantsHaveRowsAndNoCurve) {
    SweepPlan plan;
    plan.axes = {{"variant", false, {{"paper", {}}, {"no momentum", {}}}}};
    const auto table = sweep_table(plan, {{1, finished(1, 0.5)}}, {"test/error"});
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_TRUE(std::isnan(table.rows[1].x));
    EXPECT_DOUBLE_EQ(table.rows[1].values[0].median, 0.5);
    EXPECT_TRUE(table.curves.empty());
    EXPECT_TRUE(sweep_sentences(table).empty());
}

TEST(SweepCourses, KeepSeedsApart) {
    const Made made;
    const auto courses = sweep_courses(made.plan, made.runs, "test/error", 1, {1, 0});
    ASSERT_EQ(courses.size(), 4U);
    ASSERT_EQ(courses[2].size(), 6U);
    EXPECT_EQ(courses[2][3].x, 8);
    EXPECT_NEAR(courses[2][3].value, 0.802, 1e-12);
}

} // namespace

} // namespace descent
