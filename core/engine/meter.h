#pragma once

#include "core/probes/probe.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// The run's instruments, and when each may look: so that together they take no more than the regime's
/// probe_share of the time that training takes, or every probe_every updates. The share is divided evenly, so
/// that a cheap one looks often and a dear one seldom. What they cost is timed; before the first look it is
/// reckoned from Instrument::cost. Thread: the trainer's.
class Meter {
public:
    /// Makes the instruments that the spec asks for; they declare their metrics.
    Meter(Experiment& experiment, Recorder& recorder);

    /// One more; it has declared its metrics.
    void add(std::string id, std::unique_ptr<Instrument> instrument);

    bool idle() const { return seats_.empty(); }
    /// Around each step, in this order. `trained`: seconds of training so far, the instruments' own time left
    /// out; `per_pass`: of a gradient over the training set.
    void before(const Lens& lens, double trained, double per_pass);
    void after(const Lens& lens);
    /// With each evaluation: the share of time taken so far.
    void record_share(double trained);
    void at_end(const Lens& lens, const std::function<bool()>& stop);
    /// For the run's log, a sentence for each instrument that will not come to look in a run of so many
    /// seconds: what it costs, and what would let it.
    std::vector<std::string> too_dear(double per_pass, double run_seconds) const;
    /// A sentence for each instrument that has thrown since the last call. It looks no more; training is none
    /// of its business and goes on.
    std::vector<std::string> take_failures() { return std::exchange(failures_, {}); }
    double seconds() const { return spent_; } ///< taken by the instruments so far

    std::vector<std::pair<std::string, Tensor>> state(); ///< "<instrument>/<name>"
    std::map<std::string, std::vector<double>> counters() const;
    void restore(const std::map<std::string, std::vector<double>>& counters);

private:
    struct Seat {
        std::string id;
        std::unique_ptr<Instrument> instrument;
        double spent = 0, looks = 0;
        bool looking = false; ///< between before() and after()
        bool waiting = false; ///< for the next update
        bool broken = false;  ///< has thrown
    };
    bool due(const Seat& seat, Update update, double trained, double per_pass) const;
    template<class F>
    void guard(Seat& seat, F&& look);
    template<class F>
    void timed(Seat& seat, F&& look);

    Recorder& recorder_;
    double share_;
    std::int64_t every_;
    std::vector<Seat> seats_;
    std::uint32_t share_metric_ = 0;
    double spent_ = 0;
    std::vector<std::string> failures_;
};

} // namespace descent
