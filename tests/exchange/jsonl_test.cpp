#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cstring>
#include <random>
#include <sstream>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

/// What a text file of samples can hold: not matrices, checkpoints and the split.
std::multiset<std::string> without_files(std::multiset<std::string> lines) {
    std::erase_if(lines, [](const std::string& line) {
        return line.find("|curve|") != std::string::npos || line.find("|checkpoint|") != std::string::npos ||
               line.find("|provenance|") != std::string::npos;
    });
    return lines;
}

} // namespace

TEST(Jsonl, BringsARunBackAsItWas) {
    const StorePlace here, there;
    const RunId a = add_full_run(here, 18'446'744'073'709'551'615u),
                b = add_full_run(here, 4, RunState::diverged);
    must(here.writer()->apply({SetColour{a, 3}, SetTrashed{b, true}, SetName{a, "odd \"name\" ✓"}}));
    const auto file = here.folder.file("runs.jsonl");
    EXPECT_EQ(must(export_jsonl(*here.reader(), {a, b}, file)), 2 * 152);

    const ImportReport report = must(import_into(there, file));
    EXPECT_THAT(report.runs, ElementsAre(a, b));
    EXPECT_THAT(report.warnings, IsEmpty());
    EXPECT_EQ(without_files(content(there.path())), without_files(content(here.path())));
    EXPECT_EQ(there.stored(a).spec, here.stored(a).spec);
    EXPECT_EQ(there.stored(a).provenance.classes, here.stored(a).provenance.classes);

    const auto once = content(there.path());
    const ImportReport again = must(import_into(there, file));
    EXPECT_THAT(again.runs, IsEmpty());
    EXPECT_EQ(again.known, 2);
    EXPECT_EQ(content(there.path()), once);
    const auto before = content(here.path());
    EXPECT_EQ(must(import_into(here, file)).known, 2) << "where it is from it adds nothing";
    EXPECT_EQ(content(here.path()), before);
}

TEST(Jsonl, AParentIsFoundUnderItsEarlierName) {
    const StorePlace here, there;
    const RunId run = add_full_run(here, 1);
    const auto file = here.folder.file("runs.jsonl");
    must(export_jsonl(*here.reader(), {run}, file));
    auto text = read_text(file);
    const std::string now = R"("parent":{"id":)", then = R"("parent":{"run":)";
    ASSERT_NE(text.find(now), std::string::npos);
    text.replace(text.find(now), now.size(), then);
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_THAT(must(import_into(there, file)).runs, ElementsAre(run));
    EXPECT_EQ(there.stored(run).parent, here.stored(run).parent);
}

TEST(Jsonl, ValuesComeBackBitForBit) {
    const StorePlace here, there;
    const RunId run = must(here.writer()->create(example_run())).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    std::mt19937_64 random(5);
    std::vector<double> given{0.0, 5e-324, -1.7976931348623157e308, 1, -3, 1e21, kInfinity, -kInfinity};
    while (given.size() < 2'000) {
        const double value = std::bit_cast<double>(random());
        if (!std::isnan(value)) given.push_back(value);
    }
    for (std::size_t i = 0; i < given.size(); ++i)
        batch->samples.push_back(sample(0, static_cast<std::int64_t>(i), given[i]));
    {
        const auto writer = here.writer();
        writer->push(batch);
        must(writer->flush());
    }
    const auto file = here.folder.file("runs.jsonl");
    must(export_jsonl(*here.reader(), {run}, file));
    must(import_into(there, file));
    const auto back = values(there.reader()->series(run, "train/loss"));
    ASSERT_EQ(back.size(), given.size());
    for (std::size_t i = 0; i < given.size(); ++i)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(back[i]), std::bit_cast<std::uint64_t>(given[i])) << given[i];
}

