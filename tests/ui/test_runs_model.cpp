#include "tests/ui/runs_fixture.h"

#include "ui/models/runs_model.h"
#include "ui/widgets/run_facts.h"
#include "ui/widgets/table_text.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>

#include <map>
#include <random>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

RunRow row(int i) {
    RunRow made;
    made.id = {"id-" + std::to_string(i)};
    made.number = numberOf(made.id);
    made.name = QStringLiteral("otter-%1").arg(i);
    made.created_ms = 1000 + i;
    made.lr = i % 5 == 0 ? std::numeric_limits<double>::quiet_NaN() : 0.01 * (i % 7);
    if (i % 4 != 0) {
        made.accuracy.best = made.accuracy.value = 0.6 + 0.001 * (i % 11);
        made.accuracy.last = 0.5;
        made.accuracy.update = 3;
        made.accuracy.known = made.accuracy.measured = true;
    }
    return made;
}

std::vector<RowPtr> shared(std::vector<RunRow> rows) {
    return shareRows(std::move(rows));
}

/// As the loader would sort and group them.
std::vector<RowPtr> inOrder(std::vector<RunRow> rows, const RunsModel& model) {
    return arranged(shareRows(std::move(rows)), model.columns(), model.order());
}

QStringList names(const RunsModel& model) {
    QStringList list;
    for (int i = 0; i < model.rowCount(); ++i) list << model.index(i, int(RunColumn::name)).data().toString();
    return list;
}

FieldColumn metric(const char* name, MetricPick::At at, std::int64_t update = 0) {
    FieldColumn column;
    column.metric = MetricPick{name, at, {update}};
    column.direction = Direction::higher;
    return column;
}

