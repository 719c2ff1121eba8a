#include "core/analysis/report_presets.h"

#include "core/base/result.h"

#include <gmock/gmock.h>

#include <array>
#include <set>

namespace descent {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RunRecord tagged(std::vector<std::string> tags, const std::string& source = "") {
    RunRecord run;
    run.tags = std::move(tags);
    run.spec.task = {"imdb", {{{"source", source}}}};
    return run;
}

} // namespace

TEST(ReportPresets, SayWhatWasReachedOnWhat) {
    const auto& all = report_presets();
    EXPECT_EQ(all.size(), 13u);
    std::set<std::string> titles;
    for (const auto& preset : all) {
        EXPECT_TRUE(titles.insert(preset.title).second) << preset.title;
        EXPECT_TRUE(preset.source == "report" || preset.source == "code") << preset.id;
        EXPECT_TRUE(preset.title.starts_with(preset.source + ": ")) << preset.title;
        EXPECT_FALSE(preset.data.empty()) << preset.id;
        EXPECT_FALSE(preset.request.task.empty()) << preset.id;
        EXPECT_FALSE(preset.request.model.empty()) << preset.id << ": else it is not known what it is of";
        ASSERT_FALSE(preset.figures.empty()) << preset.id;
        for (const auto& figure : preset.figures) {
            EXPECT_TRUE(figure.metric.starts_with("test/")) << figure.metric;
            EXPECT_GT(figure.value, 0);
            EXPECT_LT(figure.value, 1) << "a share, or a loss of at most ln 3";
        }
    }
    const auto& cnn = report_preset("imdb-cnn");
    EXPECT_EQ(report_sentence(cnn, false),
              "report: IMDb CNN, reported on IMDb reviews, 17,500 / 7,500 / 25,000: "
              "test accuracy 84.07%, test loss 0.471");
    EXPECT_THAT(report_sentence(cnn, true), HasSubstr("other data, not to be compared"));
    EXPECT_THAT(report_sentence(report_preset("trec-cnn"), false),
                HasSubstr("reached by published code on TREC questions"));
    const auto unknown = guarded([] { return report_preset("imbd-cnn").id; });
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message, "no preset 'imbd-cnn'; did you mean 'imdb-cnn'?");
}

TEST(ReportPresets, FiguresAreLinesOnChartsOfWhatTheyMeasure) {
    const std::array runs{tagged({"paper", "preset-imdb-cnn"}, "/data/aclImdb")};
    const auto on = [&](const char* metric) { return report_lines(runs, metric); };
    ASSERT_EQ(on("validation/accuracy").size(), 1u);
    EXPECT_EQ(on("validation/accuracy")[0].value, 0.8407);
    EXPECT_EQ(on("validation/accuracy")[0].label, "report: test 84.07%") << "not of the validation set";
    EXPECT_EQ(on("train/loss")[0].label, "report: test 0.471");
    EXPECT_TRUE(on("validation/macro-f1").empty());
    EXPECT_TRUE(on("gradient/norm").empty());
    EXPECT_TRUE(report_lines(std::array{tagged({"paper"})}, "test/accuracy").empty());
}

TEST(ReportPresets, LinesOfOtherDataSaySo) {
    const std::array made{tagged({"preset-imdb-cnn"})};
    EXPECT_EQ(report_lines(made, "test/accuracy")[0].label, "report: test 84.07% (other data)");
    // Several runs of one preset have one line, several presets name themselves.
    const std::array two{tagged({"preset-imdb-cnn"}), tagged({"preset-imdb-cnn"}),
                         tagged({"preset-imdb-lstm"})};
    const auto lines = report_lines(two, "test/accuracy");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[1].label, "report: IMDb LSTM: test 84.06% (other data)");
}

TEST(ReportPresets, HoldAsLongAsTaskAndModelAreTheirs) {
    const auto& preset = report_preset("imdb-cnn");
    auto request = preset.request;
    request.set("optimizer.lr", "0.1");
    EXPECT_TRUE(is_of(request, preset));
    request.model = "text-lstm";
    EXPECT_FALSE(is_of(request, preset));
    const auto run = tagged({});
    const auto marks = report_marks(report_preset("imdb-rnn"), run.spec);
    EXPECT_THAT(marks.tags, ElementsAre("preset-imdb-rnn"));
    ASSERT_EQ(marks.log.size(), 2u);
    EXPECT_THAT(marks.log[0], HasSubstr("test accuracy 58.12%"));
    EXPECT_THAT(marks.log[1], HasSubstr("read at each text's own end"));
}

} // namespace descent
