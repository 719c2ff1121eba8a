#include "core/store/reader.h"
#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <map>

namespace descent::test {

namespace {

using testing::HasSubstr;
using testing::Not;

class LotteryCommand : public Cli {
protected:
    static std::vector<std::string> with_task(std::vector<std::string> words,
                                              const std::vector<std::string>& more) {
        for (const char* setting :
             {"task.classes=3", "task.dimension=4", "task.train=60", "task.validation=15", "task.test=30",
              "regime.batch_size=10", "model.hidden=8"})
            words.push_back("--set"), words.push_back(setting);
        words.insert(words.end(), {"--task", "gaussian-mixture", "--model", "mlp"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    static std::vector<std::string> sweep(const std::vector<std::string>& more) {
        return with_task({"sweep"}, more);
    }

    /// State, length and the samples (without what depends on the clock) of each run, by key.
    static std::multimap<std::string, std::vector<std::string>> content(const std::filesystem::path& file) {
        std::multimap<std::string, std::vector<std::string>> all;
        const auto reader = unwrap(StoreReader::open(file));
        for (const auto& run : unwrap(reader->runs())) {
            std::vector<std::string> said{std::string(to_string(run.state)) + " " +
                                          std::to_string(run.updates.count)};
            reader->each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
                if (metric.name != "throughput")
                    said.push_back(metric.name + " " + std::to_string(point.update.count) + " " +
                                   to_string(Value{point.value}));
            });
            all.emplace(run.key, std::move(said));
        }
        return all;
    }

    std::vector<RunRecord> runs_of_level(std::int64_t level) const {
        std::vector<RunRecord> found;
        for (auto& run : unwrap(unwrap(StoreReader::open(store()))->runs()))
            if (run.spec.regime.params.integer("prune_level") == level) found.push_back(std::move(run));
        return found;
    }
};

} // namespace

TEST_F(LotteryCommand, TrainsEachLevelAfterTheOneBelowAndTheDenseNetworkOnce) {
    const auto words =
        sweep({"--over", "regime.prune_level=2,1,0", "--over", "regime.prune_branch=ticket,random-mask",
               "--seeds", "2", "--epochs", "3", "--name", "l"});
    auto ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("12 of 12 runs"));
    EXPECT_THAT(ended.out, HasSubstr("nothing gets faster"));
    const auto first = content(store());
    EXPECT_EQ(first.size(), 10u) << "two dense ones, and two levels of two branches for each seed";
    EXPECT_EQ(runs_of_level(0).size(), 2u);
    for (const auto& run : runs_of_level(2)) {
        ASSERT_TRUE(run.summary.contains("weights/density"));
        // 8·4 + 3·8 weights, 36% of them cut.
        EXPECT_NEAR(run.summary.at("weights/density").last, (56 - 20) / 56.0, 1e-12);
    }

    // The same by two processes, in whatever order they come.
    auto other = words;
    other.insert(other.end(), {"--jobs", "2", "--store", (folder_ / "two.sqlite").string()});
    ended = descent(other);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(content(folder_ / "two.sqlite"), first);

