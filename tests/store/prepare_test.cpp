#include "tests/store/store_testing.h"

#include "core/base/embedded.h"
#include "core/store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;

namespace {

/// The message of preparing something that must stay as it is, byte for byte, with nothing beside it.
std::string refusal_without_change(const TemporaryFolder& folder, const std::filesystem::path& file) {
    const std::string before = read_text(file);
    const auto entries = folder.entries();
    const auto prepared = prepare_store(file);
    EXPECT_EQ(read_text(file), before);
    EXPECT_EQ(folder.entries(), entries);
    if (!prepared) {
        EXPECT_EQ(prepared.error().kind, Error::Kind::input);
    }
    const std::string message = refusal(prepared);
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_THAT(message, HasSubstr(file.string()));
    EXPECT_NE(refusal(StoreReader::open(file)), "accepted");
    EXPECT_NE(refusal(StoreWriter::open(file)), "accepted");
    EXPECT_EQ(read_text(file), before);
    EXPECT_EQ(folder.entries(), entries);
    return message;
}

/// An SQLite file made by other hands.
std::filesystem::path sqlite_file(const TemporaryFolder& folder, const std::string& sql) {
    const auto file = folder.write("file.sqlite", "");
    query(file, sql);
    return file;
}

std::string version_of(const std::filesystem::path& file) {
    return query(file, "PRAGMA user_version; PRAGMA application_id");
}

/// The schema files up to a version.
std::vector<embedded::File> schema_until(int version) {
    std::vector<embedded::File> old;
    for (const auto& file : embedded::schema())
        if (std::stoi(std::string(file.name.substr(7))) <= version) old.push_back(file);
    return old;
}

/// A store as 0.1.0 left it.
std::filesystem::path store_of_version(int version, const TemporaryFolder& folder) {
    const auto file = folder.file("old.sqlite");
    for (int v = 1; v <= version; ++v) {
        must(prepare_store(file, schema_until(v)));
        query(file, read_text(DESCENT_SOURCE_DIR "/tests/store/version-" + std::to_string(v) + ".sql"));
    }
    return file;
}

/// Every row of a table, in order, in those columns that it has now.
std::string all_of(const std::filesystem::path& file, const std::string& table) {
    return "SELECT " +
           query(file, "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('" + table + "')") +
           " FROM \"" + table + "\" ORDER BY 1, 2, 3";
}

const std::string kCurrent =
    std::to_string(store_schema_version()) + "\n" + std::to_string(kStoreApplicationId);

} // namespace

