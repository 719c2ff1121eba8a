#include "tests/store/store_testing.h"

#include "core/store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include <sys/stat.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;
using Random = std::mt19937_64;

namespace {

std::size_t below(Random& random, std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

double some_value(Random& random) {
    const std::size_t kind = below(random, 500);
    if (kind == 0) return kNaN;
    if (kind == 1) return -kInfinity;
    if (kind == 2) return 1e300;
    return std::uniform_real_distribution<>(-1, 3)(random);
}

bool equal(const Bucket& a, const Bucket& b) {
    return std::memcmp(&a, &b, sizeof(Bucket)) == 0;
}

bool equal(const SeriesPoint& a, const SeriesPoint& b) {
    return std::memcmp(&a, &b, sizeof(SeriesPoint)) == 0;
}

template<class T>
bool equal(const std::vector<T>& a, const std::vector<T>& b) {
    return std::ranges::equal(a, b, [](const T& x, const T& y) { return equal(x, y); });
}

std::vector<SeriesPoint> part_of(const std::vector<SeriesPoint>& all, std::size_t first, std::size_t count) {
    first = std::min(first, all.size());
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, all.size() - first))};
}

/// What the reader says in parts is what the samples say.
void expect_as_from_samples(const StoreReader& reader, const RunId& run, const std::string& metric) {
    const std::vector<SeriesPoint> all = reader.series(run, metric);
    SeriesPyramid whole;
    whole.append(all);
    SeriesPyramid overview = reader.overview(run, metric);
    ASSERT_EQ(overview.size(), all.size());
    ASSERT_EQ(overview.levels(), whole.levels());
    std::size_t finest_whole = 99;
    for (std::size_t level = 1; level <= whole.levels(); ++level) {
        std::size_t there = 0;
        std::vector<Bucket> buckets;
        for (std::size_t i = 0; i < buckets_of(all.size(), level); ++i) {
            buckets.push_back(*whole.bucket(level, i));
            const Bucket* bucket = overview.bucket(level, i);
            if (!bucket) continue;
            ++there;
            ASSERT_TRUE(equal(*bucket, buckets.back())) << "level " << level << ", bucket " << i;
        }
        if (there == buckets.size()) finest_whole = std::min(finest_whole, level);
        for (std::size_t chunk = 0; chunk * kChunkBuckets <= buckets.size(); ++chunk) {
            const auto first = buckets.begin() + static_cast<std::ptrdiff_t>(chunk * kChunkBuckets);
            const auto end = first + std::min(std::ptrdiff_t{kChunkBuckets}, buckets.end() - first);
            ASSERT_TRUE(equal(*reader.bucket_chunk(run, metric, level, chunk), {first, end}))
                << "level " << level << ", chunk " << chunk;
        }
    }
    if (whole.levels() > 0) {
        EXPECT_TRUE(finest_whole == 1 || buckets_of(all.size(), finest_whole) >= 2048);
    }
    for (std::size_t chunk = 0; chunk * kChunkPoints <= all.size(); ++chunk) {
        const auto points = reader.point_chunk(run, metric, chunk);
        ASSERT_TRUE(equal(*points, part_of(all, chunk * kChunkPoints, kChunkPoints))) << chunk;
        if (overview.has_points(chunk)) {
            ASSERT_TRUE(equal(overview.points({chunk * kChunkPoints, kChunkPoints}), *points)) << chunk;
        }
    }
    // It can be gone on with.
    const SeriesPoint next{Update{all.empty() ? 0 : all.back().update.count + 1}, {}, 0, 1};
    overview.append({&next, 1});
    whole.append({&next, 1});
    for (std::size_t level = 1; level <= whole.levels(); ++level) {
        const std::size_t last = buckets_of(whole.size(), level) - 1;
        ASSERT_TRUE(overview.bucket(level, last));
        ASSERT_TRUE(equal(*overview.bucket(level, last), *whole.bucket(level, last)));
    }
}

struct SeriesTest : ::testing::Test {
    StorePlace place;
    std::unique_ptr<StoreWriter> writer = place.writer();
    RunId run = must(writer->create(example_run())).id;
    Random random{7};

    /// Updates [from, end) of train/loss and every third of rate, in batches of random sizes.
    void push(std::int64_t from, std::int64_t end) {
        while (from < end) {
            auto batch = batch_of(run);
            batch->metrics = example_metrics();
            const std::int64_t stop =
                std::min(end, from + 1 + static_cast<std::int64_t>(below(random, 5000)));
            for (; from < stop; ++from) {
                batch->samples.push_back(sample(0, from, some_value(random)));
                if (from % 3 == 0) batch->samples.push_back(sample(2, from, some_value(random)));
            }
            writer->push(batch);
            if (below(random, 4) == 0) must(writer->flush());
        }
        must(writer->flush());
    }

