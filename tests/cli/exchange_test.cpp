#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two trained runs in the store, and another store to take them to.
class Exchange : public Cli {
protected:
    void SetUp() override {
        Cli::SetUp();
        for (const char* seed : {"1", "2"}) {
            const auto ended = descent(tiny_run({"--epochs", "2", "--seed", seed, "--quiet"}));
            ASSERT_EQ(ended.code, 0) << ended.err;
            runs_.push_back(lines_of(ended.out).at(0));
        }
    }
    std::string csv(const std::string& store_file, const std::string& name) const {
        std::vector<std::string> words{"export"};
        words.insert(words.end(), runs_.begin(), runs_.end());
        words.insert(words.end(), {"--csv", name, "--store", store_file});
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        return read(folder_ / name);
    }

    std::vector<std::string> runs_;
};

TEST_F(Exchange, EveryFormComesBack) {
    const std::string whole = csv("runs.sqlite", "whole.csv");
    for (const auto& [option, file] :
         {std::pair("--csv", "x.csv"), std::pair("--jsonl", "x.jsonl"), std::pair("--bundle", "x.descent")}) {
        const auto out = descent({"export", runs_[0], runs_[1], option, file});
        EXPECT_EQ(out.code, 0) << out.err;
        EXPECT_THAT(out.out, HasSubstr(std::string(" written to ") + file));
        const std::string other = std::string(file) + ".sqlite";
        const auto in = descent({"import", file, "--store", other});
        EXPECT_EQ(in.code, 0) << in.err;
        EXPECT_THAT(lines_of(in.out), ElementsAre(runs_[0], runs_[1], "2 runs imported"));
        EXPECT_EQ(csv(other, "again.csv"), whole) << option;
        EXPECT_EQ(descent({"import", file, "--store", other}).out,
                  "0 runs imported, 2 runs were there already\n");
        EXPECT_EQ(csv(other, "again.csv"), whole) << option;
    }
}

TEST_F(Exchange, TensorBoardsFilesComeBackRounded) {
    const auto out = descent({"export", runs_[0], runs_[1], "--tensorboard", "board"});
    EXPECT_EQ(out.code, 0) << out.err;
    EXPECT_TRUE(fs::is_directory(folder_ / "board" / runs_[0]));
    const auto in = descent({"import", "board", "--json"});
    EXPECT_EQ(in.code, 0) << in.err;
    const auto report = nlohmann::json::parse(in.out);
    ASSERT_EQ(report["imported"].size(), 2u) << in.out;
    EXPECT_EQ(report["known"], 0);
    EXPECT_EQ(report["warnings"].size(), 1u) << "text is left out";
    const std::string name = report["imported"][0]["run"];
    EXPECT_TRUE(name == runs_[0] + "-2" || name == runs_[1] + "-2") << name;
    auto rounded = samples(name);
    EXPECT_FALSE(rounded.empty());
    EXPECT_EQ(stored_runs().size(), 4u);
    expect_refused({"export", runs_[0], "--tensorboard", "board"}, {"'board' is not empty"});
}

