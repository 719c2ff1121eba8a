#include "app/cli/sweep_progress.h"

#include "core/base/format.h"
#include "core/base/pruning.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace descent::cli {

namespace {

constexpr auto kBetweenLines = std::chrono::milliseconds(200);
/// Of an update's cost, what does not grow with the width, in units of it.
constexpr double kFixedCost = 16;

double cost_of(const RunSpec& spec) {
    double width = 0;
    if (const auto hidden = spec.model.params.values.find("hidden"); hidden != spec.model.params.values.end())
        if (const auto* units = std::get_if<std::int64_t>(&hidden->second))
            width = static_cast<double>(*units);
    const auto length = spec.budget.updates ? *spec.budget.updates : spec.budget.epochs.value_or(1);
    return (kFixedCost + width) * static_cast<double>(length);
}

/// "model.hidden = 8 to 16, 64 runs".
std::string named(const SweepPlan& plan, const SweepLineage& lineage, const SweepWork& work) {
    const auto& cells = lineage.cells;
    std::string text;
    if (const auto& first = cells[work.cells.front()]; work.cells.front() >= lineage.own)
        return std::string(kPruneLevel) + " = " + std::to_string(prune_level(first.spec.regime.params)) +
               ", seed " + std::to_string(first.seed);
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        const auto level = [&](std::size_t cell) { return cells[cell].levels[axis]; };
        const auto least = level(std::ranges::min(work.cells, {}, level)),
                   most = level(std::ranges::max(work.cells, {}, level));
        const auto& levels = plan.axes[axis].levels;
        text += plan.axes[axis].name + " = " + levels[least].label +
                (least == most ? "" : " to " + levels[most].label) + ", ";
    }
    if (work.cells.size() == 1) return text + "seed " + std::to_string(cells[work.cells.front()].seed);
    return text + format_count(std::ssize(work.cells)) + " runs";
}

} // namespace

SweepProgress::SweepProgress(Output& out, How how, const SweepRecord& sweep, const SweepLineage& lineage)
    : out_(out)
    , how_(how)
    , sweep_(sweep)
    , lineage_(lineage)
    , line_(out, how == How::bar) {}

void SweepProgress::begin(const SweepStatus& status, const std::vector<SweepWork>& work) {
    status_ = status;
    status_.running = 0;
    work_ = work;
    costs_.clear();
    for (const auto& piece : work_)
        costs_.push_back(
            std::accumulate(piece.cells.begin(), piece.cells.end(), 0.0,
                            [&](double sum, auto i) { return sum + cost_of(lineage_.cells[i].spec); }));
    std::vector<std::int64_t> same(lineage_.cells.size());
    for (std::size_t i = 0; i < lineage_.own; ++i) ++same[lineage_.first[i]];
    cells_of_.clear();
    for (const auto& piece : work_) cells_of_.push_back(same[piece.cells.front()]);
    cost_ = std::accumulate(costs_.begin(), costs_.end(), 0.0);
    done_ = 0;
    running_.clear();
    begun_ = std::chrono::steady_clock::now();
    show(true);
}

double SweepProgress::share_of(std::size_t index) const {
    const auto found = running_.find(index);
    if (found == running_.end()) return 0;
    const auto& p = found->second;
    if (p.members == 0 || p.planned.count == 0) return 0;
    const double made = static_cast<double>(p.update.count) / static_cast<double>(p.planned.count);
    return std::clamp((static_cast<double>(p.over) + static_cast<double>(p.members - p.over) * made) /
                          static_cast<double>(p.members),
                      0.0, 1.0);
}

nlohmann::ordered_json SweepProgress::counts() const {
    std::int64_t running = 0;
    for (const auto& [index, progress] : running_) running += progress.members - progress.over;
    return {{"cells", status_.cells},
            {"finished", status_.finished},
            {"diverged", status_.diverged},
            {"failed", status_.failed},
            {"running", running}};
}

void SweepProgress::show(bool always) {
    const auto now = std::chrono::steady_clock::now();
    if (how_ == How::none || (!always && now - shown_ < kBetweenLines)) return;
    shown_ = now;
    double done = done_;
    std::string doing;
    for (const auto& [index, progress] : running_) {
        done += costs_[index] * share_of(index);
        doing += (doing.empty() ? "" : "; ") +
                 (progress.reading.empty() ? named(sweep_.plan, lineage_, work_[index]) : progress.reading);
    }
    const double share = cost_ > 0 ? done / cost_ : 1;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    std::optional<double> eta;
    if (share > 0.005 && seconds > 0.5) eta = seconds * (1 - share) / share;
    if (how_ == How::bar) {
        const auto over = status_.finished + status_.diverged;
        std::string text = format_count(over) + " of " + format_count(status_.cells) + " runs";
        if (status_.diverged > 0) text += ", " + format_count(status_.diverged) + " diverged";
        if (eta) text += ", about " + format_duration(*eta) + " left";
        if (out_.width() > 100 && !doing.empty()) text += " (" + doing + ")";
        line_.show(share, text);
        return;
    }
    nlohmann::ordered_json said{{"event", "progress"}, {"sweep", sweep_.name}, {"id", sweep_.id}};
    said.update(counts());
    said["share"] = share;
    said["eta_seconds"] = eta ? nlohmann::ordered_json(*eta) : nullptr;
    said["doing"] = doing;
    out_ << dump(said) << "\n";
    out_.flush();
}

void SweepProgress::at(std::size_t index, const WorkProgress& progress) {
    const auto [place, began] = running_.insert_or_assign(index, progress);
    show(began);
}

void SweepProgress::over(std::size_t index, const WorkResult& result) {
    running_.erase(index);
    done_ += costs_[index];
    // Alone it may stand for several cells, or for none.
    const auto times = work_[index].cells.size() == 1 ? cells_of_[index] : 1;
    status_.finished += times * result.finished;
    status_.diverged += times * result.diverged;
    status_.failed += times * result.failed;
    show(false);
}

void SweepProgress::broken(std::size_t index) {
    running_.erase(index);
    show(false);
}

void SweepProgress::end(const SweepStatus& status, bool interrupted) {
    line_.erase();
    if (how_ != How::json) return;
    status_ = status;
    running_.clear();
    nlohmann::ordered_json said{{"event", "finished"}, {"sweep", sweep_.name}, {"id", sweep_.id}};
    said.update(counts());
    said["state"] = interrupted ? "interrupted" : status.complete() ? "complete" : "incomplete";
    out_ << dump(said) << "\n";
    out_.flush();
}

} // namespace descent::cli
