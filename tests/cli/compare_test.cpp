#include "core/store/checkpoint_file.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <cmath>

namespace descent::test {

namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// Runs with numbers that can be reckoned with by hand.
class CompareCommand : public Cli {
protected:
    void SetUp() override {
        Cli::SetUp();
        ASSERT_TRUE(prepare_store(store()));
        writer_ = StoreWriter::open(store()).value();
    }

    /// Losses at updates 0, 10, 20, …, and an accuracy of 1 − loss/10.
    RunRecord add(const std::string& name, const std::string& regime, std::uint64_t seed,
                  const std::vector<double>& losses, double lr = 0.1) {
        RunRecord run;
        run.name = name;
        run.spec.task = {"names", {}};
        run.spec.model = {"gru", {{{"hidden", std::int64_t{8}}}}};
        run.spec.optimizer = {"sgd", {{{"lr", lr}}}};
        run.spec.regime = {regime, {{{"batch_size", std::int64_t{regime == "sgd" ? 32 : 0}}}}};
        run.spec.budget.epochs = 4;
        run.spec.seed = seed;
        run.state = RunState::running;
        run.planned = Update{40};
        run.provenance.train_examples = 100;
        run.provenance.threads = 1;
        run = writer_->create(run).value();
        auto batch = std::make_shared<MetricBatch>();
        batch->run = run.id;
        batch->metrics = {{0, "validation/loss", "nats", Direction::lower},
                          {1, "validation/accuracy", "", Direction::higher}};
        for (std::size_t i = 0; i < losses.size(); ++i) {
            const auto update = static_cast<std::int64_t>(10 * i);
            const Epoch epoch{static_cast<double>(i)};
            batch->samples.push_back({0, {update}, epoch, 0.5 * static_cast<double>(i), losses[i]});
            batch->samples.push_back({1, {update}, epoch, 0.5 * static_cast<double>(i), 1 - losses[i] / 10});
        }
        batch->state = StateChange{RunState::finished, ""};
        EXPECT_TRUE(writer_->push(batch));
        EXPECT_TRUE(writer_->flush());
        return run;
    }
    /// Two regimes × three seeds; the last losses are those of ladder_test, 0.2 apart with SD 0.01.
    void add_six() {
        add("a-0", "sgd", 0, {3, 0.9, 1.0});
        add("a-1", "sgd", 1, {3, 0.8, 1.1});
        add("a-2", "sgd", 2, {3, 1.3, 1.2});
        add("b-0", "full-batch", 0, {3, 1.0, 1.2});
        add("b-1", "full-batch", 1, {3, 0.9, 1.29});
        add("b-2", "full-batch", 2, {3, 1.4, 1.41});
    }
    json compared(std::vector<std::string> words) const {
        words.insert(words.begin(), "compare");
        words.emplace_back("--json");
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_EQ(ended.err, "");
        return json::parse(ended.out, nullptr, false);
    }

