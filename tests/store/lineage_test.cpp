#include "core/store/lineage.h"

#include "tests/store/store_testing.h"

#include <gmock/gmock.h>

#include <fstream>

namespace descent {

namespace {

using ::testing::ElementsAre;
using testing::example_run;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::must;

/// A run whose metric "m" is `sign` times the update at each of `updates`.
class LineageTest : public ::testing::Test {
protected:
    RunId run(const std::string& name, std::optional<RunRecord::Parent> parent,
              const std::vector<std::int64_t>& updates, double sign, const std::string& metric = "m") {
        auto record = example_run();
        record.id = RunId::random();
        record.changes.clear();
        record.name = name;
        record.parent = std::move(parent);
        record = must(writer->create(record));
        auto batch = std::make_shared<MetricBatch>();
        batch->run = record.id;
        batch->metrics = {{0, metric, "", Direction::lower}};
        for (const auto u : updates)
            batch->samples.push_back({0, {u}, {static_cast<double>(u)}, 0, sign * static_cast<double>(u)});
        EXPECT_TRUE(writer->push(batch));
        must(writer->flush());
        return record.id;
    }
    std::vector<double> joined(const RunId& of, const std::string& metric = "m") {
        std::vector<double> values;
        for (const auto& point : joined_series(*place.reader(), place.stored(of), metric))
            values.push_back(point.value);
        return values;
    }

    testing::StorePlace place;
    std::unique_ptr<StoreWriter> writer = place.writer();
};

TEST_F(LineageTest, JoinsParentsUpToWhereTheNextOneWentOn) {
    const auto first = run("first", {}, {0, 2, 4, 6, 8}, 1);
    const auto second = run("second", RunRecord::Parent{first, {4}}, {4, 6, 8}, -1);
    const auto third = run("third", RunRecord::Parent{second, {6}}, {7, 9}, 10);
    EXPECT_THAT(joined(first), ElementsAre(0, 2, 4, 6, 8));
    EXPECT_THAT(joined(second), ElementsAre(0, 2, -4, -6, -8));
    EXPECT_THAT(joined(third), ElementsAre(0, 2, -4, -6, 70, 90));
    EXPECT_THAT(joined(third, "other"), IsEmpty());
    const auto reader = place.reader();
    const auto series = joined_overview(*reader, place.stored(third), "m");
    EXPECT_EQ(series.size(), 6u);
    EXPECT_EQ(series.point(5)->value, 90);
    EXPECT_EQ(joined_overview(*reader, place.stored(first), "m").size(), 5u);
    const auto parts = lineage(*reader, third);
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0].run.name, "first");
    EXPECT_EQ(parts[0].until, Update{4});
    EXPECT_EQ(parts[2].until, std::nullopt);
    EXPECT_EQ(parent_text(parts[2].run, parent_names(*reader, {parts[2].run})), "second at update 6");
}

TEST_F(LineageTest, AMetricThatOnlyTheParentHasIsThere) {
    const auto first = run("first", {}, {0, 2, 4}, 1, "old");
    const auto second = run("second", RunRecord::Parent{first, {2}}, {2, 3}, 1);
    EXPECT_THAT(joined(second, "old"), ElementsAre(0, 2));
    const auto metrics = joined_metrics(*place.reader(), place.stored(second));
    ASSERT_EQ(metrics.size(), 2u);
    EXPECT_EQ(metrics[0].name, "m");
    EXPECT_NE(metrics[0].index, metrics[1].index);
}

TEST_F(LineageTest, EndsWhereAParentIsMissingAndWhereParentsLeadRound) {
    const auto orphan = run("orphan", RunRecord::Parent{RunId::random(), {4}}, {4, 6}, 1);
    EXPECT_THAT(joined(orphan), ElementsAre(4, 6));
    const auto reader = place.reader();
    const auto record = reader->runs_by_id({orphan}).front();
    EXPECT_THAT(parent_text(record, parent_names(*reader, {record})),
                HasSubstr("(not in this store) at update 4"));

    // No program of ours makes one; a file from elsewhere may have it.
    auto a = example_run(), b = example_run();
    a.id = RunId::random(), b.id = RunId::random();
    a.name = "a", b.name = "b";
    a.parent = {b.id, {3}}, b.parent = {a.id, {5}};
    must(writer->create(a));
    must(writer->create(b));
    EXPECT_EQ(lineage(*place.reader(), a.id).size(), 2u);
    EXPECT_THAT(lineage(*place.reader(), RunId::random()), IsEmpty());
}

TEST_F(LineageTest, IsExportedUnderTheNameOfTheBranch) {
    const auto first = run("first", {}, {0, 2, 4}, 1);
    const auto second = run("second", RunRecord::Parent{first, {2}}, {2, 3}, -1);
    const auto file = place.path().parent_path() / "joined.csv";
    EXPECT_EQ(must(export_joined_csv(*place.reader(), {second}, file)), 3);
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_THAT(lines[1], HasSubstr("second,"));
    EXPECT_TRUE(lines[2].ends_with(",m,-2"));
}

} // namespace

} // namespace descent
