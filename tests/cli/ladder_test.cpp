#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <csignal>
#include <set>
#include <sstream>
#include <thread>

namespace descent::test {

namespace {

using testing::HasSubstr;
using testing::Not;

class LadderCommand : public Cli {
protected:
    /// Two rungs of the tiny task with a tiny model, `more` after it.
    std::vector<std::string> tiny_ladder(const std::vector<std::string>& more) const {
        std::vector<std::string> words{
            "ladder", "--task", "names",          "--set",  "task.source=" + data_.string(), "--model",
            "gru",    "--set",  "model.hidden=4", "--only", "full-batch,full-batch-clipped"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    static std::string group_of(const nlohmann::json& run) {
        for (const std::string tag : run["tags"])
            if (tag.starts_with("ladder-")) return tag.substr(7);
        return "";
    }
};

TEST_F(LadderCommand, TrainsEachRungAndSeedAndPrintsTheTable) {
    const auto ended =
        descent(tiny_ladder({"--epochs", "1", "--seeds", "2", "--seed", "5", "--csv", "t.csv"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    // Nothing goes wrong; some networks answer one class still after a single update, which is said.
    std::istringstream warnings(ended.err);
    for (std::string line; std::getline(warnings, line);)
        EXPECT_THAT(line, HasSubstr("the network answers one class")) << ended.err;
    std::set<std::string> said;
    const auto runs = stored_runs();
    ASSERT_EQ(runs.size(), 4u);
    const auto group = group_of(runs[0]);
    ASSERT_EQ(group.size(), 8u);
    for (const auto& run : runs) {
        EXPECT_EQ(run["tags"], (nlohmann::json{"ladder", "ladder-" + group}));
        EXPECT_EQ(run["state"], "finished");
        EXPECT_EQ(run["spec"]["model"]["params"]["hidden"], 4);
        said.insert(run["spec"]["regime"]["id"].get<std::string>() + " " + run["spec"]["seed"].dump());
        EXPECT_THAT(ended.out, HasSubstr(run["run"].get<std::string>()));
    }
    EXPECT_EQ(said, (std::set<std::string>{"full-batch 5", "full-batch 6", "full-batch-clipped 5",
                                           "full-batch-clipped 6"}));
    for (const char* part : {"4/4 full-batch-clipped, seed 6", "validation loss", "against full-batch", "± "})
        EXPECT_THAT(ended.out, HasSubstr(part));
    EXPECT_THAT(ended.out, Not(HasSubstr("go on with")));
    EXPECT_EQ(lines_of(read(folder_ / "t.csv")).size(), 1u + 2 * 4);

    const auto shown = descent({"ladder", "--show", "ladder-" + group.substr(0, 6), "--json"});
    ASSERT_EQ(shown.code, 0) << shown.err;
    const auto table = nlohmann::json::parse(shown.out, nullptr, false);
    EXPECT_EQ(table["ladder"], group);
    ASSERT_EQ(table["rungs"].size(), 2u);
    EXPECT_EQ(table["rungs"][1]["regime"], "full-batch-clipped");
    EXPECT_EQ(table["rungs"][1]["finished"], 2);
    EXPECT_EQ(table["rungs"][1]["updates"]["mean"], 1);
    EXPECT_TRUE(table["rungs"][1]["measures"][0]["gap"]["paired"]);
    const auto markdown = descent({"ladder", "--show", group, "--markdown"});
    EXPECT_THAT(markdown.out, HasSubstr("| `full-batch-clipped` | 2 | 1 |"));
}

TEST_F(LadderCommand, GoesOnWithWhatIsMissing) {
    ASSERT_EQ(descent(tiny_ladder({"--epochs", "1", "--seeds", "1"})).code, 0);
    const auto before = stored_runs();
    ASSERT_EQ(before.size(), 2u);
    const auto group = group_of(before[0]);
    const std::string gone = before[0]["run"], kept = before[1]["run"];
    ASSERT_EQ(descent({"trash", gone}).code, 0);

    const auto plan = descent({"ladder", "--resume", group, "--dry-run", "--json"});
    ASSERT_EQ(plan.code, 0) << plan.err;
    const auto rows = nlohmann::json::parse(plan.out, nullptr, false);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0]["run"], kept);
    EXPECT_TRUE(rows[1]["run"].is_null());

    // One run again, and a second seed of both.
    const auto ended = descent({"ladder", "--resume", group, "--seeds", "2"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto after = stored_runs();
    EXPECT_EQ(after.size(), 4u);
    for (const auto& run : after) EXPECT_EQ(group_of(run), group);
    EXPECT_THAT(ended.out, Not(HasSubstr("1/4 "))) << "trained already";
    EXPECT_THAT(ended.out, HasSubstr("2/4 "));
    // Nothing is left to train: the table again.
    const auto again = descent({"ladder", "--resume", group});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("validation loss"));
    EXPECT_EQ(stored_runs().size(), 4u);
}

TEST_F(LadderCommand, CtrlCSaysHowToGoOn) {
    const auto child = start(tiny_ladder({"--epochs", "100000", "--seeds", "1"}));
    ASSERT_TRUE(child->next_line());
    for (int tries = 0; stored_runs().empty() && tries < 1000; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
    const auto run = stored_runs()[0];
    EXPECT_EQ(run["state"], "interrupted");
    EXPECT_THAT(child->out(), HasSubstr("2 of 2 runs are missing"));
    EXPECT_THAT(child->out(), HasSubstr("descent ladder --resume " + group_of(run)));
}

TEST_F(LadderCommand, DryRunListsAndStoresNothing) {
    const auto before = everything();
    const auto ended = descent(tiny_ladder({"--seeds", "2", "--dry-run"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(lines_of(ended.out).size(), 5u) << ended.out;
    EXPECT_EQ(everything(), before);
}

TEST_F(LadderCommand, BadInputIsOneLine) {
    expect_refused({"ladder"}, {"--task"});
    expect_refused({"ladder", "--task", "name"}, {"did you mean 'names'"});
    expect_refused(tiny_ladder({"--only", "full-bath"}), {"full-bath", "did you mean 'full-batch'"});
    expect_refused(tiny_ladder({"--seeds", "0"}), {"--seeds"});
    expect_refused(tiny_ladder({"--seed", "18446744073709551615"}), {"--seeds", "not that many"});
    expect_refused(tiny_ladder({"--set", "model.hiden=3"}), {"did you mean 'model.hidden'"});
    expect_refused(tiny_ladder({"--csv", "no/such/folder/t.csv"}), {"no/such/folder"});
    expect_refused(tiny_ladder({"--resume", "1a2b3c4d"}), {"--resume"});
    expect_refused({"ladder", "--resume", "1a2b3c4d"}, {"no store"});
    expect_refused({"ladder", "--task", "names", "--set", "task.source=no/such/folder"}, {"no/such/folder"});
    ASSERT_EQ(descent(tiny_run({"--epochs", "1", "--quiet"})).code, 0);
    expect_refused({"ladder", "--show", "1a2b3c4d"}, {"no ladder '1a2b3c4d'"});
}

} // namespace

} // namespace descent::test
