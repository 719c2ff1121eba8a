#pragma once

#include "app/cli/output.h"
#include "core/base/catalog.h"
#include "core/engine/engine.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace descent::cli {

/// The step size at one moment of a run, before it is trained.
struct ScheduleRow {
    std::string moment;      ///< "start", "end of warm-up", "peak", "25%", …, "end"
    std::int64_t update = 0; ///< updates done before the one that takes this step
    double lr = 0;           ///< in units of the regime's reduction
    /// The same step on the mean and on the sum over a batch: none where the batch grows, where the rule does
    /// not go by the gradient's length, and where the reduction is neither.
    std::optional<double> mean, sum;
};

/// With the planned changes of the step size. A plateau's decays depend on what is measured: left out.
std::vector<ScheduleRow> schedule_rows(const RunSpec& spec, const Catalog& catalog, const Inspection& found);

void print_schedule(Output& out, const RunSpec& spec, const std::vector<ScheduleRow>& rows);
nlohmann::ordered_json to_json(const std::vector<ScheduleRow>& rows);

} // namespace descent::cli
