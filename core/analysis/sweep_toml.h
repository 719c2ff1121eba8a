#pragma once

#include "core/analysis/sweep.h"

namespace descent {

/// As sweep_plan_from_toml, of a text; `name` stands for the file in messages.
Result<SweepPlan> sweep_plan_from_text(const std::string& name, std::string_view content,
                                       const Catalog& catalog);

} // namespace descent
