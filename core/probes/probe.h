#pragma once

#include "core/analysis/breakpoint.h"
#include "core/base/events.h"
#include "core/base/run_spec.h"
#include "core/engine/evaluation.h"
#include "core/tasks/task.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Collects what probes measure into the batch that is being filled. Thread: the trainer's.
class Recorder {
public:
    std::uint32_t declare(std::string name, std::string unit = {}, Direction direction = Direction::none);
    void record(std::uint32_t metric, double value);
    void matrix(std::string name, std::int64_t rows, std::int64_t columns, std::vector<double> values);
    /// The newest value of a metric and how often it was measured, since this object began; none if never.
    std::optional<Breakpoint::Reading> reading(const std::string& metric) const;
    bool declares(const std::string& metric) const { return by_name_.contains(metric); }

    /// The moment that following records belong to.
    void at(Update update, Epoch epoch, double seconds);
    /// Hands over what has been collected and starts anew; metrics are declared in the first one only.
    MetricBatch take();
    std::size_t size() const { return batch_.samples.size(); }

private:
    MetricBatch batch_;
    std::vector<Breakpoint::Reading> readings_; // by metric
    std::map<std::string, std::uint32_t, std::less<>> by_name_;
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
    bool clips = false;          ///< a clip is in force
    std::int64_t batch_size = 0; ///< of this epoch; its last batch may be shorter
    /// Of the update counts so far, the first whose weights answered the whole training set rightly: where
    /// each update sees it as it is, and there are answers.
    std::optional<Update> perfect_at{};
    /// Otherwise the weights were left as they are, and the run is over.
    bool finite() const { return std::isfinite(loss) && std::isfinite(gradient_norm); }
};

/// The sets measured at one update count.
struct EvaluationFacts {
    const Evaluation& train;
    const Evaluation& validation;
    const Evaluation* test = nullptr;     ///< at the end only
    const Evaluation* averaged = nullptr; ///< the validation set under averaged weights, where there are any
    double examples_per_second = 0;       ///< trained on since the last evaluation; 0 before the first update
    bool keep_matrices = true;            ///< long runs keep a few hundred, evenly spaced
                                          ///< Validation and test have scores: scores_due(), and at the end
    std::optional<Update> perfect_at{};   ///< as UpdateFacts::perfect_at
    Tensor weights{};                     ///< [P], those measured
    bool first = false, last = false;     ///< at the weights that the run begins with, or ends with
};

struct ProbeSetup {
    const RunSpec& spec;
    const std::vector<std::string>& classes; ///< none: a regression
    double majority_baseline;
    const std::optional<Detection>& detection; ///< none: the task is not one
};

/// Something measured while training. Declares its metrics in its constructor. Thread: the trainer's.
class Probe {
public:
    virtual ~Probe() = default;
    /// Of every record_every-th update, and of one that is not finite.
    virtual void updated(const UpdateFacts&, Recorder&) {}
    virtual void evaluated(const EvaluationFacts&, Recorder&) {}
    /// Counters that must survive a checkpoint, in a fixed order.
    virtual std::vector<double> state() const { return {}; }
    virtual void restore(const std::vector<double>&) {}
};

class Experiment;

/// What an instrument may look at: the experiment at one update. Weights and random streams are left as they
/// were found.
struct Lens {
    Experiment& experiment;
    /// [P], of this update, before any clip; in the units of the regime's reduction. After the step: used up.
    const Tensor& gradient;
    double loss = 0; ///< over the update's examples
    double lr = 0;   ///< in force
    Update update{};
};

/// A probe that costs time of its own: it looks only when the meter lets it. Thread: the trainer's.
class Instrument {
public:
    virtual ~Instrument() = default;
    /// Of one measurement, in gradients over the whole training set: what the meter goes by until it has
    /// timed one.
    virtual double cost() const = 0;
    /// When a measurement is due: before the step, then after it, then before the next update's step, whose
    /// gradient the lens holds.
    virtual void before(const Lens&, Recorder&) {}
    virtual void after(const Lens&, Recorder&) {}
    virtual void next(const Lens&, Recorder&) {}
    /// Once, at the weights the run ends with. Must end soon after `stop` is asked for.
    virtual void at_end(const Lens&, Recorder&, const std::function<bool()>& stop) { (void)stop; }
    /// What the next measurement depends on; the live tensors, in a fixed order, of fixed shapes.
    virtual std::vector<std::pair<std::string, Tensor>> state() { return {}; }
};

/// Chosen by parameters of the regime in the section "Instruments", named "probe_…" and `observing()`.
struct InstrumentDefinition {
    std::string id;
    std::string help; ///< one sentence, with the cost
    /// Null where the spec does not ask for it, or the task or model has nothing to measure.
    std::function<std::unique_ptr<Instrument>(const RunSpec&, Experiment&, Recorder&)> make;
};

struct ProbeDefinition {
    std::string id;
    std::string help; ///< one sentence
    std::function<std::unique_ptr<Probe>(const ProbeSetup&, Recorder&)> make;
};

} // namespace descent
