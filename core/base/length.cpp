#include "core/base/length.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace descent {

bool is_length(std::string_view path) {
    return path == "epochs" || path == "updates";
}

std::optional<Budget> budget_of(const Change& change) {
    std::int64_t length = 0;
    const auto* end = change.value.data() + change.value.size();
    const auto read = std::from_chars(change.value.data(), end, length);
    if (!is_length(change.path) || read.ec != std::errc() || read.ptr != end || length < 1)
        return std::nullopt;
    return change.path == "epochs" ? Budget{length, {}} : Budget{{}, length};
}

std::optional<std::int64_t> planned_epochs(const RunRecord& run) {
    return planned_epochs(run, run.changes);
}

std::optional<std::int64_t> planned_epochs(const RunRecord& run, const std::vector<Change>& changes) {
    const auto& budget = run.spec.budget;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change)
        if (const auto chosen = budget_of(*change)) return chosen->epochs;
    if (!budget.epochs || run.updates.count <= 0 ||
        !(run.epoch.passes >= static_cast<double>(*budget.epochs)))
        return budget.epochs;
    const double longer =
        run.epoch.passes * static_cast<double>(run.planned.count) / static_cast<double>(run.updates.count);
    return std::isfinite(longer) ? std::max<std::int64_t>(*budget.epochs, std::llround(longer))
                                 : budget.epochs;
}

bool trained_longer(const RunRecord& run) {
    const auto& budget = run.spec.budget;
    if (budget.epochs) return run.epoch.passes > static_cast<double>(*budget.epochs);
    return budget.updates && run.updates.count > *budget.updates;
}

std::vector<std::string> depends_on_length(const ParamSet& regime) {
    const auto text = [&](const char* name) {
        const auto found = regime.values.find(name);
        return found == regime.values.end() ? std::string() : to_string(found->second);
    };
    const auto& schedule = text("schedule");
    const bool whole = text("period") == "0" && (schedule == "cosine" || schedule == "polynomial");
    std::vector<std::string> all;
    if (whole || schedule == "one-cycle")
        all.push_back("the step size follows a " + schedule +
                      " schedule over the whole length: from here on it is that of the longer run, before it "
                      "was that of the shorter one");
    if (const auto batch = text("batch_schedule"); !batch.empty() && batch != "constant")
        all.push_back("the batch size grew over the shorter length and stays as it is");
    if (text("averaging") == "swa")
        all.push_back("weights are averaged from a share of the whole length on, which is later now; what "
                      "has been averaged stays in");
    return all;
}

} // namespace descent
