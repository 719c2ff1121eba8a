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
    if (start.branch) {
        trainer_.remember(record_.changes);
        from_ = trainer_.branch(*start.branch).update;
    } else if (start.checkpoint.empty())
        trainer_.remember(record_.changes);
    else
        from_ = trainer_.restore(start.checkpoint, record_.changes, std::move(start.own)).update;
    for (auto& change : start.changes) control_.change(std::move(change));
    control_.set_breakpoints(std::move(start.breakpoints));
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

Result<void> TrainingSession::change(const std::string& path, const std::string& value) {
    auto checked = check_change({{}, path, value}, registry().catalog, record_.spec);
    if (!checked) return std::unexpected(checked.error());
    control_.change(std::move(*checked));
    return {};
}

Result<void> TrainingSession::set_breakpoints(const std::vector<std::string>& conditions) {
    auto parsed = parse_breakpoints(conditions);
    if (!parsed) return std::unexpected(parsed.error());
    control_.set_breakpoints(std::move(*parsed));
    return {};
}

Result<std::vector<Breakpoint>> parse_breakpoints(const std::vector<std::string>& conditions) {
    std::vector<Breakpoint> parsed;
    for (const auto& condition : conditions) {
        auto one = Breakpoint::parse(condition);
        if (!one) return std::unexpected(one.error());
        parsed.push_back(std::move(*one));
    }
    return parsed;
}

RunState TrainingSession::wait() {
    const std::lock_guard lock(joining_);
    if (thread_.joinable()) thread_.join();
    return trainer_.state();
}

} // namespace descent
