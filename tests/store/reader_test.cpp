#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include <sys/stat.h>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

RunRecord named(const std::string& name, const std::string& uuid, std::int64_t created_ms) {
    RunRecord run = example_run();
    run.id = RunId{uuid};
    run.name = name;
    run.created_ms = created_ms;
    return run;
}

std::vector<std::string> names(const std::vector<RunRecord>& runs) {
    std::vector<std::string> found;
    for (const RunRecord& run : runs) found.push_back(run.name);
    return found;
}

} // namespace

TEST(Reader, FindsRuns) {
    const StorePlace place;
    const auto writer = place.writer();
    must(writer->create(named("brave-otter-1", "11111111-0000-4000-8000-000000000001", 1)));
    must(writer->create(named("brave-otter-12", "22222222-0000-4000-8000-00000000000a", 2)));
    must(writer->create(named("bold-fox-3", "22222222-1000-4000-8000-00000000000b", 3)));
    const auto reader = place.reader();
    const auto find = [&](const std::string& word) {
        const auto found = reader->find(word);
        return found ? must(reader->run(*found)).name : found.error().message;
    };
    EXPECT_EQ(find("brave-otter-1"), "brave-otter-1") << "the exact name before longer ones";
    EXPECT_EQ(find("11111111-0000-4000-8000-000000000001"), "brave-otter-1");
    EXPECT_EQ(find("22222222-0000-4000-8000-00000000000A"), "brave-otter-12");
    EXPECT_EQ(find("bo"), "bold-fox-3");
    EXPECT_EQ(find("1"), "brave-otter-1");
    EXPECT_EQ(find("22222222-1"), "bold-fox-3");
    EXPECT_EQ(find("b"), "'b' could be bold-fox-3, brave-otter-1 or brave-otter-12");
    EXPECT_EQ(find("2222"), "'2222' could be bold-fox-3 or brave-otter-12");
    EXPECT_EQ(find("bold-fix-3"), "no run 'bold-fix-3'; did you mean 'bold-fox-3'?");
    EXPECT_EQ(find("%"), "no run '%'");
    EXPECT_EQ(find("zebra"), "no run 'zebra'");
    EXPECT_THAT(find(""), HasSubstr("by its name"));
}

TEST(Reader, CountsWhatItWouldList) {
    const StorePlace place;
    const auto writer = place.writer();
    for (int i = 0; i < 5; ++i)
        must(writer->create(
            named("run-" + std::to_string(i), "11111111-0000-4000-8000-00000000000" + std::to_string(i), i)));
    must(writer->apply({SetTrashed{{"11111111-0000-4000-8000-000000000003"}, true}}));
    const auto reader = place.reader();
    EXPECT_EQ(must(reader->count()), 4);
    EXPECT_EQ(must(reader->count({.trashed = true})), 1);
    EXPECT_EQ(must(reader->count({.where = "name = run-1 or name = run-3"})), 1);
    EXPECT_EQ(must(reader->count({.where = "trashed"})), 1);
    EXPECT_EQ(must(reader->count({.limit = 2})), 4);
    EXPECT_EQ(reader->count({.where = "lr >"}).error().message, "column 5: expected a value after '>'");
}

TEST(Reader, ValuesOfAllRunsAtAStep) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId a{"11111111-0000-4000-8000-000000000001"}, b{"22222222-0000-4000-8000-000000000002"};
    must(writer->create(named("a", a.uuid, 1)));
    must(writer->create(named("b", b.uuid, 2)));
    for (const int update : {10, 20, 30}) push_value(*writer, a, 1, update, 0.01 * update);
    push_value(*writer, b, 1, 25, 0.5);
    push_value(*writer, b, 0, 5, 7);
    must(writer->flush());
    const auto reader = place.reader();
    const auto at = [&](const char* metric, std::int64_t update) {
        std::map<std::string, std::pair<std::int64_t, double>> found;
        for (const auto& [run, point] : reader->values_at(metric, {update}))
            found[run.uuid] = {point.update.count, point.value};
        return found;
    };
    using Found = std::map<std::string, std::pair<std::int64_t, double>>;
    EXPECT_EQ(at("validation/accuracy", 9), Found{});
    EXPECT_EQ(at("validation/accuracy", 24), (Found{{a.uuid, {20, 0.01 * 20}}}));
    EXPECT_EQ(at("validation/accuracy", 1000), (Found{{a.uuid, {30, 0.01 * 30}}, {b.uuid, {25, 0.5}}}));
    EXPECT_EQ(at("train/loss", 5), (Found{{b.uuid, {5, 7}}}));
    EXPECT_EQ(at("nothing", 5), Found{});
}

