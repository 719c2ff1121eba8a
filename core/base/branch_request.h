#pragma once

#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <vector>

namespace descent {

// Engine::resume takes up a run that is over. From its last checkpoint; where it has none, a branch from its
// parent's, any other from its beginning: the samples after that are made again. A finished run needs a
// change of its length (core/base/length.h) beyond where it stands. One that diverged goes on from before
// that, and the changes made by hand since then are left out.
//
// A record with a parent and without an id is a branch that is not stored yet: a new run of its spec, name
// and tags that goes on from that checkpoint of the parent, as far as what was there fits
// (core/engine/branch.h). Its log says what does not.

/// A branch to begin. `name`: "" for one of its own.
RunRecord new_branch(const RunSpec& spec, const RunRecord::Parent& parent, std::string name = {});

/// The spec of a run that begins where this one stood after `at` updates: with the values that were in force
/// there, planned ones and those of `made`, and the changes that it plans for later. What was changed by hand
/// after that is not part of it. A branch of this spec goes as its parent went, bit for bit.
RunSpec spec_in_force(const Catalog& catalog, RunSpec spec, const std::vector<Change>& made, Update at);
/// The same as a request, its length always given: what a branch of that checkpoint begins with, to change
/// some of. Where the parent's length is over there, and nothing would be left to train, it is as long again.
Request branch_request(const Catalog& catalog, const RunRecord& parent, const CheckpointInfo& from);

} // namespace descent
