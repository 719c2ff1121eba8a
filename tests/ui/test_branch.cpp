// Runs that go on: trained longer, branched off, and taken up after a crash.

#include "tests/ui/studio_fixture.h"
#include "ui/state/watched_run.h"
#include "ui/widgets/go_on_dialog.h"
#include "ui/widgets/interrupted_bar.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QTableView>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// A run trained in the window, with checkpoints at updates 40 and 100, the first one the best.
RunId trained(Studio& s) {
    s.click("trainButton");
    bool going = false;
    for (int i = 0; i < 200 && !going; ++i) {
        QTest::qWait(10);
        going = s.training->run().has_value();
    }
    const RunId id = s.training->run().value_or(RunId{});
    const auto over = [&] { return !s.training->busy() && s.place.stored(id).state == RunState::finished; };
    for (int i = 0; i < 500 && !over(); ++i) QTest::qWait(20);
    for (const std::int64_t update : {40, 100}) {
        auto batch = std::make_shared<MetricBatch>();
        batch->run = id;
        batch->checkpoint = CheckpointInfo{{update}, "c" + std::to_string(update), 1};
        batch->checkpoint->best = update == 40;
        const auto now = s.place.stored(id);
        batch->progress = {now.updates, now.planned, now.epoch, now.seconds, {}};
        s.store->writer().push(batch);
    }
    must(s.store->writer().flush());
    return id;
}

/// The Runs page with this run chosen.
void chooseRun(Studio& s, const RunId& id) {
    s.click("navRuns");
    auto* table = s.find<QTableView>("runsTable");
    const QString name = QString::fromStdString(s.place.stored(id).name);
    const auto choose = [&] {
        for (int row = 0; row < table->model()->rowCount(); ++row)
            for (int column = 0; column < table->model()->columnCount(); ++column)
                if (const auto index = table->model()->index(row, column); index.data().toString() == name) {
                    table->setCurrentIndex(index);
                    return true;
                }
        return false;
    };
    QTRY_VERIFY(choose()); // a new one comes by itself
    QTRY_VERIFY(s.find<QAction>("runBranch")->isEnabled());
}

/// What some page's notice says.
bool isNoticed(const Studio& s, const QString& text) {
    return std::ranges::any_of(s.window->findChildren<QLabel*>(QStringLiteral("runsNoticeText")),
                               [&](const QLabel* label) { return label->text().contains(text); });
}

RunId interruptedRun(StoreWriter& writer) {
    return addRun(writer, {.name = "calm-heron",
                           .state = RunState::interrupted,
                           .reason = "the process that trained it is gone",
                           .updates = 12});
}

} // namespace

