#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNan;
using ::testing::MatchesRegex;

namespace {

void expect_equal(const RunRecord& stored, const RunRecord& run) {
    EXPECT_EQ(stored.id, run.id);
    EXPECT_EQ(stored.name, run.name);
    EXPECT_EQ(stored.spec, run.spec);
    EXPECT_EQ(stored.key, run.key);
    EXPECT_EQ(stored.state, run.state);
    EXPECT_EQ(stored.reason, run.reason);
    EXPECT_EQ(stored.created_ms, run.created_ms);
    EXPECT_EQ(stored.started_ms, run.started_ms);
    EXPECT_EQ(stored.ended_ms, run.ended_ms);
    EXPECT_EQ(stored.updates, run.updates);
    EXPECT_EQ(stored.planned, run.planned);
    EXPECT_EQ(stored.epoch, run.epoch);
    EXPECT_EQ(stored.seconds, run.seconds);
    EXPECT_EQ(stored.pid, run.pid);
    EXPECT_EQ(stored.starred, run.starred);
    EXPECT_EQ(stored.note, run.note);
    EXPECT_EQ(stored.tags, run.tags);
    EXPECT_EQ(stored.trashed_ms, run.trashed_ms);
    EXPECT_EQ(stored.parent, run.parent);
    const Provenance &a = stored.provenance, &b = run.provenance;
    EXPECT_EQ(a.studio_version, b.studio_version);
    EXPECT_EQ(a.torch_version, b.torch_version);
    EXPECT_EQ(a.blas, b.blas);
    EXPECT_EQ(a.threads, b.threads);
    EXPECT_EQ(a.data_hash, b.data_hash);
    EXPECT_EQ(a.data_source, b.data_source);
    EXPECT_EQ(a.manifest, b.manifest);
    EXPECT_EQ(a.data_report, b.data_report);
    EXPECT_EQ(a.parameters, b.parameters);
    EXPECT_EQ(a.classes, b.classes);
    EXPECT_EQ(a.train_examples, b.train_examples);
    EXPECT_EQ(a.validation_examples, b.validation_examples);
    EXPECT_EQ(a.test_examples, b.test_examples);
    EXPECT_EQ(a.majority_baseline, b.majority_baseline);
    EXPECT_EQ(a.host, b.host);
}

} // namespace

TEST(RoundTrip, ARunKeepsEverything) {
    const StorePlace place;
    const auto writer = place.writer();
    RunRecord run = example_run(18'446'744'073'709'551'615u);
    run.note = "line one\nžluťoučký \"kůň\"; DROP TABLE run;";
    run.tags = {"paper", "ünïcode"};
    run.starred = true;
    run.trashed_ms = 1'700'000'000'999;
    run.parent = RunRecord::Parent{{"7d1d4f0e-4f43-4d2c-8a6e-0c9b6f1a2b3c"}, Update{5}};
    run.updates = Update{7};
    run.epoch = Epoch{0.1 + 0.2};
    run.seconds = 1.0 / 3;
    run.reason = "because";
    const RunRecord made = must(writer->create(run));
    EXPECT_THAT(made.name, MatchesRegex("[a-z]+-[a-z]+-1"));
    EXPECT_EQ(made.pid, getpid());
    run.name = made.name;
    run.pid = made.pid;
    expect_equal(made, run);
    expect_equal(place.stored(run.id), run);
}

TEST(RoundTrip, AnEmptyRunIsFilledIn) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunRecord made = must(writer->create({}));
    EXPECT_EQ(made.id.uuid.size(), 36u);
    EXPECT_GT(made.created_ms, 1'600'000'000'000);
    const RunRecord stored = place.stored(made.id);
    expect_equal(stored, made);
    EXPECT_EQ(stored.started_ms, 0);
    EXPECT_EQ(stored.ended_ms, std::nullopt);
    EXPECT_THAT(stored.summary, IsEmpty());
}

TEST(RoundTrip, NamesAreUniqueAndCount) {
    const StorePlace place;
    const auto writer = place.writer();
    RunRecord run = example_run();
    EXPECT_THAT(must(writer->create(run)).name, ::testing::EndsWith("-1"));
    EXPECT_EQ(refusal(writer->create(run)),
              "run " + run.id.uuid + " is already in the store, as '" + place.stored(run.id).name + "'");
    EXPECT_THAT(must(writer->create(example_run())).name, ::testing::EndsWith("-2"));
    run = example_run();
    run.name = "mine";
    EXPECT_EQ(must(writer->create(run)).name, "mine");
    run.id = RunId::random();
    EXPECT_EQ(must(writer->create(run)).name, "mine-2");
    run.id = RunId::random();
    EXPECT_EQ(must(writer->create(run)).name, "mine-3");
    run = example_run();
    must(writer->apply({SetName{must(writer->create(example_run())).id, readable_name(run.id) + "-7"}}));
    EXPECT_EQ(must(writer->create(run)).name, readable_name(run.id) + "-8");
}

