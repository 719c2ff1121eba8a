#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/smoothing.h"
#include "core/base/series.h"
#include "ui/plots/detection_axes.h"
#include "ui/plots/figure.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace descent::studio {

/// What "descent-studio --export" is asked for.
struct ExportOptions {
    std::string what; ///< a plot's id, a metric, or "sweep"
    std::vector<std::string> runs;
    std::filesystem::path store; ///< "": the usual one
    QString out, csv, full_csv;
    ui::FigureFormat format{};
    std::string metric;
    XAxis axis = XAxis::epoch;
    bool axis_said = false; ///< else by update where no run knows its epochs
    bool log_x = false;
    std::optional<bool> log_y; ///< none: as the plot has it
    QString group_by = QStringLiteral("none");
    Centre centre = Centre::mean;
    std::optional<Spread> spread; ///< none: the deviation where runs are grouped
    SmoothingSpec smoothing{};
    ui::DetectionScale scale = ui::DetectionScale::linear;
    // Of ROC curves.
    std::string set;            ///< validation or test; "": validation
    std::string chosen_class{}; ///< whose threshold is set; "": the first
    // Of a sweep.
    std::string sweep;        ///< name, UUID, or unique beginning of either
    bool heat = false;        ///< over training too, as colour
    std::string sweep_axis;   ///< "": the first with numbers
    std::optional<Update> at; ///< a moment of training; none: the end
    bool centre_said = false; ///< else the median
};

/// Whether the command line asks for an export at all.
bool wants_export(int argc, const char* const* argv);
/// Throws InputError in one line: what is wrong with which option, and what it may be.
ExportOptions parse_export(int argc, const char* const* argv);
/// For --help.
extern const char* const kExportHelp;

} // namespace descent::studio
