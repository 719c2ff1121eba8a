#pragma once

#include "core/base/catalog.h"
#include "core/base/units.h"

#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// A parameter changed while training: in force from the update that follows `at` updates done. A batch size
/// takes hold with the next epoch.
struct Change {
    Update at{};
    std::string path;  ///< "optimizer.lr", "regime.clip_norm", …; "epochs", "updates" (core/base/length.h)
    std::string value; ///< as text that reads back as the same value
    bool operator==(const Change&) const = default;
};

/// Whether the parameter may be changed while training: the step size, the clips, batch size and length.
bool may_change(std::string_view path);
/// The paths for which may_change holds, in the order to offer them; but for the length.
const std::vector<std::string>& changeable_paths();

/// "100 optimizer.lr=0.05; 200 regime.clip_norm=0.5" ⇄ changes, in order of `at`. Error: what is not of that
/// form, a parameter that may not be changed, a value that it cannot have (spec and catalog say).
Result<std::vector<Change>> parse_changes(std::string_view text, const Catalog& catalog, const RunSpec& spec);
std::string to_text(const std::vector<Change>& changes);
/// One change, checked; `value` as typed by a person.
Result<Change> check_change(const Change& change, const Catalog& catalog, const RunSpec& spec);

/// What is known of a run's changes, in order: those its spec plans, and those recorded with it, which are
/// partly the same. At one update the recorded ones come last: they are what was done.
std::vector<Change> joined_changes(std::vector<Change> planned, const std::vector<Change>& made);

/// The request that trains the run again as it went: its spec, with the changes made while it trained in
/// regime.changes.
Request request_with_changes(const Catalog& catalog, const RunSpec& spec, const std::vector<Change>& made);

} // namespace descent