TEST(Prepare, MakesAStoreWithItsFolder) {
    const TemporaryFolder folder;
    const auto file = folder.file("a/b/runs.sqlite");
    EXPECT_EQ(refusal(prepare_store(file)), "accepted");
    EXPECT_EQ(version_of(file), kCurrent);
    EXPECT_EQ(query(file, "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(query(file, "PRAGMA integrity_check; PRAGMA foreign_key_check"), "ok");
    EXPECT_EQ(refusal(prepare_store(file)), "accepted") << "again";
}

TEST(Prepare, ANameMayHoldAnything) {
    const TemporaryFolder folder;
    const auto file = folder.file("a?b#c%41 ü'\".sqlite");
    EXPECT_EQ(refusal(prepare_store(file)), "accepted");
    EXPECT_EQ(folder.entries(), 1u);
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(refusal(StoreReader::open(file)), "accepted");
    EXPECT_EQ(refusal(prepare_store(sqlite_file(folder, "PRAGMA user_version = 0"))), "accepted");
}

TEST(Prepare, TakesAnEmptyFile) {
    const TemporaryFolder folder;
    const auto file = folder.write("empty", "");
    EXPECT_EQ(refusal(prepare_store(file)), "accepted");
    EXPECT_EQ(version_of(file), kCurrent);
}

TEST(Prepare, TakesAnSqliteFileWithNothingInIt) {
    const TemporaryFolder folder;
    const auto file = sqlite_file(folder, "CREATE TABLE t (x); DROP TABLE t");
    ASSERT_GT(std::filesystem::file_size(file), 100u);
    EXPECT_EQ(refusal(prepare_store(file)), "accepted");
    EXPECT_EQ(version_of(file), kCurrent);
}

TEST(Prepare, RefusesWhatIsNoStore) {
    const TemporaryFolder folder;
    EXPECT_THAT(refusal_without_change(folder, folder.write("text", "run_id,run\n" + std::string(200, 'x'))),
                HasSubstr("this is not a store but some other file"));
    EXPECT_THAT(refusal_without_change(folder, folder.write("short", "SQLite format 3")),
                HasSubstr("some other file"));
    EXPECT_THAT(refusal_without_change(folder, sqlite_file(folder, "CREATE TABLE t (x)")),
                HasSubstr("the SQLite file of another program"));
    EXPECT_THAT(refusal_without_change(folder, sqlite_file(folder, "PRAGMA application_id = 7")),
                HasSubstr("the SQLite file of another program"));
    EXPECT_THAT(refusal(prepare_store(folder.path())), HasSubstr("this is a folder; a store is a file"));
    EXPECT_THAT(refusal(prepare_store("/dev/null")), HasSubstr("this is not a file"));
    EXPECT_THAT(refusal(prepare_store("/dev/null/x")), HasSubstr("cannot make the folder '/dev/null'"));
}

TEST(Prepare, RefusesAStoreFromANewerVersion) {
    const StorePlace place;
    const std::string newer = "PRAGMA user_version = " + std::to_string(store_schema_version() + 6);
    query(place.path(), newer + "; PRAGMA journal_mode = DELETE");
    EXPECT_THAT(refusal_without_change(place.folder, place.path()),
                HasSubstr("written by a newer Descent Studio (version " +
                          std::to_string(store_schema_version() + 6)));
}

TEST(Prepare, RefusesANewerVersionThatIsStillInTheLog) {
    const StorePlace place, copy;
    {
        const auto reader = place.reader(); // keeps the log from being folded in
        must(reader->runs());
        query(place.path(), "PRAGMA user_version = 7");
        for (const char* end : {"", "-wal"})
            std::filesystem::copy_file(place.path().string() + end, copy.path().string() + end,
                                       std::filesystem::copy_options::overwrite_existing);
    }
    const std::string before = read_text(copy.path()), log = read_text(copy.path().string() + "-wal");
    ASSERT_FALSE(log.empty());
    EXPECT_THAT(refusal(prepare_store(copy.path())),
                HasSubstr("written by a newer Descent Studio (version 7"));
    EXPECT_EQ(read_text(copy.path()), before);
    EXPECT_EQ(read_text(copy.path().string() + "-wal"), log);
}

TEST(Prepare, RefusesAReadOnlyFileOrFolder) {
    const StorePlace place;
    must(place.writer()->create(example_run()));
    ::chmod(place.path().c_str(), 0444); // read-only even for root, whom the system would let through
    const std::string before = read_text(place.path());
    EXPECT_THAT(refusal(prepare_store(place.path())), HasSubstr("it is read-only"));
    EXPECT_THAT(refusal(StoreWriter::open(place.path())), HasSubstr("read-only"));
    EXPECT_EQ(read_text(place.path()), before);
    EXPECT_EQ(place.folder.entries(), 1u);
    ::chmod(place.path().c_str(), 0644);

    ::chmod(place.folder.path().c_str(), 0555);
    EXPECT_THAT(refusal(prepare_store(place.path())),
                HasSubstr("is read-only, and a store keeps its log beside it"));
    EXPECT_THAT(refusal(prepare_store(place.folder.file("other"))), HasSubstr("is read-only"));
    EXPECT_EQ(place.folder.entries(), 1u);
    ::chmod(place.folder.path().c_str(), 0755);
}

TEST(Prepare, WhatFailsIsTakenBack) {
    const TemporaryFolder folder;
    const embedded::File broken[] = {{"schema-1.sql", "CREATE TABLE run (x); CREATE TABLE run (y);"}};
    EXPECT_THAT(refusal(prepare_store(folder.file("a/b/new"), broken)), HasSubstr("already exists"));
    EXPECT_EQ(folder.entries(), 0u) << "neither the file nor its folders";
    const auto file = folder.write("there", "");
    EXPECT_THAT(refusal(prepare_store(file, broken)), HasSubstr("already exists"));
    EXPECT_EQ(std::filesystem::file_size(file), 0u);
}

TEST(Migration, RunsEachMissingStepInTheOrderOfNumbers) {
    auto later = schema_until(1);
    for (int version = 2; version <= 10; ++version) {
        static std::deque<std::string> texts;
        const std::string n = std::to_string(version);
        // Each needs the one before.
        later.push_back(
            {texts.emplace_back("schema-" + n + ".sql"),
             texts.emplace_back("ALTER TABLE run ADD COLUMN v" + n + "; UPDATE run SET v" + n + " = " +
                                (version == 2 ? "2" : "v" + std::to_string(version - 1) + " + 1"))});
    }
    std::ranges::sort(later, {}, &embedded::File::name); // 10 before 2

    for (std::size_t from = 0; from <= 10; ++from) {
        const TemporaryFolder folder;
        const auto file = folder.file("store");
        std::vector<embedded::File> old;
        for (const auto& step : later)
            if (std::stoul(std::string(step.name.substr(7))) <= from) old.push_back(step);
        if (from == 0)
            folder.write("store", "");
        else
            must(prepare_store(file, old));
        if (from >= 1)
            query(file, "INSERT INTO run (run_id, name, key, task, model, optimizer, regime, seed, state, "
                        "created_ms, updated_ms)"
                        " VALUES ('id', 'kept', '', '', '', '', '', 1, 'finished', 1, 1)");
        ASSERT_EQ(refusal(prepare_store(file, later)), "accepted") << "from " << from;
        EXPECT_EQ(query(file, "PRAGMA user_version"), "10");
        EXPECT_EQ(query(file, "SELECT name FROM run"), from >= 1 ? "kept" : "");
        if (from == 1) {
            EXPECT_EQ(query(file, "SELECT v10 FROM run"), "10");
        }
        EXPECT_THAT(refusal(prepare_store(file)), HasSubstr("newer"));
    }
}

TEST(Migration, AStepThatFailsLeavesTheOldVersion) {
    const StorePlace place;
    must(place.writer()->create(example_run()));
    std::vector<embedded::File> later(embedded::schema().begin(), embedded::schema().end());
    later.push_back({"schema-1000.sql",
                     "ALTER TABLE run ADD COLUMN v2; DELETE FROM run; INSERT INTO nowhere VALUES (1)"});
    EXPECT_THAT(refusal(prepare_store(place.path(), later)), HasSubstr("nowhere"));
    later.back().content = "DELETE FROM dataset";
    EXPECT_THAT(refusal(prepare_store(place.path(), later)),
                HasSubstr("rows of table 'provenance' refer to rows that are not there"));
    EXPECT_EQ(version_of(place.path()), kCurrent);
    EXPECT_EQ(must(place.reader()->runs()).size(), 1u);
}

class MigrationFrom : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Versions, MigrationFrom, ::testing::Range(1, store_schema_version()));

TEST_P(MigrationFrom, KeepsEverything) {
    const TemporaryFolder folder;
    const auto file = store_of_version(GetParam(), folder);
    std::vector<std::string> tables{"run",        "provenance",  "dataset",      "param",
                                    "metric",     "sample",      "curve",        "log",
                                    "checkpoint", "run_summary", "samples_named"};
    if (GetParam() >= 2) tables.push_back("change");
    if (GetParam() >= 3) tables.push_back("pyramid");
    std::vector<std::string> all, before;
    for (const auto& table : tables) {
        all.push_back(all_of(file, table));
        before.push_back(query(file, all.back()));
    }
    EXPECT_THAT(refusal(StoreReader::open(file)),
                HasSubstr("it is of version " + std::to_string(GetParam()) + " of the format, not"));

    ASSERT_EQ(refusal(prepare_store(file)), "accepted");
    EXPECT_EQ(version_of(file), kCurrent);
    EXPECT_EQ(query(file, "PRAGMA integrity_check; PRAGMA foreign_key_check"), "ok");
    for (std::size_t i = 0; i < tables.size(); ++i) EXPECT_EQ(query(file, all[i]), before[i]) << tables[i];
    const auto sql = "SELECT name, sql FROM sqlite_master ORDER BY name";
    EXPECT_EQ(query(file, sql), query(StorePlace().path(), sql)) << "as a new one";

    // It can be gone on with, and takes what it could not before.
    const auto reader = must(StoreReader::open(file));
    const RunId run = must(reader->find("broad-brook-1"));
    const std::vector<Change> changed{{Update{1}, "optimizer.lr", "0.05"}};
    EXPECT_EQ(must(reader->run(run)).changes, GetParam() >= 2 ? changed : std::vector<Change>());
    EXPECT_EQ(must(reader->run(run)).colour, GetParam() >= 3 ? std::optional(5) : std::nullopt);
    const auto writer = must(StoreWriter::open(file));
    must(writer->apply({SetColour{run, 3}}));
    EXPECT_EQ(must(reader->run(run)).colour, 3);
    must(writer->reopen(run, Update{1}, 6));
    auto batch = batch_of(run);
    batch->changes = changed;
    EXPECT_TRUE(writer->push(batch));
    must(writer->flush());
    EXPECT_EQ(must(reader->run(run)).changes, batch->changes);
}

TEST_P(MigrationFrom, AnArchiveCanBeReadAsItIs) {
    const TemporaryFolder folder;
    const auto file = store_of_version(GetParam(), folder);
    const std::string before = read_text(file);
    ::chmod(file.c_str(), 0444);
    ::chmod(folder.path().c_str(), 0555);
    const auto reader = must(StoreReader::open(file));
    const auto runs = must(reader->runs());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(must(reader->run(runs[0].id)).changes.size(), GetParam() >= 2 ? 1u : 0u);
    EXPECT_EQ(reader->series(runs[0].id, "train/loss").size(), 1u);
    EXPECT_EQ(reader->overview(runs[0].id, "train/loss").size(), 1u);
    EXPECT_EQ(reader->sweeps().size(), GetParam() >= 4 ? 1u : 0u);
    EXPECT_EQ(reader->checkpoints(runs[0].id).size(), 1u);
    EXPECT_FALSE(runs[0].parent);
    EXPECT_EQ(read_text(file), before);
    ::chmod(folder.path().c_str(), 0755);
}

TEST(Prepare, ManyAtOnceMakeOneStore) {
    const TemporaryFolder folder;
    const auto file = folder.file("runs.sqlite");
    std::vector<std::unique_ptr<Child>> children;
    for (int i = 0; i < 6; ++i)
        children.push_back(std::make_unique<Child>(std::vector<std::string>{"prepare", file.string()}));
    for (const auto& child : children) EXPECT_EQ(child->line(), "accepted");
    EXPECT_EQ(version_of(file), kCurrent);
}

TEST(Prepare, MarksRunsWhoseProcessIsGone) {
    const StorePlace place;
    RunId gone, zombie, recycled, alive, elsewhere, own;
    Child dead({"hold", place.path().string()}), unreaped({"hold", place.path().string()}),
        living({"hold", place.path().string()});
    gone.uuid = dead.line();
    zombie.uuid = unreaped.line();
    alive.uuid = living.line();
    dead.kill();
    dead.wait();
    unreaped.kill(); // not waited for: its number still exists
    const auto writer = place.writer();
    own = must(writer->create(example_run(1))).id;
    recycled = must(writer->create(example_run(2))).id;
    elsewhere = must(writer->create(example_run(3))).id;
    RunRecord queued = example_run(4);
    queued.state = RunState::queued;
    queued.pid = 999'999'999; // above every possible process number
    const RunId never = must(writer->create(queued)).id;
    query(place.path(), "UPDATE run SET process_started = process_started + 1 WHERE run_id = '" +
                            recycled.uuid +
                            "';"
                            "UPDATE run SET process_host = 'far', process_id = 999999999 WHERE run_id = '" +
                            elsewhere.uuid + "'");
    for (int i = 0; i < 1000 && place.stored(zombie).state != RunState::interrupted; ++i) {
        must(prepare_store(place.path())); // until the kill has arrived
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    for (const RunId& run : {gone, zombie, recycled, never}) {
        const RunRecord stored = place.stored(run);
        EXPECT_EQ(stored.state, RunState::interrupted);
        EXPECT_EQ(stored.reason, "the process that trained it is gone");
        EXPECT_EQ(stored.pid, 0);
        EXPECT_TRUE(stored.ended_ms);
    }
    for (const RunId& run : {alive, elsewhere, own}) EXPECT_EQ(place.stored(run).state, RunState::running);
}

TEST(Store, Places) {
    const char* const saved = std::getenv("DESCENT_STORE");
    const std::string kept = saved ? saved : "";
    const char* const data = std::getenv("XDG_DATA_HOME");
    const std::string kept_data = data ? data : "";
    ::setenv("DESCENT_STORE", "/x/y.sqlite", 1);
    EXPECT_EQ(default_store_path(), "/x/y.sqlite");
    ::unsetenv("DESCENT_STORE");
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(default_store_path(), "/data/descent-studio/runs.sqlite");
    ::setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_THAT(default_store_path().string(),
                ::testing::EndsWith("/.local/share/descent-studio/runs.sqlite"));
    EXPECT_EQ(checkpoint_folder("/x/y.sqlite"), "/x/y.sqlite.checkpoints");
    saved ? ::setenv("DESCENT_STORE", kept.c_str(), 1) : ::unsetenv("DESCENT_STORE");
    data ? ::setenv("XDG_DATA_HOME", kept_data.c_str(), 1) : ::unsetenv("XDG_DATA_HOME");
}

TEST(Store, ReadableNamesStayTheSame) {
    EXPECT_EQ(readable_name(RunId{"11111111-0000-4000-8000-000000000001"}), "neat-beaver");
    EXPECT_NE(readable_name(RunId::random()), readable_name(RunId{"x"}));
}

} // namespace descent
