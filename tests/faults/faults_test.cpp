// Faults one by one, on the real program: what it tells the user, that what was stored is kept, and that
// going on afterwards ends with the bits of a run that nothing happened to. Signals are
// tests/cli/interrupt_test.cpp's, a probe that throws tests/engine/instruments_test.cpp's, the window's part
// tests/ui/test_store_faults.cpp's.

#include "tests/faults/lab.h"
#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace descent::faults {

namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::query;

using Words = std::vector<std::string>;

Words operator+(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

const Words kRun{"run",   "--task",          "gaussian-mixture", "--regime", "sgd",
                 "--set", "model.hidden=64", "--threads",        "1"};

class Faults : public ::testing::Test {
protected:
    static Kept unbroken(const Words& words) {
        const Lab lab;
        const auto ended = lab.descent(words + Words{"--quiet"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        return kept(lab.store()).back();
    }
    /// One line as "descent: …" with these words, and the code.
    static void expect_said(const Ended& ended, int code, const Words& said) {
        EXPECT_EQ(ended.code, code) << ended.err;
        EXPECT_TRUE(ended.err.starts_with("descent: ")) << ended.err;
        EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
        EXPECT_LT(ended.err.size(), 600u) << "a line is for reading: " << ended.err;
        for (const auto& words : said) EXPECT_THAT(ended.err, HasSubstr(words));
    }
    /// The last run is resumed and ends as `right`.
    void expect_goes_on(const Kept& right) const {
        EXPECT_EQ(lab_.descent({"runs"}).code, 0);
        const auto ended = lab_.descent({"resume", kept(lab_.store()).back().uuid, "--quiet"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_EQ(difference(kept(lab_.store()).back(), right), "");
        EXPECT_EQ(soundness(lab_.store()), "ok");
    }
    /// Reads until something of update `update` was printed.
    static void wait_for(test::Child& child, std::int64_t update) {
        while (const auto line = child.next_line()) {
            const auto object = nlohmann::json::parse(*line, nullptr, false);
            if (object.is_object() && object.value("event", "") == "sample" && object["update"] >= update)
                return;
        }
        FAIL() << "ended early: " << child.err();
    }
    static Ended ended(test::Child& child) {
        const int code = child.wait();
        return {code, child.out(), child.err()};
    }

    Lab lab_;
};

TEST_F(Faults, FilesThatMayNotGrowEndTheRunWithAReason) {
    const auto words = kRun + Words{"--epochs", "200"};
    ASSERT_EQ(lab_.descent(kRun + Words{"--epochs", "1", "--quiet"}).code, 0);
    std::string line = "ulimit -f 600; exec \"$DESCENT\"";
    for (const auto& word : words) line += " " + word;
    expect_said(lab_.shell(line + " --quiet"), 4,
                {"store '" + lab_.store().string() + "'", "descent resume "});
    expect_goes_on(unbroken(words));
}

TEST_F(Faults, AFullDiskEndsTheRunAndWithRoomAgainItGoesOn) {
    const auto words = kRun + Words{"--epochs", "200"};
    ASSERT_EQ(lab_.descent(kRun + Words{"--epochs", "1", "--quiet"}).code, 0);
    const Fault full(lab_, "enospc+", 400);
    expect_said(lab_.descent(words + Words{"--quiet"}, full.environment()), 4,
                {"no room left on the disk", "descent resume "});
    EXPECT_EQ(full.report().fired, 1);
    expect_goes_on(unbroken(words));
}

TEST_F(Faults, AReadOnlyFolderIsSaidBeforeAnythingIsTrained) {
    ASSERT_EQ(lab_.descent(kRun + Words{"--epochs", "1", "--quiet"}).code, 0);
    fs::permissions(lab_.folder(), fs::perms::owner_read | fs::perms::owner_exec);
    const auto refused = lab_.descent(kRun + Words{"--epochs", "1"});
    const auto listed = lab_.descent({"runs"});
    fs::permissions(lab_.folder(), fs::perms::owner_all);
    expect_said(refused, 2, {"read-only", lab_.folder().string()});
    EXPECT_EQ(listed.code, 0) << "what is there can be read all the same: " << listed.err;
}

TEST_F(Faults, AMountThatVanishesEndsTheRunAndNothingIsWrittenBeside) {
    const auto words =
        kRun +
        Words{"--updates", "20000", "--set", "regime.record_every=20", "--set", "regime.evaluate_every=50"};
    const auto child = lab_.start(words + Words{"--json"});
    wait_for(*child, 200);
    const auto elsewhere = lab_.beside("elsewhere");
    fs::rename(lab_.folder(), elsewhere);
    expect_said(ended(*child), 4, {"was moved, deleted or replaced", "descent resume "});
    EXPECT_FALSE(fs::exists(lab_.store()));
    fs::remove_all(lab_.folder());
    fs::rename(elsewhere, lab_.folder());
    expect_goes_on(unbroken(words));
}

TEST_F(Faults, AClockThatIsSetBackHarmsNothing) {
    const auto words = kRun + Words{"--epochs", "120"};
    const auto right = unbroken(words);
    // Between the time a run is made at and the next.
    const Lab::Environment back{{"LD_PRELOAD", Fault(lab_, "", 0).environment().at("LD_PRELOAD")},
                                {"DESCENT_FAULT_CLOCK", "1 -864000"}};
    const auto ended = lab_.descent(words + Words{"--quiet"}, back);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(difference(kept(lab_.store()).back(), right), "");
    ASSERT_EQ(query(lab_.store(), "SELECT updated_ms < created_ms FROM run"), "1") << "it was not set back";
    // Training time is counted by another clock, and a run that was made "later" is still found and read.
    EXPECT_EQ(query(lab_.store(), "SELECT seconds BETWEEN 0 AND 1000 FROM run"), "1");
    EXPECT_EQ(query(lab_.store(), "SELECT count(*) FROM sample WHERE seconds < 0 OR seconds > 1000"), "0");
    EXPECT_EQ(query(lab_.store(), "SELECT count(*) FROM run WHERE ended_ms < started_ms"), "0");
    const auto shown =
        lab_.descent({"show", "--json", right.name.empty() ? "" : kept(lab_.store()).back().name}, back);
    EXPECT_EQ(shown.code, 0) << shown.err;
    // Killed under the right clock, resumed under the wrong one.
    auto child = lab_.start(words + Words{"--seed", "5", "--json"});
    wait_for(*child, 100);
    child->signal(SIGKILL);
    child->wait();
    EXPECT_EQ(lab_.descent({"runs"}, back).code, 0);
    const auto again = lab_.descent({"resume", kept(lab_.store()).back().uuid, "--quiet"}, back);
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(difference(kept(lab_.store()).back(), unbroken(words + Words{"--seed", "5"})), "");
}

TEST_F(Faults, ADamagedPageIsSaidWithTheWayOut) {
    ASSERT_EQ(lab_.descent(kRun + Words{"--epochs", "20", "--quiet"}).code, 0);
    const auto page = std::stol(query(lab_.store(), "SELECT pageno FROM dbstat WHERE name = 'run' LIMIT 1"));
    {
        std::fstream file(lab_.store(), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp((page - 1) * 4096);
        for (int i = 0; i < 4096; ++i) file.put(static_cast<char>(i * 37));
    }
    for (const auto& words : {Words{"runs"}, kRun + Words{"--epochs", "1"}})
        expect_said(lab_.descent(words), 2, {lab_.store().string(), "it is damaged", "descent recover"});
    const auto to = lab_.beside("recovered.sqlite").string();
    const auto recovered = lab_.descent({"recover", lab_.store().string(), to});
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_THAT(recovered.out,
                AllOf(HasSubstr("1 run,"), HasSubstr("lost: the entries of 1 run"), HasSubstr(to)));
    const auto listed = lab_.descent({"runs", "--store", to});
    EXPECT_EQ(listed.code, 0) << listed.err;
    EXPECT_THAT(listed.out, HasSubstr("interrupted"));
}

TEST_F(Faults, MemoryThatRunsOutEndsTheRunInOneLine) {
    ASSERT_EQ(lab_.descent(kRun + Words{"--epochs", "1", "--quiet"}).code, 0);
    const std::string big =
        "\"$DESCENT\" run --task gaussian-mixture --regime full-batch --updates 3 --quiet --threads 1";
    // Too large from the beginning: nothing is stored.
    expect_said(
        lab_.shell("ulimit -v 2500000; exec " + big + " --set model.hidden=8192 --set model.layers=4"), 4,
        {"out of memory"});
    EXPECT_EQ(kept(lab_.store()).size(), 1u);
    // While it trains.
    expect_said(lab_.shell("ulimit -v 1700000; exec " + big +
                           " --set task.train=200000 --set model.hidden=800"
                           " --set regime.micro_batch=200000"),
                4, {"out of memory", "regime.micro_batch"});
    const auto runs = kept(lab_.store());
    ASSERT_EQ(runs.size(), 2u);
    EXPECT_EQ(runs[1].state, "failed");
    EXPECT_THAT(runs[1].reason, HasSubstr("out of memory"));
}

TEST_F(Faults, ATaskWhoseFilesChangedIsNotResumed) {
    const auto data = lab_.beside("names");
    fs::create_directories(data);
    const auto write = [&](const std::string& language, const std::string& end) {
        std::ofstream file(data / (language + ".txt"));
        for (int i = 0; i < 40; ++i)
            file << language << std::string(1, static_cast<char>('a' + i % 26)) << i / 26 << end << "\n";
    };
    for (const char* language : {"Dutch", "Greek", "Irish"}) write(language, "x");
    const Words words{"run",
                      "--task",
                      "names",
                      "--model",
                      "gru",
                      "--set",
                      "task.source=" + data.string(),
                      "--set",
                      "model.hidden=8",
                      "--threads",
                      "1",
                      "--epochs",
                      "2000"};
    const auto right = unbroken(words);
    const auto child = lab_.start(words + Words{"--json"});
    wait_for(*child, 20);
    child->signal(SIGTERM);
    EXPECT_EQ(child->wait(), 130);
    const auto uuid = kept(lab_.store()).back().uuid;
    write("Greek", "y");
    expect_said(lab_.descent({"resume", uuid}), 2, {"the data of run", data.string(), "changed"});
    EXPECT_EQ(kept(lab_.store()).back().state, "interrupted");
    write("Greek", "x");
    expect_goes_on(right);
}

TEST_F(Faults, ACrashOfNativeCodeKeepsTheRun) {
    const auto words = kRun + Words{"--epochs", "200"};
    const auto child = lab_.start(words + Words{"--json"});
    wait_for(*child, 100);
    child->signal(SIGSEGV);
    EXPECT_EQ(child->wait(), 128 + SIGSEGV);
    expect_goes_on(unbroken(words));
}

} // namespace

} // namespace descent::faults
