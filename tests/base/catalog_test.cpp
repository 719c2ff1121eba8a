#include "core/base/catalog.h"

#include "tests/base/small_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace descent {

namespace {

const Catalog catalog = testing::small_catalog();

Request request(std::string task, std::vector<std::pair<std::string, std::string>> settings = {}) {
    Request r;
    r.task = std::move(task);
    r.settings = std::move(settings);
    return r;
}

RunSpec resolved(const Request& r) {
    const auto spec = catalog.resolve(r);
    EXPECT_TRUE(spec) << (spec ? "" : spec.error().message);
    return spec.value_or(RunSpec{});
}

std::string refusal(const Request& r) {
    const auto spec = catalog.resolve(r);
    if (spec) return "accepted";
    EXPECT_EQ(spec.error().kind, Error::Kind::input);
    return spec.error().message;
}

} // namespace

TEST(Catalog, FindsEntries) {
    EXPECT_EQ(catalog.find(Group::model, "gru")->title, "GRU");
    EXPECT_EQ(catalog.find(Group::task, "gru"), nullptr);
    EXPECT_EQ(catalog.get(Group::model, "gruu").error().message, "unknown model 'gruu'; did you mean 'gru'?");
    EXPECT_EQ(catalog.get(Group::optimizer, "quantum").error().message,
              "unknown optimizer 'quantum'; there are adam and sgd");
    EXPECT_EQ(catalog.find_param(Group::model, "gru", "hidden")->help, "Width");
    EXPECT_EQ(catalog.find_param(Group::model, "gru", "length"), nullptr);
    EXPECT_EQ(&catalog.params(Group::regime, "sgd"), &catalog.regime_params);
    EXPECT_TRUE(catalog.params(Group::model, "none").empty());
    for (const Group group : kGroups) EXPECT_EQ(group_named(to_string(group)), group);
    EXPECT_EQ(group_named("models"), std::nullopt);
}

TEST(Resolve, FollowsTheTasksPreferences) {
    const RunSpec spec = resolved({});
    EXPECT_EQ(spec.task.id, "names");
    EXPECT_EQ(spec.model.id, "gru");
    EXPECT_EQ(spec.optimizer.id, "sgd") << "the model prefers it";
    EXPECT_EQ(spec.regime.id, "sgd");
    EXPECT_EQ(spec.optimizer.params.real("lr"), 0.4) << "the model's delta comes after the task's";
    EXPECT_EQ(spec.budget, (Budget{15, std::nullopt}));
    EXPECT_EQ(spec.task.params.values.size(), 3u);
    EXPECT_EQ(spec.model.params.values.size(), 2u);
    EXPECT_EQ(spec.regime.params.values.size(), 3u);
    EXPECT_EQ(resolved(request("symmetry")).model.id, "mlp");
}

TEST(Resolve, AppliesDeltasOnlyWhereTheyHold) {
    Request r = request("names");
    r.model = "lstm";
    r.optimizer = "sgd";
    EXPECT_EQ(resolved(r).optimizer.params.real("lr"), 0.25) << "the task's";
    r.optimizer = "adam";
    EXPECT_EQ(resolved(r).optimizer.params.real("lr"), 0.001) << "the task's is for sgd";
}

TEST(Resolve, TheRegimeComesAfterAndTheRequestLast) {
    Request r;
    r.regime = "legacy-names";
    RunSpec spec = resolved(r);
    EXPECT_EQ(spec.task.id, "names");
    EXPECT_EQ(spec.task.params.text("split"), "legacy");
    EXPECT_EQ(spec.model.id, "lstm") << "the regime's preference comes after the task's";
    EXPECT_EQ(spec.optimizer.params.real("momentum"), 0.5);
    EXPECT_EQ(spec.regime.params.integer("batch"), 0);
    EXPECT_EQ(spec.regime.params.real("clip"), 200) << "a whole number for a real";

    r.model = "gru";
    r.optimizer = "adam"; // has no momentum to set
    r.set("regime.clip", "5");
    r.set("regime.clip", "7");
    r.updates = 3;
    spec = resolved(r);
    EXPECT_EQ(spec.model.id, "gru");
    EXPECT_EQ(spec.optimizer.id, "adam");
    EXPECT_EQ(spec.regime.params.real("clip"), 7);
    EXPECT_EQ(spec.budget, (Budget{std::nullopt, 3}));
    r = {};
    r.regime = "full-batch";
    EXPECT_EQ(resolved(r).budget.epochs, 100);
    r.epochs = 4;
    EXPECT_EQ(resolved(r).budget.epochs, 4);
}

