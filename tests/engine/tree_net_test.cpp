// Recurrent nets as one operation against the same in plain ones: outputs, gradients, second derivatives.

#include "core/models/symbol_bag.h"
#include "tests/engine/support.h"

#include "core/models/tree_net.h"

namespace descent::test {

namespace {

struct Words {
    std::vector<std::vector<int>> words;
    std::vector<int> labels;
    Examples examples() const { return sequences(words, labels); }
};

/// So many words that begin alike, some of them alike; few symbols.
Words drawn_words(std::uint64_t seed, int count, int symbols, int longest) {
    RandomStream random(seed, "words");
    Words all;
    for (int i = 0; i < count; ++i) {
        std::vector<int> word;
        const auto length = 1 + random.below(static_cast<std::uint64_t>(longest));
        for (std::uint64_t k = 0; k < length; ++k)
            word.push_back(static_cast<int>(random.below(static_cast<std::uint64_t>(symbols))));
        all.words.push_back(word);
        all.labels.push_back(i % 3);
    }
    return all;
}

RunSpec spec_of(const std::string& model, const std::string& precision, int hidden, int embedding) {
    std::vector<std::pair<std::string, std::string>> settings{{"model.hidden", std::to_string(hidden)},
                                                              {"regime.precision", precision}};
    if (embedding > 0) settings.emplace_back("model.embedding", std::to_string(embedding));
    return make_spec(model, "sgd", "sgd", settings);
}

/// A model of the task names, its weights drawn, and what its logits and gradients are.
struct Net {
    Net(const std::string& id, const std::string& precision, int hidden, int embedding = 0)
        : spec(spec_of(id, precision, hidden, embedding))
        , model(registry().model(id).make(spec.model.params, small_task().shape, 0))
        , init(3, "init")
        , weights(model->weights(), init, precision == "float64" ? at::kDouble : at::kFloat) {}

