#pragma once

#include "core/base/change.h"
#include "core/base/run_spec.h"
#include "core/base/units.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// All that is needed to repeat a run, beside its spec.
struct Provenance {
    std::string studio_version;
    std::string torch_version;
    std::string blas;
    std::int64_t threads = 1;
    std::string data_hash;       ///< SHA-256, hex, over the normalised examples, labels and split
    std::string data_source;     ///< "built-in" or the folder
    std::string manifest;        ///< JSON: the split, example by example (see core/tasks)
    std::string data_report;     ///< JSON: counts per class, dropped characters, duplicates
    std::int64_t parameters = 0; ///< trainable weights of the model
    std::vector<std::string> classes;
    std::int64_t train_examples = 0, validation_examples = 0, test_examples = 0;
    double majority_baseline = 0; ///< validation accuracy of always answering the commonest training class
    std::string host;
};

/// A run as the store holds it. Lists leave `provenance.manifest` empty; StoreReader::run fills it.
struct RunRecord {
    RunId id;
    std::string name; ///< readable: "brave-otter-12", unique in the store
    RunSpec spec;
    std::string key; ///< Catalog::key of the spec
    RunState state = RunState::queued;
    std::string reason;
    std::int64_t created_ms = 0, started_ms = 0;
    std::optional<std::int64_t> ended_ms;
    Update updates{}, planned{};
    Epoch epoch{};
    double seconds = 0;   ///< training time, pauses left out
    std::int64_t pid = 0; ///< the process that trains it; 0 when over
    bool starred = false;
    std::string note;
    std::vector<std::string> tags;
    std::optional<int> colour; ///< chosen by a person: an index of the palette; none: the run's own
    std::optional<std::int64_t> trashed_ms;
    /// What it branched off, which need not be in the same store; none: it began anew.
    struct Parent {
        RunId run;
        Update at{}; ///< updates done there when it did
        bool operator==(const Parent&) const = default;
    };
    std::optional<Parent> parent;
    Provenance provenance;
    /// Made while it trained, in order. Lists leave it empty; StoreReader::run fills it.
    std::vector<Change> changes;
    /// Per metric name: {last, best}; best follows the metric's direction and is last where it has none.
    struct Summary {
        double last = 0, best = 0;
        Update best_update{};
    };
    std::map<std::string, Summary> summary;
};

} // namespace descent
