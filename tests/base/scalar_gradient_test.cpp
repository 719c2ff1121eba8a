#include "core/analysis/scalar_gradient.h"

#include "core/analysis/scalar_presets.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace descent {

namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = ScalarCheck::Outcome;

/// A text differentiated at values by name.
struct Lab {
    ScalarGraph graph;
    ScalarPasses passes;

    explicit Lab(const std::string& text, const std::map<std::string, double>& values = {}) {
        auto parsed = ScalarGraph::parse(text);
        EXPECT_TRUE(parsed) << text << ": " << parsed.error().message;
        graph = std::move(*parsed);
        const auto numbers = scalar_values(graph, values);
        EXPECT_TRUE(numbers) << text << ": " << numbers.error().message;
        passes = differentiate(graph, *numbers);
    }
    double output() const { return passes.values[std::size_t(graph.output)]; }
    double gradient(const std::string& name) const { return passes.gradients[std::size_t(graph.find(name))]; }
    const ScalarCheck& check(const std::string& name) const {
        for (const auto& each : passes.checks)
            if (graph.word(each.leaf) == name) return each;
        throw std::out_of_range(name);
    }
    std::vector<std::string> sentences() const {
        std::vector<std::string> all;
        for (const auto& step : passes.steps) all.push_back(scalar_sentence(graph, passes, step));
        return all;
    }
    std::vector<std::string> notes() const {
        std::vector<std::string> all;
        for (const auto& note : passes.notes) all.push_back(note.text);
        return all;
    }
};

const char* const kExercise = "z = x*m; a = z + b; y = max(0, a); o = (y - t)^2";

TEST(ScalarGradient, TheExerciseHasItsGradients) {
    const Lab lab(kExercise, {{"x", 3}, {"m", 2}, {"b", 1.5}, {"t", 5}});
    EXPECT_EQ(lab.output(), 6.25);
    const std::pair<const char*, double> expected[]{{"y", 5},  {"a", 5},  {"z", 5}, {"b", 5},
                                                    {"x", 10}, {"m", 15}, {"t", -5}};
    for (const auto& [name, gradient] : expected) EXPECT_EQ(lab.gradient(name), gradient) << name;
    // The local ones that the source has wrong.
    const auto a = std::size_t(lab.graph.find("a"));
    EXPECT_THAT(lab.passes.locals[a], ElementsAre(1, 1));
    for (const auto& check : lab.passes.checks) {
        EXPECT_EQ(check.outcome, Outcome::agrees);
        EXPECT_NEAR(check.difference, lab.passes.gradients[std::size_t(check.leaf)], 1e-8);
    }
    EXPECT_THAT(lab.sentences(),
                ElementsAre("Given: x = 3, m = 2, b = 1.5, t = 5", "z = x · m = 3 · 2 = 6",
                            "a = z + b = 6 + 1.5 = 7.5", "y = max(0, a) = max(0, 7.5) = 7.5",
                            "v1 = y − t = 7.5 − 5 = 2.5", "o = v1^2 = 2.5^2 = 6.25", "Backward: ∂o/∂o = 1",
                            "∂o/∂v1 = 2·v1 = 5", "∂v1/∂y = 1; ∂o/∂y = ∂o/∂v1 · ∂v1/∂y = 5 · 1 = 5",
                            "∂v1/∂t = −1; ∂o/∂t = ∂o/∂v1 · ∂v1/∂t = 5 · (−1) = −5",
                            "∂y/∂a = 1, since 0 < a; ∂o/∂a = ∂o/∂y · ∂y/∂a = 5 · 1 = 5",
                            "∂a/∂z = 1; ∂o/∂z = ∂o/∂a · ∂a/∂z = 5 · 1 = 5",
                            "∂a/∂b = 1; ∂o/∂b = ∂o/∂a · ∂a/∂b = 5 · 1 = 5",
                            "∂z/∂x = m = 2; ∂o/∂x = ∂o/∂z · ∂z/∂x = 5 · 2 = 10",
                            "∂z/∂m = x = 3; ∂o/∂m = ∂o/∂z · ∂z/∂m = 5 · 3 = 15"));
}

