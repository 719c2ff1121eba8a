#pragma once

#include "core/base/run_record.h"

#include <nlohmann/json_fwd.hpp>

namespace descent {

/// A run with all that identifies and repeats it, the split left out; keys in reading order.
nlohmann::ordered_json run_json(const RunRecord& run);
nlohmann::ordered_json provenance_json(const Provenance& provenance); ///< without the manifest
/// {"id", "update"}: what it is a branch of; null where it is none.
nlohmann::ordered_json parent_json(const RunRecord& run);
/// [{"update", "parameter", "value"}, …]
nlohmann::ordered_json changes_json(const std::vector<Change>& changes);
/// Text that holds JSON, as JSON; as a string where it is not; null where empty.
nlohmann::json parsed_json(const std::string& text);
/// Null where JSON has no word for it.
nlohmann::json finite_json(double value);
/// The opposite of run_json. Throws InputError with what was expected where the shape is wrong; only "id",
/// "name" and "spec" have to be there.
RunRecord run_from_json(const nlohmann::json& json);

} // namespace descent
