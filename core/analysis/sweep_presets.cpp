#include "core/analysis/sweep_toml.h"
#include "core/base/embedded.h"

#include <algorithm>

namespace descent {

std::vector<std::pair<std::string, SweepPlan>> sweep_presets(const Catalog& catalog) {
    std::vector<std::pair<std::string, SweepPlan>> presets;
    for (const auto& file : embedded::sweeps()) {
        auto plan = sweep_plan_from_text(std::string(file.name), file.content, catalog);
        if (plan) presets.emplace_back(file.name.substr(0, file.name.rfind('.')), std::move(*plan));
    }
    std::ranges::sort(presets, {}, &std::pair<std::string, SweepPlan>::first);
    return presets;
}

} // namespace descent
