#include "ui/state/sweep_cost.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <thread>

namespace descent::ui {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSettleMs = 400;
constexpr std::size_t kMeasured = 5;                ///< of each kind at most
constexpr auto kPatience = std::chrono::seconds(4); ///< after which no other one is begun

std::optional<double> secondsOf(Engine& engine, const std::vector<RunSpec>& program,
                                const std::stop_token& stop) {
    if (program.size() > 1) {
        const auto took = engine.time_ensemble(program, stop);
        return took && !stop.stop_requested() ? std::optional(*took) : std::nullopt;
    }
    const auto start = Clock::now();
    const auto read = engine.inspect(program.front(), {.stop = stop});
    const double reading = std::chrono::duration<double>(Clock::now() - start).count();
    if (!read || stop.stop_requested()) return std::nullopt;
    const auto timed = engine.inspect(program.front(), {.time_updates = true, .stop = stop});
    if (!timed || !timed->seconds_per_update || stop.stop_requested()) return std::nullopt;
    return reading + *timed->seconds_per_update * double(read->planned_updates);
}

/// The ends first, then what halves the gaps.
std::vector<std::size_t> spread(std::size_t count) {
    std::vector<std::size_t> places;
    for (const std::size_t quarter : std::array<std::size_t, kMeasured>{4, 0, 2, 1, 3})
        if (const auto place = quarter * (count - 1) / 4; std::ranges::count(places, place) == 0)
            places.push_back(place);
    return places;
}

/// Of each of `count` programs, from the known ones around it.
std::vector<double> between(const std::map<std::size_t, double>& known, std::size_t count) {
    std::vector<double> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto above = known.lower_bound(i);
        if (above == known.end()) {
            all.push_back(known.rbegin()->second);
        } else if (above == known.begin() || above->first == i) {
            all.push_back(above->second);
        } else {
            const auto below = std::prev(above);
            const double share = double(i - below->first) / double(above->first - below->first);
            all.push_back(below->second + share * (above->second - below->second));
        }
    }
    return all;
}

} // namespace

std::optional<double> sweepSeconds(Engine& engine, const SweepPrograms& programs, std::size_t jobs,
                                   const std::stop_token& stop) {
    double sum = 0, longest = 0;
    for (const bool alone : {false, true}) {
        std::vector<const std::vector<RunSpec>*> kind;
        for (const auto& program : programs)
            if ((program.size() == 1) == alone) kind.push_back(&program);
        if (kind.empty()) continue;
        std::map<std::size_t, double> known;
        const auto start = Clock::now();
        for (const auto place : spread(kind.size())) {
            if (stop.stop_requested()) return std::nullopt;
            if (!known.empty() && Clock::now() - start > kPatience) break;
            const auto took = secondsOf(engine, *kind[place], stop);
            if (!took) return std::nullopt;
            known[place] = *took;
        }
        for (const double took : between(known, kind.size())) {
            sum += took;
            longest = std::max(longest, took);
        }
    }
    if (sum == 0) return std::nullopt;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return std::max(longest, sum / double(std::max<std::size_t>(1, std::min(jobs, cores))));
}

SweepCost::SweepCost(QObject* parent) : QObject(parent) {
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, this, &SweepCost::measure);
}

SweepCost::~SweepCost() {
    stop_.request_stop();
}

void SweepCost::look(Engine& engine, SweepPrograms programs, std::size_t jobs) {
    if (engine_ == &engine && programs == programs_ && jobs == jobs_ && (seconds_ || measuring())) return;
    cancel();
    engine_ = &engine;
    programs_ = std::move(programs);
    jobs_ = jobs;
    if (!programs_.empty()) settle_.start();
}

void SweepCost::cancel() {
    settle_.stop();
    stop_.request_stop();
    programs_.clear();
    seconds_.reset();
}

void SweepCost::measure() {
    if (!working_.begin()) return; // what was cancelled is not back yet
    stop_ = {};
    inBackground(
        this,
        [engine = engine_, programs = programs_, jobs = jobs_, stop = stop_.get_token()] {
            return std::pair(stop, sweepSeconds(*engine, programs, jobs, stop));
        },
        [this](const std::pair<std::stop_token, std::optional<double>>& found) {
            const bool again = working_.end();
            if (again && !programs_.empty()) return measure();
            if (found.first.stop_requested()) return;
            seconds_ = found.second;
            Q_EMIT changed();
        });
}

} // namespace descent::ui
