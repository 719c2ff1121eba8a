#pragma once

#include "core/store/writer.h"
#include "ui/models/run_row.h"

#include <QStringList>

#include <optional>
#include <span>
#include <vector>

/// What a person does to several runs at once, as edits that the store makes in one step and can take back.
/// Only what changes a run is among them. Thread: any.
namespace descent::ui {

std::vector<RunEdit> starEdits(std::span<const RowPtr> runs, bool starred);
std::vector<RunEdit> trashEdits(std::span<const RowPtr> runs, bool trashed);
std::vector<RunEdit> colourEdits(std::span<const RowPtr> runs, std::optional<int> colour);
std::vector<RunEdit> noteEdits(std::span<const RowPtr> runs, const QString& note);
/// Every run keeps its other tags.
std::vector<RunEdit> tagEdits(std::span<const RowPtr> runs, const QStringList& add,
                              const QStringList& remove);

/// The tags that all of the runs have, in the first one's order, and those that any has with how many,
/// sorted.
QStringList commonTags(std::span<const RowPtr> runs);
std::vector<std::pair<QString, int>> countedTags(std::span<const RowPtr> runs);

} // namespace descent::ui
