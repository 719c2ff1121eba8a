#include "tests/ui/sweeps_fixture.h"

#include "ui/models/sweep_list_model.h"
#include "ui/pages/sweeps_page.h"
#include "ui/plots/sweep_view.h"
#include "ui/state/engine_host.h"
#include "ui/state/sweep_grid_data.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/sweep_builder.h"
#include "ui/widgets/sweep_grid.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <csignal>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

struct Bench {
    Place place;
    FakeEngine fake;
    std::unique_ptr<StoreHost> store = place.open();
    EngineHost engine{[this]() -> Result<Engine*> { return &fake; }};
    std::unique_ptr<SweepsPage> page;

    void open() {
        page = std::make_unique<SweepsPage>(*store, engine);
        page->resize(1100, 640);
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        QApplication::setActiveWindow(page.get());
        engine.load();
        QTRY_VERIFY(engine.engine());
    }
    template<class T = QWidget>
    T* find(const char* name) const {
        auto* found = page->findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s", name);
        return found;
    }
    QString text(const char* name) const { return find<QLabel>(name)->text(); }
    QPushButton* button(const char* name) const { return find<QPushButton>(name); }
    SweepGridView& grid() const { return *find<SweepGridView>("sweepGrid"); }
    QString notice() const { return find<NoticeBar>("sweepsNotice")->message(); }
    SweepRecord stored(const std::string& word) const {
        return must(must(StoreReader::open(place.path()))->sweep(word));
    }
    const Catalog& catalog() const { return fake.catalog(); }
};

/// Is told what it is given.
class NotingView : public SweepView {
public:
    std::vector<std::shared_ptr<const SweepData>> given;
    bool suiting = true;
    void show(std::shared_ptr<const SweepData> sweep) override { given.push_back(std::move(sweep)); }
    bool suits(const SweepPlan&) const override { return suiting; }
};

} // namespace

class TestSweepsPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutSweepsItSaysWhatToDo() {
        Bench b;
        b.open();
        QTRY_VERIFY(b.find("sweepListEmpty")->isVisible());
        QVERIFY(b.find("sweepWelcome")->isVisible());
        QTest::mouseClick(b.button("sweepWelcomeNew"), Qt::LeftButton);
        QVERIFY(b.find("sweepBuilder")->isVisible());
        QTest::mouseClick(b.button("sweepCancel"), Qt::LeftButton);
        QVERIFY(b.find("sweepWelcome")->isVisible());
    }

    void aNewSweepIsStoredAndTrained() {
        Bench b;
        b.open();
        const QString program = fakeProgram(
            b.place, QStringLiteral("trainer"),
            QStringLiteral(
                "echo '{\"event\":\"progress\",\"cells\":35,\"finished\":2,\"diverged\":1,\"failed\":0,"
                "\"running\":4,\"share\":0.25,\"eta_seconds\":80.4,\"doing\":\"model.hidden = 16\"}'\n"
                "while [ ! -e '%1' ]; do sleep 0.05; done")
                .arg(b.place.file(QStringLiteral("go"))));
        b.page->runner().setProgram(program);
        b.page->offer({.task = "names"});
        b.page->newSweep();
        QTRY_VERIFY(b.button("sweepStart")->isEnabled());
        b.find<QSpinBox>("sweepJobs")->setValue(2);
        b.button("sweepStart")->click();
        QTRY_COMPARE(b.text("sweepState"), QStringLiteral("training"));
        QTRY_VERIFY(b.text("sweepFacts").contains(QStringLiteral("ETA 1:20")));
        QVERIFY(b.text("sweepFacts").contains(QStringLiteral("model.hidden = 16")));
        QTRY_VERIFY(QFile::exists(program + QStringLiteral(".args")));
        const auto listed = must(StoreReader::open(b.place.path()))->sweeps();
        QCOMPARE(listed.size(), std::size_t(1));
        QCOMPARE(listed.front().keys.size(), std::size_t(35));
        QFile args(program + QStringLiteral(".args"));
        QVERIFY(args.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(args.readAll()).trimmed(),
                 QStringLiteral("sweep --resume %1 --progress json --store %2 --jobs 2")
                     .arg(QString::fromStdString(listed.front().id),
                          QString::fromStdString(b.place.path().string())));
        QVERIFY(b.page->runner().busy());
        QFile(b.place.file(QStringLiteral("go"))).open(QIODevice::WriteOnly);
        QTRY_VERIFY(!b.page->runner().busy());
        QTRY_COMPARE(b.text("sweepState"), QStringLiteral("not begun"));
        QTRY_COMPARE(b.button("sweepResume")->text(), QStringLiteral("Start"));
    }

    void theGridFillsAsTheStoreDoes() {
        Bench b;
        const SweepPlan plan = widthPlan();
        addSweep(b.store->writer(), b.catalog(), plan, "widths");
        b.open();
        QTRY_COMPARE(b.text("sweepTitle"), QStringLiteral("widths"));
        QTRY_VERIFY(b.grid().grid());
        QCOMPARE(b.grid().grid()->columns,
                 (QStringList{QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("4")}));
        QCOMPARE(b.grid().grid()->rows, (QStringList{QStringLiteral("0"), QStringLiteral("1")}));
        QCOMPARE(b.grid().grid()->at(0, 0).state, SweepCellState::to_come);
        QVERIFY(b.grid().picture().byState());
        addCellRun(b.store->writer(), b.catalog(), plan, 1, 0.6); // width 2, seed 0
        QTRY_COMPARE(b.grid().grid()->at(0, 1).state, SweepCellState::finished);
        QTRY_COMPARE(b.text("sweepFacts"), QStringLiteral("1 of 6 runs"));
        QCOMPARE(b.grid().grid()->metric, std::string("validation/error"));
        QVERIFY(!b.grid().picture().byState()); // there is a result to show now
        addCellRun(b.store->writer(), b.catalog(), plan, 3, 0.8, RunState::diverged); // width 1, seed 1
        QTRY_COMPARE(b.grid().grid()->at(1, 0).state, SweepCellState::diverged);
        auto* colour = b.find<QComboBox>("sweepGridColour");
        colour->setCurrentIndex(colour->findText(QStringLiteral("validation/loss")));
        Q_EMIT colour->activated(colour->currentIndex());
        QTRY_COMPARE(b.grid().grid()->metric, std::string("validation/loss"));
        colour->setCurrentIndex(colour->findText(QStringLiteral("validation/error")));
        Q_EMIT colour->activated(colour->currentIndex());
        QTRY_COMPARE(b.grid().grid()->metric, std::string("validation/error"));
        QVERIFY(std::abs(b.grid().grid()->at(0, 1).value - 0.4) < 1e-9);
    }

    void aCellOpensItsRunsByMouseAndByKey() {
        Bench b;
        const SweepPlan plan = widthPlan();
        addSweep(b.store->writer(), b.catalog(), plan);
        const RunId run = addCellRun(b.store->writer(), b.catalog(), plan, 1, 0.6);
        b.open();
        QSignalSpy opened(b.page.get(), &SweepsPage::openRuns);
        auto& picture = b.grid().picture();
        QTRY_VERIFY(b.grid().grid() && !picture.cellRect(0, 1).isEmpty());
        QTest::mouseClick(&picture, Qt::LeftButton, {}, picture.cellRect(0, 1).center().toPoint());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.last().at(0).value<std::vector<RunId>>(), std::vector<RunId>{run});
        picture.setFocus();
        QTest::keyClick(&picture, Qt::Key_Home);
        QTest::keyClick(&picture, Qt::Key_PageUp);
        QTest::keyClick(&picture, Qt::Key_Right);
        QCOMPARE(picture.current(), std::optional(std::pair(0, 1)));
        QVERIFY(b.text("sweepGridReadout").startsWith(QStringLiteral("model.hidden 2 · seed 0")));
        QTest::keyClick(&picture, Qt::Key_Return);
        QCOMPARE(opened.count(), 2);
        QTest::keyClick(&picture, Qt::Key_Right); // a cell without a run opens nothing
        QTest::keyClick(&picture, Qt::Key_Return);
        QCOMPARE(opened.count(), 2);
    }

    void twoAxesFoldTheSeeds() {
        Bench b;
        SweepPlan plan = widthPlan();
        plan.axes.push_back({"optimizer.lr",
                             false,
                             {{"0.1", {{"optimizer.lr", "0.1"}}}, {"0.2", {{"optimizer.lr", "0.2"}}}}});
        const auto sweep = addSweep(b.store->writer(), b.catalog(), plan);
        const auto cells = sweep_grid(plan);
        std::size_t added = 0;
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (cells[i].levels == std::vector<std::size_t>{1, 1})
                addCellRun(b.store->writer(), b.catalog(), plan, i, 0.5 + 0.1 * double(added++));
        QCOMPARE(added, std::size_t(2));
        const auto reader = must(StoreReader::open(b.place.path()));
        const SweepData data{must(reader->sweep(sweep.id)), cells, reader->sweep_runs(sweep.id)};
        const SweepGrid grid = makeSweepGrid(data, "validation/error");
        QCOMPARE(grid.rows, (QStringList{QStringLiteral("0.1"), QStringLiteral("0.2")}));
        QCOMPARE(grid.row_axis, QStringLiteral("optimizer.lr"));
        const auto& cell = grid.at(1, 1);
        QCOMPARE(cell.values, std::int64_t(2));
        QVERIFY(std::abs(cell.value - 0.45) < 1e-9); // the median of 0.5 and 0.4
        QCOMPARE(cell.state, SweepCellState::finished);
        QCOMPARE(grid.at(0, 1).state, SweepCellState::to_come);
        QVERIFY(grid.text(1, 1).contains(QStringLiteral("median 0.45")));
        QCOMPARE(gridTable(grid).rows.size(), std::size_t(6));
    }

    void theTableTwinAndItsFileSayTheSame() {
        Bench b;
        const SweepPlan plan = widthPlan();
        addSweep(b.store->writer(), b.catalog(), plan, "widths");
        addCellRun(b.store->writer(), b.catalog(), plan, 1, 0.6);
        b.open();
        QTRY_VERIFY(b.grid().grid() && b.grid().grid()->metric == "validation/error");
        b.find<QToolButton>("sweepGridAsTable")->click();
        const auto* model = b.find<QTableView>("sweepGridTable")->model();
        QCOMPARE(model->rowCount(), 6);
        QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("2"));
        QCOMPARE(model->index(1, 2).data().toString(), QStringLiteral("finished"));
        const QString file = b.place.file(QStringLiteral("grid.csv"));
        b.grid().setFileChooser([&](QWidget*, const QString&) { return file; });
        b.page->exportAction()->trigger(); // Ctrl+E, of the view shown
        QTRY_VERIFY(QFile::exists(file));
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        const QString csv = QString::fromUtf8(in.readAll());
        QVERIFY2(
            csv.startsWith(QStringLiteral("model.hidden,seed,state,runs,over,diverged,validation/error")),
            qPrintable(csv));
        QCOMPARE(csv.count(QLatin1Char('\n')), 7);
    }

    void tabsFollowWhatSuitsAndAreFedWhenSeen() {
        Bench b;
        SweepPlan plan = widthPlan();
        plan.view = "noting";
        addSweep(b.store->writer(), b.catalog(), plan, "widths");
        addCellRun(b.store->writer(), b.catalog(), plan, 1, 0.6);
        b.open();
        auto noting = std::make_unique<NotingView>();
        auto* view = noting.get();
        auto other = std::make_unique<NotingView>();
        auto* hidden = other.get();
        hidden->suiting = false;
        b.page->addView(QStringLiteral("Noting"), "noting", std::move(noting));
        b.page->addView(QStringLiteral("Other"), "other", std::move(other));
        const auto* tabs = b.find<QTabWidget>("sweepTabs");
        QTRY_COMPARE(tabs->currentWidget(), view); // the plan asks for it, and there are results
        QVERIFY(!tabs->isTabVisible(tabs->indexOf(hidden)));
        QTRY_VERIFY(!view->given.empty() && view->given.back() &&
                    view->given.back()->record.name == "widths");
        QVERIFY(hidden->given.empty() || !hidden->given.back());
        QCOMPARE(tabs->tabText(tabs->count() - 1), QStringLiteral("Table"));
    }

    void renamedNotedTrashedAndTakenBack() {
        Bench b;
        const auto sweep = addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        QTRY_COMPARE(b.text("sweepTitle"), QStringLiteral("widths"));
        auto* list = b.find<QListView>("sweepList");
        list->setFocus();
        QTest::keyClick(list, Qt::Key_F2);
        auto* editor = list->findChild<QLineEdit*>(QStringLiteral("sweepNameEditor"));
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("better widths"));
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "of another process");
        QTRY_COMPARE(list->model()->rowCount(), 2); // the list is refreshed while the name is typed
        QCOMPARE(editor->text(), QStringLiteral("better widths"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(b.text("sweepTitle"), QStringLiteral("better widths"));
        auto* note = b.find<QLineEdit>("sweepNote");
        note->setFocus();
        QTest::keyClicks(note, QStringLiteral("as in the talk"));
        QTest::keyClick(note, Qt::Key_Return);
        QTRY_COMPARE(b.stored(sweep.id).note, std::string("as in the talk"));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_VERIFY(b.stored(sweep.id).trashed_ms.has_value());
        QTRY_VERIFY(b.button("sweepTrashView")->isVisible());
        b.store->undoStack().undo();
        QTRY_VERIFY(!b.stored(sweep.id).trashed_ms.has_value());
        b.store->undoStack().redo();
        QTRY_VERIFY(b.stored(sweep.id).trashed_ms.has_value());
        QTRY_VERIFY(b.button("sweepTrashView")->isVisible());
        b.button("sweepTrashView")->click();
        QTRY_COMPARE(list->model()->rowCount(), 1);
        list->setCurrentIndex(list->model()->index(0, 0));
        QTRY_VERIFY(b.button("sweepRestoreButton")->isVisible());
        b.button("sweepRestoreButton")->click();
        QTRY_VERIFY(!b.stored(sweep.id).trashed_ms.has_value());
    }

    void theListModelHolds() {
        SweepListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto listing = std::make_shared<SweepListing>();
        for (int i = 0; i < 3; ++i) {
            SweepItem item;
            item.record.id = std::to_string(i);
            item.record.name = "sweep-" + std::to_string(i);
            item.record.plan = widthPlan();
            item.status = {.cells = 6, .finished = 2 * i, .diverged = 0};
            listing->items.push_back(item);
        }
        model.set(listing);
        QCOMPARE(model.rowCount(), 3);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        auto next = std::make_shared<SweepListing>(*listing);
        next->items[0].status.finished = 6;
        model.set(next);
        QCOMPARE(reset.count(), 0); // rows keep their places
        QCOMPARE(model.stateOf(next->items[0]), SweepListModel::State::complete);
        model.setTrained({"1"});
        QCOMPARE(model.stateOf(next->items[1]), SweepListModel::State::training);
        next = std::make_shared<SweepListing>(*next);
        next->items.erase(next->items.begin());
        model.set(next);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("sweep-1"));
    }

    void aMissingProgramIsTold() {
        Bench b;
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        b.page->runner().setProgram(b.place.file(QStringLiteral("nothing-here")));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.button("sweepResume")->click();
        QTRY_VERIFY(b.notice().contains(QStringLiteral("install it there")));
        QVERIFY(!b.page->runner().busy());
    }

    void anOldProgramIsTold() {
        Bench b;
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        b.page->runner().setProgram(
            fakeProgram(b.place, QStringLiteral("old"), {}, QStringLiteral("usage: run")));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.button("sweepResume")->click();
        QTRY_VERIFY(b.notice().contains(QStringLiteral("too old for this window")));
    }

    void aCrashIsToldWithItsLastLine() {
        Bench b;
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.page->runner().setProgram(fakeProgram(
            b.place, QStringLiteral("crasher"),
            QStringLiteral("echo 'reading data' >&2; echo 'descent: a page is damaged' >&2; kill -SEGV $$")));
        b.button("sweepResume")->click();
        QTRY_VERIFY2(b.notice().contains(QStringLiteral("ended unexpectedly")) &&
                         b.notice().endsWith(QStringLiteral("a page is damaged")),
                     qPrintable(b.notice()));
        b.page->runner().setProgram(
            fakeProgram(b.place, QStringLiteral("refuser"),
                        QStringLiteral("echo 'descent: the disk is full' >&2; exit 2")));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.button("sweepResume")->click();
        QTRY_COMPARE(b.notice(), QStringLiteral("widths: the disk is full"));
    }

    void stopAsksThenOffersToEnd() {
        Bench b;
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        b.page->runner().setPatience(50);
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        // One that ends when it is asked to.
        b.page->runner().setProgram(
            fakeProgram(b.place, QStringLiteral("polite"),
                        QStringLiteral("trap 'exit 130' INT; touch '%1'; while :; do sleep 0.02; done")
                            .arg(b.place.file(QStringLiteral("polite.up")))));
        b.button("sweepResume")->click();
        QTRY_VERIFY(QFile::exists(b.place.file(QStringLiteral("polite.up"))));
        b.button("sweepStop")->setFocus();
        b.button("sweepStop")->click();
        QTRY_VERIFY(!b.page->runner().busy());
        QTRY_VERIFY(b.button("sweepResume")->hasFocus()); // not the note
        QCOMPARE(b.notice(), QString());                  // as asked for, nothing to complain of
        // One that does not.
        b.page->runner().setProgram(
            fakeProgram(b.place, QStringLiteral("deaf"),
                        QStringLiteral("trap '' INT; touch '%1'; while :; do sleep 0.02; done")
                            .arg(b.place.file(QStringLiteral("deaf.up")))));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.button("sweepResume")->click();
        QTRY_VERIFY(QFile::exists(b.place.file(QStringLiteral("deaf.up"))));
        b.button("sweepStop")->click();
        QTRY_VERIFY(b.button("sweepKill")->isVisible());
        QVERIFY(b.page->runner().busy());
        b.button("sweepKill")->click();
        QTRY_VERIFY(!b.page->runner().busy());
    }

    void letGoItGoesOnAlone() {
        Bench b;
        addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        const QString up = b.place.file(QStringLiteral("up")), go = b.place.file(QStringLiteral("go")),
                      over = b.place.file(QStringLiteral("over"));
        b.page->runner().setProgram(fakeProgram(
            b.place, QStringLiteral("lasting"),
            QStringLiteral(
                "touch '%1'; while [ ! -e '%2' ]; do echo '{\"cells\":1}'; sleep 0.02; done; touch '%3'")
                .arg(up, go, over)));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
        b.button("sweepResume")->click();
        QTRY_VERIFY(QFile::exists(up));
        b.page->runner().letGo();
        QVERIFY(!b.page->runner().busy());
        b.page.reset(); // the window is closed
        QFile(go).open(QIODevice::WriteOnly);
        QTRY_VERIFY(QFile::exists(over)); // it was not ended with it
    }

    void aSweepTrainedElsewhereIsSeen() {
        Bench b;
        const auto sweep = addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        must(b.store->writer().hold_sweep(sweep.id, true)); // by this process, but not by the page
        b.open();
        QTRY_COMPARE(b.text("sweepState"), QStringLiteral("training in another process"));
        QVERIFY(b.text("sweepFacts").contains(QStringLiteral("process")));
        QVERIFY(!b.button("sweepResume")->isVisible());
        QVERIFY(b.button("sweepStop")->isVisible());
        must(b.store->writer().hold_sweep(sweep.id, false));
        QTRY_VERIFY(b.button("sweepResume")->isVisible());
    }

    void extendOpensTheBuilderWithWhatIsStored() {
        Bench b;
        const auto sweep = addSweep(b.store->writer(), b.catalog(), widthPlan(), "widths");
        b.open();
        b.page->runner().setProgram(
            fakeProgram(b.place, QStringLiteral("trainer"), QStringLiteral("exit 0")));
        QTRY_VERIFY(b.grid().grid());
        b.button("sweepExtend")->click();
        QVERIFY(b.find("sweepBuilder")->isVisible());
        QCOMPARE(b.text("sweepBuilderTitle"), QStringLiteral("Extend widths"));
        b.find<QSpinBox>("sweepSeeds")->setValue(3);
        QTRY_VERIFY(b.button("sweepStart")->isEnabled());
        b.button("sweepStart")->click();
        QTRY_COMPARE(b.stored(sweep.id).keys.size(), std::size_t(9));
        QTRY_COMPARE(b.grid().grid() ? int(b.grid().grid()->rows.size()) : 0, 3);
    }

    void tenThousandCellsStaySmooth() {
        auto data = std::make_shared<SweepData>();
        SweepPlan& plan = data->record.plan;
        data->record.id = "many";
        SweepAxis a{.name = "model.hidden", .log = false, .levels = {}},
            c{.name = "optimizer.lr", .log = false, .levels = {}};
        for (int i = 0; i < 100; ++i) {
            a.levels.push_back({std::to_string(i + 1), {{"model.hidden", std::to_string(i + 1)}}});
            c.levels.push_back({std::to_string(i), {{"optimizer.lr", std::to_string(i)}}});
        }
        plan.axes = {a, c};
        data->grid = sweep_grid(plan);
        QCOMPARE(data->grid.size(), std::size_t(10'000));
        for (std::size_t i = 0; i < data->grid.size(); i += 2) {
            RunRecord run;
            run.id = RunId::random();
            run.state = RunState::finished;
            run.summary["test/accuracy"] = {double(i % 100) / 100, 0, {}};
            data->runs.push_back({i, run});
        }
        SweepGridView view;
        view.resize(900, 600);
        view.QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QElapsedTimer longest;
        longest.start();
        static_cast<SweepView&>(view).show(data);
        const auto asked = longest.elapsed(); // the making is done elsewhere
        QTRY_VERIFY_WITH_TIMEOUT(view.grid(), 20000);
        QCOMPARE(view.grid()->cells.size(), std::size_t(10'000));
        QCOMPARE(view.grid()->at(0, 0).state, SweepCellState::finished);
        qInfo("asked for in %lld ms", static_cast<long long>(asked));
        QTRY_VERIFY(!view.picture().cellRect(99, 99).isEmpty());
        QTest::mouseMove(&view.picture(), view.picture().cellRect(50, 50).center().toPoint());
        QTRY_COMPARE(view.picture().current(), std::optional(std::pair(50, 50)));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestSweepsPage test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sweeps_page.moc"
