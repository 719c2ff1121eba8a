#pragma once

#include "core/store/checkpoint_file.h"
#include "tests/engine/support.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace descent::test {

/// A file of reference values that PyTorch computed, see tests/reference/README.md.
struct Golden {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> metadata;

    /// Of tests/reference/golden/<stem>.safetensors.
    static Golden named(const std::string& stem) {
        Golden golden;
        const auto content =
            read_tensor_file(DESCENT_SOURCE_DIR "/tests/reference/golden/" + stem + ".safetensors");
        golden.metadata = content.metadata;
        for (const auto& t : content.tensors) {
            const auto type = t.dtype == "F32" ? at::kFloat : t.dtype == "F64" ? at::kDouble : at::kLong;
            auto tensor = at::empty(t.shape, type);
            std::memcpy(tensor.data_ptr(), t.data.data(), t.data.size());
            golden.tensors[t.name] = tensor;
        }
        return golden;
    }

    /// Ten updates of the whole set with the file's settings, then `others`.
    RunSpec spec(const std::vector<std::pair<std::string, std::string>>& others = {}) const {
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
        const auto& model = metadata.at("model");
        settings.emplace_back("task", model == "crnn-attention" ? "kws-3"
                                      : model == "mlp"          ? "gaussian-mixture"
                                                                : "names");
        settings.insert(settings.end(), others.begin(), others.end());
        return make_spec(model, optimizer, "sgd", settings);
    }

    TaskData data() const {
        TaskData data;
        const auto& inputs = tensors.at("inputs");
        data.shape = {.symbols = 57, .features = {}, .classes = 4};
        if (inputs.is_floating_point()) {
            data.train = {.inputs = inputs, .labels = tensors.at("labels")};
            if (tensors.contains("masks")) data.train.masks = tensors.at("masks").to(at::kByte);
            data.shape.features = inputs.sizes().slice(1).vec();
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

/// The stems of the safetensors files that begin with `kind` and end with `end`.
inline std::vector<std::string> golden_files(const std::string& kind, const std::string& end = {}) {
    std::vector<std::string> found;
    for (const auto& entry :
         std::filesystem::directory_iterator(DESCENT_SOURCE_DIR "/tests/reference/golden")) {
        const auto stem = entry.path().stem().string();
        if (stem.starts_with(kind) && stem.ends_with(end)) found.push_back(stem);
    }
    std::ranges::sort(found);
    return found;
}

inline std::string golden_test_name(const ::testing::TestParamInfo<std::string>& info) {
    auto name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
}

} // namespace descent::test
