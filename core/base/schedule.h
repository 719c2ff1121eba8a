#pragma once

#include "core/base/param.h"

#include <cstdint>
#include <vector>

namespace descent {

/// The step size over the course of a run, as the regime's parameters in the section "Schedule" say: a factor
/// on the optimizer's lr. A pure function of time, but for `plateau`, whose factor is kept by Plateau.
/// Thread: any.
class Schedule {
public:
    /// `total`: the run's planned length in the schedule's unit (updates or epochs); > 0.
    Schedule(const ParamSet& regime, std::int64_t total);

    /// Counted in epochs (the step size then holds for a whole epoch), or in updates.
    bool by_epoch() const { return by_epoch_; }
    /// The factor after `t` units, ≥ 0. One-cycle starts from below 1 and peaks at 1.
    double factor(std::int64_t t) const;
    /// Neither warm-up nor schedule: the factor is 1 throughout.
    bool constant() const;

private:
    double after_warmup(double t) const;

    std::string kind_;
    bool by_epoch_;
    double total_, warmup_, warmup_start_, period_, gamma_, every_, power_, floor_, peak_at_;
    std::vector<std::int64_t> milestones_;
};

/// "30, 60, 80" as numbers in rising order. Throws InputError.
std::vector<std::int64_t> parse_milestones(const std::string& text);

/// Lowers the step size when a loss has stopped falling: torch.optim.lr_scheduler.ReduceLROnPlateau with
/// threshold_mode = rel, mode = min.
class Plateau {
public:
    explicit Plateau(const ParamSet& regime);
    /// After each evaluation.
    void observe(double loss);
    double factor() const { return factor_; }
    /// Best loss, evaluations without a better one, factor.
    std::vector<double> state() const;
    void restore(const std::vector<double>& state);

private:
    double gamma_, threshold_, floor_;
    std::int64_t patience_;
    double best_, factor_ = 1;
    std::int64_t bad_ = 0;
};

/// The parameters that Schedule and Plateau read.
ParamTable schedule_params();

} // namespace descent
