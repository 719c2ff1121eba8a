// Walks every table of the catalog: whatever is registered must be complete and must train.

#include "core/tasks/text_data.h"
#include "tests/engine/support.h"

#include <nlohmann/json.hpp>

#include <set>

namespace descent::test {

namespace {

void expect_complete(const Entry& entry, const ParamTable& params) {
    EXPECT_FALSE(entry.title.empty());
    EXPECT_FALSE(entry.summary.empty());
    std::set<std::string> names;
    for (const auto& spec : params) {
        EXPECT_TRUE(names.insert(spec.name).second) << "twice: " << spec.name;
        EXPECT_FALSE(spec.help.empty()) << spec.name;
        const auto checked = check_value(spec, spec.fallback, entry.id + "." + spec.name);
        EXPECT_TRUE(checked) << (checked ? "" : checked.error().message);
    }
}

/// The first task that both the model and the regime can run; "" for none.
std::string common_task(const Entry& model, const Entry& regime) {
    for (const auto& task : model.tasks)
        if (regime.tasks.empty() || std::ranges::count(regime.tasks, task) > 0) return task;
    return "";
}

/// Three updates of a small net, and the spec there and back.
void expect_trains(const std::string& model, const std::string& optimizer, const std::string& regime,
                   const std::string& task) {
    auto settings = width_setting(model, 6);
    settings.insert(settings.end(), {{"task", task}, {"updates", "3"}});
    // Its full steps assume a smooth loss, which dropout and the largest of several outputs do not leave it.
    if (optimizer == "lbfgs" && std::ranges::count(kTextTasks, task) > 0)
        settings.emplace_back("optimizer.line_search_fn", "strong-wolfe");
    const auto spec = make_spec(model, optimizer, regime, settings);
    EXPECT_EQ(spec_from_json(nlohmann::json::parse(to_json(spec).dump())), spec);
    EXPECT_EQ(unwrap(registry().catalog.resolve(registry().catalog.request_for(spec))), spec);

    Experiment experiment(spec, small_task_for(model));
    const auto before = experiment.weights().flat().clone();
    for (int i = 0; i < 3; ++i) {
        const auto facts = experiment.step(experiment.accumulate());
        EXPECT_TRUE(std::isfinite(facts.loss));
        if (i > 0 && optimizer == "lbfgs") continue; // its first update may have arrived
        EXPECT_GT(facts.gradient_norm, 0);
        if (facts.lr > 0) { // a warm-up may begin with none
            EXPECT_GT(facts.step_length, 0);
        }
    }
    EXPECT_FALSE(same_bits(before, experiment.weights().flat()));
}

} // namespace

TEST(CatalogWalk, EveryEntryIsComplete) {
    const auto& catalog = registry().catalog;
    for (const auto group : kGroups) {
        std::set<std::string> ids;
        EXPECT_FALSE(catalog.entries(group).empty());
        for (const auto& entry : catalog.entries(group)) {
            SCOPED_TRACE(std::string(to_string(group)) + " " + entry.id);
            EXPECT_TRUE(ids.insert(entry.id).second);
            expect_complete(entry, catalog.params(group, entry.id));
        }
    }
    for (const auto& optimizer : catalog.optimizers) {
        EXPECT_FALSE(optimizer.formula.empty()) << optimizer.id;
        EXPECT_NE(catalog.find_param(Group::optimizer, optimizer.id, "lr"), nullptr) << optimizer.id;
    }
    for (const auto& regime : catalog.regimes) EXPECT_FALSE(regime.deltas.empty()) << regime.id;
    for (const auto& probe : registry().probes) EXPECT_FALSE(probe.help.empty()) << probe.id;
}

TEST(CatalogWalk, KeysOfKnownRunsNeverChange) {
    // A parameter added later defaults to doing nothing; should one of these change, old runs lose their
    // identity.
    const auto& catalog = registry().catalog;
    EXPECT_EQ(catalog.key(make_spec("gru", "sgd", "sgd")), "8f4e0b1a3a0ff884");
    EXPECT_EQ(catalog.key(make_spec("char-rnn-linear", "sgd", "legacy-names-fullgd")), "5f386072ea0042a5");
    EXPECT_EQ(catalog.key(make_spec("lstm", "adam", "full-batch-clipped", {{"seed", "3"}})),
              "dd3e08f551e74967");
}

// One test an optimizer: each would load libtorch anew.
class Trains : public ::testing::TestWithParam<std::string> {};

TEST_P(Trains, EveryModelUnderEveryRegime) {
    for (const auto& model : registry().models)
        for (const auto& regime : registry().regimes) {
            const auto task = common_task(model.entry, regime.entry);
            if (task.empty()) continue;
            SCOPED_TRACE(model.entry.id + " " + regime.entry.id);
            expect_trains(model.entry.id, GetParam(), regime.entry.id, task);
        }
}

INSTANTIATE_TEST_SUITE_P(All, Trains, ::testing::ValuesIn(descending_optimizers()), [](const auto& test) {
    auto name = test.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

} // namespace descent::test
