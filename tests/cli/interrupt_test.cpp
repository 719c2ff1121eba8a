#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

namespace descent::test {

namespace {

using testing::HasSubstr;

/// Long enough to be caught in the middle: the stream's reader slows the trainer down when it does not read.
class Interrupts : public Cli {
protected:
    std::vector<std::string> long_run(const std::vector<std::string>& more) const {
        auto words = tiny_run({"--epochs", "2500", "--seed", "11"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    /// Reads until training is under way; the run's name.
    static std::string wait_for_training(Child& child) {
        std::string run;
        while (const auto line = child.next_line()) {
            const auto object = nlohmann::json::parse(*line, nullptr, false);
            if (object.value("event", "") == "started") run = object["run"];
            if (object.value("metric", "") == "validation/loss" && object["update"] > 20) return run;
        }
        ADD_FAILURE() << "ended early: " << child.err();
        return run;
    }

    std::vector<std::string> uninterrupted() const {
        const auto ended = descent(long_run({"--quiet"}));
        EXPECT_EQ(ended.code, 0) << ended.err;
        return samples(lines_of(ended.out).at(0));
    }
};

TEST_F(Interrupts, CtrlCSavesAndResumeGoesOnBitForBit) {
    const auto child = start(long_run({"--json"}));
    const std::string run = wait_for_training(*child);
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_EQ(child->err(), "");
    const auto lines = json_lines(child->out());
    EXPECT_EQ(lines.back()["event"], "finished");
    EXPECT_EQ(lines.back()["state"], "interrupted");
    EXPECT_LT(lines.back()["updates"], lines.front()["planned_updates"]);

    const auto shown = descent({"show", run});
    EXPECT_THAT(shown.out, HasSubstr("interrupted"));
    EXPECT_THAT(shown.out, HasSubstr("descent resume " + run));

    const auto again = descent({"resume", run, "--json"});
    EXPECT_EQ(again.code, 0) << again.err;
    const auto resumed = json_lines(again.out);
    EXPECT_EQ(resumed.front()["event"], "started");
    EXPECT_EQ(resumed.front()["resumed"], true);
    EXPECT_EQ(resumed.back()["state"], "finished");
    EXPECT_EQ(samples(run), uninterrupted());
}

TEST_F(Interrupts, SigtermIsTheSameInPlainText) {
    const auto child = start(long_run({"--set", "regime.evaluate_every=1"}));
    ASSERT_TRUE(child->next_line()); // "training …": the run is in the store
    child->signal(SIGTERM);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_THAT(child->out(), HasSubstr("interrupted"));
    EXPECT_THAT(child->out(), HasSubstr("descent resume "));
    EXPECT_EQ(stored_runs()[0]["state"], "interrupted");
}

TEST_F(Interrupts, ASecondCtrlCEndsAtOnce) {
    // Nobody reads the stream, so that the first one cannot come to its end.
    const auto child = start(tiny_run({"--epochs", "100000", "--json"}));
    wait_for_training(*child);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    child->signal(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_EQ(stored_runs()[0]["state"], "interrupted");
}

TEST_F(Interrupts, KilledItIsInterruptedAndResumes) {
    const auto child = start(long_run({"--json"}));
    const std::string run = wait_for_training(*child);
    std::this_thread::sleep_for(std::chrono::milliseconds(300)); // a quarter second may be lost, no more
    child->signal(SIGKILL);
    EXPECT_EQ(child->wait(), 128 + SIGKILL);

    auto runs = stored_runs();
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0]["state"], "interrupted");
    EXPECT_GT(samples(run).size(), 20u) << "what was measured before is kept";
    EXPECT_EQ(descent({"resume", run, "--quiet"}).code, 0);
    EXPECT_EQ(stored_runs()[0]["state"], "finished");
    EXPECT_EQ(samples(run), uninterrupted());
}

TEST_F(Interrupts, AReaderThatGoesEndsItQuietly) {
    const auto child = start(long_run({"--json"}));
    wait_for_training(*child);
    child->close_output();
    EXPECT_EQ(child->wait(), 130);
    EXPECT_EQ(child->err(), "");
    EXPECT_EQ(stored_runs()[0]["state"], "interrupted");

    const auto list = start({"models"});
    list->close_output();
    EXPECT_EQ(list->wait(), 0);
    EXPECT_EQ(list->err(), "");
}

TEST_F(Interrupts, ARunThatIsBeingTrainedIsNotResumed) {
    const auto child = start(long_run({"--json"}));
    const std::string run = wait_for_training(*child);
    const auto refused = descent({"resume", run});
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(lines_of(refused.err).size(), 1u) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("running"));
    EXPECT_EQ(stored_runs()[0]["state"], "running");
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
}

} // namespace

} // namespace descent::test
