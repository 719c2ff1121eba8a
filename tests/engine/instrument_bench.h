#pragma once

#include "core/engine/curvature.h"
#include "tests/engine/support.h"

namespace descent::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

inline Settings with(Settings settings, const Settings& others) {
    settings.insert(settings.end(), others.begin(), others.end());
    return settings;
}

inline const Settings kAll{{"regime.probe_sharpness", "2"},       {"regime.probe_noise_scale", "true"},
                           {"regime.probe_cosine", "true"},       {"regime.probe_distance", "true"},
                           {"regime.probe_update_ratio", "true"}, {"regime.probe_histograms", "true"},
                           {"regime.probe_dead_units", "true"},   {"regime.probe_landscape", "both"}};

/// An experiment with the instruments that its spec asks for, looked through at each update.
struct Bench {
    explicit Bench(const RunSpec& spec, TaskData data) : experiment(spec, std::move(data)) {
        for (const auto& definition : registry().instruments)
            if (auto made = definition.make(spec, experiment, recorder))
                instruments.push_back(std::move(made));
        batch = recorder.take();
    }
    Bench(const std::string& model, const Settings& settings, const std::string& optimizer = "sgd",
          const std::string& regime = "full-batch")
        : Bench(make_spec(model, optimizer, regime,
                          with(with({{"task", registry().model(model).entry.tasks.front()}},
                                    width_setting(model, 9)),
                               settings)),
                small_task_for(model)) {}

    void update(bool look = true) {
        const auto evaluation = experiment.accumulate();
        const auto gradient = experiment.weights().gradient().clone();
        const Lens lens{experiment, gradient, evaluation.loss(), experiment.lr(), at};
        if (look && looked)
            for (const auto& i : instruments) i->next(lens, recorder);
        if (look)
            for (const auto& i : instruments) i->before(lens, recorder);
        looked = look;
        EXPECT_TRUE(same_bits(gradient, experiment.weights().gradient()));
        experiment.step(evaluation);
        ++at.count;
        const auto stepped = experiment.weights().flat().clone();
        if (look)
            for (const auto& i : instruments) i->after(lens, recorder);
        EXPECT_TRUE(same_bits(stepped, experiment.weights().flat()));
        take();
    }
    void end(const std::function<bool()>& stop = [] { return false; }) {
        const auto gradient = experiment.weights().gradient().clone();
        const auto weights = experiment.weights().flat().clone();
        for (const auto& i : instruments) i->at_end({experiment, gradient, 0, 0, at}, recorder, stop);
        EXPECT_TRUE(same_bits(weights, experiment.weights().flat()));
        EXPECT_TRUE(same_bits(gradient, experiment.weights().gradient()));
        take();
    }
    void take() {
        auto more = recorder.take();
        EXPECT_TRUE(more.metrics.empty()) << "declared outside of a constructor";
        batch.samples = std::move(more.samples);
        batch.matrices = std::move(more.matrices);
    }

    bool measures(const std::string& name) const {
        return std::ranges::any_of(batch.metrics, [&](const auto& m) { return m.name == name; });
    }
    /// The last update's value.
    double value(const std::string& name) const {
        for (const auto& metric : batch.metrics)
            for (const auto& sample : batch.samples)
                if (metric.name == name && sample.metric == metric.index) return sample.value;
        ADD_FAILURE() << "not measured: " << name;
        return std::numeric_limits<double>::quiet_NaN();
    }
    /// [rows, columns]; undefined where there is none.
    Tensor matrix(const std::string& name) const {
        for (const auto& m : batch.matrices)
            if (m.name == name) return at::tensor(m.values, at::kDouble).view({m.rows, m.columns});
        return {};
    }
    Tensor weight(const std::string& name) {
        const auto& leaves = experiment.weights().leaves();
        return std::ranges::find(leaves, name, &Weights::Leaf::name)->tensor.detach();
    }

    Experiment experiment;
    Recorder recorder;
    std::vector<std::unique_ptr<Instrument>> instruments;
    MetricBatch batch;
    Update at{};
    bool looked = false;
};

} // namespace descent::test
