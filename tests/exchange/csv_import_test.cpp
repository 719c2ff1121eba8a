#include "core/text/csv_table.h"
#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <random>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

struct CsvImport : ::testing::Test {
    StorePlace place;

    ImportReport imported(const std::string& name, const std::string& text) const {
        return must(import_into(place, place.folder.write(name, text)));
    }
    std::string refused(const std::string& text) const {
        const auto file = place.folder.write("bad.csv", text);
        const std::string why = refusal(import_into(place, file));
        EXPECT_EQ(query(place.path(), "SELECT count(*) FROM run"), "0") << why;
        EXPECT_TRUE(why.find(file.string()) != std::string::npos) << why;
        EXPECT_EQ(std::ranges::count(why, '\n'), 0) << why;
        return why;
    }
    /// update=value of each sample.
    std::string series(const RunId& run, const std::string& metric) const {
        std::string text;
        for (const SeriesPoint& point : place.reader()->series(run, metric))
            text += (text.empty() ? "" : " ") + std::to_string(point.update.count) + "=" +
                    std::to_string(point.value).substr(0, 4);
        return text;
    }
    std::string named(const std::string& name) const { return must(place.reader()->find(name)).uuid; }
};

} // namespace

TEST_F(CsvImport, WhatWasExportedComesBackBitForBit) {
    StorePlace here;
    std::vector<RunId> runs{add_full_run(here, 18'446'744'073'709'551'615u)};
    {
        // Metrics that appear late and in another order than their numbers, odd values, odd names.
        const auto writer = here.writer();
        RunRecord record = example_run(7);
        record.name = "a \"b\", c";
        runs.push_back(must(writer->create(record)).id);
        auto batch = batch_of(runs.back());
        batch->metrics = {{0, "late"}, {1, "first, second"}, {2, "x"}, {3, "lone"}};
        std::mt19937_64 random(11);
        batch->samples = {{3, Update{0}, Epoch{kNaN}, 0.1, 1},
                          {2, Update{1}, Epoch{0.1}, 0.2, kNaN},
                          {0, Update{9}, Epoch{1}, 1e-300, kInfinity},
                          {1, Update{9}, Epoch{1}, 0.3, -kInfinity}};
        for (std::int64_t update = 10; update < 700; ++update) {
            const double value = std::bit_cast<double>(random());
            batch->samples.push_back({static_cast<std::uint32_t>(random() % 3), Update{update},
                                      Epoch{std::abs(std::sin(static_cast<double>(update)))},
                                      1.0 / static_cast<double>(update), value});
        }
        writer->push(batch);
        must(writer->flush());
    }
    const auto file = here.folder.file("out.csv"), again = here.folder.file("again.csv");
    must(export_csv(*here.reader(), runs, file));
    const ImportReport report = must(import_into(place, file));
    EXPECT_EQ(report.runs, runs);
    must(export_csv(*place.reader(), runs, again));
    EXPECT_EQ(read_text(again), read_text(file));
    EXPECT_EQ(must(import_into(place, file)).known, 2);
    EXPECT_EQ(place.stored(runs[0]).tags, std::vector<std::string>{"imported"});
    EXPECT_EQ(place.stored(runs[0]).spec.seed, 18'446'744'073'709'551'615u);
}

TEST_F(CsvImport, ARunKnownFromATableGetsItsSpecByMerging) {
    StorePlace here;
    const RunId run = add_full_run(here, 5);
    const auto file = here.folder.file("out.csv");
    must(export_csv(*here.reader(), {run}, file));
    must(import_into(place, file));
    EXPECT_EQ(place.stored(run).spec.model.id, "imported");
    EXPECT_EQ(must(merge_into(place, here.path())).grown, 1);
    EXPECT_EQ(place.stored(run).spec, here.stored(run).spec);
    EXPECT_EQ(place.stored(run).provenance.data_hash, here.stored(run).provenance.data_hash);
    EXPECT_EQ(place.stored(run).tags, here.stored(run).tags);
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM param"),
              query(here.path(), "SELECT count(*) FROM param"));
    // And the table adds nothing to the run itself.
    const auto before = content(here.path());
    EXPECT_EQ(must(import_into(here, file)).known, 1);
    EXPECT_EQ(content(here.path()), before);
}

