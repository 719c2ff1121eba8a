#include "ui/plots/sweep_views.h"

#include "ui/plots/sweep_curve_view.h"
#include "ui/plots/sweep_heat_view.h"
#include "ui/plots/sweep_lottery_view.h"
#include "ui/plots/sweep_mask_view.h"
#include "ui/plots/sweep_member_view.h"
#include "ui/plots/sweep_outcome_view.h"
#include "ui/plots/sweep_train_view.h"

#include <QCoreApplication>

namespace descent::ui {

std::vector<TitledSweepView> make_sweep_views(StoreHost& store) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("Sweep", text); };
    std::vector<TitledSweepView> views;
    views.push_back({tr("Lottery"), "lottery", std::make_unique<SweepLotteryView>()});
    views.push_back({tr("Masks"), "masks", std::make_unique<SweepMaskView>(store)});
    views.push_back({tr("Double descent"), "double-descent", std::make_unique<SweepCurveView>(store)});
    views.push_back({tr("Over training"), "epoch-wise", std::make_unique<SweepTrainView>(store)});
    views.push_back({tr("Heat map"), "heat-map", std::make_unique<SweepHeatView>(store)});
    views.push_back({tr("Outcomes"), "outcomes", std::make_unique<SweepOutcomeView>(store)});
    views.push_back({tr("Members"), "members", std::make_unique<SweepMemberView>(store)});
    return views;
}

} // namespace descent::ui
