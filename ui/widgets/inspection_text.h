#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <optional>

namespace descent::ui {

QString dataLine(const Inspection& found); ///< "22 classes · 3,612 train · built-in"
QString
dataToolTip(const Inspection& found); ///< counts per class, duplicates, what was dropped, how texts are read
QString modelLine(const Inspection& found); ///< "71,958 params"
/// What the step size is in the other unit, from the inspection's notes; "" where it says nothing of that.
QString stepNote(const Inspection& found);
/// "≈ 100 updates, 58 s", and beneath the engine's other notes, as far as they do not describe texts.
QString costLine(const Inspection& found, std::optional<double> seconds_per_update, int replicates);

} // namespace descent::ui