TEST_F(CsvImport, ATableIsARunOfItsName) {
    const ImportReport report = imported("lr 0.1.csv", "\xef\xbb\xbfstep,train_loss,val_acc,comment\r\n"
                                                       "0,2.5,,start\r\n"
                                                       "10,1.5,0.25,\r\n"
                                                       "20,nan,0.5,\"a, \"\"b\"\"\r\nc\"\r\n");
    ASSERT_THAT(report.runs, SizeIs(1));
    EXPECT_EQ(series(report.runs[0], "train_loss"), "0=2.50 10=1.50 20=nan");
    EXPECT_EQ(series(report.runs[0], "val_acc"), "10=0.25 20=0.50");
    ASSERT_THAT(report.warnings, SizeIs(1));
    EXPECT_THAT(report.warnings[0],
                HasSubstr("column 'comment' was left out, for it holds text (line 2: 'start')"));
    const RunRecord run = place.stored(report.runs[0]);
    EXPECT_EQ(run.name, "lr 0.1");
    EXPECT_EQ(run.state, RunState::finished);
    EXPECT_EQ(run.updates, Update{20});
    EXPECT_THAT(run.tags, ElementsAre("imported"));
    EXPECT_EQ(run.spec.task.id + run.spec.model.id + run.spec.optimizer.id + run.spec.regime.id,
              "importedimportedimportedimported");
    EXPECT_DOUBLE_EQ(run.summary.at("train_loss").best, 1.5);
    EXPECT_DOUBLE_EQ(run.summary.at("val_acc").best, 0.5);
    const auto log = place.reader()->log(run.id);
    ASSERT_THAT(log, SizeIs(1));
    EXPECT_THAT(log[0].text, HasSubstr("imported from " + place.folder.file("lr 0.1.csv").string()));
}

TEST_F(CsvImport, AgainRepeatsNothingAndGrownBringsTheRest) {
    const std::string text = "step,loss\n1,3\n2,2\n";
    const RunId run = imported("log.csv", text).runs.at(0);
    must(place.writer()->apply({SetName{run, "mine"}, SetTags{run, {}}}));
    const auto once = content(place.path());
    EXPECT_EQ(imported("log.csv", text).known, 1);
    EXPECT_EQ(content(place.path()), once);
    const ImportReport more = imported("log.csv", text + "3,1\n4,0.5\n");
    EXPECT_EQ(more.grown, 1);
    EXPECT_THAT(more.runs, IsEmpty());
    EXPECT_EQ(series(run, "loss"), "1=3.00 2=2.00 3=1.00 4=0.50");
    EXPECT_EQ(place.stored(run).updates, Update{4});
    EXPECT_EQ(place.stored(run).name, "mine");
    EXPECT_DOUBLE_EQ(place.stored(run).summary.at("loss").last, 0.5);
    EXPECT_EQ(imported("log.csv", text).known, 1) << "the shorter one adds nothing";

    // Another run that begins alike is another run.
    const ImportReport other = imported("log.csv", "step,loss\n1,3\n2,2.5\n");
    ASSERT_THAT(other.runs, SizeIs(1));
    EXPECT_EQ(series(other.runs[0], "loss"), "1=3.00 2=2.50");
    EXPECT_EQ(series(run, "loss"), "1=3.00 2=2.00 3=1.00 4=0.50");
    EXPECT_EQ(imported("log.csv", "step,loss\n1,3\n2,2.5\n").known, 1);
}

TEST_F(CsvImport, StepsEpochsAndTimesByTheNamesOfColumns) {
    const RunId lightning =
        imported("metrics.csv", "epoch,global_step,loss,val_loss\n0,49,1,\n0,49,,2\n1,99,0.5,\n").runs.at(0);
    EXPECT_EQ(series(lightning, "loss"), "49=1.00 99=0.50");
    EXPECT_EQ(series(lightning, "val_loss"), "49=2.00");
    EXPECT_EQ(place.reader()->series(lightning, "loss")[1].epoch.passes, 1);

    const RunId epochs = imported("e.csv", "Epoch;loss\n1;5\n2;4\n").runs.at(0);
    EXPECT_EQ(series(epochs, "loss"), "1=5.00 2=4.00");
    const RunId fractions = imported("f.csv", "epoch\tloss\n0.5\t5\n1\t4\n").runs.at(0);
    EXPECT_EQ(series(fractions, "loss"), "0=5.00 1=4.00");
    EXPECT_EQ(place.reader()->series(fractions, "loss")[0].epoch.passes, 0.5);

    const RunId rows = imported("r.csv", ",loss\n0,5\n1,4\n").runs.at(0);
    EXPECT_EQ(series(rows, "loss"), "0=5.00 1=4.00");
    EXPECT_THAT(place.reader()->metrics(rows), SizeIs(1)) << "the nameless column counts the rows";

    const RunId board =
        imported("t.csv", "Wall time,Step,Value\n1700000000.5,3,0.25\n1700000002.5,4,0.5\n").runs.at(0);
    EXPECT_EQ(series(board, "Value"), "3=0.25 4=0.50");
    EXPECT_EQ(place.reader()->series(board, "Value")[1].seconds, 2);

    const ImportReport twice = imported("d.csv", "step,loss\n1,5\n2,4\n1,3\n");
    EXPECT_EQ(series(twice.runs.at(0), "loss"), "1=3.00 2=4.00");
    EXPECT_THAT(twice.warnings,
                ElementsAre("d: 1 value at a step that comes again later; the last of each counts"));
}

