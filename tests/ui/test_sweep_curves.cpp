// What a sweep's chart draws, without a store: theory on top, and what is too small to be seen.

#include "core/analysis/asymptotics.h"
#include "tests/ui/runs_fixture.h"
#include "ui/plots/sweep_curves.h"
#include "ui/theme.h"

#include <QApplication>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace descent;
using namespace descent::ui;

class TestSweepCurves : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theoryLiesOnTop() {
        SweepData sweep;
        sweep.record.plan.base.task = "teacher";
        sweep.record.plan.axes = {{"model.features", true, {{"50", {}}, {"100", {}}, {"400", {}}}}};
        sweep.grid = sweep_grid(sweep.record.plan);
        for (std::size_t cell = 0; cell < sweep.grid.size(); ++cell) {
            RunRecord run;
            run.id = RunId::random();
            run.state = RunState::finished;
            run.spec.task = {"teacher",
                             {{{"kind", std::string("regression")},
                               {"dimension", std::int64_t{20}},
                               {"train", std::int64_t{200}},
                               {"signal", 1.0},
                               {"noise", 0.3},
                               {"test_noise", true},
                               {"slow_features", std::int64_t{0}}}}};
            run.spec.model = {
                "random-features",
                {{{"features", std::int64_t{50}}, {"activation", std::string("relu")}, {"bias_scale", 0.0}}}};
            run.spec.optimizer = {"least-squares", {{{"lr", 1.0}, {"ridge", 0.0}}}};
            run.spec.regime = {"least-squares", {{{"mse_form", std::string("half")}}}};
            run.summary["test/loss"] = {0.5, 0.5, {1}};
            sweep.runs.push_back({cell, run});
        }
        SweepCurvesTask task;
        task.sweep = std::make_shared<const SweepData>(sweep);
        task.family = "loss";
        const SweepChartData data = sweepCurves(task);
        QCOMPARE(data.curves.size(), std::size_t(2));
        const auto& line = data.curves.back();
        QVERIFY(line.label.contains(QStringLiteral("Mei & Montanari 2019")));
        const auto at = std::ranges::find(line.points, 100.0, &SweepPoint::x);
        QVERIFY(at != line.points.end());
        const auto risk = random_features_test_risk({200, 20, 0, 1, 0.3}, 100, "relu", 0);
        QVERIFY(std::abs(at->value - (*risk + 0.09) / 2) < 1e-12);
        // Not where it does not apply.
        sweep.runs[0].run.spec.task.params.values["slow_features"] = std::int64_t{5};
        task.sweep = std::make_shared<const SweepData>(sweep);
        QCOMPARE(sweepCurves(task).curves.size(), std::size_t(1));
    }

    void whatLeastSquaresLeaveIsDrawnAtTheEdge() {
        SweepData sweep;
        sweep.record.plan.base.task = "teacher";
        sweep.record.plan.axes = {{"task.dimension", true, {{"10", {}}, {"100", {}}, {"1000", {}}}}};
        sweep.grid = sweep_grid(sweep.record.plan);
        const std::array<double, 3> test{0.05, 84, 0.9}, train{0.2, 3e-28, 1e-30};
        for (std::size_t cell = 0; cell < sweep.grid.size(); ++cell) {
            RunRecord run;
            run.id = RunId::random();
            run.state = RunState::finished;
            const auto level = sweep.grid[cell].levels[0];
            run.summary["test/loss"] = {test[level], test[level], {1}};
            run.summary["train/loss"] = {train[level], train[level], {1}};
            sweep.runs.push_back({cell, run});
        }
        SweepCurvesTask task;
        task.sweep = std::make_shared<const SweepData>(sweep);
        task.family = "loss";
        SweepChartData data = sweepCurves(task);
        QVERIFY(data.y.log);
        QVERIFY(std::abs(data.floor - 84e-6) < 1e-12);
        QVERIFY2(data.sentences.first().startsWith(QStringLiteral("train below 8.4e−5: drawn at the lower")),
                 qPrintable(data.sentences.join(QLatin1Char(' '))));
        SweepChart chart;
        chart.resize(500, 300);
        chart.setData(data);
        // At the edge, one as low as the other; what is seen of the test error has the room.
        const double edge = chart.placeOf(100, 3e-28).y();
        QCOMPARE(chart.placeOf(1000, 1e-30).y(), edge);
        QVERIFY(edge > chart.placeOf(10, 0.05).y());
        QVERIFY(chart.placeOf(10, 0.05).y() - chart.placeOf(100, 84).y() > 150);
        QVERIFY(chart.describe(QPoint(int(chart.placeOf(1000, 1e-30).x()), int(edge)))
                    .contains(QStringLiteral("1e−30")));
        int told = 0;
        for (const auto& row : chart.table().rows) told += row.values[1] == 1e-30;
        QCOMPARE(told, 1);
        task.whole = true;
        data = sweepCurves(task);
        QVERIFY(data.y.log && data.floor == 0);
        QVERIFY(std::ranges::none_of(
            data.sentences, [](const QString& said) { return said.contains(QStringLiteral("edge")); }));
        chart.setData(data);
        QVERIFY(chart.placeOf(1000, 1e-30).y() > chart.placeOf(100, 3e-28).y());
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestSweepCurves test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sweep_curves.moc"
