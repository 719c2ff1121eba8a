#pragma once

#include "core/base/catalog.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace descent {

/// One value along an axis of a sweep: what it is called, and what it sets ("model.hidden" → "16"). A level
/// of a plain axis sets the one parameter to its label; a level of an axis of variants sets several.
struct SweepLevel {
    std::string label;
    std::vector<std::pair<std::string, std::string>> settings;
    bool operator==(const SweepLevel&) const = default;
};

/// What is varied: a parameter ("model.hidden", "regime.label_noise", "optimizer.lr", …), one of "task",
/// "model", "optimizer", "regime", "epochs", "updates" (the path is the name), or variants with names.
struct SweepAxis {
    std::string name;
    bool log = false; ///< drawn on a log axis
    std::vector<SweepLevel> levels;
    bool operator==(const SweepAxis&) const = default;
    /// The levels' labels as numbers; none where one is not.
    std::optional<std::vector<double>> numbers() const;
};

/// Reads what a person typed after --over: "model.hidden=1,2,4,8", "model.hidden=1:256:log20" (20 values,
/// evenly spaced in the logarithm, whole where the parameter is, repeats left out), "optimizer.lr=0.1:0.5:5"
/// (5 evenly spaced), "model.hidden=1:64:×2" or "x2" (doubling). Error: what is wrong and where, with an
/// example.
Result<SweepAxis> sweep_axis(const Catalog& catalog, const Request& base, std::string_view text);

/// Where an active sweep puts further levels of a numeric axis: where the peak of `metric` is least certain
/// (core/analysis/double_descent.h), `add` of them in rounds of `round`.
struct ActivePlan {
    std::string axis;
    std::string metric = "test/error"; ///< a metric's last value
    std::int64_t add = 8, round = 2;
    bool operator==(const ActivePlan&) const = default;
};

/// What a sweep is to train: every combination of its axes' levels × seeds. A value; stored as JSON.
struct SweepPlan {
    std::string title, summary; ///< of presets; may be empty
    Request base;               ///< its seed is not looked at
    std::vector<SweepAxis> axes;
    std::vector<std::uint64_t> seeds{0};
    /// Each seed also draws its own data (task.data_seed follows it, where the task has one).
    bool draw_data = false;
    std::optional<ActivePlan> active{};
    /// What is drawn first of it: "double-descent", "epoch-wise", "outcomes", "heat-map"; "" for what fits.
    std::string view{};
    /// Train error at or below which a network counts as having interpolated.
    double threshold_error = 0.1;
    bool operator==(const SweepPlan&) const = default;
};

nlohmann::json to_json(const SweepPlan& plan);
/// Throws InputError where the shape is wrong.
SweepPlan sweep_plan_from_json(const nlohmann::json& json);
/// Reads a TOML file: title, summary, view, threshold_error, seeds (a number or a list), first_seed,
/// draw_data, the keys of a run's spec (core/base/catalog.h), [[over]] with path and values, or path, from,
/// to, steps, scale ("log"), or path, from, to, factor, or name and [[over.level]] with label and set = {
/// "optimizer.lr" = 0.1 }; [active]. Messages carry file and line.
Result<SweepPlan> sweep_plan_from_toml(const std::string& file, const Catalog& catalog);
/// The plans that come with the program (resources/sweeps/*.toml), by name; those that the catalog can run
/// (a test holds it to all of them).
std::vector<std::pair<std::string, SweepPlan>> sweep_presets(const Catalog& catalog);

/// One run of a sweep.
struct SweepCell {
    std::vector<std::size_t> levels; ///< an index into each axis
    std::uint64_t seed = 0;
    RunSpec spec;
    std::string key; ///< Catalog::key of the spec: by it a stored run is known as this cell's
};
/// All of them: seeds vary slowest, so that a sweep cut short has whole grids. Error: no axis level or seed,
/// a level that cannot be (which one and why), more than 100,000 cells, two cells that are one run.
Result<std::vector<SweepCell>> sweep_cells(const Catalog& catalog, const SweepPlan& plan);
/// The same without the catalog, for a stored sweep: levels and seeds in the same order, spec and key empty.
std::vector<SweepCell> sweep_grid(const SweepPlan& plan);

/// Members of one ensemble at most where `jobs` ≥ 1 processes train a sweep of so many cells: enough to share
/// the overhead of an operation, few enough that each process gets some work. Goes by all cells, whatever is
/// done already, so that a sweep that goes on is grouped as it was.
std::size_t most_members(std::size_t cells, std::size_t jobs);

/// "model.hidden × 20, regime.label_noise × 3, 5 seeds: 300 runs".
std::string describe(const SweepPlan& plan);

} // namespace descent