TEST(Resolve, RefusesWithOneClearLine) {
    EXPECT_EQ(refusal(request("names", {{"model.hiden", "3"}})),
              "unknown parameter 'model.hiden'; did you mean 'model.hidden'?");
    EXPECT_EQ(refusal(request("names", {{"model.lr", "3"}})),
              "unknown parameter 'model.lr'; did you mean 'optimizer.lr'?");
    EXPECT_EQ(refusal(request("names", {{"model.xyz", "3"}})),
              "unknown parameter 'model.xyz'; model 'gru' has hidden and one_hot");
    EXPECT_EQ(
        refusal(request("names", {{"optimiser.lr", "3"}})),
        "unknown group 'optimiser' in 'optimiser.lr'; the groups are task, model, optimizer and regime; "
        "did you mean 'optimizer.lr'?");
    EXPECT_EQ(refusal(request("names", {{"lr", "3"}})),
              "'lr' is not of the form group.parameter; the groups are task, model, optimizer and regime; "
              "did you mean 'optimizer.lr'?");
    EXPECT_EQ(refusal(request("names", {{"optimizer.lr", "-1"}})),
              "optimizer.lr = -1: expected a number > 0");
    EXPECT_EQ(refusal(request("name")), "unknown task 'name'; did you mean 'names'?");
    Request r = request("names");
    r.model = "mlp";
    EXPECT_EQ(refusal(r), "model 'mlp' cannot run task 'names', only 'symmetry'");
    r = request("symmetry");
    r.regime = "legacy-names";
    EXPECT_EQ(refusal(r), "regime 'legacy-names' cannot run task 'symmetry', only 'names'");
    r = {};
    r.model = "mlp";
    EXPECT_EQ(resolved(r).task.id, "symmetry") << "the first task that it can run";
    r = {};
    r.epochs = 0;
    EXPECT_EQ(refusal(r), "epochs = 0: expected a whole number ≥ 1");
    r.updates = 5;
    EXPECT_EQ(refusal(r), "epochs and updates are both given: expected one of them");
    r = {};
    r.updates = INT64_MAX;
    EXPECT_EQ(refusal(r), "updates = 9223372036854775807: expected a whole number ≤ 1,000,000,000");
}

TEST(Resolve, ACatalogThatContradictsItselfIsOurFault) {
    for (const Delta& delta :
         {Delta{"optimizer.lrr", 0.1}, {"optimizer.lr", -1.0}, {"optimiser.lr", 0.1}, {"epochs", 0.5}}) {
        Catalog broken = catalog;
        broken.tasks[0].deltas.push_back(delta);
        const auto spec = broken.resolve({});
        ASSERT_FALSE(spec) << delta.path;
        EXPECT_EQ(spec.error().kind, Error::Kind::internal);
        EXPECT_THAT(spec.error().message, ::testing::HasSubstr("'names' sets " + delta.path));
    }
}

TEST(Preset, LeavesTheSettingsOut) {
    Request r = request("names", {{"model.hidden", "7"}, {"regime.nonsense", "1"}});
    r.epochs = 3;
    r.updates = 4;
    r.seed = 9;
    const auto preset = catalog.preset(r);
    ASSERT_TRUE(preset);
    EXPECT_EQ(preset->model.params.integer("hidden"), 128);
    EXPECT_EQ(preset->budget.epochs, 15);
    EXPECT_EQ(preset->seed, 9u);
}

TEST(RequestFor, IsTheShortestThatResolvesToTheSpec) {
    Request r = request("names", {{"model.hidden", "64"},
                                  {"task.source", " a \"b\""},
                                  {"optimizer.lr", "0.4"}, // what the preset says
                                  {"model.one_hot", "off"},
                                  {"optimizer.momentum", "0.30000000000000004"}});
    r.regime = "full-batch";
    r.seed = 5;
    r.epochs = 100; // the preset's
    const RunSpec spec = resolved(r);
    const Request shortest = catalog.request_for(spec);
    EXPECT_EQ(resolved(shortest), spec);
    EXPECT_EQ(shortest.settings.size(), 4u);
    EXPECT_EQ(shortest.epochs, std::nullopt);
    r.epochs.reset();
    r.updates = 100;
    EXPECT_EQ(catalog.request_for(resolved(r)).updates, 100);
    for (const Entry& task : catalog.tasks)
        for (const Entry& model : catalog.models)
            for (const Entry& regime : catalog.regimes) {
                Request any = request(task.id);
                any.model = model.id;
                any.regime = regime.id;
                const auto whole = catalog.resolve(any);
                if (!whole) continue;
                EXPECT_TRUE(catalog.request_for(*whole).settings.empty());
                EXPECT_EQ(catalog.resolve(catalog.request_for(*whole)), *whole);
            }
    RunSpec stranger = spec;
    stranger.model.id = "gone";
    EXPECT_EQ(catalog.request_for(stranger).model, "gone");
}

