#include "tests/ui/runs_fixture.h"

#include <QSignalSpy>

#include <atomic>
#include <thread>

using namespace descent;
using namespace descent::test;
using descent::ui::StoreHost;

class TestStoreHost : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jobsOfOneContextFinishInOrder() {
        Place place;
        const auto host = place.open();
        QObject context;
        std::vector<int> finished;
        for (int i = 0; i < 40; ++i)
            host->read<int>(
                &context,
                [i](const StoreReader&) {
                    if (i % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
                    return i;
                },
                [&finished](int value) { finished.push_back(value); });
        QTRY_COMPARE(finished.size(), std::size_t(40));
        QVERIFY(std::ranges::is_sorted(finished));
    }

    void resultsComeOnTheGuiThreadAndJobsDoNot() {
        Place place;
        const auto host = place.open();
        QThread* const gui = QThread::currentThread();
        bool done = false;
        host->read<QThread*>(
            this, [](const StoreReader&) { return QThread::currentThread(); },
            [&](QThread* worker) {
                QVERIFY(worker != gui);
                QCOMPARE(QThread::currentThread(), gui);
                done = true;
            });
        QTRY_VERIFY(done);
    }

    void aLongJobDoesNotHoldUpAnotherContext() {
        Place place;
        const auto host = place.open();
        std::atomic<bool> go = false;
        QObject slow, quick;
        bool slow_done = false, quick_done = false;
        host->read<int>(
            &slow,
            [&go](const StoreReader&) {
                while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                return 0;
            },
            [&](int) { slow_done = true; });
        host->read<int>(
            &quick, [](const StoreReader&) { return 0; }, [&](int) { quick_done = true; });
        QTRY_VERIFY(quick_done);
        QVERIFY(!slow_done);
        go = true;
        QTRY_VERIFY(slow_done);
    }

    void nothingIsDeliveredToAContextThatIsGone() {
        Place place;
        const auto host = place.open();
        std::atomic<bool> ran = false;
        bool delivered = false;
        auto context = std::make_unique<QObject>();
        host->read<int>(
            context.get(),
            [&ran](const StoreReader&) {
                ran = true;
                return 1;
            },
            [&](int) { delivered = true; });
        context.reset();
        QTRY_VERIFY(ran);
        QTest::qWait(50);
        QVERIFY(!delivered);
    }

    void aJobThatThrowsIsReported() {
        Place place;
        const auto host = place.open();
        QSignalSpy failed(host.get(), &StoreHost::failed);
        host->read<int>(
            this, [](const StoreReader&) -> int { throw InputError("no such thing"); },
            [](int) { QFAIL("delivered"); });
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.first().first().toString(), QStringLiteral("no such thing"));
    }

    void saysThatAnotherConnectionCommitted() {
        Place place;
        const auto host = place.open();
        QSignalSpy changed(host.get(), &StoreHost::changed);
        QTest::qWait(600);
        QCOMPARE(changed.size(), 0);
        const auto other = must(StoreWriter::open(place.path()));
        addRun(*other, {});
        QTRY_VERIFY(changed.size() > 0);
    }

    void anEditCanBeUndoneAndDoneAgain() {
        Place place;
        const auto host = place.open();
        const RunId run = addRun(host->writer(), {.note = "first"});
        QSignalSpy changed(host.get(), &StoreHost::changed);
        host->edit(QStringLiteral("Note"), {SetNote{run, "second"}});
        QTRY_COMPARE(host->undoStack().count(), 1);
        QCOMPARE(host->undoStack().undoText(), QStringLiteral("Note"));
        QCOMPARE(place.stored(run).note, std::string("second"));
        QTRY_VERIFY(changed.size() > 0);
        host->undoStack().undo();
        QTRY_COMPARE(place.stored(run).note, std::string("first"));
        host->undoStack().redo();
        QTRY_COMPARE(place.stored(run).note, std::string("second"));
    }

    void anEditThatFailsIsReportedAndNotUndoable() {
        Place place;
        const auto host = place.open();
        const RunId one = addRun(host->writer(), {.name = "one"});
        addRun(host->writer(), {.name = "two"});
        QSignalSpy failed(host.get(), &StoreHost::failed);
        host->edit(QStringLiteral("Rename"), {SetName{one, "two"}});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(host->undoStack().count(), 0);
        QCOMPARE(place.stored(one).name, std::string("one"));
    }

    void editsStillInLineAreAppliedWhenTheWindowCloses() {
        Place place;
        auto host = place.open();
        const RunId run = addRun(host->writer(), {});
        for (int i = 0; i < 20; ++i) host->edit(QStringLiteral("Note"), {SetNote{run, std::to_string(i)}});
        host.reset();
        QCOMPARE(place.stored(run).note, std::string("19"));
    }
};

QTEST_MAIN(TestStoreHost)
#include "test_store_host.moc"