TEST(Reader, ListsNewestFirstAndAtMostSoMany) {
    const StorePlace place;
    const auto writer = place.writer();
    must(writer->create(named("old", RunId::random().uuid, 10)));
    must(writer->create(named("new", RunId::random().uuid, 30)));
    must(writer->create(named("middle", RunId::random().uuid, 20)));
    EXPECT_THAT(names(must(place.reader()->runs())), ElementsAre("new", "middle", "old"));
    EXPECT_THAT(names(must(place.reader()->runs({.limit = 2}))), ElementsAre("new", "middle"));
    EXPECT_THAT(names(must(place.reader()->runs({.where = "name~d"}))), ElementsAre("middle", "old"));
    EXPECT_EQ(refusal(place.reader()->runs({.where = "lr >"})), "column 5: expected a value after '>'");
}

TEST(Reader, TheCounterTellsOfEveryOthersCommit) {
    const StorePlace place;
    const auto reader = place.reader();
    const auto before = reader->change_counter();
    EXPECT_EQ(reader->change_counter(), before);
    {
        const auto writer = place.writer(); // of this process, another connection
        must(writer->create(example_run()));
    }
    const auto after = reader->change_counter();
    EXPECT_NE(after, before);
    EXPECT_EQ(reader->change_counter(), after);
    Child child({"burst", place.path().string(), "1"});
    EXPECT_EQ(child.line().size(), 36u);
    child.wait();
    EXPECT_NE(reader->change_counter(), after);
}

TEST(Reader, SeesOneMomentWhileAnotherWrites) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto reader = place.reader();
    const RunId run = must(writer->create(example_run())).id;
    for (std::int64_t update = 1; update <= 200; ++update) {
        push_value(*writer, run, 0, update, static_cast<double>(update));
        const auto points = reader->series(run, "train/loss");
        for (std::size_t i = 0; i < points.size(); ++i)
            ASSERT_EQ(points[i].update, Update{static_cast<std::int64_t>(i) + 1});
    }
}

TEST(Reader, CannotChangeTheStore) {
    const StorePlace place;
    must(place.writer()->create(example_run()));
    const auto before = read_text(place.path());
    {
        const auto reader = place.reader();
        must(reader->runs());
        reader->tags();
    }
    EXPECT_EQ(read_text(place.path()), before);
    EXPECT_EQ(place.folder.entries(), 1u) << "nothing is left beside it";
}

TEST(Reader, AnArchiveCanBeRead) {
    const StorePlace place;
    const std::string name = must(place.writer()->create(example_run())).name;
    const auto folder = place.folder.path();
    ::chmod(place.path().c_str(), 0444);
    ::chmod(folder.c_str(), 0555);
    EXPECT_THAT(names(must(place.reader()->runs())), ElementsAre(name));
    EXPECT_EQ(place.folder.entries(), 1u);
    EXPECT_THAT(refusal(StoreWriter::open(place.path())), ::testing::Ne("accepted"));
    ::chmod(folder.c_str(), 0755);
}

TEST(Reader, RefusesWhatIsNoStore) {
    const TemporaryFolder folder;
    EXPECT_EQ(refusal(StoreReader::open(folder.file("none"))),
              "there is no store '" + folder.file("none").string() + "'");
    EXPECT_THAT(refusal(StoreReader::open(folder.path())), HasSubstr("this is a folder"));
    EXPECT_THAT(refusal(StoreReader::open(folder.write("text", std::string(500, 'x')))),
                HasSubstr("some other file"));
}

TEST(Reader, AnUnreadableSpecDoesNotHideTheRun) {
    const StorePlace place;
    const RunRecord run = must(place.writer()->create(example_run(42)));
    query(place.path(), "UPDATE provenance SET spec = '{\"task\":7'");
    const RunRecord stored = place.stored(run.id);
    EXPECT_EQ(stored.name, run.name);
    EXPECT_EQ(stored.spec.model.id, "gru");
    EXPECT_EQ(stored.spec.seed, 42u);
}