    std::unique_ptr<StoreWriter> writer_;
};

const std::vector<std::string> kSix{"a-0", "a-1", "a-2", "b-0", "b-1", "b-2"};

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST_F(CompareCommand, TellsGroupsAndTheirDifference) {
    add_six();
    const auto report = compared(kSix);
    EXPECT_EQ(report["grouped_by"], "replicates");
    ASSERT_EQ(report["groups"].size(), 2u);
    EXPECT_EQ(report["groups"][0], (json{{"group", "sgd"}, {"runs", {"a-0", "a-1", "a-2"}}}));
    ASSERT_EQ(report["metrics"].size(), 2u);
    const auto& loss = report["metrics"][0];
    EXPECT_EQ(loss["metric"], "validation/loss");
    EXPECT_EQ(loss["better"], "lower");
    EXPECT_EQ(loss["unit"], "nats");
    const auto& sgd = loss["groups"][0];
    EXPECT_TRUE(sgd["against_reference"].is_null());
    EXPECT_NEAR(sgd["mean"].get<double>(), 1.1, 1e-12);
    EXPECT_NEAR(sgd["sd"].get<double>(), 0.1, 1e-12);
    const double t = 0.95 * std::sqrt(2 / (4 * 0.975 * 0.025)); // Student's, two degrees of freedom
    EXPECT_NEAR(sgd["low"].get<double>(), 1.1 - t * 0.1 / std::sqrt(3), 1e-9);
    const auto& gap = loss["groups"][1]["against_reference"];
    EXPECT_TRUE(gap["paired"].get<bool>());
    EXPECT_EQ(gap["n"], 3);
    EXPECT_NEAR(gap["difference"].get<double>(), 0.2, 1e-12);
    EXPECT_NEAR(gap["high"].get<double>(), 0.2 + t * 0.01 / std::sqrt(3), 1e-9);
    const double statistic = 0.2 / (0.01 / std::sqrt(3));
    EXPECT_NEAR(gap["p"].get<double>(), 1 - statistic / std::sqrt(2 + statistic * statistic), 1e-9);
    EXPECT_NEAR(gap["effect"].get<double>(), 20 / std::sqrt(M_PI), 1e-9); // J(2) = 1/√π
    EXPECT_TRUE(gap["distinct"].get<bool>());
    EXPECT_EQ(loss["groups"][1]["verdict"], "higher by 0.200 ± 0.025 (paired, 3 seeds): worse");
    EXPECT_EQ(loss["groups"][1]["values"][2], (json{{"run", "b-2"}, {"seed", 2}, {"value", 1.41}}));
    EXPECT_EQ(loss["conclusion"],
              "Best in the last validation/loss: sgd, 1.10 ± 0.10 (mean ± SD, 3 seeds). Worse: full-batch by "
              "0.200 ± 0.025 (paired, 3 seeds).");
    EXPECT_EQ(report["metrics"][1]["better"], "higher");
    std::vector<std::string> settings;
    for (const auto& row : report["settings"]) settings.push_back(row["setting"]);
    EXPECT_EQ(settings, (std::vector<std::string>{"regime", "regime.batch_size", "seed"}));
    EXPECT_GT(compared(with(kSix, {"--all"}))["settings"].size(), 3u);
}

TEST_F(CompareCommand, TakesTheValueAskedFor) {
    add_six();
    const auto mean = [&](const std::vector<std::string>& words) {
        const auto report = compared(with(kSix, words));
        EXPECT_EQ(report["metrics"].size(), 1u);
        return report["metrics"][0]["groups"][0]["mean"].get<double>();
    };
    EXPECT_NEAR(mean({"--metric", "validation/loss", "--at", "15"}), 1.0, 1e-12); // that of update 10
    EXPECT_NEAR(mean({"--metric", "validation/loss@0"}), 3.0, 1e-12);
    EXPECT_NEAR(mean({"--metric", "validation/loss", "--at", "best"}), (0.9 + 0.8 + 1.2) / 3, 1e-12);
    EXPECT_NEAR(mean({"--metric", "last:validation/loss", "--at", "best"}), 1.1, 1e-12);
    EXPECT_EQ(compared(with(kSix, {"--metric", "validation/loss,validation/loss@0"}))["metrics"].size(), 2u);
}

TEST_F(CompareCommand, GroupsByFieldsAndAgainstAReference) {
    add_six();
    add("c", "sgd", 9, {3, 2, 0.5}, 0.5);
    const auto report = compared({"--where", "task = names", "--group-by", "lr", "--reference", "lr 0.5"});
    ASSERT_EQ(report["groups"].size(), 2u);
    EXPECT_EQ(report["groups"][0]["group"], "lr 0.1");
    EXPECT_EQ(report["metrics"][0]["reference"], "lr 0.5");
    EXPECT_TRUE(report["metrics"][0]["groups"][1]["against_reference"].is_null());
    EXPECT_EQ(report["metrics"][0]["groups"][0]["verdict"], "one run tells no difference")
        << "six runs with three seeds are not six seeds";
    EXPECT_EQ(compared({"a-0", "--where", "name ~ a-"})["runs"].size(), 3u) << "each once";
}

TEST_F(CompareCommand, SaysWhyTwoRunsDiffer) {
    const auto a = add("first", "sgd", 0, {3, 2, 1}), b = add("second", "sgd", 0, {3, 2.5, 1}, 0.2);
    std::filesystem::create_directories(checkpoint_folder(store()));
    for (const auto* run : {&a, &b}) {
        TensorFile file;
        for (const auto name : {"model/embedding", "model/rnn", "model/out"}) {
            const bool differs = run == &b && std::string(name) != "model/embedding";
            file.tensors.push_back({name, "U8", {1}, {std::byte{differs}}});
        }
        const std::string name = run->id.uuid + "-20.safetensors";
        auto batch = std::make_shared<MetricBatch>();
        batch->run = run->id;
        batch->checkpoint =
            CheckpointInfo{{20}, name, write_tensor_file(checkpoint_folder(store()) / name, file)};
        batch->state = StateChange{RunState::finished, ""};
        ASSERT_TRUE(writer_->push(batch));
    }
    ASSERT_TRUE(writer_->flush());
    const auto why = compared({"first", "second"})["why"];
    EXPECT_EQ(why["setting"], (json{{"name", "optimizer.lr"}, {"values", {"0.1", "0.2"}}}));
    EXPECT_EQ(why["number"], (json{{"metric", "validation/loss"}, {"update", 10}, {"values", {2, 2.5}}}));
    EXPECT_EQ(why["layer"], (json{{"name", "rnn"}, {"source", "weights"}, {"update", 20}}));
    EXPECT_EQ(why["words"],
              "The first setting that differs is optimizer.lr: 0.1 in first, 0.2 in second. The first "
              "number that differs is validation/loss at update 10: 2 in first, 2.5 in second. The "
              "first layer that differs is rnn (weights at update 20).");
    add("third", "sgd", 0, {3, 2, 1});
    const auto same = compared({"first", "third"});
    EXPECT_EQ(same["grouped_by"], "none");
    EXPECT_TRUE(same["why"]["number"].is_null());
    EXPECT_EQ(same["why"]["numbers_compared"], 6);
    EXPECT_FALSE(compared({"first", "second", "third"}).contains("why"));
}

TEST_F(CompareCommand, WritesTables) {
    add_six();
    const auto text = descent(with(with({"compare"}, kSix), {"--csv", "t.csv"}));
    ASSERT_EQ(text.code, 0) << text.err;
    for (const char* part : {"6 runs in 2 groups", "Settings that differ", "1.10 ± 0.10", "0.200 ± 0.025",
                             "paired by seed where the seeds match"})
        EXPECT_THAT(text.out, HasSubstr(part));
    EXPECT_THAT(text.out, Not(HasSubstr("Why they differ")));
    const auto csv = lines_of(read(folder_ / "t.csv"));
    ASSERT_EQ(csv.size(), 1u + 2 * 2);
    EXPECT_TRUE(csv[1].starts_with("validation/loss,last,sgd,true,3,3,1.")) << csv[1];
    const auto markdown = descent(with(with({"compare"}, kSix), {"--markdown"})).out;
    EXPECT_THAT(markdown, HasSubstr("| setting | sgd | full-batch |\n|---|---|---|\n"));
    EXPECT_THAT(markdown, HasSubstr("| sgd | 3 | 1.10 ± 0.10 | 0.85 to 1.35 |"));
    const auto latex = descent(with(with({"compare"}, kSix), {"--latex"})).out;
    EXPECT_THAT(latex, HasSubstr("sgd & 3 & 1.10 $\\pm$ 0.10 & 0.85 to 1.35 &"));
    EXPECT_THAT(latex, HasSubstr("regime.batch\\_size"));
}

TEST_F(CompareCommand, FoldsCurves) {
    add_six();
    add("c", "once", 0, {5});
    const auto curves = [&](const std::vector<std::string>& words) {
        const auto ended = descent(with(
            with({"compare"}, kSix), with({"c", "--metric", "validation/loss", "--curves", "c.csv"}, words)));
        EXPECT_EQ(ended.code, 0) << ended.err;
        return lines_of(read(folder_ / "c.csv"));
    };
    // Medians, and the least and the most, are the runs' own numbers to the last bit.
    EXPECT_EQ(curves({"--band", "range", "--centre", "median"}),
              (std::vector<std::string>{
                  "metric,group,x,centre,low,high,count", "validation/loss,sgd,0,3,3,3,3",
                  "validation/loss,sgd,10,0.9,0.8,1.3,3", "validation/loss,sgd,20,1.1,1,1.2,3",
                  "validation/loss,full-batch,0,3,3,3,3", "validation/loss,full-batch,10,1,0.9,1.4,3",
                  "validation/loss,full-batch,20,1.29,1.2,1.41,3", "validation/loss,once,0,5,,,1"}));
    const auto at = [&](const std::vector<std::string>& words, std::size_t line) {
        return curves(with({"--band", "none", "--centre", "median"}, words)).at(line);
    };
    EXPECT_EQ(at({"--x", "epoch"}, 2), "validation/loss,sgd,1,0.9,,,3");
    EXPECT_EQ(at({"--x", "examples"}, 2), "validation/loss,sgd,100,0.9,,,3");
    EXPECT_EQ(at({"--x", "seconds"}, 2), "validation/loss,sgd,0.5,0.9,,,3");
    EXPECT_EQ(at({"--x", "share"}, 2), "validation/loss,sgd,0.25,0.9,,,3");
    // A running mean of one run: (5 + …) of c alone stays, and of a-1's 3, 0.8, 1.1 the middle is 1.633….
    EXPECT_THAT(at({"--smooth", "running:3"}, 2), HasSubstr("validation/loss,sgd,10,1.63333333333333"));
}

TEST_F(CompareCommand, BadInputIsOneLine) {
    add_six();
    writer_.reset(); // nothing is written to the store meanwhile
    expect_refused({"compare"}, {"no runs"});
    expect_refused({"compare", "a-0"}, {"only a-0", "two"});
    expect_refused({"compare", "a-0", "a-9"}, {"no run 'a-9'"});
    expect_refused({"compare", "--where", "lr > 5"}, {"no runs match"});
    expect_refused({"compare", "--where", "lr >"}, {"column"});
    expect_refused(with(with({"compare"}, kSix), {"--metric", "validation/los"}),
                   {"did you mean 'validation/loss'"});
    expect_refused(with(with({"compare"}, kSix), {"--group-by", "regim"}), {"did you mean 'regime'"});
    expect_refused(with(with({"compare"}, kSix), {"--reference", "sdg"}), {"did you mean 'sgd'"});
    expect_refused(with(with({"compare"}, kSix), {"--at", "end"}), {"--at end", "last, best"});
    expect_refused(with(with({"compare"}, kSix), {"--band", "sd"}), {"--curves"});
    expect_refused(with(with({"compare"}, kSix), {"--curves", "c.csv", "--band", "ci"}), {"bootstrap"});
    expect_refused(with(with({"compare"}, kSix), {"--curves", "c.csv", "--x", "time"}),
                   {"--x time", "seconds"});
    expect_refused(with(with({"compare"}, kSix), {"--curves", "c.csv", "--smooth", "ema:2"}), {"below 1"});
    expect_refused(with(with({"compare"}, kSix), {"--csv", "no/such/t.csv"}), {"no/such"});
    expect_refused(with(with({"compare"}, kSix), {"--csv", "runs.sqlite"}), {"the store itself"});
    expect_refused(with(with({"compare"}, kSix), {"--json", "--latex"}), {"--json"});
}

} // namespace

} // namespace descent::test
