#pragma once

#include "core/base/random.h"
#include "core/models/model.h"

#include <map>
#include <string>
#include <vector>

namespace descent {

/// Which examples each update sees, as the regime's batch_size, micro_batch and order say. Thread: the
/// trainer's.
class BatchPlan {
public:
    /// Keeps references to `train` and `model`.
    BatchPlan(const Examples& train, const Model& model, const ParamSet& regime, RandomStream order);

    bool whole_set() const { return batch_ >= train_.size(); }
    std::int64_t updates_per_epoch() const; ///< the last mini-batch of an epoch may be short
    /// The next update's examples in chunks of at most micro_batch. The whole set is cut and prepared once.
    const std::vector<Examples>& next();

    /// Where in the plan it stands, for checkpoints.
    std::map<std::string, std::string> state() const;
    void restore(const std::map<std::string, std::string>& state);

private:
    void begin_epoch();

    const Examples& train_;
    const Model& model_;
    std::int64_t batch_, micro_batch_;
    std::string order_;
    RandomStream stream_;
    std::string epoch_state_;               // the stream's state when the epoch's order was drawn
    std::vector<std::int64_t> permutation_; // of this epoch
    std::int64_t position_ = 0;             // examples of this epoch already used
    std::vector<Examples> chunks_;
};

} // namespace descent
