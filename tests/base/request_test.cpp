#include "core/base/catalog.h"

#include "tests/base/small_catalog.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using testing::TemporaryFolder;

namespace {

const Catalog catalog = testing::small_catalog();

// What a file with this content reads as; an error's message without the folder.
Result<Request> read(const std::string& content) {
    const TemporaryFolder folder;
    auto request = request_from_toml(folder.write("spec.toml", content).string());
    if (!request) {
        EXPECT_EQ(request.error().kind, Error::Kind::input);
        const std::string prefix = folder.path().string() + "/";
        EXPECT_TRUE(request.error().message.starts_with(prefix)) << request.error().message;
        return fail(request.error().message.substr(prefix.size()));
    }
    return request;
}

std::string refusal(const std::string& content) {
    const auto request = read(content);
    return request ? "accepted" : request.error().message;
}

} // namespace

TEST(Request, ReplacesAnEarlierSetting) {
    Request r;
    r.set("model.hidden", "1");
    r.set("optimizer.lr", "2");
    r.set("model.hidden", "3");
    using Settings = decltype(r.settings);
    EXPECT_EQ(r.settings, (Settings{{"optimizer.lr", "2"}, {"model.hidden", "3"}}));
    r.unset("optimizer.lr");
    r.unset("optimizer.lr");
    EXPECT_EQ(r.settings, (Settings{{"model.hidden", "3"}}));
    for (const Group group : kGroups) r.id(group) = to_string(group);
    EXPECT_EQ(r.task + r.model + r.optimizer + r.regime, "taskmodeloptimizerregime");
}

TEST(Toml, ReadsASpec) {
    const auto request = read(R"(# a comment
seed = 7
epochs = 12
model = "gru"

[task]
id = "names"
source = "../data/a \"b\""

[optimizer]
id = "sgd"
momentum = 0.5
lr = 1e-5

[regime]
batch = 0
one = true
)");
    ASSERT_TRUE(request) << request.error().message;
    Request expected;
    expected.seed = 7;
    expected.epochs = 12;
    expected.model = "gru";
    expected.task = "names";
    expected.optimizer = "sgd";
    expected.settings = request->settings;
    EXPECT_EQ(*request, expected);
    using Pair = std::pair<std::string, std::string>;
    EXPECT_THAT(request->settings,
                ::testing::UnorderedElementsAre(
                    Pair{"task.source", "../data/a \"b\""}, Pair{"optimizer.momentum", "0.5"},
                    Pair{"optimizer.lr", "1e-05"}, Pair{"regime.batch", "0"}, Pair{"regime.one", "true"}));
    EXPECT_EQ(read("")->settings.size(), 0u);
    EXPECT_EQ(read("seed = \"18446744073709551615\"")->seed, UINT64_MAX);
    EXPECT_EQ(read("updates = 5\r\n")->updates, 5);
}

TEST(Toml, RefusesWithFileAndLine) {
    EXPECT_EQ(refusal("seed = 1\nsed = 2\n"), "spec.toml:2: unknown key 'sed'; did you mean 'seed'?");
    EXPECT_EQ(refusal("\n[optimiser]\nlr = 1\n"),
              "spec.toml:2: unknown key 'optimiser'; did you mean 'optimizer'?");
    EXPECT_EQ(refusal("xyzzy = 1"),
              "spec.toml:1: unknown key 'xyzzy'; expected seed, epochs, updates, or a table task, "
              "model, optimizer or regime");
    EXPECT_EQ(refusal("seed = -1"), "spec.toml:1: seed: expected a whole number ≥ 0");
    EXPECT_EQ(refusal("seed = 1.5"), "spec.toml:1: seed: expected a whole number ≥ 0");
    EXPECT_EQ(refusal("epochs = 0"), "spec.toml:1: epochs = 0: expected a whole number ≥ 1");
    EXPECT_EQ(refusal("updates = \"5\""), "spec.toml:1: updates: expected a whole number ≥ 1");
    EXPECT_EQ(refusal("task = 5"), "spec.toml:1: task: expected an id in quotes or a table [task]");
    EXPECT_EQ(refusal("[task]\nid = 5"), "spec.toml:2: task.id: expected an id in quotes");
    EXPECT_EQ(refusal("[task]\nsource = [1]"),
              "spec.toml:2: task.source: expected a number, a text in quotes, true or false");
    EXPECT_EQ(refusal("[task]\nwhen = 1979-05-27"),
              "spec.toml:2: task.when: expected a number, a text in quotes, true or false");
    EXPECT_THAT(refusal("seed = 1\n[task\n"), ::testing::StartsWith("spec.toml:2: "));
    EXPECT_THAT(refusal("seed = 1\nseed = 2\n"), ::testing::StartsWith("spec.toml:2: "));
    EXPECT_THAT(refusal("a = \"\xff\xfe\"\n"), ::testing::StartsWith("spec.toml:1: "));
    EXPECT_EQ(refusal(std::string(2 << 20, '#')), "spec.toml: over 1 MiB; expected a TOML spec");
    EXPECT_EQ(request_from_toml("/no/such.toml").error().message,
              "/no/such.toml: no such file, or it cannot be read");
    EXPECT_FALSE(request_from_toml("/tmp"));
    for (const auto& message : {refusal("seed = 1\n[task\n"), refusal(std::string(5000, '['))})
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(Toml, WritesWhatItReads) {
    Request r;
    r.regime = "legacy-names";
    r.seed = UINT64_MAX;
    r.epochs = 12;
    r.set("task.source", "quote \" backslash \\ line\nfeed \t tab \x01\x7f ä 名");
    r.set("model.hidden", "64");
    r.set("optimizer.lr", "0.00001");
    r.set("regime.order", "fixed");
    const TemporaryFolder folder;
    const std::string text = to_toml(r, catalog);
    const auto again = request_from_toml(folder.write("spec.toml", text).string());
    ASSERT_TRUE(again) << again.error().message << "\n" << text;
    EXPECT_EQ(*again, catalog.request_for(*catalog.resolve(r))) << text;
    EXPECT_EQ(*catalog.resolve(*again), *catalog.resolve(r));
}

TEST(Toml, WritesOnlyWhatDiffers) {
    Request r;
    r.set("optimizer.lr", "0.4"); // as the preset has it
    r.set("model.one_hot", "no");
    r.set("task.source", "/tmp");
    EXPECT_EQ(to_toml(r, catalog), R"(seed = 0

[task]
id = "names"
source = "/tmp"

[model]
id = "gru"
one_hot = false

[optimizer]
id = "sgd"

[regime]
id = "sgd"
)");
}

TEST(Toml, WritesARequestThatDoesNotResolve) {
    Request r;
    r.model = "gruu";
    r.set("model.hid den", "x");
    r.set("optimizer.lr", "-1");
    const TemporaryFolder folder;
    const auto again = request_from_toml(folder.write("spec.toml", to_toml(r, catalog)).string());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, r);
}

} // namespace descent
