// The window's table of checkpoints, and what can be done with one.

#include "core/engine/evaluation_table.h"
#include "core/store/checkpoint_file.h"
#include "core/store/checkpoint_table.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/cells_model.h"
#include "ui/widgets/checkpoints_dialog.h"
#include "ui/widgets/evaluate_panel.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/path_edit.h"
#include "ui/widgets/table_export.h"

#include <QClipboard>
#include <QFile>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

#include <fstream>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// Of a run: files with weights, the first of them the best.
void addCheckpoints(Studio& s, const RunId& run, const std::vector<std::int64_t>& updates) {
    const auto folder = checkpoint_folder(s.place.path());
    std::filesystem::create_directories(folder);
    for (const auto update : updates) {
        const auto name = run.uuid + "-" + std::to_string(update) + ".safetensors";
        const TensorFile content{{{"model/rnn.weight", "F32", {2}, std::vector<std::byte>(8)},
                                  {"optimizer/momentum", "F32", {2}, std::vector<std::byte>(8)}},
                                 {}};
        const auto written = write_hashed_tensor_file(folder / name, content);
        auto batch = std::make_shared<MetricBatch>();
        batch->run = run;
        batch->checkpoint = CheckpointInfo{{update}, name, written.bytes};
        batch->checkpoint->sha256 = written.sha256;
        batch->checkpoint->epoch = Epoch{double(update) / 5};
        batch->checkpoint->loss = 0.5 + 0.01 * double(update);
        batch->checkpoint->best = update == updates.front();
        const auto now = s.place.stored(run);
        batch->progress = {now.updates, now.planned, now.epoch, now.seconds, {}};
        s.store->writer().push(batch);
    }
    must(s.store->writer().flush());
}

std::filesystem::path fileOf(const Studio& s, const RunId& run, std::int64_t update) {
    const auto all = must(StoreReader::open(s.place.path()))->checkpoints(run);
    return checkpoint_folder(s.place.path()) /
           std::ranges::find(all, Update{update}, &CheckpointInfo::update)->file;
}

/// As addRun, of a spec that the fake engine knows all of.
RunId addKnownRun(StoreWriter& writer) {
    const RunPlan plan{.name = "calm-heron"};
    auto record = recordOf(plan);
    record.spec.regime.params.values.clear();
    record = must(writer.create(record));
    writer.push(std::make_shared<const MetricBatch>(metricsOf(record, plan)));
    must(writer.apply({SetName{record.id, plan.name}}));
    return record.id;
}

/// A run with its checkpoints shown.
struct Shown {
    Studio& s;
    RunId run;
    CheckpointsDialog* dialog = nullptr;

    Shown(Studio& studio, const std::vector<std::int64_t>& updates)
        : s(studio)
        , run(addKnownRun(s.store->writer())) {
        addCheckpoints(s, run, updates);
        s.open();
        dialog = CheckpointsDialog::open(*s.store, *s.engine, *s.training, run, s.window.get());
        QTRY_VERIFY(dialog->windowTitle().contains(QStringLiteral("calm-heron")));
    }
    template<class T>
    T* find(const char* name) const {
        T* found = dialog->findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s in the dialog", name);
        return found;
    }
    QTableView* table() const { return find<QTableView>("checkpointsTable"); }
    QString cell(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
    void choose(int row) const { table()->setCurrentIndex(table()->model()->index(row, 0)); }
    void trigger(const char* action) const {
        QVERIFY2(find<QAction>(action)->isEnabled(), action);
        find<QAction>(action)->trigger();
    }
    QString notice() const { return find<NoticeBar>("runsNotice")->message(); }
};

} // namespace

