#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::HasSubstr;

class GradientCommand : public Cli {};

TEST_F(GradientCommand, TheExerciseAsATableAndAsJson) {
    const std::vector<std::string> words{"gradient", "(relu(x*m+b)-t)^2", "x=3", "m=2", "b=1.5", "t=5"};
    const auto table = descent(words);
    ASSERT_EQ(table.code, 0) << table.err;
    for (const char* part :
         {"finite difference", "relu(v2)", "4 of 4 gradients agree with finite differences"})
        EXPECT_THAT(table.out, HasSubstr(part));

    auto with_json = words;
    with_json.insert(with_json.end(), {"--json", "--steps", "--csv", "t.csv"});
    const auto ended = descent(with_json);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    EXPECT_EQ(json["output"], "o");
    EXPECT_EQ(json["value"], 6.25);
    std::map<std::string, double> gradients;
    for (const auto& node : json["nodes"]) {
        gradients[node["name"]] = node["gradient"];
        if (node.contains("check")) {
            EXPECT_EQ(node["check"]["outcome"], "agrees");
        }
    }
    EXPECT_EQ(gradients, (std::map<std::string, double>{{"x", 10},
                                                        {"m", 15},
                                                        {"b", 5},
                                                        {"t", -5},
                                                        {"v1", 5},
                                                        {"v2", 5},
                                                        {"v3", 5},
                                                        {"v4", 5},
                                                        {"o", 1}}));
    ASSERT_EQ(json["steps"].size(), 15U);
    EXPECT_EQ(json["steps"].back()["input"], "m");
    EXPECT_EQ(json["steps"].back()["total"], 15);
    const auto csv = lines_of(read(folder_ / "t.csv"));
    ASSERT_EQ(csv.size(), 10U);
    EXPECT_EQ(csv[0], "node,operation,value,local gradients,∂o/∂node,finite difference,check");
    EXPECT_TRUE(csv[1].starts_with("x,variable,3,,10,")) << csv[1];
}

TEST_F(GradientCommand, StepsAndPresetsExplain) {
    const auto ended = descent({"gradient", "--preset", "exercise", "--steps"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    for (const char* part : {"z = x*m; a = z + b", "y = max(0, a) = max(0, 7.5) = 7.5",
                             "∂o/∂a = ∂o/∂y · ∂y/∂a = 5 · 1 = 5", "Both are 1"})
        EXPECT_THAT(ended.out, HasSubstr(part));
    const auto kink = descent({"gradient", "--preset", "exercise", "b=-6"});
    EXPECT_EQ(kink.code, 0);
    EXPECT_THAT(kink.out, HasSubstr("a kink: each gets half, as in PyTorch"));
    const auto negative = descent({"gradient", "--", "-log(x)", "x=-2"});
    EXPECT_EQ(negative.code, 0) << negative.err;
    EXPECT_THAT(negative.out, HasSubstr("the logarithm of a negative number is not a number"));
}

TEST_F(GradientCommand, BadInputIsOneLine) {
    expect_refused({"gradient"}, {"expected an expression"});
    expect_refused({"gradient", "(relu(x*m+b)-t^2"}, {"column 17: expected ')'"});
    expect_refused({"gradient", "x*m", "x=3"}, {"no value for m: expected m=NUMBER"});
    expect_refused({"gradient", "x*m", "x=3", "m=1,5"}, {"'m=1,5': expected a number after '='", "point"});
    expect_refused({"gradient", "x*m", "x=3", "m"}, {"'m': expected NAME=NUMBER"});
    expect_refused({"gradient", "x*m", "x=inf", "m=1"}, {"the value of x: expected a finite number"});
    expect_refused({"gradient", "x*m", "x=3", "m=1", "q=2"}, {"no variable 'q'; there are: x, m"});
    expect_refused({"gradient", "--preset", "exercize"}, {"did you mean 'exercise'?"});
    expect_refused({"gradient", "x", "x=1", "--csv", "absent/t.csv"}, {"absent"});
}

} // namespace

} // namespace descent::test
