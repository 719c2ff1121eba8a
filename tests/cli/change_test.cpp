#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::HasSubstr;

/// --at, --change and --break.
class Changes : public Cli {
protected:
    std::vector<std::string> tiny(const std::vector<std::string>& more) const {
        auto words = tiny_run({"--optimizer", "sgd", "--set", "optimizer.lr=0.1", "--updates", "12"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    /// Values of a metric by update, as streamed; lr is measured when it changes.
    static std::map<int, double> streamed(const std::vector<nlohmann::json>& lines,
                                          const std::string& metric) {
        std::map<int, double> values;
        for (const auto& line : lines)
            if (line["event"] == "sample" && line["metric"] == metric) values[line["update"]] = line["value"];
        return values;
    }
};

TEST_F(Changes, ArePlannedWithAt) {
    const auto ended =
        descent(tiny({"--at", "8:optimizer.lr=0.02", "--at", "4:optimizer.lr=5e-2", "--json"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto lines = json_lines(ended.out);
    EXPECT_EQ(lines.front()["spec"]["regime"]["params"]["changes"],
              "4 optimizer.lr=0.05; 8 optimizer.lr=0.02");
    std::vector<nlohmann::json> changes;
    for (const auto& line : lines)
        if (line["event"] == "change") changes.push_back(line);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0]["update"], 4);
    EXPECT_EQ(changes[0]["parameter"], "optimizer.lr");
    EXPECT_EQ(changes[0]["value"], "0.05");
    const auto lr = streamed(lines, "lr");
    EXPECT_EQ(lr, (std::map<int, double>{{0, 0.1}, {4, 0.05}, {8, 0.02}}));
    const auto shown = descent({"show", lines.back()["run"]});
    EXPECT_THAT(shown.out, HasSubstr("at update 4: optimizer.lr = 0.05"));
}

TEST_F(Changes, OfOneSpellingAreOneRun) {
    const auto key = [&](const std::vector<std::string>& more) {
        auto words = tiny_run(more);
        words[0] = "inspect";
        std::erase(words, "--threads");
        std::erase(words, "1");
        words.emplace_back("--json");
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        return nlohmann::json::parse(ended.out, nullptr, false).value("key", "");
    };
    EXPECT_EQ(key({"--at", "4:optimizer.lr=5e-2"}),
              key({"--set", "regime.changes=  4   optimizer.lr = 0.050"}));
    EXPECT_NE(key({"--at", "4:optimizer.lr=5e-2"}), key({}));
}

TEST_F(Changes, StopAtABreakpointAndGoOnWithAnotherStep) {
    const auto ended = descent(tiny({"--break", "lr < 0.06", "--at", "4:optimizer.lr=0.05"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto run = stored_runs()[0];
    const std::string name = run["run"];
    EXPECT_EQ(run["state"], "stopped");
    EXPECT_LT(run["updates"], 12);
    EXPECT_THAT(ended.out, HasSubstr("paused: breakpoint at update 4: lr is 0.05"));
    EXPECT_THAT(ended.out, HasSubstr("descent resume " + name));

    const auto again = descent({"resume", name, "--change", "optimizer.lr=0.03", "--json"});
    ASSERT_EQ(again.code, 0) << again.err;
    const auto lines = json_lines(again.out);
    EXPECT_EQ(lines.back()["state"], "finished");
    EXPECT_EQ(streamed(lines, "lr"), (std::map<int, double>{{run["updates"], 0.03}}));

    // The spec that is printed trains it again as it went.
    const auto toml = descent({"show", name, "--toml"});
    EXPECT_THAT(toml.out, HasSubstr("4 optimizer.lr=0.05; "));
    EXPECT_THAT(toml.out, HasSubstr("optimizer.lr=0.03"));
    write(folder_ / "again.toml", toml.out);
    const auto replayed = descent({"run", "--spec", "again.toml", "--quiet"});
    ASSERT_EQ(replayed.code, 0) << replayed.err;
    auto first = samples(name), second = samples(lines_of(replayed.out).at(0));
    EXPECT_EQ(first, second);
}

TEST_F(Changes, BadOnesAreOneLine) {
    for (const char* change :
         {"optimizer.lr=1", "x:optimizer.lr=1", "-1:optimizer.lr=1", "4:optimizer.lr", ""})
        expect_refused(tiny({"--at", change}), {"--at", "UPDATES:group.parameter=value"});
    expect_refused(tiny({"--at", "4:model.hidden=3"}), {"model.hidden", "optimizer.lr"});
    expect_refused(tiny({"--at", "4:optimizer.lr=-1"}), {"regime.changes", "optimizer.lr", "-1"});
    expect_refused(tiny({"--at", "99999999999999999999:optimizer.lr=1"}), {"regime.changes"});
    expect_refused(tiny({"--set", "regime.changes=soon"}), {"regime.changes", "soon"});
    expect_refused(tiny({"--set", "regime.schedule=multi-step", "--set", "regime.milestones=3, 2"}),
                   {"regime.milestones"});
    expect_refused(tiny({"--break", "loss >"}), {"breakpoint 'loss >"});
    expect_refused(tiny({"--break", ""}), {"breakpoint"});
    ASSERT_EQ(descent(tiny({"--quiet"})).code, 0);
    const std::string run = stored_runs()[0]["run"];
    expect_refused({"resume", run, "--change", "lr=1"}, {"--change", "group.parameter=value"});
    expect_refused({"resume", run, "--break", "is NaN"}, {"breakpoint"});
}

} // namespace

} // namespace descent::test
