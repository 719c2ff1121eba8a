// The chart of a sweep over levels of pruning.

#include "ui/plots/sweep_lottery_view.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace descent;
using namespace descent::ui;

class TestLottery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lotteryOverTheWeightsLeft() {
        auto sweep = std::make_shared<SweepData>();
        sweep->record.id = "lottery";
        auto& plan = sweep->record.plan;
        plan.seeds = {1, 2};
        plan.axes = {{"regime.prune_branch", false, {}}, {"regime.prune_level", false, {}}};
        for (const char* branch : {"ticket", "random-mask"})
            plan.axes[0].levels.push_back({branch, {{"regime.prune_branch", branch}}});
        for (const char* level : {"0", "1", "2"})
            plan.axes[1].levels.push_back({level, {{"regime.prune_level", level}}});
        sweep->grid = sweep_grid(plan);
        for (std::size_t cell = 0; cell < sweep->grid.size(); ++cell) {
            const auto& at = sweep->grid[cell];
            const auto branch = at.levels[0], level = at.levels[1];
            RunRecord run;
            run.id = RunId{(level == 0 ? "dense" : std::to_string(branch)) + std::to_string(level) +
                           std::to_string(at.seed)};
            run.state = RunState::finished;
            const double value = 0.9 - 0.1 * double(branch * level) + 0.01 * double(at.seed);
            run.summary["test/accuracy"] = {value, value, {}};
            const double left = std::pow(0.8, double(level));
            if (level > 0) {
                run.summary["weights/density"] = {left, left, {}};
                run.summary["weights/density/0.weight"] = {left * 0.9, left * 0.9, {}};
            }
            sweep->runs.push_back({cell, std::move(run)});
        }
        SweepLotteryView view;
        QVERIFY(view.suits(plan));
        view.resize(700, 450);
        view.QWidget::show();
        static_cast<SweepView&>(view).show(sweep);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), 20000);
        const auto& data = view.chart().data();
        QCOMPARE(data.curves.size(), std::size_t(3));
        QCOMPARE(data.curves[0].label, QStringLiteral("ticket"));
        QCOMPARE(data.curves[2].label, QStringLiteral("dense"));
        QVERIFY(std::abs(data.curves[2].points[0].low - 0.91) < 1e-12);
        QVERIFY(std::abs(data.curves[2].points[0].high - 0.92) < 1e-12);
        QVERIFY(std::abs(data.curves[1].points[2].value - 0.715) < 1e-12);
        // The dense network is at the left.
        QVERIFY(view.chart().placeOf(100, 0.9).x() < view.chart().placeOf(80, 0.9).x());
        QVERIFY(view.chart().placeOf(80, 0.9).x() < view.chart().placeOf(64, 0.9).x());
        QVERIFY(view.sentences().join(QLatin1Char(' ')).contains(QStringLiteral("nothing gets faster")));
        // Its numbers are the chart's: three levels of two branches, and the band's two ends.
        QCOMPARE(view.table().rows.size(), std::size_t(8));
        QSignalSpy opened(&view, &SweepView::openRuns);
        QTest::mouseClick(&view.chart(), Qt::LeftButton, {}, view.chart().placeOf(64, 0.715).toPoint());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.at(0).at(0).value<std::vector<RunId>>().size(), std::size_t(2));

        auto* what = view.findChild<QComboBox*>(QStringLiteral("sweepLotteryWhat"));
        QVERIFY(what);
        what->setCurrentIndex(what->count() - 1);
        Q_EMIT what->activated(what->count() - 1);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), 20000);
        QCOMPARE(view.chart().data().curves.size(), std::size_t(1)); // the branches keep as many
        QVERIFY(std::abs(view.chart().data().curves[0].points[2].value - 57.6) < 1e-9);
        view.grab();
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    qRegisterMetaType<std::vector<RunId>>();
    theme::apply(app, theme::Mode::light);
    TestLottery test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_lottery.moc"