TEST(Check, FillsWhatWasAddedAndRefusesTheRest) {
    RunSpec spec = resolved(request("names", {{"model.hidden", "64"}}));
    RunSpec old = spec;
    old.model.params.values.erase("one_hot");
    EXPECT_EQ(catalog.check(old), spec);
    const auto refused = [&](auto change) {
        RunSpec bad = spec;
        change(bad);
        const auto checked = catalog.check(bad);
        return checked ? "accepted" : checked.error().message;
    };
    EXPECT_EQ(refused([](RunSpec& s) { s.model.params.values["hidden"] = std::int64_t{0}; }),
              "model.hidden = 0: expected a whole number from 1 to 4096");
    EXPECT_EQ(refused([](RunSpec& s) { s.model.params.values["new"] = true; }),
              "unknown parameter 'model.new'");
    EXPECT_EQ(refused([](RunSpec& s) { s.model.id = "gruu"; }), "unknown model 'gruu'; did you mean 'gru'?");
    EXPECT_EQ(refused([](RunSpec& s) {
                  s.model = {"mlp", {}};
              }),
              "model 'mlp' cannot run task 'names', only 'symmetry'");
    EXPECT_EQ(refused([](RunSpec& s) { s.budget = {}; }), "expected either epochs or updates");
    EXPECT_EQ(refused([](RunSpec& s) { s.budget.epochs = -2; }), "epochs = -2: expected a whole number ≥ 1");
}

// None of these should change: they are the identity of every stored run.
TEST(Key, Goldens) {
    EXPECT_EQ(
        catalog.canonical(resolved({})),
        R"({"budget":{"epochs":15},"model":{"id":"gru","params":{}},"optimizer":{"id":"sgd","params":{"lr":0.4}},)"
        R"("regime":{"params":{}},"seed":0,"task":{"id":"names","params":{}}})");
    EXPECT_EQ(catalog.key(resolved({})), "9496e38bef3716be");
    Request legacy;
    legacy.regime = "legacy-names";
    legacy.updates = 1000;
    legacy.seed = UINT64_MAX;
    EXPECT_EQ(catalog.canonical(resolved(legacy)),
              R"({"budget":{"updates":1000},"model":{"id":"lstm","params":{}},)"
              R"("optimizer":{"id":"sgd","params":{"lr":0.25,"momentum":0.5}},)"
              R"("regime":{"params":{"batch":0,"clip":200}},"seed":18446744073709551615,)"
              R"("task":{"id":"names","params":{"split":"legacy"}}})");
    EXPECT_EQ(catalog.key(resolved(legacy)), "52635c0e028aedef");
    EXPECT_EQ(catalog.key(resolved(request("symmetry"))), "2df965786300aea9");
    const Request typed = request(
        "names", {{"task.source", "/tmp/\"ä\"\n"}, {"model.one_hot", "no"}, {"optimizer.lr", "1e-5"}});
    EXPECT_EQ(catalog.key(resolved(typed)), "69d7323ff61470ec");
}

TEST(Key, IsTheSameForAPresetAndTheSameTypedByHand) {
    Request preset;
    preset.regime = "full-batch";
    Request typed;
    typed.regime = "sgd";
    typed.set("regime.batch", "0");
    typed.epochs = 100;
    EXPECT_EQ(catalog.key(resolved(preset)), catalog.key(resolved(typed)));
    typed.seed = 1;
    EXPECT_NE(catalog.key(resolved(preset)), catalog.key(resolved(typed)));
}

TEST(Key, SurvivesANewParameterThatDoesNothing) {
    Catalog later = catalog;
    later.regime_params.push_back(real("noise", 0, "Gradient noise").at_least(0));
    for (Entry& model : later.models)
        model.params.push_back(choice("input", "one-hot", {"one-hot", "embedding"}, ""));
    EXPECT_EQ(later.key(*later.resolve({})), catalog.key(resolved({})));
    const auto stored = later.check(resolved({}));
    ASSERT_TRUE(stored);
    EXPECT_EQ(later.key(*stored), catalog.key(resolved({})));
    EXPECT_NE(later.key(*later.resolve(request("names", {{"regime.noise", "1"}}))),
              catalog.key(resolved({})));
}

TEST(CatalogJson, SaysAllAboutEachParameter) {
    const nlohmann::json json = to_json(catalog);
    for (const char* list : {"tasks", "models", "optimizers", "regimes"})
        EXPECT_FALSE(json.at(list).empty()) << list;
    const auto& lr = json["optimizers"][1]["params"][0];
    EXPECT_EQ(lr, nlohmann::json::parse(R"({"name":"lr","type":"real","default":0.1,"range":"> 0","min":0.0,
        "min_open":true,"scale":"log","unit":"","help":"Step size"})"));
    EXPECT_EQ(json["optimizers"][1]["formula"], "x ← x − ηg");
    EXPECT_EQ(json["regimes"][0]["params"].size(), 3u);
    EXPECT_EQ(json["regimes"][2]["tasks"][0], "names");
    EXPECT_EQ(json["tasks"][0]["deltas"][1],
              nlohmann::json::parse(R"({"path":"optimizer.lr","value":0.25,"only_for":"sgd"})"));
    EXPECT_EQ(to_json(catalog.models[0], catalog.models[0].params)["params"][0]["type"], "integer");
}

} // namespace descent