    /// Of Σ (logits·fixed numbers).
    Tensor gradient(const Tensor& logits) {
        weights.gradient().zero_();
        const auto mix = at::linspace(-1, 1, logits.numel(), logits.options().requires_grad(false));
        (logits * mix.view_as(logits)).sum().backward();
        return weights.gradient().clone();
    }
    RunSpec spec;
    std::unique_ptr<Model> model;
    RandomStream init;
    Weights weights;
};

/// The net's parts as recurrent.cpp and char_rnn_linear.cpp name them.
Tensor plain(const Net& net, const Examples& examples) {
    const auto& w = net.weights;
    const auto tree = PrefixTree::of(examples);
    const std::int64_t symbols = small_task().shape.symbols, outputs = 3;
    if (net.spec.model.id == "char-rnn-linear") {
        const auto h = w[1].size(0), both = symbols + h;
        return plain_logits({.cell = cells::Cell::linear,
                             .symbols = symbols,
                             .hidden = h,
                             .outputs = outputs,
                             .reads_before_last = true,
                             .input = {0, 0, both},
                             .input_bias = {1},
                             .recurrent = {0, symbols, both},
                             .output = {2, symbols, both},
                             .output_bias = {3},
                             .symbol_output = {2, 0, both}},
                            {w[0], w[1], w[2], w[3]}, *tree);
    }
    const auto h = w[1].size(1), rows = w[1].size(0);
    const auto cell = rows == h ? cells::Cell::elman : rows == 3 * h ? cells::Cell::gru : cells::Cell::lstm;
    const auto table = w[0].size(1) == symbols ? w[0].t() + w[2] : at::addmm(w[2], w[6], w[0].t());
    return plain_logits({.cell = cell,
                         .symbols = symbols,
                         .hidden = h,
                         .outputs = outputs,
                         .input = {0, 0, 1, rows},
                         .recurrent = {1, 0, h},
                         .recurrent_bias = {2},
                         .output = {3, 0, h},
                         .output_bias = {4}},
                        {table.contiguous(), w[1], w[3], w[4], w[5]}, *tree);
}

} // namespace

class TreeNets : public ::testing::TestWithParam<std::string> {
protected:
    static void expect_plain(const Words& words, const std::string& precision, int hidden, int embedding,
                             double tolerance) {
        Net net(GetParam(), precision, hidden, GetParam() == "char-rnn-linear" ? 0 : embedding);
        const auto examples = words.examples();
        const auto fast = net.model->logits(net.weights, examples), slow = plain(net, examples);
        EXPECT_LT(relative_distance(fast, slow), tolerance);
        const auto gradient = net.gradient(fast);
        EXPECT_LT(relative_distance(gradient, net.gradient(slow)), tolerance);
        for (const auto& chunk : net.model->prepare(examples, 1 << 20)) {
            const auto places =
                chunk.places.defined() ? chunk.places : at::arange(examples.size(), at::kLong);
            EXPECT_LT(relative_distance(net.model->logits(net.weights, chunk), slow.index_select(0, places)),
                      tolerance);
        }
    }
};

TEST_P(TreeNets, AreThePlainOnesOnRandomTries) {
    for (std::uint64_t seed = 0; seed < 6; ++seed)
        for (const int embedding : {0, 7}) {
            const auto words = drawn_words(seed, seed % 2 ? 700 : 40, seed % 2 ? 4 : 19, seed % 3 ? 6 : 30);
            expect_plain(words, "float32", 19, embedding, 1e-5);
            expect_plain(words, "float64", 19, embedding, 1e-12);
        }
}

TEST_P(TreeNets, AreThePlainOnesOnWordsOfAnyKind) {
    const Words one{{{5}}, {0}}, alike{{{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}, {0, 1, 2}};
    const Words nested{{{1}, {1, 1}, {1, 1, 1}, {1, 1, 1, 1}, {2}}, {0, 1, 2, 0, 1}};
    for (const auto& words : {one, alike, nested}) {
        expect_plain(words, "float32", 8, 0, 1e-5);
        expect_plain(words, "float64", 33, 0, 1e-12);
    }
}

TEST_P(TreeNets, TakeWordsOfTenThousandSymbols) {
    auto words = drawn_words(9, 3, 6, 5);
    RandomStream random(1, "long");
    std::vector<int> longest;
    for (int i = 0; i < 10000; ++i) longest.push_back(static_cast<int>(random.below(8)));
    words.words.push_back(longest);
    words.labels.push_back(0);
    expect_plain(words, "float32", 4, 0, 1e-5);
}

TEST_P(TreeNets, AreTheSameInWhatOthersHaveWorkedIn) {
    Net net(GetParam(), "float32", 19, 0);
    const auto few = drawn_words(1, 30, 5, 6).examples(), many = drawn_words(2, 400, 9, 12).examples();
    const auto fresh = net.gradient(net.model->logits(net.weights, few));
    net.gradient(net.model->logits(net.weights, many)); // in larger buffers, left as they are
    const auto first = net.model->logits(net.weights, few), second = net.model->logits(net.weights, many);
    net.gradient(second);
    EXPECT_TRUE(same_bits(net.gradient(first), fresh));
}

TEST_P(TreeNets, CanBeDifferentiatedTwice) {
    for (const int embedding : {0, 5}) {
        Net net(GetParam(), "float64", 6, GetParam() == "char-rnn-linear" ? 0 : embedding);
        const auto examples = drawn_words(4, 30, 5, 6).examples();
        std::vector<Tensor> leaves;
        for (const auto& leaf : net.weights.leaves()) leaves.push_back(leaf.tensor);
        const auto second = [&](const Tensor& logits) {
            const auto first = torch::autograd::grad({logits.square().sum()}, leaves, {}, true, true, true);
            Tensor sum = at::zeros({}, at::kDouble);
            for (const auto& g : first) sum = sum + g.pow(3).sum();
            std::vector<Tensor> flat;
            for (const auto& g : torch::autograd::grad({sum}, leaves)) flat.push_back(g.flatten());
            return at::cat(flat);
        };
        EXPECT_LT(
            relative_distance(second(net.model->logits(net.weights, examples)), second(plain(net, examples))),
            1e-10);
    }
}

INSTANTIATE_TEST_SUITE_P(Models, TreeNets, ::testing::Values("char-rnn-linear", "elman", "gru", "lstm"),
                         [](const auto& test) {
                             auto name = test.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(SumOfBags, AddsRowsUpAndIsItsOwnTransposesDerivative) {
    auto bags = std::make_shared<Bags>();
    bags->rows = 4;
    bags->places = {0, 2, 2, 3};
    bags->begins = {0, 2, 2, 4};
    const auto table = at::arange(8, at::kDouble).view({4, 2}).requires_grad_(true);
    const auto sums = sum_bags(table, bags);
    EXPECT_TRUE(sums.equal(at::tensor({4.0, 6.0, 0.0, 0.0, 10.0, 12.0}, at::kDouble).view({3, 2})));
    // Of Σ s³ the gradient is 3s² at each row that was added, and its derivative along v is 6s·(the sums of
    // v).
    const auto g = torch::autograd::grad({sums.pow(3).sum()}, {table}, {}, true, true)[0];
    const auto s = sums.detach();
    EXPECT_TRUE(g[2].equal(3 * (s[0].square() + s[2].square())));
    EXPECT_TRUE(g[1].equal(at::zeros({2}, at::kDouble)));
    const auto hv = torch::autograd::grad({g}, {table}, {at::ones_like(g)})[0];
    EXPECT_TRUE(hv[0].equal(6 * s[0] * 2));
    EXPECT_TRUE(hv[3].equal(6 * s[2] * 2));
}

} // namespace descent::test
