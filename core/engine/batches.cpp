#include "core/engine/batches.h"

#include <charconv>
#include <numeric>

namespace descent {

BatchPlan::BatchPlan(const Examples& train, const Model& model, const ParamSet& regime, RandomStream order)
    : train_(train)
    , model_(model)
    , batch_(regime.integer("batch_size"))
    , micro_batch_(regime.integer("micro_batch"))
    , order_(regime.text("order"))
    , stream_(std::move(order)) {
    if (batch_ == 0 || batch_ > train.size()) batch_ = train.size();
    if (whole_set())
        chunks_ = model_.prepare(train_, micro_batch_);
    else
        begin_epoch();
}

std::int64_t BatchPlan::updates_per_epoch() const {
    return (train_.size() + batch_ - 1) / batch_;
}

void BatchPlan::begin_epoch() {
    epoch_state_ = stream_.state();
    position_ = 0;
    permutation_.resize(static_cast<std::size_t>(train_.size()));
    if (order_ == "replacement") {
        for (auto& index : permutation_)
            index = static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(train_.size())));
    } else {
        std::iota(permutation_.begin(), permutation_.end(), 0);
        if (order_ == "shuffled") stream_.shuffle(std::span(permutation_));
    }
}

const std::vector<Examples>& BatchPlan::next() {
    if (whole_set()) return chunks_;
    if (position_ >= train_.size()) begin_epoch();
    const auto end = std::min(train_.size(), position_ + batch_);
    chunks_.clear();
    for (; position_ < end; position_ = std::min(end, position_ + micro_batch_)) {
        const auto count = std::min(end - position_, micro_batch_);
        chunks_.push_back(train_.at(at::from_blob(permutation_.data() + position_, {count}, at::kLong)));
    }
    return chunks_;
}

std::map<std::string, std::string> BatchPlan::state() const {
    if (whole_set()) return {};
    return {{"order/stream", epoch_state_}, {"order/position", std::to_string(position_)}};
}

void BatchPlan::restore(const std::map<std::string, std::string>& state) {
    if (whole_set()) return;
    const auto stream = state.find("order/stream"), position = state.find("order/position");
    if (stream == state.end() || position == state.end())
        throw InputError("the checkpoint lacks the order of examples");
    stream_.restore(stream->second);
    begin_epoch();
    const auto& text = position->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), position_);
    if (read.ec != std::errc() || position_ < 0 || position_ > train_.size())
        throw InputError("the checkpoint's place in the epoch, '" + text +
                         "', is not one of this training set");
}

} // namespace descent
