#pragma once

#include "core/engine/ensemble_gradient.h"
#include "core/optimizers/optimizer.h"

#include <string>

namespace descent {

/// What clips do to each member's gradient.
struct MemberClips {
    /// Whether any member's regime clips.
    explicit MemberClips(const EnsembleProblem& problem);
    bool any() const { return any_; }
    /// As `clip` (core/engine/clip.h) does to one network's, with each member's own bounds: `gradient` [K, P]
    /// in place. `norms`: before; returns those after. Members whose norm is not finite are left alone.
    std::vector<double> clip(Tensor& gradient, const std::vector<double>& norms) const;
    void keep(const std::vector<std::int64_t>& members);

private:
    struct Bounds {
        double value = 0, layer = 0, whole = 0; ///< 0 does not clip
    };
    std::vector<Bounds> bounds_;
    std::vector<std::pair<std::int64_t, std::int64_t>> weights_; ///< begin and size of each in [P]
    bool any_ = false, any_layer_ = false;
    Tensor values_; ///< [K, 1]: infinite where a member's are not clipped; undefined where no one's are
};

/// How members are put in order so that those which take the same steps lie together: equal for two specs
/// that one Optimizer can serve with one step size throughout.
std::string step_key(const RunSpec& spec);

/// One optimizer of the catalog for each run of members with the same step_key, next to each other, on their
/// rows of the weights. Thread: the trainer's.
class MemberSteps {
public:
    /// `like`: as EnsembleGradient::buffer() gives.
    MemberSteps(const EnsembleProblem& problem, const Tensor& like);
    ~MemberSteps();

    /// One step. `gradient` may be overwritten. `lr` and `taken` (0: what becomes of its weights does not
    /// matter): of each member.
    void step(Tensor& weights, Tensor& gradient, const std::vector<double>& lr,
              const std::vector<char>& taken);
    void keep(const std::vector<std::int64_t>& members);

private:
    struct Slice;
    std::vector<std::unique_ptr<Slice>> slices_;
};

} // namespace descent
