#pragma once

#include "core/base/run_spec.h"

#include <optional>
#include <string_view>

namespace descent {

/// A spec as to_json(spec).dump() writes it, read many times as fast as through a JSON document. None where
/// the text is anything else (also where a text value holds an escape or more than ASCII): spec_from_json
/// then decides.
std::optional<RunSpec> read_spec_text(std::string_view text);

} // namespace descent
