#include "core/engine/session.h"

#include "core/engine/system.h"
#include "core/store/store.h"

namespace descent {

TrainingSession::TrainingSession(Start start, StoreWriter& store, BatchSink* live,
                                 std::shared_ptr<std::atomic_flag> busy)
    : experiment_(std::move(start.experiment))
    , record_(std::move(start.record))
    , trainer_(*experiment_, control_, {store, live}, record_.id, checkpoint_folder(store.path()))
    , busy_(std::move(busy))
    , threads_(start.threads) {
    if (!start.checkpoint.empty()) from_ = trainer_.restore(start.checkpoint).update;
    for (auto& line : start.log) trainer_.note(line.level, std::move(line.text));
    if (start.paused) control_.pause();
}

TrainingSession::~TrainingSession() {
    control_.stop(RunState::interrupted);
    wait();
}

void TrainingSession::begin() {
    thread_ = std::thread([this] {
        use_threads(threads_);
        trainer_.run();
        busy_->clear();
    });
}

RunState TrainingSession::wait() {
    const std::lock_guard lock(joining_);
    if (thread_.joinable()) thread_.join();
    return trainer_.state();
}

} // namespace descent