TEST(ScalarGradient, TheClosedFormHoldsOnBothSidesOfTheKink) {
    for (const double b : {-7.0, -6.5, -5.0, 1.5}) {
        const double x = 3, m = 2, t = 5, a = x * m + b, u = a > 0 ? 2 * (a - t) : 0;
        const Lab lab("(relu(x*m+b)-t)^2", {{"x", x}, {"m", m}, {"b", b}, {"t", t}});
        EXPECT_DOUBLE_EQ(lab.gradient("x"), u * m);
        EXPECT_DOUBLE_EQ(lab.gradient("m"), u * x);
        EXPECT_DOUBLE_EQ(lab.gradient("b"), u);
        EXPECT_DOUBLE_EQ(lab.gradient("t"), -2 * (std::max(a, 0.0) - t));
    }
}

TEST(ScalarGradient, SharesOfASharedNodeAreAddedUp) {
    const Lab lab("o = x*x + x", {{"x", 3}});
    EXPECT_EQ(lab.gradient("x"), 7);
    std::vector<std::tuple<double, bool, bool>> steps;
    for (const auto& step : lab.passes.steps)
        if (step.kind == ScalarStep::Kind::backward &&
            lab.graph.word(lab.graph.nodes[std::size_t(step.node)].inputs[std::size_t(step.slot)]) == "x")
            steps.emplace_back(step.total, step.first, step.last);
    using Step = std::tuple<double, bool, bool>;
    EXPECT_THAT(steps, ElementsAre(Step{1, true, false}, Step{4, false, false}, Step{7, false, true}));
    EXPECT_THAT(lab.sentences().back(), HasSubstr("∂v1/∂x = x = 3; along this edge ∂o/∂v1 · ∂v1/∂x = 1 · 3 = "
                                                  "3; added to what came before: ∂o/∂x = 7"));
}

TEST(ScalarGradient, AgreesWithPyTorch) {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/scalar-graph.json");
    const auto golden = nlohmann::json::parse(file);
    int compared = 0;
    std::map<Outcome, int> outcomes;
    for (const char* kind : {"random", "kinks"})
        for (const auto& test : golden[kind]) {
            const std::string text = test["text"];
            const Lab lab(text, test["values"].get<std::map<std::string, double>>());
            const auto near = [&](double value, double reference, const std::string& what) {
                EXPECT_NEAR(value, reference, 1e-10 * std::max(1.0, std::abs(reference)))
                    << text << " " << what;
            };
            near(lab.output(), test["output"], "output");
            for (const auto& [name, gradient] : test["gradients"].items()) {
                near(lab.gradient(name), gradient, name);
                ++compared;
            }
            for (const auto& check : lab.passes.checks) {
                ++outcomes[check.outcome];
                EXPECT_NE(check.outcome, Outcome::differs)
                    << text << " " << lab.graph.word(check.leaf) << " "
                    << scalar_verdict(lab.graph, lab.passes, check, true);
            }
        }
    EXPECT_GT(compared, 800);
    EXPECT_LT(outcomes[Outcome::unresolved] + outcomes[Outcome::undefined], 10);
    EXPECT_GT(outcomes[Outcome::agrees], 500);
}

TEST(ScalarGradient, KinksAreSaidAndFlagged) {
    const Lab relu("y = relu(x - 1)", {{"x", 1}});
    EXPECT_EQ(relu.gradient("x"), 0);
    EXPECT_THAT(relu.notes(), ElementsAre("y = relu(v1): v1 = 0 is a kink: 0, as in PyTorch"));
    EXPECT_TRUE(relu.passes.notes.front().kink);
    const auto& check = relu.check("x");
    EXPECT_EQ(check.outcome, Outcome::kink);
    EXPECT_NEAR(check.difference, 0.5, 1e-9);
    EXPECT_NEAR(check.left, 0, 1e-9);
    EXPECT_NEAR(check.right, 1, 1e-9);
    EXPECT_THAT(scalar_check_summary(relu.graph, relu.passes),
                HasSubstr("0 of 1 gradient agrees with finite differences (within 1e−6 of max(1, "
                          "|gradient|)). ∂y/∂x = 0, finite "
                          "difference 0.5: a kink lies here, with slope 0 on its left and 1 on its right"));

    // The mean of both sides is what PyTorch takes as well: nothing to flag, but it is said.
    const Lab abs("abs(x)", {{"x", 0}});
    EXPECT_EQ(abs.check("x").outcome, Outcome::agrees);
    EXPECT_EQ(abs.notes().size(), 1U);
    const Lab tie("max(x, y)", {{"x", 2}, {"y", 2}});
    EXPECT_EQ(tie.gradient("x"), 0.5);
    EXPECT_THAT(tie.notes(), ElementsAre(HasSubstr("x and y are equal, a kink: each gets half")));

    // Beside a kink there is nothing to flag.
    EXPECT_EQ(Lab("relu(x)", {{"x", 1e-7}}).check("x").outcome, Outcome::agrees);
    EXPECT_EQ(Lab("relu(x)", {{"x", 1e-4}}).check("x").outcome, Outcome::agrees);
    EXPECT_THAT(Lab("relu(x)", {{"x", 1e-7}}).notes(), IsEmpty());
    // What does not vary has no kink.
    EXPECT_THAT(Lab("x + relu(0)", {{"x", 0}}).notes(), IsEmpty());
}

