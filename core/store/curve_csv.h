#pragma once

#include "core/store/reader.h"

namespace descent {

/// How a stored detection curve is laid out.
enum class CurveKind {
    fa_fr, ///< false alarms and false rejects, as shares of all examples
    roc,   ///< true over false positive rate
    det,   ///< probit of the false negative over the false positive rate (Martin et al. 1997)
};
/// Error: not "fa-fr", "roc" or "det".
Result<CurveKind> curve_kind(const std::string& word);

/// Writes every detection curve that the runs have stored, or (roc, det), of other tasks with classes, the
/// curve of each class against the rest with their averages, of the scores that the run ended with: run_id,
/// run, seed, update, epoch, set, keyword, threshold and two columns as the kind says. Numbers as in
/// export_csv; the file is replaced whole or not at all. Returns the rows. Error: a run has neither.
Result<std::int64_t> export_curve_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                      CurveKind kind, const std::filesystem::path& file,
                                      const std::function<bool(double fraction)>& progress = {});

} // namespace descent