TEST(RoundTrip, RunsOnTheSameDataShareItsManifest) {
    const StorePlace place;
    const auto writer = place.writer();
    must(writer->create(example_run(1)));
    must(writer->create(example_run(2)));
    RunRecord other = example_run(3);
    other.provenance.manifest = "{}";
    must(writer->create(other));
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM dataset"), "2");
    const auto listed = must(place.reader()->runs());
    EXPECT_EQ(listed[0].provenance.data_hash, other.provenance.data_hash);
    EXPECT_EQ(listed[0].provenance.manifest, "") << "lists leave it out";
}

TEST(RoundTrip, WhatATrainerSaysIsKept) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    batch->samples = {sample(0, 1, 2.5), sample(1, 1, 0.25), sample(0, 2, 1.5), sample(2, 2, 7)};
    batch->matrices = {{"validation/confusion", Update{2}, Epoch{0.5}, 2, 3, {1, 2, 3, kNaN, -0.0, 1e-320}},
                       {"empty", Update{2}, Epoch{0.5}, 0, 0, {}}};
    batch->log = {{LogLine::Level::info, 12, "started"}, {LogLine::Level::error, 13, "ß → 'dropped'"}};
    batch->checkpoint =
        CheckpointInfo{Update{2}, "two.safetensors", 12'345, std::string(64, 'e'), Epoch{0.5}, 0.25, true};
    batch->state = StateChange{RunState::paused, ""};
    batch->progress = {Update{2}, Update{40}, Epoch{0.5}, 1.25, 30.0};
    EXPECT_TRUE(writer->push(batch));
    must(writer->flush());

    const auto reader = place.reader();
    EXPECT_THAT(reader->metrics(run), ::testing::ContainerEq(example_metrics()));
    const auto loss = reader->series(run, "train/loss");
    ASSERT_EQ(loss.size(), 2u);
    EXPECT_EQ(loss[1].update, Update{2});
    EXPECT_EQ(loss[1].epoch, Epoch{0.5});
    EXPECT_EQ(loss[1].seconds, 1);
    EXPECT_EQ(loss[1].value, 1.5);
    EXPECT_THAT(reader->series(run, "nothing"), IsEmpty());

    const auto matrix = reader->matrix(run, "validation/confusion");
    ASSERT_TRUE(matrix);
    EXPECT_EQ(matrix->rows, 2);
    EXPECT_EQ(matrix->columns, 3);
    EXPECT_THAT(matrix->values, ElementsAre(1, 2, 3, IsNan(), -0.0, 1e-320));
    EXPECT_TRUE(std::signbit(matrix->values[4]));
    EXPECT_EQ(matrix->epoch, Epoch{0.5});
    EXPECT_THAT(reader->matrix(run, "empty")->values, IsEmpty());
    EXPECT_FALSE(reader->matrix(run, "validation/confusion", Update{1}));
    EXPECT_FALSE(reader->matrix(run, "other"));

    const auto log = reader->log(run);
    ASSERT_EQ(log.size(), 2u);
    EXPECT_EQ(log[1].level, LogLine::Level::error);
    EXPECT_EQ(log[1].time_ms, 13);
    EXPECT_EQ(log[1].text, "ß → 'dropped'");
    EXPECT_EQ(reader->last_checkpoint(run)->file, "two.safetensors");
    EXPECT_EQ(reader->last_checkpoint(run)->bytes, 12'345);
    EXPECT_EQ(reader->last_checkpoint(run)->sha256, std::string(64, 'e'));
    EXPECT_EQ(reader->last_checkpoint(run)->epoch, Epoch{0.5});
    EXPECT_EQ(reader->last_checkpoint(run)->loss, 0.25);
    EXPECT_TRUE(reader->last_checkpoint(run)->best);

    const RunRecord stored = must(reader->run(run));
    EXPECT_EQ(stored.state, RunState::paused);
    EXPECT_EQ(stored.updates, Update{2});
    EXPECT_EQ(stored.planned, Update{40});
    EXPECT_EQ(stored.epoch, Epoch{0.5});
    EXPECT_EQ(stored.seconds, 1.25);
}

TEST(RoundTrip, TheNewestMatrixAtOrBeforeAnUpdate) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    for (const std::int64_t update : {10, 20, 30}) {
        auto batch = batch_of(run);
        batch->matrices = {{"m", Update{update}, Epoch{1}, 1, 1, {static_cast<double>(update)}}};
        writer->push(batch);
    }
    must(writer->flush());
    const auto reader = place.reader();
    EXPECT_EQ(reader->matrix(run, "m")->values[0], 30);
    EXPECT_EQ(reader->matrix(run, "m", Update{29})->values[0], 20);
    EXPECT_EQ(reader->matrix(run, "m", Update{20})->values[0], 20);
    EXPECT_FALSE(reader->matrix(run, "m", Update{9}));
}

