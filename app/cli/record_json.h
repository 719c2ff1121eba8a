#pragma once

#include "core/base/run_record.h"

#include <nlohmann/json_fwd.hpp>

namespace descent::cli {

/// A run as `show --json`, `runs --json` and the stream's first line give it: state, spec, provenance without
/// the manifest, last and best value of every metric. Keys keep this order: the names come first.
nlohmann::ordered_json to_json(const RunRecord& run);

/// Sets `value`, as null beside "nonfinite": "nan" | "inf" | "-inf" where JSON has no word for it.
void put_number(nlohmann::ordered_json& object, double value);

} // namespace descent::cli