    void check() {
        const auto reader = place.reader();
        for (const char* metric : {"train/loss", "rate", "validation/accuracy"})
            ASSERT_NO_FATAL_FAILURE(expect_as_from_samples(*reader, run, metric)) << metric;
    }

    /// "level:chunks …"
    std::string rows(const std::string& metric) {
        return query(place.path(),
                     "SELECT group_concat(level || ':' || n, ' ') FROM (SELECT level, count(*) AS n "
                     "FROM pyramid JOIN metric USING (metric_no) WHERE name = '" +
                         metric + "' GROUP BY level)");
    }

    void interrupt() {
        auto batch = batch_of(run);
        batch->state = StateChange{RunState::interrupted, ""};
        writer->push(batch);
        must(writer->flush());
    }
};

} // namespace

TEST_F(SeriesTest, IsSummedUpWhileItIsWritten) {
    push(0, 140'000);
    EXPECT_EQ(rows("train/loss"), "1:34 2:2");
    EXPECT_EQ(rows("rate"), "1:11");
    check();
}

TEST_F(SeriesTest, OfEveryLengthAroundAChunk) {
    std::int64_t have = 0;
    for (const std::int64_t length :
         {1, 15, 16, 17, 4095, 4096, 4097, 8191, 8192, 8193, 12'288, 12'289, 16'384}) {
        push(have, length);
        have = length;
        SCOPED_TRACE(length);
        ASSERT_NO_FATAL_FAILURE(check());
    }
}

TEST_F(SeriesTest, WithEnoughForThreeLevelsOfRows) {
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    for (std::int64_t update = 0; update < (1 << 20) + 70'000; ++update) {
        batch->samples.push_back(sample(0, update, some_value(random)));
        if (batch->samples.size() < 10'000) continue;
        writer->push(batch);
        batch = batch_of(run);
    }
    writer->push(batch);
    must(writer->flush());
    EXPECT_EQ(rows("train/loss"), "1:273 2:17 3:1");
    const auto reader = place.reader();
    const auto all = reader->series(run, "train/loss");
    SeriesPyramid whole;
    whole.append(all);
    const SeriesPyramid overview = reader->overview(run, "train/loss");
    for (std::size_t level = 1; level <= whole.levels(); ++level)
        for (std::size_t i = 0; i < buckets_of(all.size(), level); ++i) {
            const Bucket* bucket = overview.bucket(level, i);
            ASSERT_TRUE(bucket || level == 1);
            if (bucket) {
                ASSERT_TRUE(equal(*bucket, *whole.bucket(level, i))) << level << ", " << i;
            }
        }
    for (int i = 0; i < 200; ++i) {
        const PointRange range{below(random, all.size() + 100), below(random, 50)};
        ASSERT_TRUE(equal(reader->points(run, "train/loss", range), part_of(all, range.first, range.count)));
    }
}

TEST_F(SeriesTest, GoesOnInAnotherWriter) {
    std::int64_t at = 0;
    for (int i = 0; i < 12; ++i) {
        const std::int64_t end = at + 1 + static_cast<std::int64_t>(below(random, 17'000));
        push(at, end);
        at = end;
        writer.reset();
        writer = place.writer();
    }
    check();
}

TEST_F(SeriesTest, GoesOnAfterReopeningBefore) {
    push(0, 80'000);
    for (const std::int64_t back : {79'999, 73'000, 65'535, 65'534, 8191, 4096, 100}) {
        interrupt();
        must(writer->reopen(run, Update{back}, 100'000));
        SCOPED_TRACE(back);
        ASSERT_NO_FATAL_FAILURE(check());
        push(back + 1, back + 20'000);
        ASSERT_NO_FATAL_FAILURE(check());
    }
    interrupt();
    must(writer->reopen(run, Update{-1}, 100));
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM pyramid"), "0");
    check();
}

TEST_F(SeriesTest, SamplesThatComeAgainOrLateAreSummedUpAnew) {
    push(0, 30'000);
    auto batch = batch_of(run);
    batch->samples = {sample(0, 12'345, 99), sample(2, 29'999, 99)};
    writer->push(batch);
    must(writer->flush());
    check();
    push(29'000, 40'000); // again and on
    check();
    push(100'000, 110'000);
    push(50'000, 60'000); // between
    push(110'000, 120'000);
    check();
}

TEST_F(SeriesTest, IsWholeAfterAKill) {
    for (int round = 0; round < 4; ++round) {
        const StorePlace other;
        Child child({"flood", other.path().string()});
        run = RunId{child.line()};
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + below(random, 300)));
        child.kill();
        EXPECT_EQ(child.wait(), -SIGKILL);
        must(prepare_store(other.path()));
        const auto reader = other.reader();
        const auto size = static_cast<std::int64_t>(reader->series(run, "train/loss").size());
        for (const char* metric : {"train/loss", "rate"})
            ASSERT_NO_FATAL_FAILURE(expect_as_from_samples(*reader, run, metric));
        EXPECT_EQ(query(other.path(), "SELECT count(*) FROM pyramid WHERE level = 1"),
                  std::to_string(size / 4096 * 3));
        writer = other.writer();
        must(writer->reopen(run, Update{size / 2}, 100));
        push(size / 2 + 1, size + 5000);
        for (const char* metric : {"train/loss", "rate"})
            ASSERT_NO_FATAL_FAILURE(expect_as_from_samples(*reader, run, metric));
        writer.reset();
    }
}

TEST_F(SeriesTest, RowsThatAreAbsentAreReadFromTheSamplesAndMadeAgain) {
    push(0, 140'000);
    const std::string all = rows("train/loss");
    for (const char* gone : {"level = 2 AND chunk = 0", "level = 1 AND chunk = 5", "level = 1",
                             "level = 1 AND chunk >= 30", "chunk >= 0"}) {
        query(place.path(), std::string("DELETE FROM pyramid WHERE metric_no = 1 AND ") + gone);
        SCOPED_TRACE(gone);
        ASSERT_NO_FATAL_FAILURE(check());
        writer.reset();
        writer = place.writer();
        const std::int64_t next = std::stoll(query(place.path(), "SELECT 1 + max(update_count) FROM sample"));
        push(next, next + 1);
        EXPECT_EQ(rows("train/loss"), all);
        ASSERT_NO_FATAL_FAILURE(check());
    }
}

TEST_F(SeriesTest, PointsAreReadByTheirNumber) {
    for (const std::int64_t from : {0, 40'000}) push(from, from + 31'000);
    const auto reader = place.reader();
    for (const char* metric : {"train/loss", "rate", "absent"}) {
        const auto all = reader->series(run, metric);
        for (int i = 0; i < 300; ++i) {
            const PointRange range{below(random, all.size() + 100), below(random, 40)};
            ASSERT_TRUE(equal(reader->points(run, metric, range), part_of(all, range.first, range.count)));
        }
        EXPECT_EQ(reader->points(run, metric, {0, SIZE_MAX}).size(), all.size());
        for (int i = 0; i < 300; ++i) {
            const Update at{static_cast<std::int64_t>(below(random, 80'000)) - 10};
            const auto after = std::ranges::upper_bound(all, at, {}, &SeriesPoint::update);
            const auto value = reader->value_at(run, metric, at);
            ASSERT_EQ(value.has_value(), after != all.begin());
            if (value) {
                ASSERT_TRUE(equal(*value, after[-1]));
            }
        }
    }
    EXPECT_EQ(reader->value_at(RunId::random(), "rate", Update{5}), std::nullopt);
    EXPECT_TRUE(reader->overview(RunId::random(), "rate").empty());
    EXPECT_TRUE(reader->bucket_chunk(run, "train/loss", 0, 0)->empty());
    EXPECT_TRUE(reader->bucket_chunk(run, "train/loss", 1, 99)->empty());
}

TEST_F(SeriesTest, ADamagedRowIsSaidToBeSo) {
    push(0, 20'000);
    query(place.path(), "UPDATE pyramid SET data = x'00'");
    EXPECT_THROW(place.reader()->overview(run, "train/loss"), std::runtime_error);
}

TEST(OldSeries, OfVersion2AreSummedUpWhenItIsMigratedAndReadableBefore) {
    const TemporaryFolder folder;
    const auto file = folder.file("old.sqlite");
    must(prepare_store(file, embedded::schema().first(2)));
    for (const char* version : {"1", "2"})
        query(file, read_text(std::string(DESCENT_SOURCE_DIR "/tests/store/version-") + version + ".sql"));
    query(
        file,
        "DELETE FROM sample WHERE metric_no = 1;"
        "INSERT INTO sample WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999)"
        " SELECT 1, 2 * i, i / 4.0, i / 2.0, iif(i % 100 = 3, NULL, (i * 7919) % 1000 - 10.5) FROM n;"
        "UPDATE metric SET last_update = 79998 WHERE metric_no = 1;"
        "PRAGMA journal_mode = DELETE");
    ::chmod(file.c_str(), 0444);
    ::chmod(folder.path().c_str(), 0555);
    const RunId run{"96d5fade-ff47-432a-99a3-4b06133f40bd"};
    {
        const auto archive = must(StoreReader::open(file));
        ASSERT_NO_FATAL_FAILURE(expect_as_from_samples(*archive, run, "train/loss"));
        EXPECT_EQ(archive->value_at(run, "train/loss", Update{41})->update, Update{40});
    }
    ::chmod(folder.path().c_str(), 0755);
    ::chmod(file.c_str(), 0644);
    must(prepare_store(file));
    EXPECT_EQ(query(file, "SELECT level, count(*), max(chunk), max(last_update) FROM pyramid GROUP BY level"),
              "1|9|8|73726");
    expect_as_from_samples(*must(StoreReader::open(file)), run, "train/loss");
}

} // namespace descent
