#pragma once

#include "core/analysis/run_fields.h"
#include "core/base/events.h"
#include "core/base/run_record.h"
#include "core/base/series.h"
#include "core/store/checkpoint_file.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

class StoreReader;

/// "Why do they differ": where two runs part. Everything is taken from what is stored.
struct Divergence {
    /// The first row of config_diff that differs: a parameter, "changes", or "data", "torch version",
    /// "threads"; what only observes counts where nothing else differs.
    std::optional<std::string> field;
    std::string a_value, b_value;
    bool settings_known = true;   ///< of both; else `field` is none
    std::optional<Update> update; ///< the first at which a metric both have differs in any bit
    std::string metric;           ///< that metric
    double a = 0, b = 0;
    std::size_t compared = 0;         ///< samples that both have at the same update, in all metrics
    std::optional<std::string> layer; ///< the first, in the model's order, whose stored numbers differ
    std::string layer_source;         ///< "weights", or the metric's or the matrix's name
    Update layer_update{};            ///< the first at which any layer's stored numbers differ
};
/// Series of both by metric name, full resolution. Metrics that measure the clock are passed over, and all
/// NaN are alike. `order`: the metrics as the runs declare them, so that of several that part at the same
/// update the first is told, and layers come in the model's order; those not in it come after it, by name.
Divergence why_different(const RunRecord& a, const RunRecord& b,
                         const std::map<std::string, std::vector<SeriesPoint>>& a_series,
                         const std::map<std::string, std::vector<SeriesPoint>>& b_series,
                         const std::vector<std::string>& order = {});
/// The same of series that are asked for by name, one of each run at a time, so that long ones need not all
/// be there at once.
using SeriesOf = std::function<std::vector<SeriesPoint>(const std::string& metric)>;
Divergence why_different(const RunRecord& a, const RunRecord& b, const std::vector<std::string>& metrics,
                         const SeriesOf& a_series, const SeriesOf& b_series, const ParentNames& parents = {});
/// Everything the store knows: series, histograms by layer and, where both have a checkpoint at the same
/// update in the folder, weights.
Divergence why_different(const StoreReader& store, const RunRecord& a, const RunRecord& b,
                         const std::filesystem::path& checkpoints);
/// What the weights of both after the same update ("model/…" in their checkpoints) add: the first tensor, in
/// the model's order, that differs in any bit, where no layer is known to differ earlier.
void add_weights(Divergence& divergence, const TensorFile& a, const TensorFile& b, Update at);
/// The same of matrices of a layer each ("histogram/weights/gru.weight_ih"), any updates.
void add_matrices(Divergence& divergence, const std::vector<Matrix>& a, const std::vector<Matrix>& b);
/// The layer that a metric or a matrix is of: "update-ratio/…", "dead/…", "histogram/weights/…" and
/// "histogram/gradient/…" of the instruments; none where it is of the whole model.
std::optional<std::string> layer_of(const std::string& name);
/// Two or three plain sentences.
std::string describe(const Divergence& divergence, const std::string& a_name, const std::string& b_name);

} // namespace descent
