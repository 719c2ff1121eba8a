#include "tests/faults/kills.h"

#include "tests/store/store_testing.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

namespace descent::faults {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Printed {
    std::string key;
    double at = 0;
};

/// Ends a child by a signal so many seconds after arm(), on a thread; not where it has ended before.
class Killer {
public:
    Killer(pid_t pid, int signal, double after)
        : thread_([this, pid, signal, after](const std::stop_token& stop) {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return armed_.has_value(); })) return;
            changed_.wait_until(
                lock, stop,
                *armed_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(after)),
                [] { return false; });
            if (stop.stop_requested()) return;
            at = Clock::now();
            kill(pid, signal);
        }) {}
    void arm() {
        {
            const std::lock_guard lock(mutex_);
            if (!armed_) armed_ = Clock::now();
        }
        changed_.notify_all();
    }
    void cancel() {
        thread_.request_stop();
        thread_.join();
    }
    Clock::time_point at{}; ///< when it was; after cancel()

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<Clock::time_point> armed_;
    std::jthread thread_;
};

/// When to end it: so many seconds after its start, or after it has begun to train.
struct End {
    int signal = SIGKILL;
    double after = 0; ///< negative: never
    bool training = false;
};

struct Attempt {
    int code = 0;
    bool killed = false;
    double seconds = 0;
    std::string run;              ///< its UUID, once it was said
    std::vector<Printed> printed; ///< samples, with the time before the kill at which each was read
    std::string err;
};

Attempt attempt(const Lab& lab, std::vector<std::string> words, const End& end) {
    words.push_back("--json");
    const auto start = Clock::now();
    const auto child = lab.start(words);
    Killer killer(child->pid(), end.signal, end.after);
    if (end.after >= 0 && !end.training) killer.arm();
    std::vector<std::pair<std::string, Clock::time_point>> lines;
    while (auto line = child->next_line()) {
        if (end.after >= 0 && lines.empty()) killer.arm(); // the first line says that training begins
        lines.emplace_back(std::move(*line), Clock::now());
    }
    Attempt done;
    killer.cancel(); // it has closed its output: it is over, or will be at once
    done.code = child->wait();
    done.err = child->err();
    done.killed = done.code == 128 + SIGKILL;
    done.seconds = since(start);
    for (const auto& [line, at] : lines) {
        const bool starts = line.starts_with("{\"event\":\"started\"");
        if (!starts && !line.starts_with("{\"event\":\"sample\"")) continue;
        const auto sample = nlohmann::json::parse(line, nullptr, false);
        if (!sample.is_object()) continue; // the last one may be cut off
        if (starts) {
            done.run = sample.value("id", "");
            continue;
        }
        done.printed.push_back({sample.value("metric", "") + "@" + std::to_string(sample.value("update", 0L)),
                                std::chrono::duration<double>(killer.at - at).count()});
    }
    return done;
}

/// The age of the oldest printed sample that is not in the store.
double lost(const Attempt& done, const Kept& run) {
    double worst = 0;
    for (const auto& [key, age] : done.printed)
        if (!run.samples.contains(key) && !key.starts_with("throughput@") &&
            !key.starts_with("probes/share@"))
            worst = std::max(worst, age);
    return worst;
}

class Random {
public:
    explicit Random(std::uint64_t seed) : generator_(seed) {}
    double up_to(double most) { return std::uniform_real_distribution<>(0, most)(generator_); }
    bool one_in(int n) { return std::uniform_int_distribution<>(1, n)(generator_) == 1; }

private:
    std::mt19937_64 generator_;
};

std::vector<std::string> quiet(std::vector<std::string> words) {
    words.push_back("--quiet");
    return words;
}

Kept unbroken(const Recipe& recipe) {
    const Lab lab;
    if (const auto ended = lab.descent(quiet(recipe.words)); ended.code != 0)
        throw std::runtime_error(recipe.name + " cannot be trained: " + ended.described());
    return kept(lab.store()).back();
}

/// The first run of the store; none where it was killed before there was one.
std::optional<Kept> only_run(const Lab& lab) {
    auto runs = kept(lab.store());
    return runs.empty() ? std::nullopt : std::optional(std::move(runs.front()));
}

} // namespace

