#include "tests/ui/many_runs.h"
#include "tests/ui/runs_bench.h"

#include "ui/models/runs_loader.h"

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

/// More runs than are read at once: the newest come first.
class TestRunsMany : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theNewestComeFirstThenAll() {
        Place place;
        addManyRuns(place.path(), 3000);
        const auto store = place.open();
        RunsLoader loader(*store);
        std::vector<RunsLoader::ListingPtr> listings;
        connect(&loader, &RunsLoader::loaded, this,
                [&](const RunsLoader::ListingPtr& listing) { listings.push_back(listing); });
        loader.setActive(true);
        QTRY_COMPARE(listings.size(), std::size_t(2));
        QVERIFY(!listings[0]->whole);
        QCOMPARE(listings[0]->rows.size(), std::size_t(200));
        QCOMPARE(listings[0]->total, 3000);
        QVERIFY(listings[1]->whole);
        QCOMPARE(listings[1]->rows.size(), std::size_t(3000));
        for (std::size_t i = 0; i < 200; ++i)
            QCOMPARE(listings[0]->rows[i], listings[1]->rows[i]); // taken over
        loader.reload();                                          // nobody waits for the first ones again
        QTRY_COMPARE(listings.size(), std::size_t(3));
        QVERIFY(listings[2]->whole && listings[2]->rows == listings[1]->rows);
        loader.setOrder({int(RunColumn::duration), Qt::AscendingOrder}); // without reading
        QTRY_COMPARE(listings.size(), std::size_t(4));
        for (std::size_t i = 1; i < 3000; ++i)
            QVERIFY(listings[3]->rows[i - 1]->seconds <= listings[3]->rows[i]->seconds);
        loader.setQuery(QStringLiteral("model = elman and seed = 1"), false); // few: read at once, or in two
        QTRY_VERIFY(listings.back()->whole && listings.back()->listed < 3000);
        QCOMPARE(listings.back()->total, 3000);
        for (const RowPtr& row : listings.back()->rows) QCOMPARE(row->seed, std::uint64_t(1));
    }

    void theNewestWishWins() {
        Place place;
        addManyRuns(place.path(), 3000);
        const auto store = place.open();
        RunsLoader loader(*store);
        RunsLoader::ListingPtr last;
        connect(&loader, &RunsLoader::loaded, this,
                [&](const RunsLoader::ListingPtr& listing) { last = listing; });
        loader.setActive(true);
        loader.setOrder({int(RunColumn::name), Qt::AscendingOrder});
        loader.setGroup("replicates");
        FieldColumn column;
        column.metric = MetricPick{"validation/loss", MetricPick::At::update, {1}};
        loader.setFields({column}, {kRunColumns, Qt::DescendingOrder});
        QTRY_VERIFY(last && last->whole && last->fields.size() == 1 && last->order.section == kRunColumns);
        QVERIFY(last->rows.size() < 1000);
        std::size_t runs = 0;
        for (std::size_t i = 0; i < last->rows.size(); ++i) {
            const RunRow& row = *last->rows[i];
            runs += row.fold ? row.fold->members.size() : 1;
            if (i > 0 && !std::isnan(row.fields[0].value))
                QVERIFY(last->rows[i - 1]->fields[0].value >= row.fields[0].value);
        }
        QCOMPARE(runs, std::size_t(3000));
    }

    void aChosenRunStaysChosenWhenTheOthersCome() {
        Bench bench;
        addManyRuns(bench.place.path(), 3000);
        bench.show();
        QTRY_VERIFY(bench.model->rowCount() >= 200);
        const RunId second = bench.model->row(1).id;
        bench.choose({second});
        bench.wait(3000);
        QCOMPARE(bench.table->chosen(), std::vector<RunId>{second});
        QTRY_COMPARE(bench.find<QLabel>("runsCount")->text(), QStringLiteral("3,000 runs"));
        QTest::keyClick(bench.table, Qt::Key_A, Qt::ControlModifier);
        QTRY_COMPARE(bench.find<QLabel>("previewName")->text(), QStringLiteral("3,000 runs chosen"));
        QTest::keyClick(bench.table, Qt::Key_D, Qt::ControlModifier);
        QTRY_COMPARE(bench.store->undoStack().count(), 1);
        QTRY_VERIFY(bench.model->row(2999).starred);
        bench.store->undoStack().undo();
        QTRY_VERIFY(!bench.model->row(2999).starred);
    }
};

QTEST_MAIN(TestRunsMany)
#include "test_runs_many.moc"
