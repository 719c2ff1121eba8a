#include "app/cli/follow.h"

#include "app/cli/batch_queue.h"
#include "app/cli/command.h"

#include <exception>
#include <optional>
#include <stop_token>
#include <thread>

namespace descent::cli {

namespace {

constexpr auto kPatience = std::chrono::milliseconds(100);

int exit_code(RunState state) {
    switch (state) {
    case RunState::diverged:
        return Exit::diverged;
    case RunState::failed:
        return Exit::failed;
    case RunState::interrupted:
        return Exit::interrupted;
    default:
        return Exit::ok;
    }
}

/// Sets the queue to dropping on the way out, whatever the way: a trainer that waits for room would never be
/// joined.
struct DiscardAtEnd {
    BatchQueue& queue;
    ~DiscardAtEnd() { queue.discard(); }
};

} // namespace

bool data_is_usable(Engine& engine, const RunSpec& spec, ProgressLine& line, const InterruptWatch& watch) {
    const auto inspection =
        engine.inspect(spec, {.stop = watch.token(), .progress = [&](double share, const std::string& what) {
                                  line.show(share, what);
                              }});
    line.erase();
    if (watch.requested()) return false;
    unwrap(inspection);
    return true;
}

int follow(const Begin& begin, const StartOptions& options, bool resumed, StoreWriter& store,
           Reporter& reporter, const InterruptWatch& watch) {
    BatchQueue queue;
    StartOptions with_feed = options;
    with_feed.feed = &queue;
    with_feed.stop = watch.token();
    auto begun = begin(with_feed);
    if (!begun && watch.requested()) return Exit::interrupted; // while the data was read: nothing was stored
    const std::unique_ptr<Session> session = unwrap(std::move(begun));
    const DiscardAtEnd discard{queue};
    const std::stop_callback on_interrupt(watch.token(), [&] { session->stop(RunState::interrupted); });
    const std::jthread waiter([&] {
        session->wait();
        queue.close();
    });

    std::exception_ptr output_failed;
    const auto show = [&](auto&& body) {
        if (output_failed) return;
        try {
            body();
        } catch (...) { // BrokenPipe among them: nobody reads, so the run is kept for later
            output_failed = std::current_exception();
            session->stop(RunState::interrupted);
            queue.discard();
        }
    };

    std::unique_ptr<StoreReader> reader;
    show([&] {
        reader = unwrap(StoreReader::open(store.path()));
        reporter.know(reader->metrics(session->run()));
        reporter.started(unwrap(reader->run(session->run())), resumed);
    });
    std::string paused_by;
    while (const auto batches = queue.take(kPatience)) {
        for (const auto& batch : *batches)
            if (batch->state && batch->state->state == RunState::paused && !batch->state->reason.empty()) {
                paused_by = batch->state->reason;
                session->stop();
            }
        show([&] {
            for (const auto& batch : *batches) reporter.batch(*batch);
            if (batches->empty()) reporter.idle();
        });
    }

    const RunState state = session->wait();
    const auto kept = store.flush();
    if (output_failed) {
        try {
            std::rethrow_exception(output_failed);
        } catch (const BrokenPipe&) {
            return exit_code(state);
        }
    }
    RunRecord run = unwrap(reader->run(session->run()));
    if (!kept) { // the store knows no more than what it could still take
        run.state = RunState::failed;
        run.reason = kept.error().message +
                     "; what came before is kept, and once the store can be written again "
                     "descent resume " +
                     run.name + " goes on from there";
    }
    if (run.state == RunState::stopped && run.reason.empty()) run.reason = paused_by;
    try {
        reporter.finished(run);
    } catch (const BrokenPipe&) {
        return exit_code(run.state);
    }
    if (run.state == RunState::diverged || run.state == RunState::failed)
        complain(run.name +
                 (run.reason.empty() ? " " + std::string(to_string(run.state)) : ": " + run.reason));
    return exit_code(run.state);
}

} // namespace descent::cli
