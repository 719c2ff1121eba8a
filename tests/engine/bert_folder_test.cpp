// Folders of trained weights: as others write them, and not whole.

#include "core/engine/checkpoint.h"
#include "core/engine/pruning.h"
#include "tests/engine/bert_golden.h"

namespace descent::test::bert {

using testing::AllOf;
using testing::HasSubstr;

TEST(BertFolder, FoldersOfOtherSpellingsAreTheSame) {
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

TEST(BertFolder, WhatIsNotThereIsDrawnAndSaid) {
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

TEST(BertFolder, DamagedFoldersGetOneLine) {
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

TEST(BertFolder, DamagedWeightsGetOneLine) {
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

TEST(BertFolder, CapitalsAskForTextsThatHaveThem) {
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

TEST(BertFolder, ARunGoesOnOnlyWithTheFilesItBeganWith) {
    const auto golden = Golden::named("bert-trained");
    const Copied copy;
    const auto spec = spec_of(golden, {{"model.folder", copy.place().string()}, {"updates", "3"}});
    Training training(spec, texts_of(golden));
    training.trainer.run();
    EXPECT_EQ(training.trainer.state(), RunState::finished);
    const auto checkpoint = fs::directory_iterator(training.folder.path)->path();
    Experiment again(spec, texts_of(golden));
    load_checkpoint(read_checkpoint(checkpoint), again, {}, nullptr);
    EXPECT_TRUE(same_bits(again.weights().flat(), training.experiment.weights().flat()));
    EXPECT_NO_THROW(read_trained(checkpoint, again.weights(), again.model().source().hash));
    copy.configure("initializer_range", 0.03);
    Experiment other(spec, texts_of(golden));
    EXPECT_THAT([&] { load_checkpoint(read_checkpoint(checkpoint), other, {}, nullptr); },
                testing::ThrowsMessage<InputError>(HasSubstr("have changed since")));
    EXPECT_THAT([&] { read_trained(checkpoint, other.weights(), other.model().source().hash); },
                testing::ThrowsMessage<InputError>(HasSubstr("have changed since")));
}

} // namespace descent::test::bert
