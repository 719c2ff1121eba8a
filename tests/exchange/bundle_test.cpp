#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

struct Bundle : ::testing::Test {
    StorePlace here, there;
    RunId a = add_full_run(here, 1), b = add_full_run(here, 2), c = add_full_run(here, 3);
    std::filesystem::path file = here.folder.file("two.descent");

    Result<std::int64_t> written(const std::vector<RunId>& runs, const ExchangeProgress& progress = {}) {
        return export_bundle(*here.reader(), here.path(), runs, file, progress);
    }
    /// The lines of content() that speak of these runs.
    static std::multiset<std::string> of(const std::vector<RunId>& runs, std::multiset<std::string> lines) {
        std::erase_if(lines, [&](const std::string& line) {
            return std::ranges::none_of(runs, [&](const RunId& run) { return line.starts_with(run.uuid); });
        });
        return lines;
    }
};

} // namespace

TEST_F(Bundle, TakesRunsToAnotherMachineWhole) {
    must(here.writer()->apply({SetTrashed{c, true}, SetColour{c, 5}}));
    EXPECT_EQ(must(written({a, c})), 2);
    EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));

    std::filesystem::rename(file, there.folder.file("x")); // what it is says its content
    const ImportReport report = must(import_into(there, there.folder.file("x")));
    EXPECT_THAT(report.runs, ElementsAre(a, c));
    EXPECT_THAT(report.warnings, IsEmpty());
    EXPECT_EQ(content(there.path()), of({a, c}, content(here.path())));
    EXPECT_EQ(read_text(checkpoint_folder(there.path()) / (a.uuid + "-50.safetensors")),
              "weights of " + a.uuid);
    EXPECT_EQ(there.reader()->last_checkpoint(a)->update, Update{50});

    const auto once = content(there.path());
    EXPECT_EQ(must(import_into(there, there.folder.file("x"))).known, 2);
    EXPECT_EQ(content(there.path()), once);
    EXPECT_EQ(query(there.path(), "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(query(there.path(), "PRAGMA foreign_key_check"), "");
}

TEST_F(Bundle, IsAStoreOfItsOwn) {
    must(written({b}));
    EXPECT_EQ(query(file, "SELECT count(*) FROM run_summary"), "1");
    EXPECT_EQ(query(file, "PRAGMA journal_mode"), "delete");
    EXPECT_EQ(query(file, "SELECT count(*) FROM bundled_file"), "1");
    EXPECT_THAT(query(file, "SELECT sql FROM sqlite_master WHERE name = 'bundled_file'"),
                HasSubstr("in order"));
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    EXPECT_EQ(must(must(StoreReader::open(file))->run(b)).name, here.stored(b).name);
    EXPECT_THAT(must(import_into(there, file)).runs, ElementsAre(b));
}

TEST_F(Bundle, LargeCheckpointsComeInPieces) {
    std::string large;
    for (int i = 0; large.size() < 3'500'000; ++i) large += std::to_string(i);
    write_checkpoint(here.path(), a.uuid + "-50.safetensors", large);
    must(written({a}));
    EXPECT_EQ(query(file, "SELECT count(*), sum(length(data)) FROM bundled_file"),
              "4|" + std::to_string(large.size()));
    must(import_into(there, file));
    EXPECT_EQ(read_text(checkpoint_folder(there.path()) / (a.uuid + "-50.safetensors")), large);
}

TEST_F(Bundle, AMissingCheckpointIsAWarning) {
    std::filesystem::remove_all(checkpoint_folder(here.path()));
    must(written({a}));
    must(import_into(there, file));
    EXPECT_EQ(there.reader()->series(a, "train/loss").size(), 51u);
    EXPECT_FALSE(there.reader()->last_checkpoint(a));
}

TEST_F(Bundle, ARunInTrainingIsThereAsFarAsItGot) {
    const RunId running = add_full_run(here, 9, RunState::running);
    EXPECT_EQ(here.stored(running).state, RunState::running);
    must(written({running}));
    must(import_into(there, file));
    EXPECT_EQ(there.stored(running).state, RunState::interrupted);
    EXPECT_EQ(there.stored(running).pid, 0);
    EXPECT_EQ(here.stored(running).state, RunState::running);
}

TEST_F(Bundle, IsReplacedWholeOrNotAtAll) {
    here.folder.write("two.descent", "old");
    const auto entries = here.folder.entries();
    EXPECT_EQ(refusal(written({a, b}, [](double fraction) { return fraction < 0.5; })), "cancelled");
    EXPECT_EQ(read_text(file), "old");
    EXPECT_THAT(refusal(written({a, RunId{"none"}})), HasSubstr("there is no run none"));
    EXPECT_EQ(read_text(file), "old");
    EXPECT_EQ(here.folder.entries(), entries);
    EXPECT_THAT(refusal(export_bundle(*here.reader(), here.path(), {a}, here.folder.file("no/such.descent"))),
                HasSubstr("cannot write"));
    must(written({a}));
    EXPECT_EQ(here.folder.entries(), entries) << "and nothing temporary";
}

TEST_F(Bundle, ADamagedOneIsRefused) {
    must(written({a, b, c}));
    const std::string whole = read_text(file);
    const auto refused = [&](const std::string& bytes) {
        const auto bad = there.folder.write("bad.descent", bytes);
        const auto result = import_into(there, bad);
        EXPECT_EQ(query(there.path(), "SELECT count(*) FROM run"), "0");
        EXPECT_FALSE(result) << "accepted";
        EXPECT_EQ(std::ranges::count(refusal(result), '\n'), 0);
        return refusal(result);
    };
    EXPECT_THAT(refused(whole.substr(0, whole.size() / 2)), HasSubstr("damaged"));
    std::string bent = whole;
    for (std::size_t i = bent.size() / 3; i < bent.size() / 3 + 8'192; ++i) bent[i] = '\x55';
    EXPECT_THAT(refused(bent), HasSubstr("damaged"));
    EXPECT_THAT(refused("SQLite format 3"), HasSubstr("not a store"));
}

TEST_F(Bundle, NamesInsideDoNotReachOutOfTheFolder) {
    must(written({a}));
    for (const char* table : {"bundled_file", "checkpoint"})
        query(file, std::string("UPDATE ") + table + " SET file = '../../escaped'");
    const ImportReport report = must(import_into(there, file));
    ASSERT_EQ(report.warnings.size(), 1u);
    EXPECT_THAT(report.warnings[0], HasSubstr("'../../escaped'"));
    EXPECT_FALSE(std::filesystem::exists(there.folder.path().parent_path() / "escaped"));
    EXPECT_FALSE(there.reader()->last_checkpoint(a));
}

TEST_F(Bundle, IdsInsideAreUuids) {
    must(written({a})); // an id becomes part of the names of files
    query(file, "UPDATE run SET run_id = '../../escaped'");
    EXPECT_THAT(refusal(import_into(there, file)),
                HasSubstr("expected a UUID as a run's id, found '../../escaped'"));
    EXPECT_EQ(query(there.path(), "SELECT count(*) FROM run"), "0");
}

TEST_F(Bundle, ALinkAmongAnotherStoresCheckpointsIsNotFollowed) {
    const auto secret = here.folder.write("secret", "not a checkpoint");
    const auto checkpoint = checkpoint_folder(here.path()) / (a.uuid + "-50.safetensors");
    std::filesystem::remove(checkpoint);
    std::filesystem::create_symlink(secret, checkpoint);
    must(written({a}));
    EXPECT_EQ(query(file, "SELECT count(*) FROM bundled_file"), "0");
}

TEST_F(Bundle, AStoreOfSomebodyElseNamesNoFilesOutsideOfItsFolder) {
    here.folder.write("outside", "kept");
    query(here.path(), "UPDATE checkpoint SET file = '../outside'");
    EXPECT_FALSE(here.reader()->last_checkpoint(a));
    query(here.path(), "UPDATE run SET state = 'interrupted'");
    must(here.writer()->begin_anew({{a, 10}})); // removes its checkpoints
    EXPECT_EQ(read_text(here.folder.file("outside")), "kept");
}

} // namespace descent
