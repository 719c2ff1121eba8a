// Logits, losses, gradients and ten optimizer steps against PyTorch: tests/reference/models.py wrote the
// files.

#include "core/store/checkpoint_file.h"
#include "tests/engine/support.h"

#include <nlohmann/json.hpp>

namespace descent::test {

namespace {

struct Golden {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> metadata;

    explicit Golden(const std::filesystem::path& file) {
        const auto content = read_tensor_file(file);
        metadata = content.metadata;
        for (const auto& t : content.tensors) {
            const auto type = t.dtype == "F32" ? at::kFloat : t.dtype == "F64" ? at::kDouble : at::kLong;
            auto tensor = at::empty(t.shape, type);
            std::memcpy(tensor.data_ptr(), t.data.data(), t.data.size());
            tensors[t.name] = tensor;
        }
    }

    RunSpec spec() const {
        std::vector<std::pair<std::string, std::string>> settings{{"updates", "10"},
                                                                  {"regime.precision", metadata.at("dtype")}};
        const auto params = nlohmann::json::parse(metadata.at("params"));
        for (const auto& [path, value] : params.items())
            settings.emplace_back(path, value.is_string() ? value.get<std::string>() : value.dump());
        const auto optimizer = metadata.contains("optimizer") ? metadata.at("optimizer") : "sgd";
        // Full batch without the preset's momentum, unless the file says so.
        settings.insert(settings.begin(), {"regime.batch_size", "0"});
        settings.insert(settings.begin(), {"regime.augmentation", "off"});
        settings.insert(settings.begin(), {"regime.balance", "none"});
        if (optimizer == "sgd")
            settings.insert(settings.begin(), {{"optimizer.momentum", "0"}, {"optimizer.nesterov", "false"}});
        settings.emplace_back("task", metadata.at("model") == "crnn-attention" ? "kws-3" : "names");
        return make_spec(metadata.at("model"), optimizer, "sgd", settings);
    }

    TaskData data() const {
        TaskData data;
        const auto& inputs = tensors.at("inputs");
        data.shape = {.symbols = 57, .features = {}, .classes = 4};
        if (inputs.dim() == 3) {
            data.train = {.inputs = inputs, .labels = tensors.at("labels")};
            if (tensors.contains("masks")) data.train.masks = tensors.at("masks").to(at::kByte);
            data.shape.features = {inputs.size(1), inputs.size(2)};
        } else {
            data.train = {.inputs = inputs.to(at::kByte),
                          .lengths = tensors.at("lengths"),
                          .labels = tensors.at("labels")};
        }
        data.validation = data.train;
        return data;
    }

    void set_weights(Experiment& experiment) const {
        const at::NoGradGuard no_grad;
        ASSERT_GT(experiment.weights().leaves().size(), 0U);
        for (const auto& leaf : experiment.weights().leaves())
            leaf.tensor.copy_(tensors.at("model/" + leaf.name));
    }
};

std::vector<std::string> files(const std::string& kind) {
    std::vector<std::string> found;
    for (const auto& entry :
         std::filesystem::directory_iterator(DESCENT_SOURCE_DIR "/tests/reference/golden"))
        if (entry.path().filename().string().starts_with(kind)) found.push_back(entry.path().stem().string());
    std::ranges::sort(found);
    return found;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
    auto name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
}

std::filesystem::path file(const std::string& name) {
    return DESCENT_SOURCE_DIR "/tests/reference/golden/" + name + ".safetensors";
}

} // namespace

class Forward : public ::testing::TestWithParam<std::string> {};

TEST_P(Forward, LogitsLossAndGradientsAgreeWithPyTorch) {
    const Golden golden(file(GetParam()));
    Experiment experiment(golden.spec(), golden.data());
    golden.set_weights(experiment);
    const double tolerance = golden.metadata.at("dtype") == "float64" ? 1e-12 : 1e-5;

    const auto logits = experiment.model().logits(experiment.weights(), experiment.data().train);
    EXPECT_LT(relative_distance(logits, golden.tensors.at("logits")), tolerance);
    const auto batch = experiment.accumulate();
    const auto loss = golden.tensors.at("loss").item<double>();
    EXPECT_NEAR(batch.loss(), loss, tolerance * loss);
    // A gradient that nearly cancels, as attention's last bias does, is measured against the whole.
    const double least = 0.01 * experiment.weights().gradient().norm().item<double>();
    for (const auto& leaf : experiment.weights().leaves()) {
        const auto& expected = golden.tensors.at("grad/" + leaf.name);
        const double error = (leaf.tensor.grad() - expected).norm().item<double>();
        EXPECT_LT(error, tolerance * std::max(least, expected.norm().item<double>())) << leaf.name;
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Forward, ::testing::ValuesIn(files("forward")), test_name);

class Steps : public ::testing::TestWithParam<std::string> {};

TEST_P(Steps, TenUpdatesAgreeWithPyTorch) {
    const Golden golden(file(GetParam()));
    Experiment experiment(golden.spec(), golden.data());
    golden.set_weights(experiment);
    for (int i = 0; i < 10; ++i) {
        const auto batch = experiment.accumulate();
        const auto facts = experiment.step(batch);
        const auto loss = golden.tensors.at("losses")[i].item<double>();
        EXPECT_NEAR(batch.loss(), loss, 1e-5 * loss) << "update " << i;
        const auto norm = golden.tensors.at("norms")[i].item<double>();
        EXPECT_NEAR(facts.gradient_norm, norm, 1e-5 * norm + 1e-7) << "update " << i;
    }
    for (const auto& leaf : experiment.weights().leaves())
        EXPECT_LT(relative_distance(leaf.tensor, golden.tensors.at("after/" + leaf.name)), 1e-5) << leaf.name;
}

INSTANTIATE_TEST_SUITE_P(Golden, Steps, ::testing::ValuesIn(files("steps")), test_name);

} // namespace descent::test
