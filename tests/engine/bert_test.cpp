// BERT's network against PyTorch (tests/reference/bert.py wrote the files): padding, dropout, cuts, freezing,
// pruning, training.

#include "core/engine/ensemble.h"
#include "core/engine/pruning.h"
#include "core/models/piece_table.h"
#include "core/text/tokenizer.h"
#include "tests/engine/bert_golden.h"

namespace descent::test::bert {

using testing::HasSubstr;

class BertGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(BertGolden, LogitsLossAndGradientsAgreeWithPyTorch) {
    const auto golden = Golden::named(GetParam());
    // All at once, and in chunks sorted by length whose gradients are added up.
    for (const char* chunk : {"4096", "3", "1"})
        for (const char* precision : {"float64", "float32"}) {
            SCOPED_TRACE(std::string(chunk) + " " + precision);
            const double close = precision == std::string("float64") ? 1e-12 : 1e-5;
            Experiment experiment(
                spec_of(golden, {{"regime.micro_batch", chunk}, {"regime.precision", precision}}),
                texts_of(golden));
            set_rest(golden, experiment);
            EXPECT_EQ(experiment.weights().leaves().size(),
                      5U + 16U * (golden.metadata.at("words") == "[]" ? 3 : 2) + 4U);
            EXPECT_LT(
                relative_distance(experiment.model().logits(experiment.weights(), experiment.data().train),
                                  golden.tensors.at("logits")),
                close);
            const auto batch = experiment.accumulate();
            EXPECT_NEAR(batch.loss(), golden.tensors.at("loss").item<double>(), close);
            double all = 0;
            for (const auto& leaf : experiment.weights().leaves())
                all += golden.tensors.at("grad/" + leaf.name).square().sum().item<double>();
            for (const auto& leaf : experiment.weights().leaves()) {
                // Of a key's bias it is 0 but for rounding: it is measured by the whole gradient.
                const auto apart =
                    leaf.tensor.grad().to(at::kDouble) - golden.tensors.at("grad/" + leaf.name);
                EXPECT_LT(apart.norm().item<double>(), 10 * close * std::sqrt(all)) << leaf.name;
            }
        }
}

INSTANTIATE_TEST_SUITE_P(Golden, BertGolden, ::testing::ValuesIn(golden_files("bert-")), golden_test_name);

TEST(Bert, PaddingIsNeverSeen) {
    const auto golden = Golden::named("bert-trained");
    Experiment experiment(spec_of(golden), texts_of(golden));
    const auto& all = experiment.data().train;
    const auto together = logits(experiment);
    auto padded = all;
    padded.inputs = at::constant_pad_nd(all.inputs, {0, 7}, 4); // a word, not 0: behind the end it is none
    EXPECT_TRUE(same_bits(experiment.model().logits(experiment.weights(), padded), together));
    for (std::int64_t i = 0; i < all.size(); ++i)
        EXPECT_LT(relative_distance(experiment.model().logits(experiment.weights(), all.slice(i, i + 1)),
                                    together.narrow(0, i, 1)),
                  1e-13);
}

TEST(Bert, DropoutOfATextIsItsOwn) {
    const auto golden = Golden::named("bert-trained-dropout");
    Experiment experiment(spec_of(golden), texts_of(golden));
    const auto& all = experiment.data().train;
    const auto together = logits(experiment);
    for (std::int64_t i = 0; i < all.size(); ++i)
        EXPECT_LT(relative_distance(experiment.model().logits(experiment.weights(), all.slice(i, i + 1)),
                                    together.narrow(0, i, 1)),
                  1e-13);
    RandomStream random(1, "dropout");
    const auto seeds = experiment.model().draw_masks(100, random).view(at::kLong).flatten();
    EXPECT_EQ(std::get<0>(at::_unique(seeds)).numel(), 100);
}

TEST(Bert, WhatIsTooLongKeepsItsEnds) {
    const WordPiece pieces(kFolder / "vocab.txt", true);
    Vocabulary words;
    words.count("unaffable", 3);
    words.count("running", 2);
    words.count("don't", 1);
    words.close(0, 1);
    const auto inputs = at::tensor({2, 3, 4, 2, 4, 1, 0, 0, 1, 0, 0, 0}, at::kInt).view({3, 4});
    const auto lengths = at::tensor({4, 2, 1}, at::kLong);
    const auto row = [](const Tensor& ids, std::int64_t i, std::int64_t length) {
        const auto* first = ids[i].data_ptr<std::int64_t>();
        return std::vector<std::int64_t>(first, first + length);
    };
    using testing::ElementsAre;
    const auto whole = PieceTable(pieces, words, 100).cut(inputs, lengths);
    EXPECT_THAT(row(whole.ids, 0, 13), ElementsAre(3, 6, 7, 8, 9, 10, 12, 13, 14, 6, 7, 8, 4));
    EXPECT_THAT(row(whole.ids, 1, 6), ElementsAre(3, 12, 13, 14, 2, 4)); // the unknown word is [UNK]
    EXPECT_TRUE(whole.lengths.equal(at::tensor({13, 6, 3}, at::kLong)));
    const auto cut = PieceTable(pieces, words, 5).cut(inputs, lengths); // within a word
    EXPECT_THAT(row(cut.ids, 0, 5), ElementsAre(3, 6, 7, 8, 4));
    EXPECT_THAT(row(cut.ids, 1, 5), ElementsAre(3, 12, 13, 14, 4));
    EXPECT_THAT(row(cut.ids, 2, 3), ElementsAre(3, 2, 4));
    const auto own = PieceTable(4, 4).cut(inputs, lengths); // words are pieces; 4 is beyond the vocabulary
    EXPECT_EQ(PieceTable(4, 4).size(), 6);
    EXPECT_THAT(row(own.ids, 0, 4), ElementsAre(4, 2, 3, 5));
    EXPECT_THAT(row(own.ids, 1, 4), ElementsAre(4, 1, 1, 5));
}

TEST(Bert, WordsGiveThePiecesOfTheWholeText) {
    const WordPiece pieces(kFolder / "vocab.txt", true);
    const auto words = make_tokenizer("word", true);
    for (const std::string text : {"Who don't run, unaffable?", "the cats' running", "who is (the) uncat?!",
                                   "don''t  RUNNING.the", "ünaffable café"}) {
        std::vector<std::string> of_words;
        words->split(text, [&](std::string_view word) {
            for (auto& piece : pieces.tokens(word)) of_words.push_back(std::move(piece));
        });
        EXPECT_EQ(of_words, pieces.tokens(text)) << text;
    }
}

TEST(Bert, FrozenLayersAreNoWeightsAndKeepTheirBits) {
    const auto golden = Golden::named("bert-trained");
    const std::vector<std::tuple<const char*, const char*, std::string, std::size_t>> cases{
        {"1", "false", "encoder.layer.1.attention.self.query.weight", 20},
        {"2", "false", "pooler.dense.weight", 4},
        {"0", "true", "classifier.weight", 2}};
    for (const auto& [layers, only, first, count] : cases) {
        SCOPED_TRACE(first);
        Experiment experiment(spec_of(golden, {{"model.freeze", layers}, {"model.classifier_only", only}}),
                              texts_of(golden));
        set_rest(golden, experiment);
        const auto& leaves = experiment.weights().leaves();
        ASSERT_EQ(leaves.size(), count);
        EXPECT_EQ(leaves.front().name, first);
        EXPECT_LT(relative_distance(logits(experiment), golden.tensors.at("logits")), 1e-12);
        experiment.accumulate();
        for (const auto& leaf : leaves)
            if (!leaf.name.ends_with("key.bias")) {
                EXPECT_LT(relative_distance(leaf.tensor.grad(), golden.tensors.at("grad/" + leaf.name)), 1e-9)
                    << leaf.name;
            }
        for (int i = 0; i < 5; ++i) experiment.step(experiment.accumulate());
        const auto after = logits(experiment);
        EXPECT_GT(relative_distance(after, golden.tensors.at("logits")), 1e-3);
        // With the trained part put back, what is below is seen to be what it was.
        {
            const at::NoGradGuard no_grad;
            for (const auto& leaf : leaves) leaf.tensor.copy_(golden.tensors.at("model/" + leaf.name));
        }
        Experiment fresh(spec_of(golden, {{"model.freeze", layers}, {"model.classifier_only", only}}),
                         texts_of(golden));
        set_rest(golden, fresh);
        EXPECT_TRUE(same_bits(logits(experiment), logits(fresh)));
    }
    refused(kFolder, {"model.freeze = 3", "2 layers"}, {{"model.freeze", "3"}});
}

TEST(Bert, IsPrunedInItsLinearMaps) {
    const auto golden = Golden::named("bert-trained");
    const auto spec = spec_of(
        golden,
        {{"regime.prune_level", "1"}, {"regime.prune_share", "0.4"}, {"regime.prune_output", "false"}});
    Experiment experiment(spec, texts_of(golden));
    EXPECT_EQ(experiment.prunable().size(), 2 * 6 + 1U); // and the pooler; neither embeddings nor read-out
    for (const auto& layer : experiment.prunable())
        EXPECT_EQ(layer.name.find("embedding"), std::string::npos) << layer.name;
    experiment.prune(
        {experiment.weights().flat().clone(), at::ones({experiment.weights().count()}, at::kByte)});
    for (int i = 0; i < 3; ++i) experiment.step(experiment.accumulate());
    EXPECT_NO_THROW(experiment.require_pruned());
    EXPECT_NEAR(density(experiment.mask().kept(), experiment.prunable()), 0.6, 1e-3);
    // Re-initialised, nothing of the trained weights is left but where the mask is.
    Experiment drawn(spec_of(golden, {{"regime.prune_level", "1"}, {"regime.prune_branch", "reinitialised"}}),
                     texts_of(golden));
    const auto trained = drawn.weights().flat().clone();
    drawn.prune({trained, at::ones({drawn.weights().count()}, at::kByte)});
    EXPECT_LT(drawn.weights().flat().abs().mul(drawn.weights().flat().ne(1)).max().item<double>(), 0.02 * 6);
    EXPECT_GT(trained.abs().max().item<double>(), 1);
}

TEST(Bert, IsTrainedAlone) {
    const auto spec = make_spec("bert", "adam", "sgd", {{"task", "trec"}});
    EXPECT_THAT(ensemble_refusal(spec).value_or(""), HasSubstr("model bert: it has no batched form"));
}

TEST(Bert, LearnsWhichWordComesFirst) {
    // A text's class is which of two words stands before the other: no bag of words tells it, so attention
    // and positions are needed. Half of the answers are right by chance.
    constexpr std::int64_t n = 600, longest = 7;
    RandomStream random(3, "texts");
    Examples all{.inputs = at::zeros({n, longest}, at::kInt),
                 .lengths = at::empty({n}, at::kLong),
                 .labels = at::empty({n}, at::kLong)};
    for (std::int64_t i = 0; i < n; ++i) {
        const auto length = 3 + static_cast<std::int64_t>(random.below(longest - 2));
        auto* word = all.inputs.data_ptr<std::int32_t>() + i * longest;
        for (std::int64_t t = 0; t < length; ++t) word[t] = static_cast<std::int32_t>(4 + random.below(6));
        const auto first = random.below(static_cast<std::uint64_t>(length - 1));
        const auto second = first + 1 + random.below(static_cast<std::uint64_t>(length) - first - 1);
        const auto label = static_cast<std::int64_t>(random.below(2));
        word[first] = label == 0 ? 2 : 3;
        word[second] = label == 0 ? 3 : 2;
        all.lengths.data_ptr<std::int64_t>()[i] = length;
        all.labels.data_ptr<std::int64_t>()[i] = label;
    }
    auto words = std::make_shared<TextShape>();
    words->known = 10;
    words->longest = longest;
    TaskData data;
    data.train = all.slice(0, 400);
    data.validation = all.slice(400, n);
    data.shape = {.classes = 2, .words = std::move(words)};
    data.inspection.provenance.classes = {"first", "second"};
    Training training(make_spec("bert", "adam", "sgd",
                                {{"task", "trec"},
                                 {"epochs", "30"},
                                 {"model.hidden", "16"},
                                 {"model.heads", "2"},
                                 {"model.intermediate", "32"},
                                 {"optimizer.lr", "0.003"},
                                 {"regime.batch_size", "32"},
                                 {"seed", "1"}}),
                      data);
    training.trainer.run();
    double accuracy = 0;
    for (const auto& sample : training.store.samples())
        if (sample.metric == "validation/accuracy") accuracy = sample.value;
    EXPECT_GT(accuracy, 0.9);
}

} // namespace descent::test::bert
