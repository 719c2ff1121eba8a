#pragma once

#include "core/engine/ensemble.h"
#include "core/engine/ensemble_trainer.h"
#include "tests/engine/support.h"

#include <map>

namespace descent::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// Full-batch gradient descent on small_points() unless told otherwise; a later setting wins.
inline RunSpec points(const Settings& more = {}, const std::string& optimizer = "sgd",
                      const std::string& regime = "full-batch") {
    Settings settings{{"task", "gaussian-mixture"},   {"task.classes", "3"},
                      {"task.dimension", "4"},        {"task.train", "30"},
                      {"task.validation", "15"},      {"task.test", "12"},
                      {"model.hidden", "5"},          {"updates", "40"},
                      {"regime.evaluate_every", "7"}, {"regime.precision", "float64"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec("mlp", optimizer, regime, settings);
}

inline TaskData data_of(const RunSpec& spec) {
    return registry().task(spec.task.id).load(spec.task.params, {});
}

/// Sorts batches by run.
struct Runs : BatchSink {
    bool push(BatchPtr batch) override {
        if (left >= 0 && left-- == 0) return false;
        return by_run[batch->run.uuid].push(batch);
    }
    std::string failure() const override { return "no space left"; }
    std::map<std::string, KeepingSink> by_run;
    std::int64_t left = -1; ///< batches until it is full; −1 never
};

struct Ensemble {
    explicit Ensemble(std::vector<RunSpec> asked)
        : specs(std::move(asked))
        , trainer(specs, data_of(specs.front())) {
        for (std::size_t i = 0; i < specs.size(); ++i) ids.push_back(RunId{"run " + std::to_string(i)});
    }
    std::vector<RunState> run() { return trainer.run(ids, sink, control); }
    const KeepingSink& of(std::size_t i) { return sink.by_run[ids[i].uuid]; }

    std::vector<RunSpec> specs;
    EnsembleTrainer trainer;
    std::vector<RunId> ids;
    Runs sink;
    EnsembleControl control;
};

inline StateChange last_state(const KeepingSink& sink) {
    StateChange last;
    for (const auto& batch : sink.batches)
        if (batch->state) last = *batch->state;
    return last;
}

} // namespace descent::test