TEST(Jsonl, IsAnObjectALine) {
    const StorePlace here;
    const RunId run = add_full_run(here, 1);
    const auto file = here.folder.file("runs.jsonl");
    must(export_jsonl(*here.reader(), {run}, file));
    std::istringstream lines(read_text(file));
    std::string line;
    std::getline(lines, line);
    const auto first = nlohmann::json::parse(line);
    EXPECT_EQ(first["run"]["id"], run.uuid);
    EXPECT_EQ(first["run"]["metrics"][1]["direction"], "higher");
    EXPECT_EQ(first["run"]["parent"]["id"], "7d1d4f0e-4f43-4d2c-8a6e-0c9b6f1a2b3c");
    EXPECT_EQ(first["run"]["parent"]["update"], 12);
    std::getline(lines, line);
    EXPECT_EQ(
        line,
        R"({"run_id":")" + run.uuid +
            R"(","metric":"train/loss","update":0,"epoch":0.0,"seconds":0.0,"value":0.2804903282692988})");
    std::string last;
    while (std::getline(lines, line)) {
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
        last = line;
    }
    EXPECT_THAT(last, HasSubstr(R"("value":null,"nonfinite":"-inf"})"));
}

TEST(Jsonl, SaysWhatIsWrongAndWhereAndStoresNothing) {
    const StorePlace here, there;
    const RunId run = add_full_run(here, 1);
    const auto file = here.folder.file("runs.jsonl");
    must(export_jsonl(*here.reader(), {run}, file));
    const std::string good = read_text(file);
    const std::string first = good.substr(0, good.find('\n') + 1);
    const auto refused = [&](const std::string& text) {
        const auto bad = there.folder.write("bad.jsonl", text);
        const std::string why = refusal(import_into(there, bad));
        EXPECT_EQ(query(there.path(), "SELECT count(*) FROM run"), "0") << why;
        EXPECT_THAT(why, HasSubstr(bad.string()));
        return why;
    };
    EXPECT_THAT(refused(good.substr(0, good.size() - 5)), HasSubstr(": line 153: column "));
    EXPECT_THAT(refused(good + "[1]\n"), HasSubstr(": line 154: expected an object, found array"));
    EXPECT_THAT(refused(good + "{\"x\":1}\n"), HasSubstr(": line 154: expected {\"run\": …} or {\"run_id\""));
    EXPECT_THAT(refused(good.substr(first.size())),
                HasSubstr(": line 1: run " + run.uuid + " was not introduced"));
    EXPECT_THAT(refused(good + first), HasSubstr("line 154: run " + run.uuid + " comes a second time"));
    EXPECT_THAT(refused("{\"run\": {\"name\": \"x\"}}\n"), HasSubstr("line 1: 'id' is missing"));
    EXPECT_THAT(refused("{\"run\": {\"id\": \"7\", \"name\": 3}}\n"),
                HasSubstr("line 1: name: expected a text, found 3"));
    const std::string of_run = "{\"run_id\":\"" + run.uuid + "\",\"metric\":\"m\",\"epoch\":0,\"seconds\":0,";
    EXPECT_THAT(refused(first + of_run + "\"update\":-1,\"value\":1}"),
                HasSubstr("line 2: update: expected ≥ 0, found -1"));
    EXPECT_THAT(refused(first + of_run + "\"update\":1,\"value\":\"a\"}"),
                HasSubstr("line 2: value: expected a number or null, found \"a\""));
    EXPECT_THAT(refused(first + of_run + "\"update\":1}"), HasSubstr("line 2: 'value' is missing"));
}

TEST(Jsonl, CancelledLeavesTheOldFile) {
    const StorePlace here;
    const RunId run = add_full_run(here, 1);
    const auto file = here.folder.write("runs.jsonl", "old");
    const auto entries = here.folder.entries();
    EXPECT_EQ(refusal(export_jsonl(*here.reader(), {run}, file, [](double) { return false; })),
              "the export was cancelled; nothing was written");
    EXPECT_EQ(read_text(file), "old");
    EXPECT_EQ(here.folder.entries(), entries);
}

TEST(Jsonl, WhatIsNestedWithoutEndIsRefused) {
    const StorePlace place;
    const std::string deep(100'000, '['), up(100'000, ']');
    const auto file = place.folder.write("deep.jsonl", "{\"run\": {\"id\": " + deep + up + "}}\n");
    EXPECT_THAT(refusal(import_into(place, file)),
                HasSubstr("deep.jsonl: line 1: nested more than 100 deep"));
}

} // namespace descent
