#include "tests/cli/cli_fixture.h"

#include <cmath>
#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::HasSubstr;

using CatalogCommands = Cli;

TEST_F(CatalogCommands, EveryCommandHasHelpWithAnExample) {
    for (const char* command :
         {"tasks",   "models", "optimizers", "regimes", "probes", "inspect", "run",   "resume",
          "branch",  "ladder", "runs",       "show",    "export", "import",  "merge", "trash",
          "restore", "rename", "tag",        "note",    "star",   "unstar"}) {
        const auto ended = descent({command, "--help"});
        EXPECT_EQ(ended.code, 0) << command;
        EXPECT_EQ(ended.err, "") << command;
        EXPECT_THAT(ended.out, HasSubstr("Usage: descent " + std::string(command)));
        EXPECT_THAT(ended.out, HasSubstr("Example")) << command;
    }
}

TEST_F(CatalogCommands, HelpOfTheProgramListsTheCommandsAndTouchesNothing) {
    const auto before = everything();
    for (const auto& words : std::vector<std::vector<std::string>>{{"--help"}, {"-h"}, {}}) {
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0);
        for (const char* command : {"run", "resume", "runs", "export", "DESCENT_STORE"})
            EXPECT_THAT(ended.out, HasSubstr(command));
    }
    EXPECT_EQ(everything(), before);
}

TEST_F(CatalogCommands, VersionNamesTorchAndTheBlas) {
    const auto ended = descent({"--version"});
    EXPECT_EQ(ended.code, 0);
    const auto lines = lines_of(ended.out);
    ASSERT_EQ(lines.size(), 1u) << ended.out;
    EXPECT_THAT(lines[0], HasSubstr("descent " DESCENT_VERSION));
    EXPECT_THAT(lines[0], HasSubstr("torch "));
    EXPECT_THAT(lines[0], HasSubstr("BLAS"));
}

TEST_F(CatalogCommands, EveryListIsJsonWithDeclaredParameters) {
    for (const char* list : {"tasks", "models", "optimizers", "regimes"}) {
        const auto ended = descent({list, "--json"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        const auto entries = nlohmann::json::parse(ended.out, nullptr, false);
        ASSERT_TRUE(entries.is_array() && !entries.empty()) << list;
        for (const auto& entry : entries) {
            EXPECT_FALSE(entry.value("summary", "").empty()) << entry;
            for (const auto& param : entry.at("params"))
                for (const char* key : {"name", "type", "default", "range", "unit", "help"})
                    EXPECT_TRUE(param.contains(key)) << param << " lacks " << key;
        }
    }
}

TEST_F(CatalogCommands, ListsShowTypeDefaultRangeAndHelp) {
    const auto all = descent({"optimizers"});
    EXPECT_EQ(all.code, 0);
    for (const char* part : {"sgd", "adam", "lr", "momentum", "real", "default", "range"})
        EXPECT_THAT(all.out, HasSubstr(part));
    const auto one = descent({"optimizers", "adam"});
    EXPECT_THAT(one.out, HasSubstr("adam"));
    EXPECT_THAT(one.out, testing::Not(HasSubstr("nesterov")));
    const auto regimes = descent({"regimes", "full-batch-clipped"});
    EXPECT_THAT(regimes.out, HasSubstr("sets: "));
    EXPECT_THAT(regimes.out, HasSubstr("batch_size"));
}

TEST_F(CatalogCommands, InspectReportsTheDataAndStoresNothing) {
    write(data_ / "Polish.txt", read(data_ / "Polish.txt") + "czywsz\nДа\n");
    const auto before = everything();
    const auto ended = descent({"inspect", "--task", "names", "--set", "task.source=names", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    auto report = nlohmann::json::parse(ended.out, nullptr, false);
    EXPECT_EQ(report["duplicates"], 1);
    EXPECT_EQ(report["dropped_lines"], 1);
    EXPECT_EQ(report["class_counts"]["Italian"], 20);
    EXPECT_EQ(report["dropped_characters"]["Д"], 1);
    EXPECT_EQ(report["spec"]["task"]["params"]["source"], data_.string()) << "a path is stored absolute";
    EXPECT_GT(report["provenance"]["majority_baseline"], 0.0);
    EXPECT_EQ(report["provenance"]["data_hash"].get<std::string>().size(), 64u);
    EXPECT_EQ(descent({"inspect", "--task", "names", "--set", "task.source=names"}).code, 0);
    EXPECT_EQ(everything(), before);
}

TEST_F(CatalogCommands, InspectPrintsTheScheduleInBothUnits) {
    const std::vector<std::string> words{"inspect",
                                         "--task",
                                         "names",
                                         "--set",
                                         "task.source=names",
                                         "--regime",
                                         "full-batch",
                                         "--optimizer",
                                         "sgd",
                                         "--set",
                                         "optimizer.lr=0.5",
                                         "--set",
                                         "regime.schedule=cosine",
                                         "--set",
                                         "regime.warmup=2",
                                         "--at",
                                         "9:optimizer.lr=0.1",
                                         "--epochs",
                                         "10"};
    auto as_json = words;
    as_json.emplace_back("--json");
    const auto ended = descent(as_json);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto report = nlohmann::json::parse(ended.out, nullptr, false);
    const auto& rows = report["schedule"];
    std::vector<std::pair<std::string, int>> moments;
    for (const auto& row : rows) moments.emplace_back(row["at"], row["update"]);
    EXPECT_EQ(moments, (std::vector<std::pair<std::string, int>>{
                           {"start", 0}, {"end of warm-up", 2}, {"50%", 5}, {"75%", 7}, {"end", 9}}));
    EXPECT_EQ(rows[0]["lr"], 0.0);
    EXPECT_EQ(rows[1]["lr"], 0.5);
    EXPECT_NEAR(rows[4]["lr"].get<double>(), 0.1 * (1 + std::cos(M_PI * 7 / 8)) / 2, 1e-12);
    const double examples = report["provenance"]["train_examples"];
    EXPECT_DOUBLE_EQ(rows[1]["lr_on_sum"].get<double>(), 0.5 / examples);
    EXPECT_EQ(rows[1]["lr_on_mean"], 0.5);
    const auto text = descent(words);
    for (const char* part :
         {"cosine after a warm-up of 2 epochs", "end of warm-up", "on the sum", "9 optimizer.lr=0.1"})
        EXPECT_THAT(text.out, HasSubstr(part));
}

TEST_F(CatalogCommands, ProbesAndSectionsAreListed) {
    const auto probes = nlohmann::json::parse(descent({"probes", "--json"}).out, nullptr, false);
    const auto is = [&](const char* id, bool instrument) {
        return std::ranges::any_of(
            probes, [&](const auto& p) { return p["id"] == id && p["instrument"] == instrument; });
    };
    EXPECT_TRUE(is("loss", false));
    EXPECT_TRUE(is("distance", true));
    const auto text = descent({"probes"});
    for (const char* part : {"accuracy", "distance", "probe_share"}) EXPECT_THAT(text.out, HasSubstr(part));
    EXPECT_THAT(descent({"regimes", "full-batch"}).out, HasSubstr("Schedule:\n      "));
}

} // namespace

} // namespace descent::test
