#include "tests/faults/calls.h"

#include "core/store/reader.h"
#include "core/store/store.h"
#include "tests/cli/child.h"
#include "tests/store/store_testing.h"

#include <algorithm>
#include <csignal>
#include <regex>
#include <sstream>

namespace descent::faults {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// Whatever differs from trial to trial taken out, for counting.
std::string pattern_of(std::string text) {
    text = std::regex_replace(text, std::regex("'[^']*/([^'/]*)'"), "'…/$1'");
    text = std::regex_replace(text, std::regex("[0-9a-f]{8}-[0-9a-f-]{20,}"), "UUID");
    text = std::regex_replace(text, std::regex("\\.[0-9a-f]{8}\\.tmp"), ".X.tmp");
    text = std::regex_replace(text, std::regex("[a-z]+-[a-z]+-[0-9]+"), "NAME");
    return std::regex_replace(text, std::regex("UUID-[0-9]+"), "UUID-N");
}

bool kills(const std::string& kind) {
    return kind == "exit" || kind == "torn" || kind.starts_with("power");
}

/// How the program may end: well, or with one line and a code, or by the layer's hand.
std::string bad_end(const Ended& ended, const std::string& kind) {
    const auto lines = lines_of(ended.err);
    if (ended.code == kDied) return kills(kind) ? "" : "died though no one ended it";
    if (ended.code == 0) return lines.empty() ? "" : "ended well and yet said " + ended.err;
    if (ended.code >= 128) return "ended by signal " + std::to_string(ended.code - 128);
    if (ended.code != 2 && ended.code != 4) return "ended with code " + std::to_string(ended.code);
    if (lines.size() != 1) return "said " + std::to_string(lines.size()) + " lines: " + ended.err;
    return "";
}

class Trials {
public:
    explicit Trials(std::string kind) : kind_(std::move(kind)) {}

    /// False where the fault was not reached any more.
    template<class Trial>
    bool one(const Lab& lab, std::int64_t at, Trial&& trial) {
        const Fault fault(lab, kind_, at);
        std::string why;
        try {
            why = trial(fault);
        } catch (const std::exception& e) {
            why = e.what();
        }
        const auto report = fault.report();
        if (report.fired == 0 && report.calls < at && why.empty()) return false;
        result.faults += report.fired;
        if (!why.empty())
            result.wrong.push_back(kind_ + " at call " + std::to_string(at) + " (" + report.what +
                                   "): " + why);
        return result.wrong.size() < 40; // enough to go by
    }
    void said(const Ended& ended) {
        if (!ended.err.empty()) ++result.said[pattern_of(ended.err.substr(0, ended.err.find('\n')))];
    }

    Tried result;
    std::string kind_;
};

std::string check_promises(const Lab& lab, const Ended& ended) {
    if (const auto found = soundness(lab.store()); found != "ok") return found;
    std::string run;
    std::int64_t promised = 0;
    for (const auto& line : lines_of(ended.out)) {
        if (line.starts_with("run ")) run = line.substr(4);
        if (line.starts_with("promised ")) promised = std::stoll(line.substr(9));
    }
    const auto opened = prepare_store(lab.store());
    if (!opened) return "cannot be opened again: " + opened.error().message;
    if (run.empty()) return "";
    const auto reader = testing::must(StoreReader::open(lab.store()));
    const auto record = testing::must(reader->run({run}));
    for (const auto& info : testing::example_metrics()) {
        const auto series = reader->series({run}, info.name);
        if (static_cast<std::int64_t>(series.size()) < promised)
            return info.name + " has " + std::to_string(series.size()) + " samples, " +
                   std::to_string(promised) + " were promised";
        for (std::size_t i = 0; i < series.size(); ++i)
            if (series[i].update.count != static_cast<std::int64_t>(i) + 1) return info.name + " has a hole";
    }
    if (!is_over(record.state)) return "is still " + std::string(to_string(record.state));
    const auto saved = reader->last_checkpoint({run});
    if (promised >= 8 && (!saved || saved->update.count < promised / 8 * 8))
        return "a checkpoint that was promised is not there";
    // It takes more.
    const auto writer = testing::must(StoreWriter::open(lab.store()));
    if (record.state != RunState::finished) testing::must(writer->reopen({run}, Update{promised}, 100));
    testing::push_value(*writer, {run}, 0, 1000, 1);
    testing::must(writer->flush());
    return "";
}

} // namespace