    ended = descent({"sweep", "--show", "l", "--json", "--csv", (folder_ / "l.csv").string()});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    EXPECT_EQ(json["lottery"]["lines"].size(), 2u);
    EXPECT_EQ(json["lottery"]["dense"]["n"], 2);
    EXPECT_THAT(read(folder_ / "l.csv"), HasSubstr("ticket,2,0.642857142857142"));
}

TEST_F(LotteryCommand, KilledAndTakenUpAgainEndsTheSame) {
    const auto words = [&](const std::string& file) {
        return sweep({"--over", "regime.prune_level=0,1,2,3", "--epochs", "120", "--name", "l", "--progress",
                      "json", "--jobs", "2", "--seeds", "2", "--store", (folder_ / file).string()});
    };
    ASSERT_EQ(descent(words("whole.sqlite")).code, 0);
    auto child = start(words("broken.sqlite"));
    bool reached = false;
    while (const auto line = child->next_line()) {
        const auto said = nlohmann::json::parse(*line, nullptr, false);
        reached = said.is_object() && said.value("share", 0.0) > 0.6;
        if (reached) break;
    }
    ASSERT_TRUE(reached);
    child->signal(SIGKILL);
    child->wait();
    const auto ended = descent({"sweep", "--resume", "l", "--store", (folder_ / "broken.sqlite").string()});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(content(folder_ / "broken.sqlite"), content(folder_ / "whole.sqlite"));
}

TEST_F(LotteryCommand, LevelsBeyondTheSweepAreTrainedFirst) {
    const auto ended = descent(sweep({"--over", "regime.prune_level=2", "--over",
                                      "regime.prune_branch=random-mask", "--seeds", "2", "--epochs", "2"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("2 of 2 runs"));
    EXPECT_EQ(runs_of_level(0).size(), 2u);
    EXPECT_EQ(runs_of_level(1).size(), 2u);
    for (const auto& run : runs_of_level(1)) EXPECT_EQ(run.spec.regime.params.text("prune_branch"), "ticket");
}

TEST_F(LotteryCommand, ADenseNetworkOfAnEnsembleIsTrainedAgainForItsWeights) {
    ASSERT_EQ(descent(sweep({"--over", "optimizer.lr=0.1,0.2,0.3", "--epochs", "2"})).code, 0);
    const auto dense = runs_of_level(0);
    ASSERT_EQ(dense.size(), 3u);
    EXPECT_FALSE(unwrap(StoreReader::open(store()))->last_checkpoint(dense.front().id))
        << "members keep none";
    const auto ended =
        descent(sweep({"--over", "regime.prune_level=0,1", "--epochs", "2", "--set", "optimizer.lr=0.2"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(runs_of_level(0).size(), 4u);
    EXPECT_EQ(runs_of_level(1).size(), 1u);
}

TEST_F(LotteryCommand, WhatIsCutFromADivergedNetworkIsLeftOut) {
    const auto ended = descent(sweep({"--over", "regime.prune_level=0,1,2", "--epochs", "4", "--set",
                                      "optimizer.lr=1e30", "--set", "model.activation=relu"}));
    EXPECT_EQ(ended.code, 4);
    EXPECT_THAT(ended.err,
                HasSubstr("2 runs were not trained: the network that each is cut from did not finish"));
    EXPECT_EQ(runs_of_level(1).size(), 0u);
}

TEST_F(LotteryCommand, RunTrainsTheLevelsBelowFirstAndSaysSo) {
    const auto words =
        with_task({"run"}, {"--epochs", "2", "--set", "regime.prune_level=2", "--set",
                            "regime.prune_rewind=update", "--set", "regime.prune_rewind_update=4"});
    auto ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out,
                HasSubstr("level 0 first, which level 2 is made from and the store does not have"));
    EXPECT_THAT(ended.out, HasSubstr("level 1 first"));
    const auto log = unwrap(StoreReader::open(store()))->log(runs_of_level(2).front().id);
    EXPECT_TRUE(std::ranges::any_of(log, [](const LogLine& line) {
        return line.text.find("36 of 56 prunable weights remain (64%)") != std::string::npos &&
               line.text.find("those of update 4 again; from run ") != std::string::npos;
    }));
    ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, Not(HasSubstr("first, which")));
    EXPECT_EQ(runs_of_level(0).size(), 1u);
    EXPECT_EQ(runs_of_level(2).size(), 2u) << "what was asked for is trained again, as always";
}

TEST_F(LotteryCommand, MaskTellsWhichWeightsANetworkHas) {
    const auto words = with_task({"run"}, {"--epochs", "2", "--quiet", "--set", "regime.prune_level=2"});
    auto ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto run = lines_of(ended.out).back();
    const auto csv = folder_ / "m.csv", pgm = folder_ / "m.pgm";
    ended = descent({"mask", run, "--json", "--csv", csv.string()});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    std::int64_t kept = 0, all = 0;
    double over_rows = 0;
    for (const auto& layer : json["layers"]) {
        kept += layer["kept"].get<std::int64_t>();
        all += layer["weights"].get<std::int64_t>();
        for (const double share : layer["row_density"]) over_rows += share * layer["column_density"].size();
    }
    EXPECT_EQ(all, 8 * 4 + 3 * 8);
    EXPECT_EQ(kept, 56 - 20);
    EXPECT_NEAR(over_rows, static_cast<double>(kept), 1e-9);
    // The file's weights: those that are cut are 0, and no others are cut.
    const auto lines = lines_of(read(csv));
    EXPECT_EQ(std::ssize(lines), 1 + all);
    EXPECT_EQ(std::ranges::count_if(lines, [](const std::string& line) { return line.ends_with(",0,0"); }),
              all - kept);
    const auto layer = json["layers"][0]["layer"].get<std::string>();
    ended = descent({"mask", run, "--layer", layer, "--pgm", pgm.string()});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("level 2"));
    EXPECT_THAT(ended.out, HasSubstr(layer));
    const auto picture = read(pgm);
    EXPECT_TRUE(picture.starts_with("P5\n4 8\n255\n"));
    EXPECT_EQ(std::ranges::count(picture.substr(picture.size() - 32), '\xff'),
              json["layers"][0]["kept"].get<std::int64_t>());

    expect_refused({"mask", run, "--pgm", pgm.string()}, {"--pgm: a picture is of one layer"});
    expect_refused({"mask", run, "--layer", layer + "x"}, {"did you mean '" + layer + "'"});
    const auto dense = runs_of_level(0).front().name;
    expect_refused({"mask", dense}, {"is a dense network"});
}

TEST_F(LotteryCommand, ReportedRunsAreBegunAndToldBeside) {
    const auto listed = descent({"presets", "--json"});
    ASSERT_EQ(listed.code, 0) << listed.err; // so that each of them resolves
    const auto all = nlohmann::json::parse(listed.out);
    EXPECT_EQ(all.size(), 13u);
    EXPECT_THAT(descent({"presets", "imdb-cnn"}).out, HasSubstr("clip_value = 0.1"));
    const std::vector<std::string> words{"run",
                                         "--preset",
                                         "trec-cnn",
                                         "--set",
                                         "task.examples=120",
                                         "--set",
                                         "task.vector_dimension=8",
                                         "--set",
                                         "model.filters=4",
                                         "--epochs",
                                         "1"};
    auto ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("test accuracy 86.07%"));
    EXPECT_THAT(ended.out, HasSubstr("other data, not to be compared"));
    const auto run = runs_of_level(0).front();
    EXPECT_EQ(run.tags, (std::vector<std::string>{"preset-trec-cnn"}));
    EXPECT_THAT(descent({"show", run.name}).out, HasSubstr("test accuracy 86.07%"));
    expect_refused({"run", "--preset", "trec-cn"}, {"did you mean 'trec-cnn'"});
    expect_refused({"run", "--preset", "trec-cnn", "--spec", "x.toml"}, {"--preset"});
}

TEST_F(LotteryCommand, ALotteryOfTextsIsAPreset) {
    const auto ended = descent({"sweep", "--preset", "lottery-text", "--dry-run", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto cells = nlohmann::json::parse(ended.out);
    EXPECT_EQ(cells.size(), 66u) << "two branches of eleven levels of three seeds";
    EXPECT_EQ(cells[0]["spec"]["task"]["id"], "trec");
    const auto lines = descent({"sweep", "--preset", "lottery-lines", "--dry-run", "--json"});
    ASSERT_EQ(lines.code, 0) << lines.err;
    EXPECT_EQ(nlohmann::json::parse(lines.out).size(), 8u * 15 * 3);
}

} // namespace descent::test
