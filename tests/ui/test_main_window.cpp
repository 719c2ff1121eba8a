#include "tests/ui/studio_fixture.h"
#include "tests/ui/sweeps_fixture.h"

#include "ui/pages/sweeps_page.h"
#include "ui/pages/train_page.h"

#include <QImage>
#include <QSignalSpy>
#include <QStackedWidget>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {
int page(const Studio& s) {
    return s.find<QStackedWidget>("pages")->currentIndex();
}
} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysReachEverything() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        s.key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(page(s), 1);
        s.key(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(page(s), 0);
        s.key(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(page(s), 2);
        s.key(Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(page(s), 3);
        s.key(Qt::Key_5, Qt::ControlModifier);
        QCOMPARE(page(s), 4);
        s.key(Qt::Key_6, Qt::ControlModifier);
        QCOMPARE(page(s), 5);
        s.key(Qt::Key_F1);
        QCOMPARE(page(s), 6);
        s.key(Qt::Key_Return, Qt::ControlModifier); // trains, and shows it
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        QCOMPARE(page(s), 0);
        s.key(Qt::Key_Space);
        QTRY_COMPARE(s.text("runState"), QStringLiteral("paused"));
        s.key(Qt::Key_Space);
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        s.find<QAction>("actionStop")->trigger();
        QTRY_COMPARE(s.text("runState"), QStringLiteral("stopped"));
    }

    void aLineEditKeepsItsSpaceAndStop() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
        s.type("run.seed", "1.5 ");
        QCOMPARE(s.find<QLineEdit>("run.seed")->text(), QStringLiteral("1.5 "));
        QCOMPARE(s.text("runState"), QStringLiteral("training"));
    }

    void ctrlEExportsTheWatchedRun() {
        Studio s;
        const RunId id = addRun(s.store->writer(), {.name = "old-run"});
        s.open();
        s.find<TrainPage>("trainPage")->showRun(id);
        QTRY_COMPARE(s.text("runName"), QStringLiteral("old-run"));
        const QString file = s.place.file(QStringLiteral("run.csv"));
        s.find<ChartsGrid>("charts")->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return file; });
        QTRY_VERIFY(s.find<QAction>("actionExportRun")->isEnabled());
        s.key(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(QFile::exists(file));
    }

    void closingWhileTrainingAsksOnce() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        int asked = 0;
        auto answer = MainWindow::OnClose::cancel;
        s.window->setCloseQuestion([&](QWidget*, const QString& run) {
            ++asked;
            [&] { QVERIFY(!run.isEmpty()); }();
            return answer;
        });
        s.click("trainButton");
        QTRY_VERIFY(s.training->run());
        const RunId id = *s.training->run();
        s.window->close();
        QCOMPARE(asked, 1);
        QVERIFY(s.window->isVisible());
        answer = MainWindow::OnClose::stop_and_keep;
        s.window->close();
        QCOMPARE(asked, 2);
        QVERIFY(!s.window->isVisible());
        s.window.reset();
        s.training.reset(); // as at the end of the program
        QVERIFY(s.store->writer().flush());
        QTRY_COMPARE(s.place.stored(id).state, RunState::interrupted);
    }

    void trainingGoesOnInTheBackground() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(2);
        s.open();
        s.window->setCloseQuestion([](QWidget*, const QString&) { return MainWindow::OnClose::background; });
        QSignalSpy finished(s.window.get(), &MainWindow::finishedInBackground);
        s.click("trainButton");
        QTRY_VERIFY(s.training->run());
        const RunId id = *s.training->run();
        s.window->close();
        QVERIFY(!s.window->isVisible());
        QVERIFY(s.training->busy());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 10000);
        QTRY_COMPARE(s.place.stored(id).state, RunState::finished);
    }

    void closingWhileASweepIsTrainedAsks() {
        Studio s;
        const auto sweep = addSweep(s.store->writer(), s.fake.catalog(), widthPlan(), "widths");
        s.open();
        auto& runner = s.find<SweepsPage>("sweepsPage")->runner();
        const QString up = s.place.file(QStringLiteral("up")), go = s.place.file(QStringLiteral("go")),
                      over = s.place.file(QStringLiteral("over"));
        runner.setProgram(
            fakeProgram(s.place, QStringLiteral("lasting"),
                        QStringLiteral("touch '%1'; while [ ! -e '%2' ]; do sleep 0.02; done; touch '%3'")
                            .arg(up, go, over)));
        runner.start(QString::fromStdString(sweep.id), QStringLiteral("widths"), 1);
        QTRY_VERIFY(QFile::exists(up));
        QStringList asked;
        auto answer = MainWindow::OnClose::cancel;
        s.window->setCloseQuestion([&](QWidget*, const QString& what) {
            asked << what;
            return answer;
        });
        s.window->close();
        QCOMPARE(asked, QStringList{QStringLiteral("widths")});
        QVERIFY(s.window->isVisible());
        answer = MainWindow::OnClose::background;
        s.window->close();
        QVERIFY(!s.window->isVisible()); // nothing of this process is left to wait for
        s.window.reset();
        QFile(go).open(QIODevice::WriteOnly);
        QTRY_VERIFY(QFile::exists(over)); // it went on alone
    }

    void closingWhileIdleDoesNotAsk() {
        Studio s;
        s.open();
        s.window->setCloseQuestion([](QWidget*, const QString&) {
            qFatal("asked");
            return MainWindow::OnClose::cancel;
        });
        s.window->close();
        QVERIFY(!s.window->isVisible());
    }

    void theThemeIsSetAndRemembered() {
        Studio s;
        s.open();
        s.find<QAction>("themeDark")->trigger();
        QVERIFY(theme::isDark());
        QTRY_VERIFY(s.window->grab().toImage().pixelColor(400, 60).lightness() < 80);
        s.find<QAction>("themeLight")->trigger();
        QVERIFY(!theme::isDark());
        QTRY_VERIFY(s.window->grab().toImage().pixelColor(400, 60).lightness() > 180);
        QCOMPARE(s.settings.value(QStringLiteral("theme")).toInt(), int(theme::Mode::light));
    }

    void nothingIsCutOffInTheSmallestWindow() {
        Studio s;
        s.open();
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        s.window->resize(960, 600);
        QTRY_COMPARE(s.window->size(), QSize(960, 600));
        for (const char* name : {"runName", "runFacts", "xAxis", "plot-loss-more", "plot-confusion-more",
                                 "trainButton", "logView"}) {
            const auto* widget = s.find<QWidget>(name);
            const QRect seen(widget->mapTo(s.window.get(), QPoint(0, 0)), widget->size());
            QVERIFY2(s.window->rect().contains(seen), name);
        }
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestMainWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_main_window.moc"
