#include "core/engine/batches.h"

#include "core/base/format.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace descent {

namespace {

/// The regime looks at the gradients of blocks, and so at which examples are in which.
bool uses_blocks(const ParamSet& regime) {
    const auto& kind = regime.text("noise_kind");
    return regime.real("penalty") > 0 ||
           (regime.real("noise") > 0 && (kind == "diagonal" || kind == "mini-batch"));
}

std::int64_t of_size(std::int64_t batch, std::int64_t size) {
    return batch == 0 || batch > size ? size : batch;
}

} // namespace

BatchPlan::BatchPlan(const Examples& train, const Variation* variation, const Model& model,
                     std::int64_t classes, const RunSpec& spec)
    : set_(train)
    , variation_(variation)
    , model_(model)
    , seed_(spec.seed)
    , budget_(spec.budget)
    , geometric_(spec.regime.params.text("batch_schedule") == "geometric")
    , micro_batch_(spec.regime.params.integer("micro_batch"))
    , blocks_(uses_blocks(spec.regime.params))
    , in_parts_(blocks_ || spec.regime.params.text("clip_at") == "micro-batch")
    , order_(spec.regime.params.text("order"))
    , balanced_(spec.regime.params.text("balance") == "bootstrap")
    , fresh_(spec.regime.params.text("augmentation") == "fresh")
    , frozen_(spec.regime.params.text("augmentation") == "frozen")
    , varied_(frozen_ && variation)
    , stream_(spec.seed, "order")
    , epoch_stream_(stream_) {
    const auto& regime = spec.regime.params;
    if (varied_) set_.labels = train.labels.repeat({variation_->copies()}); // the inputs follow in prepare()
    first_batch_ = last_batch_ = of_size(regime.integer("batch_size"), size());
    if (regime.text("batch_schedule") != "constant") {
        if (!budget_.epochs)
            throw InputError("regime.batch_schedule: expected a length in epochs, not in updates");
        last_batch_ = of_size(regime.integer("batch_end"), size());
        growth_epochs_ = regime.real("batch_growth") * static_cast<double>(*budget_.epochs);
    }
    if (blocks_) {
        if (const auto block = regime.integer("block"); block > 0) micro_batch_ = block;
        if (regime.real("noise") > 0 && 2 * micro_batch_ > std::min(first_batch_, last_batch_))
            throw InputError("regime.block = " + std::to_string(micro_batch_) +
                             ": noise of this kind needs at "
                             "least two blocks in a batch of " +
                             format_count(std::min(first_batch_, last_batch_)) + " examples");
    }
    if (const auto best = model_.at_once();
        best > 0 && !in_parts_ && regime.text("reduction") != "sum-of-means")
        micro_batch_ = std::min(micro_batch_, best);
    if (model_.ties_examples()) {
        if (!in_parts_) micro_batch_ = std::max<std::int64_t>(1, size());
        if (const auto least = std::min({first_batch_, last_batch_, micro_batch_}); least < 2 && size() > 1)
            throw InputError("batch norm over batches of one example, "
                             "which have no spread; expected regime.batch_size, "
                             "block and micro_batch of at least 2");
    }
    if (balanced_) {
        if (classes == 0)
            throw InputError("regime.balance = bootstrap: this task has no classes; expected none");
        by_class_.resize(static_cast<std::size_t>(classes));
        const auto* label = set_.labels.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < size(); ++i) by_class_[static_cast<std::size_t>(label[i])].push_back(i);
        std::erase_if(by_class_, [](const auto& members) { return members.empty(); });
    }
    RandomStream any(seed_, "dropout");
    drops_ = fresh_ && model_.draw_masks(1, any).defined();
    const bool chance = drops_ || (fresh_ && variation_);
    const bool reshuffled = blocks_ && regime.flag("reshuffle_blocks");
    if (reshuffled) order_ = "shuffled";
    may_fix_ = !balanced_ && !chance && !reshuffled;
    begin_epoch();
}

