#include "ui/plots/sweep_theory.h"

#include "core/analysis/asymptotics.h"
#include "ui/plots/sweep_curves.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kSteps = 240; ///< points of the line

/// What the risk depends on.
struct Setting {
    bool random_features = false;
    RegressionSetting regression;
    double features = 0, bias_scale = 0;
    std::string activation;
    double factor = 1;  ///< of the loss: ½ where it is half the squared error
    double of_test = 0; ///< variance of the test targets' own noise

    /// Where a parameter's path lies in it; null where the formula does not know it.
    double* find(const std::string& path) {
        if (path == "task.train") return &regression.examples;
        if (path == "task.dimension") return &regression.dimension;
        if (path == "task.signal") return &regression.signal;
        if (path == "task.noise") return &regression.noise;
        if (path == "optimizer.ridge") return &regression.ridge;
        if (path == "model.features" && random_features) return &features;
        return nullptr;
    }
    double loss() const {
        const auto risk = random_features
                              ? random_features_test_risk(regression, features, activation, bias_scale)
                              : std::optional(linear_test_risk(regression));
        return risk ? factor * (*risk + of_test) : kNaN;
    }
};

double number(const ParamSet& params, const char* name, double otherwise) {
    const auto it = params.values.find(name);
    const Value* value = it == params.values.end() ? nullptr : &it->second;
    if (!value) return otherwise;
    if (const auto* real = std::get_if<double>(value)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(value)) return double(*whole);
    if (const auto* flag = std::get_if<bool>(value)) return *flag ? 1 : 0;
    return otherwise;
}
std::string text(const ParamSet& params, const char* name) {
    const auto it = params.values.find(name);
    const Value* value = it == params.values.end() ? nullptr : &it->second;
    const auto* word = value ? std::get_if<std::string>(value) : nullptr;
    return word ? *word : std::string();
}

std::optional<Setting> settingOf(const RunSpec& spec) {
    const auto& task = spec.task.params;
    const bool known = spec.task.id == "teacher" && text(task, "kind") == "regression" &&
                       number(task, "slow_features", 0) == 0 && spec.optimizer.id == "least-squares" &&
                       number(spec.optimizer.params, "lr", 1) == 1 &&
                       (spec.model.id == "linear" || spec.model.id == "random-features");
    if (!known) return std::nullopt;
    Setting s;
    s.random_features = spec.model.id == "random-features";
    s.regression = {number(task, "train", 0), number(task, "dimension", 0),
                    number(spec.optimizer.params, "ridge", 0), number(task, "signal", 1),
                    number(task, "noise", 0)};
    s.features = number(spec.model.params, "features", 0);
    s.bias_scale = number(spec.model.params, "bias_scale", 0);
    s.activation = text(spec.model.params, "activation");
    s.factor = text(spec.regime.params, "mse_form") == "full" ? 1 : 0.5;
    if (number(task, "test_noise", 0) != 0) s.of_test = s.regression.noise * s.regression.noise;
    return s;
}

/// The parameter that x changes; "" where x is not simply one of them.
std::string pathOf(const SweepCurvesTask& task, const Setting& setting) {
    const std::string& axis = task.sweep->record.plan.axes[task.axis.along].name;
    if (task.axis.x == SweepX::level) return axis;
    // Both models have one output, so as many weights as features.
    const char* weights = setting.random_features ? "model.features" : "task.dimension";
    return axis == weights ? axis : std::string();
}

} // namespace

std::vector<SweepCurve> theoryOf(const SweepCurvesTask& task, const std::vector<std::size_t>& levels,
                                 const std::string& word) {
    const bool of_risk = word == "test/loss" || word == "test/error" || word == "validation/loss" ||
                         word == "validation/error";
    const auto numbers = task.sweep->record.plan.axes[task.axis.along].numbers();
    if (!of_risk || task.moment || !numbers || numbers->empty()) return {};
    const auto run = std::ranges::find_if(task.sweep->runs, [&](const CellRun& each) {
        auto of = task.sweep->grid[each.cell].levels;
        of[task.axis.along] = 0;
        return of == levels;
    });
    if (run == task.sweep->runs.end()) return {};
    auto setting = settingOf(run->run.spec);
    if (!setting) return {};
    double* along = setting->find(pathOf(task, *setting));
    if (!along) return {};
    const double scale =
        task.axis.x == SweepX::parameters_per_example ? setting->regression.examples : 1; // of x
    const auto [low, high] = std::ranges::minmax(*numbers);
    const bool log = task.sweep->record.plan.axes[task.axis.along].log && low > 0;
    // Between the levels too, and at them: next to the threshold it is steep.
    std::set<double> places(numbers->begin(), numbers->end());
    for (int i = 0; i <= kSteps; ++i) {
        const double share = double(i) / kSteps;
        places.insert(log ? low * std::pow(high / low, share) : low + share * (high - low));
    }
    SweepCurve line;
    line.label = setting->random_features
                     ? QCoreApplication::translate("Sweep", "asymptotics (Mei & Montanari 2019)")
                     : QCoreApplication::translate("Sweep", "asymptotics (Hastie et al. 2019)");
    line.colour = 6;
    line.dash = 3;
    for (const double place : places) {
        *along = place;
        line.points.push_back({place / scale, setting->loss()});
    }
    if (std::ranges::none_of(line.points, [](const auto& p) { return std::isfinite(p.value); })) return {};
    return {line};
}

} // namespace descent::ui
