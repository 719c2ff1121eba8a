#include "core/tasks/drawn_data.h"

#include "core/base/format.h"
#include "core/base/hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent {

namespace {

constexpr std::int64_t kMostNumbers = 100'000'000; // 400 MB
constexpr std::int64_t kShown = 6;                 ///< numbers of an example to look at

/// The first numbers of an example: "0.31, −1.2, 2.05, …".
std::string in_short(const float* values, std::int64_t count) {
    std::string text;
    for (std::int64_t k = 0; k < std::min(count, kShown); ++k)
        text += (k == 0 ? "" : ", ") + format_number(static_cast<double>(values[k]), 3);
    return count > kShown ? text + ", …" : text;
}

std::string_view bytes(const float* values, std::int64_t count) {
    return {reinterpret_cast<const char*>(values), static_cast<std::size_t>(count) * sizeof(float)};
}

/// One side: counted, hashed, and listed to look at.
void add(const Examples& examples, std::size_t side, Inspection& out, Sha256& hash) {
    const auto dimension = examples.inputs.size(1);
    const bool regression = examples.targets.defined();
    const auto outputs = regression ? examples.targets.size(1) : 0;
    const auto* values = examples.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < examples.size(); ++i, values += dimension) {
        auto shown = in_short(values, dimension);
        const auto label = examples.labels.data_ptr<std::int64_t>()[i];
        if (regression) {
            const auto* targets = examples.targets.data_ptr<float>() + i * outputs;
            shown.append(" → ").append(in_short(targets, outputs));
            hash.add(bytes(targets, outputs));
            hash.add("\t");
            hash.add(std::to_string(side) + "\t");
        } else {
            ++out.class_counts[static_cast<std::size_t>(label)].second;
            ++out.split_counts[static_cast<std::size_t>(label)][side];
            hash.add(std::to_string(label) + "\t" + std::to_string(side) + "\t");
        }
        out.samples.push_back({static_cast<int>(side), static_cast<int>(label), std::move(shown), {}});
        hash.add(bytes(values, dimension));
    }
}

} // namespace

void describe_drawn(TaskData& data, const ParamSet& params, const std::vector<std::string>& classes) {
    auto& out = data.inspection;
    auto& p = out.provenance;
    p.classes = classes;
    for (const auto& name : classes) out.class_counts.emplace_back(name, 0);
    out.split_counts.assign(classes.size(), {});
    Sha256 hash;
    const std::array sides{&data.train, &data.validation, &data.test};
    for (std::size_t side = 0; side < sides.size(); ++side)
        if (sides[side]->size() > 0) add(*sides[side], side, out, hash);
    p.data_hash = hash.hex();
    p.data_source = "built-in";
    p.train_examples = data.train.size();
    p.validation_examples = data.validation.size();
    p.test_examples = data.test.size();
    auto report = nlohmann::json{{"counts", out.class_counts}};
    if (data.shape.regression()) {
        const auto targets = data.train.targets.to(at::kDouble);
        const double mean = targets.mean().item<double>(), deviation = targets.std(false).item<double>();
        report = {{"target_mean", mean}, {"target_deviation", deviation}};
        out.notes.push_back("training targets have mean " + format_number(mean, 3) +
                            " and standard deviation " + format_number(deviation, 3));
    }
    p.data_report = report.dump();

    // Each example follows from these; it is known by its place among those of its side.
    auto manifest = nlohmann::json{{"source", "drawn"}};
    for (const auto& [name, value] : params.values) manifest[name] = to_json(value);
    p.manifest = manifest.dump();
}

void check_drawn_size(std::int64_t examples, std::int64_t numbers, const std::string& parameter) {
    if (examples <= kMostNumbers / numbers) return;
    throw InputError(parameter + ": " + format_count(examples) +
                     " examples of so many numbers are too many; expected at most " +
                     format_count(kMostNumbers) + " numbers in all");
}

ParamSpec example_count(const char* name, std::int64_t fallback, const char* help) {
    return integer(name, fallback, help).at_least(0).at_most(10'000'000).in("examples").log();
}

} // namespace descent
