#include "core/store/merge.h"
#include "core/store/merge_rows.h"
#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

using Random = std::mt19937_64;

std::int64_t draw(Random& random, std::int64_t below) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
}

bool coin(Random& random) {
    return draw(random, 2) == 0;
}

/// A run that both stores may know: whatever is put in of it, its spec and times are the same.
RunRecord shared_record(std::uint64_t number) {
    RunRecord record = example_run(number);
    record.id = RunId{"00000000-0000-4000-8000-00000000000" + std::to_string(number)};
    record.name = number % 2 == 0 ? "same" : "run-" + std::to_string(number);
    record.state = RunState::stopped;
    record.planned = Update{40};
    record.ended_ms = record.started_ms + 1;
    return record;
}

/// A part of a run, as a store might have it that saw some of it. What is measured at an update is the same
/// wherever it was measured, unless `own` is given.
void add_part(const StorePlace& place, RunRecord record, Random& random, double own = 0) {
    const std::uint64_t number = record.spec.seed;
    record.starred = coin(random);
    record.tags = {"tag" + std::to_string(draw(random, 3)), "tag" + std::to_string(draw(random, 3))};
    record.note =
        std::array{"", "one", "two", "one\n\ntwo", "three"}[static_cast<std::size_t>(draw(random, 5))];
    if (coin(random)) record.trashed_ms = 1'000 + draw(random, 3);
    const auto writer = place.writer();
    const RunId run = must(writer->create(record)).id;
    auto batch = batch_of(run);
    const auto known = example_metrics();
    for (const MetricInfo& metric : known)
        if (draw(random, 4) > 0) batch->metrics.push_back(metric);
    std::ranges::shuffle(batch->metrics, random);
    for (std::uint32_t i = 0; i < batch->metrics.size(); ++i) {
        const std::uint32_t metric = batch->metrics[i].index;
        batch->metrics[i].index = i;
        for (std::int64_t update = 0; update < 40; ++update)
            if (coin(random))
                batch->samples.push_back(
                    sample(i, update,
                           draw(random, 9) == 0 && own == 0 && update == 13
                               ? kNaN
                               : own + std::sin(static_cast<double>(number * 7 + metric * 3) +
                                                static_cast<double>(update))));
    }
    for (Sample& s : batch->samples)
        if (s.update.count == 13 && own == 0) s.value = kNaN;
    for (std::int64_t at = 0; at < 4; ++at) {
        if (coin(random))
            batch->matrices.push_back({"m",
                                       Update{at},
                                       Epoch{1},
                                       1,
                                       2,
                                       {own + static_cast<double>(at), static_cast<double>(number)}});
        if (coin(random)) batch->changes.push_back({Update{at}, "optimizer.lr", std::to_string(at + own)});
        if (coin(random)) batch->log.push_back({LogLine::Level::info, at, "line " + std::to_string(at)});
        if (coin(random)) batch->log.push_back({LogLine::Level::info, at, "again"});
    }
    const auto at = 10 + 10 * draw(random, 3);
    const std::string file = run.uuid + "-" + std::to_string(at) + ".safetensors";
    write_checkpoint(place.path(), file, "weights at " + std::to_string(at));
    batch->checkpoint = CheckpointInfo{Update{at}, file, 7};
    batch->progress.update = Update{20 + draw(random, 3)};
    writer->push(batch);
    must(writer->flush());
    query(place.path(), "UPDATE run SET updated_ms = " + std::to_string(draw(random, 1'000'000)) +
                            " WHERE run_id = '" + run.uuid + "'; UPDATE checkpoint SET created_ms = 5");
}

