#include "core/analysis/scalar_graph.h"

#include <gmock/gmock.h>

#include <random>

namespace descent {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ScalarGraph parsed(std::string_view text) {
    auto graph = ScalarGraph::parse(text);
    if (!graph) ADD_FAILURE() << text << ": " << graph.error().message;
    return graph ? std::move(*graph) : ScalarGraph();
}

/// Each node that has an operation as "name = operation".
std::vector<std::string> operations(const ScalarGraph& graph) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (graph.nodes[i].op->inputs > 0)
            all.push_back(graph.nodes[i].name + " = " + graph.operation(int(i)));
    return all;
}
std::vector<std::string> leaves(const ScalarGraph& graph) {
    std::vector<std::string> all;
    for (const int leaf : graph.leaves) all.push_back(graph.word(leaf));
    return all;
}
ScalarSyntaxError refused(std::string_view text) {
    const auto graph = ScalarGraph::parse(text);
    if (graph) {
        ADD_FAILURE() << "understood: " << text;
        return {};
    }
    return graph.error();
}

TEST(ScalarGraph, AnExpressionBecomesNodesInOrder) {
    const auto graph = parsed("(relu(x*m+b)-t)^2");
    EXPECT_THAT(operations(graph),
                ElementsAre("v1 = x · m", "v2 = v1 + b", "v3 = relu(v2)", "v4 = v3 − t", "o = v4^2"));
    EXPECT_THAT(leaves(graph), ElementsAre("x", "m", "b", "t"));
    EXPECT_EQ(graph.word(graph.output), "o");
}

TEST(ScalarGraph, StatementsNameTheirNodesAndShareThem) {
    const auto graph = parsed("z = x*m; a = z + b\n\n y = max(0, a);\no = (y - t)^2 + y;");
    EXPECT_THAT(operations(graph), ElementsAre("z = x · m", "a = z + b", "y = max(0, a)", "v1 = y − t",
                                               "v2 = v1^2", "o = v2 + y"));
    EXPECT_EQ(graph.find("y"), graph.nodes[std::size_t(graph.output)].inputs[1]);
    EXPECT_EQ(graph.find("v1"), -1) << "made names cannot be referred to";
}

TEST(ScalarGraph, MadeNamesKeepClearOfThePersons) {
    const auto graph = parsed("o + v1*v2");
    EXPECT_THAT(operations(graph), ElementsAre("v3 = v1 · v2", "v4 = o + v3"));
}

TEST(ScalarGraph, OperatorsBindAsInMathematics) {
    EXPECT_THAT(operations(parsed("-x^2")), ElementsAre("v1 = x^2", "o = −v1"));
    EXPECT_THAT(operations(parsed("a^b^c")), ElementsAre("v1 = b^c", "o = a^v1"));
    EXPECT_THAT(operations(parsed("a-b-c")), ElementsAre("v1 = a − b", "o = v1 − c"));
    EXPECT_THAT(operations(parsed("a/b*c")), ElementsAre("v1 = a / b", "o = v1 · c"));
    EXPECT_THAT(operations(parsed("a+b*c")), ElementsAre("v1 = b · c", "o = a + v1"));
    EXPECT_THAT(operations(parsed("x^-2")), ElementsAre("o = x^(−2)"));
    EXPECT_THAT(operations(parsed("2*-x")), ElementsAre("v1 = −x", "o = 2 · v1"));
    EXPECT_THAT(operations(parsed("--5 + +x")), ElementsAre("o = 5 + x"));
    EXPECT_THAT(operations(parsed("a × b ÷ c − d · e ** 2")),
                ElementsAre("v1 = a · b", "v2 = v1 / c", "v3 = e^2", "v4 = d · v3", "o = v2 − v4"));
    EXPECT_THAT(operations(parsed("max(a, b, 1e-3)")), ElementsAre("v1 = max(a, b)", "o = max(v1, 0.001)"));
    EXPECT_THAT(operations(parsed("max(-1, a)")), ElementsAre("o = max(−1, a)"));
    EXPECT_THAT(operations(parsed("pow(x, 3) + ln(y')")),
                ElementsAre("v1 = x^3", "v2 = log(y')", "o = v1 + v2"));
    EXPECT_THAT(leaves(parsed("θ₁ * ŷ_2 + .5")), ElementsAre("θ₁", "ŷ_2"));
}

