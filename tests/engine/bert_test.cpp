// BERT against PyTorch (tests/reference/bert.py wrote the files), from a folder of trained weights and from
// scratch; what it does with folders that are not whole.

#include "core/engine/checkpoint.h"
#include "core/engine/ensemble.h"
#include "core/engine/pruning.h"
#include "core/models/piece_table.h"
#include "core/text/tokenizer.h"
#include "tests/engine/golden.h"

#include <gmock/gmock.h>

#include <fstream>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using Settings = std::vector<std::pair<std::string, std::string>>;

const fs::path kFolder = DESCENT_SOURCE_DIR "/tests/reference/golden/bert";

TaskData texts_of(const Golden& golden) {
    auto words = std::make_shared<TextShape>();
    words->known = std::stoll(golden.metadata.at("known"));
    Vocabulary vocabulary;
    const auto spelled = nlohmann::json::parse(golden.metadata.at("words"));
    for (std::size_t i = 0; i < spelled.size(); ++i) // so counted that they are numbered in this order
        vocabulary.count(spelled[i].get<std::string>(), static_cast<std::int64_t>(spelled.size() - i));
    vocabulary.close(words->known, 1);
    words->vocabulary = std::make_shared<const Vocabulary>(std::move(vocabulary));
    TaskData data;
    data.train = {.inputs = golden.tensors.at("inputs").to(at::kInt),
                  .lengths = golden.tensors.at("lengths"),
                  .labels = golden.tensors.at("labels")};
    if (golden.tensors.contains("seeds"))
        data.train.masks = golden.tensors.at("seeds").unsqueeze(1).view(at::kByte);
    data.validation = data.train;
    words->longest = data.train.inputs.size(1);
    data.shape = {.classes = 4, .words = std::move(words)};
    return data;
}

RunSpec spec_of(const Golden& golden, const Settings& more = {}) {
    Settings settings{{"task", "trec"}};
    if (golden.metadata.at("words") != "[]") settings.emplace_back("model.folder", kFolder.string());
    settings.insert(settings.end(), more.begin(), more.end());
    return golden.spec(settings);
}

/// The golden weights that a folder does not give: all from scratch, else the classifier.
void set_rest(const Golden& golden, Experiment& experiment) {
    const at::NoGradGuard no_grad;
    for (const auto& leaf : experiment.weights().leaves())
        if (golden.metadata.at("words") == "[]" || leaf.name.starts_with("classifier."))
            leaf.tensor.copy_(golden.tensors.at("model/" + leaf.name));
}

