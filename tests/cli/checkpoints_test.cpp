// `descent checkpoints` and `descent evaluate`.

#include "core/store/store.h"
#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>

namespace descent::test {

namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Checkpoints : public Cli {
protected:
    void SetUp() override {
        Cli::SetUp();
        const auto ended = descent(
            tiny_run({"--regime", "sgd", "--epochs", "6", "--set", "regime.checkpoint_every=2", "--quiet"}));
        ASSERT_EQ(ended.code, 0) << ended.err;
        run = lines_of(ended.out).at(0);
    }
    nlohmann::json listed(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"checkpoints", run, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return nlohmann::json::parse(descent(words).out)["checkpoints"];
    }
    fs::path file_of(const nlohmann::json& row) const {
        return checkpoint_folder(store()) / row["file"].get<std::string>();
    }
    /// As a program that is not ours reads the file; null where there is none.
    static nlohmann::json as_python_reads(const fs::path& file) {
        const std::string command = "/usr/bin/python3 '" DESCENT_SOURCE_DIR
                                    "/tests/reference/safetensors_content.py' '" +
                                    file.string() + "' 2>&1";
        FILE* pipe = ::popen(command.c_str(), "r");
        std::string said;
        char piece[4096];
        for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;) said.append(piece, n);
        const int status = WEXITSTATUS(::pclose(pipe));
        if (status == 77 || status == 127) return nullptr;
        EXPECT_EQ(status, 0) << said;
        return nlohmann::json::parse(said, nullptr, false);
    }
    std::string run;
};

