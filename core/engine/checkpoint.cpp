#include "core/engine/checkpoint.h"

#include "core/base/json_text.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <map>

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
    case at::kByte:
        return "U8";
    default:
        throw std::logic_error("a checkpoint holds float32, float64, int64 and byte tensors only");
    }
}

constexpr auto kBest = "best-loss";
constexpr auto kWeightSource = "weight-source";
constexpr std::string_view kInstruments = "instrument/";

} // namespace

std::vector<std::pair<std::string, Tensor>> checkpoint_tensors(Experiment& experiment, Meter* meter) {
    std::vector<std::pair<std::string, Tensor>> all;
    for (const auto& leaf : experiment.weights().leaves())
        all.emplace_back("model/" + leaf.name, leaf.tensor.detach());
    for (auto& [name, tensor] : experiment.optimizer().state()) all.emplace_back("optimizer/" + name, tensor);
    for (auto& [name, tensor] : experiment.averages().state()) all.emplace_back("average/" + name, tensor);
    if (const auto& kept = experiment.mask().kept(); kept.defined()) {
        std::int64_t at = 0;
        for (const auto& leaf : experiment.weights().leaves()) {
            const auto size = leaf.tensor.numel();
            if (leaf.tensor.dim() >= 2)
                all.emplace_back("mask/" + leaf.name, kept.narrow(0, at, size).view(leaf.tensor.sizes()));
            at += size;
        }
        all.emplace_back("pruning/start", experiment.start());
    }
    if (meter)
        for (auto& [name, tensor] : meter->state())
            all.emplace_back(std::string(kInstruments) + name, tensor);
    return all;
}

bool fits(const TensorFile::Tensor& stored, const Tensor& live) {
    return stored.shape == live.sizes().vec() && stored.dtype == dtype_name(live.scalar_type()) &&
           stored.data.size() == live.nbytes();
}

namespace {

// JSON has no NaN, and counters may be: hexadecimal text keeps every bit.
std::string to_hex(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%a", value);
    return text;
}

nlohmann::json to_hex(const std::vector<double>& values) {
    auto row = nlohmann::json::array();
    for (const double value : values) row.push_back(to_hex(value));
    return row;
}

std::vector<double> from_hex(const nlohmann::json& row) {
    std::vector<double> values;
    for (const auto& text : row) values.push_back(std::strtod(text.get<std::string>().c_str(), nullptr));
    return values;
}

/// Throws where it is no JSON.
nlohmann::json parsed(const std::string& text) {
    auto json = foreign_json(text);
    if (json.is_discarded()) throw std::runtime_error("not JSON");
    return json;
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw InputError(file.string() + ": " + why);
}

const std::string& metadata(const CheckpointContent& of, const std::string& key) {
    const auto found = of.file.metadata.find(key);
    if (found == of.file.metadata.end())
        refuse(of.path, "lacks '" + key + "'; expected a checkpoint of this program");
    return found->second;
}

Standing standing_in(const CheckpointContent& of) {
    Standing standing{{std::stoll(metadata(of, "update"))},
                      std::strtod(metadata(of, "seconds").c_str(), nullptr)};
    if (const auto best = of.file.metadata.find(kBest); best != of.file.metadata.end())
        standing.best_loss = std::strtod(best->second.c_str(), nullptr);
    return standing;
}

/// By name; empty in files of earlier versions.
std::map<std::string, std::vector<double>> counters_in(const CheckpointContent& of) {
    std::map<std::string, std::vector<double>> all;
    const auto found = of.file.metadata.find("counters");
    if (found == of.file.metadata.end()) return all;
    const auto stored = parsed(found->second);
    for (const auto& [name, row] : stored.items()) all[name] = from_hex(row);
    return all;
}

/// Copies the file's tensors into the live ones. What instruments remember may be missing: it decides only
/// what is seen.
void read_tensors(const CheckpointContent& file, Experiment& experiment, Meter* meter) {
    std::map<std::string_view, const TensorFile::Tensor*> stored;
    for (const auto& tensor : file.file.tensors) stored[tensor.name] = &tensor;
    for (auto& [name, tensor] : checkpoint_tensors(experiment, meter)) {
        const auto found = stored.find(name);
        const bool seen_only = name.starts_with(kInstruments);
        if (found == stored.end()) {
            if (!seen_only) refuse(file.path, "lacks '" + name + "': it is of another model or optimizer");
            continue;
        }
        const auto& from = *found->second;
        if (!fits(from, tensor)) {
            if (!seen_only) refuse(file.path, "'" + name + "' does not fit this run's");
        } else {
            std::memcpy(tensor.data_ptr(), from.data.data(), from.data.size());
        }
        stored.erase(found);
    }
    for (const auto& [name, tensor] : stored)
        if (!name.starts_with(kInstruments))
            refuse(file.path,
                   "holds '" + std::string(name) + "', which this run's model and optimizer do not have");
}

} // namespace

