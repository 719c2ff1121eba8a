#pragma once

#include "core/base/random.h"
#include "core/models/model.h"

#include <map>
#include <string>
#include <vector>

namespace descent {

/// Which examples each update sees, and in which variation, as the regime's batch_size, micro_batch, order,
/// balance and augmentation say. Thread: the trainer's.
class BatchPlan {
public:
    /// Keeps references to `train` and `model`. Draws from streams "order", "augmentation" and "dropout" of
    /// `seed`.
    BatchPlan(const Examples& train, const Variation* variation, const Model& model, std::int64_t classes,
              const ParamSet& regime, std::uint64_t seed);
    /// Draws a frozen set and cuts a whole one, which may take a while: apart from the constructor, so that a
    /// plan that is only asked for its sizes need not. next() sees to it where nobody did.
    void prepare(const Loading& loading);

    std::int64_t size() const { return set_.size(); } ///< examples in an epoch, frozen copies included
    bool whole_set() const { return batch_ >= size(); }
    /// Each update is trained on the training set as it is: what it evaluates is the training set's.
    bool plain() const { return fixed_ && !varied_ && !set_.masks.defined(); }
    std::int64_t updates_per_epoch() const; ///< the last mini-batch of an epoch may be short

    struct Batch {
        std::int64_t examples = 0, chunks = 0;
    };
    /// Moves on to the next update's examples.
    Batch next();
    /// They, in chunks of at most micro_batch. The whole set is cut and prepared once where it stays the
    /// same.
    Examples chunk(std::int64_t index) const;

    /// Where in the plan it stands, for checkpoints.
    std::map<std::string, std::string> state() const;
    void restore(const std::map<std::string, std::string>& state);

private:
    void begin_epoch();
    void draw_balanced();
    Tensor masks(std::int64_t first, std::int64_t count) const;

    Examples set_; // what is trained on: the training set, or its frozen copies
    const Variation* variation_;
    const Model& model_;
    std::uint64_t seed_;
    std::int64_t batch_, micro_batch_;
    std::string order_;
    bool balanced_, fresh_, frozen_, varied_;
    bool prepared_ = false;
    bool fixed_; // each update sees the same examples, the whole set
    bool drops_; // the model has dropout, drawn anew at each use
    RandomStream stream_;
    std::vector<Examples> fixed_chunks_;              // of the whole set, where each update sees the same
    std::vector<std::vector<std::int64_t>> by_class_; // for balanced draws
    std::string epoch_state_;                         // the stream's state when the epoch's order was drawn
    std::int64_t epoch_ = -1;                         // passes begun before this one
    std::vector<std::int64_t> permutation_;           // of this epoch
    std::int64_t begin_ = 0, end_ = 0;                // this update's examples within it
};

} // namespace descent
