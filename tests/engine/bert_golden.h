#pragma once

#include "tests/engine/golden.h"

#include <gmock/gmock.h>

#include <fstream>

/// Golden texts and a golden folder of weights, for the tests of BERT; see tests/reference/bert.py.
namespace descent::test::bert {

namespace fs = std::filesystem;
using Settings = std::vector<std::pair<std::string, std::string>>;

inline const fs::path kFolder = DESCENT_SOURCE_DIR "/tests/reference/golden/bert";

inline TaskData texts_of(const Golden& golden) {
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

inline RunSpec spec_of(const Golden& golden, const Settings& more = {}) {
    Settings settings{{"task", "trec"}};
    if (golden.metadata.at("words") != "[]") settings.emplace_back("model.folder", kFolder.string());
    settings.insert(settings.end(), more.begin(), more.end());
    return golden.spec(settings);
}

/// The golden weights that a folder does not give: all from scratch, else the classifier.
inline void set_rest(const Golden& golden, Experiment& experiment) {
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

inline TensorFile::Tensor& named(std::vector<TensorFile::Tensor>& tensors, const std::string& name) {
    return *std::ranges::find(tensors, name, &TensorFile::Tensor::name);
}

inline Tensor logits(const Experiment& experiment) {
    const at::NoGradGuard no_grad;
    return experiment.model().logits(experiment.weights(), experiment.data().train);
}

/// Of the trained golden texts with the folder at `place`; the classifier is the golden one.
inline Tensor logits_with(const fs::path& place) {
    const auto golden = Golden::named("bert-trained");
    Experiment experiment(spec_of(golden, {{"model.folder", place.string()}}), texts_of(golden));
    set_rest(golden, experiment);
    return logits(experiment);
}

inline void refused(const fs::path& place, const std::vector<std::string>& parts, const Settings& more = {}) {
    const auto golden = Golden::named("bert-trained");
    Settings settings{{"model.folder", place.string()}};
    settings.insert(settings.end(), more.begin(), more.end());
    try {
        const Experiment experiment(spec_of(golden, settings), texts_of(golden));
        ADD_FAILURE() << "not refused: " << parts.front();
    } catch (const InputError& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
        for (const auto& part : parts) EXPECT_THAT(e.what(), testing::HasSubstr(part));
    }
}

} // namespace descent::test::bert
