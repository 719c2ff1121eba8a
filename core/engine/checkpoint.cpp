#include "core/engine/checkpoint.h"

#include "core/store/checkpoint_file.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace descent {

namespace {

constexpr auto kFormat = "descent-checkpoint-1";

const char* dtype_name(at::ScalarType type) {
    switch (type) {
    case at::kFloat:
        return "F32";
    case at::kDouble:
        return "F64";
    case at::kLong:
        return "I64";
    default:
        throw std::logic_error("a checkpoint holds float32, float64 and int64 tensors only");
    }
}

/// Every tensor of the experiment under its name in the file; the tensors are the live ones.
std::vector<std::pair<std::string, Tensor>> tensors(Experiment& experiment) {
    std::vector<std::pair<std::string, Tensor>> all;
    for (const auto& leaf : experiment.weights().leaves())
        all.emplace_back("model/" + leaf.name, leaf.tensor.detach());
    for (auto& [name, tensor] : experiment.optimizer().state()) all.emplace_back("optimizer/" + name, tensor);
    return all;
}

// JSON has no NaN, and counters may be: hexadecimal text keeps every bit.
std::string to_hex(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%a", value);
    return text;
}

} // namespace

std::int64_t save_checkpoint(const std::filesystem::path& file, const Standing& standing,
                             Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes,
                             const RunId& run) {
    TensorFile content;
    for (const auto& [name, tensor] : tensors(experiment)) {
        TensorFile::Tensor row{name, dtype_name(tensor.scalar_type()), tensor.sizes().vec(), {}};
        const auto* bytes = static_cast<const std::byte*>(tensor.data_ptr());
        row.data.assign(bytes, bytes + tensor.nbytes());
        content.tensors.push_back(std::move(row));
    }
    content.metadata = experiment.plan().state();
    content.metadata["format"] = kFormat;
    content.metadata["run"] = run.uuid;
    content.metadata["update"] = std::to_string(standing.update.count);
    content.metadata["seconds"] = to_hex(standing.seconds);
    auto counters = nlohmann::json::array();
    for (const auto& probe : probes) {
        auto& row = counters.emplace_back(nlohmann::json::array());
        for (const double value : probe->state()) row.push_back(to_hex(value));
    }
    content.metadata["probes"] = counters.dump();
    return write_tensor_file(file, content);
}

Standing load_checkpoint(const std::filesystem::path& file, Experiment& experiment,
                         const std::vector<std::unique_ptr<Probe>>& probes) {
    const auto content = read_tensor_file(file);
    const auto refuse = [&](const std::string& why) { throw InputError(file.string() + ": " + why); };
    const auto metadata = [&](const std::string& key) -> const std::string& {
        const auto found = content.metadata.find(key);
        if (found == content.metadata.end())
            refuse("lacks '" + key + "'; expected a checkpoint of this program");
        return found->second;
    };
    if (metadata("format") != kFormat) refuse("expected format " + std::string(kFormat));

    auto live = tensors(experiment);
    if (live.size() != content.tensors.size())
        refuse("holds other tensors than this run's model and optimizer");
    for (std::size_t i = 0; i < live.size(); ++i) {
        auto& [name, tensor] = live[i];
        const auto& stored = content.tensors[i];
        if (stored.name != name || stored.shape != tensor.sizes().vec() ||
            stored.dtype != dtype_name(tensor.scalar_type()) || stored.data.size() != tensor.nbytes())
            refuse("'" + stored.name + "' does not fit this run's '" + name + "'");
        std::memcpy(tensor.data_ptr(), stored.data.data(), stored.data.size());
    }
    experiment.plan().restore(content.metadata);
    try {
        const auto counters = nlohmann::json::parse(metadata("probes"));
        for (std::size_t i = 0; i < std::min(probes.size(), counters.size());
             ++i) { // later probes were not there
            std::vector<double> values;
            for (const auto& text : counters.at(i))
                values.push_back(std::strtod(text.get<std::string>().c_str(), nullptr));
            if (!values.empty()) probes[i]->restore(values);
        }
        return {{std::stoll(metadata("update"))}, std::strtod(metadata("seconds").c_str(), nullptr)};
    } catch (const InputError&) {
        throw;
    } catch (const std::exception&) {
        refuse("its counters cannot be read");
        throw;
    }
}

} // namespace descent
