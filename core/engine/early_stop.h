#pragma once

#include "core/base/param.h"
#include "core/base/units.h"

#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Whether anything that decides a run's course goes by its evaluations: a plateau's step size, early
/// stopping.
bool goes_by_evaluations(const ParamSet& regime);

/// Ends a run that has stopped getting better: patience counted in evaluations. Prechelt 1998. Or one that
/// has answered the whole training set rightly: so many updates later. Thread: the trainer's.
class EarlyStop {
public:
    /// `regression`: there are no answers to go by. Throws InputError where the regime asks for them.
    explicit EarlyStop(const ParamSet& regime, bool regression = false);
    /// After each evaluation of the validation set.
    void observe(double loss, double accuracy, Update update);
    /// Whenever the training set has been answered by the weights after `update` updates.
    void observe_training(double accuracy, Update update);
    /// The first of these updates with all of it right.
    std::optional<Update> perfect_at() const { return perfect_at_; }
    /// Why the run should end now, after `update` updates, if it should.
    std::optional<std::string> reason(Update update) const;
    /// The run goes on all the same: patience is counted anew, and a training set that was answered rightly
    /// no longer ends it.
    void go_on();
    std::vector<double> state() const;
    void restore(const std::vector<double>& state);

private:
    std::int64_t patience_;
    bool accuracy_;
    double delta_;
    double best_; // larger is better
    std::int64_t best_update_ = 0, without_ = 0;
    std::int64_t after_perfect_; // updates; 0 for ever
    std::optional<Update> perfect_at_;
    bool past_perfect_ = false; // gone on with after that
};

} // namespace descent
