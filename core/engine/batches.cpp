#include "core/engine/batches.h"

#include <charconv>
#include <numeric>

namespace descent {

BatchPlan::BatchPlan(const Examples& train, const Variation* variation, const Model& model,
                     std::int64_t classes, const ParamSet& regime, std::uint64_t seed)
    : set_(train)
    , variation_(variation)
    , model_(model)
    , seed_(seed)
    , batch_(regime.integer("batch_size"))
    , micro_batch_(regime.integer("micro_batch"))
    , order_(regime.text("order"))
    , balanced_(regime.text("balance") == "bootstrap")
    , fresh_(regime.text("augmentation") == "fresh")
    , frozen_(regime.text("augmentation") == "frozen")
    , varied_(frozen_ && variation)
    , stream_(seed, "order") {
    if (varied_) set_.labels = train.labels.repeat({variation_->copies()}); // the inputs follow in prepare()
    if (batch_ == 0 || batch_ > size()) batch_ = size();
    if (balanced_) {
        by_class_.resize(static_cast<std::size_t>(classes));
        const auto* label = set_.labels.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < size(); ++i) by_class_[static_cast<std::size_t>(label[i])].push_back(i);
        std::erase_if(by_class_, [](const auto& members) { return members.empty(); });
    }
    RandomStream any(seed, "dropout");
    drops_ = fresh_ && model_.draw_masks(1, any).defined();
    const bool chance = drops_ || (fresh_ && variation_);
    fixed_ = whole_set() && !balanced_ && !chance;
    if (!fixed_) begin_epoch();
}

void BatchPlan::prepare(const Loading& loading) {
    if (prepared_) return;
    if (varied_) set_.inputs = variation_->frozen(seed_, loading);
    if (frozen_) {
        RandomStream dropout(seed_, "dropout");
        set_.masks = model_.draw_masks(size(), dropout);
    }
    if (fixed_) fixed_chunks_ = model_.prepare(set_, micro_batch_);
    prepared_ = true;
}

std::int64_t BatchPlan::updates_per_epoch() const {
    return (size() + batch_ - 1) / batch_;
}

void BatchPlan::draw_balanced() {
    for (auto& index : permutation_) {
        const auto& members = by_class_[stream_.below(by_class_.size())];
        index = members[stream_.below(members.size())];
    }
}

void BatchPlan::begin_epoch() {
    epoch_state_ = stream_.state();
    ++epoch_;
    end_ = 0;
    permutation_.resize(static_cast<std::size_t>(size()));
    if (balanced_) {
        draw_balanced();
    } else if (order_ == "replacement") {
        for (auto& index : permutation_)
            index = static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(size())));
    } else {
        std::iota(permutation_.begin(), permutation_.end(), 0);
        if (order_ == "shuffled") stream_.shuffle(std::span(permutation_));
    }
}

BatchPlan::Batch BatchPlan::next() {
    prepare({});
    if (fixed_) return {size(), std::ssize(fixed_chunks_)};
    if (end_ >= size()) begin_epoch();
    begin_ = end_;
    end_ = std::min(size(), begin_ + batch_);
    return {end_ - begin_, (end_ - begin_ + micro_batch_ - 1) / micro_batch_};
}

Examples BatchPlan::chunk(std::int64_t index) const {
    if (fixed_) return fixed_chunks_[static_cast<std::size_t>(index)];
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

Tensor BatchPlan::masks(std::int64_t first, std::int64_t count) const {
    RandomStream dropout(seed_, "dropout/" + std::to_string(epoch_) + "/" + std::to_string(first));
    return model_.draw_masks(count, dropout);
}

std::map<std::string, std::string> BatchPlan::state() const {
    if (fixed_) return {};
    return {{"order/stream", epoch_state_},
            {"order/position", std::to_string(end_)},
            {"order/epoch", std::to_string(epoch_)}};
}

void BatchPlan::restore(const std::map<std::string, std::string>& state) {
    if (fixed_) return;
    const auto stream = state.find("order/stream"), position = state.find("order/position");
    if (stream == state.end() || position == state.end())
        throw InputError("the checkpoint lacks the order of examples");
    const auto number = [&](const std::string& text, std::int64_t most) {
        std::int64_t value = -1;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc() || value < 0 || value > most)
            throw InputError("the checkpoint's place in the epoch, '" + text +
                             "', is not one of this training set");
        return value;
    };
    stream_.restore(stream->second);
    const auto epoch = state.find("order/epoch");
    epoch_ = epoch == state.end() ? -1 : number(epoch->second, std::numeric_limits<std::int64_t>::max()) - 1;
    begin_epoch();
    end_ = number(position->second, size());
}

} // namespace descent
