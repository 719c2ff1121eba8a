#include "core/analysis/sweep.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>
#include <optional>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = nlohmann::json::parse(Input(data, size).rest(), nullptr, false);
    std::optional<SweepPlan> plan;
    if (json.is_discarded() || !accepted([&] { plan = sweep_plan_from_json(json); })) return 0;
    hold(sweep_plan_from_json(nlohmann::json::parse(to_json(*plan).dump())) == *plan,
         "a plan is stored as it is");
    hold(!describe(*plan).empty(), "a plan is described");
    std::size_t cells = plan->seeds.size();
    for (const auto& axis : plan->axes) cells *= std::min<std::size_t>(axis.levels.size(), 1'000);
    if (cells <= 100) succeeded(sweep_cells(catalog(), *plan));
    return 0;
}
