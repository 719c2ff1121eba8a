#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;

TEST(Schema, ExplainsItselfInAnySqliteTool) {
    const StorePlace place;
    const std::string schema = query(place.path(), "SELECT sql FROM sqlite_master");
    EXPECT_THAT(schema, HasSubstr("One execution of a spec"));
    EXPECT_THAT(schema, HasSubstr("NULL in value means not a number"));
    EXPECT_EQ(
        query(place.path(),
              "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
              " AND name NOT LIKE 'sqlite%' ORDER BY name)"),
        "change,checkpoint,curve,dataset,log,metric,param,provenance,pyramid,run,run_summary,sample,"
        "samples_named,sweep,sweep_cell,tag");
}

TEST(Schema, WhatBelongsToARunGoesWithIt) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId kept = must(writer->create(example_run(1))).id,
                gone = must(writer->create(example_run(2))).id;
    must(writer->apply({SetTags{kept, {"t"}}, SetTags{gone, {"t"}}}));
    for (const RunId& run : {kept, gone}) {
        auto batch = batch_of(run);
        batch->metrics = example_metrics();
        batch->samples = {sample(0, 1, 1)};
        batch->matrices = {{"m", Update{1}, Epoch{}, 1, 1, {1}}};
        batch->log = {{LogLine::Level::info, 1, "x"}};
        batch->changes = {{Update{1}, "optimizer.lr", "0.1"}};
        batch->checkpoint = CheckpointInfo{Update{1}, "f", 1};
        writer->push(batch);
    }
    must(writer->flush());
    query(place.path(), "INSERT INTO pyramid SELECT metric_no, 1, 0, 1, '' FROM metric WHERE name = 'rate'");
    query(place.path(), "PRAGMA foreign_keys = ON; DELETE FROM run WHERE run_id = '" + gone.uuid + "'");
    for (const char* table :
         {"run", "provenance", "curve", "log", "change", "checkpoint", "tag", "sample", "pyramid"})
        EXPECT_EQ(query(place.path(), std::string("SELECT count(*) FROM ") + table), "1") << table;
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM metric"), "3");
    EXPECT_EQ(query(place.path(), "PRAGMA foreign_key_check"), "");
}

} // namespace descent
