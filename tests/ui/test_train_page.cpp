#include "tests/ui/studio_fixture.h"

#include "ui/pages/train_page.h"
#include "ui/plots/curve_source.h"
#include "ui/plots/plot_card.h"
#include "ui/widgets/path_edit.h"

#include <QFile>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>

#include <cmath>
#include <set>
#include <thread>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

std::size_t points(const Studio& s, const char* plot, std::size_t curve) {
    const auto& series = card(s, plot).scene().curves[curve].series;
    return series ? series->size() : 0;
}

} // namespace

class TestTrainPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWindowStandsBeforeTheEngine() {
        Studio s;
        s.open(false);
        QVERIFY(s.find<QWidget>("engineLoading")->isVisible());
        QVERIFY(!s.find<QWidget>("trainButton")->isVisible());
        s.engine->load();
        QTRY_VERIFY(s.find<QWidget>("trainButton")->isVisible());
        QCOMPARE(s.find<QComboBox>("task")->currentText(), QStringLiteral("Names"));
        QCOMPARE(s.find<QComboBox>("regime")->currentText(), QStringLiteral("Full batch, clipped"));
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.4"));
        QTRY_COMPARE(s.text("task-detail"),
                     QStringLiteral("22 classes · 3,612 train · built-in\n14 duplicates"));
        QCOMPARE(s.text("model-detail"), QStringLiteral("71,958 params"));
        QTRY_COMPARE(s.text("cost"), QStringLiteral("≈ 100 updates, 2.0 s"));
    }

    void anEngineThatCannotBeLoadedSaysSo() {
        Studio s;
        s.engine = std::make_unique<EngineHost>(
            []() -> Result<Engine*> { return fail("the training engine is missing"); });
        s.training = std::make_unique<Training>(*s.engine, *s.store);
        s.open(false);
        s.engine->load();
        QTRY_VERIFY(s.find<QWidget>("engineError")->isVisible());
        QVERIFY(s.text("engineError").startsWith(QStringLiteral("the training engine is missing")));
        s.click("navRuns");
        QVERIFY(s.find<QWidget>("navRuns")->isVisible());
    }

    void aSlowBlasIsSaid() {
        Studio s;
        s.fake.plan.slow_blas = true;
        s.open();
        QVERIFY(s.find<QWidget>("slowBlas")->isVisible());
        s.click("slowBlasDismiss");
        QVERIFY(!s.find<QWidget>("slowBlas")->isVisible());
    }

    void trainsFromThePressToTheEnd() {
        Studio s;
        s.open();
        QVERIFY(s.find<QWidget>("trainEmpty")->isVisible());
        s.fake.plan.per_update = std::chrono::milliseconds(10); // long enough to be seen training
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        QTRY_VERIFY(points(s, "loss", 1) > 2);
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QTRY_COMPARE(points(s, "loss", 0), std::size_t(100)); // batch/loss: one an update
        QTRY_VERIFY(!card(s, "loss").view().drawn(1).empty());
        QCOMPARE(points(s, "loss", 1), std::size_t(21)); // train/loss: one an epoch and one before
        QCOMPARE(points(s, "gradient", 0), std::size_t(100));
        QVERIFY(card(s, "loss").accessibleDescription().startsWith(QStringLiteral("Loss: train ")));
        QVERIFY(card(s, "loss").accessibleDescription().contains(QStringLiteral("lowest validation")));
        QCOMPARE(card(s, "gradient").scene().lines.size(), std::size_t(1));
        QCOMPARE(s.text("plot-gradient-note"), QStringLiteral("clip 0.25 (active in 97% of updates)"));
        QCOMPARE(s.find<QProgressBar>("runProgress")->value(), 1000);
        QTRY_VERIFY(
            s.find<QPlainTextEdit>("logView")->toPlainText().contains(QStringLiteral("The run is over")));
    }

    void pausesStepsContinuesAndStops() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        QTRY_VERIFY(QApplication::focusWidget() == s.find<QWidget>("pauseButton"));
        s.key(Qt::Key_Space);
        QTRY_COMPARE(s.text("runState"), QStringLiteral("paused"));
        QTest::qWait(100);
        const auto before = s.training->progress().update.count;
        QTest::qWait(100);
        QCOMPARE(s.training->progress().update.count, before);
        s.key(Qt::Key_Period);
        QTRY_COMPARE(s.training->progress().update.count, before + 1);
        s.click("stepButton");
        QTRY_COMPARE(s.training->progress().update.count, before + 2);
        QTRY_COMPARE(s.button("pauseButton")->text(), QStringLiteral("Continue"));
        s.click("pauseButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        s.click("stopButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("stopped"));
        QTRY_VERIFY(s.button("resumeButton")->isVisible());
        QVERIFY(!s.button("pauseButton")->isVisible());
    }

    void aStoppedRunIsResumed() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        s.click("trainButton");
        QTRY_VERIFY(s.training->progress().update.count > 3);
        const RunId id = *s.training->run();
        s.click("stopButton");
        QTRY_VERIFY(s.button("resumeButton")->isVisible());
        s.fake.plan.per_update = std::chrono::microseconds(100);
        s.click("resumeButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QTRY_COMPARE(s.place.stored(id).state, RunState::finished);
    }

    void aDivergedRunSaysWhere() {
        Studio s;
        s.open();
        s.type("optimizer.lr", "10");
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("diverged"));
        QTRY_VERIFY(s.find<QLabel>("runFacts")->text().contains(QStringLiteral("loss is not a number")));
        QTRY_COMPARE(points(s, "loss", 0), std::size_t(1)); // the NaN is kept
    }

    void replicatesRunOneAfterAnother() {
        Studio s;
        s.fake.plan.per_update = std::chrono::microseconds(50);
        s.open();
        s.type("run.replicates", "3");
        QCOMPARE(s.button("trainButton")->text(), QStringLiteral("Train 3 runs"));
        QSignalSpy ended(s.training.get(), &Training::ended);
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, 10000);
        const auto reader = must(StoreReader::open(s.place.path()));
        const auto runs = must(reader->runs());
        QCOMPARE(runs.size(), std::size_t(3));
        std::set<std::uint64_t> seeds;
        for (const auto& run : runs) seeds.insert(run.spec.seed);
        QCOMPARE(seeds, (std::set<std::uint64_t>{0, 1, 2}));
    }

    void whatCannotStartIsSaidAndNothingIsLost() {
        Studio s;
        s.fake.plan.start_error = "task.source = /x: no such folder";
        s.open();
        s.click("trainButton");
        QTRY_VERIFY(s.find<QWidget>("trainNotice")->isVisible());
        QVERIFY(s.find<QWidget>("trainEmpty")->isVisible());
    }

    void stopWhileTheDataAreRead() {
        Studio s;
        s.fake.plan.loading = std::chrono::milliseconds(150);
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("preparing"));
        s.click("stopButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("stopped"));
    }

    void csvEqualsThePlot() {
        Studio s;
        s.open();
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QTRY_COMPARE(points(s, "loss", 0), std::size_t(100));
        const QString file = s.place.file(QStringLiteral("loss.csv"));
        s.find<ChartsGrid>("charts")->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return file; });
        s.find<QAction>("plot-loss-csv")->trigger();
        QTRY_VERIFY(QFile::exists(file));
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.front(), QStringLiteral("update,epoch,seconds,batch/loss,train/loss,validation/loss"));
        QCOMPARE(lines.size(), 102); // head, update 0 and a hundred
        const auto& batch = *card(s, "loss").scene().curves[0].series;
        for (int u = 1; u <= 100; ++u)
            QCOMPARE(lines[u + 1].split(QLatin1Char(','))[3].toDouble(),
                     batch.point(std::size_t(u - 1))->value); // bit for bit
        const QString picture = s.place.file(QStringLiteral("loss.svg"));
        s.find<ChartsGrid>("charts")->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return picture; });
        s.find<QAction>("plot-loss-export")->trigger();
        s.click("figureSave");
        QVERIFY(QFile(picture).size() > 1000);
        QCOMPARE(must(figureRuns(picture)).size(), 1);
    }

    void theTableIsTheTwinOfThePlot() {
        Studio s;
        s.open();
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QTRY_COMPARE(points(s, "loss", 0), std::size_t(100));
        s.find<QAction>("plot-loss-table")->trigger();
        QCOMPARE(s.find<QTabWidget>("runDetails")->currentIndex(), 1);
        QTRY_COMPARE(s.find<QTableView>("seriesTable")->model()->rowCount(), 101);
        s.find<QAction>("plot-confusion-table")->trigger();
        QCOMPARE(s.find<QTableView>("confusionTable")->model()->rowCount(), 22);
        s.find<QTabWidget>("runDetails")->setCurrentIndex(3);
        QVERIFY(s.find<QPlainTextEdit>("specText")
                    ->toPlainText()
                    .contains(QStringLiteral("id = \"full-batch-clipped\"")));
    }

    void axisLogAndEnlarge() {
        Studio s;
        s.open();
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QTRY_COMPARE(points(s, "loss", 0), std::size_t(100));
        s.find<QComboBox>("xAxis")->setCurrentIndex(0);
        QCOMPARE(lastPoint(card(s, "loss").scene().curves[0])->x, 100.0);
        s.find<QComboBox>("xAxis")->setCurrentIndex(1);
        QCOMPARE(lastPoint(card(s, "loss").scene().curves[0])->x, 20.0);
        s.click("plot-loss-log");
        QVERIFY(card(s, "loss").scene().log_y);
        QVERIFY(!card(s, "loss").view().drawn(0).empty());
        s.click("plot-loss-enlarge");
        QVERIFY(!card(s, "accuracy").isVisible());
        s.click("plot-loss-enlarge");
        QVERIFY(card(s, "accuracy").isVisible());
        card(s, "loss").view().setFocus();
        QTest::keyClick(&card(s, "loss").view(), Qt::Key_Right); // the shared cursor
    }

    void aStoredRunIsShown() {
        Studio s;
        const RunId id = addRun(s.store->writer(), {.name = "old-run"});
        s.open();
        s.find<TrainPage>("trainPage")->showRun(id);
        QTRY_COMPARE(s.text("runName"), QStringLiteral("old-run"));
        QCOMPARE(s.text("runState"), QStringLiteral("finished"));
        QCOMPARE(points(s, "loss", 1), std::size_t(20));
        QVERIFY(!s.button("pauseButton")->isVisible());
    }
};

QTEST_MAIN(TestTrainPage)
#include "test_train_page.moc"
