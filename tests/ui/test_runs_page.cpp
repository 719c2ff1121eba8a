#include "tests/ui/runs_bench.h"

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

class TestRunsPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEmptyStoreOffersToTrain() {
        Bench bench;
        bench.show();
        auto* button = bench.find<QPushButton>("emptyStateButton");
        QTRY_VERIFY(button->isVisible());
        QCOMPARE(bench.find<QLabel>("emptyStateTitle")->text(), QStringLiteral("No runs yet"));
        QSignalSpy first(bench.page, &RunsPage::trainFirst);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(first.size(), 1);
    }

    void listsSortsAndFilters() {
        Bench bench;
        StoreWriter& writer = bench.store->writer();
        const RunId gru = addRun(writer, {.name = "gru-one", .model = "gru", .lr = 0.4, .accuracy = 0.7});
        const RunId elman =
            addRun(writer, {.name = "elman-one", .model = "elman", .lr = 0.005, .accuracy = 0.5});
        bench.show();
        bench.wait(2);
        QTRY_COMPARE(bench.find<QLabel>("runsCount")->text(), QStringLiteral("2 runs"));
        const auto cell = [&](const RunId& run, RunColumn column) {
            return bench.model->index(bench.model->find(run), int(column)).data().toString();
        };
        QCOMPARE(cell(gru, RunColumn::accuracy), QStringLiteral("0.750")); // the best, not the last
        QCOMPARE(cell(elman, RunColumn::lr), QStringLiteral("0.005"));
        QCOMPARE(cell(elman, RunColumn::state), QStringLiteral("finished"));
        QVERIFY(bench.model->index(bench.model->find(gru), int(RunColumn::accuracy))
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("last 0.7")));

        bench.table->sortByColumn(int(RunColumn::lr), Qt::AscendingOrder);
        QTRY_COMPARE(bench.model->row(0).id, elman);
        bench.table->sortByColumn(int(RunColumn::lr), Qt::DescendingOrder);
        QTRY_COMPARE(bench.model->row(0).id, gru);

        bench.type(QStringLiteral("model=elman and lr<0.01"));
        bench.wait(1);
        QCOMPARE(bench.model->row(0).id, elman);
        QTRY_COMPARE(bench.find<QLabel>("runsCount")->text(), QStringLiteral("1 of 2 runs"));

        bench.type(QStringLiteral("model=gru and model=elman"));
        QTRY_COMPARE(bench.find<QLabel>("emptyStateTitle")->text(),
                     QStringLiteral("No run matches the filter"));
        QTest::mouseClick(bench.find<QPushButton>("emptyStateButton"), Qt::LeftButton);
        bench.wait(2);
    }

    void aFilterThatDoesNotParseSaysWhereAndKeepsTheList() {
        Bench bench;
        addRun(bench.store->writer(), {});
        bench.show();
        bench.wait(1);
        bench.type(QStringLiteral("lr >"));
        auto* error = bench.find<QLabel>("runsFilterError");
        QTRY_VERIFY(error->isVisible());
        QVERIFY2(error->text().contains(QStringLiteral("column")), qPrintable(error->text()));
        QCOMPARE(bench.model->rowCount(), 1);
        bench.type(QStringLiteral("lr > 0"));
        QTRY_VERIFY(!error->isVisible());
    }

    void everyExampleOfTheHelpParses() {
        Bench bench;
        addRun(bench.store->writer(), {});
        bench.show();
        bench.wait(1);
        for (int i = 0;; ++i) {
            QTest::mouseClick(bench.find<QToolButton>("runsFilterHelp"), Qt::LeftButton);
            auto* help = bench.window.findChild<FilterHelp*>();
            QVERIFY(help);
            auto* example = help->findChild<QPushButton*>(QStringLiteral("filterExample%1").arg(i));
            if (!example) {
                QVERIFY(i > 5);
                help->close();
                break;
            }
            QTest::mouseClick(example, Qt::LeftButton);
            QVERIFY2(!bench.find<QLabel>("runsFilterError")->isVisible(),
                     qPrintable(bench.find<QLabel>("runsFilterError")->text()));
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
    }

    void refreshingKeepsTheChoiceAndTheScrollPosition() {
        Bench bench;
        std::vector<RunId> runs;
        for (int i = 0; i < 60; ++i)
            runs.push_back(addRun(bench.store->writer(),
                                  {.seed = std::uint64_t(i), .created_ms = 1'700'000'000'000 + i}));
        bench.show();
        bench.wait(60);
        bench.choose({runs[20], runs[25]});
        bench.table->verticalScrollBar()->setValue(bench.table->verticalScrollBar()->maximum() / 2);
        const int scroll = bench.table->verticalScrollBar()->value();
        QVERIFY(scroll > 0);
        const auto other = must(StoreWriter::open(bench.place.path())); // another process
        addRun(*other, {.name = "newcomer", .created_ms = 1'600'000'000'000});
        must(other->apply({SetTrashed{runs[59], true}}));
        bench.wait(60);
        QCOMPARE(bench.table->chosen(), (std::vector<RunId>{runs[25], runs[20]}));
        QVERIFY(std::abs(bench.table->verticalScrollBar()->value() - scroll) <= 40);
    }

    void runsOfAnotherProcessMove() {
        Bench bench;
        const auto other = must(StoreWriter::open(bench.place.path()));
        const RunRecord run = must(other->create(recordOf({.state = RunState::running, .planned = 100})));
        bench.show();
        bench.wait(1);
        const auto state = [&] { return bench.model->index(0, int(RunColumn::state)).data().toString(); };
        for (const int updates : {25, 50}) {
            MetricBatch batch;
            batch.run = run.id;
            batch.progress = {{updates}, {100}, {double(updates)}, 1.0 * updates, 1.0};
            other->push(std::make_shared<const MetricBatch>(std::move(batch)));
            QTRY_COMPARE(state(), QStringLiteral("running %1%").arg(updates));
        }
        bench.choose({run.id});
        QVERIFY(!bench.action("runTrash")->isEnabled());
        QVERIFY(!bench.action("runResume")->isEnabled());
    }

    void previewTellsHowARunWent() {
        Bench bench;
        const RunId lost =
            addRun(bench.store->writer(),
                   {.state = RunState::diverged, .reason = "diverged at update 20: loss is not a number"});
        bench.show();
        bench.wait(1);
        bench.choose({lost});
        QTRY_COMPARE(bench.find<QLabel>("previewState")->text(),
                     QStringLiteral("diverged at update 20: loss is not a number"));
        auto* loss = bench.find<Sparkline>("previewLoss");
        QVERIFY(!loss->isEmpty());
        QVERIFY(loss->accessibleDescription().contains(QStringLiteral("not a number")));
        QStringList shown;
        for (const QLabel* label : bench.find<QWidget>("previewSettings")->findChildren<QLabel*>())
            shown << label->text();
        QVERIFY(shown.contains(QStringLiteral("optimizer.momentum")));
        QVERIFY(!shown.contains(QStringLiteral("model.hidden"))); // the default
    }

    void severalRunsShowWhatTheyShare() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.model = "gru", .seed = 1});
        const RunId b = addRun(bench.store->writer(), {.model = "gru", .seed = 2});
        bench.show();
        bench.wait(2);
        QTest::mouseClick(bench.table->viewport(), Qt::LeftButton, {}, bench.cell(a, RunColumn::name));
        QTest::mouseClick(bench.table->viewport(), Qt::LeftButton, Qt::ControlModifier,
                          bench.cell(b, RunColumn::name));
        QTRY_COMPARE(bench.find<QLabel>("previewName")->text(), QStringLiteral("2 runs chosen"));
        QVERIFY(!bench.action("runOpen")->isEnabled());
        QVERIFY(bench.action("runTrash")->isEnabled());
    }

    void columnsAreKept() {
        Bench bench;
        addRun(bench.store->writer(), {});
        bench.show();
        bench.wait(1);
        const int seed = int(RunColumn::seed);
        bench.table->setColumnHidden(seed, true);
        bench.table->horizontalHeader()->moveSection(5, 1);
        const int moved = bench.table->horizontalHeader()->logicalIndex(1);
        delete bench.page;
        RunsPage second(*bench.store, bench.engine, bench.training);
        auto* table = second.findChild<RunsTable*>(QStringLiteral("runsTable"));
        QVERIFY(table->isColumnHidden(seed));
        QCOMPARE(table->horizontalHeader()->logicalIndex(1), moved);
    }

    void everyControlHasANameAndFitsASmallWindow() {
        Bench bench;
        addRun(bench.store->writer(), {.name = "a-run-with-quite-a-long-name-as-people-do-give-them"});
        bench.show();
        bench.wait(1);
        bench.choose({bench.model->row(0).id});
        bench.window.resize(820, 560); // of 960 × 600, the rest is the window's
        QCoreApplication::processEvents();
        QCOMPARE(bench.page->size(), QSize(820, 560)); // it shrinks so far
        for (const QWidget* control : bench.page->findChildren<QWidget*>()) {
            if (control->focusPolicy() == Qt::NoFocus || !control->isVisible()) continue;
            const bool part = control->objectName().startsWith(QStringLiteral("qt_")); // of a control of Qt's
            if (part || qobject_cast<const QLabel*>(control)) continue; // a label's name is its text
            QVERIFY2(!control->objectName().isEmpty(), control->metaObject()->className());
            QVERIFY2(!control->accessibleName().isEmpty(), qPrintable(control->objectName()));
        }
    }
};

QTEST_MAIN(TestRunsPage)
#include "test_runs_page.moc"
