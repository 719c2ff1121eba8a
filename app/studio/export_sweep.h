#pragma once

#include "core/store/reader.h"
#include "ui/plots/figure.h"

namespace descent::studio {

struct ExportOptions;

/// The double-descent chart, the lottery or the heat map of a stored sweep, as on the Sweeps page. Throws
/// InputError where there is no such sweep, or nothing of it to draw.
ui::FigureSource sweep_figure(const ExportOptions& options, const StoreReader& store);

} // namespace descent::studio
