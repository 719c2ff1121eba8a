#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;

namespace {

struct Csv : ::testing::Test {
    StorePlace place;
    std::unique_ptr<StoreWriter> writer = place.writer();
    std::filesystem::path file = place.folder.file("out.csv");

    Result<std::int64_t> written(const std::vector<RunId>& runs,
                                 const std::function<bool(double)>& progress = {}) {
        must(writer->flush());
        return export_csv(*place.reader(), runs, file, progress);
    }
};

} // namespace

TEST_F(Csv, IsTidyAndQuoted) {
    RunRecord run = example_run(18'446'744'073'709'551'615u);
    run.name = "a \"b\", c";
    run = must(writer->create(run));
    auto batch = batch_of(run.id);
    batch->metrics = {{0, "loss, mean", "", Direction::lower}, {1, "x"}};
    batch->samples = {sample(0, 1, 0.1), sample(1, 1, kNaN), sample(0, 2, kInfinity),
                      sample(1, 2, -kInfinity)};
    writer->push(batch);
    const RunRecord second = must(writer->create(example_run(2)));
    push_value(*writer, second.id, 1, 4, -kNaN);

    EXPECT_EQ(must(written({run.id, second.id})), 5);
    const std::string who = run.id.uuid + ",\"a \"\"b\"\", c\",18446744073709551615,";
    EXPECT_EQ(read_text(file), "run_id,run,seed,update,epoch,wall_time,metric,value\n" + who +
                                   "1,0.25,0.5,\"loss, mean\",0.1\n" + who + "1,0.25,0.5,x,nan\n" + who +
                                   "2,0.5,1,\"loss, mean\",inf\n" + who + "2,0.5,1,x,-inf\n" +
                                   second.id.uuid + "," + second.name + ",2,4,1,2,validation/accuracy,nan\n");
    EXPECT_EQ(place.folder.entries(), 4u) << "store, its log and index, the CSV; nothing temporary";
}

TEST_F(Csv, ReadsBackBitEqual) {
    const RunId run = must(writer->create(example_run())).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    std::mt19937_64 random(3);
    std::vector<double> given;
    while (given.size() < 3000) {
        double value = 0;
        const std::uint64_t bits = random();
        std::memcpy(&value, &bits, sizeof value);
        if (std::isnan(value)) continue;
        batch->samples.push_back(sample(0, static_cast<std::int64_t>(given.size()), value));
        given.push_back(value);
    }
    writer->push(batch);
    EXPECT_EQ(must(written({run})), 3000);
    std::istringstream lines(read_text(file));
    std::string line;
    std::getline(lines, line);
    for (const double expected : given) {
        ASSERT_TRUE(std::getline(lines, line));
        const std::string text = line.substr(line.rfind(',') + 1);
        double value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        ASSERT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(expected)) << text;
    }
    EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(Csv, CancelledOrRefusedLeavesTheOldFile) {
    const RunId run = must(writer->create(example_run())).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    for (std::int64_t update = 0; update < 30'000; ++update) batch->samples.push_back(sample(0, update, 1));
    batch->progress.update = Update{30'000};
    writer->push(batch);
    place.folder.write("out.csv", "old");
    const auto entries = place.folder.entries();

    std::vector<double> fractions;
    EXPECT_EQ(refusal(written({run},
                              [&](double fraction) {
                                  fractions.push_back(fraction);
                                  return fraction < 0.5;
                              })),
              "the export was cancelled; nothing was written");
    EXPECT_EQ(read_text(file), "old");
    EXPECT_TRUE(std::ranges::is_sorted(fractions));
    EXPECT_GT(fractions.size(), 2u);

    EXPECT_THAT(refusal(written({run, RunId{"none"}})), HasSubstr("there is no run none"));
    EXPECT_EQ(read_text(file), "old");
    EXPECT_EQ(place.folder.entries(), entries);

    fractions.clear();
    EXPECT_EQ(must(written({run},
                           [&](double fraction) {
                               fractions.push_back(fraction);
                               return true;
                           })),
              30'000);
    EXPECT_EQ(fractions.back(), 1);
}

TEST_F(Csv, SaysWhereItCannotWrite) {
    const auto reader = place.reader();
    EXPECT_EQ(refusal(export_csv(*reader, {}, place.folder.file("no/such.csv"))),
              "cannot write '" + place.folder.file("no/such.csv").string() + "': No such file or directory");
    EXPECT_EQ(refusal(export_csv(*reader, {}, place.folder.path())),
              "cannot write '" + place.folder.path().string() + "': it is there already and is not a file");
    EXPECT_EQ(refusal(export_csv(*reader, {}, "/dev/null")),
              "cannot write '/dev/null': it is there already and is not a file");
    EXPECT_EQ(must(export_csv(*reader, {}, file)), 0);
    EXPECT_EQ(read_text(file), "run_id,run,seed,update,epoch,wall_time,metric,value\n");
}

/// Whether this process holds a lock on the file: what another one sees.
bool is_locked(const std::filesystem::path& file) {
    const pid_t child = fork();
    if (child == 0) {
        struct flock lock {};
        lock.l_type = F_WRLCK;
        const int descriptor = open(file.c_str(), O_RDWR);
        _exit(descriptor >= 0 && fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

// POSIX takes away all locks that a process has on a file when it closes any descriptor of it.
TEST_F(Csv, AskingWhetherAFileIsAStoreKeepsItsLocks) {
    const auto reader = place.reader();
    must(reader->runs());
    ASSERT_TRUE(is_locked(place.path()));
    EXPECT_TRUE(is_store_file(place.path()));
    file = place.path();
    EXPECT_THAT(refusal(written({})), HasSubstr("a store of runs would be lost"));
    EXPECT_TRUE(is_locked(place.path()));
    const auto text = place.folder.file("text");
    std::ofstream(text) << "no SQLite format 3";
    EXPECT_FALSE(is_sqlite_file(text));
    EXPECT_FALSE(is_sqlite_file(place.folder.file("absent")));
}

TEST_F(Csv, NeverReplacesAStore) {
    const RunRecord run = must(writer->create(example_run(1)));
    push_value(*writer, run.id, 1, 4, 0.5);
    const auto other = place.folder.file("other.sqlite");
    must(prepare_store(other));
    const auto size = std::filesystem::file_size(other);
    file = other;
    EXPECT_THAT(refusal(written({run.id})), HasSubstr("a store of runs would be lost; choose another name"));
    EXPECT_EQ(std::filesystem::file_size(other), size);
}

} // namespace descent
