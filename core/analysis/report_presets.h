#pragma once

#include "core/base/catalog.h"
#include "core/base/run_record.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Runs set up as others have reported them, with the figures they reached: resources/presets/*.toml,
/// compiled in. A run begun from one is tagged with it, and charts draw its figures as lines as long as it
/// is: the tag can be given to any run, and taken away. Thread: any.
namespace descent {

struct ReportFigure {
    std::string metric; ///< "test/accuracy"
    double value = 0;
};

struct ReportPreset {
    std::string id;    ///< "imdb-cnn"
    std::string title; ///< "report: IMDb CNN"
    std::string
        source;       ///< where the figures are from: "report", or "code" that was published with its results
    std::string data; ///< that they are of
    std::string note; ///< what is done otherwise here; may be ""
    Request request;
    std::vector<ReportFigure> figures; ///< in the order of the file

    std::string tag() const { return "preset-" + id; }
};

/// Sorted by id.
const std::vector<ReportPreset>& report_presets();
/// Throws InputError: "no preset 'imbd-cnn'; did you mean 'imdb-cnn'?"
const ReportPreset& report_preset(std::string_view id);
/// Those that a run's tags name.
std::vector<const ReportPreset*> presets_of(const RunRecord& run);

/// Whether a request still is of the preset: its task and its model, whatever else is changed.
bool is_of(const Request& request, const ReportPreset& preset);

/// Whether the figures are of other data than this run's: it learns what the program makes itself, since
/// task.source is empty.
bool of_other_data(const RunSpec& spec);

/// "report: IMDb CNN, reported on IMDb reviews, …: test accuracy 84.07%, test loss 0.471"; where the run's
/// data are others, that too.
std::string report_sentence(const ReportPreset& preset, bool other_data);

/// A figure to be drawn on a chart of `metric`, whose set does not matter: a reported test accuracy belongs
/// to a chart of validation accuracies too, and says what it is.
struct ReportLine {
    double value = 0;
    std::string label; ///< "report: test 84.07%"; "IMDb CNN, report: test …" where there are several presets
};
/// Of several runs, each preset once.
std::vector<ReportLine> report_lines(std::span<const RunRecord> runs, std::string_view metric);

/// What a run that begins from a preset is stored with.
struct ReportMarks {
    std::vector<std::string> tags, log;
};
ReportMarks report_marks(const ReportPreset& preset, const RunSpec& spec);

} // namespace descent