TEST(ScalarGraph, APlainNumberGivesAVariableItsValue) {
    const auto graph = parsed("x = 3; c = -1.5; k = 2*4; y = x; o = y + c*k");
    EXPECT_THAT(leaves(graph), ElementsAre("x", "c"));
    EXPECT_EQ(graph.nodes[std::size_t(graph.find("c"))].given, -1.5);
    EXPECT_THAT(operations(graph), ElementsAre("k = 2 · 4", "y = x", "v1 = c · k", "o = y + v1"));
    EXPECT_EQ(graph.varying()[std::size_t(graph.find("k"))], false);
    EXPECT_THAT(operations(parsed("5")), ElementsAre());
}

TEST(ScalarGraph, SlopesAreWrittenByTheNames) {
    const auto graph = parsed("y = max(0, a); p = sigmoid(w*y); o = p^2 + y/w + w^3 + 2^w");
    const auto formula = [&](const char* name, int slot, double a, double b) {
        return graph.slope_formula(graph.find(name), slot, a, b);
    };
    EXPECT_EQ(formula("y", 1, 0, 2), "1, since 0 < a");
    EXPECT_EQ(formula("y", 1, 0, -2), "0, since 0 > a");
    EXPECT_THAT(formula("y", 1, 0, 0),
                HasSubstr("0.5, since 0 and a are equal, a kink: each gets half, as in PyTorch"));
    EXPECT_EQ(formula("p", 0, 0.3, 0), "p·(1 − p)");
    std::vector<std::string> formulas;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (graph.nodes[i].op->name == "^" || graph.nodes[i].op->name == "/")
            for (int slot : {0, 1}) formulas.push_back(graph.slope_formula(int(i), slot, 1, 1));
    EXPECT_THAT(formulas, ElementsAre("2·p", "v2·log(p)", "1/w", "−y/w²", "3·w^2", "v5·log(w)", "w·2^(w − 1)",
                                      "v7·log(2)"));
}

TEST(ScalarGraph, BadTextIsAnsweredWithItsColumn) {
    const std::pair<const char*, const char*> cases[]{
        {"", "column 1: expected an expression, such as (relu(x*m + b) - t)^2"},
        {" ;\n; ", "line 2, column 3: expected an expression"},
        {"x +", "column 4: expected a number, a name or '(', found the end"},
        {"x * * y", "column 5: expected a number, a name or '(', found '*'"},
        {"(x + 1", "column 7: expected ')' for the '(' opened before, found the end"},
        {"x + 1)", "column 6: expected an operator, ';' or the end, found ')'"},
        {"2x", "column 2: expected an operator, ';' or the end, found 'x'; a product is written with *"},
        {"x(y + 1)", "column 1: no function 'x'"},
        {"x*x(y)", "column 3: no function 'x'; a product is written with *"},
        {"sigmiod(x)", "column 1: no function 'sigmiod'; did you mean 'sigmoid'?"},
        {"relu + 1", "column 1: 'relu' is a function: expected '(' after it"},
        {"relu(x, y)", "column 7: relu takes one value: expected ')', found ','"},
        {"pow(x, y, 1)", "column 9: pow takes two values: expected ')', found ','"},
        {"max(x)", "column 6: max takes two values or more: expected ',', found ')'"},
        {"relu()", "column 6: expected a number, a name or '(', found ')'"},
        {"1,5*x",
         "column 2: expected an operator, ';' or the end, found ','; decimals are written with a point"},
        {"x+1 = y",
         "column 5: expected an operator, ';' or the end, found '='; only a name can be assigned to"},
        {"x; y", "column 1: only the last statement may be without a name"},
        {"x = 1; x = 2", "column 8: 'x' is assigned already"},
        {"y = x + 1; x = 2*z", "column 12: 'x' was used as a variable before: it is assigned too late"},
        {"x = x + 1", "column 1: 'x' is used in what it is assigned"},
        {"relu = 2", "column 1: 'relu' is a function: expected another name"},
        {"1e999*x", "column 1: '1e999' is beyond what a double can hold"},
        {"x ? y", "column 3: '?' has no meaning here"},
        {"θ·x + €", "column 7: '€' has no meaning here"},
        {"x\x01", "column 2: an invisible character has no meaning here"},
        {"x + \xff", "column 5: this is not UTF-8 text"},
        {"a = x\nb = a +\nc = b",
         "line 2, column 8: expected a number, a name or '(', found the end of the line"},
    };
    for (const auto& [text, said] : cases) EXPECT_THAT(refused(text).message, HasSubstr(said)) << text;
    const auto error = refused("θ + sigmiod(x)");
    EXPECT_EQ(error.begin, 5U); // bytes
    EXPECT_EQ(error.end, 12U);
}

