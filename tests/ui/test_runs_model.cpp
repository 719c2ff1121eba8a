#include "tests/ui/runs_fixture.h"

#include "ui/models/runs_model.h"
#include "ui/widgets/run_facts.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>

#include <random>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

RunRow row(int i) {
    RunRow made;
    made.id = {"id-" + std::to_string(i)};
    made.name = QStringLiteral("otter-%1").arg(i);
    made.created_ms = 1000 + i;
    made.lr = i % 5 == 0 ? std::numeric_limits<double>::quiet_NaN() : 0.01 * (i % 7);
    made.accuracy = {0.5, 0.6 + 0.001 * (i % 11), 3, i % 4 != 0};
    return made;
}

QStringList names(const RunsModel& model) {
    QStringList list;
    for (int i = 0; i < model.rowCount(); ++i) list << model.index(i, int(RunColumn::name)).data().toString();
    return list;
}

} // namespace

class TestRunsModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsAnySequenceOfListings() {
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QItemSelectionModel selection(&model);
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            std::vector<RunRow> rows;
            for (int i = 0; i < 30; ++i)
                if (random() % 4 != 0) rows.push_back(row(i));
            for (RunRow& r : rows)
                if (random() % 5 == 0) r.updates = int(random() % 100);
            model.sort(int(random() % kRunColumns), random() % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
            rows = sorted(rows, model.sortColumn(), model.sortOrder());
            std::vector<RunId> chosen;
            for (const auto& index : selection.selectedRows()) chosen.push_back(model.row(index.row()).id);
            model.setRows(rows);
            QVERIFY(model.rows() == rows);
            for (const auto& index : selection.selectedRows())
                QVERIFY(std::ranges::find(chosen, model.row(index.row()).id) != chosen.end());
            for (const RunId& id : chosen) // what is still there is still chosen
                if (model.find(id) >= 0) QVERIFY(selection.isRowSelected(model.find(id)));
            selection.select(model.index(int(random() % rows.size()), 0),
                             QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
        }
    }

    void aWhollyDifferentListResets() {
        RunsModel model;
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        std::vector<RunRow> even, all;
        for (int i = 0; i < 1000; ++i) {
            all.push_back(row(i));
            if (i % 2 == 0) even.push_back(row(i));
        }
        model.setRows(even);
        reset.clear();
        model.setRows(all);
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.rowCount(), 1000);
    }

    void rowsMoreOrFewerInOnePlaceAreOneSignal() {
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setRows({row(3), row(1)});
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        const std::vector<std::vector<RunRow>> steps{{row(4), row(3), row(1)},
                                                     {row(4), row(3), row(2), row(1)},
                                                     {row(4), row(1)},
                                                     {},
                                                     {row(0)},
                                                     {row(1), row(0)},
                                                     {row(1)}};
        for (const auto& rows : steps) {
            model.setRows(rows);
            QVERIFY(model.rows() == rows);
        }
        QCOMPARE(inserted.size(), 4);
        QCOMPARE(removed.size(), 3);
    }

    void unchangedRowsSayNothing() {
        RunsModel model;
        std::vector<RunRow> rows{row(0), row(1), row(2)};
        model.setRows(rows);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setRows(rows); // with NaN in it
        QCOMPARE(changed.size(), 0);
        rows[1].updates = 5;
        model.setRows(rows);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 1);
    }

    void namesSortByTheirNumbersAndUnknownGoesLast() {
        RunsModel model;
        model.setRows({row(10), row(9), row(100)});
        model.sort(int(RunColumn::name), Qt::AscendingOrder);
        QCOMPARE(names(model), QStringList({QStringLiteral("otter-9"), QStringLiteral("otter-10"),
                                            QStringLiteral("otter-100")}));
        model.setRows({row(5), row(6), row(2)});
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            model.sort(int(RunColumn::lr), order);
            QCOMPARE(names(model).last(), QStringLiteral("otter-5")); // has no learning rate
        }
    }

    void editsShowAtOnceAndRenamingIsAsked() {
        RunsModel model;
        model.setRows({row(0), row(1)});
        QSignalSpy wanted(&model, &RunsModel::renameWanted);
        const QModelIndex name = model.index(1, int(RunColumn::name));
        QVERIFY(model.setData(name, QStringLiteral("  new ")));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().at(1).toString(), QStringLiteral("new"));
        QCOMPARE(name.data().toString(), QStringLiteral("otter-1")); // until told
        QVERIFY(!model.setData(name, QStringLiteral(" ")));
        QVERIFY(!model.setData(model.index(1, int(RunColumn::seed)), 3));
        model.show({SetName{row(1).id, "new"}, SetStar{row(1).id, true}, SetTags{row(1).id, {"a", "b"}}});
        QCOMPARE(name.data().toString(), QStringLiteral("new"));
        QVERIFY(model.row(1).starred);
        QCOMPARE(model.index(1, int(RunColumn::tags)).data().toString(), QStringLiteral("a, b"));
    }

    void manyRunsKeepTheirOrder() {
        std::vector<RunRow> rows;
        for (int i = 0; i < 100'000; ++i) rows.push_back(row(i));
        RunsModel model;
        model.setRows(rows);
        model.sort(int(RunColumn::name), Qt::AscendingOrder);
        QCOMPARE(model.rowCount(), 100'000);
        for (int i = 1; i < model.rowCount(); i += 997)
            QVERIFY(model.index(i - 1, int(RunColumn::name)).data().toString() <=
                    model.index(i, int(RunColumn::name)).data().toString());
    }

    void sentencesAndFacts() {
        RunRecord run = recordOf({});
        run.state = RunState::diverged;
        run.reason = "diverged at update 312: loss is not a number";
        QCOMPARE(stateSentence(run), QString::fromStdString(run.reason));
        run.state = RunState::failed;
        run.reason = "no room on the disk";
        QCOMPARE(stateSentence(run), QStringLiteral("failed: no room on the disk"));
        run.state = RunState::interrupted;
        run.reason.clear();
        run.updates = {5};
        QVERIFY(stateSentence(run).contains(QStringLiteral("can be resumed")));

        CatalogEngine engine;
        const auto has = [](const std::vector<Fact>& facts, const QString& name) {
            return std::ranges::any_of(facts, [&](const Fact& fact) { return fact.name == name; });
        };
        const auto all = settingFacts(run, nullptr);
        QVERIFY(has(all, QStringLiteral("model.hidden")));
        const auto differing = settingFacts(run, &engine.catalog());
        QVERIFY(!has(differing, QStringLiteral("model.hidden")));
        QVERIFY(!has(differing, QStringLiteral("optimizer.lr")));
        QVERIFY(has(differing, QStringLiteral("optimizer.momentum")));
        QVERIFY(has(differing, QStringLiteral("regime.clip")));
        QVERIFY(has(provenanceFacts(run), QStringLiteral("BLAS")));

        RunRow a = row(1), b = row(2);
        a.model = b.model = QStringLiteral("gru");
        a.seed = 4;
        const auto common = commonFacts({a, b});
        QVERIFY(std::ranges::find(common, Fact{columnTitle(RunColumn::model), QStringLiteral("gru"), {}}) !=
                common.end());
    }
};

QTEST_MAIN(TestRunsModel)
#include "test_runs_model.moc"