class TestBranch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBranchIsOfferedFilledInAndTrained() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        const RunId parent = trained(s);
        QVERIFY(!s.find<QWidget>("branchBar")->isVisible());
        chooseRun(s, parent);
        s.find<QAction>("runBranch")->trigger();
        QTRY_VERIFY(s.find<QWidget>("branchBar")->isVisible());
        const QString name = QString::fromStdString(s.place.stored(parent).name);
        QCOMPARE(s.text("branchWords"), QStringLiteral("Branch of %1").arg(name));
        auto* points = s.find<QComboBox>("branchPoint");
        QCOMPARE(points->count(), 2);
        QVERIFY(points->currentText().contains(QStringLiteral("100")));
        QVERIFY(points->itemText(1).contains(QStringLiteral("best")));
        QCOMPARE(s.button("trainButton")->text(), QStringLiteral("Train the branch"));

        // Its parent ends there: as many epochs again are proposed, and from an earlier one its own.
        QCOMPARE(s.find<QLineEdit>("run.length")->text(), QStringLiteral("40"));
        points->setCurrentIndex(1);
        Q_EMIT points->activated(1);
        QCOMPARE(s.find<QLineEdit>("run.length")->text(), QStringLiteral("20"));
        s.type("optimizer.lr", "0.05");
        s.click("trainButton");
        QTRY_VERIFY(s.training->run().has_value());
        const RunId branch = *s.training->run();
        QTRY_VERIFY_WITH_TIMEOUT(!s.training->busy(), 10000);
        const auto stored = s.place.stored(branch);
        QVERIFY(stored.parent.has_value());
        QCOMPARE(stored.parent->run, parent);
        QCOMPARE(stored.parent->at.count, 40);
        QCOMPARE(stored.spec.optimizer.params.real("lr"), 0.05);

        // Its parent is a link in the preview.
        chooseRun(s, branch);
        auto* link = s.find<QPushButton>("previewParent");
        QTRY_VERIFY(link->isVisible());
        QCOMPARE(link->text(), QStringLiteral("Branch of %1 at update 40").arg(name));
        QTest::mouseClick(link, Qt::LeftButton);
        QTRY_COMPARE(s.text("runName"), name);
    }

    void aBranchIsDropped() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        const RunId parent = trained(s);
        chooseRun(s, parent);
        s.find<QAction>("runBranch")->trigger();
        QTRY_VERIFY(s.find<QWidget>("branchBar")->isVisible());
        s.click("branchDrop");
        QVERIFY(!s.find<QWidget>("branchBar")->isVisible());
        s.click("trainButton");
        QTRY_VERIFY(s.training->run().has_value());
        const RunId run = *s.training->run();
        QTRY_VERIFY_WITH_TIMEOUT(!s.training->busy(), 10000);
        QVERIFY(!s.place.stored(run).parent.has_value());
    }

    void aRunWithoutACheckpointSaysSo() {
        Studio s;
        s.open();
        const RunId run = addRun(s.store->writer(), {.name = "bare"});
        chooseRun(s, run);
        s.find<QAction>("runBranch")->trigger();
        QTRY_VERIFY(isNoticed(s, QStringLiteral("bare has no checkpoint")));
    }

    void aFinishedRunIsTrainedLonger() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(5);
        s.open();
        const RunId run = trained(s);
        QTRY_COMPARE(s.button("resumeButton")->text(), QStringLiteral("Train longer…"));
        s.click("resumeButton");
        GoOnDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = s.window->findChild<GoOnDialog*>()));
        QTRY_VERIFY(dialog->isVisible());
        auto* length = dialog->findChild<QLineEdit*>(QStringLiteral("goOnLength"));
        QCOMPARE(length->text(), QStringLiteral("40")); // twice its twenty epochs
        auto* go = dialog->findChild<QPushButton*>(QStringLiteral("goOnButton"));
        length->setText(QStringLiteral("20"));
        QVERIFY(!go->isEnabled());
        QVERIFY(dialog->findChild<QLabel*>(QStringLiteral("goOnProblem"))
                    ->text()
                    .contains(QStringLiteral("expected more")));
        length->setText(QStringLiteral("30"));
        QVERIFY(go->isEnabled());
        QTest::mouseClick(go, Qt::LeftButton);
        QTRY_VERIFY(s.training->run() == run);
        QCOMPARE(s.fake.resumed_with, (std::vector<Change>{{{}, "epochs", "30"}}));
    }

    void aDivergedRunGoesOnWithAnotherStep() {
        const auto run = [] {
            auto record = recordOf({.state = RunState::diverged, .lr = 0.4});
            record.state = RunState::diverged;
            record.reason = "diverged at update 12: loss is not a number";
            return record;
        }();
        CatalogEngine engine;
        GoOnDialog dialog(run, engine.catalog(), nullptr);
        QCOMPARE(dialog.changes(), (std::vector<Change>{{{}, "optimizer.lr", "0.04"}}));
        auto* lr = dialog.findChild<QLineEdit*>(QStringLiteral("goOnRate"));
        QVERIFY(lr);
        lr->setText(QStringLiteral("-1"));
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("goOnButton"))->isEnabled());
    }

    void afterACrashTheRunIsOffered() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(100); // eight are left, and it is seen at them
        const RunId run = interruptedRun(s.store->writer());
        s.open();
        auto* bar = s.window->findChild<InterruptedBar*>();
        QTRY_VERIFY(bar->isVisible());
        QCOMPARE(s.text("interruptedWords"),
                 QStringLiteral("calm-heron was interrupted at update 12 of 20."));
        s.click("interruptedResume");
        QTRY_VERIFY(s.training->run() == run);
        QVERIFY(!bar->isVisible());
        QTRY_COMPARE(s.text("runName"), QStringLiteral("calm-heron"));
    }

    void aRunThatBeginsAnewShowsWhatTheStoreHolds() {
        Studio s;
        s.fake.resumes_after = {-1};
        s.fake.plan.break_at = 2;
        must(s.training->setBreakpoints({"train/loss > 0"}));
        const RunId run = interruptedRun(s.store->writer());
        s.open();
        // Looked at before it is taken up, from the page of runs.
        chooseRun(s, run);
        s.find<QAction>("runOpen")->trigger();
        auto* watched = s.window->findChild<WatchedRun*>();
        QTRY_VERIFY(watched->find("train/loss") && watched->find("train/loss")->points.size() == 12);
        must(s.training->resumeRun(run)); // from another page
        QTRY_VERIFY(watched->state() == RunState::paused && !watched->loading());
        const auto& points = watched->find("train/loss")->points;
        QCOMPARE(points.back().update.count, 0); // paused after two updates, evaluated before the first
        s.training->stop();
        QTRY_VERIFY(!s.training->busy());
    }

    void whatWasDismissedIsNotOfferedAgain() {
        Studio s;
        interruptedRun(s.store->writer());
        addRun(s.store->writer(),
               {.name = "chosen", .state = RunState::interrupted, .reason = "the program was ended"});
        s.open();
        auto* bar = s.window->findChild<InterruptedBar*>();
        QTRY_VERIFY(bar->isVisible());
        s.click("interruptedDismiss");
        QVERIFY(!bar->isVisible());
        s.window.reset();
        s.open();
        QTest::qWait(300);
        QVERIFY(!s.window->findChild<InterruptedBar*>()->isVisible());
    }
};

QTEST_MAIN(TestBranch)
#include "test_branch.moc"
