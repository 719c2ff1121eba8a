#pragma once

#include "core/base/events.h"
#include "core/base/run_spec.h"
#include "core/engine/evaluation.h"
#include "core/tasks/task.h"

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace descent {

/// Collects what probes measure into the batch that is being filled. Thread: the trainer's.
class Recorder {
public:
    std::uint32_t declare(std::string name, std::string unit = {}, Direction direction = Direction::none);
    void record(std::uint32_t metric, double value);
    void matrix(std::string name, std::int64_t rows, std::int64_t columns, std::vector<double> values);

    /// The moment that following records belong to.
    void at(Update update, Epoch epoch, double seconds);
    /// Hands over what has been collected and starts anew; metrics are declared in the first one only.
    MetricBatch take();
    std::size_t size() const { return batch_.samples.size(); }

private:
    MetricBatch batch_;
    std::uint32_t metrics_ = 0;
    Sample now_;
};

/// One optimizer step, recorded at the update count before it: the weights the gradient was taken at.
struct UpdateFacts {
    double loss = 0; ///< mean over the batch, nats
    std::int64_t examples = 0;
    double gradient_norm = 0; ///< L2, in units of the regime's reduction, before the clip
    double clipped_norm = 0;  ///< after it
    double step_length = std::numeric_limits<double>::quiet_NaN(); ///< L2 of the weights' change
    double lr = 0;
    bool whole_set = false;
};

/// The sets measured at one update count.
struct EvaluationFacts {
    const Evaluation& train;
    const Evaluation& validation;
    const Evaluation* test = nullptr; ///< at the end only
    double examples_per_second = 0;   ///< trained on since the last evaluation; 0 before the first update
    bool keep_matrices = true;        ///< long runs keep a few hundred, evenly spaced
};

struct ProbeSetup {
    const RunSpec& spec;
    const std::vector<std::string>& classes;
    double majority_baseline;
    const std::optional<Detection>& detection; ///< none: the task is not one
};

/// Something measured while training. Declares its metrics in its constructor. Thread: the trainer's.
class Probe {
public:
    virtual ~Probe() = default;
    virtual void updated(const UpdateFacts&, Recorder&) {}
    virtual void evaluated(const EvaluationFacts&, Recorder&) {}
    /// Counters that must survive a checkpoint, in a fixed order.
    virtual std::vector<double> state() const { return {}; }
    virtual void restore(const std::vector<double>&) {}
};

struct ProbeDefinition {
    std::string id;
    std::string help; ///< one sentence
    std::function<std::unique_ptr<Probe>(const ProbeSetup&, Recorder&)> make;
};

} // namespace descent
