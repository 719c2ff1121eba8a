#include "core/analysis/comparison.h"

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <limits>

namespace descent {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// SciPy's and mpmath's; see tests/reference/README.md.
const nlohmann::json& golden() {
    static const auto all = [] {
        std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/comparison.json");
        return nlohmann::json::parse(file);
    }();
    return all;
}

/// Two groups of `values`, seeds from 0.
Comparison compared(const std::vector<double>& reference, const std::vector<double>& values,
                    Direction direction = Direction::lower, std::uint64_t first_seed = 0) {
    std::vector<RunRecord> runs;
    RunGroup a{"sgd", {}}, b{"full-batch", {}};
    std::vector<double> all;
    for (std::size_t i = 0; i < reference.size() + values.size(); ++i) {
        const bool in_reference = i < reference.size();
        (in_reference ? a : b).runs.push_back(i);
        all.push_back(in_reference ? reference[i] : values[i - reference.size()]);
        runs.emplace_back().spec.seed = in_reference ? i : first_seed + i - reference.size();
    }
    return compare_groups(runs, {a, b}, {"validation/loss"}, all, direction);
}

TEST(NoncentralT, AgreesWithReferences) {
    for (const auto& row : golden().at("nct"))
        EXPECT_NEAR(noncentral_t_cdf(row[0], row[1], row[2]), row[3].get<double>(), 1e-10) << row.dump();
    EXPECT_NEAR(noncentral_t_cdf(1.3, 7, 0), student_t_cdf(1.3, 7), 1e-12);
    EXPECT_TRUE(std::isnan(noncentral_t_cdf(1, 0, 1)));
    EXPECT_EQ(noncentral_t_cdf(std::numeric_limits<double>::infinity(), 3, 1), 1);
}

TEST(Contrast, AgreesWithSciPy) {
    for (const auto& c : golden().at("contrasts")) {
        SCOPED_TRACE(c.at("name").get<std::string>());
        const auto reference = c.at("reference").get<std::vector<double>>(),
                   values = c.at("values").get<std::vector<double>>();
        const auto found = contrast(reference, values, c.at("paired"));
        const double p = c.at("p"), statistic = c.at("statistic");
        EXPECT_NEAR(found.gap.mean / found.gap.error, statistic, 1e-10 * std::abs(statistic));
        EXPECT_NEAR(found.gap.dof, c.at("dof").get<double>(), 1e-9);
        EXPECT_NEAR(found.p, p, 1e-9 * p);
        EXPECT_NEAR(found.gap.mean - found.gap.half_width, c.at("low").get<double>(), 1e-9);
        EXPECT_NEAR(found.gap.mean + found.gap.half_width, c.at("high").get<double>(), 1e-9);
        if (c.at("effect").is_null())
            EXPECT_TRUE(std::isnan(found.effect));
        else
            EXPECT_NEAR(found.effect, c.at("effect").get<double>(), 1e-10);
        EXPECT_EQ(found.needed, c.at("needed").get<std::int64_t>());
    }
}

TEST(Contrast, LeavesOutWhatIsNotFinite) {
    const std::vector<double> a{1, 2, kNaN, 4}, b{2, kNaN, 3, 7}, a_whole{1, 4}, b_whole{2, 7};
    EXPECT_EQ(contrast(a, b, true).gap.mean, contrast(a_whole, b_whole, true).gap.mean);
    EXPECT_EQ(contrast(a, b, true).gap.count, 2);
    EXPECT_EQ(contrast(a, b, false).gap.count, 3);
    const std::vector<double> none, one{1}, same{1, 1};
    EXPECT_TRUE(std::isnan(contrast(none, one, false).p));
    EXPECT_EQ(contrast(one, one, true).needed, 0);
    EXPECT_TRUE(std::isnan(contrast(same, same, true).p));
    const std::vector<double> higher{2, 2};
    EXPECT_EQ(contrast(same, higher, true).p, 0);
    EXPECT_EQ(contrast(same, higher, true).needed, 0);
}

TEST(NeededReplicates, AgreeWithSciPy) {
    for (const auto& row : golden().at("needed"))
        EXPECT_EQ(needed_replicates(row[0], row[1]), row[2].get<std::int64_t>()) << row.dump();
    EXPECT_EQ(needed_replicates(0, true), 0);
    EXPECT_EQ(needed_replicates(kNaN, false), 0);
    EXPECT_EQ(needed_replicates(1e-9, false), 1'000'000);
    EXPECT_EQ(needed_replicates(1e9, false), 2);
    EXPECT_GT(needed_replicates(0.5, true, 0.9), needed_replicates(0.5, true, 0.8));
}

TEST(Seeds, MatchWhereOneGroupsAreAmongTheOthers) {
    const std::vector<Replicate> a{{3, 0.3}, {1, 0.1}, {2, 0.2}}, b{{2, 1.2}, {1, 1.1}}, c{{2, 2}, {9, 9}},
        twice{{1, 5}, {1, 6}, {2, 7}};
    const auto pairs = match_seeds(a, b);
    EXPECT_TRUE(pairs.paired);
    EXPECT_THAT(pairs.reference, ElementsAre(0.1, 0.2));
    EXPECT_THAT(pairs.values, ElementsAre(1.1, 1.2));
    EXPECT_FALSE(match_seeds(a, c).paired);
    EXPECT_THAT(match_seeds(a, c).reference, ElementsAre(0.3, 0.1, 0.2));
    EXPECT_FALSE(match_seeds(a, twice).paired);
    EXPECT_EQ(match_seeds(a, twice).values.size(), 3u);
}

TEST(Comparison, TellsEachGroupAndItsDistance) {
    const auto comparison = compared({1.0, 1.2, 1.1}, {1.5, kNaN, 1.7, 1.6});
    ASSERT_EQ(comparison.rows.size(), 2u);
    const auto& [reference, row] = std::tie(comparison.rows[0], comparison.rows[1]);
    EXPECT_FALSE(reference.against);
    EXPECT_NEAR(reference.moments.mean, 1.1, 1e-15);
    const double t = 0.95 * std::sqrt(2 / (4 * 0.975 * 0.025)); // closed form for two degrees of freedom
    EXPECT_NEAR(reference.interval.low, 1.1 - t * 0.1 / std::sqrt(3), 1e-12);
    EXPECT_EQ(row.missing, 1);
    EXPECT_EQ(row.moments.count, 3);
    // Seeds 0, 2 of the reference's 0, 1, 2 and of 0, 2, 3: no pairs.
    EXPECT_FALSE(row.against->gap.paired);
    EXPECT_NEAR(row.against->gap.mean, 0.5, 1e-12);
    EXPECT_THROW(compare_groups({}, {}, {"loss"}, {}, Direction::lower), InputError);
}

TEST(Verdict, IsAPlainSentence) {
    EXPECT_EQ(verdict(compared({1.0, 1.1, 1.2}, {1.2, 1.29, 1.41}), 1),
              "higher by 0.200 ± 0.025 (paired, 3 seeds): worse");
    EXPECT_EQ(verdict(compared({1.0, 1.1, 1.2}, {1.2, 1.29, 1.41}, Direction::higher), 1),
              "higher by 0.200 ± 0.025 (paired, 3 seeds): better");
    EXPECT_EQ(verdict(compared({1.0, 1.1, 1.2}, {0.2, 0.3, 0.4, 0.3}, Direction::none, 50), 1),
              "lower by 0.80 ± 0.20 (4 and 3 seeds)");
    EXPECT_EQ(verdict(compared({1.0, 1.1, 1.2}, {1.0, 1.1, 1.2}), 1), "the same with 3 seeds");
    EXPECT_EQ(verdict(compared({1.0}, {2.0}), 1), "one seed tells no difference");
    EXPECT_EQ(verdict(compared({1.0, 2.0}, {kNaN, kNaN}), 1),
              "no number to compare; 2 of 2 runs have no number");
    EXPECT_EQ(verdict(compared({kNaN}, {1}), 1), "nothing to compare with: the reference has no number");
    EXPECT_EQ(verdict(compared({1.0, kNaN}, {1, 2}), 0), "the reference; 1 of 2 runs has no number");
    // Golden: five pairs, alike.
    const auto alike = golden().at("contrasts")[2];
    const auto text = verdict(compared(alike.at("reference"), alike.at("values")), 1);
    EXPECT_THAT(text, HasSubstr("not distinguishable with 5 seeds ("));
    EXPECT_THAT(text, HasSubstr("); about 13 would be needed"));
}

TEST(Verdict, CallsRunsOfOneSeedRuns) {
    std::vector<RunRecord> runs(4);
    const std::vector<double> values{1, 1.1, 3, 3.1};
    const auto comparison =
        compare_groups(runs, {{"a", {0, 1}}, {"b", {2, 3}}}, {"loss"}, values, Direction::lower);
    EXPECT_EQ(verdict(comparison, 1), "higher by 2.00 ± 0.30 (2 and 2 runs): worse");
}

TEST(Conclusion, NamesTheBestAndWhatCannotBeToldFromIt) {
    std::vector<RunRecord> runs(11);
    for (std::size_t i = 0; i < runs.size(); ++i) runs[i].spec.seed = i % 3;
    const std::vector<double> values{0.5, 0.6, 0.7, 0.51, 0.62, 0.68, 0.1, 0.2, 0.3, 0.65, kNaN};
    const std::vector<RunGroup> groups{
        {"slow", {6, 7, 8}}, {"a", {0, 1, 2}}, {"b", {3, 4, 5}}, {"once", {9}}, {"gone", {10}}};
    const auto comparison = compare_groups(runs, groups, {"validation/accuracy", MetricPick::At::best},
                                           values, Direction::higher);
    const auto text = conclusion(comparison);
    EXPECT_THAT(text, HasSubstr("Best in the best validation/accuracy: once, 0.65 (1 seed)."));
    auto without = groups;
    without.erase(without.begin() + 3);
    const auto told =
        conclusion(compare_groups(runs, without, {"validation/accuracy"}, values, Direction::higher));
    EXPECT_THAT(told,
                HasSubstr("Best in the last validation/accuracy: b, 0.603 ± 0.086 (mean ± SD, 3 seeds). "
                          "Not distinguishable from it: a (\u22120.003 ± 0.052, paired, 3 seeds; about "));
    EXPECT_THAT(told, HasSubstr("Worse: slow by 0.403 ± 0.052 (paired, 3 seeds). Without a number: gone. "
                                "Each interval holds at 95% for itself."));
    EXPECT_EQ(conclusion(compared({1, 1.1}, {3, 3.1}, Direction::none)),
              "In the last validation/loss, against sgd: full-batch higher by 2 ± 0 (paired, 2 seeds).");
    EXPECT_EQ(conclusion(compared({kNaN}, {kNaN})), "No run has a number for the last validation/loss.");
}

TEST(ComparisonTable, HoldsWhatIsToldAndTheFileEveryDigit) {
    const auto comparison = compared({1.0, 1.1, 1.2}, {1.2, 1.29, 1.41});
    const auto table = comparison_table(comparison);
    ASSERT_EQ(table.rows.size(), 2u);
    for (const auto& row : table.rows) ASSERT_EQ(row.size(), table.headings.size());
    EXPECT_EQ(table.right.size(), table.headings.size());
    EXPECT_THAT(table.rows[0],
                ElementsAre("sgd", "3", "1.10 ± 0.10", "0.85 to 1.35", "", "", "", "", "the reference"));
    EXPECT_EQ(table.rows[1][4], "0.200 ± 0.025");
    const std::vector both{comparison, comparison};
    const auto tidy = tidy_table(both);
    ASSERT_EQ(tidy.rows.size(), 4u);
    for (const auto& row : tidy.rows) ASSERT_EQ(row.size(), tidy.headings.size());
    EXPECT_EQ(tidy.headings[10], "difference");
    EXPECT_EQ(std::stod(tidy.rows[1][10]), comparison.rows[1].against->gap.mean);
    EXPECT_EQ(std::stod(tidy.rows[3][16]), comparison.rows[1].against->p);
}

} // namespace

} // namespace descent
