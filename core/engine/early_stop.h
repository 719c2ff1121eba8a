#pragma once

#include "core/base/param.h"
#include "core/base/units.h"

#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Ends a run that has stopped getting better: patience counted in evaluations. Prechelt 1998. Thread: the
/// trainer's.
class EarlyStop {
public:
    explicit EarlyStop(const ParamSet& regime);
    /// After each evaluation of the validation set.
    void observe(double loss, double accuracy, Update update);
    /// Why the run should end now, if it should.
    std::optional<std::string> reason() const;
    std::vector<double> state() const;
    void restore(const std::vector<double>& state);

private:
    std::int64_t patience_;
    bool accuracy_;
    double delta_;
    double best_; // larger is better
    std::int64_t best_update_ = 0, without_ = 0;
};

} // namespace descent
