#include "core/analysis/divergence.h"

#include "core/analysis/interval_text.h"
#include "core/analysis/run_fields.h"
#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace descent {

namespace {

/// Measured with a clock: two runs of the same bits differ in them.
constexpr std::array<std::string_view, 2> kOfTheClock{"throughput", "probes/share"};
constexpr std::array<std::string_view, 4> kOfLayers{"update-ratio/", "dead/", "histogram/weights/",
                                                    "histogram/gradient/"};

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

struct Parting {
    Update update;
    double a = 0, b = 0;
};
/// The first sample of both at the same update that differs.
std::optional<Parting> parting_of(const std::vector<SeriesPoint>& a, const std::vector<SeriesPoint>& b,
                                  std::size_t& compared) {
    for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
        if (x->update != y->update) {
            x->update < y->update ? ++x : ++y;
            continue;
        }
        ++compared;
        if (!same_bits(x->value, y->value)) return Parting{x->update, x->value, y->value};
        ++x;
        ++y;
    }
    return std::nullopt;
}

bool is_earlier(const Divergence& known, Update at) {
    return !known.layer || at < known.layer_update;
}

void set_layer(Divergence& divergence, std::string layer, std::string source, Update at) {
    divergence.layer = std::move(layer);
    divergence.layer_source = std::move(source);
    divergence.layer_update = at;
}

/// Digits that show the difference of two numbers.
std::pair<std::string, std::string> shown_apart(double a, double b) {
    for (int digits = 4; digits < 17; ++digits)
        if (auto x = format_number(a, digits), y = format_number(b, digits); x != y) return {x, y};
    return {format_number(a, 17), format_number(b, 17)};
}

std::string value_text(const std::string& field, const std::string& value) {
    if (value.empty()) return "none";
    return field == "data" ? value.substr(0, 8) : value;
}

} // namespace

std::optional<std::string> layer_of(const std::string& name) {
    for (const auto start : kOfLayers)
        if (name.starts_with(start) && name.size() > start.size()) return name.substr(start.size());
    return std::nullopt;
}

Divergence why_different(const RunRecord& a, const RunRecord& b, const std::vector<std::string>& metrics,
                         const SeriesOf& a_series, const SeriesOf& b_series, const ParentNames& parents) {
    Divergence result;
    result.settings_known = settings_known(a.spec) && settings_known(b.spec);
    const auto diff = config_diff({a, b}, parents);
    const ConfigDiff::Row* found = nullptr;
    for (const auto& row : diff.rows)
        if (!row.equal && (!found || (only_observes(found->field) && !only_observes(row.field))))
            found = &row;
    if (found && result.settings_known) {
        result.field = found->field;
        result.a_value = found->values[0];
        result.b_value = found->values[1];
    }
    for (const auto& name : metrics) {
        if (std::ranges::find(kOfTheClock, name) != kOfTheClock.end()) continue;
        const auto parting = parting_of(a_series(name), b_series(name), result.compared);
        if (!parting) continue;
        if (!result.update || parting->update < *result.update) {
            result.update = parting->update;
            result.metric = name;
            result.a = parting->a;
            result.b = parting->b;
        }
        if (auto layer = layer_of(name); layer && is_earlier(result, parting->update))
            set_layer(result, std::move(*layer), name, parting->update);
    }
    return result;
}

Divergence why_different(const RunRecord& a, const RunRecord& b,
                         const std::map<std::string, std::vector<SeriesPoint>>& a_series,
                         const std::map<std::string, std::vector<SeriesPoint>>& b_series,
                         const std::vector<std::string>& order) {
    std::vector<std::string> names;
    for (const auto& [name, points] : a_series)
        if (b_series.contains(name)) names.push_back(name);
    std::ranges::stable_sort(
        names, {}, [&](const std::string& name) { return std::ranges::find(order, name) - order.begin(); });
    return why_different(
        a, b, names, [&](const std::string& name) { return a_series.at(name); },
        [&](const std::string& name) { return b_series.at(name); });
}

void add_weights(Divergence& divergence, const TensorFile& a, const TensorFile& b, Update at) {
    constexpr std::string_view weights = "model/";
    if (!is_earlier(divergence, at)) return;
    for (const auto& tensor : a.tensors) {
        if (!tensor.name.starts_with(weights)) continue;
        const auto same = std::ranges::find(b.tensors, tensor.name, &TensorFile::Tensor::name);
        if (same == b.tensors.end()) continue;
        if (tensor.dtype == same->dtype && tensor.shape == same->shape && tensor.data == same->data) continue;
        set_layer(divergence, tensor.name.substr(weights.size()), "weights", at);
        return;
    }
}

void add_matrices(Divergence& divergence, const std::vector<Matrix>& a, const std::vector<Matrix>& b) {
    for (const auto& one : a) {
        auto layer = layer_of(one.name);
        if (!layer || !is_earlier(divergence, one.update)) continue;
        for (const auto& other : b)
            if (other.name == one.name && other.update == one.update &&
                !std::ranges::equal(one.values, other.values, same_bits))
                set_layer(divergence, *layer, one.name, one.update);
    }
}

std::string describe(const Divergence& d, const std::string& a_name, const std::string& b_name) {
    std::string text;
    if (d.field)
        text = "The first setting that differs is " + *d.field + ": " + value_text(*d.field, d.a_value) +
               " in " + a_name + ", " + value_text(*d.field, d.b_value) + " in " + b_name + ".";
    else if (!d.settings_known)
        text = "The settings of an imported run are not known.";
    else
        text = "Settings, data, versions and threads are the same.";
    if (d.update) {
        const auto [a, b] = shown_apart(d.a, d.b);
        text += " The first number that differs is " + d.metric + " at update " +
                format_count(d.update->count) + ": " + a + " in " + a_name + ", " + b + " in " + b_name + ".";
    } else if (d.compared == 0) {
        text += " They have measured nothing at the same update.";
    } else {
        text += " All " + counted(static_cast<std::int64_t>(d.compared), "number") +
                " that both have are the same, bit for bit.";
    }
    if (d.layer)
        text += " The first layer that differs is " + *d.layer + " (" + d.layer_source + " at update " +
                format_count(d.layer_update.count) + ").";
    return text;
}

} // namespace descent
