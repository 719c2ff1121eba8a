#include "core/store/merge.h"
#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;

namespace {

/// Two widths, `seeds` seeds.
SweepRecord example_sweep(std::uint64_t seeds = 2) {
    SweepRecord sweep;
    sweep.plan.title = "Width of nets";
    sweep.plan.base.task = "names";
    sweep.plan.axes = {{.name = "model.hidden",
                        .log = true,
                        .levels = {{"1", {{"model.hidden", "1"}}}, {"2", {{"model.hidden", "2"}}}}}};
    sweep.plan.seeds.clear();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) sweep.plan.seeds.push_back(seed);
    for (std::uint64_t i = 0; i < 2 * seeds; ++i) sweep.keys.push_back("key-" + std::to_string(i));
    return sweep;
}

RunRecord run_of(const std::string& key, RunState state, std::int64_t created_ms = 1) {
    RunRecord run = example_run();
    run.id = {};
    run.name.clear();
    run.key = key;
    run.state = state;
    run.created_ms = created_ms;
    return run;
}

} // namespace

TEST(StoredSweep, ComesBackAsItWasSaved) {
    const StorePlace place;
    const auto writer = place.writer();
    auto sweep = example_sweep();
    sweep.note = "a note";
    const auto saved = must(writer->save_sweep(sweep));
    EXPECT_EQ(saved.name, "width-of-nets");
    EXPECT_GT(saved.created_ms, 0);
    const auto reader = place.reader();
    ASSERT_EQ(reader->sweeps().size(), 1u);
    for (const auto& word : {saved.id, saved.name, saved.id.substr(0, 8), std::string("width")}) {
        const auto read = must(reader->sweep(word));
        EXPECT_EQ(read.id, saved.id);
        EXPECT_EQ(read.name, saved.name);
        EXPECT_EQ(read.plan, sweep.plan);
        EXPECT_EQ(read.keys, sweep.keys);
        EXPECT_EQ(read.note, "a note");
        EXPECT_EQ(read.pid, 0);
        EXPECT_EQ(read.created_ms, saved.created_ms);
        EXPECT_EQ(read.trashed_ms, std::nullopt);
    }
    EXPECT_THAT(refusal(reader->sweep("widht-of-nets")), HasSubstr("did you mean 'width-of-nets'?"));
    EXPECT_THAT(refusal(reader->sweep("")), HasSubstr("name"));
}

TEST(StoredSweep, GetsAFreeName) {
    const StorePlace place;
    const auto writer = place.writer();
    EXPECT_EQ(must(writer->save_sweep(example_sweep())).name, "width-of-nets");
    EXPECT_EQ(must(writer->save_sweep(example_sweep())).name, "width-of-nets-2");
    auto named = example_sweep();
    named.name = "mine";
    EXPECT_EQ(must(writer->save_sweep(named)).name, "mine");
    EXPECT_EQ(must(writer->save_sweep(named)).name, "mine-2");
    named.name.clear();
    named.plan.title = "中文";
    EXPECT_EQ(must(writer->save_sweep(named)).name, "names-hidden");
    named.name = "two\nlines";
    EXPECT_THAT(refusal(writer->save_sweep(named)), HasSubstr("line break"));
    EXPECT_THAT(refusal(place.reader()->sweep("width")), HasSubstr("could be any of"));
    EXPECT_EQ(must(place.reader()->sweep("width-of-nets")).name, "width-of-nets") << "an exact name first";
}

TEST(StoredSweep, IsExtendedUnderItsId) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto first = must(writer->save_sweep(example_sweep(2)));
    auto more = example_sweep(3);
    more.id = first.id;
    more.name = "another name"; // is not what this changes
    const auto extended = must(writer->save_sweep(more));
    EXPECT_EQ(extended.name, first.name);
    EXPECT_EQ(extended.created_ms, first.created_ms);
    const auto reader = place.reader();
    ASSERT_EQ(reader->sweeps().size(), 1u);
    EXPECT_EQ(reader->sweeps()[0].keys, more.keys);
    EXPECT_EQ(reader->sweeps()[0].plan, more.plan);
    EXPECT_EQ(reader->sweep_status(first.id).cells, 6);

    more.keys.pop_back();
    EXPECT_THAT(refusal(writer->save_sweep(more)), HasSubstr("5 keys for 6 cells"));
    EXPECT_EQ(place.reader()->sweeps()[0].keys.size(), 6u);
}