/// A copy of the golden folder to be damaged.
struct Copied {
    Copied() { fs::copy(kFolder, place()); }
    fs::path place() const { return folder.path / "bert"; }
    fs::path file(const char* name) const { return place() / name; }
    void write(const char* name, const std::string& content) const {
        std::ofstream(file(name), std::ios::binary) << content;
    }
    std::string read(const char* name) const {
        std::ifstream in(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// What became of the weights.
    template<class Change>
    void change(const Change& what) const {
        auto content = read_tensor_file(file("model.safetensors"));
        what(content.tensors);
        write_tensor_file(file("model.safetensors"), content);
    }
    void configure(const char* name, const nlohmann::json& value) const {
        auto config = nlohmann::json::parse(read("config.json"));
        if (value.is_null())
            config.erase(name);
        else
            config[name] = value;
        write("config.json", config.dump());
    }
    TemporaryFolder folder;
};

TensorFile::Tensor& named(std::vector<TensorFile::Tensor>& tensors, const std::string& name) {
    return *std::ranges::find(tensors, name, &TensorFile::Tensor::name);
}

Tensor logits(const Experiment& experiment) {
    const at::NoGradGuard no_grad;
    return experiment.model().logits(experiment.weights(), experiment.data().train);
}

/// Of the trained golden texts with the folder at `place`; the classifier is the golden one.
Tensor logits_with(const fs::path& place) {
    const auto golden = Golden::named("bert-trained");
    Experiment experiment(spec_of(golden, {{"model.folder", place.string()}}), texts_of(golden));
    set_rest(golden, experiment);
    return logits(experiment);
}

void refused(const fs::path& place, const std::vector<std::string>& parts, const Settings& more = {}) {
    const auto golden = Golden::named("bert-trained");
    Settings settings{{"model.folder", place.string()}};
    settings.insert(settings.end(), more.begin(), more.end());
    try {
        const Experiment experiment(spec_of(golden, settings), texts_of(golden));
        ADD_FAILURE() << "not refused: " << parts.front();
    } catch (const InputError& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
        for (const auto& part : parts) EXPECT_THAT(e.what(), HasSubstr(part));
    }
}

} // namespace

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

TEST(Bert, FoldersOfOtherSpellingsAreTheSame) {
    const auto golden = Golden::named("bert-trained");
    const auto& expected = golden.tensors.at("logits");
    EXPECT_LT(relative_distance(logits_with(kFolder), expected), 1e-12);
    const Copied bare, old, wide;
    bare.change([](auto& tensors) {
        for (auto& tensor : tensors)
            if (tensor.name.starts_with("bert.")) tensor.name.erase(0, 5);
    });
    EXPECT_LT(relative_distance(logits_with(bare.place()), expected), 1e-12);
    old.change([](auto& tensors) {
        for (auto& tensor : tensors) {
            if (tensor.name.ends_with("LayerNorm.weight"))
                tensor.name.replace(tensor.name.size() - 6, 6, "gamma");
            if (tensor.name.ends_with("LayerNorm.bias"))
                tensor.name.replace(tensor.name.size() - 4, 4, "beta");
        }
    });
    EXPECT_LT(relative_distance(logits_with(old.place()), expected), 1e-12);
    const auto convert = [](TensorFile::Tensor& tensor, const char* dtype, at::ScalarType type) {
        auto values = at::empty(tensor.shape, at::kFloat);
        std::memcpy(values.data_ptr(), tensor.data.data(), tensor.data.size());
        values = values.to(type);
        tensor.dtype = dtype;
        tensor.data.resize(values.nbytes());
        std::memcpy(tensor.data.data(), values.data_ptr(), values.nbytes());
    };
    wide.change([&](auto& tensors) {
        for (auto& tensor : tensors) convert(tensor, "F64", at::kDouble);
    });
    EXPECT_LT(relative_distance(logits_with(wide.place()), expected), 1e-12);
    for (const auto& [dtype, type, least, most] :
         {std::tuple{"F16", at::kHalf, 1e-6, 1e-2}, std::tuple{"BF16", at::kBFloat16, 1e-5, 1e-1}}) {
        SCOPED_TRACE(dtype);
        const Copied half;
        half.change([&, dtype = dtype, type = type](auto& tensors) {
            for (auto& tensor : tensors) convert(tensor, dtype, type);
        });
        const double apart = relative_distance(logits_with(half.place()), expected);
        EXPECT_GT(apart, least);
        EXPECT_LT(apart, most);
    }
}

TEST(Bert, WhatIsNotThereIsDrawnAndSaid) {
    const auto golden = Golden::named("bert-trained");
    const Copied without;
    without.change([](auto& tensors) {
        std::erase_if(tensors,
                      [](const auto& tensor) { return tensor.name.find("pooler") != std::string::npos; });
    });
    const Experiment drawn(spec_of(golden, {{"model.folder", without.place().string()}}), texts_of(golden));
    EXPECT_THAT(drawn.model().source().line, HasSubstr("it has no pooler: pooler and classifier are drawn"));
    const Experiment whole(spec_of(golden), texts_of(golden));
    const auto source = whole.model().source();
    EXPECT_THAT(source.line,
                AllOf(HasSubstr("2 layers of 8 units, 26 pieces in lower case; the classifier is drawn"),
                      HasSubstr("1 tensor not used, such as 'cls.predictions.bias'"),
                      HasSubstr(source.hash.substr(0, 16))));
    EXPECT_THAT(whole.data().inspection.notes, testing::Contains(source.line));
    EXPECT_NE(drawn.model().source().hash, source.hash);
    const auto scratch = Golden::named("bert-scratch");
    EXPECT_EQ(Experiment(spec_of(scratch), texts_of(scratch)).model().source().hash, "");
}

TEST(Bert, DamagedFoldersGetOneLine) {
    refused("/no/such/folder", {"model.folder = /no/such/folder", "no such folder", "vocab.txt"});
    for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) {
        const Copied copy;
        fs::remove(copy.file(name));
        refused(copy.place(),
                {copy.place().string(), "no " + std::string(name) + " in it", "expected config.json"});
    }
    const auto configured = [](const char* name, const nlohmann::json& value,
                               const std::vector<std::string>& parts) {
        SCOPED_TRACE(name);
        const Copied copy;
        copy.configure(name, value);
        auto all = parts;
        all.insert(all.end(), {copy.file("config.json").string(), name});
        refused(copy.place(), all);
    };
    configured("num_attention_heads", 3, {"hidden_size is 8; expected a multiple of num_attention_heads, 3"});
    configured("hidden_size", nullptr, {"hidden_size is missing", "a whole number"});
    configured("hidden_size", -8, {"is -8"});
    configured("num_hidden_layers", 1'000'000, {"1000000", "from 1 to 1,000"});
    configured("intermediate_size", "twelve", {"\"twelve\""});
    configured("layer_norm_eps", "small", {"a number between 0 and 1"});
    configured("hidden_act", "gelu_new", {"\"gelu_new\"", "gelu, relu, silu or tanh"});
    configured("model_type", "roberta", {"\"roberta\"; expected \"bert\""});
    configured("position_embedding_type", "relative_key", {"absolute"});
    for (const char* text : {"", "[]", "{\"hidden_size\":", "\xff\xfe"}) {
        const Copied copy;
        copy.write("config.json", text);
        refused(copy.place(), {copy.file("config.json").string(), "expected a JSON object"});
    }
    const Copied words;
    words.write("vocab.txt", words.read("vocab.txt") + "more\n");
    refused(words.place(), {words.file("vocab.txt").string(), "27 pieces; expected 26, the vocab_size"});
    refused(kFolder, {"model.max_length = 17", "16 positions"}, {{"model.max_length", "17"}});
    refused("", {"model.vocabulary = /no/such/vocab.txt", "no such file"},
            {{"model.vocabulary", "/no/such/vocab.txt"}});
    refused("", {"model.hidden = 10", "a multiple of model.heads = 4"}, {{"model.hidden", "10"}});
    refused(kFolder, {"model.vocabulary", "expected one of the two"},
            {{"model.vocabulary", (kFolder / "vocab.txt").string()}});
}