void BatchPlan::prepare(const Loading& loading) {
    if (prepared_) return;
    if (varied_) set_.inputs = variation_->frozen(seed_, loading);
    if (frozen_) {
        RandomStream dropout(seed_, "dropout");
        set_.masks = model_.draw_masks(size(), dropout);
    }
    prepared_ = true;
    if (fixed()) cut();
}

/// Once, for all updates on the whole set.
void BatchPlan::cut() {
    if (!fixed_chunks_.empty()) return;
    if (!blocks_) {
        fixed_chunks_ = model_.prepare(set_, micro_batch_);
        return;
    }
    // A set may lie sorted by class; a block is to be a sample of it.
    auto order = at::arange(size(), at::kLong);
    RandomStream random(seed_, "blocks");
    random.shuffle(std::span(order.data_ptr<std::int64_t>(), static_cast<std::size_t>(size())));
    for (std::int64_t begin = 0; begin < size(); begin += micro_batch_) {
        const auto part = set_.at(order.slice(0, begin, std::min(size(), begin + micro_batch_)));
        for (auto& chunk : model_.prepare(part, micro_batch_)) fixed_chunks_.push_back(std::move(chunk));
    }
}

std::int64_t BatchPlan::batch_for(std::int64_t epoch) const {
    if (chosen_batch_) return *chosen_batch_;
    if (growth_epochs_ <= 0 || epoch <= 0) return first_batch_;
    // The last epoch of the growth has reached the end.
    const double share = std::min(1.0, static_cast<double>(epoch) / std::max(1.0, growth_epochs_ - 1));
    const auto first = static_cast<double>(first_batch_), last = static_cast<double>(last_batch_);
    const double batch = geometric_ ? first * std::pow(last / first, share) : first + (last - first) * share;
    return std::clamp(std::llround(batch), 1LL, static_cast<long long>(size()));
}

double BatchPlan::passes() const {
    const auto made = (end_ + batch_ - 1) / batch_;
    return static_cast<double>(epoch_) + static_cast<double>(made) / static_cast<double>(updates_per_epoch());
}

std::int64_t BatchPlan::epochs() const {
    return epoch_ + (end_ >= size() ? 1 : 0);
}

bool BatchPlan::between_epochs() const {
    return end_ == 0 || end_ >= size();
}

Update BatchPlan::planned(Update done) const {
    if (budget_.updates) return {*budget_.updates};
    const auto length = budget_.epochs.value_or(1);
    const auto left_here = updates_per_epoch() - (end_ + batch_ - 1) / batch_;
    auto all = done.count + left_here;
    if (growth_epochs_ <= 0 || chosen_batch_)
        return {all + std::max<std::int64_t>(0, length - epoch_ - 1) * updates_for(batch_for(epoch_ + 1))};
    for (auto epoch = epoch_ + 1; epoch < length; ++epoch) all += updates_for(batch_for(epoch));
    return {all};
}

std::int64_t BatchPlan::planned_epochs(Update done) const {
    if (budget_.epochs) return *budget_.epochs;
    const auto left = std::max<std::int64_t>(0, planned(done).count - done.count);
    const auto per = updates_for(batch_for(epoch_ + 1));
    const auto here = std::min(left, updates_per_epoch() - (end_ + batch_ - 1) / batch_);
    return epoch_ + 1 + (left - here + per - 1) / per;
}

void BatchPlan::set_batch_size(std::int64_t examples) {
    chosen_batch_ = of_size(examples, size());
    if (end_ == 0) begin_epoch_with(*chosen_batch_);
}

void BatchPlan::draw_balanced() {
    for (auto& index : permutation_) {
        const auto& members = by_class_[stream_.below(by_class_.size())];
        index = members[stream_.below(members.size())];
    }
}

void BatchPlan::begin_epoch() {
    ++epoch_;
    end_ = 0;
    batch_ = batch_for(epoch_);
    // Not where each update is an epoch that draws nothing: a stream is large.
    if (std::exchange(moved_, false)) epoch_stream_ = stream_;
    if (!fixed()) draw_order();
}

