// What the store's tests do in another process, so that it can be killed or starved:
//     store_child hold STORE           makes a run and waits to be killed
//     store_child push STORE           pushes three samples a millisecond until killed; `seconds` is the
//     shared clock store_child burst STORE N        pushes N batches of ten samples, then ends well
//     store_child flood STORE          pushes 50 updates of three samples a batch until killed
//     store_child starve STORE BYTES   may not let a file grow past BYTES: pushes until refused and says why
//     store_child prepare STORE        prepares the store and says how it went
//     store_child cramped STORE BYTES  the same, with no file past BYTES
// The first line printed is the run's id, unless something is wrong.

#include "tests/store/store_testing.h"

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace descent::testing {
namespace {

void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

std::shared_ptr<MetricBatch> batch_at(const RunId& run, std::int64_t update, std::uint32_t samples) {
    auto batch = batch_of(run);
    if (update == 1) {
        batch->metrics = example_metrics();
        for (std::uint32_t m = 3; m < samples; ++m)
            batch->metrics.push_back({m, "more/" + std::to_string(m)});
    }
    const double now = shared_clock();
    for (std::uint32_t m = 0; m < samples; ++m)
        batch->samples.push_back({m, Update{update}, Epoch{static_cast<double>(update)}, now, now});
    batch->progress = {Update{update}, Update{1'000'000'000}, Epoch{static_cast<double>(update)}, 0, {}};
    return batch;
}

int push(StoreWriter& writer, const RunId& run) {
    for (std::int64_t update = 1;; ++update) {
        if (!writer.push(batch_at(run, update, 3))) return 1;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

int flood(StoreWriter& writer, const RunId& run) {
    for (std::int64_t update = 1;; update += 50) {
        auto batch = batch_at(run, update, 3);
        for (std::int64_t more = update + 1; more < update + 50; ++more)
            for (std::uint32_t m = 0; m < 3; ++m)
                batch->samples.push_back(sample(m, more, static_cast<double>(more % 1000)));
        if (!writer.push(batch)) return 1;
    }
}

int burst(StoreWriter& writer, const RunId& run, std::int64_t batches) {
    for (std::int64_t update = 1; update <= batches; ++update)
        if (!writer.push(batch_at(run, update, 10))) return 1;
    auto last = batch_of(run);
    last->state = StateChange{RunState::finished, ""};
    return writer.push(last) && writer.flush() ? 0 : 1;
}

void limit_files(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
}

int starve(StoreWriter& writer, const RunId& run, rlim_t bytes) {
    limit_files(bytes);
    std::int64_t update = 1;
    while (update < 100'000 && writer.push(batch_at(run, update, 100))) {
        if (update % 50 == 0 && writer.flush()) say(std::to_string(update)); // promised to be there
        ++update;
    }
    say("refused");
    say(writer.failure());
    const auto edit = writer.apply({SetStar{run, true}});
    say(edit ? "accepted" : edit.error().message);
    return writer.push(batch_at(run, update, 3)) ? 1 : 0;
}

int main_of(const std::vector<std::string>& arguments) {
    const std::filesystem::path store = arguments.at(1);
    if (arguments.at(0) == "prepare" || arguments[0] == "cramped") {
        if (arguments[0] == "cramped") limit_files(std::stoull(arguments.at(2)));
        const auto prepared = prepare_store(store);
        say(refusal(prepared));
        return prepared ? 0 : 2;
    }
    const auto writer = must(StoreWriter::open(store));
    const RunId run = must(writer->create(example_run())).id;
    say(run.uuid);
    if (arguments[0] == "push") return push(*writer, run);
    if (arguments[0] == "flood") return flood(*writer, run);
    if (arguments[0] == "burst") return burst(*writer, run, std::stoll(arguments.at(2)));
    if (arguments[0] == "starve") return starve(*writer, run, std::stoull(arguments.at(2)));
    for (;;) pause();
}

} // namespace
} // namespace descent::testing

int main(int argc, char** argv) {
    try {
        return descent::testing::main_of({argv + 1, argv + argc});
    } catch (const std::exception& e) {
        descent::testing::say(e.what());
        return 3;
    }
}