CheckpointMoment checkpoint_moment(const Standing& standing, const Experiment& experiment,
                                   const std::vector<std::unique_ptr<Probe>>& probes, const Meter* meter) {
    CheckpointMoment moment{standing, experiment.plan().place(), {}, experiment.counters()};
    for (const auto& probe : probes) moment.probes.push_back(probe->state());
    if (meter) moment.counters.merge(meter->counters());
    return moment;
}

std::map<std::string, std::string> checkpoint_metadata(const CheckpointMoment& moment, const Model& model,
                                                       const RunId& run) {
    auto metadata = BatchPlan::to_text(moment.place);
    metadata["format"] = kFormat;
    metadata["run"] = run.uuid;
    if (const auto source = model.source(); !source.hash.empty()) metadata[kWeightSource] = source.hash;
    metadata["update"] = std::to_string(moment.standing.update.count);
    metadata["seconds"] = to_hex(moment.standing.seconds);
    metadata[kBest] = to_hex(moment.standing.best_loss);
    auto of_probes = nlohmann::json::array();
    for (const auto& values : moment.probes) of_probes.push_back(to_hex(values));
    metadata["probes"] = of_probes.dump();
    auto others = nlohmann::json::object();
    for (const auto& [name, values] : moment.counters) others[name] = to_hex(values);
    metadata["counters"] = others.dump();
    return metadata;
}

void copy_tensors(Experiment& experiment, Meter* meter, TensorFile& content) {
    const auto all = checkpoint_tensors(experiment, meter);
    content.tensors.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& [name, tensor] = all[i];
        auto& row = content.tensors[i];
        row.name = name;
        row.dtype = dtype_name(tensor.scalar_type());
        row.shape = tensor.sizes().vec();
        const auto* bytes = static_cast<const std::byte*>(tensor.data_ptr());
        row.data.assign(bytes, bytes + tensor.nbytes());
    }
}

WrittenFile save_checkpoint(const std::filesystem::path& file, const Standing& standing,
                            Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes,
                            Meter* meter, const RunId& run) {
    TensorFile content;
    content.metadata =
        checkpoint_metadata(checkpoint_moment(standing, experiment, probes, meter), experiment.model(), run);
    copy_tensors(experiment, meter, content);
    return write_hashed_tensor_file(file, content);
}

void require_source(const std::filesystem::path& file, const TensorFile& checkpoint,
                    const std::string& hash) {
    const auto found = checkpoint.metadata.find(kWeightSource);
    const auto then = found == checkpoint.metadata.end() ? std::string() : found->second;
    if (then != hash)
        throw InputError(file.string() + ": the files that this network's first weights came from have "
                                         "changed since; expected them as they were");
}

CheckpointContent read_checkpoint(const std::filesystem::path& file) {
    CheckpointContent read{file, read_tensor_file(file), {}, {}, {}};
    if (metadata(read, "format") != kFormat) refuse(file, "expected format " + std::string(kFormat));
    try {
        read.standing = standing_in(read);
        read.counters = counters_in(read);
        for (const auto& row : parsed(metadata(read, "probes"))) read.probes.push_back(from_hex(row));
    } catch (const InputError&) {
        throw;
    } catch (const std::exception&) {
        refuse(file, "its counters cannot be read");
    }
    return read;
}

void load_checkpoint(const CheckpointContent& from, Experiment& experiment,
                     const std::vector<std::unique_ptr<Probe>>& probes, Meter* meter) {
    require_source(from.path, from.file, experiment.model().source().hash);
    read_tensors(from, experiment, meter);
    experiment.plan().restore(from.file.metadata);
    for (std::size_t i = 0; i < std::min(probes.size(), from.probes.size()); ++i) // later ones were not there
        if (!from.probes[i].empty()) probes[i]->restore(from.probes[i]);
    experiment.restore(from.standing.update, from.counters);
    if (meter) meter->restore(from.counters);
}

} // namespace descent
