#include "core/engine/timing.h"

#include "core/base/format.h"
#include "core/engine/system.h"

#include <chrono>
#include <vector>

namespace descent {

double seconds_per_update(Experiment& experiment, int threads, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    use_threads(threads);
    const auto update = [&] { experiment.step(experiment.accumulate()); };
    update(); // warm-up
    const auto start = Clock::now();
    std::chrono::duration<double> took{};
    int updates = 0;
    do {
        update();
        ++updates;
        took = Clock::now() - start;
    } while (took.count() < 0.2 && updates < 200 && !stop.stop_requested());
    return took.count() / updates;
}

ThreadChoice fastest_threads(const Experiment& like, const Loading& loading) {
    constexpr double worthwhile = 0.9;
    Experiment trial(like.spec(), like.data());
    trial.plan().prepare({loading.stop, {}});
    const int cores = engine_info().cores;
    ThreadChoice choice;
    double best = 0;
    std::vector<int> numbers;
    for (int threads = 1; threads < cores; threads *= 2) numbers.push_back(threads);
    numbers.push_back(cores);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const int threads = numbers[i];
        loading.report(static_cast<double>(i) / static_cast<double>(numbers.size()),
                       "timing updates on " + counted(threads, "thread"));
        const double seconds = seconds_per_update(trial, threads, loading.stop);
        choice.line += (choice.line.empty() ? "an update takes " : ", ") + format_number(1000 * seconds, 3) +
                       " ms on " + counted(threads, "thread");
        if (threads > 1 && seconds > worthwhile * best) break;
        best = seconds;
        choice.threads = threads;
    }
    choice.line += choice.threads == 1 ? ": one thread is taken"
                                       : ": " + std::to_string(choice.threads) + " threads are taken";
    use_threads(1);
    return choice;
}

} // namespace descent