Killed kill_runs(const KillPlan& plan) {
    Killed all;
    Random random(plan.seed);
    const auto list = recipes(plan.scale);
    std::map<std::string, Kept> right;
    for (std::size_t turn = 0; all.kills < plan.kills && all.wrong.size() < 10; ++turn) {
        const auto& recipe = list[turn % list.size()];
        if (!right.contains(recipe.name)) right[recipe.name] = unbroken(recipe);
        const Lab lab;
        const auto wrong = [&](const std::string& why) {
            all.wrong.push_back(recipe.name + ", after " + std::to_string(all.kills) + " kills: " + why);
        };
        int kills = 0, asked = 0;
        for (;;) {
            const auto before = only_run(lab);
            if (before && before->state == "finished") break;
            const auto words = before ? std::vector<std::string>{"resume", before->uuid} : recipe.words;
            all.begun_anew += before && before->weights.empty() && kills > 0;
            // Now and then it is asked to stop instead, which leaves a checkpoint, so that it gets on; and
            // when there have been kills enough it is left alone.
            const bool asks = random.one_in(4);
            const bool leaves = all.kills >= plan.kills || kills >= 40;
            // Most while it trains, some while it begins, a few after checkpoints by time.
            const double longest = random.one_in(30) ? 12 : plan.longest;
            const double after = random.up_to(longest);
            const auto done =
                attempt(lab, words, {asks ? SIGTERM : SIGKILL, leaves ? -1 : after, !random.one_in(4)});
            all.kills += done.killed;
            kills += done.killed;
            asked += done.code == 130;
            all.terminated += done.code == 130;
            all.seconds += done.killed ? done.seconds : 0;
            const bool expected =
                done.killed || done.code == 130 || done.code == 0 || done.code == 128 + SIGTERM;
            if (!expected) {
                wrong("ended with code " + std::to_string(done.code) + ": " + done.err);
                break;
            }
            if (const auto found = soundness(lab.store()); found != "ok") {
                wrong(found);
                break;
            }
            if (const auto run = only_run(lab); run && done.killed) {
                const double age = lost(done, *run);
                all.worst_loss = std::max(all.worst_loss, age);
                all.beyond += age > 0.25;
            }
        }
        ++all.runs;
        const auto run = only_run(lab);
        if (!run) break;
        if (auto what = difference(*run, right[recipe.name]); !what.empty()) wrong(what);
        if (plan.verbose) {
            std::printf("%-14s %2d kills, %d times asked to stop: %zu samples, %zu tensors, %s\n",
                        recipe.name.c_str(), kills, asked, run->samples.size(), run->weights.size(),
                        all.wrong.empty() ? "equal" : all.wrong.back().c_str());
            std::fflush(stdout);
        }
    }
    return all;
}

namespace {

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    const auto folder = "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
    std::ifstream list(folder);
    for (pid_t child = 0; list >> child;) children.push_back(child);
    return children;
}

std::vector<std::string> sweep_words(double scale) {
    return {"sweep",
            "--task",
            "gaussian-mixture",
            "--regime",
            "sgd",
            "--updates",
            std::to_string(static_cast<int>(2000 * scale)),
            "--over",
            "model.hidden=64,96,128",
            "--seeds",
            "2",
            "--set",
            "regime.evaluate_every=10",
            "--set",
            "regime.record_every=4",
            "--jobs",
            "2",
            "--no-ensemble",
            "--name",
            "killed",
            "--progress",
            "json"};
}

/// By key; a key that has several finished runs, or one in another state, is said in `wrong`.
std::map<std::string, Kept> finished_by_key(const Lab& lab, std::string& wrong) {
    std::map<std::string, Kept> found;
    for (auto& run : kept(lab.store())) {
        if (run.state != "finished") wrong += run.name + " is left " + run.state + "; ";
        const auto key = run.key;
        if (!found.emplace(key, std::move(run)).second) wrong += "two runs of one cell; ";
    }
    return found;
}