FieldColumn field(const char* name) {
    FieldColumn column;
    column.field = name;
    return column;
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
        for (int round = 0; round < 400; ++round) {
            std::vector<RunRow> rows;
            for (int i = 0; i < 30; ++i)
                if (random() % 4 != 0) rows.push_back(row(i));
            const bool grouped = random() % 2;
            for (RunRow& r : rows) {
                if (random() % 5 == 0) r.updates = int(random() % 100);
                if (grouped) r.group = QStringLiteral("group %1").arg(r.created_ms % 4);
            }
            model.sort(int(random() % kRunColumns), random() % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
            std::vector<std::uint32_t> chosen;
            for (const auto& index : selection.selectedRows())
                chosen.push_back(model.row(index.row()).number);
            model.setRows(inOrder(rows, model));
            if (!grouped) {
                QCOMPARE(model.rowCount(), int(rows.size()));
            } else {
                for (int i = 0; i < model.rowCount(); ++i)
                    if (random() % 3 == 0) model.setOpen(i, !model.isOpen(i));
                QCOMPARE(int(runsIn(model.rows()).size()), int(rows.size()));
            }
            for (const auto& index : selection.selectedRows())
                QVERIFY(std::ranges::find(chosen, model.row(index.row()).number) != chosen.end());
            selection.select(model.index(int(random() % std::size_t(model.rowCount())), 0),
                             QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
        }
    }

    void whatStaysListedStaysChosen() {
        RunsModel model;
        QItemSelectionModel selection(&model);
        std::mt19937 random(3);
        for (int round = 0; round < 200; ++round) {
            std::vector<RunRow> rows;
            for (int i = 0; i < 30; ++i)
                if (random() % 4 != 0) rows.push_back(row(i));
            model.sort(int(random() % kRunColumns), random() % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
            std::vector<RunId> chosen;
            for (const auto& index : selection.selectedRows()) chosen.push_back(model.row(index.row()).id);
            model.setRows(inOrder(rows, model));
            for (const RunId& id : chosen)
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
        model.setRows(shared(even));
        reset.clear();
        model.setRows(shared(all));
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.rowCount(), 1000);
    }

    void rowsMoreOrFewerInOnePlaceAreOneSignal() {
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setRows(shared({row(3), row(1)}));
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
            model.setRows(shared(rows));
            QCOMPARE(model.rowCount(), int(rows.size()));
            for (std::size_t i = 0; i < rows.size(); ++i) QVERIFY(model.row(int(i)) == rows[i]);
        }
        QCOMPARE(inserted.size(), 4);
        QCOMPARE(removed.size(), 3);
    }

    void unchangedRowsSayNothing() {
        RunsModel model;
        std::vector<RunRow> rows{row(0), row(1), row(2)};
        model.setRows(shared(rows));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setRows(shared(rows)); // with NaN in it
        QCOMPARE(changed.size(), 0);
        rows[1].updates = 5;
        model.setRows(shared(rows));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 1);
    }

    void equalRowsAreTakenOver() {
        const auto before = shared({row(0), row(1), row(2)});
        RunRow changed = row(1);
        changed.note = QStringLiteral("new");
        const auto now = shareRows({row(2), changed, row(0), row(3)}, before);
        QCOMPARE(now[0], before[2]);
        QVERIFY(now[1] != before[1]);
        QCOMPARE(now[2], before[0]);
    }

    void namesSortByTheirNumbersAndUnknownGoesLast() {
        RunsModel model;
        model.sort(int(RunColumn::name), Qt::AscendingOrder);
        model.setRows(inOrder({row(10), row(9), row(100)}, model));
        QCOMPARE(names(model), QStringList({QStringLiteral("otter-9"), QStringLiteral("otter-10"),
                                            QStringLiteral("otter-100")}));
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            model.sort(int(RunColumn::lr), order);
            model.setRows(inOrder({row(5), row(6), row(2)}, model));
            QCOMPARE(names(model).last(), QStringLiteral("otter-5")); // has no learning rate
        }
    }

    void equalOnesAreNewestFirstWhateverTheColumn() {
        RunsModel model;
        for (int column = 0; column < kRunColumns; ++column) {
            if (column == int(RunColumn::name) || column == int(RunColumn::created)) continue;
            for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                model.sort(column, order);
                model.setRows(inOrder({row(22), row(66), row(11), row(33), row(44)}, model));
                std::map<QString, std::int64_t> newest;
                for (int i = 0; i < model.rowCount(); ++i) {
                    const QString cell = model.index(i, column).data().toString();
                    const auto [at, fresh] = newest.emplace(cell, model.row(i).created_ms);
                    if (!fresh) QVERIFY(at->second > model.row(i).created_ms);
                    at->second = model.row(i).created_ms;
                }
            }
        }
    }

    void editsShowAtOnceAndRenamingIsAsked() {
        RunsModel model;
        auto rows = shared({row(0), row(1)});
        model.setRows(rows);
        QSignalSpy wanted(&model, &RunsModel::renameWanted);
        const QModelIndex name = model.index(1, int(RunColumn::name));
        QVERIFY(model.setData(name, QStringLiteral("  new ")));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().at(1).toString(), QStringLiteral("new"));
        QCOMPARE(name.data().toString(), QStringLiteral("otter-1")); // until told
        QVERIFY(!model.setData(name, QStringLiteral(" ")));
        QVERIFY(!model.setData(model.index(1, int(RunColumn::seed)), 3));
        const RunId id = row(1).id;
        rows = withEdits(rows,
                         {SetName{id, "new"}, SetStar{id, true}, SetTags{id, {"a", "b"}}, SetColour{id, 3}});
        model.setRows(rows);
        QCOMPARE(name.data().toString(), QStringLiteral("new"));
        QVERIFY(model.row(1).starred);
        QCOMPARE(model.row(1).colour, std::optional(3));
        QCOMPARE(model.index(1, int(RunColumn::tags)).data().toString(), QStringLiteral("a, b"));
        model.setRows(withEdits(rows, {SetTrashed{id, true}}));
        QCOMPARE(model.rowCount(), 1);
    }

    void foldsTellMeansAndWhatIsShared() {
        std::vector<RunRow> rows{row(1), row(2), row(3), row(4), row(7)};
        const double values[]{0.70, 0.74, 0.78, std::numeric_limits<double>::infinity(), 0.5};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].group = i < 4 ? QStringLiteral("full-batch") : QStringLiteral("sgd");
            rows[i].accuracy.known = rows[i].accuracy.measured = true;
            rows[i].accuracy.value = values[i];
            rows[i].seed = i;
            rows[i].model = QStringLiteral("gru");
            rows[i].regime = i == 0 ? QStringLiteral("a") : QStringLiteral("b");
            rows[i].tags = i == 0 ? QStringList{QStringLiteral("x"), QStringLiteral("y")}
                                  : QStringList{QStringLiteral("y")};
            rows[i].state = i == 3 ? RunState::diverged : RunState::finished;
        }
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setRows(inOrder(rows, model));
        QCOMPARE(model.rowCount(), 2); // one alone is no group
        QVERIFY(!model.row(0).fold);
        const auto cell = [&](RunColumn column) { return model.index(1, int(column)).data().toString(); };
        QCOMPARE(cell(RunColumn::name), QStringLiteral("4 × full-batch"));
        // SD of 0.70, 0.74, 0.78 with n − 1 is exactly 0.04; the infinite one is left out.
        QCOMPARE(cell(RunColumn::accuracy), QStringLiteral("0.740 ± 0.040"));
        QVERIFY(model.index(1, int(RunColumn::accuracy))
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("3 of 4 runs")));
        QCOMPARE(cell(RunColumn::seed), QStringLiteral("4 seeds"));
        QCOMPARE(cell(RunColumn::model), QStringLiteral("gru"));
        QCOMPARE(cell(RunColumn::regime), QStringLiteral("varies"));
        QCOMPARE(cell(RunColumn::lr), QStringLiteral("varies"));
        QCOMPARE(cell(RunColumn::tags), QStringLiteral("y"));
        QCOMPARE(cell(RunColumn::state), QStringLiteral("3 finished, 1 diverged"));
        QVERIFY(!(model.flags(model.index(1, int(RunColumn::name))) & Qt::ItemIsEditable));
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setOpen(1, true);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(model.rowCount(), 6);
        QVERIFY(model.isNested(2) && model.isNested(5) && !model.isNested(1));
        QCOMPARE(model.foldOf(4), 1);
        QVERIFY(model.index(1, int(RunColumn::name))
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("open")));
        rows.push_back(row(8)); // a newcomer: the fold stays open
        rows.back().group = QStringLiteral("full-batch");
        model.setRows(inOrder(rows, model));
        QCOMPARE(model.rowCount(), 7);
        model.setAllOpen(false);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(runsIn(model.rows()).size(), std::size_t(6));
    }

    void editsReachTheRunsOfAFold() {
        std::vector<RunRow> rows{row(1), row(2), row(3)};
        for (RunRow& r : rows) r.group = QStringLiteral("g");
        RunsModel model;
        auto listed = inOrder(rows, model);
        QCOMPARE(listed.size(), std::size_t(1));
        listed =
            withEdits(listed, {SetStar{row(1).id, true}, SetStar{row(2).id, true}, SetStar{row(3).id, true}});
        QVERIFY(listed[0]->starred && listed[0]->fold->members[1]->starred);
        listed = withEdits(listed, {SetTrashed{row(2).id, true}});
        QCOMPARE(listed[0]->fold->members.size(), std::size_t(2));
        listed = withEdits(listed, {SetTrashed{row(1).id, true}});
        QVERIFY(!listed[0]->fold); // the last one stands alone
        QVERIFY(withEdits(listed, {SetTrashed{row(3).id, true}}).empty());
    }

    void aParentIsCalledByItsName() {
        RunRecord run = recordOf({});
        run.parent = RunRecord::Parent{{"0123456789abcdef"}, {1200}};
        const auto shown = [&](const ParentNames& names) {
            return makeRows({run}, {field("parent")}, {}, {}, names).front().fields.front().text;
        };
        QCOMPARE(shown({{run.parent->run, "brave-otter"}}), QStringLiteral("brave-otter at update 1,200"));
        QCOMPARE(shown({}), QStringLiteral("01234567 at update 1,200"));
    }

    void addedColumnsShowMetricsAndParameters() {
        RunRecord run = recordOf({.lr = 0.25});
        run.spec.optimizer.params.values["nesterov"] = true;
        run.summary["validation/accuracy"] = {0.61, 0.7, {12}};
        RunRecord other = recordOf({});
        other.spec.optimizer.params.values.erase("momentum");
        const FieldColumns fields{metric("validation/accuracy", MetricPick::At::best),
                                  metric("validation/accuracy", MetricPick::At::last),
                                  metric("validation/accuracy", MetricPick::At::update, 500),
                                  field("optimizer.momentum"),
                                  field("optimizer.nesterov"),
                                  field("parameters")};
        const StepValues steps{{"validation/accuracy@500", {{run.id.uuid, SeriesPoint{{480}, {}, 0, 0.55}}}}};
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setFields(fields);
        QCOMPARE(model.columnCount(), kRunColumns + 6);
        model.setRows(shareRows(makeRows({run, other}, fields, steps)), fields);
        const auto cell = [&](int row, int i, int role = Qt::DisplayRole) {
            return model.index(row, kRunColumns + i).data(role).toString();
        };
        QCOMPARE(cell(0, 0), QStringLiteral("0.700"));
        QCOMPARE(cell(0, 1), QStringLiteral("0.610"));
        QCOMPARE(cell(0, 2), QStringLiteral("0.550"));
        QVERIFY(cell(0, 2, Qt::ToolTipRole).contains(QStringLiteral("at update 480")));
        QCOMPARE(cell(0, 3), QStringLiteral("0.9"));
        QCOMPARE(cell(0, 4), QStringLiteral("true"));
        QCOMPARE(cell(0, 5), QStringLiteral("72466"));
        for (int i = 0; i < 5; ++i) QCOMPARE(cell(1, i), QString());
        const auto head = [&](int i, int role = Qt::DisplayRole) {
            return model.headerData(kRunColumns + i, Qt::Horizontal, role).toString();
        };
        QCOMPARE(head(0), QStringLiteral("Accuracy best"));
        QVERIFY(head(0, Qt::ToolTipRole).contains(QStringLiteral("↑ highest")));
        QCOMPARE(head(2), QStringLiteral("Accuracy @500"));
        QCOMPARE(head(3), QStringLiteral("momentum"));
        // Removed before the rows are read anew: the others still show theirs.
        model.removeField(kRunColumns);
        QCOMPARE(cell(0, 0), QStringLiteral("0.610"));
        QCOMPARE(cell(0, 2), QStringLiteral("0.9"));
        model.addField(field("model.hidden"));
        QCOMPARE(cell(0, 5), QString()); // not read yet
        for (const FieldColumn& column : fields) {
            const auto back = fromSetting(toSetting(column));
            QVERIFY(back);
            QCOMPARE(back->key(), column.key());
            QVERIFY(back->direction == column.direction &&
                    back->metric.has_value() == column.metric.has_value());
        }
        QVERIFY(!fromSetting(QStringLiteral("nonsense")));
    }

    void addedColumnsSort() {
        const FieldColumns fields{metric("validation/loss", MetricPick::At::last), field("model.cell")};
        std::vector<RunRecord> runs;
        for (const double loss : {0.3, std::numeric_limits<double>::quiet_NaN(), 0.1, 0.2}) {
            runs.push_back(recordOf({}));
            runs.back().name = "loss-" + std::to_string(loss);
            runs.back().summary["validation/loss"] = {loss, loss, {1}};
            if (loss > 0.1)
                runs.back().spec.model.params.values["cell"] = std::string(loss > 0.2 ? "b" : "a");
        }
        RunsModel model;
        model.setFields(fields);
        model.sort(kRunColumns, Qt::AscendingOrder);
        const auto listed = [&] {
            model.setRows(
                arranged(shareRows(makeRows(runs, fields)), RunColumns(fields, fields), model.order()),
                fields);
            QStringList cells;
            for (int i = 0; i < model.rowCount(); ++i)
                cells << model.index(i, model.order().section).data().toString();
            return cells.join(QLatin1Char(' '));
        };
        QCOMPARE(listed(), QStringLiteral("0.100 0.200 0.300 not a number"));
        model.sort(kRunColumns, Qt::DescendingOrder);
        QCOMPARE(listed(), QStringLiteral("0.300 0.200 0.100 not a number"));
        model.sort(kRunColumns + 1, Qt::AscendingOrder);
        QCOMPARE(listed(), QStringLiteral("a b  "));
    }

    void theTableAsText() {
        RunsModel model;
        RunRow awkward = row(1);
        awkward.name = QStringLiteral("a, \"b\"\tc");
        awkward.starred = true;
        model.setRows(shared({awkward, row(2)}));
        const TextTable table =
            textTable(model.rows(), model.columns(),
                      {int(RunColumn::star), int(RunColumn::accuracy), int(RunColumn::name)});
        QCOMPARE(asText(table, TextFormat::csv),
                 QByteArray("Starred,Accuracy,Name\nstarred,0.601,\"a, \"\"b\"\"\tc\"\n,0.602,otter-2\n"));
        QCOMPARE(asText(table, TextFormat::tabs),
                 QByteArray("Starred\tAccuracy\tName\nstarred\t0.601\ta, \"b\" c\n\t0.602\totter-2\n"));
        QVERIFY(asText(table, TextFormat::markdown).contains("| Accuracy |"));
        QVERIFY(asText(table, TextFormat::latex).contains("\\toprule"));
    }

    void manyRunsKeepTheirOrder() {
        std::vector<RunRow> rows;
        for (int i = 0; i < 100'000; ++i) rows.push_back(row(i));
        RunsModel model;
        model.sort(int(RunColumn::name), Qt::AscendingOrder);
        model.setRows(inOrder(rows, model));
        QCOMPARE(model.rowCount(), 100'000);
        for (int i = 0; i < model.rowCount(); ++i) QCOMPARE(model.row(i).created_ms, 1000 + i);
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
        const auto common = commonFacts(shared({a, b}));
        QVERIFY(has(common, QStringLiteral("Best accuracy")));
        QVERIFY(std::ranges::find(common, Fact{columnTitle(RunColumn::model), QStringLiteral("gru"), {}}) !=
                common.end());
    }
};

QTEST_MAIN(TestRunsModel)
#include "test_runs_model.moc"