TEST_F(Exchange, ABundleResumesElsewhere) {
    const auto child = start(tiny_run({"--epochs", "2500", "--seed", "11", "--json"}));
    std::string run;
    while (const auto line = child->next_line()) {
        const auto object = nlohmann::json::parse(*line, nullptr, false);
        if (object.value("event", "") == "started") run = object["run"];
        if (object.value("metric", "") == "validation/loss" && object["update"] > 20) break;
    }
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_EQ(descent({"export", run, "--bundle", "stopped.descent"}).code, 0);
    EXPECT_EQ(descent({"import", "stopped.descent", "--store", "b.sqlite"}).code, 0);
    const auto resumed = descent({"resume", run, "--quiet", "--store", "b.sqlite"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    // And back: the run here gets the rest.
    EXPECT_EQ(descent({"merge", "b.sqlite"}).out, "0 runs imported, 1 run grown\n");
    const auto all = stored_runs();
    EXPECT_TRUE(
        std::ranges::any_of(all, [&](const auto& r) { return r["run"] == run && r["state"] == "finished"; }));
}

TEST_F(Exchange, RunsAreChosenByAFilter) {
    EXPECT_EQ(descent({"tag", runs_[1], "--add", "paper"}).code, 0);
    EXPECT_EQ(descent({"export", "--where", "tag:paper", "--bundle", "p.descent"}).out,
              "1 run written to p.descent\n");
    EXPECT_EQ(descent({"export", runs_[0], "--where", "tag:paper", "--bundle", "p.descent"}).out,
              "2 runs written to p.descent\n");
    expect_refused({"export", "--where", "tag:none", "--bundle", "q.descent"}, {"no run matches"});
    expect_refused({"export", "--where", "model =", "--bundle", "q.descent"}, {"column"});
}

TEST_F(Exchange, MergingStoresKeepsEverything) {
    EXPECT_EQ(descent({"export", runs_[0], "--bundle", "one.descent"}).code, 0);
    EXPECT_EQ(descent({"import", "one.descent", "--store", "b.sqlite"}).code, 0);
    EXPECT_EQ(descent(tiny_run({"--epochs", "1", "--seed", "3", "--quiet", "--store", "b.sqlite"})).code, 0);
    EXPECT_EQ(descent({"note", runs_[0], "from b", "--store", "b.sqlite"}).code, 0);
    EXPECT_EQ(descent({"note", runs_[0], "from a"}).code, 0);
    const auto merged = descent({"merge", "b.sqlite", "--json"});
    EXPECT_EQ(merged.code, 0) << merged.err;
    const auto report = nlohmann::json::parse(merged.out);
    EXPECT_EQ(report["imported"].size(), 1u);
    EXPECT_EQ(report["grown"], 1);
    EXPECT_EQ(stored_runs().size(), 3u);
    EXPECT_EQ(descent({"note", runs_[0]}).out, "from a\n\nfrom b\n");
    EXPECT_EQ(descent({"merge", "b.sqlite", "runs.sqlite"}).out,
              "0 runs imported, 5 runs were there already\n");
}

TEST_F(Exchange, WhatIsNotKnownOfImportedRunsIsNotSaid) {
    write(folder_ / "one.csv", "step,loss\n0,1\n7,2\n");
    write(folder_ / "two.csv", "step,loss\n0,1\n7,3\n");
    ASSERT_EQ(descent({"import", "one.csv", "two.csv", "--store", "x.sqlite"}).code, 0);
    const auto shown = descent({"show", "one", "--store", "x.sqlite"}).out;
    EXPECT_THAT(shown, HasSubstr("  trained     7 updates, 0 s\n"));
    EXPECT_THAT(shown, HasSubstr("  task        imported\n"));
    for (const char* unknown : {"made with", "hash", "weights"})
        EXPECT_THAT(shown, testing::Not(HasSubstr(unknown)));
    const auto compared = descent({"compare", "one", "two", "--store", "x.sqlite"}).out;
    EXPECT_THAT(compared, HasSubstr("2 runs in 2 groups\n\nThe settings of imported runs are not known.\n"));
    EXPECT_THAT(compared, HasSubstr("The settings of an imported run are not known. The first number that "
                                    "differs is loss at update 7: 2 in one, 3 in two."));
}

TEST_F(Exchange, BadInputIsOneLineAndChangesNothing) {
    expect_refused({"export", runs_[0]}, {"--csv", "--jsonl", "--tensorboard", "--bundle"});
    expect_refused({"export", runs_[0], "--csv", "a", "--jsonl", "b"}, {"one of --csv"});
    expect_refused({"export", "--csv", "a"}, {"--where"});
    expect_refused({"export", runs_[0], "--curve", "roc", "--jsonl", "a"}, {"--curve goes with --csv"});
    for (const char* option : {"--jsonl", "--bundle"}) {
        expect_refused({"export", runs_[0], option, "no/such/file"}, {"no/such/file"});
        expect_refused({"export", runs_[0], option, store().string()}, {"is the store itself"});
    }
    expect_refused({"import"}, {"FILE"});
    expect_refused({"import", "none.csv"}, {"there is no 'none.csv'"});
    write(folder_ / "bad.csv", "step,loss\n0,1\nx,2\n");
    expect_refused({"import", "bad.csv"}, {"bad.csv: line 3: step", "whole number"});
    write(folder_ / "bad.bin", std::string("\0\1\2\3", 4));
    expect_refused({"import", "bad.bin"}, {"bad.bin", "expected a bundle"});
    expect_refused({"merge", "bad.csv"}, {"bad.csv", "not a store"});
    expect_refused({"merge", "names"}, {"folder"});
}

TEST_F(Exchange, WhatCameBeforeABadFileStaysAndIsSaid) {
    write(folder_ / "good.csv", "step,loss\n0,1\n1,0.5\n");
    write(folder_ / "bad.csv", "step,loss\n0,1\nx,2\n");
    const auto ended = descent({"import", "good.csv", "bad.csv"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "good\n1 run imported\n");
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
    EXPECT_EQ(stored_runs().size(), 3u);
    EXPECT_THAT(descent({"show", "good"}).out, HasSubstr("imported"));
    EXPECT_THAT(descent({"runs", "--where", "tag:imported"}).out, HasSubstr("good"));
}

TEST_F(Exchange, CtrlCLeavesNoHalf) {
    std::string text = "step";
    for (int metric = 0; metric < 40; ++metric) text += ",m" + std::to_string(metric);
    std::string row;
    for (int metric = 0; metric < 40; ++metric) row += ",0.125";
    for (int i = 0; i < 40'000; ++i) text += "\n" + std::to_string(i) + row;
    write(folder_ / "long.csv", text);
    const auto child = start({"import", "long.csv"}, true);
    child->signal(SIGINT);
    const int code = child->wait();
    // It may have been done already; but half of it is never there.
    const auto samples_stored = descent({"export", "--where", "tag:imported", "--csv", "l.csv"});
    if (code == 130)
        EXPECT_EQ(samples_stored.code, 2) << "nothing is there";
    else
        EXPECT_EQ(samples_stored.out, "1,600,000 rows written to l.csv\n");
}

} // namespace

} // namespace descent::test
