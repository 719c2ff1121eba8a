#pragma once

#include "core/base/events.h"
#include "ui/plots/plot_view.h"

namespace descent::ui {

/// What ROC curves are drawn from, as it is when asked.
struct RocScores {
    const Matrix* scores = nullptr; ///< "…/scores"; null: there is none (yet)
    std::vector<std::string> classes{};
    std::optional<RunId> run{};
    bool over = false; ///< no more will come
};

/// The ROC curves of each class against the rest with their averages, and a threshold on the chosen one; or
/// the reliability diagram of the same scores. setPicked() chooses a class by its name. Thread: GUI.
OwnPlot* makeRocPlot(std::function<RocScores()> of, QWidget* parent);
/// Every point of every curve.
PlotTable rocTable(const RocScores& of);

} // namespace descent::ui