class TestCheckpoints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theTableTellsWhatThereIs() {
        Studio s;
        const Shown shown(s, {5, 40, 100});
        const auto* model = shown.table()->model();
        QCOMPARE(model->rowCount(), 3);
        QCOMPARE(shown.cell(0, 0), QStringLiteral("5"));
        QCOMPARE(shown.cell(0, 1), QStringLiteral("1"));
        QCOMPARE(shown.cell(0, 2), QStringLiteral("0.55"));
        QCOMPARE(shown.cell(0, 3), QStringLiteral("best"));
        QCOMPARE(shown.cell(1, 3), QStringLiteral("history"));
        QCOMPARE(shown.cell(2, 3), QStringLiteral("last"));
        QVERIFY(shown.cell(2, 5).startsWith(QStringLiteral("20"))); // when, by its year
        QCOMPARE(shown.cell(2, 6), QStringLiteral("there"));
        QCOMPARE(shown.table()->currentIndex().row(), 2); // the newest
        QVERIFY(shown.find<QLabel>("checkpointsFacts")
                    ->text()
                    .startsWith(QStringLiteral("3 checkpoints, last at update 100")));

        // What the run saves meanwhile comes by itself, and the choice stays.
        shown.choose(1);
        addCheckpoints(s, shown.run, {120});
        QTRY_COMPARE(model->rowCount(), 4);
        QCOMPARE(shown.table()->currentIndex().row(), 1);
    }

    void aFileThatIsGoneOrDamagedIsTold() {
        Studio s;
        const Shown shown(s, {5, 40, 100});
        std::filesystem::remove(fileOf(s, shown.run, 5));
        std::fstream file(fileOf(s, shown.run, 40), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put('x');
        file.close();
        shown.trigger("checkpointVerify");
        QTRY_COMPARE(shown.cell(2, 6), QStringLiteral("whole"));
        QCOMPARE(shown.cell(0, 6), QStringLiteral("not there"));
        QCOMPARE(shown.cell(1, 6), QStringLiteral("damaged: its SHA-256 is not that of what was written"));
        QCOMPARE(shown.notice(), QStringLiteral("2 of 3 checkpoints cannot be used; the others can"));
        QVERIFY(shown.table()->model()->index(1, 0).data(Qt::ForegroundRole).isValid());
        QVERIFY(!shown.table()->model()->index(2, 0).data(Qt::ForegroundRole).isValid());
        shown.choose(0);
        for (const char* action : {"checkpointExport", "checkpointBranch", "checkpointEvaluate"})
            QVERIFY2(!shown.find<QAction>(action)->isEnabled(), action);
        // What cannot be is offered still, and refused in one line: it may be mended meanwhile.
        shown.choose(1);
        shown.dialog->setAskForFile(
            [&](QWidget*, const QString&) { return s.place.file(QStringLiteral("w")); });
        shown.trigger("checkpointExport");
        QTRY_COMPARE(
            shown.notice(),
            QStringLiteral("the checkpoint of run 'calm-heron' at update 40 is damaged: its SHA-256 is "
                           "not that of what was written"));
    }

    void weightsAreExported() {
        Studio s;
        const Shown shown(s, {5, 100});
        QString suggested, file = s.place.file(QStringLiteral("w"));
        shown.dialog->setAskForFile([&](QWidget*, const QString& suggestion) {
            suggested = suggestion;
            return file;
        });
        shown.choose(0);
        shown.trigger("checkpointExport");
        QVERIFY(suggested.endsWith(QStringLiteral("calm-heron-5.safetensors")));
        QTRY_COMPARE(shown.notice(),
                     QStringLiteral("1 tensors of update 5 written to %1.safetensors").arg(file));
        const auto written = read_tensor_file((file + QStringLiteral(".safetensors")).toStdString());
        QCOMPARE(written.tensors.size(), std::size_t(1));
        QCOMPARE(written.tensors.front().name, std::string("rnn.weight"));
        QCOMPARE(written.metadata.at("run"), std::string("calm-heron"));

        // Never over what the store needs.
        const auto own = fileOf(s, shown.run, 100);
        file = QString::fromStdString(own.string());
        const auto digest = sha256_of_file(own);
        shown.trigger("checkpointExport");
        QTRY_VERIFY(shown.notice().contains(QStringLiteral("among the store's own files")));
        QCOMPARE(sha256_of_file(own), digest);
    }

    void aCheckpointIsEvaluated() {
        Studio s;
        const Shown shown(s, {5, 100});
        shown.choose(0);
        QTest::keyClick(shown.table(), Qt::Key_Return);
        auto* title = shown.find<QLabel>("evaluationTitle");
        QTRY_VERIFY(title->isVisible());
        QCOMPARE(title->text(), QStringLiteral("calm-heron at update 5, epoch 1, on its data"));
        QVERIFY(s.fake.evaluation.by != std::this_thread::get_id());
        auto* figures = shown.find<QTableView>("evaluationTable")->model();
        QCOMPARE(figures->rowCount(), 3);
        QCOMPARE(figures->headerData(2, Qt::Horizontal).toString(), QStringLiteral("validation"));
        QCOMPARE(figures->index(0, 2).data().toString(), QStringLiteral("400"));
        QCOMPARE(figures->index(1, 2).data().toString(), QStringLiteral("0.75"));
        QCOMPARE(figures->index(2, 2).data().toString(), QStringLiteral("81.5%"));

        s.fake.evaluation.error = "the data of run 'calm-heron' (built-in) has changed since";
        shown.trigger("checkpointEvaluate");
        QTRY_COMPARE(shown.notice(), QString::fromStdString(s.fake.evaluation.error));
    }

    void anEvaluationIsCancelled() {
        Studio s;
        s.fake.evaluation.hold = true;
        const Shown shown(s, {5, 100});
        shown.trigger("checkpointEvaluate");
        QTRY_VERIFY(shown.notice().contains(QStringLiteral("Evaluating: evaluation")));
        QVERIFY(!shown.find<QAction>("checkpointEvaluate")->isEnabled());
        QVERIFY(!shown.find<QAction>("checkpointVerify")->isEnabled());
        QTest::mouseClick(shown.find<QAbstractButton>("runsNoticeButton"), Qt::LeftButton);
        QTRY_COMPARE(shown.notice(), QStringLiteral("Cancelled"));
        QVERIFY(shown.find<QAction>("checkpointEvaluate")->isEnabled());
        QVERIFY(!shown.find<QLabel>("evaluationTitle")->isVisible());
    }

    void otherDataAreNamed() {
        Studio s;
        const Shown shown(s, {100});
        shown.find<QComboBox>("evaluateOn")->setCurrentIndex(1);
        auto* path = shown.find<QLineEdit>("evaluatePath");
        QTRY_VERIFY(path->isVisible());
        QVERIFY(!shown.find<QAction>("checkpointEvaluate")->isEnabled()); // nothing is named yet
        path->setText(QStringLiteral("/nowhere/at/all"));
        QTest::keyClick(path, Qt::Key_Return);
        QCOMPARE(shown.notice(), QStringLiteral("/nowhere/at/all: there is no such file or folder"));
        QCOMPARE(s.fake.evaluation.at.load(), std::int64_t(-1));
        const QString folder = QFileInfo(s.place.file(QStringLiteral("x"))).path();
        path->setText(folder);
        shown.trigger("checkpointEvaluate");
        QTRY_VERIFY(shown.find<QLabel>("evaluationTitle")
                        ->text()
                        .endsWith(QStringLiteral("on other data: ") + folder));
        QVERIFY(s.fake.evaluation.on.has_value());
        QCOMPARE(s.fake.evaluation.on->params.text("source"), folder.toStdString());
    }

    void whileARunIsTrainedNothingIsEvaluated() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(20);
        const Shown shown(s, {100});
        s.click("trainButton");
        QTRY_VERIFY(!shown.find<QAction>("checkpointEvaluate")->isEnabled());
        QTRY_VERIFY(shown.find<QLabel>("evaluateHint")->text().contains(QStringLiteral("is being trained")));
        s.training->stop();
        QTRY_VERIFY(shown.find<QAction>("checkpointEvaluate")->isEnabled());
    }

    void theTableIsCopiedAndExported() {
        Studio s;
        const Shown shown(s, {5, 100});
        shown.table()->setFocus();
        shown.trigger("checkpointsTableCopy");
        const auto lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 4); // headings, two rows, the end
        QVERIFY(lines[0].startsWith(QStringLiteral("update\tepoch\tloss\tkind\tsize")));
        QVERIFY(lines[1].startsWith(QStringLiteral("5\t1\t0.55\tbest\t")));
        const QString file = s.place.file(QStringLiteral("c.csv"));
        shown.dialog->tableExport().setAskForFile([&](QWidget*, const QString&) { return file; });
        shown.trigger("checkpointsTableExport");
        QTRY_VERIFY(shown.notice().contains(file));
        QFile csv(file);
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readLine().startsWith("update,epoch,loss,kind,bytes,written_ms,state,file"));
        QVERIFY(csv.readLine().startsWith("5,1.0,0.55,best,"));
    }

    void aRunWithoutCheckpointsSaysSo() {
        Studio s;
        const Shown shown(s, {});
        const auto* empty = shown.find<QLabel>("emptyStateTitle");
        QTRY_VERIFY(empty->isVisible());
        QCOMPARE(empty->text(), QStringLiteral("No checkpoints"));
        QVERIFY(!shown.find<QWidget>("evaluatePanel")->isVisible());
        // The first one appears as soon as there is one.
        addCheckpoints(s, shown.run, {7});
        QTRY_VERIFY(shown.table()->isVisible());
        QCOMPARE(shown.cell(0, 3), QStringLiteral("last, best"));
    }

    void bothPagesLeadThere() {
        Studio s;
        const RunId run = addRun(s.store->writer(), {.name = "calm-heron"});
        addCheckpoints(s, run, {5, 15});
        s.open();
        const auto opened = [&]() -> CheckpointsDialog* {
            const auto all = s.window->findChildren<CheckpointsDialog*>();
            for (auto* dialog : all)
                if (dialog->isVisible()) return dialog;
            return nullptr;
        };
        s.click("navRuns");
        QTRY_VERIFY(s.find<QAction>("runCheckpoints")->isEnabled());
        auto* link = s.find<QPushButton>("previewCheckpoints");
        QTRY_VERIFY(link->isVisible());
        QCOMPARE(link->text(), QStringLiteral("2 checkpoints…"));
        auto* menu = s.window->findChild<QMenu*>(QStringLiteral("menuEdit"));
        QVERIFY(menu->actions().contains(s.find<QAction>("runCheckpoints")));
        s.find<QTableView>("runsTable")->setFocus();
        s.key(Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(opened());
        auto* first = opened();
        s.find<QAction>("runCheckpoints")->trigger();
        QCOMPARE(opened(), first); // the same one, in front
        QTRY_COMPARE(first->findChild<QTableView*>(QStringLiteral("checkpointsTable"))->model()->rowCount(),
                     2);
        first->findChild<QTableView*>(QStringLiteral("checkpointsTable"))->selectRow(0);
        QTRY_VERIFY(first->findChild<QAction*>(QStringLiteral("checkpointBranch"))->isEnabled());
        first->findChild<QAction*>(QStringLiteral("checkpointBranch"))->trigger();
        QTRY_VERIFY(!opened());
        QTRY_VERIFY(s.find<QWidget>("branchBar")->isVisible());
        QCOMPARE(s.find<QComboBox>("branchPoint")->currentData().toLongLong(), 5);

        // The same from the run that is looked at.
        s.click("navRuns");
        s.find<QAction>("runOpen")->trigger();
        auto* button = s.find<QAbstractButton>("checkpointsButton");
        QTRY_VERIFY(button->isVisible() && s.find<QAction>("actionCheckpoints")->isEnabled());
        QVERIFY(!s.find<QAction>("runCheckpoints")->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(opened());
        QTRY_COMPARE(opened()->windowTitle(), QStringLiteral("Checkpoints of calm-heron"));
        QTest::keyClick(opened(), Qt::Key_Escape);
        QTRY_VERIFY(!opened());
    }
};

QTEST_MAIN(TestCheckpoints)
#include "test_checkpoints.moc"
