#pragma once

#include "core/base/param.h"

#include <cstdint>
#include <optional>
#include <string>

namespace descent {

/// A choice from the catalog with its parameters: "gru" with hidden = 128.
struct Part {
    std::string id;
    ParamSet params;
    bool operator==(const Part&) const = default;
};

/// How long to train: exactly one of the two is set.
struct Budget {
    std::optional<std::int64_t> epochs, updates;
    bool operator==(const Budget&) const = default;
};

/// What to run: a value. Made by Catalog::resolve, so every parameter is present and in range.
/// The regime's id is the preset it started from; its parameters say what is done.
struct RunSpec {
    Part task, model, optimizer, regime;
    Budget budget;
    std::uint64_t seed = 0;
    bool operator==(const RunSpec&) const = default;
};

/// {"task":{"id":…,"params":{…}}, "model":…, "optimizer":…, "regime":…, "budget":{"epochs":…}, "seed":…}
nlohmann::json to_json(const RunSpec& spec);
/// Throws InputError where the shape is wrong; does not know the catalog (see Catalog::check).
RunSpec spec_from_json(const nlohmann::json& json);

} // namespace descent
