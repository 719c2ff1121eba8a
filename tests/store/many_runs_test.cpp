// A sweep begins many runs at once, and they are measured at once.

#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;

namespace {

std::vector<RunRecord> example_runs(int count) {
    std::vector<RunRecord> runs;
    for (int i = 0; i < count; ++i) {
        runs.push_back(example_run(static_cast<std::uint64_t>(i)));
        runs.back().tags = {"sweep-01234567", "seed-" + std::to_string(i % 3)};
        // Each third with a figure of the data of its own.
        if (i % 3 == 1) runs.back().provenance.majority_baseline = 0.5;
    }
    return runs;
}

std::string rows(const StorePlace& place, const std::string& what) {
    return query(place.path(), "SELECT " + what);
}

} // namespace

TEST(ManyRuns, AreStoredAsEachAlone) {
    StorePlace together, apart;
    const auto runs = example_runs(9);
    const auto stored = must(together.writer()->create_all(runs));
    for (const auto& run : runs) must(apart.writer()->create(run));
    ASSERT_EQ(stored.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        EXPECT_EQ(stored[i].id, runs[i].id);
        EXPECT_EQ(stored[i].name, together.stored(runs[i].id).name);
    }
    for (const char* what :
         {"run_id, name, key, task, model, optimizer, regime, seed, state, created_ms, started_ms, ended_ms, "
          "planned_updates, process_id, process_started, process_host, starred, trashed_ms, note, colour "
          "FROM run ORDER BY run_no",
          "run_no, part, name, value, number FROM param ORDER BY run_no, part, name",
          "run_no, tag FROM tag ORDER BY run_no, tag", "* FROM provenance ORDER BY run_no",
          "* FROM dataset ORDER BY dataset_no"})
        EXPECT_EQ(rows(together, what), rows(apart, what)) << what;
    EXPECT_EQ(rows(together, "count(*) FROM dataset"), "2");
}

TEST(ManyRuns, AreStoredAllOrNone) {
    StorePlace place;
    const auto writer = place.writer();
    auto runs = example_runs(3);
    runs[2].id = must(writer->create(example_run(7))).id;
    EXPECT_THAT(refusal(writer->create_all(runs)), HasSubstr("is already in the store"));
    EXPECT_EQ(rows(place, "count(*) FROM run"), "1");
    EXPECT_EQ(rows(place, "count(*) FROM param WHERE run_no > 1"), "0");
    EXPECT_TRUE(must(writer->create_all({})).empty());
}

TEST(ManyRuns, MeasuredAtOnceAreWrittenWhole) {
    StorePlace place;
    const auto writer = place.writer();
    const auto runs = must(writer->create_all(example_runs(1200))); // more than may wait one by one
    for (std::int64_t update = 0; update < 3; ++update) {
        std::vector<BatchPtr> batches;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            auto batch = batch_of(runs[i].id);
            if (update == 0) batch->metrics = example_metrics();
            for (const std::uint32_t metric : {0u, 1u, 2u})
                batch->samples.push_back(sample(metric, update, static_cast<double>(i)));
            batch->progress = {Update{update}, Update{100}, {}, 0, {}};
            if (update == 2) batch->state = StateChange{RunState::finished, ""};
            batches.push_back(std::move(batch));
        }
        ASSERT_TRUE(writer->push_all(std::move(batches)));
    }
    ASSERT_TRUE(writer->push_all({}));
    must(writer->flush());
    EXPECT_EQ(rows(place, "count(*) FROM sample"), std::to_string(1200 * 9));
    EXPECT_EQ(rows(place, "count(*) FROM run WHERE state = 'finished' AND updates = 2"), "1200");
    const auto reader = place.reader();
    for (const std::size_t i : {0u, 600u, 1199u})
        EXPECT_EQ(values(reader->series(runs[i].id, "train/loss")),
                  std::vector<double>(3, static_cast<double>(i)));
}

TEST(ManyRuns, AreBegunAnewAllOrNone) {
    StorePlace place;
    std::vector<RunId> ids;
    {
        const auto writer = place.writer();
        for (const auto& run : must(writer->create_all(example_runs(3)))) ids.push_back(run.id);
        for (const auto& id : ids) push_value(*writer, id, 0, 5, 1.5);
        for (const std::size_t i : {0u, 1u}) {
            auto batch = batch_of(ids[i]);
            batch->state = StateChange{RunState::interrupted, "the program was ended"};
            ASSERT_TRUE(writer->push(batch));
        }
        must(writer->flush());
        // The third is being trained, by this process.
        EXPECT_NE(refusal(writer->begin_anew({{ids[0], 7}, {ids[1], 8}, {ids[2], 9}})), "accepted");
        EXPECT_EQ(rows(place, "count(*) FROM sample"), "3");
        EXPECT_EQ(place.stored(ids[0]).state, RunState::interrupted);

        must(writer->begin_anew({{ids[0], 7}, {ids[1], 8}}));
        EXPECT_EQ(rows(place, "count(*) FROM sample"), "1");
        for (const std::size_t i : {0u, 1u}) {
            const auto run = place.stored(ids[i]);
            EXPECT_EQ(run.state, RunState::running);
            EXPECT_EQ(run.updates.count, 0);
            EXPECT_EQ(run.planned.count, i == 0 ? 7 : 8);
        }
        push_value(*writer, ids[0], 0, 2, 0.5);
        must(writer->flush());
        EXPECT_EQ(values(place.reader()->series(ids[0], "train/loss")), std::vector<double>{0.5});
    }
}

} // namespace descent
