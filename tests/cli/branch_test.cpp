#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace descent::test {

namespace {

using testing::HasSubstr, testing::Not;

/// descent resume of runs that are over, and descent branch.
class Branches : public Cli {
protected:
    std::vector<std::string> tiny(const std::vector<std::string>& more) const {
        auto words = tiny_run({"--optimizer", "sgd", "--regime", "sgd", "--set", "regime.batch_size=16"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    std::string trained(const std::vector<std::string>& words) const {
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        const auto lines = lines_of(ended.out);
        return lines.empty() ? "" : lines.back();
    }
    nlohmann::json shown(const std::string& run) const {
        return nlohmann::json::parse(descent({"show", run, "--json"}).out, nullptr, false);
    }
    /// A row is seed, update, epoch, metric, value.
    static std::int64_t update_of(const std::string& row) {
        return std::stoll(row.substr(row.find(',') + 1));
    }
    static std::vector<std::string> since(std::vector<std::string> rows, std::int64_t update) {
        rows.erase(rows.begin()); // the heading
        std::erase_if(rows, [&](const auto& row) { return update_of(row) < update; });
        return rows;
    }
};

TEST_F(Branches, AFinishedRunIsTrainedLonger) {
    const auto unbroken = trained(tiny({"--epochs", "5", "--quiet"}));
    const auto run = trained(tiny({"--epochs", "2", "--quiet"}));
    const std::int64_t at = shown(run)["updates"];
    expect_refused({"resume", run}, {run, "finished after 2 epochs", "--epochs N"});
    expect_refused({"resume", run, "--epochs", "2"}, {"epochs = 2", "expected more"});
    expect_refused({"resume", run, "--epochs", "x"}, {"--epochs"});

    const auto ended = descent({"resume", run, "--epochs", "5"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("epochs = 5"));
    EXPECT_THAT(shown(run)["state"], "finished");
    EXPECT_EQ(shown(run)["updates"], shown(unbroken)["updates"]);
    // All that the unbroken one measured, and what was looked at when it was finished before.
    auto longer = samples(run);
    const auto once = samples(unbroken);
    const std::set<std::string> expected(once.begin(), once.end());
    for (const auto& row : once) EXPECT_THAT(longer, testing::Contains(row));
    std::erase_if(longer, [&](const auto& row) { return expected.contains(row); });
    for (const auto& row : longer) EXPECT_EQ(update_of(row), at) << row;
    EXPECT_THAT(descent({"show", run}).out, HasSubstr("5/5 epochs"));
}

TEST_F(Branches, ADivergedRunGoesOnWithAnotherStep) {
    auto words = tiny({"--set", "optimizer.lr=1e35", "--epochs", "3", "--quiet"});
    std::ranges::replace(words, "gru", "char-rnn-linear"); // no gates that could hold it back
    const auto ended = descent(words);
    ASSERT_EQ(ended.code, 3) << ended.err;
    const std::string run = stored_runs()[0]["run"];
    const auto same = descent({"resume", run, "--quiet"});
    EXPECT_EQ(same.code, 3);
    EXPECT_THAT(same.err, HasSubstr("without a change"));
    const auto again = descent({"resume", run, "--change", "optimizer.lr=0.01", "--quiet"});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(shown(run)["state"], "finished");
}

TEST_F(Branches, WithNothingChangedGoesAsItsParentWent) {
    const auto parent = trained(tiny({"--epochs", "2", "--quiet"}));
    const std::int64_t at = shown(parent)["updates"];
    const auto branch = trained({"branch", parent, "--epochs", "4", "--name", "offshoot", "--quiet"});
    EXPECT_EQ(branch, "offshoot");
    EXPECT_EQ(descent({"resume", parent, "--epochs", "4", "--quiet"}).code, 0);
    // At the update itself the parent has more: it was looked at when it was finished there.
    EXPECT_EQ(since(samples(branch), at + 1), since(samples(parent), at + 1));

    const auto told = shown(branch);
    EXPECT_EQ(told["parent"]["id"], shown(parent)["id"]);
    EXPECT_EQ(told["parent"]["update"], at);
    EXPECT_NE(told["key"], shown(parent)["key"]);
    EXPECT_THAT(descent({"show", branch}).out, HasSubstr(parent + " at update "));
    EXPECT_THAT(descent({"runs"}).out, HasSubstr(parent + " at update "));
    const auto compared = descent({"compare", parent, branch});
    EXPECT_THAT(compared.out, HasSubstr(parent + " at update " + std::to_string(at)));
    EXPECT_THAT(compared.out, Not(HasSubstr(shown(parent)["id"].get<std::string>().substr(0, 8))));

    // Joined, its numbers are those of the parent from the beginning.
    const auto csv = folder_ / "joined.csv";
    ASSERT_EQ(descent({"export", branch, "--csv", csv.string(), "--joined"}).code, 0);
    std::set<std::string> joined, whole;
    const auto key = [](const std::string& line) { // update, metric, value
        std::vector<std::string> cells;
        std::istringstream cut(line);
        for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
        return cells.size() == 8 && cells[6] != "throughput" ? cells[3] + "," + cells[6] + "," + cells[7]
                                                             : "";
    };
    for (const auto& line : lines_of(read(csv))) joined.insert(key(line));
    ASSERT_EQ(descent({"export", parent, "--csv", csv.string()}).code, 0);
    for (const auto& line : lines_of(read(csv))) whole.insert(key(line));
    EXPECT_EQ(joined, whole);
    expect_refused({"export", branch, "--jsonl", "x.jsonl", "--joined"}, {"--joined", "--csv"});
}

TEST_F(Branches, OfAFinishedRunIsAsLongAgainWhereNothingIsSaid) {
    const auto parent = trained(tiny({"--epochs", "2", "--set", "regime.checkpoint_every=1", "--quiet"}));
    EXPECT_EQ(shown(trained({"branch", parent, "--quiet"}))["epoch"], 4);
    const auto all = nlohmann::json::parse(descent({"checkpoints", parent, "--json"}).out)["checkpoints"];
    const auto middle = std::ranges::find_if(all, [](const auto& row) { return row["epoch"] == 1.0; });
    ASSERT_NE(middle, all.end());
    const auto at = std::to_string((*middle)["update"].get<std::int64_t>());
    EXPECT_EQ(shown(trained({"branch", parent, "--at", at, "--quiet"}))["epoch"], 2);
    const auto counted = trained(tiny({"--updates", "7", "--quiet"}));
    EXPECT_EQ(shown(trained({"branch", counted, "--quiet"}))["updates"], 14);
}

TEST_F(Branches, TakesOtherSettingsAndSaysWhatIsNotCarriedOver) {
    const auto parent = trained(tiny({"--epochs", "2", "--quiet"}));
    const auto branch = trained({"branch", parent, "--at", "last", "--optimizer", "adam", "--set",
                                 "regime.batch_size=8", "--epochs", "3", "--quiet"});
    const auto told = shown(branch);
    EXPECT_EQ(told["spec"]["optimizer"]["id"], "adam");
    EXPECT_EQ(told["epoch"], 3);
    const auto child = trained({"branch", branch, "--epochs", "4", "--quiet"});
    EXPECT_EQ(shown(child)["parent"]["id"], told["id"]);
    // A parent in the trash is still what it was.
    EXPECT_EQ(descent({"trash", parent}).code, 0);
    EXPECT_EQ(descent({"resume", branch, "--epochs", "5", "--quiet"}).code, 0);
    expect_refused({"branch", parent}, {parent, "in the trash"});
}

TEST_F(Branches, BadOnesAreOneLineAndLeaveNoRun) {
    const auto parent = trained(tiny({"--epochs", "2", "--quiet"}));
    const auto before = stored_runs().size();
    expect_refused({"branch", parent, "--epochs", "2"}, {"nothing would be left to train", parent});
    expect_refused({"branch", parent, "--at", "3"}, {"no checkpoint at update 3", parent});
    expect_refused({"branch", parent, "--at", "soon"}, {"checkpoint 'soon'", "last, best or an update"});
    expect_refused({"branch", parent, "--epochs", "9", "--set", "model.hidden=9"},
                   {"cannot be a branch", "same weights"});
    expect_refused({"branch", parent, "--epochs", "9", "--set", "optimizer.lr=-1"}, {"optimizer.lr", "-1"});
    expect_refused({"branch", "nobody", "--epochs", "9"}, {"nobody"});
    expect_refused({"branch"}, {"RUN"});
    EXPECT_EQ(stored_runs().size(), before);
}

} // namespace

} // namespace descent::test
