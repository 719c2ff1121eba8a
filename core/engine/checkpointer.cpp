#include "core/engine/checkpointer.h"

#include "core/store/file_replacement.h"

#include <utility>

namespace descent {

namespace {

using namespace std::chrono_literals;
constexpr auto kEvery = 10s;
constexpr std::size_t kMostHeld = 64 << 20; // bytes of a copy; a larger one is written at once

} // namespace

Checkpointer::Checkpointer(Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes,
                           Meter& meter, RunId run, std::filesystem::path folder)
    : experiment_(experiment)
    , probes_(probes)
    , meter_(meter)
    , run_(std::move(run))
    , folder_(std::move(folder))
    , every_(experiment.regime().integer("checkpoint_every"))
    , best_loss_(Standing{}.best_loss) {}

void Checkpointer::restored(const Standing& standing, std::optional<CheckpointInfo> own) {
    best_loss_ = standing.best_loss;
    own_ = std::move(own);
}

void Checkpointer::before_evaluation(const Standing& standing) {
    if (own_ && own_->update == standing.update) return; // it is on the disk already
    auto known = standing;
    known.best_loss = best_loss_;
    moment_ = checkpoint_moment(known, experiment_, probes_, &meter_);
}

void Checkpointer::evaluated(Update at, Epoch epoch, double loss, bool last) {
    const bool best = loss < best_loss_;
    if (best) best_loss_ = loss;
    if (best) unwritten_ = false;
    if (own_ && own_->update == at) {
        own_->epoch = epoch;
        own_->loss = loss;
        own_->best = own_->best || best;
        written_.push_back(*own_);
    } else if (last) {
        final_loss_ = loss;
        final_best_ = best;
    } else if (best && moment_) {
        copy_.moment = std::exchange(moment_, {});
        copy_tensors(experiment_, &meter_, copy_.content);
        copy_.epoch = epoch;
        copy_.loss = loss;
        unwritten_ = true;
        std::size_t size = 0;
        for (const auto& tensor : copy_.content.tensors) size += tensor.data.size();
        if (size > kMostHeld) {
            save_best();
            copy_ = {};
        }
    }
    if (!last) moment_.reset(); // else it is what save() writes
}

bool Checkpointer::due() const {
    const auto& plan = experiment_.plan();
    if (every_ > 0 && plan.between_epochs() && plan.epochs() % every_ == 0) return true;
    return Clock::now() - last_time_ >= kEvery;
}

std::string Checkpointer::name_at(Update update) const {
    return run_.uuid + "-" + std::to_string(update.count) + ".safetensors";
}

CheckpointInfo Checkpointer::write(TensorFile& content, const CheckpointMoment& moment, Epoch epoch) const {
    make_folder(folder_);
    content.metadata = checkpoint_metadata(moment, experiment_.model(), run_);
    const auto update = moment.standing.update;
    CheckpointInfo info{.update = update, .file = name_at(update), .epoch = epoch};
    auto [bytes, sha256] = write_hashed_tensor_file(folder_ / info.file, content);
    info.bytes = bytes;
    info.sha256 = std::move(sha256);
    return info;
}

void Checkpointer::save_best() {
    if (!std::exchange(unwritten_, false)) return;
    auto info = write(copy_.content, *copy_.moment, copy_.epoch);
    info.loss = copy_.loss;
    info.best = true;
    written_.push_back(std::move(info));
}

void Checkpointer::save(Standing standing, Epoch epoch) {
    save_best();
    last_time_ = Clock::now();
    if (own_ && own_->update == standing.update) return;
    standing.best_loss = best_loss_;
    // Of the last evaluation it holds nothing: a longer run would not have made it here.
    if (!moment_) moment_ = checkpoint_moment(standing, experiment_, probes_, &meter_);
    TensorFile content;
    copy_tensors(experiment_, &meter_, content);
    auto info = write(content, *std::exchange(moment_, {}), epoch);
    info.loss = std::exchange(final_loss_, {});
    info.best = info.loss && std::exchange(final_best_, false);
    own_ = info;
    written_.push_back(std::move(info));
    last_time_ = Clock::now();
}

} // namespace descent
