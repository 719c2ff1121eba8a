// What is said of each class of a finished run: `descent classes`, `descent errors`, `export --curve`.

#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace descent::test {

namespace {

using testing::HasSubstr;

class Scores : public Cli {
protected:
    std::string trained(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"--regime", "sgd", "--epochs", "2", "--quiet"};
        words.insert(words.end(), more.begin(), more.end());
        const auto ended = descent(tiny_run(words));
        EXPECT_EQ(ended.code, 0) << ended.err;
        return lines_of(ended.out).at(0);
    }
};

TEST_F(Scores, TellTheSameAsTheRunMeasured) {
    const auto run = trained();
    const auto shown = nlohmann::json::parse(descent({"show", run, "--json"}).out);
    for (const std::string set : {"validation", "test"}) {
        const auto of = nlohmann::json::parse(descent({"classes", run, "--set", set, "--json"}).out);
        const auto metric = [&](const std::string& name) {
            return shown["metrics"][set + "/" + name]["last"].get<double>();
        };
        EXPECT_NEAR(of["accuracy"].get<double>(), metric("accuracy"), 1e-12);
        EXPECT_NEAR(of["macro"]["f1"].get<double>(), metric("macro-f1"), 1e-12);
        EXPECT_NEAR(of["macro"]["precision"].get<double>(), metric("macro-precision"), 1e-12);
        EXPECT_NEAR(of["weighted"]["f1"].get<double>(), metric("weighted-f1"), 1e-12);
        EXPECT_NEAR(of["macro_auroc"].get<double>(), metric("macro-auroc"), 1e-12);
        EXPECT_NEAR(of["micro_auroc"].get<double>(), metric("micro-auroc"), 1e-12);
        EXPECT_NEAR(of["calibration_error"].get<double>(), metric("calibration-error"), 1e-12);
        ASSERT_EQ(of["classes"].size(), 3U);
        EXPECT_EQ(of["classes"][2]["class"], "Scottish");

        const auto wrong =
            nlohmann::json::parse(descent({"errors", run, "--set", set, "--limit", "0", "--json"}).out);
        const auto examples = of["examples"].get<double>();
        EXPECT_EQ(wrong["errors"].size(), wrong["wrong"].get<std::size_t>());
        EXPECT_NEAR(wrong["wrong"].get<double>(), examples * (1 - of["accuracy"].get<double>()), 1e-9);
        double before = 1e9;
        for (const auto& each : wrong["errors"]) {
            EXPECT_NE(each["truth"], each["answer"]);
            EXPECT_LE(each["loss"].get<double>(), before);
            before = each["loss"];
            // The name itself, of the class that it is an example of.
            const auto file = read(data_ / (each["truth"].get<std::string>() + ".txt"));
            EXPECT_THAT(file, HasSubstr(each["text"].get<std::string>()));
        }
    }
    const auto text = descent({"classes", run}).out;
    for (const auto* word : {"Italian", "macro average", "weighted average", "micro average", "calibration"})
        EXPECT_THAT(text, HasSubstr(word));
    EXPECT_THAT(descent({"classes", run, "--reliability"}).out, HasSubstr("confidence"));
    EXPECT_THAT(descent({"classes", run, "--confusion"}).out, HasSubstr("Polish"));
    EXPECT_THAT(descent({"errors", run}).out, HasSubstr("validation examples answered wrongly"));
}

TEST_F(Scores, GoIntoFiles) {
    const auto run = trained();
    ASSERT_EQ(descent({"classes", run, "--csv", "classes.csv"}).code, 0);
    EXPECT_THAT(read(folder_ / "classes.csv"),
                HasSubstr("class,examples,answers,precision,recall,f1,auroc,auroc_low,auroc_high\nItalian,"));
    ASSERT_EQ(descent({"errors", run, "--limit", "0", "--csv", "errors.csv"}).code, 0);
    EXPECT_THAT(read(folder_ / "errors.csv"), HasSubstr("example,truth,answer,confidence,loss,text\n"));
    ASSERT_EQ(descent({"export", run, "--curve", "roc", "--csv", "roc.csv"}).code, 0);
    const auto rows = lines_of(read(folder_ / "roc.csv"));
    for (const auto* set : {",validation,", ",test,"})
        for (const auto* curve : {"Italian,", "Polish,", "Scottish,", "micro average,", "macro average,"}) {
            const auto of = [&](const std::string& row) {
                return row.find(std::string(set) + curve) != std::string::npos;
            };
            const auto first = std::ranges::find_if(rows, of);
            ASSERT_NE(first, rows.end()) << set << curve;
            EXPECT_TRUE(std::find_if(rows.rbegin(), rows.rend(), of)->ends_with(",1,1")) << "ends at (1, 1)";
        }
    EXPECT_EQ(descent({"export", run, "--curve", "det", "--csv", "det.csv"}).code, 0);
}

TEST_F(Scores, SayWhyThereAreNone) {
    const auto regression =
        descent({"run", "--task", "teacher", "--updates", "2", "--quiet", "--threads", "1"});
    ASSERT_EQ(regression.code, 0) << regression.err;
    expect_refused({"classes", lines_of(regression.out).at(0)}, {"has no scores", "its task has no classes"});
    const auto run = trained();
    expect_refused({"errors", run, "--class", "Scotish"}, {"no such class", "did you mean 'Scottish'"});
    write(data_ / "Polish.txt", "other\nnames\nthan\nbefore\nentirely\nnew\nones\nhere\nnow\nsee\n");
    expect_refused({"errors", run}, {"no longer those that run '" + run + "' was measured on"});
    EXPECT_EQ(descent({"classes", run}).code, 0) << "which needs no data";
}

TEST_F(Scores, ALossThatDoesNotGoWithTheOutputsIsRefused) {
    expect_refused({"run", "--task", "gaussian-mixture", "--model", "mlp", "--set", "model.output=softmax"},
                   {"regime.loss = cross-entropy applies softmax itself", "model.output = identity"});
    expect_refused(tiny_run({"--set", "regime.loss=nll"}), {"model 'gru' answers with logits"});
}

} // namespace

} // namespace descent::test
