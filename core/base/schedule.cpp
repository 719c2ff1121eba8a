#include "core/base/schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

namespace descent {

namespace {

/// Half a cosine from `from` at 0 to `to` at 1.
double cosine(double from, double to, double share) {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

// torch.optim.lr_scheduler.OneCycleLR's defaults: it starts at peak/25 and ends at that/1e4.
constexpr double kOneCycleStart = 1.0 / 25, kOneCycleEnd = kOneCycleStart / 1e4;

} // namespace

ParamTable schedule_params() {
    const char* const section = "Schedule";
    return {
        choice(
            "schedule", "constant",
            {"constant", "step", "multi-step", "exponential", "cosine", "one-cycle", "polynomial", "plateau"},
            "How the step size goes on after the warm-up, as a factor on the optimizer's lr")
            .under(section),
        choice("schedule_unit", "epoch", {"epoch", "update"},
               "What the lengths below are counted in; by epoch the step size holds for a whole epoch")
            .under(section),
        integer("warmup", 0, "Length of the linear warm-up; 0 for none").at_least(0).under(section),
        real("warmup_start", 0, "Factor that the warm-up starts from (0: the first step has length 0)")
            .at_least(0)
            .at_most(1)
            .under(section),
        integer("period", 0,
                "cosine, polynomial: length until the floor is reached, 0 for the rest of the run")
            .at_least(0)
            .under(section),
        integer("every", 30, "step: length between two decays").at_least(1).under(section),
        text("milestones", "30, 60, 80", "multi-step: when to decay, in rising order").under(section),
        real("gamma", 0.1, "step, multi-step, exponential, plateau: what each decay multiplies with")
            .above(0)
            .at_most(1)
            .log()
            .under(section),
        real("power", 1, "polynomial: exponent; 1 is a straight line").above(0).under(section),
        real("floor", 0, "cosine, polynomial, plateau: least factor").at_least(0).at_most(1).under(section),
        real("peak_at", 0.3, "one-cycle: share of the run at which the step size peaks")
            .above(0)
            .below(1)
            .under(section),
        integer("plateau_patience", 10, "plateau: evaluations without a better training loss before a decay")
            .at_least(0)
            .in("evaluations")
            .under(section),
        real("plateau_threshold", 1e-4, "plateau: by which share the loss has to fall to count as better")
            .at_least(0)
            .under(section),
    };
}

std::vector<std::int64_t> parse_milestones(const std::string& text) {
    const auto refuse = [&] {
        throw InputError("regime.milestones = '" + text +
                         "': expected whole numbers in rising order, such as 30, 60, 80");
    };
    std::vector<std::int64_t> all;
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto skip = [&] { at = std::find_if(at, end, [](char c) { return c != ' ' && c != ','; }); };
    for (skip(); at != end; skip()) {
        std::int64_t value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc() || value < 1 || (!all.empty() && value <= all.back())) refuse();
        if (next != end && *next != ' ' && *next != ',') refuse();
        all.push_back(value);
        at = next;
    }
    if (all.empty()) refuse();
    return all;
}

Schedule::Schedule(const ParamSet& regime, std::int64_t total)
    : kind_(regime.text("schedule"))
    , by_epoch_(regime.text("schedule_unit") == "epoch")
    , total_(static_cast<double>(std::max<std::int64_t>(1, total)))
    , warmup_(static_cast<double>(regime.integer("warmup")))
    , warmup_start_(regime.real("warmup_start"))
    , period_(static_cast<double>(regime.integer("period")))
    , gamma_(regime.real("gamma"))
    , every_(static_cast<double>(regime.integer("every")))
    , power_(regime.real("power"))
    , floor_(regime.real("floor"))
    , peak_at_(regime.real("peak_at")) {
    if (kind_ == "multi-step") milestones_ = parse_milestones(regime.text("milestones"));
}

bool Schedule::constant() const {
    return warmup_ == 0 && (kind_ == "constant" || kind_ == "plateau");
}

double Schedule::factor(std::int64_t t) const {
    const auto now = static_cast<double>(t);
    if (now < warmup_) return warmup_start_ + (1 - warmup_start_) * now / warmup_;
    return after_warmup(now - warmup_);
}

double Schedule::after_warmup(double t) const {
    const double rest = std::max(1.0, total_ - warmup_);
    if (kind_ == "step") return std::pow(gamma_, std::floor(t / every_));
    if (kind_ == "multi-step") {
        const auto passed = std::ranges::upper_bound(milestones_, static_cast<std::int64_t>(t + warmup_));
        return std::pow(gamma_, static_cast<double>(passed - milestones_.begin()));
    }
    if (kind_ == "exponential") return std::pow(gamma_, t);
    const double share = std::min(1.0, t / (period_ > 0 ? period_ : rest));
    if (kind_ == "cosine") return cosine(1, floor_, share);
    if (kind_ == "polynomial") return floor_ + (1 - floor_) * std::pow(1 - share, power_);
    if (kind_ == "one-cycle") {
        // As OneCycleLR: the peak is at step peak_at·total − 1, the end at the last step.
        const double peak = peak_at_ * rest - 1, last = rest - 1;
        if (t <= peak) return cosine(kOneCycleStart, 1, peak > 0 ? t / peak : 1);
        return cosine(1, kOneCycleEnd, last > peak ? std::min(1.0, (t - peak) / (last - peak)) : 1);
    }
    return 1;
}

Plateau::Plateau(const ParamSet& regime)
    : gamma_(regime.text("schedule") == "plateau" ? regime.real("gamma") : 1)
    , threshold_(regime.real("plateau_threshold"))
    , floor_(regime.real("floor"))
    , patience_(regime.integer("plateau_patience"))
    , best_(std::numeric_limits<double>::infinity()) {}

void Plateau::observe(double loss) {
    if (gamma_ == 1) return;
    if (loss < best_ * (1 - threshold_)) {
        best_ = loss;
        bad_ = 0;
    } else {
        ++bad_;
    }
    if (bad_ > patience_) {
        factor_ = std::max(floor_, factor_ * gamma_);
        bad_ = 0;
    }
}

std::vector<double> Plateau::state() const {
    return {best_, static_cast<double>(bad_), factor_};
}

void Plateau::restore(const std::vector<double>& state) {
    best_ = state.at(0);
    bad_ = static_cast<std::int64_t>(state.at(1));
    factor_ = state.at(2);
}

} // namespace descent
