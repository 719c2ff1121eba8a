#include "core/analysis/confusion.h"
#include "ui/plots/plot.h"
#include "ui/plots/report_lines.h"
#include "ui/state/watched_run.h"

#include <QCoreApplication>

namespace descent::ui {

namespace {

/// What an accuracy near the majority's may mean.
QString allOneClass(const WatchedRun& run) {
    const Matrix* counts = run.matrix("validation/confusion");
    if (!counts || counts->rows != counts->columns || run.progress().update == Update{}) return {};
    Confusion confusion(counts->rows);
    for (std::size_t i = 0; i < counts->values.size(); ++i)
        confusion.counts[i] = std::int64_t(counts->values[i]);
    const auto only = confusion.only_answer();
    if (only < 0 || confusion.classes < 2 || std::size_t(only) >= run.classes().size()) return {};
    return QCoreApplication::translate("Accuracy", "all answers are %1")
        .arg(QString::fromStdString(run.classes()[std::size_t(only)]));
}

} // namespace

PlotDef plot_accuracy() {
    return {
        .id = QStringLiteral("accuracy"),
        .title = QStringLiteral("Accuracy"),
        .curves =
            {
                {"validation/majority-baseline", QStringLiteral("majority"), 6, 3},
                {"train/accuracy", QStringLiteral("train"), 0, 0},
                {"validation/accuracy", QStringLiteral("validation"), 1, 1},
                {"test/accuracy", QStringLiteral("test"), 2, 2},
                {"validation/averaged-accuracy", QStringLiteral("averaged"), 3, 4},
            },
        .share = true,
        .lines = [](const WatchedRun& run) { return reportLines(run, "test/accuracy"); },
        .note = allOneClass,
        .shown = [](const WatchedRun& run) { return answersClasses(run); },
    };
}

} // namespace descent::ui