TEST_F(Checkpoints, AreListedAndVerified) {
    const auto all = listed();
    ASSERT_GE(all.size(), 3U);
    std::int64_t before = -1;
    int best = 0;
    for (const auto& row : all) {
        EXPECT_GT(row["update"].get<std::int64_t>(), before);
        before = row["update"];
        best += row["best"].get<bool>() ? 1 : 0;
        EXPECT_EQ(row["bytes"].get<std::uintmax_t>(), fs::file_size(file_of(row)));
        EXPECT_EQ(row["sha256"].get<std::string>().size(), 64U);
        EXPECT_FALSE(row.contains("damage"));
        EXPECT_GT(row["written_ms"].get<std::int64_t>(), 1'700'000'000'000);
    }
    EXPECT_EQ(best, 1);
    EXPECT_EQ(all.back()["kind"], "last");
    EXPECT_EQ(all.back()["epoch"], 6.0);

    const auto text = descent({"checkpoints", run, "--verify"});
    EXPECT_EQ(text.code, 0);
    for (const auto* word :
         {"update", "epoch", "loss", "kind", "size", "written", "state", "last", "best", "whole"})
        EXPECT_THAT(text.out, HasSubstr(word));
    EXPECT_THAT(descent({"show", run}).out,
                HasSubstr("checkpoints " + std::to_string(all.size()) + ", last"));

    const auto csv = (folder_ / "c.csv").string();
    EXPECT_EQ(descent({"checkpoints", run, "--csv", csv}).code, 0);
    const auto lines = lines_of(read(csv));
    EXPECT_EQ(lines.at(0), "update,epoch,loss,kind,bytes,written_ms,state,file");
    EXPECT_EQ(lines.size(), all.size() + 1);

    std::fstream file(file_of(all.front()), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('x');
    file.close();
    EXPECT_EQ(descent({"checkpoints", run, "--verify"}).code, 4);
    const auto verified = listed({"--verify"});
    EXPECT_EQ(verified.front()["damage"], "its SHA-256 is not that of what was written");
    EXPECT_TRUE(verified.back()["damage"].is_null());
    expect_refused({"evaluate", run, "--checkpoint", std::to_string(all.front()["update"].get<int>())},
                   {"is damaged: its SHA-256"});

    fs::remove(file_of(all.front()));
    EXPECT_THAT(descent({"checkpoints", run}).out, HasSubstr("not there"));
    EXPECT_TRUE(listed().front()["written_ms"].is_null());
}

TEST_F(Checkpoints, WeightsAreExportedUnderTheirPlainNames) {
    const auto weights = folder_ / "best.safetensors", whole = folder_ / "whole.safetensors";
    EXPECT_EQ(descent({"checkpoints", run, "--export", "best", "--to", weights.string()}).code, 0);
    EXPECT_EQ(descent({"checkpoints", run, "--export", "best", "--to", whole.string(), "--everything"}).code,
              0);
    const auto exported = as_python_reads(weights), kept = as_python_reads(whole);
    if (exported.is_null()) GTEST_SKIP() << "no NumPy for /usr/bin/python3";
    EXPECT_EQ(exported["metadata"]["format"], "pt");
    EXPECT_EQ(exported["metadata"]["run"], run);
    EXPECT_EQ(exported["tensors"]["rnn.weight_hh_l0"]["shape"], nlohmann::json({24, 8}));
    std::size_t of_model = 0;
    for (const auto& [name, tensor] : kept["tensors"].items()) {
        if (!name.starts_with("model/")) continue;
        ++of_model;
        EXPECT_EQ(exported["tensors"][name.substr(6)], tensor) << name;
    }
    EXPECT_EQ(exported["tensors"].size(), of_model);

    expect_refused({"checkpoints", run, "--export", "first", "--to", weights.string()},
                   {"'first'", "expected last, best or an update"});
    expect_refused({"checkpoints", run, "--export", "best"}, {"--to"});
    expect_refused({"checkpoints", run, "--to", weights.string()}, {"--export"});
    expect_refused({"checkpoints", run, "--export", "best", "--to", store().string()}, {store().string()});
    expect_refused({"checkpoints", run, "--export", "best", "--to", file_of(listed().back()).string()},
                   {"among the store's own files"});
}

TEST_F(Checkpoints, EvaluateTellsWhatTheRunMeasured) {
    const auto metrics = nlohmann::json::parse(descent({"show", run, "--json"}).out)["metrics"];
    const auto ended = descent({"evaluate", run, "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto found = nlohmann::json::parse(ended.out);
    EXPECT_EQ(found["own_data"], true);
    for (const std::string set : {"train", "validation", "test"})
        for (const std::string figure : {"loss", "accuracy"})
            EXPECT_EQ(found["sets"][set]["metrics"][figure], metrics[set + "/" + figure]["last"])
                << set << figure;
    EXPECT_EQ(found["sets"]["test"]["classes"].size(), 3U);
    const auto best = nlohmann::json::parse(descent({"evaluate", run, "--checkpoint", "best", "--json"}).out);
    EXPECT_EQ(best["sets"]["validation"]["metrics"]["loss"], metrics["validation/loss"]["best"]);

    const auto text = descent({"evaluate", run, "--classes", "test"});
    for (const auto* word : {"figure", "train", "validation", "test", "loss", "accuracy", "macro average"})
        EXPECT_THAT(text.out, HasSubstr(word));
}

TEST_F(Checkpoints, EvaluateTakesOtherDataWhereTheyFit) {
    const auto more = folder_ / "more";
    fs::create_directories(more);
    fs::copy(data_, more, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    std::ofstream(more / "Italian.txt", std::ios::app) << "Zanetti\nZucchero\nZappa\n";
    const auto ended = descent({"evaluate", run, "--data", more.string(), "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto found = nlohmann::json::parse(ended.out);
    EXPECT_EQ(found["own_data"], false);
    EXPECT_TRUE(found["sets"]["all"]["metrics"]["accuracy"].is_number());
    EXPECT_THAT(descent({"evaluate", run, "--data", more.string()}).out, HasSubstr("other data"));

    std::ofstream(more / "Welsh.txt") << "Jones\nEvans\nPrice\nBowen\nRhys\nPowell\nGriffith\nMorgan\n";
    expect_refused({"evaluate", run, "--data", more.string()}, {"4 classes", "3 classes"});
    expect_refused({"evaluate", run, "--data", (folder_ / "nowhere").string()}, {"nowhere", "no such file"});
    expect_refused({"evaluate", run, "--set", "model.hidden=9"}, {"--set model.hidden=9", "task.parameter"});
    expect_refused({"evaluate", run, "--checkpoint", "7777"}, {"no checkpoint at update 7,777"});
    // What the run learnt from has changed.
    std::ofstream(data_ / "Italian.txt", std::ios::app) << "Zanetti\n";
    expect_refused({"evaluate", run}, {"has changed since"});
}

} // namespace

} // namespace descent::test
