#include "tests/ui/compare_fixture.h"

#include "core/analysis/bands.h"
#include "core/base/format.h"
#include "core/exchange/exchange.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/value_readout.h"

#include <QAbstractItemModelTester>
#include <QAbstractScrollArea>
#include <QFile>
#include <QSignalSpy>

#include <set>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

std::vector<PlotPoint> pointsOf(const SeriesPyramid& series, SeriesAxis along) {
    std::vector<PlotPoint> all;
    for (const auto& point : series.points({0, series.size()}))
        all.push_back({along.of_moment(point), point.value});
    return all;
}

} // namespace

class TestComparePage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QSettings().clear(); }

    void anEmptyPageLeadsToRunsAndLadder() {
        Studio s;
        s.open();
        s.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(s.find<QWidget>("compareEmpty")->isVisible());
        auto* empty = s.find<QWidget>("compareEmpty");
        QTest::mouseClick(empty->findChild<QWidget*>(QStringLiteral("emptyStateButton")), Qt::LeftButton);
        QVERIFY(s.find<QWidget>("runsPage")->isVisible());
        s.key(Qt::Key_3, Qt::ControlModifier);
        QTest::mouseClick(empty->findChild<QWidget*>(QStringLiteral("emptyStateOther")), Qt::LeftButton);
        QVERIFY(s.find<QWidget>("trainPage")->isVisible());
        QTRY_VERIFY(s.find<QWidget>("ladderBox")->isVisible());
    }

    void runsHaveACurveEachInTheirOwnColour() {
        Comparing s;
        s.show();
        const auto& cards = s.page().charts().cards();
        QCOMPARE(cards.size(), std::size_t(3)); // accuracy, both losses
        QCOMPARE(cards.front()->metric(), std::string("validation/accuracy"));
        const auto& curves = s.card("validation/loss").curves().curves;
        QCOMPARE(curves.size(), s.runs.size());
        std::set<std::pair<int, int>> looks;
        for (std::size_t i = 0; i < curves.size(); ++i) {
            QCOMPARE(curves[i].id, QString::fromStdString(s.runs[i].uuid));
            QCOMPARE(theme::series(curves[i].colour), theme::runColor(s.runs[i]));
            QVERIFY2(looks.emplace(curves[i].colour, curves[i].dash).second, "two runs look alike");
            QCOMPARE(curves[i].series->size(), std::size_t(20));
        }
        QCOMPARE(s.text("compareCount"), QStringLiteral("6 runs"));
    }

    void aTableWithoutEpochsIsDrawnByUpdate() {
        Comparing s;
        s.show();
        QVERIFY(s.page().comparedLayout().axis == XAxis::epoch);
        QFile table(s.place.file(QStringLiteral("table.csv")));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("step,loss\n1,0.5\n20,0.25\n");
        table.close();
        const auto report = must(import_file(s.store->writer(), table.fileName().toStdString()));
        s.page().showRuns(report.runs);
        QTRY_COMPARE(s.text("compareCount"), QStringLiteral("1 run"));
        QTRY_VERIFY(s.page().comparedLayout().axis == XAxis::update);
    }

    void whatIsUncheckedIsHiddenEverywhere() {
        Comparing s;
        s.show();
        auto* list = s.find<QListView>("compareRuns");
        new QAbstractItemModelTester(list->model(), QAbstractItemModelTester::FailureReportingMode::QtTest,
                                     this);
        list->setFocus();
        list->setCurrentIndex(list->model()->index(1, 0));
        QTest::keyClick(list, Qt::Key_Space);
        QTRY_COMPARE(s.card("validation/loss").curves().curves.size(), std::size_t(5));
        QCOMPARE(s.text("compareCount"), QStringLiteral("5 of 6 runs"));
        QTRY_COMPARE(s.find<QTableView>("compareMetrics")->model()->rowCount(), 5);
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_COMPARE(list->model()->rowCount(), 5);
        QCOMPARE(s.text("compareCount"), QStringLiteral("5 runs"));
    }

    void bandsAreThoseOfTheReplicates() {
        Comparing s;
        s.show();
        s.group("regime");
        s.choose("compareSpread", "95% CI");
        QTRY_VERIFY(s.page().comparedLayout().spread == Spread::bootstrap);
        s.settle();
        const auto& curves = s.card("validation/loss").curves().curves;
        QCOMPARE(curves.size(), std::size_t(2));
        QCOMPARE(curves[0].label, QStringLiteral("sgd"));
        for (std::size_t group = 0; group < 2; ++group) {
            std::vector<std::vector<PlotPoint>> replicates;
            for (std::size_t seed = 0; seed < 3; ++seed)
                replicates.push_back(
                    pointsOf(*s.page().runs().series(s.runs[group * 3 + seed], "validation/loss"),
                             SeriesAxis::make(XAxis::epoch)));
            const auto expected = fold_replicates(replicates, Centre::mean, Spread::bootstrap);
            QCOMPARE(curves[group].band.size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const auto& band = curves[group].band[i];
                QVERIFY(band.centre == expected[i].centre && band.low == expected[i].low &&
                        band.high == expected[i].high && band.count == 3);
                QVERIFY(curves[group].points[i].y == expected[i].centre);
            }
        }
        s.choose("compareCentre", "median");
        s.settle();
        std::vector<double> values;
        for (std::size_t seed = 0; seed < 3; ++seed)
            values.push_back(s.page().runs().series(s.runs[seed], "validation/loss")->point(4)->value);
        std::ranges::sort(values);
        QTRY_COMPARE(s.card("validation/loss").curves().curves[0].points[4].y, values[1]);
    }

    void smoothingKeepsTheRawCurveFaintBehind() {
        Comparing s;
        s.show();
        s.choose("compareSmoothing", "EMA");
        QTRY_COMPARE(s.card("train/loss").curves().curves.size(), 2 * s.runs.size());
        const auto& made = s.card("train/loss").curves();
        const std::size_t n = s.runs.size();
        for (std::size_t i = 0; i < n; ++i) {
            QVERIFY(made.curves[i].faint && made.curves[i].series);
            QVERIFY(!made.curves[n + i].faint);
            QCOMPARE(made.curves[i].id, made.curves[n + i].id);
            const auto raw = pointsOf(*made.curves[i].series, made.curves[i].along);
            const auto smoothed = smooth(raw, {Smoothing::ema, 0.9});
            QCOMPARE(made.curves[n + i].points.size(), smoothed.size());
            for (std::size_t k = 0; k < smoothed.size(); ++k) {
                QVERIFY(made.curves[n + i].points[k].y == smoothed[k].y);
                QVERIFY(made.raw[n + i][k].y == raw[k].y);
            }
        }
        QVERIFY(s.find<QWidget>("compareAmount")->isVisible());
    }

    void chartsShareCursorRangeAndTheCurvePointedAt() {
        Comparing s;
        s.show();
        auto& loss = s.card("validation/loss");
        auto& accuracy = s.card("validation/accuracy");
        Q_EMIT loss.view().hovered(5.0);
        QVERIFY(loss.readout().isVisible());
        QVERIFY(!accuracy.readout().isVisible());
        const auto& items = loss.readout().items();
        QCOMPARE(items.size(), s.runs.size());
        for (std::size_t i = 1; i < items.size(); ++i) QVERIFY(items[i - 1].value >= items[i].value);
        const double first = s.page().runs().series(s.runs[0], "validation/accuracy")->point(4)->value;
        QCOMPARE(accuracy.legend().items().front().value, QString::fromStdString(format_number(first, 4)));
        Q_EMIT loss.view().xRangeChosen(std::pair{4.0, 9.0});
        QCOMPARE(s.page().charts().xRange(), std::optional(std::pair(4.0, 9.0)));
        const QString id = QString::fromStdString(s.runs[2].uuid);
        Q_EMIT loss.view().picked(id);
        auto* list = s.find<QListView>("compareRuns");
        QVERIFY(list->model()->index(2, 0).data(ComparedRunsModel::picked_role).toBool());
        QVERIFY(!list->model()->index(1, 0).data(ComparedRunsModel::picked_role).toBool());
        auto* table = s.find<QTableView>("compareMetrics");
        QCOMPARE(table->currentIndex().row(), 2);
        Q_EMIT loss.view().chosen(QString::fromStdString(s.runs[3].uuid));
        QCOMPARE(list->currentIndex().row(), 3);
        QSignalSpy opened(&s.page(), &ComparePage::openRun);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QVERIFY(s.find<QWidget>("trainPage")->isVisible());
    }

    void axesAndLogarithms() {
        Comparing s;
        s.show();
        s.choose("compareAxis", "by update");
        QTRY_VERIFY(s.card("train/loss").curves().curves[0].along.of == SeriesAxis::Of::update);
        s.choose("compareAxis", "by example");
        QTRY_COMPARE(s.card("train/loss").curves().curves[0].along.scale, 16034.0);
        s.choose("compareAxis", "by share");
        QTRY_COMPARE(s.card("train/loss").curves().curves[0].along.scale, 1.0 / 20);
        s.click("compareLogX");
        QVERIFY(s.page().comparedLayout().log_x);
        s.click("compare-train/loss-log");
        QCOMPARE(s.page().comparedLayout().log_metrics, QStringList{QStringLiteral("train/loss")});
    }

    void chartsAreChosenFromAMenu() {
        Comparing s;
        s.show();
        s.entry("compareShown", "compareChart-train/accuracy")->trigger();
        QTRY_COMPARE(s.page().charts().cards().size(), std::size_t(4));
        s.settle();
        QCOMPARE(s.card("train/accuracy").curves().curves.size(), s.runs.size());
        s.entry("compareShown", "compareChart-validation/loss")->trigger();
        QTRY_VERIFY(!s.page().charts().card("validation/loss"));
    }

    void runsAreAddedByAFilter() {
        Comparing s;
        s.page().showRuns({s.runs[0]});
        s.settle();
        s.key(Qt::Key_F, Qt::ControlModifier);
        auto* picker = s.page().findChild<QWidget*>(QStringLiteral("runPicker"));
        QVERIFY(picker && picker->isVisible());
        auto* line = picker->findChild<QLineEdit*>(QStringLiteral("pickerFilterLine"));
        QTest::keyClicks(line, QStringLiteral("regime=full-batch"));
        auto* list = picker->findChild<QListView*>(QStringLiteral("pickerList"));
        QTRY_COMPARE(list->model()->rowCount(), 3);
        auto* all = picker->findChild<QAbstractButton*>(QStringLiteral("pickerAll"));
        all->setFocus();
        QTest::keyClick(all, Qt::Key_Space);
        QTRY_COMPARE(s.page().runs().runs().size(), std::size_t(4));
        QVERIFY(!picker->isVisible());
    }

    void aLiveRunGrowsOnThePage() {
        Comparing s;
        RunPlan plan{.name = "live", .state = RunState::running, .updates = 5, .planned = 20};
        const RunId live = addRun(s.store->writer(), plan);
        s.runs.push_back(live);
        s.show();
        QCOMPARE(s.page().runs().series(live, "train/loss")->size(), std::size_t(5));
        plan.updates = 12;
        auto more = metricsOf(s.place.stored(live), plan);
        more.metrics.clear();
        std::erase_if(more.samples, [](const Sample& sample) { return sample.update.count <= 5; });
        s.store->writer().push(std::make_shared<const MetricBatch>(more));
        must(s.store->writer().flush());
        QTRY_COMPARE_WITH_TIMEOUT(s.page().runs().series(live, "train/loss")->size(), std::size_t(12), 10000);
        QTRY_COMPARE(s.card("train/loss").curves().curves.back().series->size(), std::size_t(12));
    }

    void everyControlIsNamedAndReachable() {
        Comparing s;
        s.show();
        s.group("regime");
        for (auto* each : s.page().findChildren<QWidget*>()) {
            if (!each->isVisible() || !(each->focusPolicy() & Qt::TabFocus)) continue;
            if (each->objectName().startsWith(QStringLiteral("qt_"))) continue; // inside of another control
            const auto* around = qobject_cast<QAbstractScrollArea*>(each->parentWidget());
            if (around && around->viewport() == each) continue;
            QVERIFY2(!each->accessibleName().isEmpty(),
                     qPrintable(each->objectName() + QLatin1String(each->metaObject()->className())));
            QVERIFY2(!each->objectName().isEmpty(), qPrintable(each->accessibleName()));
        }
        // Once around by Tab: bar, list, charts and table are met.
        s.find<QWidget>("compareGroup")->setFocus();
        QStringList met;
        for (int i = 0; i < 80; ++i) {
            s.key(Qt::Key_Tab);
            met << QApplication::focusWidget()->objectName();
        }
        for (const char* wanted : {"compareAxis", "compareSmoothing", "compareRuns",
                                   "compare-validation/loss-view", "compareMetrics", "compareExport"})
            QVERIFY2(met.contains(QString::fromUtf8(wanted)), wanted);
    }
};

QTEST_MAIN(TestComparePage)
#include "test_compare_page.moc"
