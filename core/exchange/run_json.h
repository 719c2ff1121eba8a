#pragma once

#include "core/base/run_record.h"

#include <nlohmann/json_fwd.hpp>

namespace descent {

/// A run with all that identifies and repeats it, the split left out; keys in reading order.
nlohmann::ordered_json run_json(const RunRecord& run);
/// The opposite. Throws InputError with what was expected where the shape is wrong; only "id", "name" and
/// "spec" have to be there.
RunRecord run_from_json(const nlohmann::json& json);

} // namespace descent
