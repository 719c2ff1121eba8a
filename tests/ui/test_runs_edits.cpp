#include "tests/ui/runs_bench.h"

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

class TestRunsEdits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void starsByClickAndByKeyAndUndoesByKey() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a"});
        const RunId b = addRun(bench.store->writer(), {.name = "b"});
        bench.show();
        bench.wait(2);
        QTest::mouseClick(bench.table->viewport(), Qt::LeftButton, {}, bench.cell(a, RunColumn::star));
        QTRY_VERIFY(bench.place.stored(a).starred);
        QTRY_VERIFY(bench.model->row(bench.model->find(a)).starred);
        bench.choose({a, b});
        QTest::keyClick(bench.table, Qt::Key_D, Qt::ControlModifier); // one was not: both are
        QTRY_VERIFY(bench.place.stored(b).starred);
        QVERIFY(bench.place.stored(a).starred);
        QTRY_COMPARE(bench.store->undoStack().count(), 2);
        QTest::keyClick(bench.table, Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(!bench.place.stored(b).starred);
        QVERIFY(bench.place.stored(a).starred);
        QTRY_VERIFY(!bench.model->row(bench.model->find(b)).starred);
    }

    void renamesInPlaceAndRefusesATakenName() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "alpha"});
        addRun(bench.store->writer(), {.name = "beta"});
        bench.show();
        bench.wait(2);
        const auto rename = [&](const char* name) {
            bench.choose({a});
            QTest::keyClick(bench.table, Qt::Key_F2);
            auto* editor = bench.find<QLineEdit>("runNameEditor");
            editor->selectAll();
            QTest::keyClicks(editor, QString::fromLatin1(name));
            QTest::keyClick(editor, Qt::Key_Return);
            QTRY_VERIFY(!bench.window.findChild<QLineEdit*>(QStringLiteral("runNameEditor")));
        };
        QSignalSpy opened(bench.page, &RunsPage::openRun);
        rename("gamma");
        QTRY_COMPARE(bench.place.stored(a).name, std::string("gamma"));
        QTRY_COMPARE(bench.find<QLabel>("previewName")->text(), QStringLiteral("gamma"));
        QCOMPARE(opened.size(), 0); // Enter ended the editing
        rename("beta");
        QTRY_VERIFY(bench.find<QLabel>("runsNoticeText")->isVisible());
        QVERIFY(bench.find<QLabel>("runsNoticeText")->text().contains(QStringLiteral("beta")));
        QTRY_COMPARE(bench.model->row(bench.model->find(a)).name, QStringLiteral("gamma"));
    }

    void tagsAndNotesOfOneRunAndOfSeveral() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a", .tags = {"old", "paper"}});
        const RunId b = addRun(bench.store->writer(), {.name = "b", .tags = {"paper"}});
        bench.show();
        bench.wait(2);
        bench.choose({a});
        auto* note = bench.find<QPlainTextEdit>("previewNote");
        bench.action("runNote")->trigger();
        QTRY_VERIFY(note->hasFocus());
        QTest::keyClicks(note, QStringLiteral("went well"));
        bench.choose({b}); // leaving keeps what was typed, for the run it was typed for
        QTRY_COMPARE(bench.place.stored(a).note, std::string("went well"));
        QCOMPARE(bench.place.stored(b).note, std::string());
        QTRY_COMPARE(note->toPlainText(), QString());

        bench.choose({a, b});
        auto* tags = bench.find<QLineEdit>("previewTags");
        QTRY_COMPARE(tags->text(), QStringLiteral("paper")); // what they share
        bench.action("runTag")->trigger();
        tags->selectAll();
        QTest::keyClicks(tags, QStringLiteral("new , new,thesis"));
        QTest::keyClick(tags, Qt::Key_Return);
        QTRY_COMPARE(bench.place.stored(a).tags, (std::vector<std::string>{"new", "old", "thesis"}));
        QCOMPARE(bench.place.stored(b).tags, (std::vector<std::string>{"new", "thesis"}));
        QTRY_COMPARE(bench.store->undoStack().count(), 2);
        bench.store->undoStack().undo();
        QTRY_COMPARE(bench.place.stored(a).tags, (std::vector<std::string>{"old", "paper"}));
    }

    void trashesAndRestores() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a"});
        const RunId b = addRun(bench.store->writer(), {.name = "b"});
        addRun(bench.store->writer(), {.name = "c"});
        bench.show();
        bench.wait(3);
        bench.choose({a, b});
        QTest::keyClick(bench.table, Qt::Key_Delete);
        bench.wait(1);
        auto* view = bench.find<QToolButton>("runsTrashView");
        QTRY_COMPARE(view->text(), QStringLiteral("Trash (2)"));
        view->click();
        bench.wait(2);
        QVERIFY(!bench.action("runTrash")->isEnabled());
        bench.choose({a});
        QTRY_VERIFY(bench.action("runRestore")->isEnabled());
        bench.action("runRestore")->trigger();
        bench.wait(1);
        QTRY_VERIFY(!bench.place.stored(a).trashed_ms);
        QTRY_COMPARE(bench.store->undoStack().index(), 2);
        bench.store->undoStack().undo();
        bench.wait(2);
        bench.store->undoStack().undo(); // of moving both
        QTRY_COMPARE(bench.find<QLabel>("emptyStateTitle")->text(), QStringLiteral("The trash is empty"));
        QTest::mouseClick(bench.find<QPushButton>("emptyStateButton"), Qt::LeftButton);
        bench.wait(3);
    }

    void exportsTheChosenRuns() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a", .updates = 10});
        const RunId b = addRun(bench.store->writer(), {.name = "b", .updates = 5});
        addRun(bench.store->writer(), {.name = "c"});
        bench.show();
        bench.wait(3);
        bench.choose({a, b});
        const QString file = bench.place.file(QStringLiteral("out.csv"));
        QString suggested;
        bench.page->setAskForFile([&](QWidget*, const QString& suggestion) {
            suggested = suggestion;
            return file;
        });
        QTest::keyClick(bench.table, Qt::Key_E, Qt::ControlModifier);
        QVERIFY(suggested.endsWith(QStringLiteral("runs.csv")));
        QTRY_VERIFY(bench.find<QLabel>("runsNoticeText")
                        ->text()
                        .startsWith(QStringLiteral("Exported 60 values of 2 runs")));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = written.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 61); // 4 metrics of 10 and 5 updates, and the head
        QCOMPARE(lines.first().trimmed(), QByteArray("run_id,run,seed,update,epoch,wall_time,metric,value"));
        int of_a = 0;
        for (const QByteArray& line : lines) of_a += line.startsWith(a.uuid.c_str()) ? 1 : 0;
        QCOMPARE(of_a, 40);
        QVERIFY(bench.action("runExport")->isEnabled());
        bench.page->setAskForFile(
            [](QWidget*, const QString&) { return QStringLiteral("/nowhere/at/all.csv"); });
        bench.action("runExport")->trigger();
        QTRY_VERIFY(bench.find<QLabel>("runsNoticeText")->text().contains(QStringLiteral("/nowhere/at")));
        QTRY_VERIFY(!bench.find<QPushButton>("runsNoticeButton")->text().contains(QStringLiteral("Cancel")));
    }

    void opensResumesAndTrainsAgain() {
        Bench bench;
        const RunId done = addRun(bench.store->writer(), {.name = "done", .lr = 0.7});
        const RunId half = addRun(bench.store->writer(), {.name = "half", .state = RunState::stopped});
        bench.show();
        bench.wait(2);
        QSignalSpy opened(bench.page, &RunsPage::openRun);
        QSignalSpy again(bench.page, &RunsPage::trainAgain);
        bench.choose({done});
        QCOMPARE(bench.action("runResume")->text(), QStringLiteral("Train longer…"));
        QTest::keyClick(bench.table, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.takeFirst().first().value<RunId>(), done);
        QTest::mouseDClick(bench.table->viewport(), Qt::LeftButton, {}, bench.cell(half, RunColumn::state));
        QCOMPARE(opened.size(), 1);
        opened.clear();
        bench.choose({done});
        bench.action("runAgain")->trigger();
        QTRY_COMPARE(again.size(), 1);
        const auto request = again.first().first().value<Request>();
        QCOMPARE(request.model, std::string("gru"));
        QVERIFY(std::ranges::find(request.settings, std::pair<std::string, std::string>(
                                                        "optimizer.lr", "0.7")) != request.settings.end());
        bench.choose({half});
        QTRY_VERIFY(bench.action("runResume")->isEnabled());
        bench.action("runResume")->trigger();
        QTRY_COMPARE(opened.size(), 1);
    }
};

QTEST_MAIN(TestRunsEdits)
#include "test_runs_edits.moc"
