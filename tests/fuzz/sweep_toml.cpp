#include "core/analysis/sweep_toml.h"
#include "core/analysis/sweep.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>
#include <optional>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto plan = sweep_plan_from_text("sweep.toml", Input(data, size).rest(), catalog());
    if (!succeeded(plan)) return 0;
    const auto json = to_json(*plan);
    hold(sweep_plan_from_json(nlohmann::json::parse(json.dump())) == *plan, "a plan is stored as it is");
    std::size_t cells = plan->seeds.size();
    for (const auto& axis : plan->axes) cells *= std::min<std::size_t>(axis.levels.size(), 1'000);
    if (cells > 100) return 0; // each is resolved and hashed
    const auto all = sweep_cells(catalog(), *plan);
    hold(!succeeded(all) || all->size() == cells, "a sweep has a cell for each combination");
    return 0;
}