TEST(Reader, TellsWhenMatricesWereMeasured) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run(1))).id,
                other = must(writer->create(example_run(2))).id;
    const auto keep = [&](const RunId& id, const std::string& name, std::int64_t update) {
        auto batch = batch_of(id);
        batch->matrices = {{name, Update{update}, Epoch{static_cast<double>(update) / 4}, 1, 3, {1, 2, 3}}};
        writer->push(batch);
    };
    for (const std::int64_t update : {0, 10, 4}) keep(run, "validation/fa-fr", update);
    keep(run, "validation/fa-fr/eight", 10);
    keep(other, "validation/logits", 7);
    must(writer->flush());
    const auto reader = place.reader();
    EXPECT_THAT(reader->matrix_names(run), ElementsAre("validation/fa-fr", "validation/fa-fr/eight"));
    EXPECT_THAT(reader->matrix_names(other), ElementsAre("validation/logits"));
    EXPECT_THAT(reader->matrix_moments(run, "validation/fa-fr"),
                ElementsAre(Moment{Update{0}, Epoch{0}}, Moment{Update{4}, Epoch{1}},
                            Moment{Update{10}, Epoch{2.5}}));
    EXPECT_THAT(reader->matrix_moments(run, "validation/fa-fr/eight"),
                ElementsAre(Moment{Update{10}, Epoch{2.5}}));
    EXPECT_TRUE(reader->matrix_moments(run, "validation/logits").empty());
    EXPECT_TRUE(reader->matrix_names(RunId::random()).empty());
}

TEST(Reader, ADamagedMatrixIsRefused) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    auto batch = batch_of(run);
    batch->matrices = {{"m", Update{1}, Epoch{}, 2, 2, {1, 2, 3, 4}}};
    writer->push(batch);
    must(writer->flush());
    query(place.path(), "UPDATE curve SET row_count = 4611686018427387904, column_count = 4");
    EXPECT_THROW(place.reader()->matrix(run, "m"), std::runtime_error);
}

TEST(Reader, ADamagedStoreIsSaidToBeSo) {
    const StorePlace place;
    {
        const auto writer = place.writer();
        const RunId run = must(writer->create(example_run())).id;
        for (std::int64_t update = 0; update < 2000; ++update) push_value(*writer, run, 0, update, 1);
    }
    std::string bytes = read_text(place.path());
    std::fill(bytes.begin() + 4096, bytes.end(), '\xab');
    place.folder.write("runs.sqlite", bytes);
    const auto reader = StoreReader::open(place.path());
    const std::string message = reader ? refusal((*reader)->runs()) : reader.error().message;
    EXPECT_THAT(message, HasSubstr("it is damaged"));
}

TEST(Reader, ListsManyRunsWithTheirMetrics) {
    const StorePlace place;
    const RunId first = must(place.writer()->create(example_run())).id;
    // 2,000 copies of it, with ten metrics each, made where that is quick.
    query(place.path(),
          "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < "
          "2000) SELECT i FROM n;"
          "INSERT INTO run (run_id, name, key, task, model, optimizer, regime, seed, state, created_ms, "
          "updated_ms)"
          " SELECT 'id' || i, 'run-' || i, key, task, model, optimizer, regime, i, 'finished', i, i FROM "
          "run, n;"
          "INSERT INTO provenance SELECT i, dataset_no, studio_version, torch_version, blas, threads, host, "
          "parameters, spec"
          " FROM provenance, n;"
          "INSERT INTO metric (run_no, position, name, unit, direction, last, last_update, best, best_update)"
          " SELECT run_no, value, 'metric/' || value, '', 'none', 1, 1, 1, 1 FROM run, "
          "json_each('[0,1,2,3,4,5,6,7,8,9]')");
    const auto runs = must(place.reader()->runs());
    ASSERT_EQ(runs.size(), 2'000u);
    EXPECT_EQ(runs.front().id, first);
    EXPECT_EQ(runs.back().summary.size(), 10u);
}

} // namespace descent
