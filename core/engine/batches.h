#pragma once

#include "core/base/random.h"
#include "core/base/run_spec.h"
#include "core/models/model.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Which examples each update sees, and in which variation, as the regime's batch_size, batch_schedule,
/// micro_batch, order, balance and augmentation say. Thread: the trainer's.
class BatchPlan {
public:
    /// Keeps references to `train` and `model`. Draws from streams "order", "blocks", "augmentation" and
    /// "dropout" of the spec's seed. Throws InputError where batch size, blocks and length do not go
    /// together.
    BatchPlan(const Examples& train, const Variation* variation, const Model& model, std::int64_t classes,
              const RunSpec& spec);
    /// Draws a frozen set and cuts a whole one, which may take a while: apart from the constructor, so that a
    /// plan that is only asked for its sizes need not. next() sees to it where nobody did.
    void prepare(const Loading& loading);

    std::int64_t size() const { return set_.size(); }   ///< examples in an epoch, frozen copies included
    std::int64_t batch_size() const { return batch_; }  ///< of the epoch in hand
    bool whole_set() const { return batch_ >= size(); } ///< likewise
    /// Each update is trained on the training set as it is: what it evaluates is the training set's.
    bool plain() const {
        return fixed() && !varied_ && !set_.masks.defined() && !(in_parts_ && model_.ties_examples());
    }
    std::int64_t updates_per_epoch() const { return updates_for(batch_); } ///< the last batch may be short

    double passes() const;       ///< over the set, made so far; fractional inside an epoch
    std::int64_t epochs() const; ///< of them whole ones
    bool between_epochs() const; ///< the next update begins an epoch
    /// Updates of the whole run, `done` of which have been made: from its budget and the batches to come.
    Update planned(Update done) const;
    /// The run's length in epochs, rounded up.
    std::int64_t planned_epochs(Update done) const;
    /// From the next epoch on, instead of the schedule; 0 is the whole set.
    void set_batch_size(std::int64_t examples);
    /// From now on, instead of the spec's. A batch size that grows over a share of the length goes on as it
    /// was planned.
    void set_length(const Budget& budget) { budget_ = budget; }
    /// Before the first update of a run that goes on from another's: passes are counted from `passes` on, and
    /// orders drawn from a stream of their own, named by `at`.
    void begin_after(std::int64_t passes, Update at);

    struct Batch {
        std::int64_t examples = 0, chunks = 0;
    };
    /// Moves on to the next update's examples.
    Batch next();
    /// They, in chunks: the regime's blocks where it uses them, else of at most micro_batch, or all in one
    /// where the model ties examples together. The whole set is cut and prepared once where it stays the
    /// same.
    Examples chunk(std::int64_t index) const;
    /// They, by their numbers in the training set: int64 [n].
    Tensor indices() const;

    /// Where in the plan it stands, cheap to take.
    struct Place {
        RandomStream stream; ///< when the epoch's order was drawn
        std::int64_t position, epoch, batch;
    };
    Place place() const { return {epoch_stream_, end_, epoch_, batch_}; }
    /// The same as text, for checkpoints.
    static std::map<std::string, std::string> to_text(const Place& place);
    std::map<std::string, std::string> state() const { return to_text(place()); }
    void restore(const std::map<std::string, std::string>& state);

private:
    std::int64_t updates_for(std::int64_t batch) const { return (size() + batch - 1) / batch; }
    std::int64_t batch_for(std::int64_t epoch) const;
    bool fixed() const {
        return may_fix_ && whole_set();
    } // each update sees the same examples, the whole set
    void begin_epoch();
    void begin_epoch_with(std::int64_t batch);
    void cut();
    void draw_order();
    void draw_balanced();
    Tensor masks(std::int64_t first, std::int64_t count) const;

    Examples set_; // what is trained on: the training set, or its frozen copies
    const Variation* variation_;
    const Model& model_;
    std::uint64_t seed_;
    Budget budget_;
    std::int64_t first_batch_, last_batch_; // examples, over which batch_schedule goes
    double growth_epochs_ = 0;              // until last_batch_ is reached; 0 without a schedule
    bool geometric_;
    std::int64_t micro_batch_;
    bool blocks_;   // chunks are blocks: their make-up matters
    bool in_parts_; // what becomes of a gradient depends on how the batch is cut
    std::string order_;
    bool balanced_, fresh_, frozen_, varied_;
    bool prepared_ = false;
    bool may_fix_; // nothing but the batch size makes one update's examples differ from the next's
    bool drops_;   // the model has dropout, drawn anew at each use
    RandomStream stream_;
    std::vector<Examples> fixed_chunks_;              // of the whole set, where each update sees the same
    std::vector<std::vector<std::int64_t>> by_class_; // for balanced draws
    RandomStream epoch_stream_;                       // the stream when the epoch's order was drawn
    bool moved_ = false;                              // the stream is no longer that one
    std::int64_t epoch_ = -1;                         // passes begun before this one
    std::int64_t batch_ = 0;                          // of this epoch
    std::optional<std::int64_t> chosen_batch_;        // by set_batch_size
    std::vector<std::int64_t> permutation_;           // of this epoch
    std::int64_t begin_ = 0, end_ = 0;                // this update's examples within it
};

} // namespace descent
