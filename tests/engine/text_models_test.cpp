// Models of texts: against PyTorch (tests/reference/text_models.py wrote the files), and that a text's
// outputs are its own whatever stands beside it.

#include "core/text/feature_hash.h"
#include "tests/engine/golden.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::HasSubstr;

const std::vector<std::string> kModels{
    "text-cnn", "text-rnn", "text-lstm", "text-gru", "softmax-regression", "mlp-embedding-average", "bert"};

TaskData texts_of(const Golden& golden) {
    auto words = std::make_shared<TextShape>();
    words->known = std::stoll(golden.metadata.at("known"));
    words->hashes = at::zeros({100}, at::kInt);
    for (int id = 2; id < 100; ++id)
        words->hashes[id] =
            static_cast<std::int32_t>(murmur3_32(std::string("w").append(std::to_string(id))));
    if (golden.tensors.contains("vectors")) words->vectors = golden.tensors.at("vectors");
    TaskData data;
    data.train = {.inputs = golden.tensors.at("inputs").to(at::kInt),
                  .lengths = golden.tensors.at("lengths"),
                  .labels = golden.tensors.at("labels")};
    if (golden.tensors.contains("masks")) data.train.masks = golden.tensors.at("masks").to(at::kByte);
    data.validation = data.train;
    words->longest = data.train.inputs.size(1);
    data.shape = {.classes = 4, .words = std::move(words)};
    return data;
}

class TextModels : public ::testing::TestWithParam<std::string> {};

