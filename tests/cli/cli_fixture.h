#pragma once

#include "tests/cli/child.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace descent::test {

/// Runs the real `descent` in a folder of its own, with a home, a store and a tiny names task there.
class Cli : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    struct Ended {
        int code = -1;
        std::string out, err;
    };
    Ended descent(const std::vector<std::string>& words) const;
    std::unique_ptr<Child> start(const std::vector<std::string>& words, bool terminal = false) const;

    /// `run` of the tiny task with a tiny model, `more` after it.
    std::vector<std::string> tiny_run(const std::vector<std::string>& more) const;

    std::filesystem::path store() const { return folder_ / "runs.sqlite"; }
    void write(const std::filesystem::path& file, const std::string& content) const;
    std::string read(const std::filesystem::path& file) const;
    /// Every file below the folder with its content: equal before and after where nothing was changed.
    std::map<std::string, std::string> everything() const;

    /// Exactly one line on standard error, as "descent: …", nothing on standard output, and exit code 2.
    void expect_refused(const std::vector<std::string>& words, const std::vector<std::string>& said) const;

    /// The rows of a run's CSV without what depends on the clock or names the run.
    std::vector<std::string> samples(const std::string& run) const;
    nlohmann::json stored_runs() const;

    std::filesystem::path folder_, data_;
};

/// The lines of a stream, each parsed; fails the test on one that is not JSON.
std::vector<nlohmann::json> json_lines(const std::string& text);
std::vector<std::string> lines_of(const std::string& text);

} // namespace descent::test