TEST(ScalarGraph, WhatIsTooMuchIsRefusedKindly) {
    const auto nested = [](int depth, const char* open, const char* close) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += open;
        text += "x";
        for (int i = 0; i < depth; ++i) text += close;
        return text;
    };
    EXPECT_TRUE(ScalarGraph::parse(nested(190, "(", ")")));
    EXPECT_TRUE(ScalarGraph::parse(nested(190, "sin(", ")")));
    for (const auto& text : {nested(201, "(", ")"), nested(900, "sin(", ")"), nested(4900, "-", ""),
                             nested(4900, "", "^x"), nested(4900, "(", "")})
        EXPECT_THAT(refused(text).message, HasSubstr("nested more than 200 deep: give parts of it names"))
            << text.substr(0, 20);
    EXPECT_THAT(refused(std::string(10'001, ' ')).message,
                HasSubstr("column 10001: the text is longer than 10000 bytes"));
    EXPECT_THAT(refused(nested(3000, "", "+x")).message, HasSubstr("more than 2000 operations"));
    EXPECT_TRUE(ScalarGraph::parse(nested(1900, "", "+x")));
}

/// Pieces of good text in random order, and good text with bytes changed: an answer, and one line of it.
TEST(ScalarGraph, MalformedTextNeverGoesUnanswered) {
    std::mt19937 random(7);
    const char* pieces[]{"x",  "y1", "relu(", "max(", ")", "(", ",", "+", "-",    "*",    "^", "=",  ";",
                         "\n", "2",  ".5",    "1e3",  "e", ".", "θ", "−", "\xce", "\x80", " ", "\0x"};
    const std::string good = "z = x*m; a = z + b; y = max(0, a); o = (y − t)^2";
    int understood = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        if (i % 2) {
            for (auto n = random() % 12; n-- > 0;) text += pieces[random() % std::size(pieces)];
        } else {
            text = good;
            for (auto n = 1 + random() % 3; n-- > 0;) text[random() % text.size()] = char(random() % 256);
        }
        const auto graph = ScalarGraph::parse(text);
        if (graph) {
            ++understood;
            for (std::size_t n = 0; n < graph->nodes.size(); ++n)
                for (const int input : graph->nodes[n].inputs) ASSERT_LT(input, int(n)) << text;
        } else {
            ASSERT_FALSE(graph.error().message.empty()) << text;
            ASSERT_EQ(graph.error().message.find('\n'), std::string::npos) << text;
            ASSERT_LE(graph.error().begin, graph.error().end) << text;
            ASSERT_LE(graph.error().end, text.size()) << text;
        }
    }
    EXPECT_GT(understood, 500);
}

} // namespace

} // namespace descent
