#pragma once

#include "core/base/param.h"
#include "core/engine/torch.h"

#include <string>
#include <utility>
#include <vector>

namespace descent {

/// An average of the weights along the way, which training itself does not use.
///
///     ema   a ← d·a + (1 − d)·w after each update, from a = w after the first
///     swa   the plain mean of the weights at the end of each epoch past swa_start. Izmailov et al. 2018
///
/// As torch.optim.swa_utils.AveragedModel. Thread: the trainer's.
class Averages {
public:
    Averages(const ParamSet& regime, const Tensor& like);

    bool wanted() const { return kind_ != Kind::none; }
    /// There is something to evaluate.
    bool ready() const { return wanted() && count() > 0; }
    /// After a step. `share`: of the run that is done; `epoch_ended`: with this step.
    void observe(const Tensor& weights, double share, bool epoch_ended);
    const Tensor& weights() const { return mean_; } ///< [P]
    std::vector<std::pair<std::string, Tensor>> state();

private:
    enum class Kind { none, ema, swa };
    std::int64_t count() const;

    Kind kind_;
    double decay_, from_;
    Tensor mean_, count_;
};

} // namespace descent
