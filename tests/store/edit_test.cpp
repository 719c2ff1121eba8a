#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

struct Edits : ::testing::Test {
    StorePlace place;
    std::unique_ptr<StoreWriter> writer = place.writer();
    RunRecord run = must(writer->create(example_run(1)));
    RunRecord other = must(writer->create(example_run(2)));
};

} // namespace

TEST_F(Edits, AreUndoneByWhatTheyReturn) {
    const auto undo =
        must(writer->apply({SetName{run.id, "  tidy name "}, SetStar{run.id, true}, SetNote{run.id, "first"},
                            SetNote{run.id, "second"}, SetTags{run.id, {"b", "a", "b", " a "}},
                            SetTrashed{run.id}, SetColour{run.id, 5}, SetColour{run.id, 0}}));
    RunRecord stored = place.stored(run.id);
    EXPECT_EQ(stored.name, "tidy name");
    EXPECT_TRUE(stored.starred);
    EXPECT_EQ(stored.note, "second");
    EXPECT_THAT(stored.tags, ElementsAre("a", "b"));
    EXPECT_TRUE(stored.trashed_ms);
    EXPECT_EQ(stored.colour, 0);

    const auto redo = must(writer->apply(undo));
    stored = place.stored(run.id);
    EXPECT_EQ(stored.name, run.name);
    EXPECT_FALSE(stored.starred);
    EXPECT_EQ(stored.note, "");
    EXPECT_THAT(stored.tags, IsEmpty());
    EXPECT_FALSE(stored.trashed_ms);
    EXPECT_EQ(stored.colour, std::nullopt);

    must(writer->apply(redo));
    stored = place.stored(run.id);
    EXPECT_EQ(stored.name, "tidy name");
    EXPECT_EQ(stored.note, "second");
    EXPECT_THAT(stored.tags, ElementsAre("a", "b"));
    EXPECT_EQ(stored.colour, 0);
    EXPECT_EQ(must(place.reader()->runs({.trashed = true})).at(0).colour, 0) << "in lists too";
    EXPECT_EQ(place.stored(other.id).colour, std::nullopt);
}

TEST_F(Edits, AllOrNone) {
    EXPECT_EQ(refusal(writer->apply({SetStar{run.id, true}, SetName{run.id, other.name}})),
              "another run is called '" + other.name + "' already");
    EXPECT_FALSE(place.stored(run.id).starred);
}

TEST_F(Edits, RefuseWhatCannotBeANameOrTag) {
    EXPECT_EQ(refusal(writer->apply({SetName{run.id, " \n"}})), "the name is empty");
    EXPECT_EQ(refusal(writer->apply({SetName{run.id, "a\nb"}})),
              "the name holds a line break or another control character");
    EXPECT_EQ(refusal(writer->apply({SetName{run.id, std::string(300, 'x')}})),
              "the name 'xxxxxxxxxxxxxxxxxxxx…' is too long");
    EXPECT_EQ(refusal(writer->apply({SetTags{run.id, {"fine", ""}}})), "the tag is empty");
    EXPECT_EQ(refusal(writer->apply({SetName{run.id, run.name}})), "accepted") << "its own name";
    EXPECT_EQ(refusal(writer->apply({SetNote{run.id, "lines\nmay break"}})), "accepted");
}

TEST_F(Edits, TrashHidesAndRestores) {
    must(writer->apply({SetTrashed{run.id}}));
    const auto reader = place.reader();
    EXPECT_EQ(reader->trashed_count(), 1);
    EXPECT_EQ(must(reader->count()), 1);
    ASSERT_EQ(must(reader->runs()).size(), 1u);
    EXPECT_EQ(must(reader->runs())[0].id, other.id);
    EXPECT_EQ(must(reader->runs({.trashed = true})).at(0).id, run.id);
    EXPECT_EQ(must(reader->runs({.where = "trashed"})).at(0).id, run.id);
    EXPECT_EQ(must(reader->runs({.where = "trashed or not trashed"})).size(), 2u);
    const auto when = place.stored(run.id).trashed_ms;
    must(writer->apply({SetTrashed{run.id}}));
    EXPECT_EQ(place.stored(run.id).trashed_ms, when) << "trashed already";
    must(writer->apply({SetTrashed{run.id, false}}));
    EXPECT_EQ(reader->trashed_count(), 0);
    EXPECT_EQ(must(reader->runs()).size(), 2u);
}

TEST_F(Edits, TagsAreListedOnce) {
    must(writer->apply({SetTags{run.id, {"paper", "draft"}}, SetTags{other.id, {"paper"}}}));
    EXPECT_THAT(place.reader()->tags(), ElementsAre("draft", "paper"));
}

} // namespace descent
