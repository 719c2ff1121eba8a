#include "core/analysis/text_table.h"

#include <gtest/gtest.h>

namespace descent {

namespace {

TextTable awkward() {
    return {
        {"group", "mean ± SD"}, {{"a|b, \"c\"", "\u22120.4 ± 2.1"}, {"x_1 & 50%\n{y}", ""}}, {false, true}};
}

TEST(TextTable, IsCsv) {
    EXPECT_EQ(to_csv(awkward()),
              "group,mean ± SD\n\"a|b, \"\"c\"\"\",\u22120.4 ± 2.1\n\"x_1 & 50%\n{y}\",\n");
}

TEST(TextTable, IsMarkdown) {
    EXPECT_EQ(to_markdown(awkward()),
              "| group | mean ± SD |\n|---|---:|\n| a\\|b, \"c\" | \u22120.4 ± 2.1 |\n"
              "| x_1 & 50% {y} |  |\n");
}

TEST(TextTable, IsLatex) {
    EXPECT_EQ(to_latex(awkward()), "\\begin{tabular}{lr}\n\\toprule\ngroup & mean $\\pm$ SD \\\\\n\\midrule\n"
                                   "a$|$b, \"c\" & $-$0.4 $\\pm$ 2.1 \\\\\nx\\_1 \\& 50\\% \\{y\\} &  \\\\\n"
                                   "\\bottomrule\n\\end{tabular}\n");
    const TextTable special{{"[a]", "#$~^\\"}, {{"*", "p < 0.05 · 3"}}, {}};
    EXPECT_EQ(to_latex(special),
              "\\begin{tabular}{ll}\n\\toprule\n{[}a] & \\#\\$\\textasciitilde{}\\textasciicircum{}"
              "\\textbackslash{} \\\\\n\\midrule\n{*} & p $<$ 0.05 $\\cdot$ 3 \\\\\n\\bottomrule\n"
              "\\end{tabular}\n");
}

TEST(TextTable, WithoutRowsIsItsHeadings) {
    const TextTable empty{{"a", "b"}, {}, {}};
    EXPECT_EQ(to_csv(empty), "a,b\n");
    EXPECT_EQ(to_markdown(empty), "| a | b |\n|---|---|\n");
}

} // namespace

} // namespace descent