void copy_store(const StorePlace& from, const StorePlace& to) {
    query(from.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    std::filesystem::copy_file(from.path(), to.path(), std::filesystem::copy_options::overwrite_existing);
    if (std::filesystem::exists(checkpoint_folder(from.path())))
        std::filesystem::copy(checkpoint_folder(from.path()), checkpoint_folder(to.path()));
}

/// run, metric and update of each sample.
std::set<std::string> places(const std::multiset<std::string>& lines) {
    std::set<std::string> found;
    for (const std::string& line : lines) {
        if (line.find("|sample|") == std::string::npos) continue;
        std::size_t at = 0;
        for (int i = 0; i < 4; ++i) at = line.find('|', at + 1);
        found.insert(line.substr(0, at));
    }
    return found;
}

std::set<std::string> of_table(const std::multiset<std::string>& lines, const std::string& table) {
    std::set<std::string> found;
    for (const std::string& line : lines)
        if (line.find("|" + table + "|") != std::string::npos) found.insert(line);
    return found;
}

} // namespace

class MergeOf : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(RandomStores, MergeOf, ::testing::Range<std::uint64_t>(0, 12));

TEST_P(MergeOf, EitherWayIsTheSameButForNames) {
    Random random(GetParam());
    const bool differing = GetParam() % 2 == 1; // the same places hold different things
    StorePlace a, b, ab, ba;
    for (std::uint64_t number = 1; number <= 6; ++number) {
        const auto where = draw(random, 3);
        if (where != 0) add_part(a, shared_record(number), random);
        if (where != 1) add_part(b, shared_record(number), random, differing ? 0.25 : 0);
    }
    const auto in_a = content(a.path(), false), in_b = content(b.path(), false);
    copy_store(a, ab);
    copy_store(b, ba);
    const ImportReport first = must(merge_into(ab, b.path())), second = must(merge_into(ba, a.path()));
    EXPECT_THAT(first.warnings, IsEmpty());
    EXPECT_THAT(second.warnings, IsEmpty());
    const auto joined = content(ab.path(), false);
    EXPECT_EQ(joined, content(ba.path(), false));

    // Nothing is lost, nothing is made up.
    auto all = places(in_a);
    all.merge(places(in_b));
    EXPECT_EQ(places(joined), all);
    for (const char* table : {"sample", "curve", "change", "checkpoint", "log", "tag"}) {
        const auto from_a = of_table(in_a, table), from_b = of_table(in_b, table),
                   both = of_table(joined, table);
        for (const std::string& line : both)
            EXPECT_TRUE(from_a.contains(line) || from_b.contains(line)) << line;
        if (differing && (std::string(table) != "log" && std::string(table) != "tag")) continue;
        for (const auto* lines : {&from_a, &from_b})
            for (const std::string& line : *lines) EXPECT_TRUE(both.contains(line)) << line;
    }
    // The summaries are those of the samples.
    EXPECT_EQ(query(ab.path(),
                    "SELECT count(*) FROM metric m WHERE last_update IS NOT (SELECT max(update_count)"
                    " FROM sample s WHERE s.metric_no = m.metric_no) OR (direction = 'lower' AND best"
                    " IS NOT (SELECT min(value) FROM sample s WHERE s.metric_no = m.metric_no))"),
              "0");

    // Doing it again changes nothing.
    const auto once = content(ab.path());
    const ImportReport again = must(merge_into(ab, b.path()));
    EXPECT_THAT(again.runs, IsEmpty());
    EXPECT_EQ(again.grown, 0);
    EXPECT_EQ(content(ab.path()), once);
    const ImportReport back = must(merge_into(ab, a.path())), itself = must(merge_into(ab, ab.path()));
    EXPECT_EQ(back.grown + static_cast<std::int64_t>(back.runs.size()), 0);
    EXPECT_EQ(itself.grown + static_cast<std::int64_t>(itself.runs.size()), 0);
    EXPECT_EQ(content(ab.path()), once);
    EXPECT_EQ(content(b.path(), false), in_b) << "what is read stays as it is";
    EXPECT_EQ(query(ab.path(), "PRAGMA foreign_key_check"), "");
}

