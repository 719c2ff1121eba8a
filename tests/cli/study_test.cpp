#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::HasSubstr;
using testing::Not;

class StudyCommand : public Cli {
protected:
    static nlohmann::json parsed(const Ended& ended) {
        return nlohmann::json::parse(ended.out, nullptr, false);
    }
};

TEST_F(StudyCommand, TrainsVariantsAndPutsThemBesideWhatOthersFound) {
    const std::vector<std::string> words{"study", "symmetry",  "--preset", "report",    "--seeds",
                                         "20",    "--variant", "lr 0.04",  "--variant", "mean, no momentum"};
    auto with_json = words;
    with_json.insert(with_json.end(), {"--json", "--csv", "t.csv"});
    const auto ended = descent(with_json);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto table = parsed(ended);
    ASSERT_EQ(table["variants"].size(), 2U) << ended.out;
    const auto &quick = table["variants"][0], &stuck = table["variants"][1];
    EXPECT_EQ(table["missing"], 0);
    EXPECT_EQ(quick["variant"], "lr 0.04");
    EXPECT_EQ(quick["runs"], 20);
    EXPECT_EQ(quick["cap"], 30000);
    // The replication: 200 of 200, and none.
    EXPECT_GE(quick["solved"]["hits"], 19);
    EXPECT_LT(quick["mirror_error"], 0.05);
    EXPECT_NEAR(quick["ratio"][1], 2, 0.1);
    EXPECT_NEAR(quick["ratio"][2], 4, 0.2);
    // Some end in a second mirrored solution, of 1 : 1.5 : 2.
    EXPECT_GE(quick["outcomes"]["solved-as-paper"]["hits"], 15);
    EXPECT_EQ(quick["outcomes"]["solved-as-paper"]["hits"].get<int>() +
                  quick["outcomes"]["solved"]["hits"].get<int>(),
              quick["judged"].get<int>());
    EXPECT_EQ(quick["judged"], quick["solved"]["hits"]);
    EXPECT_EQ(stuck["solved"]["hits"], 0);
    EXPECT_EQ(stuck["outcomes"]["plateau"]["hits"], 20);
    EXPECT_EQ(stuck["cap"], 10000);
    EXPECT_EQ(stuck["references"].size(), 2U);
    EXPECT_EQ(stuck["references"][0]["agrees"], true);
    EXPECT_EQ(stuck["references"][1]["anecdotal"], true);
    EXPECT_EQ(lines_of(read(folder_ / "t.csv")).size(), 3U);
    EXPECT_EQ(stored_runs().size(), 40U);

    // The same again trains nothing and tells the same.
    const auto again = descent(words);
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(stored_runs().size(), 40U);
    for (const char* part : {"lr 0.04", "beside what others found", "report (anecdotal)", "agrees",
                             "Beside the replication in PyTorch: 2 of 2 variants not distinguishable"})
        EXPECT_THAT(again.out, HasSubstr(part));
    EXPECT_THAT(again.out, Not(HasSubstr("go on with")));

    const std::string name = table["sweep"];
    const auto shown = descent({"study", "symmetry", "--show", name, "--markdown"});
    ASSERT_EQ(shown.code, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("| mean, no momentum | 20 |"));
    const auto more = descent({"study", "symmetry", "--resume", name, "--seeds", "22", "--json"});
    ASSERT_EQ(more.code, 0) << more.err;
    EXPECT_EQ(parsed(more)["sweep"], name);
    EXPECT_EQ(parsed(more)["variants"][1]["runs"], 22);
    EXPECT_EQ(stored_runs().size(), 44U);
    expect_refused({"study", "symmetry", "--resume", name, "--seeds", "5"}, {"has 22 already"});
}

TEST_F(StudyCommand, SearchRanksSettings) {
    const auto ended = descent({"study", "symmetry", "--search", "silu", "--seeds", "2", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto ranking = parsed(ended);
    EXPECT_EQ(ranking["goal"]["solved"], 99);
    EXPECT_EQ(ranking["goal"]["by"], 5000);
    ASSERT_GT(ranking["settings"].size(), 20U);
    double last = 1;
    for (const auto& setting : ranking["settings"]) {
        EXPECT_LE(setting["likelihood"], last);
        last = setting["likelihood"];
        EXPECT_EQ(setting["of"], 2);
    }
    EXPECT_THAT(ranking["sentence"].get<std::string>(), HasSubstr("The report's 99 of 100"));
}

TEST_F(StudyCommand, BadInputIsToldInOneLine) {
    expect_refused({"study", "symmetry", "--preset", "papers"}, {"--preset", "papers", "paper"});
    expect_refused({"study", "symmetry", "--search", "adam"}, {"--search", "adam", "rmsprop"});
    expect_refused({"study", "symmetry", "--seeds", "0"}, {"--seeds"});
    expect_refused({"study", "symmetry", "--preset", "report", "--variant", "lr 0.04x"},
                   {"lr 0.04x", "did you mean 'lr 0.04'"});
    expect_refused({"study", "symmetry", "--search", "silu", "--variant", "paper"}, {"--variant"});
    expect_refused({"study", "symmetri"}, {"symmetri", "did you mean 'symmetry'"});
}

} // namespace

} // namespace descent::test
