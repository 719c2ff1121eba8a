#pragma once

#include "core/analysis/sweep.h"
#include "core/base/catalog.h"

#include <QString>
#include <QStringList>

namespace descent::ui {

/// A plan as text that makes the same plan. `overs`: for each axis what --over would say
/// ("model.hidden=1:256:log20"), or "" where only its levels are known. Thread: any.

/// A file for `descent sweep --spec`.
QString sweepToml(const SweepPlan& plan, const QStringList& overs, const Catalog& catalog);
/// The command line; "" where it has no options for it (variants with names, seeds out of order, another
/// threshold, other rounds): a file can.
QString sweepCommand(const SweepPlan& plan, const QStringList& overs, const Catalog& catalog,
                     const QString& name, int jobs);
QString sweepJson(const SweepPlan& plan);

} // namespace descent::ui