TEST_P(TextModels, LogitsLossAndGradientsAgreeWithPyTorch) {
    const auto golden = Golden::named(GetParam());
    // All at once, and in chunks sorted by length whose gradients are added up.
    for (const char* chunk : {"4096", "3"}) {
        SCOPED_TRACE(chunk);
        Experiment experiment(golden.spec({{"task", "trec"}, {"regime.micro_batch", chunk}}),
                              texts_of(golden));
        golden.set_weights(experiment);
        const auto logits = experiment.model().logits(experiment.weights(), experiment.data().train);
        EXPECT_LT(relative_distance(logits, golden.tensors.at("logits")), 1e-12);
        const auto batch = experiment.accumulate();
        EXPECT_NEAR(batch.loss(), golden.tensors.at("loss").item<double>(), 1e-12);
        // The bias of a sum that batch norm centres has no gradient but rounding.
        const double least = 1e-15 * experiment.weights().gradient().norm().item<double>();
        for (const auto& leaf : experiment.weights().leaves()) {
            const auto& wanted = golden.tensors.at("grad/" + leaf.name);
            const auto off = (leaf.tensor.grad() - wanted).norm().item<double>();
            EXPECT_LT(off, std::max(least, 1e-11 * wanted.norm().item<double>())) << leaf.name;
        }
        if (!golden.tensors.contains("evaluated")) continue;
        auto some = experiment.data().train.slice(2, 5);
        some.statistics = experiment.statistics();
        some.masks = Tensor();
        EXPECT_LT(relative_distance(experiment.model().logits(experiment.weights(), some),
                                    golden.tensors.at("evaluated")),
                  1e-12);
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, TextModels, ::testing::ValuesIn(golden_files("texts")), golden_test_name);

RunSpec small(const std::string& model, std::vector<std::pair<std::string, std::string>> more = {}) {
    auto settings = width_setting(model, 6);
    settings.insert(settings.end(), {{"task", "trec"}, {"updates", "3"}});
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec(model, "sgd", "full-batch", settings);
}

TEST(TextModel, OutputsOfATextAreItsOwn) {
    for (const auto& model : kModels) {
        SCOPED_TRACE(model);
        Experiment experiment(small(model, {{"regime.precision", "float64"}}), small_texts());
        const auto& all = experiment.data().train;
        const auto together = experiment.model().logits(experiment.weights(), all);
        for (std::int64_t i = 0; i < all.size(); ++i)
            EXPECT_LT(relative_distance(experiment.model().logits(experiment.weights(), all.slice(i, i + 1)),
                                        together.narrow(0, i, 1)),
                      1e-12);
    }
}

TEST(TextModel, FullBatchGradientIsTheSameInAnyChunks) {
    for (const auto& model : kModels)
        for (const char* dropout : {"frozen", "off"}) {
            SCOPED_TRACE(model + " " + dropout);
            std::vector<Tensor> gradients;
            for (const char* chunk : {"4096", "7", "1"}) {
                Experiment experiment(small(model, {{"regime.precision", "float64"},
                                                    {"regime.augmentation", dropout},
                                                    {"regime.micro_batch", chunk}}),
                                      small_texts());
                experiment.accumulate();
                gradients.push_back(experiment.weights().gradient().clone());
                EXPECT_GT(gradients.back().norm().item<double>(), 0);
            }
            EXPECT_LT(relative_distance(gradients[1], gradients[0]), 1e-12);
            EXPECT_LT(relative_distance(gradients[2], gradients[0]), 1e-12);
        }
}

RunSpec batch_norm(std::vector<std::pair<std::string, std::string>> more = {}) {
    more.insert(more.end(), {{"model.norm", "batch"}, {"regime.precision", "float64"}});
    return small("mlp-embedding-average", more);
}

TEST(TextModel, BatchNormTakesAFullBatchInOnePieceAndBlocksOneByOne) {
    std::vector<Tensor> gradients;
    for (const char* chunk : {"4096", "7", "1"}) {
        Experiment experiment(batch_norm({{"regime.micro_batch", chunk}}), small_texts());
        experiment.accumulate();
        gradients.push_back(experiment.weights().gradient().clone());
    }
    EXPECT_TRUE(gradients[1].equal(gradients[0]));
    EXPECT_TRUE(gradients[2].equal(gradients[0]));
    // Parts have statistics of their own ("ghost batch norm"): another gradient.
    const auto in_parts = [&](std::vector<std::pair<std::string, std::string>> settings) {
        Experiment experiment(batch_norm(std::move(settings)), small_texts());
        EXPECT_FALSE(experiment.plan().plain());
        experiment.accumulate();
        return experiment.weights().gradient().clone();
    };
    const auto clipped = in_parts({{"regime.clip_at", "micro-batch"}, {"regime.micro_batch", "4"}});
    EXPECT_GT(relative_distance(clipped, gradients[0]), 1e-3);
    const auto blocks = [&](const char* chunk) {
        return in_parts({{"regime.penalty", "1e-9"}, {"regime.block", "4"}, {"regime.micro_batch", chunk}});
    };
    EXPECT_GT(relative_distance(blocks("4096"), gradients[0]), 1e-3);
    EXPECT_TRUE(blocks("4096").equal(blocks("7")));
}

TEST(TextModel, BatchNormEvaluatesATextByItselfAsAFullBatchTrainedOnIt) {
    Experiment experiment(batch_norm(), small_texts());
    experiment.step(experiment.accumulate());
    const auto statistics = experiment.statistics();
    EXPECT_EQ(statistics.sizes()[0], 2);
    const auto& all = experiment.data().train;
    const auto together = experiment.model().logits(experiment.weights(), all);
    for (std::int64_t i = 0; i < all.size(); ++i) {
        auto one = all.slice(i, i + 1);
        one.statistics = statistics;
        EXPECT_LT(
            relative_distance(experiment.model().logits(experiment.weights(), one), together.narrow(0, i, 1)),
            1e-12);
    }
    const auto trained = experiment.accumulate();
    const auto evaluated = evaluate(experiment.model(), experiment.weights(), experiment.loss(),
                                    experiment.train_chunks(), 4, {}, experiment.statistics());
    EXPECT_NEAR(trained.loss(), evaluated.loss(), 1e-12);
}

TEST(TextModel, BatchNormOfOneTextIsRefused) {
    EXPECT_THAT(
        [] {
            Experiment(batch_norm({{"regime.batch_size", "1"}}), small_texts());
        },
        testing::ThrowsMessage<InputError>(HasSubstr("expected regime.batch_size")));
}

TEST(TextModel, GradientPenaltyByDoubleBackwardAgreesWithDifferences) {
    for (const auto& model : kModels) {
        SCOPED_TRACE(model);
        std::vector<Tensor> gradients;
        for (const char* how : {"exact", "central"}) {
            Experiment experiment(small(model, {{"regime.precision", "float64"},
                                                {"regime.penalty", "0.5"},
                                                {"regime.penalty_difference", how},
                                                {"regime.penalty_eps", "1e-5"},
                                                {"optimizer.lr", "1"}}),
                                  small_texts());
            experiment.accumulate();
            gradients.push_back(experiment.weights().gradient().clone());
        }
        EXPECT_LT(relative_distance(gradients[0], gradients[1]), 1e-6);
        EXPECT_GT(relative_distance(gradients[0], gradients[1]), 0);
    }
}

TEST(TextModel, FrozenVectorsAreNoWeightsAndTrainedOnesBeginWithThem) {
    const auto texts = small_texts();
    const auto& vectors = texts.shape.words->vectors;
    for (const auto& model : kModels) {
        if (model == "softmax-regression" || model == "bert") continue;
        SCOPED_TRACE(model);
        Experiment frozen(small(model, {{"model.embedding", "frozen"}}), texts), tuned(small(model), texts),
            drawn(small(model, {{"model.embedding", "random"}, {"model.embedding_size", "5"}}), texts);
        EXPECT_EQ(tuned.weights().count() - frozen.weights().count(), vectors.numel());
        EXPECT_EQ(drawn.weights().count(), tuned.weights().count());
        const auto start = tuned.weights()[0].detach();
        EXPECT_EQ(tuned.weights().leaves()[0].name, "embedding.weight");
        EXPECT_TRUE(start[5].equal(vectors[5]));
        EXPECT_GT(start[7].norm().item<double>(), 0); // it has no vector: drawn
        EXPECT_FALSE(drawn.weights()[0].detach()[5].equal(vectors[5]));
        const auto gradient = (tuned.accumulate(), tuned.weights()[0].grad());
        EXPECT_EQ(gradient[0].norm().item<double>(), 0); // padding
        EXPECT_GT(gradient[1].norm().item<double>(), 0); // unknown words
        auto without = texts;
        auto words = std::make_shared<TextShape>(*texts.shape.words);
        words->vectors = Tensor();
        without.shape.words = words;
        EXPECT_THAT(
            [&] {
                Experiment(small(model, {{"model.embedding", "frozen"}}), without);
            },
            testing::ThrowsMessage<InputError>(HasSubstr("model.embedding = frozen")));
        EXPECT_NO_THROW(Experiment(small(model), without));
    }
}

TEST(TextModel, DropoutIsDrawnAnewAndRepeatsWithTheSeed) {
    for (const auto& model : kModels) {
        if (model == "softmax-regression") continue;
        SCOPED_TRACE(model);
        const auto losses = [&](const char* seed) {
            Experiment experiment(small(model, {{"regime.augmentation", "fresh"}, {"seed", seed}}),
                                  small_texts());
            std::vector<double> all;
            for (int i = 0; i < 3; ++i) all.push_back(experiment.accumulate().loss()); // no step between
            return all;
        };
        const auto once = losses("1");
        EXPECT_NE(once[0], once[1]);
        EXPECT_EQ(once, losses("1"));
    }
}

TEST(TextModel, BadSettingsGetOneLine) {
    const auto refused = [](const std::string& model, const std::string& path, const std::string& value,
                            const std::string& part) {
        EXPECT_THAT(
            [&] {
                Experiment(make_spec(model, "sgd", "sgd", {{"task", "trec"}, {path, value}}), small_texts());
            },
            testing::ThrowsMessage<InputError>(testing::AllOf(HasSubstr(path), HasSubstr(part))))
            << path << " = " << value;
    };
    refused("text-cnn", "model.kernels", "3,x", "x");
    refused("text-cnn", "model.kernels", "", "3,4,5");
    refused("mlp-embedding-average", "model.layers", "5,0", "0");
    refused("mlp-embedding-average", "model.activation", "tahn", "did you mean 'tanh'");
    refused("mlp-embedding-average", "model.activation", "relu,relu,relu,relu,relu", "5 values for 4 layers");
    refused("mlp-embedding-average", "model.dropout", "0.5,1", "1");
}

} // namespace

} // namespace descent::test