/// The check has to be able to fail: every slope is made wrong in turn, and found.
TEST(ScalarGradient, AWrongGradientWouldBeFound) {
    for (const auto& op : scalar_ops()) {
        if (op.inputs == 0) continue;
        const std::string text =
            op.inputs == 1 && op.name != "copy" && op.name != "negate" ? std::string(op.name) + "(x)" : "";
        if (text.empty()) continue;
        auto graph = *ScalarGraph::parse(text);
        ScalarOp wrong = op;
        wrong.slopes[0] = [](double, double, double) { return 0.123; };
        graph.nodes[std::size_t(graph.output)].op = &wrong;
        EXPECT_EQ(differentiate(graph, {0.7}).checks.front().outcome, Outcome::differs) << text;
    }
}

TEST(ScalarGradient, WhatIsNoNumberIsSaidInWords) {
    const std::pair<Lab, const char*> cases[]{
        {Lab("log(x)", {{"x", -2}}), "o = log(x): the logarithm of a negative number is not a number"},
        {Lab("log(x)", {{"x", 0}}), "o = log(x): the logarithm of 0 is −∞"},
        {Lab("sqrt(x)", {{"x", -1}}), "o = sqrt(x): the square root of a negative number is not a number"},
        {Lab("sqrt(x)", {{"x", 0}}), "o = sqrt(x): its slope along x is infinite here"},
        {Lab("1/x", {{"x", 0}}), "o = 1 / x: division by 0 is infinite"},
        {Lab("x/x", {{"x", 0}}), "o = x / x: 0 divided by 0 is not a number"},
        {Lab("x^0.5", {{"x", -1}}),
         "o = x^0.5: a negative number to a power that is not whole is not a number"},
        {Lab("x^-1", {{"x", 0}}), "o = x^(−1): 0 to a negative power is infinite"},
        {Lab("exp(x)", {{"x", 1000}}), "o = exp(x): the value is beyond the largest double, about 1.8e308"},
        {Lab("x^y", {{"x", -2}, {"y", 2}}), "o = x^y: its slope along y is not a number here"},
    };
    for (const auto& [lab, said] : cases) EXPECT_THAT(lab.notes(), ElementsAre(said));
    // Where it began is told, not where it went on; and it is no kink and no difference.
    const Lab chain("y = log(x); o = y*2 + 1", {{"x", -2}});
    EXPECT_THAT(chain.notes(), ElementsAre(HasSubstr("y = log(x)")));
    EXPECT_EQ(chain.check("x").outcome, Outcome::undefined);
    EXPECT_THAT(chain.sentences()[1], HasSubstr("= log(−2) = not a number"));
}

TEST(ScalarGradient, WhatTheOutputDoesNotDependOnHasNone) {
    const Lab lab("z = x*w; o = x + 1", {{"x", 2}, {"w", 5}});
    EXPECT_EQ(lab.gradient("w"), 0);
    EXPECT_EQ(lab.gradient("z"), 0);
    EXPECT_EQ(lab.check("w").outcome, Outcome::agrees);
    const auto table = scalar_cells(lab.graph, lab.passes);
    EXPECT_EQ(table.rows[2][0], "z");
    EXPECT_EQ(table.rows[2].back(), "the output does not depend on it");
    EXPECT_EQ(Lab("2*3 + 1").output(), 7);
    EXPECT_THAT(scalar_check_summary(Lab("5").graph, Lab("5").passes), HasSubstr("no variable"));
    EXPECT_EQ(Lab("x = 4").gradient("x"), 1);
}

