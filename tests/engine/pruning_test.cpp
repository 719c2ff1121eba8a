// Pruned networks: what is cut, what they go back to, and that they stay cut.

#include "core/engine/pruning.h"

#include "core/base/pruning.h"
#include "core/engine/curvature.h"
#include "tests/engine/support.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <map>
#include <thread>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Settings joined(Settings a, const Settings& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

nlohmann::json golden_json(const std::string& file) {
    std::ifstream in(DESCENT_SOURCE_DIR "/tests/reference/golden/" + file);
    return nlohmann::json::parse(in);
}

RunSpec points_spec(const Settings& more = {}, const std::string& optimizer = "sgd") {
    return make_spec("mlp", optimizer, "sgd",
                     joined({{"task", "gaussian-mixture"},
                             {"model.hidden", "9"},
                             {"model.layers", "2"},
                             {"regime.batch_size", "10"},
                             {"updates", "20"}},
                            more));
}

RunSpec parent_of(const RunSpec& spec) {
    return *pruning_parent(spec);
}

/// The trained network that the spec's is made from.
TrainedNetwork trained(const RunSpec& spec, const std::string& model = "mlp") {
    Experiment e(spec, small_task_for(model));
    if (prune_level(spec.regime.params) > 0) e.prune(trained(parent_of(spec), model));
    while (e.updates() < e.planned()) e.step(e.accumulate());
    const bool dense = !e.mask().cuts();
    return {e.weights().flat().clone(),
            dense ? at::ones({e.weights().count()}, at::kByte) : e.mask().kept().clone()};
}

struct Pruned {
    explicit Pruned(const RunSpec& spec, const std::string& model = "mlp")
        : parent(trained(parent_of(spec), model))
        , experiment(spec, small_task_for(model)) {
        experiment.prune(parent);
    }
    TrainedNetwork parent;
    Experiment experiment;
};

Tensor initial(const RunSpec& spec) {
    return Experiment(spec, small_points()).weights().flat().clone();
}