/// The epoch that has just begun, with another batch size.
void BatchPlan::begin_epoch_with(std::int64_t batch) {
    stream_ = epoch_stream_;
    moved_ = false;
    batch_ = batch;
    if (!fixed()) draw_order();
}

void BatchPlan::begin_after(std::int64_t passes, Update at) {
    stream_ = epoch_stream_ = RandomStream(seed_, "order/from/" + std::to_string(at.count));
    moved_ = false;
    epoch_ = passes - 1;
    begin_epoch();
}

void BatchPlan::draw_order() {
    moved_ = true;
    permutation_.resize(static_cast<std::size_t>(size()));
    if (balanced_) {
        draw_balanced();
    } else if (order_ == "replacement") {
        for (auto& index : permutation_)
            index = static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(size())));
    } else {
        std::iota(permutation_.begin(), permutation_.end(), 0);
        RandomStream once(seed_, "order");
        if (order_ != "fixed") (order_ == "once" ? once : stream_).shuffle(std::span(permutation_));
    }
}

BatchPlan::Batch BatchPlan::next() {
    prepare({});
    if (end_ >= size()) begin_epoch();
    if (fixed()) {
        cut();
        begin_ = 0;
        end_ = size();
        return {size(), std::ssize(fixed_chunks_)};
    }
    begin_ = end_;
    end_ = std::min(size(), begin_ + batch_);
    return {end_ - begin_, (end_ - begin_ + micro_batch_ - 1) / micro_batch_};
}

Examples BatchPlan::chunk(std::int64_t index) const {
    if (fixed()) return fixed_chunks_[static_cast<std::size_t>(index)];
    const auto first = begin_ + index * micro_batch_;
    const auto count = std::min(end_ - first, micro_batch_);
    const auto indices =
        at::from_blob(const_cast<std::int64_t*>(permutation_.data()) + first, {count}, at::kLong);
    auto examples = fresh_ && variation_
                        ? Examples{.inputs = variation_->fresh(indices, seed_, epoch_, first),
                                   .labels = set_.labels.index_select(0, indices)}
                        : set_.at(indices);
    if (drops_) examples.masks = masks(first, count);
    return examples;
}

Tensor BatchPlan::indices() const {
    if (fixed()) return at::arange(size(), at::kLong);
    return at::from_blob(const_cast<std::int64_t*>(permutation_.data()) + begin_, {end_ - begin_}, at::kLong);
}

Tensor BatchPlan::masks(std::int64_t first, std::int64_t count) const {
    RandomStream dropout(seed_, "dropout/" + std::to_string(epoch_) + "/" + std::to_string(first));
    return model_.draw_masks(count, dropout);
}

std::map<std::string, std::string> BatchPlan::to_text(const Place& place) {
    return {{"order/stream", place.stream.state()},
            {"order/position", std::to_string(place.position)},
            {"order/epoch", std::to_string(place.epoch)},
            {"order/batch", std::to_string(place.batch)}};
}

void BatchPlan::restore(const std::map<std::string, std::string>& state) {
    const auto number = [&](const std::string& key, std::int64_t otherwise, std::int64_t most) {
        const auto found = state.find(key);
        if (found == state.end()) return otherwise;
        const auto& text = found->second;
        std::int64_t value = -1;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc() || value < 0 || value > most)
            throw InputError("the checkpoint's place in the epoch, '" + text +
                             "', is not one of this training set");
        return value;
    };
    constexpr auto any = std::numeric_limits<std::int64_t>::max();
    const bool placed = state.contains("order/stream") && state.contains("order/position");
    if (!placed && !fixed()) throw InputError("the checkpoint lacks the order of examples");
    if (placed) stream_.restore(state.at("order/stream"));
    moved_ = true;
    // A checkpoint of a full-batch run by an earlier version: one update an epoch.
    epoch_ = number("order/epoch", placed ? 0 : number("update", 0, any), any) - 1;
    begin_epoch();
    // Another size may have been chosen for the next epoch.
    if (const auto batch = number("order/batch", batch_, size()); batch != batch_ && batch > 0)
        begin_epoch_with(batch);
    end_ = number("order/position", 0, size());
}

} // namespace descent
