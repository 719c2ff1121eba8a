#pragma once

#include "tests/ui/studio_fixture.h"
#include "ui/pages/compare_page.h"
#include "ui/plots/compare_charts.h"
#include "ui/widgets/compare_bar.h"
#include "ui/widgets/run_selector.h"

#include <QListView>
#include <QMenu>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>

namespace descent::test {

/// The window on a store with two regimes × three seeds, and the Compare page shown.
struct Comparing : Studio {
    std::vector<RunId> runs;

    explicit Comparing(int seeds = 3, int updates = 20) {
        for (const char* regime : {"sgd", "full-batch"})
            for (int seed = 0; seed < seeds; ++seed)
                runs.push_back(
                    addRun(store->writer(), {.name = std::string(regime) + "-" + std::to_string(seed),
                                             .regime = regime,
                                             .seed = std::uint64_t(seed),
                                             .updates = updates,
                                             .planned = updates,
                                             .accuracy = (regime[0] == 's' ? 0.6 : 0.7) + 0.01 * seed}));
        open(false);
        key(Qt::Key_3, Qt::ControlModifier);
    }
    ui::ComparePage& page() const { return *find<ui::ComparePage>("comparePage"); }
    ui::CompareCard& card(const char* metric) const { return *page().charts().card(metric); }
    /// All runs, and their curves read and made.
    void show() {
        page().showRuns(runs);
        QTRY_COMPARE_WITH_TIMEOUT(page().runs().runs().size(), runs.size(), 10000);
        settle();
    }
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(settled(), 10000); }
    bool settled() const {
        if (page().charts().cards().empty()) return false;
        for (auto* card : page().charts().cards()) {
            if (card->busy() || card->curves().curves.empty()) return false;
            for (const auto& run : page().runs().runs())
                if (run.summary.contains(card->metric()) && !page().runs().series(run.id, card->metric()))
                    return false;
        }
        return true;
    }
    /// An entry of a button's menu, as it is when the menu is open.
    QAction* entry(const char* button, const char* name) const {
        auto* menu = find<QToolButton>(button)->menu();
        Q_EMIT menu->aboutToShow();
        auto* action = menu->findChild<QAction*>(QString::fromUtf8(name));
        if (!action)
            for (auto* sub : menu->findChildren<QMenu*>())
                for (auto* each : sub->actions())
                    if (each->objectName() == QString::fromUtf8(name)) action = each;
        for (auto* each : menu->actions())
            if (each->objectName() == QString::fromUtf8(name)) action = each;
        if (!action) qFatal("no %s in the menu", name);
        return action;
    }
    void group(const char* by) {
        entry("compareGroup", (std::string("compareGroup-") + by).c_str())->trigger();
        QTRY_VERIFY(settled() && page().comparedLayout().group_by == QString::fromUtf8(by));
        settle();
    }
    void tab(const char* pane) const {
        auto* tabs = find<QTabWidget>("compareTabs");
        tabs->setCurrentWidget(find<QWidget>(pane));
    }
    QString cell(const char* table, int row, int column) const {
        return find<QTableView>(table)->model()->index(row, column).data().toString();
    }
};

} // namespace descent::test