TEST(StoredSweep, EditsHaveTheirInverse) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto sweep = must(writer->save_sweep(example_sweep()));
    must(writer->save_sweep(example_sweep()));
    const auto undo =
        must(writer->edit_sweep({.id = sweep.id, .name = "renamed", .note = "n", .trashed = true}));
    const auto reader = place.reader();
    EXPECT_EQ(reader->sweeps().size(), 1u);
    ASSERT_EQ(reader->sweeps(true).size(), 1u);
    EXPECT_EQ(reader->sweeps(true)[0].name, "renamed");
    EXPECT_EQ(reader->sweeps(true)[0].note, "n");
    EXPECT_TRUE(reader->sweeps(true)[0].trashed_ms);
    must(writer->edit_sweep(undo));
    const auto back = must(reader->sweep("width-of-nets"));
    EXPECT_EQ(back.id, sweep.id);
    EXPECT_EQ(back.note, "");
    EXPECT_EQ(back.trashed_ms, std::nullopt);
    EXPECT_THAT(refusal(writer->edit_sweep({.id = sweep.id, .name = "width-of-nets-2"})),
                HasSubstr("another sweep is called"));
    EXPECT_THAT(refusal(writer->edit_sweep({.id = sweep.id, .name = " "})), HasSubstr("empty"));
    EXPECT_THAT(refusal(writer->edit_sweep({.id = "nobody", .note = ""})), HasSubstr("no sweep nobody"));
}

TEST(StoredSweep, ACellIsStoodForByTheRunThatGotFurthest) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto sweep = must(writer->save_sweep(example_sweep(3))); // 6 cells
    const auto add = [&](const char* key, RunState state, std::int64_t created = 1) {
        return must(writer->create(run_of(key, state, created))).id;
    };
    add("key-0", RunState::interrupted, 9);
    const auto finished = add("key-0", RunState::finished, 2);
    add("key-0", RunState::failed, 10);
    add("key-1", RunState::finished, 3);
    const auto newer = add("key-1", RunState::finished, 4);
    const auto trashed = add("key-2", RunState::finished);
    must(writer->apply({SetTrashed{trashed, true}}));
    const auto diverged = add("key-3", RunState::diverged);
    add("key-3", RunState::running);
    const auto running = add("key-4", RunState::running);
    const auto failed = add("key-5", RunState::failed);
    add("key-99", RunState::finished); // of no cell

    const auto reader = place.reader();
    std::vector<std::pair<std::size_t, RunId>> found;
    for (const auto& cell : reader->sweep_runs(sweep.id)) found.emplace_back(cell.cell, cell.run.id);
    EXPECT_EQ(found, (std::vector<std::pair<std::size_t, RunId>>{
                         {0, finished}, {1, newer}, {3, diverged}, {4, running}, {5, failed}}));
    const auto status = reader->sweep_status(sweep.id);
    EXPECT_EQ(status.cells, 6);
    EXPECT_EQ(status.finished, 2);
    EXPECT_EQ(status.diverged, 1);
    EXPECT_EQ(status.running, 1);
    EXPECT_EQ(status.failed, 1);
    EXPECT_FALSE(status.complete());
    EXPECT_TRUE(reader->sweep_runs("nobody").empty());
    EXPECT_EQ(reader->sweep_status("nobody").cells, 0);

    // As lists have them.
    const auto listed = must(reader->runs({.where = "key = key-4"}));
    ASSERT_EQ(listed.size(), 1u);
    const auto cell = reader->sweep_runs(sweep.id)[3].run;
    EXPECT_EQ(cell.name, listed[0].name);
    EXPECT_EQ(cell.spec, listed[0].spec);
    EXPECT_EQ(cell.provenance.train_examples, listed[0].provenance.train_examples);
}