std::string refusal(const std::function<void()>& what) {
    try {
        what();
    } catch (const InputError& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST(Pruning, MasksAreNumPysWithTiesGloballyAndByLayer) {
    const auto golden = golden_json("pruning.json");
    for (const auto& one : golden["cases"]) {
        std::vector<PrunableLayer> layers;
        std::int64_t at = 0;
        for (const auto& shape : golden["layers"]) {
            const auto size = shape[0].get<std::int64_t>() * shape[1].get<std::int64_t>();
            layers.push_back({std::to_string(at), at, size});
            at += size;
        }
        TrainedNetwork network{at::empty({at}, at::kFloat), at::ones({at}, at::kByte)};
        int level = 0;
        for (const auto& step : one["levels"]) {
            const auto weights = step["weights"].get<std::vector<float>>();
            std::copy(weights.begin(), weights.end(), network.weights.data_ptr<float>());
            const auto spec = points_spec({{"regime.prune_level", std::to_string(++level)},
                                           {"regime.prune_scope", one["scope"].get<std::string>()}});
            network.kept = kept_weights(network, layers, spec);
            const auto* kept = network.kept.data_ptr<std::uint8_t>();
            EXPECT_EQ(std::vector<int>(kept, kept + at), step["kept"].get<std::vector<int>>())
                << one["scope"] << " " << level;
        }
        EXPECT_EQ(level, 10);
    }
}

TEST(Pruning, LevelsCutTwentyPercentOfWhatIsLeft) {
    const auto& regime = points_spec().regime.params;
    const double percent[] = {20,   36,   48.8, 59.0, 67.2, 73.8, 79.0, 83.2, 86.6, 89.3,
                              91.4, 93.1, 94.5, 95.6, 96.5, 97.2, 97.7, 98.2, 98.6, 98.8};
    const auto golden = golden_json("pruning.json")["sparsity"].get<std::vector<double>>();
    EXPECT_EQ(planned_sparsity(regime, 0), 0);
    for (int level = 1; level <= 20; ++level) {
        EXPECT_NEAR(100 * planned_sparsity(regime, level), percent[level - 1], 0.051) << level;
        EXPECT_NEAR(planned_sparsity(regime, level), golden[static_cast<std::size_t>(level - 1)], 1e-15);
    }
    const auto own = points_spec({{"regime.prune_sparsities", "0.5, 0.75"}}).regime.params;
    EXPECT_EQ(planned_sparsity(own, 1), 0.5);
    EXPECT_EQ(planned_sparsity(own, 2), 0.75);
}

TEST(Pruning, IdentityLeavesOutWhatDecidesNothing) {
    const auto key = [](const Settings& settings) { return registry().catalog.key(points_spec(settings)); };
    const auto level = [](const char* text) {
        return std::pair<std::string, std::string>("regime.prune_level", text);
    };
    const auto dense = key({});
    EXPECT_EQ(registry().catalog.canonical(points_spec()).find("prune"), std::string::npos);
    for (const char* setting : {"prune_share=0.5", "prune_branch=random-mask", "prune_rewind=none",
                                "prune_by=random", "prune_output=false", "prune_sparsities=0.5"}) {
        const std::string text = setting;
        const auto equals = text.find('=');
        const std::pair<std::string, std::string> one("regime." + text.substr(0, equals),
                                                      text.substr(equals + 1));
        EXPECT_EQ(key({one}), dense) << setting;
        EXPECT_NE(key({level("1"), one}), key({level("1")})) << setting;
    }
    EXPECT_EQ(key({level("1"), {"regime.prune_iterations", "one-shot"}}), key({level("1")}));
    EXPECT_NE(key({level("2"), {"regime.prune_iterations", "one-shot"}}), key({level("2")}));
    EXPECT_EQ(key({level("1"), {"regime.prune_rewind", "update"}}), key({level("1")}))
        << "update 0 is the start";
    EXPECT_EQ(key({level("1"), {"regime.prune_rewind_update", "7"}}), key({level("1")}));
    EXPECT_EQ(key({level("1"), {"regime.prune_sparsities", "0.5,0.8"}}),
              key({level("1"), {"regime.prune_sparsities", " 0.50 ,0.9"}}))
        << "what comes after, and how it is written";
    EXPECT_NE(key({level("1")}), dense);
}

TEST(Pruning, ParentsAreTheTicketBelowOrTheDenseNetwork) {
    const auto spec = points_spec({{"regime.prune_level", "3"}, {"regime.prune_branch", "random-mask"}});
    const auto all = pruning_ancestors(spec);
    ASSERT_EQ(all.size(), 3U);
    for (std::int64_t i = 0; i < 3; ++i) {
        EXPECT_EQ(prune_level(all[static_cast<std::size_t>(i)].regime.params), i);
        EXPECT_EQ(all[static_cast<std::size_t>(i)].regime.params.text("prune_branch"), "ticket");
    }
    EXPECT_EQ(registry().catalog.key(all[0]), registry().catalog.key(points_spec()));
    EXPECT_EQ(
        pruning_ancestors(points_spec({{"regime.prune_level", "3"}, {"regime.prune_iterations", "one-shot"}}))
            .size(),
        1U);
    EXPECT_FALSE(pruning_parent(points_spec()));
}

TEST(Pruning, SaysWhatIsWrong) {
    const auto said = [](const Settings& settings) { return refusal([&] { points_spec(settings); }); };
    EXPECT_NE(said({{"regime.prune_sparsities", "0.5,x"}}).find("expected the share cut at each level"),
              std::string::npos);
    EXPECT_NE(said({{"regime.prune_sparsities", "0.5,1"}}).find("0 ≤ share < 1"), std::string::npos);
    EXPECT_NE(said({{"regime.prune_sparsities", "0.5,0.4"}}).find("cannot cut less"), std::string::npos);
    EXPECT_NE(
        said({{"regime.prune_sparsities", "0.5"}, {"regime.prune_level", "2"}}).find("ends with level 1"),
        std::string::npos);
    EXPECT_NE(said({{"regime.prune_level", "1"},
                    {"regime.prune_rewind", "update"},
                    {"regime.prune_rewind_update", "20"}})
                  .find("fewer than the run's 20 updates"),
              std::string::npos);

    const auto readout = make_spec(
        "linear", "sgd", "sgd",
        {{"task", "gaussian-mixture"}, {"regime.prune_level", "1"}, {"regime.prune_output", "false"}});
    EXPECT_NE(
        refusal([&] { Experiment(readout, small_points()); }).find("no weights to cut but its read-out"),
        std::string::npos);
    const auto solved = make_spec("linear", "least-squares", "least-squares",
                                  {{"task", "gaussian-mixture"}, {"regime.prune_level", "1"}});
    EXPECT_NE(refusal([&] { Experiment(solved, small_points()); }).find("solves for all weights at once"),
              std::string::npos);
}

TEST(Pruning, TakesWeightsButNoBiasesAndByChoiceReadOutAndEmbeddings) {
    const auto names = [](const std::string& model, const Settings& more) {
        const Experiment e(make_spec(model, "sgd", "sgd", joined({{"regime.prune_level", "1"}}, more)),
                           small_task());
        std::vector<std::string> all;
        for (const auto& layer : e.prunable()) all.push_back(layer.name);
        return all;
    };
    using Names = std::vector<std::string>;
    const Settings embedded{{"model.embedding", "4"}};
    EXPECT_EQ(names("gru", {}), (Names{"rnn.weight_ih_l0", "rnn.weight_hh_l0", "output.weight"}));
    EXPECT_EQ(names("gru", {{"regime.prune_output", "false"}}),
              (Names{"rnn.weight_ih_l0", "rnn.weight_hh_l0"}));
    EXPECT_EQ(names("gru", embedded), (Names{"rnn.weight_ih_l0", "rnn.weight_hh_l0", "output.weight"}));
    EXPECT_EQ(names("gru", joined(embedded, {{"regime.prune_embeddings", "true"}})).back(),
              "embedding.weight");
    EXPECT_EQ(names("gru", joined(embedded,
                                  {{"regime.prune_embeddings", "true"}, {"regime.prune_output", "false"}})),
              (Names{"rnn.weight_ih_l0", "rnn.weight_hh_l0", "embedding.weight"}));
}

TEST(Pruning, GoesBackToTheFirstDrawBitForBit) {
    const auto spec = points_spec({{"regime.prune_level", "2"}});
    Pruned pruned(spec);
    const auto first = initial(points_spec());
    const auto& e = pruned.experiment;
    const auto kept = e.mask().kept().to(at::kBool);
    EXPECT_TRUE(same_bits(e.weights().flat(), at::where(kept, first, at::zeros_like(first))));
    EXPECT_TRUE(same_bits(e.start(), e.weights().flat()));
    std::int64_t all = 0;
    for (const auto& layer : e.prunable()) all += layer.size;
    EXPECT_EQ(all, 9 * 4 + 9 * 9 + 3 * 9);
    EXPECT_EQ(kept.numel() - kept.count_nonzero().item<std::int64_t>(),
              std::llround(0.36 * static_cast<double>(all)));
    EXPECT_NEAR(density(e.mask().kept(), e.prunable()), 0.64, 0.5 / static_cast<double>(all));
    // What the level below had cut stays cut.
    EXPECT_EQ(pruned.parent.kept.eq(0).logical_and(kept).count_nonzero().item<std::int64_t>(), 0);
}

TEST(Pruning, FineTuningGoesOnFromTheTrainedWeights) {
    Pruned pruned(points_spec({{"regime.prune_level", "1"}, {"regime.prune_rewind", "none"}}));
    const auto& e = pruned.experiment;
    EXPECT_TRUE(same_bits(e.weights().flat(), at::where(e.mask().kept().to(at::kBool), pruned.parent.weights,
                                                        at::zeros_like(pruned.parent.weights))));
}

TEST(Pruning, BranchesShareTheTicketsDensityInEachLayer) {
    const Settings base{{"regime.prune_level", "1"}, {"regime.prune_share", "0.6"}};
    Pruned ticket(points_spec(base)),
        random(points_spec(joined(base, {{"regime.prune_branch", "random-mask"}}))),
        anew(points_spec(joined(base, {{"regime.prune_branch", "reinitialised"}})));
    const auto &a = ticket.experiment, &b = random.experiment, &c = anew.experiment;
    EXPECT_FALSE(same_bits(a.mask().kept(), b.mask().kept()));
    EXPECT_TRUE(same_bits(a.mask().kept(), c.mask().kept()));
    for (const auto& layer : a.prunable())
        EXPECT_EQ(density(a.mask().kept(), layer), density(b.mask().kept(), layer)) << layer.name;
    const auto kept = a.mask().kept().to(at::kBool);
    const auto first = initial(points_spec());
    EXPECT_TRUE(same_bits(b.weights().flat(),
                          at::where(b.mask().kept().to(at::kBool), first, at::zeros_like(first))));
    EXPECT_EQ(c.weights().flat().eq(first).logical_and(kept).count_nonzero().item<std::int64_t>(), 0)
        << "drawn anew";
}

TEST(Pruning, RandomMasksKeepAsManyWhereverTheyAre) {
    const Settings base{{"regime.prune_level", "1"}, {"regime.prune_share", "0.6"}};
    const auto of = [&](const char* branch) {
        return Pruned(points_spec(joined(base, {{"regime.prune_branch", branch}})));
    };
    Pruned ticket(points_spec(base)), within = of("random-mask"), anywhere = of("random-mask-global"),
                                      even = of("random-mask-even");
    const auto& layers = ticket.experiment.prunable();
    const auto kept = [](const Pruned& p) { return p.experiment.mask().kept(); };
    std::int64_t all = 0;
    for (const auto& layer : layers) all += layer.size;
    const auto planned = planned_kept(all, ticket.experiment.regime());
    bool apart = false, uneven = false;
    for (const auto* p : {&ticket, &within, &anywhere, &even}) {
        EXPECT_NEAR(density(kept(*p), layers) * static_cast<double>(all), static_cast<double>(planned), 1e-9);
        EXPECT_NO_THROW(p->experiment.require_pruned());
        // Biases are never cut.
        EXPECT_EQ(kept(*p).numel() - kept(*p).count_nonzero().item<std::int64_t>(), all - planned);
    }
    for (const auto& layer : layers) {
        const auto share = static_cast<double>(planned) / static_cast<double>(all);
        EXPECT_NEAR(density(kept(even), layer), share, 1.0 / static_cast<double>(layer.size)) << layer.name;
        apart = apart || density(kept(anywhere), layer) != density(kept(ticket), layer);
        uneven =
            uneven || std::abs(density(kept(ticket), layer) - share) > 1.0 / static_cast<double>(layer.size);
    }
    EXPECT_TRUE(apart) << "weights move between layers";
    EXPECT_TRUE(uneven) << "or the branches could not be told apart";
    EXPECT_FALSE(same_bits(kept(within), kept(anywhere)));
    EXPECT_FALSE(same_bits(kept(even), kept(within)));
    // The same draw again, another one at another seed.
    EXPECT_TRUE(same_bits(kept(even), kept(of("random-mask-even"))));
}

TEST(Pruning, ADensityThatIsNotTheLevelsIsAnError) {
    const auto spec = points_spec({{"regime.prune_level", "1"}});
    auto parent = trained(parent_of(spec));
    parent.kept.narrow(0, 0, 36).zero_(); // lacks more than the level cuts
    Experiment e(spec, small_points());
    e.prune(parent);
    try {
        e.require_pruned();
        FAIL() << "nothing was said";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("which should keep"), std::string::npos) << error.what();
    }
}

TEST(Pruning, OfOneCutAsMuchRemainsAsOfMany) {
    for (const char* iterations : {"iterative", "one-shot"})
        for (const char* by : {"magnitude", "random"})
            for (const char* scope : {"global", "layer"}) {
                Pruned p(points_spec({{"regime.prune_level", "3"},
                                      {"regime.prune_iterations", iterations},
                                      {"regime.prune_by", by},
                                      {"regime.prune_scope", scope}}));
                std::int64_t kept = 0, planned = 0, all = 0;
                for (const auto& layer : p.experiment.prunable()) {
                    kept += std::llround(density(p.experiment.mask().kept(), layer) *
                                         static_cast<double>(layer.size));
                    planned += planned_kept(layer.size, p.experiment.regime());
                    all += layer.size;
                }
                EXPECT_EQ(kept,
                          std::string(scope) == "layer" ? planned : planned_kept(all, p.experiment.regime()))
                    << iterations << " " << by << " " << scope;
            }
}

TEST(Pruning, LateRewindingGoesOnAsTheDenseNetworkDid) {
    // Nothing is cut and the rule has no memory: then the course is the dense one's, in the middle of an
    // epoch, with its order of examples, step sizes, plateau and planned changes.
    const Settings base{{"optimizer.momentum", "0"},      {"regime.batch_size", "7"},
                        {"regime.schedule", "plateau"},   {"regime.patience", "50"},
                        {"regime.plateau_patience", "0"}, {"regime.changes", "4 regime.clip_norm=0.5"}};
    Training dense(points_spec(base), small_points());
    ASSERT_EQ(dense.trainer.run(), RunState::finished);
    const auto spec = points_spec(joined(base, {{"regime.prune_level", "1"},
                                                {"regime.prune_share", "0"},
                                                {"regime.prune_rewind", "update"},
                                                {"regime.prune_rewind_update", "8"}}));
    Training late(spec, small_points());
    late.experiment.prune(trained(parent_of(spec)));
    EXPECT_EQ(late.experiment.updates().count, 8);
    EXPECT_EQ(late.experiment.planned(), dense.experiment.planned());
    Trainer trainer(late.experiment, late.control, {late.store, nullptr}, RunId{"late"}, late.folder.path);
    ASSERT_EQ(trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(late.experiment.weights().flat(), dense.experiment.weights().flat()));
    std::map<std::string, std::map<std::int64_t, double>> all;
    for (const auto& s : dense.store.samples()) all[s.metric][s.update] = s.value;
    int compared = 0;
    for (const auto& s : late.store.samples()) {
        EXPECT_GE(s.update, 8);
        // The share of clipped updates is counted since the run began.
        if (s.metric.starts_with("weights/density") || s.metric == "gradient/clip-share") continue;
        ++compared;
        // What is recorded only where it changes, step size and batch size, is so where the run begins.
        const auto& known = all.at(s.metric);
        const auto after = known.upper_bound(s.update);
        ASSERT_NE(after, known.begin()) << s.metric;
        const auto before = std::prev(after);
        EXPECT_TRUE(before->first == s.update || s.update == 8) << s.metric << " " << s.update;
        EXPECT_EQ(s.value, before->second) << s.metric << " " << s.update;
    }
    EXPECT_GT(compared, 50);
}

TEST(Pruning, LateRewindingTakesTheWeightsOfThatUpdateAndAFreshOptimizer) {
    const Settings base{{"regime.schedule", "cosine"}};
    const auto spec = points_spec(joined(base, {{"regime.prune_level", "1"},
                                                {"regime.prune_rewind", "update"},
                                                {"regime.prune_rewind_update", "5"}}),
                                  "adam");
    Experiment dense(points_spec(base, "adam"), small_points());
    for (int i = 0; i < 5; ++i) dense.step(dense.accumulate());
    Pruned late(spec);
    auto& e = late.experiment;
    EXPECT_TRUE(same_bits(e.weights().flat(), at::where(e.mask().kept().to(at::kBool), dense.weights().flat(),
                                                        at::zeros_like(dense.weights().flat()))));
    for (const auto& [name, tensor] : e.optimizer().state())
        EXPECT_EQ(tensor.count_nonzero().item<std::int64_t>(), 0) << name;
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(e.lr(), dense.lr());
        e.accumulate();
        dense.accumulate();
        EXPECT_TRUE(same_bits(e.plan().indices(), dense.plan().indices()));
        // Both move on; the dense one's weights do not matter here.
        e.step(Evaluation(3));
        dense.step(Evaluation(3));
    }
}