TEST(Bert, DamagedWeightsGetOneLine) {
    const auto changed = [](const std::vector<std::string>& parts, const auto& change) {
        SCOPED_TRACE(parts.front());
        const Copied copy;
        copy.change(change);
        auto all = parts;
        all.push_back(copy.file("model.safetensors").string());
        refused(copy.place(), all);
    };
    changed(
        {"no tensor 'encoder.layer.1.output.dense.weight'", "expected one of [8 × 12]"}, [](auto& tensors) {
            std::erase_if(tensors,
                          [](const auto& t) { return t.name == "bert.encoder.layer.1.output.dense.weight"; });
        });
    changed({"tensor 'bert.encoder.layer.0.intermediate.dense.weight' is [8 × 12]; expected [12 × 8]"},
            [](auto& tensors) {
                named(tensors, "bert.encoder.layer.0.intermediate.dense.weight").shape = {8, 12};
            });
    changed({"tensor 'bert.embeddings.word_embeddings.weight' is [13 × 16]; expected [26 × 8]"},
            [](auto& tensors) {
                named(tensors, "bert.embeddings.word_embeddings.weight").shape = {13, 16};
            });
    changed({"'bert.pooler.dense.bias'", "type I32", "F32"},
            [](auto& tensors) { named(tensors, "bert.pooler.dense.bias").dtype = "I32"; });
    changed({"'bert.pooler.dense.bias'", "not finite"}, [](auto& tensors) {
        const float none = std::numeric_limits<float>::quiet_NaN();
        std::memcpy(named(tensors, "bert.pooler.dense.bias").data.data() + 8, &none, sizeof none);
    });
    // Cut anywhere, a header of any length, and bytes that are no header.
    const Copied copy;
    const auto whole = copy.read("model.safetensors");
    for (const std::size_t length : {0UL, 7UL, 8UL, 500UL, whole.size() - 1}) {
        copy.write("model.safetensors", whole.substr(0, length));
        refused(copy.place(), {copy.file("model.safetensors").string(), "not a whole safetensors file"});
    }
    for (const std::string length :
         {"\xff\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\x7f"}) {
        copy.write("model.safetensors", length + whole.substr(8));
        refused(copy.place(), {"not a whole safetensors file: a header of"});
    }
    copy.write("model.safetensors", whole.substr(0, 8) + std::string(whole.size() - 8, '{'));
    refused(copy.place(), {"its header is not a JSON object"});
}

TEST(Bert, CapitalsAskForTextsThatHaveThem) {
    const Copied copy;
    copy.write("tokenizer_config.json", R"({"do_lower_case": false})");
    refused(copy.place(), {"model.folder", "expected task.lower = false"});
    auto pieces = copy.read("vocab.txt");
    pieces.replace(pieces.find("who"), 3, "Who");
    fs::remove(copy.file("tokenizer_config.json"));
    copy.write("vocab.txt", pieces);
    refused(copy.place(), {"model.folder", "expected task.lower = false"});
    const auto golden = Golden::named("bert-trained");
    auto texts = texts_of(golden);
    auto words = std::make_shared<TextShape>(*texts.shape.words);
    words->lower = false;
    texts.shape.words = words;
    EXPECT_NO_THROW(Experiment(spec_of(golden, {{"model.folder", copy.place().string()}}), texts));
}

TEST(Bert, ARunGoesOnOnlyWithTheFilesItBeganWith) {
    const auto golden = Golden::named("bert-trained");
    const Copied copy;
    const auto spec = spec_of(golden, {{"model.folder", copy.place().string()}, {"updates", "3"}});
    Training training(spec, texts_of(golden));
    training.trainer.run();
    EXPECT_EQ(training.trainer.state(), RunState::finished);
    const auto checkpoint = fs::directory_iterator(training.folder.path)->path();
    Experiment again(spec, texts_of(golden));
    load_checkpoint(checkpoint, again, {}, nullptr);
    EXPECT_TRUE(same_bits(again.weights().flat(), training.experiment.weights().flat()));
    EXPECT_NO_THROW(read_trained(checkpoint, again.weights(), again.model().source().hash));
    copy.configure("initializer_range", 0.03);
    Experiment other(spec, texts_of(golden));
    EXPECT_THAT([&] { load_checkpoint(checkpoint, other, {}, nullptr); },
                testing::ThrowsMessage<InputError>(HasSubstr("have changed since")));
    EXPECT_THAT([&] { read_trained(checkpoint, other.weights(), other.model().source().hash); },
                testing::ThrowsMessage<InputError>(HasSubstr("have changed since")));
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

} // namespace descent::test
