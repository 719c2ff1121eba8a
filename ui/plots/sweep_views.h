#pragma once

#include "ui/plots/sweep_view.h"

#include <QString>

#include <memory>
#include <vector>

namespace descent::ui {

class StoreHost;

/// A view of the Sweeps page, with the title of its tab and the word by which a plan (SweepPlan::view) asks
/// for it first.
struct TitledSweepView {
    QString title;
    std::string word;
    std::unique_ptr<SweepView> view;
};
/// All of them, in the order of their tabs. Thread: GUI.
std::vector<TitledSweepView> make_sweep_views(StoreHost& store);

} // namespace descent::ui
