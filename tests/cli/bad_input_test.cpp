#include "tests/cli/cli_fixture.h"

#include <unistd.h>

namespace descent::test {

namespace {

namespace fs = std::filesystem;

/// Each: one line, exit 2, nothing changed, and no store made.
using BadInput = Cli;

TEST_F(BadInput, OnTheCommandLine) {
    expect_refused({"rnu"}, {"unknown command 'rnu'", "did you mean 'run'"});
    expect_refused({"run", "--task", "names", "--epcohs", "3"}, {"--epcohs", "--epochs"});
    expect_refused({"run", "--task", "names", "extra"}, {"extra"});
    expect_refused({"run"}, {"--task"});
    expect_refused({"run", "--task", "names", "--task", "names"}, {"--task", "more than once"});
    expect_refused({"run", "--task"}, {"--task"});
    expect_refused({"export", "otter"}, {"--csv"});
    expect_refused({"resume"}, {"RUN"});
    expect_refused(tiny_run({"--epochs", "2", "--updates", "3"}), {"--epochs", "--updates"});
    for (const char* number : {"0", "-1", "2.5", "two", ""})
        expect_refused(tiny_run({"--epochs", number}), {"--epochs"});
    expect_refused(tiny_run({"--seed", "-1"}), {"--seed"});
    for (const char* number : {"0", "-1", "Auto"})
        expect_refused(tiny_run({"--threads", number}), {"--threads"});
    expect_refused(tiny_run({"--replicates", "none"}), {"--replicates"});
}

TEST_F(BadInput, InNamesAndParameters) {
    expect_refused({"models", "gruu"}, {"gruu", "did you mean 'gru'"});
    expect_refused({"run", "--task", "name"}, {"'name'", "did you mean 'names'"});
    expect_refused({"run", "--task", "names", "--regime", "ful-batch"}, {"'ful-batch'", "'full-batch'"});
    expect_refused(tiny_run({"--set", "model.hiden=3"}), {"hiden", "hidden"});
    expect_refused(tiny_run({"--set", "modle.hidden=3"}), {"modle", "model"});
    expect_refused(tiny_run({"--set", "optimizer.lr=-1"}), {"optimizer.lr", "-1"});
    expect_refused(tiny_run({"--set", "optimizer.lr=fast"}), {"optimizer.lr", "fast"});
    expect_refused(tiny_run({"--set", "optimizer.lr=nan"}), {"optimizer.lr"});
    expect_refused({"run", "--task", "symmetry", "--set", "regime.loss=cross-entropy"},
                   {"regime.loss = cross-entropy", "model.output = sigmoid", "model.output = identity"});
    for (const char* setting : {"lr=1", "optimizer.lr", "optimizer.=1", ".lr=1", "=", ""})
        expect_refused(tiny_run({"--set", setting}), {"--set", "group.parameter=value"});
}

TEST_F(BadInput, InTheData) {
    const auto with = [&](const std::string& source) {
        return std::vector<std::string>{"run",      "--task", "names", "--set", "task.source=" + source,
                                        "--epochs", "1"};
    };
    expect_refused(with("no/such/folder"), {"no/such/folder"});
    fs::create_directory(folder_ / "empty-folder");
    expect_refused(with("empty-folder"), {"empty-folder"});
    expect_refused(with("names/Polish.txt"), {"Polish.txt"});
    write(data_ / "Empty.txt", "");
    expect_refused(with(data_.string()), {"Empty.txt"});
    write(data_ / "Empty.txt", "Abbing\nK\xf6nig\n");
    expect_refused(with(data_.string()), {"Empty.txt", "UTF-8"});
}

TEST_F(BadInput, InAFolderOfWeights) {
    const auto with = [&](const std::string& setting) {
        return std::vector<std::string>{"run",   "--task", "trec",  "--model",          "bert",
                                        "--set", setting,  "--set", "task.examples=60", "--epochs",
                                        "1"};
    };
    const fs::path whole = DESCENT_SOURCE_DIR "/tests/reference/golden/bert";
    expect_refused(with("model.folder=no/such/folder"),
                   {"no/such/folder", "no such folder", "model.safetensors"});
    fs::create_directory(folder_ / "bert");
    expect_refused(with("model.folder=bert"), {"no config.json in it", "vocab.txt"});
    fs::copy(whole / "config.json", folder_ / "bert");
    fs::copy(whole / "vocab.txt", folder_ / "bert");
    write(folder_ / "bert" / "model.safetensors", std::string(8, '\xff'));
    auto short_texts = with("model.folder=bert");
    short_texts.insert(short_texts.end(), {"--set", "model.max_length=16"});
    expect_refused(short_texts, {"model.safetensors", "not a whole safetensors file"});
    expect_refused(with("model.hidden=10"), {"model.hidden = 10", "multiple of model.heads = 4"});
}

TEST_F(BadInput, InASpecFile) {
    expect_refused({"run", "--spec", "missing.toml"}, {"missing.toml"});
    write(folder_ / "spec.toml", "[task]\nid = \"names\"\n[model]\nid = \"gru\"\nhiden = 3\n");
    expect_refused({"run", "--spec", "spec.toml"}, {"hiden", "hidden"});
    write(folder_ / "spec.toml", "seed = 1\n[task\n");
    expect_refused({"run", "--spec", "spec.toml"}, {"spec.toml", "2"});
    write(folder_ / "spec.toml", "epoch = 3\n");
    expect_refused({"run", "--spec", "spec.toml"}, {"epoch", "epochs"});
}

TEST_F(BadInput, InTheStore) {
    expect_refused({"runs", "--store", "missing.sqlite"}, {"missing.sqlite"});
    expect_refused({"show", "otter"}, {"no store"});
    write(folder_ / "text.sqlite", std::string(5000, 'x'));
    expect_refused(tiny_run({"--store", "text.sqlite"}), {"text.sqlite"});
    expect_refused({"runs", "--store", "text.sqlite"}, {"text.sqlite"});
    fs::create_directory(folder_ / "folder.sqlite");
    expect_refused(tiny_run({"--store", "folder.sqlite"}), {"folder.sqlite"});
}

class BadStore : public Cli {
protected:
    void SetUp() override {
        Cli::SetUp();
        ASSERT_EQ(descent(tiny_run({"--epochs", "1", "--quiet"})).code, 0);
    }
};

TEST_F(BadStore, FromANewerVersion) {
    auto content = read(store());
    content.replace(60, 4, std::string("\0\0\x27\x0f", 4)); // SQLite's user_version, big-endian: 9999
    write(store(), content);
    expect_refused(tiny_run({"--epochs", "1"}), {"runs.sqlite", "9999"});
    expect_refused({"runs"}, {"runs.sqlite", "9999"});
}

TEST_F(BadStore, OfAnotherProgram) {
    auto content = read(store());
    content.replace(68, 4, "ABCD"); // SQLite's application_id
    write(store(), content);
    expect_refused(tiny_run({"--epochs", "1"}), {"runs.sqlite"});
}

TEST_F(BadStore, ThatIsReadOnly) {
    fs::permissions(store(), fs::perms::owner_read);
    fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
    expect_refused(tiny_run({"--epochs", "1"}), {"runs.sqlite"});
}

TEST_F(BadStore, AskedForWhatItHasNot) {
    expect_refused({"show", "no-such-run"}, {"no-such-run"});
    expect_refused({"export", "no-such-run", "--csv", "out.csv"}, {"no-such-run"});
    expect_refused({"resume", "no-such-run"}, {"no-such-run"});
    expect_refused({"runs", "--where", "model ="}, {"column"});
    expect_refused({"runs", "--where", "(model = gru"}, {"column"});
    const std::string run = stored_runs()[0]["run"];
    expect_refused({"resume", run}, {run, "finished"});
    expect_refused({"export", run, "--csv", "no/such/folder/out.csv"}, {"no/such/folder"});
    expect_refused({"export", run, "--csv", store().string()}, {"is the store itself"});
    expect_refused({"rename", run, ""}, {"name"});
}

} // namespace

} // namespace descent::test
