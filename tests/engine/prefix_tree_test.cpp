#include "core/models/prefix_tree.h"

#include "tests/engine/support.h"

#include <set>

namespace descent::test {

TEST(PrefixTree, SharesWhatIsShared) {
    const auto tree = PrefixTree::build(sequences({{1, 2, 3}, {1, 2}, {1, 2, 3}, {4}}, {0, 0, 0, 0}));
    // rows: the empty prefix | 1, 4 | 12 | 123
    EXPECT_EQ(tree->sizes, (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_TRUE(tree->symbols.equal(at::tensor({1, 4, 2, 3}, at::kLong)));
    EXPECT_TRUE(tree->ends.equal(at::tensor({4, 3, 4, 2}, at::kLong)));
    EXPECT_TRUE(tree->befores.equal(at::tensor({3, 1, 3, 0}, at::kLong)));
    EXPECT_TRUE(tree->last.equal(at::tensor({3, 2, 3, 4}, at::kLong)));
}

TEST(PrefixTree, CountsTheDistinctPrefixesOfTheRealNames) {
    const std::string source = DESCENT_TEST_DATA "/names";
    if (!std::filesystem::exists(source)) GTEST_SKIP() << "the real names are not here: " << source;
    Experiment experiment(make_spec("gru", "sgd", "legacy-names-fullgd", {{"task.source", source}}));
    std::set<std::string> prefixes;
    const auto& train = experiment.data().train;
    for (std::int64_t i = 0; i < train.size(); ++i) {
        const auto* word = train.inputs[i].data_ptr<std::uint8_t>();
        for (std::int64_t k = 1; k <= train.lengths[i].item<std::int64_t>(); ++k)
            prefixes.emplace(word, word + k);
    }
    EXPECT_EQ(PrefixTree::build(train)->symbols.size(0), std::ssize(prefixes));
}

TEST(PrefixTree, PreparedChunksHoldEveryExampleOnceAndGiveTheSameLogits) {
    const auto data = small_task();
    const auto spec = make_spec("gru", "sgd", "sgd", {{"regime.precision", "float64"}});
    const auto model = registry().model("gru").make(spec.model.params, data.shape, spec.seed);
    RandomStream init(0, "init");
    const Weights weights(model->weights(), init, at::kDouble);
    std::multiset<double> plain, prepared;
    const auto collect = [&](const Examples& part, std::multiset<double>& into) {
        const auto logits = model->logits(weights, part);
        for (std::int64_t i = 0; i < part.size(); ++i)
            into.insert(std::round(1e9 * logits[i][part.labels[i].item<std::int64_t>()].item<double>()));
    };
    for (std::int64_t i = 0; i < data.train.size(); ++i) collect(data.train.slice(i, i + 1), plain);
    for (const auto& chunk : model->prepare(data.train, 9)) {
        EXPECT_LE(chunk.size(), 9);
        collect(chunk, prepared);
    }
    EXPECT_EQ(plain, prepared);
}

} // namespace descent::test