TEST(RoundTrip, NonFiniteValuesAreData) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    const std::vector<double> given{1.5, kNaN, kInfinity, -kInfinity, 5e-324, -0.0, 1.7976931348623157e308};
    for (std::size_t i = 0; i < given.size(); ++i)
        push_value(*writer, run, 0, static_cast<std::int64_t>(i), given[i]);
    must(writer->flush());
    EXPECT_THAT(values(place.reader()->series(run, "train/loss")),
                ElementsAre(1.5, IsNan(), kInfinity, -kInfinity, 5e-324, -0.0, 1.7976931348623157e308));
    EXPECT_EQ(query(place.path(),
                    "SELECT typeof(value), value = 9e999, value = -9e999 FROM sample ORDER BY 1, 3 LIMIT 1"),
              "null|NULL|NULL");
    const auto summary = place.stored(run).summary.at("train/loss");
    EXPECT_EQ(summary.last, 1.7976931348623157e308);
    EXPECT_EQ(summary.best, -kInfinity);
    EXPECT_EQ(summary.best_update, Update{3});
    // Also as JSON in the view, where infinities are numbers too large for a double.
    EXPECT_EQ(
        query(place.path(), "SELECT best ->> '$.\"train/loss\"' = -9e999, json_valid(best) FROM run_summary"),
        "1|1");
}

TEST(RoundTrip, WhatWasChangedWhileItTrained) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run(1))).id,
                other = must(writer->create(example_run(2))).id;
    const Change later{Update{200}, "regime.clip_norm", "0.5"}, lr{Update{100}, "optimizer.lr", "0.05"},
        batch_size{Update{100}, "regime.batch_size", "0"}, again{Update{100}, "optimizer.lr", "0.0125"};
    for (const auto& changes : {std::vector{later, lr}, std::vector{batch_size}, std::vector{again}}) {
        auto batch = batch_of(run);
        batch->changes = changes;
        writer->push(batch);
    }
    auto batch = batch_of(other);
    batch->changes = {lr};
    writer->push(batch);
    must(writer->flush());
    EXPECT_THAT(place.stored(run).changes, ElementsAre(again, batch_size, later)) << "the last word counts";
    EXPECT_THAT(place.stored(other).changes, ElementsAre(lr));
    for (const RunRecord& listed : must(place.reader()->runs())) EXPECT_THAT(listed.changes, IsEmpty());
    EXPECT_EQ(
        query(place.path(), "SELECT update_count, path, value, typeof(value) FROM change WHERE run_no = 2"),
        "100|optimizer.lr|0.05|text");
}

TEST(RoundTrip, SamplesComeByUpdateThenMetric) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    batch->samples = {sample(2, 5, 25), sample(0, 5, 5), sample(1, 3, 13), sample(0, 1, 1), sample(2, 1, 21)};
    writer->push(batch);
    must(writer->flush());
    std::vector<std::string> seen;
    place.reader()->each_sample(run, [&](const MetricInfo& metric, const SeriesPoint& point) {
        seen.push_back(std::to_string(point.update.count) + " " + metric.name);
        EXPECT_EQ(point.value, 10 * metric.index + static_cast<double>(point.update.count));
    });
    EXPECT_THAT(seen,
                ElementsAre("1 train/loss", "1 rate", "3 validation/accuracy", "5 train/loss", "5 rate"));
}

TEST(RoundTrip, TheViewsAreThere) {
    const StorePlace place;
    const auto writer = place.writer();
    RunRecord record = example_run();
    record.tags = {"a", "b"};
    const RunRecord run = must(writer->create(record));
    push_value(*writer, run.id, 1, 1, 0.5);
    push_value(*writer, run.id, 1, 2, 0.25);
    must(writer->flush());
    EXPECT_EQ(
        query(place.path(), "SELECT run, metric, update_count, epoch, seconds, value FROM samples_named"),
        run.name + "|validation/accuracy|1|0.25|0.5|0.5\n" + run.name +
            "|validation/accuracy|2|0.5|1.0|0.25");
    EXPECT_EQ(query(place.path(),
                    "SELECT name, tags, threads, data_source, last ->> '$.\"validation/accuracy\"',"
                    " best ->> '$.\"validation/accuracy\"' FROM run_summary"),
              run.name + "|a, b|2|built-in|0.25|0.5");
    EXPECT_EQ(
        query(place.path(), "SELECT part, name, value, number FROM param ORDER BY part, name"),
        "model|dropout|0.1|0.1\nmodel|hidden|128|128.0\noptimizer|lr|0.05|0.05\noptimizer|momentum|0.9|0.9\n"
        "optimizer|nesterov|false|0.0\nregime|clip|0.25|0.25\ntask|normalise|true|1.0\ntask|source|built-in|"
        "NULL");
    EXPECT_EQ(nlohmann::json::parse(query(place.path(), "SELECT spec FROM run_summary")), to_json(run.spec));
}

} // namespace descent
