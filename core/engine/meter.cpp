#include "core/engine/meter.h"

#include "core/base/format.h"
#include "core/engine/experiment.h"
#include "core/engine/failure.h"

namespace descent {

Meter::Meter(Experiment& experiment, Recorder& recorder)
    : recorder_(recorder)
    , share_(experiment.regime().real("probe_share"))
    , every_(experiment.regime().integer("probe_every")) {
    for (const auto& definition : registry().instruments)
        if (auto instrument = definition.make(experiment.spec(), experiment, recorder))
            seats_.push_back({definition.id, std::move(instrument)});
    if (!seats_.empty()) share_metric_ = recorder.declare("probes/share");
}

void Meter::add(std::string id, std::unique_ptr<Instrument> instrument) {
    if (seats_.empty()) share_metric_ = recorder_.declare("probes/share");
    seats_.push_back({std::move(id), std::move(instrument)});
}

template<class F>
void Meter::guard(Seat& seat, F&& look) {
    if (seat.broken) return;
    const auto why = failure_of(look, "out of memory; a smaller probe_examples needs less");
    if (!why) return;
    seat.broken = true;
    failures_.push_back(seat.id + " failed and is measured no more; training goes on: " + *why);
}

template<class F>
void Meter::timed(Seat& seat, F&& look) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    guard(seat, look);
    const double took = std::chrono::duration<double>(Clock::now() - start).count();
    seat.spent += took;
    spent_ += took;
}

bool Meter::due(const Seat& seat, Update update, double trained, double per_pass) const {
    if (seat.broken) return false;
    if (every_ > 0) return update.count % every_ == 0;
    const double one = seat.looks > 0 ? seat.spent / seat.looks : seat.instrument->cost() * per_pass;
    // Within its own part, and all together within the whole: another's first look may have cost more than
    // reckoned.
    return seat.spent + one <= share_ * trained / static_cast<double>(seats_.size()) &&
           spent_ + one <= share_ * trained;
}

std::vector<std::string> Meter::too_dear(double per_pass, double run_seconds) const {
    std::vector<std::string> all;
    for (const auto& seat : seats_) {
        const double one = seat.instrument->cost() * per_pass;
        const double first = one * static_cast<double>(seats_.size()) / share_;
        if (every_ > 0 || seat.looks > 0 || first <= run_seconds) continue;
        all.push_back(seat.id + " will hardly be measured: a look takes about " + format_duration(one) +
                      ", and probe_share = " + format_number(share_) + " allows the first after " +
                      format_duration(first) + "; a larger share, or probe_every, lets it look");
    }
    return all;
}

void Meter::before(const Lens& lens, double trained, double per_pass) {
    for (auto& seat : seats_) {
        if (std::exchange(seat.waiting, false)) timed(seat, [&] { seat.instrument->next(lens, recorder_); });
        seat.looking = due(seat, lens.update, trained, per_pass);
        if (!seat.looking) continue;
        timed(seat, [&] { seat.instrument->before(lens, recorder_); });
        ++seat.looks;
    }
}

void Meter::after(const Lens& lens) {
    for (auto& seat : seats_) {
        if (!std::exchange(seat.looking, false)) continue;
        timed(seat, [&] { seat.instrument->after(lens, recorder_); });
        seat.waiting = true;
    }
}

void Meter::record_share(double trained) {
    if (!idle() && trained > 0) recorder_.record(share_metric_, spent_ / trained);
}

void Meter::at_end(const Lens& lens, const std::function<bool()>& stop) {
    for (auto& seat : seats_) guard(seat, [&] { seat.instrument->at_end(lens, recorder_, stop); });
}

std::vector<std::pair<std::string, Tensor>> Meter::state() {
    std::vector<std::pair<std::string, Tensor>> all;
    for (auto& seat : seats_)
        for (auto& [name, tensor] : seat.instrument->state()) all.emplace_back(seat.id + "/" + name, tensor);
    return all;
}

std::map<std::string, std::vector<double>> Meter::counters() const {
    std::map<std::string, std::vector<double>> all;
    for (const auto& seat : seats_)
        all["instrument/" + seat.id] = {seat.spent, seat.looks, seat.waiting ? 1.0 : 0.0};
    return all;
}

void Meter::restore(const std::map<std::string, std::vector<double>>& counters) {
    for (auto& seat : seats_) {
        const auto found = counters.find("instrument/" + seat.id);
        if (found == counters.end()) continue;
        seat.spent = found->second.at(0);
        seat.looks = found->second.at(1);
        seat.waiting = found->second.at(2) != 0;
        spent_ += seat.spent;
    }
}

} // namespace descent