const std::vector<std::string>& kinds() {
    static const std::vector<std::string> all{"enospc", "enospc+", "eio",   "eio+",      "short",
                                              "exit",   "torn",    "power", "power-some"};
    return all;
}

Tried try_store_calls(const std::string& kind, std::int64_t first, std::int64_t step) {
    const Lab lab;
    Trials trials(kind);
    for (std::int64_t at = first;; at += step) {
        lab.clear();
        const bool more = trials.one(lab, at, [&](const Fault& fault) {
            test::Child child({program("fault_child"), lab.store().string()},
                              {.environment = fault.environment()});
            const int code = child.wait();
            const Ended ended{code, child.out(), child.err()};
            trials.said(ended);
            if (auto why = bad_end(ended, kind); !why.empty()) return why;
            if (kind == "short" && ended.code != 0) return "a short write was not gone on with: " + ended.err;
            return check_promises(lab, ended);
        });
        if (!more) return trials.result;
    }
}

namespace {

const std::vector<std::string> kSpec{"run",   "--task",          "gaussian-mixture", "--regime", "sgd",
                                     "--set", "model.hidden=16", "--threads",        "1"};

std::vector<std::string> spec(const std::string& epochs, const std::string& seed) {
    auto words = kSpec;
    words.insert(words.end(), {"--epochs", epochs, "--seed", seed});
    return words;
}

std::string last_name(const Lab& lab) {
    const auto runs = kept(lab.store());
    return runs.empty() ? "" : runs.back().uuid;
}

/// A store with a finished run and, where the scene needs one, one that was stopped in the middle.
void furnish(const Lab& lab, Scene scene) {
    const auto must_end = [](const Ended& ended, int code) {
        if (ended.code != code) throw std::runtime_error("cannot set the scene: " + ended.described());
    };
    if (scene != Scene::fresh) must_end(lab.descent(spec("3", "1")), 0);
    if (scene != Scene::resumed) return;
    auto words = spec("30", "0");
    words.insert(words.end(), {"--break", "train/loss < 100"}); // at the first look
    must_end(lab.descent(words), 0);
    if (kept(lab.store()).back().state != "stopped")
        throw std::runtime_error("cannot set the scene: not stopped");
}

} // namespace

Tried try_program_calls(Scene scene, const std::string& kind, std::int64_t first, std::int64_t step) {
    const Lab model, whole, lab;
    furnish(model, scene);
    whole.descent(spec("30", "0"));
    const auto unbroken = kept(whole.store()).back();
    const auto before = kept(model.store());
    const auto words =
        scene == Scene::resumed ? std::vector<std::string>{"resume", last_name(model)} : spec("30", "0");
    Trials trials(kind);
    for (std::int64_t at = first;; at += step) {
        lab.copy_from(model);
        const bool more = trials.one(lab, at, [&](const Fault& fault) -> std::string {
            const auto ended = lab.descent(words, fault.environment());
            trials.said(ended);
            if (auto why = bad_end(ended, kind); !why.empty()) return why;
            if (kind == "short" && ended.code != 0) return "a short write was not gone on with: " + ended.err;
            if (const auto found = soundness(lab.store()); found != "ok") return found;
            auto after = kept(lab.store());
            for (std::size_t i = 0; i < before.size() && scene != Scene::resumed; ++i)
                if (after.size() <= i || after[i].uuid != before[i].uuid)
                    return "a run that was there is gone";
                else if (auto what = difference(after[i], before[i]); !what.empty())
                    return "a run that was there has changed: " + what;
            if (after.size() > before.size() || scene == Scene::resumed) {
                if (auto what = not_a_beginning(after.back(), unbroken); !what.empty()) return what;
                if (ended.code == 0 && after.back().state != "finished")
                    return "ended well, and yet the run is " + after.back().state;
            }
            // Whatever was left is gone on with, or begun.
            const auto listed = lab.descent({"runs"});
            if (listed.code != 0) return "descent runs: " + listed.described();
            after = kept(lab.store());
            const bool there = after.size() > before.size() || scene == Scene::resumed;
            if (there && after.back().state == "running") return "the run is said to be running";
            if (!there || after.back().state != "finished") {
                const auto again =
                    lab.descent(there ? std::vector<std::string>{"resume", after.back().uuid} : words);
                if (again.code != 0)
                    return "going on (" + (there ? after.back().state : "anew") + "): " + again.described();
            }
            return difference(kept(lab.store()).back(), unbroken);
        });
        if (!more) return trials.result;
    }
}

} // namespace descent::faults
