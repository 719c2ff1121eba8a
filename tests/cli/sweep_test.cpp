#include "core/store/reader.h"
#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

namespace descent::test {

namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream file(entry.path() / "stat");
        std::string line;
        std::getline(file, line);
        const auto bracket = line.rfind(')');
        if (bracket == std::string::npos || line.size() < bracket + 4) continue;
        if (std::atoi(line.c_str() + bracket + 3) == parent) found.push_back(std::atoi(name.c_str()));
    }
    return found;
}

class Sweeps : public Cli {
protected:
    static std::vector<std::string> tiny(const std::vector<std::string>& more) {
        std::vector<std::string> words{"sweep"};
        for (const char* setting : {"task.classes=3", "task.dimension=4", "task.train=30",
                                    "task.validation=15", "task.test=15", "regime.batch_size=10"})
            words.push_back("--set"), words.push_back(setting);
        words.insert(words.end(), {"--task", "gaussian-mixture"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    /// Ensembles and, since an average is kept of one network only, runs alone; a second of training or two.
    static std::vector<std::string> longer(const std::vector<std::string>& more) {
        auto words =
            tiny({"--name", "long", "--over", "model.hidden=4,40", "--over", "regime.averaging=none,ema",
                  "--seeds", "3", "--epochs", "400", "--progress", "json"});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    /// What is stored of each run, by key: state, samples (without what depends on the clock), matrices.
    static std::multimap<std::string, std::vector<std::string>> content(const std::filesystem::path& file) {
        std::multimap<std::string, std::vector<std::string>> all;
        const auto reader = StoreReader::open(file);
        EXPECT_TRUE(reader) << (reader ? "" : reader.error().message);
        if (!reader) return all;
        const auto runs = (*reader)->runs();
        for (const auto& run : *runs) {
            std::vector<std::string> said{std::string(to_string(run.state)) + " " +
                                          std::to_string(run.updates.count)};
            (*reader)->each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
                if (metric.name != "throughput")
                    said.push_back(metric.name + " " + std::to_string(point.update.count) + " " +
                                   std::to_string(point.epoch.passes) + " " + to_string(Value{point.value}));
            });
            for (const auto& name : (*reader)->matrix_names(run.id))
                for (const auto& moment : (*reader)->matrix_moments(run.id, name)) {
                    std::string row = name + " " + std::to_string(moment.update.count);
                    const auto matrix = (*reader)->matrix(run.id, name, moment.update);
                    for (const double value : matrix->values) row += " " + to_string(Value{value});
                    said.push_back(row);
                }
            all.emplace(run.key, std::move(said));
        }
        return all;
    }

    /// The stored content of an unbroken `longer`, trained in a store of its own.
    std::multimap<std::string, std::vector<std::string>>
    unbroken(const std::vector<std::string>& more = {}) const {
        const auto other = (folder_ / "unbroken.sqlite").string();
        auto words = longer({"--store", other});
        words.insert(words.end(), more.begin(), more.end());
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        return content(other);
    }

    /// Reads progress until a share of it is made.
    static void wait_for_share(Child& child, double share) {
        while (const auto line = child.next_line()) {
            const auto said = nlohmann::json::parse(*line, nullptr, false);
            if (said.is_object() && said.value("share", 0.0) >= share) return;
            if (said.is_object() && said.value("event", "") == "finished") break;
        }
        ADD_FAILURE() << "ended early: " << child.out() << child.err();
    }

    nlohmann::json sweeps() const {
        const auto ended = descent({"sweep", "--list", "--json"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        return nlohmann::json::parse(ended.out, nullptr, false);
    }
};

TEST_F(Sweeps, TrainsTheGridOnceAndCanBeExtended) {
    const auto words = tiny({"--over", "model.hidden=1,4", "--seeds", "2", "--epochs", "5"});
    auto ended = descent(words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("model.hidden × 2, 2 seeds: 4 runs"));
    EXPECT_THAT(ended.out, HasSubstr("4 of 4 runs"));
    EXPECT_EQ(ended.err, "");
    const auto first = content(store());
    ASSERT_EQ(first.size(), 4u);
    for (const auto& run : stored_runs()) EXPECT_EQ(run["tags"].size(), 1u);
    EXPECT_TRUE(std::string(stored_runs()[0]["tags"][0]).starts_with("sweep-"));

    EXPECT_EQ(descent(words).code, 0) << "again";
    EXPECT_EQ(content(store()), first);
    ASSERT_EQ(sweeps().size(), 1u) << "the same plan is the same sweep";
    const std::string name = sweeps()[0]["sweep"];
    EXPECT_EQ(name, "gaussian-mixture-hidden");

    EXPECT_EQ(descent({"trash", std::string(stored_runs()[0]["run"])}).code, 0);
    EXPECT_EQ(descent({"sweep", "--resume", name}).code, 0);
    const auto anew = content(store());
    EXPECT_EQ(anew.size(), 4u) << "a run in the trash does not count";
    for (const auto& [key, said] : first) EXPECT_EQ(anew.count(key), 1u);

    ended = descent({"sweep", "--resume", name, "--over", "model.hidden=2", "--seeds", "3", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto table = nlohmann::json::parse(ended.out);
    EXPECT_EQ(table["status"]["cells"], 9);
    EXPECT_EQ(table["status"]["finished"], 9);
    EXPECT_EQ(table["plan"]["axes"][0]["levels"], (nlohmann::json{"1", "2", "4"})) << "in order";
    EXPECT_EQ(content(store()).size(), 9u);

    // A run under the same key of whatever sweep, or none, is not trained again.
    EXPECT_EQ(descent(tiny({"--over", "model.hidden=2,4", "--epochs", "5"})).code, 0);
    EXPECT_EQ(content(store()).size(), 9u);
    EXPECT_EQ(sweeps().size(), 2u);
}

TEST_F(Sweeps, ShowsListsTrashesAndRestores) {
    ASSERT_EQ(
        descent(tiny({"--name", "mine", "--over", "model.hidden=1,4", "--seeds", "2", "--epochs", "2"})).code,
        0);
    auto ended = descent({"sweep", "--show", "mine", "--csv", "table.csv"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("test/error"));
    EXPECT_THAT(read(folder_ / "table.csv"), HasSubstr("test/error"));
    ended = descent({"sweep", "--show", "mine", "--markdown", "--metric", "test/loss", "--x", "parameters"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.starts_with("|")) << ended.out;
    EXPECT_THAT(descent({"sweep", "--list"}).out, HasSubstr("4 of 4 runs"));
    EXPECT_EQ(descent({"sweep", "--trash", "mine"}).code, 0);
    EXPECT_TRUE(sweeps().empty());
    EXPECT_EQ(stored_runs().size(), 4u) << "its runs stay";
    expect_refused({"sweep", "--resume", "mine"}, {"in the trash", "--restore mine"});
    EXPECT_EQ(descent({"sweep", "--restore", "mine"}).code, 0);
    EXPECT_EQ(sweeps().size(), 1u);
    EXPECT_EQ(descent({"sweep", "--rename", "mine", "--name", "ours"}).code, 0);
    EXPECT_THAT(descent({"sweep", "--list"}).out, HasSubstr("ours"));
    expect_refused({"sweep", "--rename", "mine", "--name", "ours"}, {"mine"});
    expect_refused({"sweep", "--rename", "ours"}, {"--name"});
    EXPECT_EQ(descent({"sweep", "--rename", "ours", "--name", "mine"}).code, 0);
    expect_refused({"sweep", "--show", "mien"}, {"did you mean 'mine'?"});
    expect_refused({"sweep", "--show", "mine", "--metric", "test/eror"},
                   {"--metric test/eror", "'test/error'"});
    expect_refused({"sweep", "--show", "mine", "--x", "width"}, {"--x width", "parameters"});
}

TEST_F(Sweeps, ASlipIsOneLineAndStoresNothing) {
    const auto refused = [&](const std::vector<std::string>& more, const std::vector<std::string>& said) {
        expect_refused(tiny(more), said);
    };
    refused({}, {"nothing is varied"});
    refused({"--over", "model.hiden=1,2"}, {"model.hiden", "did you mean 'model.hidden'?"});
    refused({"--over", "model.hidden=1:8"}, {"model.hidden=1:8", "FROM:TO:STEPS"});
    refused({"--over", "model.hidden=0,1"}, {"model.hidden = 0", "a whole number from 1"});
    refused({"--over", "model.hidden=1:1000:1000", "--seeds", "1000"}, {"100,000"});
    refused({"--over", "optimizer=sgd,adam", "--set", "optimizer.momentum=0.9"},
            {"optimizer = adam", "optimizer.momentum"});
    refused({"--over", "model.hidden=1,2", "--seeds", "0"}, {"--seeds"});
    refused({"--over", "model.hidden=1,2", "--jobs", "x"}, {"--jobs"});
    refused({"--over", "model.hidden=1,2", "--progress", "xml"}, {"--progress xml"});
    refused({"--over", "model.activation=tanh,relu", "--active", "2"}, {"--active"});
    refused({"--over", "model.hidden=1,2", "--set", "task.classes=31"}, {"task.train"});
    expect_refused({"sweep", "--task", "names", "--draw-data", "--seeds", "2"}, {"data_seed"});
    expect_refused({"sweep", "--preset", "two-layr"}, {"did you mean 'two-layer'?"});
    expect_refused({"sweep", "--spec", "none.toml"}, {"none.toml", "no such file"});
    expect_refused({"sweep", "--resume", "nobody"}, {"no store"});
    expect_refused({"sweep", "--over", "model.hidden=1,2"}, {"--task is missing"});
    write(folder_ / "no-task.toml", "[[over]]\npath = \"model.hidden\"\nvalues = [1, 2]\n");
    expect_refused({"sweep", "--spec", "no-task.toml"}, {"no-task.toml", "no task is named"});
    expect_refused({"sweep", "--list", "--jobs", "2"}, {"--jobs cannot be given with --list"});
}

TEST_F(Sweeps, ReadsAFileWithOptionsOverIt) {
    write(folder_ / "s.toml",
          "title = \"From a file\"\nepochs = 3\nseeds = 2\n[task]\nid = \"gaussian-mixture\"\n"
          "classes = 3\ntrain = 30\nvalidation = 15\ntest = 15\n[[over]]\npath = \"model.hidden\"\n"
          "values = [1, 2]\n");
    const auto ended = descent(
        {"sweep", "--spec", "s.toml", "--over", "model.hidden=3", "--seed", "5", "--dry-run", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto cells = nlohmann::json::parse(ended.out);
    ASSERT_EQ(cells.size(), 2u);
    EXPECT_EQ(cells[0]["spec"]["seed"], 5);
    EXPECT_EQ(cells[1]["spec"]["seed"], 6);
    EXPECT_EQ(cells[1]["spec"]["model"]["params"]["hidden"], 3);
    EXPECT_EQ(cells[1]["run"], nullptr);
    EXPECT_FALSE(std::filesystem::exists(store())) << "a dry run makes no store";
}

TEST_F(Sweeps, EveryPresetCanBeTrained) {
    std::size_t presets = 0;
    for (const auto& file : std::filesystem::directory_iterator(DESCENT_SOURCE_DIR "/resources/sweeps")) {
        const auto name = file.path().stem().string();
        const auto ended = descent({"sweep", "--preset", name, "--dry-run", "--json"});
        EXPECT_EQ(ended.code, 0) << name << ": " << ended.err;
        EXPECT_GT(nlohmann::json::parse(ended.out, nullptr, false).size(), 1u) << name;
        ++presets;
    }
    EXPECT_GE(presets, 1u);
}

TEST_F(Sweeps, DivergenceOfSomeIsCountedAndNoFailure) {
    const auto ended = descent(
        tiny({"--set", "regime.loss=mse", "--over", "optimizer.lr=0.1,1e30", "--epochs", "5", "--json"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto table = nlohmann::json::parse(ended.out);
    EXPECT_EQ(table["status"]["finished"], 1);
    EXPECT_EQ(table["status"]["diverged"], 1);
    EXPECT_EQ(table["status"]["complete"], true);
}

TEST_F(Sweeps, AnActiveOneGetsFurtherLevels) {
    const auto ended = descent(tiny({"--over", "model.hidden=1,16,64", "--seeds", "3", "--epochs", "5",
                                     "--active", "3", "--metric", "test/loss", "--json"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto table = nlohmann::json::parse(ended.out);
    const auto levels = table["plan"]["axes"][0]["levels"];
    ASSERT_EQ(levels.size(), 6u);
    std::vector<int> widths;
    for (const std::string level : levels) widths.push_back(std::stoi(level));
    EXPECT_TRUE(std::ranges::is_sorted(widths));
    EXPECT_EQ(widths.front(), 1);
    EXPECT_EQ(widths.back(), 64);
    EXPECT_EQ(table["status"]["finished"], 18);
    EXPECT_EQ(table["plan"]["active"]["add"], 0);
    EXPECT_EQ(sweeps()[0]["plan"], table["plan"]) << "the levels are stored";
    const auto again = descent({"sweep", "--resume", std::string(table["sweep"]), "--json"});
    EXPECT_EQ(nlohmann::json::parse(again.out)["plan"], table["plan"]) << "and no more are added";
}

TEST_F(Sweeps, AMetricThatNoRunHasIsToldBesideTheUsualTable) {
    auto ended = descent(tiny({"--name", "mine", "--over", "model.hidden=1,4,16", "--seeds", "2", "--epochs",
                               "2", "--active", "2", "--metric", "test/eror"}));
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.out, HasSubstr("test/error")) << "what was trained is shown";
    EXPECT_THAT(ended.err, HasSubstr("did you mean 'test/error'"));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_EQ(stored_runs().size(), 6u);
    ended = descent({"sweep", "--resume", "mine"});
    EXPECT_EQ(ended.code, 4) << "what it was to add is missing";
    EXPECT_THAT(ended.err, HasSubstr("--active adds nothing: no run has the metric 'test/eror'"));
    EXPECT_EQ(descent({"sweep", "--resume", "mine", "--active", "2", "--metric", "test/error"}).code, 0);
    EXPECT_EQ(stored_runs().size(), 10u);
}

TEST_F(Sweeps, SeveralProcessesStoreWhatOneDoes) {
    const auto ended = descent(longer({"--jobs", "3"}));
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto lines = json_lines(ended.out);
    EXPECT_EQ(lines.front()["event"], "progress");
    EXPECT_EQ(lines.back()["event"], "finished");
    EXPECT_EQ(lines.back()["state"], "complete");
    EXPECT_EQ(lines.back()["finished"], 12);
    const auto here = content(store());
    EXPECT_EQ(here.size(), 12u);
    EXPECT_EQ(here, unbroken());
}

TEST_F(Sweeps, KilledInTheMiddleItEndsAsAnUnbrokenOne) {
    for (const double share : {0.02, 0.4}) {
        const auto child = start(longer({"--jobs", "2"}));
        wait_for_share(*child, share);
        const auto workers = children_of(child->pid());
        EXPECT_EQ(workers.size(), 2u);
        child->signal(SIGKILL);
        for (const auto worker : workers) kill(worker, SIGKILL);
        EXPECT_EQ(child->wait(), 128 + SIGKILL);

        const auto ended = descent({"sweep", "--resume", "long", "--jobs", "2", "--json"});
        ASSERT_EQ(ended.code, 0) << ended.err;
        EXPECT_EQ(nlohmann::json::parse(ended.out)["status"]["finished"], 12);
        const auto here = content(store());
        EXPECT_EQ(here.size(), 12u) << "no run is left over";
        EXPECT_EQ(here, unbroken({"--jobs", "2"}));
        std::filesystem::remove(store());
        std::filesystem::remove(folder_ / "unbroken.sqlite");
    }
}

TEST_F(Sweeps, KilledInOneProcessItEndsAsAnUnbrokenOne) {
    const auto child = start(longer({}));
    wait_for_share(*child, 0.3);
    child->signal(SIGKILL);
    EXPECT_EQ(child->wait(), 128 + SIGKILL);
    ASSERT_EQ(descent({"sweep", "--resume", "long"}).code, 0);
    EXPECT_EQ(content(store()), unbroken());
}

TEST_F(Sweeps, CtrlCEndsItAndSaysHowToGoOn) {
    for (const char* jobs : {"1", "2"}) {
        auto words = longer({"--jobs", jobs});
        const auto child = start(words);
        wait_for_share(*child, 0.1);
        const auto workers = children_of(child->pid());
        child->signal(SIGINT);
        EXPECT_EQ(child->wait(), 130) << child->err();
        EXPECT_EQ(child->err(), "");
        const auto lines = json_lines(child->out());
        EXPECT_EQ(lines.back()["state"], "interrupted");
        for (const auto worker : workers) EXPECT_NE(kill(worker, 0), 0) << "it outlived its parent";
        for (const auto& run : stored_runs()) EXPECT_NE(run["state"], "running");
        const auto list = sweeps();
        EXPECT_EQ(list[0]["pid"], 0);
        EXPECT_EQ(list[0]["status"]["complete"], false);
        EXPECT_EQ(descent({"sweep", "--resume", "long"}).code, 0);
        EXPECT_EQ(sweeps()[0]["status"]["complete"], true);
        std::filesystem::remove(store());
    }
    // In words, on a terminal that is none.
    auto words = longer({});
    words.resize(words.size() - 2);
    const auto child = start(words);
    ASSERT_TRUE(child->next_line());
    for (int i = 0; i < 100 && stored_runs().empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    child->signal(SIGTERM);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_THAT(child->out(), HasSubstr("go on with: descent sweep --resume long"));
}

TEST_F(Sweeps, AProcessThatDiesIsReportedAndItsRunsTriedOnceMore) {
    const auto child = start(longer({"--jobs", "2"}));
    wait_for_share(*child, 0.02);
    const auto workers = children_of(child->pid());
    ASSERT_EQ(workers.size(), 2u);
    kill(workers[0], SIGKILL);
    EXPECT_EQ(child->wait(), 0) << child->err();
    EXPECT_THAT(child->err(), HasSubstr("signal 9"));
    EXPECT_THAT(child->err(), HasSubstr("tried once more"));
    EXPECT_EQ(json_lines(child->out()).back()["finished"], 12);
    EXPECT_EQ(content(store()), unbroken({"--jobs", "2"}));
}

TEST_F(Sweeps, IsTrainedByOneProcessAtATime) {
    const auto child = start(longer({}));
    wait_for_share(*child, 0.01);
    const auto refused = descent({"sweep", "--resume", "long", "--seeds", "4"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("'long' is being trained by process " + std::to_string(child->pid())));
    EXPECT_EQ(lines_of(refused.err).size(), 1u) << refused.err;
    EXPECT_EQ(sweeps()[0]["status"]["cells"], 12) << "it was not extended";
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
}

} // namespace

} // namespace descent::test
