#include "core/analysis/weight_masks.h"

#include "core/base/format.h"
#include "core/base/pruning.h"
#include "core/store/checkpoint_file.h"
#include "core/store/csv_text.h"
#include "core/store/store.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace descent {

namespace {

constexpr std::string_view kMask = "mask/", kDensity = "weights/density/";

template<class Number>
std::vector<double> numbers(const TensorFile::Tensor& tensor) {
    std::vector<Number> values(tensor.data.size() / sizeof(Number));
    std::memcpy(values.data(), tensor.data.data(), values.size() * sizeof(Number));
    return {values.begin(), values.end()};
}

/// How many of these are 0.
std::int64_t empty_ones(const std::vector<double>& densities) {
    return std::ranges::count(densities, 0.0);
}

} // namespace

std::int64_t MaskedLayer::left() const {
    return std::ranges::count_if(kept, [](std::uint8_t k) { return k != 0; });
}

double MaskedLayer::density() const {
    return static_cast<double>(left()) / static_cast<double>(size());
}

std::vector<double> MaskedLayer::row_density() const {
    std::vector<double> all(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < kept.size(); ++i)
        all[i / static_cast<std::size_t>(columns)] += kept[i] != 0 ? 1 : 0;
    for (auto& share : all) share /= static_cast<double>(columns);
    return all;
}

std::vector<double> MaskedLayer::column_density() const {
    std::vector<double> all(static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < kept.size(); ++i)
        all[i % static_cast<std::size_t>(columns)] += kept[i] != 0 ? 1 : 0;
    for (auto& share : all) share /= static_cast<double>(rows);
    return all;
}

const MaskedLayer* MaskedNetwork::find(const std::string& layer) const {
    const auto found = std::ranges::find(layers, layer, &MaskedLayer::name);
    return found == layers.end() ? nullptr : &*found;
}

MaskedNetwork read_masks(const std::filesystem::path& checkpoint, const std::vector<std::string>& layers) {
    const auto content = read_tensor_file(checkpoint);
    MaskedNetwork network;
    for (const auto& mask : content.tensors) {
        if (!mask.name.starts_with(kMask)) continue;
        MaskedLayer layer{.name = mask.name.substr(kMask.size()), .shape = mask.shape};
        if (!layers.empty() && std::ranges::count(layers, layer.name) == 0) continue;
        const auto weight =
            std::ranges::find(content.tensors, "model/" + layer.name, &TensorFile::Tensor::name);
        if (weight == content.tensors.end() || weight->shape != mask.shape || mask.dtype != "U8" ||
            mask.shape.empty() || mask.data.empty())
            throw InputError(checkpoint.string() + ": the mask of '" + layer.name +
                             "' does not fit its weights");
        layer.rows = mask.shape.front();
        layer.columns = std::ssize(mask.data) / layer.rows;
        layer.kept.resize(mask.data.size());
        std::memcpy(layer.kept.data(), mask.data.data(), mask.data.size());
        layer.weights = weight->dtype == "F64" ? numbers<double>(*weight) : numbers<float>(*weight);
        network.layers.push_back(std::move(layer));
    }
    for (const auto& name : layers)
        if (!network.find(name)) throw InputError(checkpoint.string() + ": has no mask of '" + name + "'");
    return network;
}

MaskedNetwork masks_of(const StoreReader& reader, const std::filesystem::path& store, const RunRecord& run) {
    if (prune_level(run.spec.regime.params) == 0)
        throw InputError("run '" + run.name +
                         "' is a dense network (regime.prune_level = 0): nothing of it is cut");
    const auto saved = reader.last_checkpoint(run.id);
    if (!saved) throw InputError("run '" + run.name + "' keeps no checkpoint to read its mask from");
    std::vector<std::string> layers;
    for (const auto& [metric, summary] : run.summary)
        if (metric.starts_with(kDensity)) layers.push_back(metric.substr(kDensity.size()));
    auto network = read_masks(checkpoint_folder(store) / saved->file, layers);
    network.update = saved->update;
    return network;
}

MaskGrid mask_grid(const MaskedLayer& layer, std::int64_t most) {
    const auto blocks = [most](std::int64_t n) { return (n + most - 1) / most; };
    MaskGrid grid;
    grid.block_rows = blocks(layer.rows);
    grid.block_columns = blocks(layer.columns);
    grid.rows = (layer.rows + grid.block_rows - 1) / grid.block_rows;
    grid.columns = (layer.columns + grid.block_columns - 1) / grid.block_columns;
    const auto cells = static_cast<std::size_t>(grid.rows * grid.columns);
    std::vector<double> count(cells), kept(cells), sum(cells);
    for (std::int64_t r = 0; r < layer.rows; ++r)
        for (std::int64_t c = 0; c < layer.columns; ++c) {
            const auto from = static_cast<std::size_t>(r * layer.columns + c);
            const auto cell =
                static_cast<std::size_t>(r / grid.block_rows * grid.columns + c / grid.block_columns);
            count[cell] += 1;
            if (layer.kept[from] == 0) continue;
            kept[cell] += 1;
            sum[cell] += layer.weights[from];
        }
    for (std::size_t i = 0; i < cells; ++i) {
        grid.kept.push_back(static_cast<float>(kept[i] / count[i]));
        grid.value.push_back(static_cast<float>(kept[i] > 0 ? sum[i] / kept[i] : 0));
        if (std::isfinite(grid.value.back()))
            grid.largest = std::max(grid.largest, std::abs(grid.value.back()));
    }
    return grid;
}

std::string mask_sentence(const MaskedLayer& layer) {
    std::string shape;
    for (const auto size : layer.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    std::string text = layer.name + " [" + shape + "] keeps " + format_count(layer.left()) + " of " +
                       format_count(layer.size()) + " weights (" + format_number(100 * layer.density(), 3) +
                       "%)";
    const auto rows = empty_ones(layer.row_density()), columns = empty_ones(layer.column_density());
    if (rows + columns > 0)
        text += "; " + format_count(rows) + " of " + format_count(layer.rows) + " rows and " +
                format_count(columns) + " of " + format_count(layer.columns) + " columns have none";
    return text;
}

std::string masks_csv(const MaskedNetwork& network) {
    std::string text = "layer,row,column,kept,weight\n";
    for (const auto& layer : network.layers)
        for (std::int64_t r = 0; r < layer.rows; ++r)
            for (std::int64_t c = 0; c < layer.columns; ++c) {
                const auto at = static_cast<std::size_t>(r * layer.columns + c);
                text += csv_field(layer.name) + "," + std::to_string(r) + "," + std::to_string(c) +
                        (layer.kept[at] != 0 ? ",1," : ",0,") + csv_number(layer.weights[at]) + "\n";
            }
    return text;
}

std::string mask_pgm(const MaskedLayer& layer) {
    std::string image = "P5\n" + std::to_string(layer.columns) + " " + std::to_string(layer.rows) + "\n255\n";
    for (const auto kept : layer.kept) image += static_cast<char>(kept != 0 ? 0xff : 0);
    return image;
}

} // namespace descent