TEST(Merge, ATakenNameGetsANumber) {
    StorePlace a, b;
    for (const StorePlace* place : {&a, &b}) {
        RunRecord record = example_run();
        record.name = "calm-heron-1";
        must(place->writer()->create(record));
    }
    EXPECT_EQ(must(merge_into(a, b.path())).runs.size(), 1u);
    EXPECT_EQ(query(a.path(), "SELECT group_concat(name, ' ') FROM (SELECT name FROM run ORDER BY run_no)"),
              "calm-heron-1 calm-heron-1-2");
}

TEST(Merge, DatasetsAreSharedAsBefore) {
    StorePlace a, b;
    add_full_run(a, 1);
    add_full_run(b, 2);
    add_full_run(b, 3);
    must(merge_into(a, b.path()));
    EXPECT_EQ(query(a.path(), "SELECT count(*) FROM dataset"), "1");
    EXPECT_EQ(query(a.path(), "SELECT count(DISTINCT dataset_no), count(*) FROM provenance"), "1|3");
}

TEST(Merge, SeriesAreSummedUpAsIfWrittenAtOnce) {
    // Even updates here, odd ones and more there; and one metric that is there only.
    const auto written = [](const StorePlace& place, auto&& wanted) {
        const auto writer = place.writer();
        auto batch = batch_of(must(writer->create(shared_record(1))).id);
        batch->metrics = example_metrics();
        for (std::int64_t update = 0; update < 30'000; ++update)
            for (std::uint32_t metric = 0; metric < 2; ++metric)
                if (wanted(metric, update))
                    batch->samples.push_back(
                        sample(metric, update, std::sin(static_cast<double>(update * (metric + 1)))));
        batch->progress.update = Update{30'000};
        writer->push(batch);
        must(writer->flush());
    };
    StorePlace a, b, whole, fresh;
    written(a, [](auto metric, auto update) { return metric == 0 && update < 20'000 && update % 2 == 0; });
    written(b, [](auto metric, auto update) { return metric == 1 || update >= 20'000 || update % 2 == 1; });
    written(whole, [](auto, auto) { return true; });
    const auto sums = [](const StorePlace& place) {
        return query(place.path(), "SELECT m.name, level, chunk, p.last_update, hex(data) FROM pyramid p"
                                   " JOIN metric m USING (metric_no) ORDER BY 1, 2, 3");
    };
    ASSERT_EQ(std::ranges::count(sums(whole), '\n'), 2 * 7 - 1) << "rows of both metrics";
    EXPECT_EQ(must(merge_into(a, b.path())).grown, 1);
    EXPECT_EQ(sums(a), sums(whole));
    must(merge_into(fresh, whole.path()));
    EXPECT_EQ(sums(fresh), sums(whole));
    // Also of a store that has no sums, as older ones.
    StorePlace again;
    query(whole.path(), "DELETE FROM pyramid");
    must(merge_into(again, whole.path()));
    EXPECT_EQ(sums(again), sums(fresh));
}

TEST(Merge, ARunThatIsBeingTrainedStaysAsItIs) {
    StorePlace a, b;
    const RunId run = add_full_run(a, 1, RunState::running);
    copy_store(a, b);
    query(b.path(), "UPDATE run SET note = 'more'");
    const auto before = content(a.path());
    const ImportReport report = must(merge_into(a, b.path()));
    ASSERT_EQ(report.warnings.size(), 1u);
    EXPECT_THAT(report.warnings[0], HasSubstr("is being trained here"));
    EXPECT_EQ(content(a.path()), before);
    StorePlace c;
    must(merge_into(c, a.path()));
    EXPECT_EQ(c.stored(run).state, RunState::interrupted);
    // And once it is over, a second time brings the rest.
    {
        const auto writer = a.writer();
        auto batch = batch_of(run);
        batch->metrics = example_metrics();
        batch->samples = {sample(0, 60, 1)};
        batch->progress.update = Update{60};
        batch->state = StateChange{RunState::finished, ""};
        writer->push(batch);
        must(writer->flush());
    }
    EXPECT_EQ(must(merge_into(c, a.path())).grown, 1);
    EXPECT_EQ(content(c.path()), content(a.path()));
}

TEST(Merge, AnArchiveOfAnOlderVersionToo) {
    StorePlace a, old;
    const auto file = old.folder.write("version-1.sqlite", "");
    query(file, read_text(DESCENT_SOURCE_DIR "/resources/schema/schema-1.sql") +
                    "; PRAGMA user_version = 1;" +
                    "PRAGMA application_id = " + std::to_string(kStoreApplicationId) + ";" +
                    read_text(DESCENT_SOURCE_DIR "/tests/store/version-1.sql"));
    const auto runs = std::stoul(query(file, "SELECT count(*) FROM run"));
    ASSERT_GT(runs, 0u);
    EXPECT_EQ(must(merge_into(a, file)).runs.size(), runs);
    EXPECT_EQ(query(file, "PRAGMA user_version"), "1") << "it is not migrated";
    EXPECT_EQ(query(a.path(), "SELECT count(*) FROM sample"), query(file, "SELECT count(*) FROM sample"));
}

TEST(Merge, TwoCheckpointsOfOneNameAreBothKept) {
    StorePlace a, b;
    const RunId one = add_full_run(a, 1), two = add_full_run(b, 2);
    write_checkpoint(a.path(), "w.safetensors", "one");
    write_checkpoint(b.path(), "w.safetensors", "two");
    query(a.path(), "UPDATE checkpoint SET file = 'w.safetensors'");
    query(b.path(), "UPDATE checkpoint SET file = 'w.safetensors'");
    must(merge_into(a, b.path()));
    const auto folder = checkpoint_folder(a.path());
    EXPECT_EQ(read_text(folder / a.reader()->last_checkpoint(one)->file), "one");
    EXPECT_EQ(read_text(folder / a.reader()->last_checkpoint(two)->file), "two");
}

TEST(Merge, CancelledKeepsWholeRunsOnly) {
    StorePlace a, b;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) add_full_run(b, seed);
    const auto writer = a.writer();
    EXPECT_EQ(refusal(merge_store(*writer, b.path(), [](double fraction) { return fraction < 0.6; })),
              "cancelled");
    const auto runs = query(a.path(), "SELECT count(*) FROM run");
    EXPECT_EQ(runs, "2");
    EXPECT_EQ(query(a.path(), "SELECT count(*) FROM sample"), "304");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(checkpoint_folder(a.path())), {}), 2);
    EXPECT_EQ(must(merge_store(*writer, b.path())).runs.size(), 2u) << "the same again takes the rest";
}

TEST(Merge, WhatIsNoStoreIsRefused) {
    StorePlace a;
    EXPECT_THAT(refusal(merge_into(a, a.folder.file("none"))), HasSubstr("there is no store"));
    EXPECT_THAT(refusal(merge_into(a, a.folder.write("text", "hello"))), HasSubstr("not a store"));
    EXPECT_THAT(refusal(merge_into(a, a.folder.path())), HasSubstr("folder"));
}

TEST(Notes, AreJoinedWithoutRepeating) {
    EXPECT_EQ(joined_notes("", "a"), "a");
    EXPECT_EQ(joined_notes("b", "a"), "a\n\nb");
    EXPECT_EQ(joined_notes("a", "b"), "a\n\nb");
    EXPECT_EQ(joined_notes("a\n\nb", "b"), "a\n\nb");
    EXPECT_EQ(joined_notes("b", "c\n\nb"), "c\n\nb");
    EXPECT_EQ(joined_notes("a\n\nb", "b\n\nc"), "a\n\nb\n\nc");
    EXPECT_EQ(joined_notes("line\nline", "line"), "line\n\nline\nline");
}

} // namespace descent