TEST(ScalarGradient, ValuesAreGivenByName) {
    const auto graph = *ScalarGraph::parse("x = 3; z = x*alpha; o = z^2");
    EXPECT_EQ(*scalar_values(graph, {{"alpha", 2}}), (std::vector<double>{3, 2}));
    EXPECT_EQ(*scalar_values(graph, {{"alpha", 2}, {"x", 4}}), (std::vector<double>{4, 2}));
    const auto said = [&](const std::map<std::string, double>& values) {
        const auto found = scalar_values(graph, values);
        return found ? std::string("understood") : found.error().message;
    };
    EXPECT_EQ(said({}), "no value for alpha: expected alpha=NUMBER");
    EXPECT_EQ(said({{"alpah", 1}}), "no variable 'alpah'; did you mean 'alpha'?");
    EXPECT_EQ(said({{"q", 1}, {"alpha", 1}}), "no variable 'q'; there are: x, alpha");
    EXPECT_EQ(said({{"z", 1}}), "'z' is computed, not given; the variables are x, alpha");
    EXPECT_EQ(said({{"alpha", NAN}}), "the value of alpha: expected a finite number");
}

TEST(ScalarGradient, TheTableHasEveryNodeInFullToo) {
    const Lab lab("y = x/3; o = y^2 + 1", {{"x", 1}});
    const auto people = scalar_cells(lab.graph, lab.passes), full = scalar_cells(lab.graph, lab.passes, true);
    EXPECT_THAT(people.headings, ElementsAre("node", "operation", "value", "local gradients", "∂o/∂node",
                                             "finite difference", "check"));
    ASSERT_EQ(people.rows.size(), 4U);
    EXPECT_THAT(people.rows[1],
                ElementsAre("y", "x / 3", "0.333333", "∂y/∂x = 0.333333", "0.666667", "", ""));
    EXPECT_EQ(full.rows[1][2], "0.3333333333333333");
    EXPECT_EQ(people.rows[0][6], "agrees");
}

TEST(ScalarGradient, SteepAndCancellingFunctionsAreNotCalledWrong) {
    for (const auto& [text, x] : {std::pair("((1e12 + x) - 1e12)*1e3", 0.5),
                                  {"exp(exp(x))", 3.0},
                                  {"sin(1e7*x)", 1.0},
                                  {"x^40", 9.0},
                                  {"x", 1e300},
                                  {"x*1e-300", 1.0},
                                  {"exp(x)", 700.0}})
        EXPECT_NE(Lab(text, {{"x", x}}).check("x").outcome, Outcome::differs) << text;
}

TEST(ScalarPresets, AllAreWhatTheySay) {
    ASSERT_GE(scalar_presets().size(), 4U);
    for (const auto& preset : scalar_presets()) {
        const Lab lab(preset.text, preset.values);
        EXPECT_TRUE(std::isfinite(lab.output())) << preset.name;
        EXPECT_FALSE(preset.remarks.empty());
        for (const auto& check : lab.passes.checks)
            EXPECT_TRUE(check.outcome == Outcome::agrees ||
                        (preset.name == "kink" && check.outcome == Outcome::kink))
                << preset.name;
    }
    const auto preset = [](const std::string& name) {
        return *std::ranges::find(scalar_presets(), name, &ScalarPreset::name);
    };
    // What the remarks claim.
    const Lab neuron(preset("neuron").text, preset("neuron").values);
    EXPECT_NEAR(neuron.gradient("z"), neuron.passes.values[std::size_t(neuron.graph.find("p"))] - 1, 1e-12);
    const Lab sure(preset("neuron").text, {{"w", 30}, {"x", 2}, {"b", -3}, {"t", 0}});
    EXPECT_TRUE(std::isinf(sure.output()) || std::isnan(sure.output()));
    const Lab softmax(preset("softmax").text, preset("softmax").values);
    EXPECT_NEAR(softmax.gradient("a") + softmax.gradient("b"), 0, 1e-12);
    const Lab chain(preset("vanishing").text, preset("vanishing").values);
    EXPECT_LT(std::abs(chain.gradient("x")), std::pow(0.6, 5));
    auto steep = preset("vanishing").values;
    steep["w"] = 3;
    EXPECT_LT(std::abs(Lab(preset("vanishing").text, steep).gradient("x")), 1e-5);
    auto edge = preset("exercise").values;
    edge["b"] = -6;
    EXPECT_THAT(Lab(preset("exercise").text, edge).notes(), ElementsAre(HasSubstr("kink")));
    edge["b"] = -7;
    EXPECT_EQ(Lab(preset("exercise").text, edge).gradient("a"), 0);
}

} // namespace

} // namespace descent
