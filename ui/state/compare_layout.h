#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/smoothing.h"
#include "core/base/series.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace descent::ui {

/// Everything that a person sets on the Compare page. A value; kept as JSON.
struct CompareLayout {
    QStringList runs{}, hidden{}; ///< UUIDs
    QString ladder{};             ///< its group, where a ladder's runs were chosen
    QStringList metrics{};        ///< of the charts, in their order; empty: the usual ones
    QStringList log_metrics{};    ///< with a logarithmic y axis
    XAxis axis = XAxis::epoch;
    bool log_x = false;
    SmoothingSpec smoothing{};
    QString group_by = QStringLiteral("none"); ///< as group_runs() takes it
    Centre centre = Centre::mean;
    Spread spread = Spread::deviation;
    QString pick{}; ///< what the table compares by, as metric_pick() takes it; "": the first chart's best
    QString reference{};              ///< the label of a group; "": the first
    QString tab{};                    ///< object name of the page beneath the charts
    QString scatter_x{}, scatter_y{}; ///< fields, or metrics as metric_pick() takes them; "": the usual
    bool scatter_log_x = false, scatter_log_y = false;
    QStringList parallel{};  ///< the same of parallel coordinates
    bool equal_rows = false; ///< of the configuration are shown too

    bool folded() const { return group_by != QStringLiteral("none"); }
    QString toJson() const;
    /// What cannot be read stays as by default.
    static CompareLayout fromJson(const QString& json);
    bool operator==(const CompareLayout& other) const { return toJson() == other.toJson(); }
};

/// Layouts kept under names, and the last one, in the program's settings. Thread: GUI.
namespace layouts {
QStringList names(); ///< sorted
CompareLayout named(const QString& name);
void keep(const QString& name, const CompareLayout& layout); ///< replaces one of that name
void rename(const QString& from, const QString& to);
void forget(const QString& name);
std::optional<CompareLayout> last();
void keepLast(const CompareLayout& layout);
} // namespace layouts

} // namespace descent::ui