bool ends_itself(pid_t pid) {
    for (int i = 0; i < 600; ++i) {
        if (kill(pid, 0) != 0) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

} // namespace

Killed kill_sweeps(const KillPlan& plan, double seconds) {
    Killed all;
    Random random(plan.seed);
    const auto words = sweep_words(plan.scale);
    const Lab whole;
    if (const auto ended = whole.descent(words); ended.code != 0)
        throw std::runtime_error("the sweep cannot be trained: " + ended.described());
    std::string wrong;
    const auto right = finished_by_key(whole, wrong);
    if (!wrong.empty() || right.size() != 6)
        throw std::runtime_error("the sweep is not as expected: " + wrong);
    const auto start = Clock::now();
    while (since(start) < seconds && all.wrong.size() < 10) {
        const Lab lab;
        int kills = 0;
        for (bool over = false; !over && all.wrong.empty();) {
            const bool leaves = since(start) >= seconds || kills >= 30;
            const bool known =
                testing::query(lab.store(), "SELECT count(*) FROM sqlite_master WHERE name = 'sweep'") ==
                    "1" &&
                testing::query(lab.store(), "SELECT count(*) FROM sweep") == "1";
            const auto child =
                lab.start(known ? std::vector<std::string>{"sweep", "--resume", "killed", "--jobs", "2",
                                                           "--no-ensemble", "--progress", "json"}
                                : words);
            bool killed_main = false;
            const double after = random.up_to(plan.longest);
            const int whom = random.one_in(2)   ? 0
                             : random.one_in(2) ? 1
                                                : 2; // a child, all, or only the parent
            std::jthread killer([&](const std::stop_token& stop) {
                const auto begun = Clock::now();
                while (since(begun) < after && !stop.stop_requested())
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                if (stop.stop_requested() || leaves) return;
                const auto workers = children_of(child->pid());
                if (whom == 0) {
                    if (workers.empty()) return;
                    kill(workers[random.one_in(2) ? 0 : workers.size() - 1], SIGKILL);
                } else {
                    killed_main = true;
                    kill(child->pid(), SIGKILL);
                    for (const pid_t worker : workers)
                        if (whom == 1) kill(worker, SIGKILL);
                }
                ++kills;
                for (const pid_t worker : workers)
                    if (whom == 2 && !ends_itself(worker)) all.wrong.push_back("a child outlived the sweep");
            });
            const int code = child->wait();
            killer.request_stop();
            killer.join();
            over = code == 0;
            const bool expected = code == 0 || code == 4 || (killed_main && code == 128 + SIGKILL);
            if (!expected)
                all.wrong.push_back("ended with code " + std::to_string(code) + ": " + child->err());
            if (const auto found = soundness(lab.store()); found != "ok") all.wrong.push_back(found);
        }
        all.kills += kills;
        ++all.runs;
        std::string odd;
        const auto found = finished_by_key(lab, odd);
        if (!odd.empty()) all.wrong.push_back(odd);
        for (const auto& [key, run] : right)
            if (!found.contains(key))
                all.wrong.push_back("a cell is missing");
            else if (auto what = difference(found.at(key), run); !what.empty())
                all.wrong.push_back(what);
        if (plan.verbose) {
            std::printf("sweep of %zu runs: %d kills, %s\n", right.size(), kills,
                        all.wrong.empty() ? "equal" : all.wrong.back().c_str());
            std::fflush(stdout);
        }
    }
    return all;
}

Killed kill_writers(const KillPlan& plan, double seconds) {
    const auto list = recipes(plan.scale);
    std::map<std::string, Kept> right;
    for (const auto& recipe : list) right[recipe.name] = unbroken(recipe);
    const Lab lab;
    Killed all;
    std::mutex mutex; // of `all`
    const auto start = Clock::now();
    std::atomic<bool> killed = false;
    // On a slow machine a short time may pass without a kill, which would show nothing.
    const auto goes_on = [&] { return since(start) < (killed ? seconds : 8 * seconds); };
    const auto writer = [&](std::size_t turn) {
        Random random(plan.seed * 2 + turn);
        for (; goes_on(); turn += 2) {
            const auto& recipe = list[turn % list.size()];
            std::string run;
            for (bool over = false; !over;) {
                const bool leaves = !goes_on() || random.one_in(4);
                const double after = random.up_to(2 * plan.longest);
                const auto done =
                    attempt(lab, run.empty() ? recipe.words : std::vector<std::string>{"resume", run},
                            {random.one_in(4) ? SIGTERM : SIGKILL, leaves ? -1 : after, !random.one_in(4)});
                if (run.empty()) run = done.run;
                const auto stored = run.empty() ? std::nullopt : kept(lab.store(), run);
                // One that was killed after its run was stored as finished has nothing left to go on with.
                over = done.code == 0 || (stored && stored->state == "finished");
                const auto sound = soundness(lab.store());
                const std::lock_guard lock(mutex);
                all.kills += done.killed;
                if (done.killed) killed = true;
                all.seconds += done.killed ? done.seconds : 0;
                all.terminated += done.code == 130;
                if (sound != "ok") all.wrong.push_back(sound);
                const bool expected = over || done.killed || done.code == 130 || done.code == 128 + SIGTERM;
                if (!expected)
                    all.wrong.push_back(recipe.name + " ended with code " + std::to_string(done.code) + ": " +
                                        done.err);
                if (done.killed && stored) {
                    const double age = lost(done, *stored);
                    all.worst_loss = std::max(all.worst_loss, age);
                    all.beyond += age > 0.25;
                }
                if (over && !stored) all.wrong.push_back(recipe.name + " is not in the store");
                if (over && stored)
                    if (auto what = difference(*stored, right[recipe.name]); !what.empty())
                        all.wrong.push_back(recipe.name + ": " + what);
                if (!all.wrong.empty()) return;
            }
            const std::lock_guard lock(mutex);
            ++all.runs;
            if (plan.verbose) {
                std::printf("%-14s equal\n", recipe.name.c_str());
                std::fflush(stdout);
            }
        }
    };
    std::jthread other([&] { writer(1); });
    writer(0);
    other.join();
    return all;
}

} // namespace descent::faults