class StayCut : public ::testing::TestWithParam<std::string> {};

TEST_P(StayCut, UnderEveryRule) {
    const auto& optimizer = GetParam();
    for (const Settings& more :
         {Settings{}, Settings{{"regime.noise", "0.1"}, {"regime.averaging", "ema"}},
          Settings{{"regime.sam_radius", "0.05"}, {"regime.clip_norm", "0.5"}},
          Settings{{"regime.penalty", "1"}, {"regime.block", "5"}, {"regime.penalty_difference", "exact"}}}) {
        auto settings =
            joined({{"regime.prune_level", "1"}, {"regime.prune_share", "0.5"}, {"updates", "6"}}, more);
        if (registry().catalog.find_param(Group::optimizer, optimizer, "weight_decay"))
            settings.emplace_back("optimizer.weight_decay", "0.01");
        if (registry().catalog.find_param(Group::optimizer, optimizer, "momentum"))
            settings.emplace_back("optimizer.momentum", "0.9");
        const auto spec = points_spec(settings, optimizer);
        Training run(spec, small_points());
        run.experiment.prune(trained(parent_of(spec)));
        const auto before = run.experiment.weights().flat().clone();
        ASSERT_EQ(run.trainer.run(), RunState::finished);
        const auto cut = run.experiment.mask().kept().eq(0);
        const auto& after = run.experiment.weights().flat();
        EXPECT_EQ(after.masked_select(cut).count_nonzero().item<std::int64_t>(), 0);
        EXPECT_EQ(run.experiment.mask().stray(after), 0);
        EXPECT_FALSE(same_bits(before, after));
        // Muon mixes a matrix's rows and columns within a step, but remembers only gradients. Where a rule
        // keeps more than these (a step size, a least denominator), it is what it is without any.
        for (const auto& [name, state] : run.experiment.optimizer().state())
            if (state.sizes() == after.sizes()) {
                const auto of_cut = state.masked_select(cut);
                const bool of_gradients = name != "step_size" && name != "exp_inf";
                EXPECT_TRUE(of_gradients ? of_cut.count_nonzero().item<std::int64_t>() == 0
                                         : of_cut.eq(of_cut[0]).all().item<bool>())
                    << name;
            }
        if (run.experiment.averages().ready()) {
            const auto& mean = run.experiment.averages().weights();
            EXPECT_EQ(mean.masked_select(cut).count_nonzero().item<std::int64_t>(), 0);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Optimizers, StayCut, ::testing::ValuesIn(descending_optimizers()),
                         [](const auto& test) {
                             auto name = test.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

class EveryModel : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryModel, IsPrunedTwiceAndRecordsItsDensity) {
    const auto& model = GetParam();
    const auto data = [&] { return small_task_for(model); };
    auto settings = width_setting(model, 6);
    const auto& tasks = registry().model(model).entry.tasks;
    if (!tasks.empty()) settings.emplace_back("task", tasks.front());
    const auto spec = make_spec(model, "sgd", "sgd",
                                joined(settings, {{"updates", "4"},
                                                  {"regime.batch_size", "9"},
                                                  {"regime.prune_level", "2"},
                                                  {"regime.prune_share", "0.3"}}));
    Training again(spec, data());
    again.experiment.prune(trained(parent_of(spec), model));
    ASSERT_EQ(again.trainer.run(), RunState::finished);
    std::int64_t all = 0;
    for (const auto& layer : again.experiment.prunable()) all += layer.size;
    int seen = 0;
    for (const auto& s : again.store.samples())
        if (s.metric == "weights/density") {
            ++seen;
            EXPECT_NEAR(s.value, 0.49, 0.51 / static_cast<double>(all));
            EXPECT_TRUE(s.update == 0 || s.update == 4);
        }
    EXPECT_EQ(seen, 2) << "where it begins and where it ends";
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, ::testing::ValuesIn([] {
                             std::vector<std::string> all;
                             for (const auto& m : registry().models) all.push_back(m.entry.id);
                             return all;
                         }()),
                         [](const auto& test) {
                             auto name = test.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Pruning, IsNeverSilentlyDense) {
    Training run(points_spec({{"regime.prune_level", "1"}}), small_points());
    EXPECT_EQ(run.trainer.run(), RunState::failed);
    EXPECT_NE(run.store.batches.back()->state->reason.find("was not made from the trained one"),
              std::string::npos);
}

TEST(Pruning, StoppedAndResumedEndsWithTheSameBitsWithoutTheParent) {
    for (const char* rewind : {"start", "update"}) {
        const auto spec = points_spec({{"regime.prune_level", "2"},
                                       {"regime.prune_rewind", rewind},
                                       {"regime.prune_rewind_update", "3"},
                                       {"regime.probe_distance", "true"},
                                       {"regime.probe_every", "2"}},
                                      "adam");
        const auto parent = trained(parent_of(spec));
        const auto prepared = [&](Experiment& e) { e.prune(parent); };
        Experiment whole(spec, small_points()), first(spec, small_points());
        prepared(whole);
        prepared(first);
        TemporaryFolder folder;
        KeepingSink a, b, c;
        Control ca, cb, cc;
        Trainer unbroken(whole, ca, {a, nullptr}, RunId{"a"}, folder.path),
            begun(first, cb, {b, nullptr}, RunId{"b"}, folder.path);
        ASSERT_EQ(unbroken.run(), RunState::finished);
        cb.pause();
        std::thread thread([&] { begun.run(); });
        for (int i = 0; i < 7; ++i) cb.step();
        while (!cb.idle()) std::this_thread::yield();
        cb.stop(RunState::stopped);
        thread.join();
        Experiment second(spec, small_points());
        Trainer resumed(second, cc, {c, nullptr}, RunId{"b"}, folder.path);
        resumed.restore(folder.path / b.batches.back()->checkpoint->file);
        ASSERT_EQ(resumed.run(), RunState::finished);
        EXPECT_TRUE(same_bits(second.weights().flat(), whole.weights().flat()));
        EXPECT_TRUE(same_bits(second.mask().kept(), whole.mask().kept()));
        KeepingSink both;
        both.batches = b.batches;
        both.batches.insert(both.batches.end(), c.batches.begin(), c.batches.end());
        expect_same(both.samples(), a.samples());
    }
}

TEST(Pruning, CurvatureIsThatOfTheWeightsThatRemain) {
    Pruned pruned(points_spec({{"regime.prune_level", "1"}, {"regime.precision", "float64"}}));
    auto& e = pruned.experiment;
    const SampleLoss loss(e, e.sample(1000));
    const Hessian hessian(loss);
    const auto cut = e.mask().kept().eq(0);
    const auto v = at::linspace(-1, 1, e.weights().count(), at::kDouble);
    const auto kept_part = v.clone();
    e.mask().cut(kept_part);
    EXPECT_TRUE(same_bits(hessian(v), hessian(kept_part)));
    EXPECT_EQ(hessian(v).masked_select(cut).count_nonzero().item<std::int64_t>(), 0);
    EXPECT_GT(hessian(v).norm().item<double>(), 0);
    EXPECT_EQ(loss.gradient().masked_select(cut).count_nonzero().item<std::int64_t>(), 0);
}

} // namespace descent::test