TEST(StoredSweep, IsHeldByOneLivingProcess) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto id = must(writer->save_sweep(example_sweep())).id;
    must(writer->hold_sweep(id, true));
    must(writer->hold_sweep(id, true)); // ours already
    EXPECT_EQ(must(place.reader()->sweep(id)).pid, getpid());
    must(writer->hold_sweep(id, false));
    EXPECT_EQ(must(place.reader()->sweep(id)).pid, 0);
    EXPECT_EQ(query(place.path(), "SELECT process_id FROM sweep"), "0");

    Child living({"hold", place.path().string()});
    living.line();
    const auto held_by = [&](const std::string& started) {
        query(place.path(), "UPDATE sweep SET process_id = " + std::to_string(living.pid()) +
                                ", process_started = " + started +
                                ", process_host = (SELECT process_host FROM run)");
    };
    const auto right = query(place.path(), "SELECT process_started FROM run");
    held_by(right);
    EXPECT_THAT(refusal(writer->hold_sweep(id, true)),
                HasSubstr("'width-of-nets' is being trained by process " + std::to_string(living.pid())));
    must(writer->hold_sweep(id, false)); // is not ours to give up
    must(prepare_store(place.path()));
    EXPECT_EQ(must(place.reader()->sweep(id)).pid, living.pid());

    held_by(right + " + 1"); // a later process under the same number
    EXPECT_EQ(must(place.reader()->sweep(id)).pid, 0);
    must(prepare_store(place.path()));
    EXPECT_EQ(query(place.path(), "SELECT process_id, process_host FROM sweep"), "0|");
    held_by(right);
    living.kill();
    living.wait();
    EXPECT_EQ(refusal(writer->hold_sweep(id, true)), "accepted");
}

TEST(StoredSweep, APlanThatCannotBeReadHidesNoOther) {
    const StorePlace place;
    const auto writer = place.writer();
    const auto broken = must(writer->save_sweep(example_sweep())),
               whole = must(writer->save_sweep(example_sweep()));
    query(place.path(), "UPDATE sweep SET plan = '{]' WHERE sweep_id = '" + broken.id + "'");
    const auto sweeps = place.reader()->sweeps();
    ASSERT_EQ(sweeps.size(), 2u);
    EXPECT_EQ(sweeps[0].plan, whole.plan);
    EXPECT_THAT(sweeps[1].plan.title, HasSubstr("cannot be read"));
}

TEST(StoredSweep, GoesOverWithAMergeAndABundle) {
    const StorePlace from, to;
    const auto theirs = from.writer(), ours = to.writer();
    const auto run = must(theirs->create(run_of("key-1", RunState::finished))).id;
    const auto sweep = must(theirs->save_sweep(example_sweep()));
    auto foreign = example_sweep();
    foreign.name = "of other runs";
    foreign.keys = {"a", "b", "c", "d"};
    must(theirs->save_sweep(foreign));
    must(ours->save_sweep(example_sweep())); // the name is taken
    const auto merge = [&](const std::filesystem::path& file) {
        const auto source = must(RunSource::open(file));
        for (const auto& id : source->runs()) must(ours->merge(*source, id));
        return must(ours->merge_sweeps(*source));
    };

    const auto bundle = from.folder.file("a.descent");
    must(write_bundle(from.path(), {run}, bundle));
    EXPECT_EQ(merge(bundle), 1) << "only that of the run";
    EXPECT_EQ(must(to.reader()->sweep(sweep.id)).name, "width-of-nets-2");
    EXPECT_EQ(must(to.reader()->sweep(sweep.id)).keys, sweep.keys);
    EXPECT_EQ(to.reader()->sweep_runs(sweep.id).size(), 1u);

    EXPECT_EQ(merge(from.path()), 1) << "the other";
    EXPECT_EQ(merge(from.path()), 0) << "again changes nothing";
    EXPECT_EQ(to.reader()->sweeps().size(), 3u);

    auto extended = example_sweep(3);
    extended.id = sweep.id;
    extended.note = "theirs";
    must(theirs->save_sweep(extended));
    must(ours->edit_sweep({.id = sweep.id, .note = "ours"}));
    EXPECT_EQ(merge(from.path()), 0);
    auto here = must(to.reader()->sweep(sweep.id));
    EXPECT_EQ(here.plan, extended.plan);
    EXPECT_EQ(here.keys, extended.keys);
    EXPECT_THAT(here.note, HasSubstr("ours"));
    EXPECT_THAT(here.note, HasSubstr("theirs"));
    auto shorter = example_sweep(2);
    shorter.id = sweep.id;
    must(theirs->save_sweep(shorter));
    must(theirs->edit_sweep({.id = sweep.id, .trashed = true}));
    merge(from.path());
    here = must(to.reader()->sweep(sweep.id));
    EXPECT_EQ(here.keys, extended.keys) << "nothing is lost";
    EXPECT_EQ(here.trashed_ms, std::nullopt);
}

} // namespace descent