TEST_F(CsvImport, WandbsExportOfAChart) {
    const std::string text =
        "\"Step\",\"deft-sun-1 - val/loss\",\"deft-sun-1 - val/loss__MIN\",\"deft-sun-1 - val/loss__MAX\","
        "\"a - b - val/loss\",\"a - b - val/loss__MIN\",\"a - b - val/loss__MAX\"\n"
        "\"0\",\"1.5\",\"1.5\",\"1.5\",\"\",\"\",\"\"\n"
        "\"5\",\"1.25\",\"1.25\",\"1.25\",\"3\",\"2\",\"4\"\n"
        "\"10\",\"NaN\",\"NaN\",\"NaN\",\"Infinity\",\"3\",\"Infinity\"\n";
    const ImportReport report = imported("wandb_export.csv", text);
    ASSERT_THAT(report.runs, SizeIs(2));
    EXPECT_THAT(report.warnings, IsEmpty());
    const RunId sun{named("deft-sun-1")}, other{named("a - b")};
    EXPECT_EQ(series(sun, "val/loss"), "0=1.50 5=1.25 10=nan");
    EXPECT_EQ(series(other, "val/loss"), "5=3.00 10=inf");
    EXPECT_EQ(series(other, "val/loss/min"), "5=2.00 10=3.00");
    EXPECT_EQ(series(other, "val/loss/max"), "5=4.00 10=inf");
    EXPECT_EQ(imported("renamed.csv", text).known, 2);
    EXPECT_THAT(place.stored(sun).tags, ElementsAre("imported"));
    EXPECT_THAT(must(place.reader()->runs({.where = "best:val/loss < 2"})), SizeIs(1));
}

TEST_F(CsvImport, SaysWhatIsWrongAndWhere) {
    EXPECT_THAT(refused("step,loss\n0,1\nx,2\n"), HasSubstr(": line 3: step: expected a whole number ≥ 0"));
    EXPECT_THAT(refused("step,loss\n0,1\n-1,2\n"),
                HasSubstr(": line 3: step: expected a whole number ≥ 0, found -1"));
    EXPECT_THAT(refused("step,loss\n0,1\n1.5,2\n"),
                HasSubstr(": line 3: step: expected a whole number ≥ 0, found 1.5"));
    EXPECT_THAT(refused("step,loss\n0,1\n\n1,2,3\n"), HasSubstr(": line 4: 3 fields, expected 2"));
    EXPECT_THAT(refused("step,loss\n0,\"1\n2\n"),
                HasSubstr(": line 2: the quote that is opened here is not closed"));
    EXPECT_THAT(refused("step,l\xff\n0,1\n"), HasSubstr(": line 1: this is not UTF-8 text"));
    EXPECT_THAT(refused("step,loss,Größe\n0,1,h\xf6he\n"), HasSubstr(": line 2: this is not UTF-8 text"));
    EXPECT_THAT(refused("step,name\n0,a\n1,b\n"), HasSubstr("no column of numbers"));
    EXPECT_THAT(refused("step,loss\n"), HasSubstr("no rows"));
    EXPECT_THAT(refused("hello\n"), HasSubstr("no rows"));
    EXPECT_THAT(refused("Name,State,Notes,User,Runtime,lr\na,finished,,b,3,0.1\n"),
                HasSubstr("W&B's table of runs"));
    const std::string head = "run_id,run,seed,update,epoch,wall_time,metric,value\n";
    const std::string id = "00000000-0000-4000-8000-000000000001";
    EXPECT_THAT(refused(head + "7,a,1,0,0,0,loss,1\n"),
                HasSubstr("line 2: run_id: expected a UUID, found '7'"));
    EXPECT_THAT(refused(head + id + ",a,1,0,0,0,loss,1\n" + id + ",a,1,x,0,0,loss,1\n"),
                HasSubstr("line 3: update: expected a whole number ≥ 0, found 'x'"));
    EXPECT_THAT(refused(head + id + ",a,1,0,0,0,loss,one\n"),
                HasSubstr("line 2: value: expected a number, found 'one'"));
    EXPECT_THAT(refused(head + id + ",a,-1,0,0,0,loss,1\n"),
                HasSubstr("line 2: seed: expected a whole number"));
    EXPECT_THAT(refused(head), HasSubstr("holds no runs"));
}

TEST(CsvTable, KeepsACarriageReturnThatIsQuoted) {
    const StorePlace place;
    CsvTable table(place.folder.write("t.csv", "a,b\r\n1,\"x\r\"\r\n2,y\r\n"));
    std::vector<std::string> fields;
    ASSERT_TRUE(table.next(fields));
    EXPECT_EQ(fields, (std::vector<std::string>{"1", "x\r"}));
    ASSERT_TRUE(table.next(fields));
    EXPECT_EQ(fields, (std::vector<std::string>{"2", "y"}));
}

} // namespace descent
