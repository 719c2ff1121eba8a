#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <set>

namespace descent::test {

namespace {

using testing::Contains;
using testing::HasSubstr;

using RunCommand = Cli;

TEST_F(RunCommand, StreamsJsonLinesFromStartedToFinished) {
    const auto ended = descent(tiny_run({"--epochs", "2", "--seed", "7", "--json"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    const auto lines = json_lines(ended.out);
    ASSERT_GE(lines.size(), 4u);
    EXPECT_EQ(lines.front()["event"], "started");
    EXPECT_EQ(lines.front()["spec"]["seed"], 7);
    EXPECT_EQ(lines.front()["spec"]["model"]["params"]["hidden"], 8);
    EXPECT_EQ(lines.front()["provenance"]["data_source"], data_.string());
    EXPECT_EQ(lines.back()["event"], "finished");
    EXPECT_EQ(lines.back()["state"], "finished");
    EXPECT_EQ(lines.back()["run"], lines.front()["run"]);
    EXPECT_EQ(lines.back()["id"], lines.front()["id"]);

    std::set<std::string> metrics;
    for (const auto& line : lines) {
        if (line["event"] != "sample") continue;
        metrics.insert(line["metric"]);
        EXPECT_TRUE(line["update"].is_number_integer() && line["epoch"].is_number() &&
                    line["seconds"].is_number());
        EXPECT_TRUE(line["value"].is_number() || line.contains("nonfinite")) << line;
    }
    for (const char* metric :
         {"train/loss", "validation/loss", "train/accuracy", "validation/accuracy",
          "validation/majority-baseline", "validation/balanced-accuracy", "validation/macro-f1",
          "validation/recall/Polish", "batch/loss", "gradient/norm", "step/length", "lr", "throughput"})
        EXPECT_THAT(metrics, Contains(metric));
    // What was streamed is what was stored, and nothing is missing.
    const auto is_sample = [](const auto& line) {
        return line["event"] == "sample" && line["metric"] != "throughput";
    };
    EXPECT_EQ(std::ranges::count_if(lines, is_sample),
              static_cast<long>(samples(lines.back()["run"]).size()) - 1);
}

TEST_F(RunCommand, WithoutATerminalPrintsPlainLinesAndASummary) {
    const auto ended = descent(tiny_run({"--epochs", "2"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.out.find('\r'), std::string::npos);
    EXPECT_EQ(ended.out.find('\033'), std::string::npos);
    const std::string run = stored_runs()[0]["run"];
    for (const auto& part : {run, std::string("finished"), std::string("loss"), std::string("accuracy"),
                             std::string("commonest class"), "descent show " + run, "descent export " + run})
        EXPECT_THAT(ended.out, HasSubstr(part));
}

TEST_F(RunCommand, OnATerminalABarIsDrawnAndTakenAway) {
    const auto child = start(tiny_run({"--epochs", "3000"}), true);
    EXPECT_EQ(child->wait(), 0) << child->err();
    const std::string& out = child->out();
    for (const char* part : {"epoch ", "/3,000 ", "━", "─", "loss ", "accuracy ", " left"})
        EXPECT_THAT(out, HasSubstr(part));
    // The last thing done to the bar's line is to clear it; the summary follows.
    const auto cleared = out.rfind("\r\033[K");
    ASSERT_NE(cleared, std::string::npos);
    EXPECT_EQ(out.find("━", cleared), std::string::npos);
    EXPECT_NE(out.find("finished after 6,000 updates", cleared), std::string::npos);
}

TEST_F(RunCommand, QuietPrintsTheNameOnly) {
    const auto ended = descent(tiny_run({"--updates", "3", "--quiet"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    auto run = stored_runs()[0];
    EXPECT_EQ(ended.out, run["run"].get<std::string>() + "\n");
    EXPECT_EQ(run["updates"], 3);
}

TEST_F(RunCommand, ThreadsCanBeMeasured) {
    const auto ended = descent({"run", "--task", "gaussian-mixture", "--updates", "3", "--set",
                                "model.hidden=4", "--threads", "auto", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("ms on 1"));
    EXPECT_GE(stored_runs()[0]["provenance"]["threads"].get<int>(), 1);
}

TEST_F(RunCommand, ReplicatesTakeTheFollowingSeeds) {
    const auto ended = descent(tiny_run({"--epochs", "1", "--seed", "5", "--replicates", "3", "--quiet"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    std::set<int> seeds;
    for (const auto& run : stored_runs()) seeds.insert(run["spec"]["seed"].get<int>());
    EXPECT_EQ(seeds, (std::set<int>{5, 6, 7}));
}

TEST_F(RunCommand, TheSameSpecAndSeedGiveTheSameBits) {
    ASSERT_EQ(descent(tiny_run({"--epochs", "3", "--replicates", "1", "--quiet"})).code, 0);
    ASSERT_EQ(descent(tiny_run({"--epochs", "3", "--quiet"})).code, 0);
    auto runs = stored_runs();
    ASSERT_EQ(runs.size(), 2u);
    EXPECT_EQ(runs[0]["key"], runs[1]["key"]);
    EXPECT_EQ(samples(runs[0]["run"]), samples(runs[1]["run"]));
}

TEST_F(RunCommand, DivergenceIsKeptAndSaid) {
    // Linear from letter to letter, so that a weight of 1e19 becomes its tenth power within a name.
    const auto ended =
        descent({"run", "--task", "names", "--set", "task.source=names", "--model", "char-rnn-linear",
                 "--optimizer", "sgd", "--set", "optimizer.lr=1e20", "--epochs", "50", "--json"});
    EXPECT_EQ(ended.code, 3) << ended.out;
    EXPECT_EQ(lines_of(ended.err).size(), 1u) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("diverged"));
    const auto lines = json_lines(ended.out);
    EXPECT_EQ(lines.back()["state"], "diverged");
    const auto nonfinite = [](const auto& line) {
        return line.contains("nonfinite") && line["value"].is_null();
    };
    EXPECT_TRUE(std::ranges::any_of(lines, nonfinite));
    EXPECT_EQ(stored_runs()[0]["state"], "diverged");
}

TEST_F(RunCommand, ASpecFileIsReadAndOptionsBesideItWin) {
    write(folder_ / "spec.toml", "seed = 3\nepochs = 2\n"
                                 "[task]\nid = \"names\"\nsource = \"" +
                                     data_.string() +
                                     "\"\n"
                                     "[model]\nid = \"gru\"\nhidden = 8\n"
                                     "[optimizer]\nid = \"adam\"\nlr = 0.01\n");
    const auto ended = descent({"run", "--spec", "spec.toml", "--seed", "4", "--updates", "3", "--set",
                                "optimizer.lr=0.02", "--quiet"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    auto spec = stored_runs()[0]["spec"];
    EXPECT_EQ(spec["seed"], 4);
    EXPECT_EQ(spec["budget"], (nlohmann::json{{"updates", 3}}));
    EXPECT_EQ(spec["model"]["params"]["hidden"], 8);
    EXPECT_EQ(spec["optimizer"]["id"], "adam");
    EXPECT_EQ(spec["optimizer"]["params"]["lr"], 0.02);

    // And back: what show prints trains the same run.
    const auto toml = descent({"show", stored_runs()[0]["run"], "--toml"});
    ASSERT_EQ(toml.code, 0) << toml.err;
    write(folder_ / "again.toml", toml.out);
    ASSERT_EQ(descent({"run", "--spec", "again.toml", "--quiet"}).code, 0);
    EXPECT_EQ(stored_runs()[0]["key"], stored_runs()[1]["key"]);
}

TEST_F(RunCommand, RunsShowAndExportFindItAgain) {
    ASSERT_EQ(descent(tiny_run({"--epochs", "1", "--quiet"})).code, 0);
    const auto trained = descent({"run", "--task", "names", "--set", "task.source=names", "--model", "elman",
                                  "--epochs", "2", "--seed", "9", "--quiet"});
    ASSERT_EQ(trained.code, 0) << trained.err;
    const auto elman =
        nlohmann::json::parse(descent({"runs", "--where", "model = elman and seed = 9", "--json"}).out);
    ASSERT_EQ(elman.size(), 1u);
    const std::string name = elman[0]["run"], id = elman[0]["id"];
    const auto list = descent({"runs", "--where", "best:validation/accuracy >= 0"});
    EXPECT_EQ(lines_of(list.out).size(), 3u) << list.out;
    EXPECT_THAT(descent({"runs", "--where", "model = lstm"}).out, HasSubstr("No such runs"));

    for (const auto& word : {name, id, id.substr(0, 8)}) {
        const auto shown = descent({"show", word});
        EXPECT_EQ(shown.code, 0) << shown.err;
        EXPECT_THAT(shown.out, HasSubstr(id));
        EXPECT_THAT(shown.out, HasSubstr("validation/accuracy"));
        // What was chosen, without the many that were not.
        EXPECT_THAT(shown.out, HasSubstr("source="));
        EXPECT_THAT(shown.out, HasSubstr("at their defaults"));
        EXPECT_THAT(shown.out, Not(HasSubstr("label_smoothing")));
    }
    auto json = nlohmann::json::parse(descent({"show", name, "--json"}).out, nullptr, false);
    EXPECT_EQ(json["id"], id);
    EXPECT_EQ(json["state"], "finished");
    EXPECT_TRUE(json["metrics"]["validation/accuracy"].contains("best")) << json["metrics"];
    EXPECT_TRUE(nlohmann::json::parse(descent({"show", name, "--manifest"}).out, nullptr, false).is_object());

    const auto csv = folder_ / "both.csv";
    const auto exported = descent({"export", name, stored_runs()[1]["run"], "--csv", csv.string()});
    EXPECT_EQ(exported.code, 0) << exported.err;
    const auto rows = lines_of(read(csv));
    EXPECT_EQ(rows[0], "run_id,run,seed,update,epoch,wall_time,metric,value");
    EXPECT_THAT(rows, Contains(HasSubstr(id + "," + name + ",9,")));
}

TEST_F(RunCommand, SymmetryRunsInThePapersSetting) {
    const auto ended = descent({"run", "--task", "symmetry", "--seed", "3", "--epochs", "40", "--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto lines = json_lines(ended.out);
    const auto& started = lines.front();
    EXPECT_EQ(started["spec"]["regime"]["params"]["reduction"], "sum");
    EXPECT_EQ(started["spec"]["model"]["params"]["output"], "sigmoid");
    EXPECT_EQ(started["provenance"]["parameters"], 17);
    EXPECT_EQ(lines.back()["state"], "finished");
    // At first it says of every pattern that it is no mirror image.
    EXPECT_TRUE(std::ranges::any_of(lines, [](const auto& line) {
        return line["event"] == "sample" && line["metric"] == "train/accuracy" && line["value"] == 0.875;
    }));
}

TEST_F(RunCommand, ARegressionIsToldByItsLoss) {
    const auto ended = descent({"run", "--task", "teacher", "--epochs", "20", "--set", "task.dimension=5"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("loss"));
    for (const char* of_classes : {"accuracy", "commonest class"})
        EXPECT_EQ(ended.out.find(of_classes), std::string::npos) << ended.out;
    const std::string run = stored_runs()[0]["run"];
    const auto shown = descent({"show", run});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("train/loss"));
    EXPECT_THAT(shown.out, HasSubstr("test examples, hash "));
    const auto looked = descent({"inspect", "--task", "teacher"});
    EXPECT_EQ(looked.code, 0) << looked.err;
    EXPECT_THAT(looked.out, HasSubstr("training targets have mean "));
    EXPECT_EQ(looked.out.find("commonest class"), std::string::npos) << looked.out;
    expect_refused({"run", "--task", "teacher", "--set", "regime.loss=cross-entropy"},
                   {"regime.loss = cross-entropy", "expected mse"});
}

TEST_F(RunCommand, BadInputLaterChangesNothing) {
    ASSERT_EQ(descent(tiny_run({"--epochs", "1", "--quiet"})).code, 0);
    const auto before = stored_runs();
    EXPECT_EQ(descent(tiny_run({"--set", "optimizer.lr=-1"})).code, 2);
    EXPECT_EQ(descent(tiny_run({"--set", "task.source=/no/such/folder"})).code, 2);
    EXPECT_EQ(stored_runs(), before);
}

TEST_F(RunCommand, EditsAreStored) {
    ASSERT_EQ(descent(tiny_run({"--updates", "1", "--quiet", "--replicates", "2"})).code, 0);
    const std::string run = stored_runs()[0]["run"], other = stored_runs()[1]["run"];
    EXPECT_EQ(descent({"rename", run, "figure-2"}).code, 0);
    EXPECT_EQ(descent({"tag", "figure-2", "--add", "paper,draft", "--remove", "none"}).out,
              "figure-2: draft, paper\n");
    EXPECT_EQ(descent({"tag", "figure-2", "--remove", "draft"}).out, "figure-2: paper\n");
    EXPECT_EQ(descent({"note", "figure-2", "a word about it"}).code, 0);
    EXPECT_EQ(descent({"note", "figure-2"}).out, "a word about it\n");
    EXPECT_EQ(descent({"star", "figure-2", other}).code, 0);
    EXPECT_EQ(descent({"unstar", other}).code, 0);
    EXPECT_EQ(descent({"trash", other}).out, "trashed " + other + "\n");

    auto runs = stored_runs();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0]["run"], "figure-2");
    EXPECT_EQ(runs[0]["tags"], nlohmann::json::array({"paper"}));
    EXPECT_EQ(runs[0]["note"], "a word about it");
    EXPECT_EQ(runs[0]["starred"], true);
    EXPECT_THAT(descent({"runs", "--trashed"}).out, HasSubstr(other));
    EXPECT_EQ(descent({"restore", other}).code, 0);
    EXPECT_EQ(stored_runs().size(), 2u);
    // All or none: one run that is not there keeps the others as they are.
    EXPECT_EQ(descent({"trash", other, "nobody"}).code, 2);
    EXPECT_EQ(stored_runs().size(), 2u);
}

TEST_F(RunCommand, ListsOfAnEmptyHomeAreEmptyAndMakeNoStore) {
    EXPECT_EQ(stored_runs(), nlohmann::json::array());
    EXPECT_THAT(descent({"runs"}).out, HasSubstr("No runs yet"));
    EXPECT_FALSE(std::filesystem::exists(store()));
}

} // namespace

} // namespace descent::test
