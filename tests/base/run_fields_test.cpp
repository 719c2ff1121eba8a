#include "core/analysis/run_fields.h"

#include <cmath>
#include <gmock/gmock.h>

namespace descent {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

RunRecord run(const std::string& regime, const std::string& optimizer, double lr, std::uint64_t seed) {
    RunRecord record;
    record.name = regime + "-" + std::to_string(seed);
    record.spec.task.id = "names";
    record.spec.model = {"gru", {{{"hidden", std::int64_t{8}}, {"one_hot", true}}}};
    record.spec.optimizer = {optimizer, {{{"lr", lr}}}};
    if (optimizer == "sgd") record.spec.optimizer.params.values["momentum"] = 0.5;
    record.spec.regime = {regime, {{{"order", std::string("shuffled")}, {"probe_every", std::int64_t{0}}}}};
    record.spec.budget.epochs = 3;
    record.spec.seed = seed;
    record.provenance.threads = 2;
    record.provenance.parameters = 1234;
    record.provenance.data_hash = "abc";
    record.summary["validation/loss"] = {1.5, 1.25, {7}};
    return record;
}

std::vector<std::string> labels(const std::vector<RunGroup>& groups) {
    std::vector<std::string> all;
    for (const auto& group : groups) all.push_back(group.label);
    return all;
}

std::vector<std::string> labels(const std::vector<RunRecord>& runs, const char* by) {
    return labels(group_runs(runs, by).value());
}

TEST(RunFields, AreTextAndNumber) {
    auto one = run("sgd", "sgd", 0.1, 7);
    one.tags = {"a", "paper"};
    EXPECT_EQ(field_of(one, "task"), (FieldValue{"names", {}}));
    EXPECT_EQ(field_of(one, "optimizer.lr"), (FieldValue{"0.1", 0.1}));
    EXPECT_EQ(field_of(one, "model.one_hot"), (FieldValue{"true", 1.0}));
    EXPECT_EQ(field_of(one, "regime.order"), (FieldValue{"shuffled", {}}));
    EXPECT_EQ(field_of(one, "seed"), (FieldValue{"7", 7.0}));
    EXPECT_EQ(field_of(one, "parameters"), (FieldValue{"1234", 1234.0}));
    EXPECT_EQ(field_of(one, "tags"), (FieldValue{"a, paper", {}}));
    EXPECT_EQ(field_of(one, "budget.epochs"), (FieldValue{"3", 3.0}));
    for (const char* none : {"budget.updates", "lr", "optimizer.beta", "data.lr", "", "optimizer."})
        EXPECT_EQ(field_of(one, none), std::nullopt) << none;
    one.spec.seed = 18'446'744'073'709'551'615u;
    EXPECT_EQ(field_of(one, "seed")->text, "18446744073709551615");
}

TEST(RunFields, OfSeveralRunsAreListedAndCompared) {
    const std::vector<RunRecord> runs{run("sgd", "sgd", 0.1, 0), run("sgd", "adam", 0.1, 1)};
    const auto all = fields_of(runs);
    EXPECT_EQ(all.front(), "task");
    EXPECT_THAT(all, Contains("optimizer.momentum"));
    EXPECT_THAT(all, Contains("budget.epochs"));
    EXPECT_THAT(all, Not(Contains("budget.updates")));
    EXPECT_THAT(differing_fields(runs), ElementsAre("optimizer", "seed", "optimizer.momentum"));
    EXPECT_THAT(differing_fields({runs[0], runs[0]}), ElementsAre());
    EXPECT_THAT(fields_of({}), ElementsAre());
}

TEST(RunFields, AreFoundByWhatAPersonCallsThem) {
    auto odd = run("sgd", "sgd", 0.1, 0);
    odd.spec.regime.params.values["hidden"] = std::int64_t{3};
    const std::vector<RunRecord> runs{odd};
    EXPECT_EQ(field_meant(runs, "lr").value(), "optimizer.lr");
    EXPECT_EQ(field_meant(runs, "optimizer.lr").value(), "optimizer.lr");
    EXPECT_EQ(field_meant(runs, "hidden").error().message, "'hidden' could be model.hidden or regime.hidden");
    EXPECT_EQ(field_meant(runs, "momentun").error().message,
              "no run has a field 'momentun'; did you mean 'momentum'?");
    EXPECT_EQ(field_meant(runs, "colour").error().message, "no run has a field 'colour'");
}

TEST(RunGroups, ByFieldsComeInTheOrderOfNumbers) {
    const std::vector<RunRecord> runs{run("full-batch", "sgd", 1, 0), run("sgd", "adam", 0.01, 0),
                                      run("sgd", "sgd", 0.1, 0), run("full-batch", "sgd", 0.1, 1)};
    const auto by_lr = group_runs(runs, "lr").value();
    EXPECT_THAT(labels(by_lr), ElementsAre("lr 0.01", "lr 0.1", "lr 1"));
    EXPECT_THAT(by_lr[1].runs, ElementsAre(2u, 3u));
    EXPECT_THAT(labels(runs, "regime"), ElementsAre("full-batch", "sgd"));
    EXPECT_THAT(labels(runs, "regime, optimizer.lr"),
                ElementsAre("full-batch · lr 0.1", "full-batch · lr 1", "sgd · lr 0.01", "sgd · lr 0.1"));
    EXPECT_THAT(labels(runs, "momentum"), ElementsAre("momentum 0.5", "no momentum"));
    EXPECT_THAT(labels(runs, "none"), ElementsAre("full-batch-0", "sgd-0", "sgd-0", "full-batch-1"));
    EXPECT_THAT(group_runs(runs, "lr,regim").error().message, HasSubstr("did you mean 'regime'"));
}

TEST(RunGroups, ReplicatesDifferInTheSeedOnly) {
    auto looked_at = run("sgd", "sgd", 0.1, 3);
    looked_at.spec.regime.params.values["probe_every"] = std::int64_t{5};
    std::vector<RunRecord> runs{run("sgd", "sgd", 0.1, 0), run("sgd", "sgd", 0.2, 0),
                                run("sgd", "sgd", 0.1, 1), looked_at, run("sgd", "adam", 0.1, 0)};
    const auto groups = group_runs(runs, "replicates").value();
    EXPECT_THAT(labels(groups), ElementsAre("sgd · lr 0.1", "sgd · lr 0.2", "adam · lr 0.1"));
    EXPECT_THAT(groups[0].runs, ElementsAre(0u, 2u, 3u));
    // As few words as tell them apart.
    EXPECT_THAT(labels({runs[0], runs[1]}, "replicates"), ElementsAre("lr 0.1", "lr 0.2"));
    EXPECT_THAT(labels({runs[0], runs[4]}, "replicates"), ElementsAre("sgd", "adam"));
    EXPECT_THAT(labels({runs[0], runs[2]}, "replicates"), ElementsAre("gru · sgd"));
    runs[1].spec.optimizer.params.values["lr"] = 0.1;
    runs[1].spec.budget.epochs = 9;
    EXPECT_THAT(labels({runs[0], runs[1]}, "replicates"), ElementsAre("epochs 3", "epochs 9"));
}

TEST(RunGroups, RunsOfUnknownSettingsAreNoReplicates) {
    RunRecord a, b; // as two runs in a table: equal, for nothing is known of either
    a.name = "a";
    b.name = "b";
    a.spec.task.id = b.spec.task.id = "imported";
    const auto own = run("sgd", "sgd", 0.1, 0), other = run("sgd", "sgd", 0.2, 0);
    EXPECT_THAT(labels({a, b}, "replicates"), ElementsAre("a", "b"));
    EXPECT_THAT(labels({a, own, other, b}, "replicates"), ElementsAre("a", "lr 0.1", "lr 0.2", "b"));
    EXPECT_THAT(labels({a, b}, "task"), ElementsAre("imported")) << "asked for, they are folded";
}

TEST(MetricPick, IsReadAndWritten) {
    for (const char* text : {"validation/accuracy", "best:validation/accuracy", "validation/accuracy@500"})
        EXPECT_EQ(to_string(metric_pick(text).value()), text);
    EXPECT_EQ(metric_pick("last:lr").value().metric, "lr");
    EXPECT_EQ(metric_pick("loss@0").value().update.count, 0);
    for (const char* bad : {"", "best:", "loss@", "loss@-1", "loss@x", "best:loss@5", "@5"})
        EXPECT_FALSE(metric_pick(bad)) << bad;
    const auto one = run("sgd", "sgd", 0.1, 0);
    EXPECT_EQ(summary_value(one, {"validation/loss", MetricPick::At::last}), 1.5);
    EXPECT_EQ(summary_value(one, {"validation/loss", MetricPick::At::best}), 1.25);
    EXPECT_TRUE(std::isnan(summary_value(one, {"loss", MetricPick::At::last})));
    EXPECT_TRUE(std::isnan(summary_value(one, {"validation/loss", MetricPick::At::update, {5}})));
}

TEST(ConfigDiff, SetsParametersSideBySide) {
    auto a = run("sgd", "sgd", 0.1, 0), b = run("sgd", "adam", 0.1, 0);
    b.changes = {{{1200}, "optimizer.lr", "0.01"}};
    const auto diff = config_diff({a, b});
    std::map<std::string, ConfigDiff::Row> rows;
    std::vector<std::string> unequal;
    for (const auto& row : diff.rows) {
        ASSERT_EQ(row.values.size(), 2u);
        rows[row.field] = row;
        if (!row.equal) unequal.push_back(row.field);
    }
    EXPECT_EQ(diff.rows.front().field, "task");
    EXPECT_THAT(unequal, ElementsAre("optimizer", "optimizer.momentum", "changes"));
    EXPECT_THAT(rows.at("optimizer.momentum").values, ElementsAre("0.5", ""));
    EXPECT_THAT(rows.at("changes").values, ElementsAre("", "optimizer.lr = 0.01 after update 1,200"));
    EXPECT_THAT(rows.at("data").values, ElementsAre("abc", "abc"));
    EXPECT_THAT(rows.at("budget.epochs").values, ElementsAre("3", "3"));
    EXPECT_FALSE(rows.contains("budget.updates")) << "nobody has it";
    EXPECT_FALSE(rows.contains("parent")) << "none is a branch";
}

TEST(ConfigDiff, CallsParentsByTheirNames) {
    auto a = run("sgd", "sgd", 0.1, 0), b = a, c = a;
    b.parent = {RunId{"0123456789abcdef"}, {1200}};
    c.parent = {RunId{"fedcba9876543210"}, {7}};
    const ParentNames names{{b.parent->run, "brave-otter"}};
    const auto rows = config_diff({a, b, c}, names).rows;
    const auto parent = std::ranges::find(rows, "parent", &ConfigDiff::Row::field);
    ASSERT_NE(parent, rows.end());
    EXPECT_THAT(parent->values, ElementsAre("", "brave-otter at update 1,200", "fedcba98 at update 7"));
    EXPECT_EQ(group_runs({a, b}, "parent", names).value().at(0).label, "parent brave-otter at update 1,200");
}

} // namespace

} // namespace descent
