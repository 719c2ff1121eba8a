#pragma once

#include "core/base/catalog.h"
#include "core/base/run_record.h"
#include "ui/models/run_columns.h"

#include <QString>

#include <vector>

namespace descent::ui {

/// What the preview says about runs, in words. Pure functions. Thread: any.
struct Fact {
    QString name, value;
    QString help; ///< "" for none
    bool operator==(const Fact&) const = default;
};

/// "finished after 100 epochs, 100 updates in 58 s", "diverged at update 312: loss is not a number".
QString stateSentence(const RunRecord& run);
/// What to run, as "optimizer.lr  0.4": with a catalog only what differs from the declared defaults.
std::vector<Fact> settingFacts(const RunRecord& run, const Catalog* catalog);
/// What is needed to repeat it beside the settings: versions, threads, data.
std::vector<Fact> provenanceFacts(const RunRecord& run);
/// What several runs have in common, in what they differ, and what they came to: mean ± sample SD.
std::vector<Fact> commonFacts(const std::vector<RowPtr>& runs);

} // namespace descent::ui
