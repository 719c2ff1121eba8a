#include "tests/ui/runs_bench.h"

#include "ui/theme.h"
#include "ui/widgets/field_picker.h"
#include "ui/widgets/filter_line.h"

#include <QClipboard>
#include <QComboBox>
#include <QListWidget>
#include <QMenu>
#include <QSpinBox>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// The actions of a menu as it opens now.
QMenu* opened(const Bench& bench, const char* name) {
    auto* menu = bench.find<QMenu>(name);
    Q_EMIT menu->aboutToShow();
    return menu;
}

void trigger(QMenu* menu, const char* action) {
    auto* found = menu->findChild<QAction*>(QString::fromLatin1(action));
    if (!found) qFatal("no %s in the menu", action);
    QVERIFY2(found->isEnabled(), action);
    found->trigger();
}

/// Two regimes, three seeds each.
std::vector<RunId> addReplicates(Bench& bench) {
    std::vector<RunId> runs;
    for (const char* regime : {"sgd", "full-batch"})
        for (std::uint64_t seed = 0; seed < 3; ++seed)
            runs.push_back(
                addRun(bench.store->writer(), {.name = regime + std::string("-") + std::to_string(seed),
                                               .regime = regime,
                                               .seed = seed,
                                               .accuracy = 0.6 + 0.01 * double(seed)}));
    return runs;
}

QString cell(const Bench& bench, int row, int section) {
    return bench.model->index(row, section).data().toString();
}

} // namespace

class TestRunsGroups : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void replicatesFoldByKeyAndOpenByMouseAndArrows() {
        Bench bench;
        const auto runs = addReplicates(bench);
        bench.show();
        bench.wait(6);
        bench.choose({runs[4]});
        const int width = bench.table->columnWidth(int(RunColumn::accuracy));
        QTest::keyClick(bench.table, Qt::Key_G, Qt::ControlModifier);
        bench.wait(2);
        QVERIFY(bench.table->columnWidth(int(RunColumn::accuracy)) > width); // room for ±
        QTRY_COMPARE(bench.table->chosen().size(), std::size_t(3));          // its fold
        const auto chosen = bench.table->chosen();
        QVERIFY(std::ranges::find(chosen, runs[4]) != chosen.end());
        QTRY_COMPARE(bench.find<QLabel>("runsCount")->text(), QStringLiteral("6 runs, 2 rows"));
        // Best is 0.05 above the last: 0.65, 0.66, 0.67.
        QCOMPARE(cell(bench, 0, int(RunColumn::accuracy)), QStringLiteral("0.660 ± 0.010"));
        QCOMPARE(cell(bench, 0, int(RunColumn::seed)), QStringLiteral("3 seeds"));

        const auto name = [&](int row) { return bench.model->index(row, int(RunColumn::name)); };
        const QRect first = bench.table->visualRect(name(0));
        QTest::mouseClick(bench.table->viewport(), Qt::LeftButton, {},
                          QPoint(first.left() + 12, first.center().y()));
        QCOMPARE(bench.model->rowCount(), 5);
        bench.table->setCurrentIndex(name(2));
        QTest::keyClick(bench.table, Qt::Key_Left); // to its fold
        QCOMPARE(bench.table->currentIndex().row(), 0);
        QTest::keyClick(bench.table, Qt::Key_Left);
        QCOMPARE(bench.model->rowCount(), 2);
        QTest::keyClick(bench.table, Qt::Key_Right);
        QCOMPARE(bench.model->rowCount(), 5);
        QTest::keyClick(bench.table, Qt::Key_Return); // on a fold: as the arrows
        QCOMPARE(bench.model->rowCount(), 2);
        QTest::keyClick(bench.table, Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(bench.model->rowCount(), 8);
        QTest::keyClick(bench.table, Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(bench.model->rowCount(), 2);
        QTest::keyClick(bench.table, Qt::Key_G, Qt::ControlModifier);
        bench.wait(6);
        QCOMPARE(bench.table->columnWidth(int(RunColumn::accuracy)), width);
    }

    void aFoldStandsForItsRuns() {
        Bench bench;
        const auto runs = addReplicates(bench);
        bench.show();
        bench.wait(6);
        trigger(opened(bench, "runsGroupMenu"), "group-regime");
        bench.wait(2);
        bench.table->clearSelection(); // the fold of the first run was
        bench.table->selectRow(0);
        QTRY_COMPARE(bench.find<QLabel>("previewName")->text(), QStringLiteral("3 runs chosen"));
        QVERIFY(!bench.action("runOpen")->isEnabled());
        QVERIFY(!bench.action("runRename")->isEnabled());
        QSignalSpy compare(bench.page, &RunsPage::compareWanted);
        QTest::keyClick(bench.table, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(compare.size(), 1);
        QCOMPARE(compare.first().first().value<std::vector<RunId>>().size(), std::size_t(3));
        QTest::keyClick(bench.table, Qt::Key_D, Qt::ControlModifier);
        int starred = 0;
        const auto count = [&] {
            starred = 0;
            for (const RunId& run : runs) starred += bench.place.stored(run).starred;
            return starred;
        };
        QTRY_COMPARE(count(), 3);
        QTRY_VERIFY(bench.model->row(0).starred);
        QTRY_COMPARE(bench.store->undoStack().count(), 1);
        bench.store->undoStack().undo();
        QTRY_COMPARE(count(), 0);
        // Kept for the next start.
        delete bench.page;
        bench.page = new RunsPage(*bench.store, bench.engine, bench.training);
        bench.window.layout()->addWidget(bench.page);
        auto* model = bench.page->findChild<RunsTable*>(QStringLiteral("runsTable"))->model();
        QTRY_COMPARE(model->rowCount(), 2);
    }

    void groupsByAnyField() {
        Bench bench;
        addRun(bench.store->writer(), {.lr = 0.1});
        addRun(bench.store->writer(), {.lr = 0.1});
        addRun(bench.store->writer(), {.lr = 0.4});
        bench.show();
        bench.wait(3);
        trigger(opened(bench, "runsGroupMenu"), "groupOther");
        auto* list = bench.find<QListWidget>("fieldList");
        QTRY_VERIFY(list->count() > 0);
        auto* search = bench.find<QLineEdit>("fieldSearch");
        QTest::keyClicks(search, QStringLiteral("optim lr"));
        QCOMPARE(list->currentItem()->text(), QStringLiteral("optimizer.lr"));
        QTest::keyClick(search, Qt::Key_Return);
        bench.wait(2);
        const int fold = bench.model->row(0).fold ? 0 : 1;
        QCOMPARE(cell(bench, fold, int(RunColumn::name)), QStringLiteral("2 × lr 0.1"));
        QCOMPARE(cell(bench, 1 - fold, int(RunColumn::lr)), QStringLiteral("0.4"));
    }

    void addsAMetricAndAParameterAsColumns() {
        Bench bench;
        const RunId low = addRun(bench.store->writer(), {.name = "low", .lr = 0.1, .accuracy = 0.4});
        const RunId high = addRun(bench.store->writer(), {.name = "high", .lr = 0.2, .accuracy = 0.8});
        bench.show();
        bench.wait(2);
        const auto pick = [&](const char* words, const char* which, int step) {
            QTest::keyClick(bench.table, Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
            auto* list = bench.find<QListWidget>("fieldList");
            QTRY_VERIFY(list->count() > 0);
            QTest::keyClicks(bench.find<QLineEdit>("fieldSearch"), QString::fromLatin1(words));
            auto* combo = bench.find<QComboBox>("fieldWhich");
            QCOMPARE(combo->isVisible(), which != nullptr);
            if (which) combo->setCurrentText(QString::fromLatin1(which));
            if (step) bench.find<QSpinBox>("fieldStep")->setValue(step);
            QTest::mouseClick(bench.find<QPushButton>("fieldAdd"), Qt::LeftButton);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        };
        const int before = bench.model->columnCount();
        pick("validation/accuracy", "at update", 5);
        pick("train/loss", "best", 0);
        pick("momentum", nullptr, 0);
        QCOMPARE(bench.model->columnCount(), before + 3);
        const int at = bench.model->find(high);
        QTRY_COMPARE(cell(bench, at, before), QStringLiteral("0.200")); // 0.8 · 5/20
        QTRY_COMPARE(cell(bench, at, before + 2), QStringLiteral("0.9"));
        QVERIFY(bench.model->headerData(before + 1, Qt::Horizontal, Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("↓ lowest")));
        bench.table->sortByColumn(before, Qt::AscendingOrder);
        QTRY_COMPARE(bench.model->row(0).id, low);
        // They are there at the next start, and can be removed.
        delete bench.page;
        bench.page = new RunsPage(*bench.store, bench.engine, bench.training);
        bench.table = bench.page->findChild<RunsTable*>(QStringLiteral("runsTable"));
        bench.window.layout()->addWidget(bench.page);
        QCOMPARE(bench.table->model()->columnCount(), before + 3);
        QMenu menu;
        bench.table->fillColumnMenu(menu);
        trigger(&menu, qPrintable(QStringLiteral("column%1").arg(before + 1)));
        QCOMPARE(bench.table->model()->columnCount(), before + 2);
        QCOMPARE(bench.table->model()->headerData(before + 1, Qt::Horizontal).toString(),
                 QStringLiteral("momentum"));
        bench.table->fillColumnMenu(menu);
        trigger(&menu, "resetColumns");
        QCOMPARE(bench.table->model()->columnCount(), before);
    }

    void columnsMoveAndSortByKey() {
        Bench bench;
        addRun(bench.store->writer(), {.name = "b", .seed = 1});
        addRun(bench.store->writer(), {.name = "a", .seed = 2});
        bench.show();
        bench.wait(2);
        bench.table->setCurrentIndex(bench.model->index(0, int(RunColumn::name)));
        const auto* head = bench.table->horizontalHeader();
        const int place = head->visualIndex(int(RunColumn::name));
        QTest::keyClick(bench.table, Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(head->visualIndex(int(RunColumn::name)), place + 1);
        QTest::keyClick(bench.table, Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(head->visualIndex(int(RunColumn::name)), place);
        QTest::keyClick(bench.table, Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(cell(bench, 0, int(RunColumn::name)), QStringLiteral("a"));
        QTest::keyClick(bench.table, Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(cell(bench, 0, int(RunColumn::name)), QStringLiteral("b"));
    }

    void coloursAreChosenShownAndUndone() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a"});
        const RunId b = addRun(bench.store->writer(), {.name = "b"});
        bench.show();
        bench.wait(2);
        bench.choose({a, b});
        QTest::keyClick(bench.table, Qt::Key_L, Qt::ControlModifier);
        auto* menu = bench.find<QMenu>("runsColourMenu");
        QVERIFY(menu->isVisible());
        QTest::keyClick(menu, Qt::Key_3); // its mnemonic
        QTRY_COMPARE(bench.place.stored(a).colour, std::optional(2));
        QCOMPARE(bench.place.stored(b).colour, std::optional(2));
        QTRY_COMPARE(bench.model->row(bench.model->find(a)).colour, std::optional(2));
        // The square before the name.
        bench.table->clearSelection();
        const QRect place =
            bench.table->visualRect(bench.model->index(bench.model->find(a), int(RunColumn::name)));
        const QImage shown = bench.table->viewport()->grab(place).toImage();
        int painted = 0;
        for (int x = 0; x < 40; ++x)
            for (int y = 0; y < shown.height(); ++y)
                painted += shown.pixelColor(x, y).rgb() == theme::runColor(a, 2).rgb();
        QVERIFY(painted > 60);
        QTRY_COMPARE(bench.store->undoStack().count(), 1);
        bench.choose({a});
        trigger(opened(bench, "runsColourMenu"), "colourOwn");
        QTRY_COMPARE(bench.place.stored(a).colour, std::nullopt);
        QTRY_COMPARE(bench.store->undoStack().count(), 2);
        bench.store->undoStack().undo();
        QTRY_COMPARE(bench.place.stored(a).colour, std::optional(2));
        QTRY_COMPARE(bench.store->undoStack().index(), 1);
        bench.store->undoStack().undo();
        QTRY_COMPARE(bench.place.stored(b).colour, std::nullopt);
    }

    void aTagIsTakenFromManyAtOnceAndNotesAreWrittenOnMany() {
        Bench bench;
        const RunId a = addRun(bench.store->writer(), {.name = "a", .tags = {"old", "paper"}});
        const RunId b = addRun(bench.store->writer(), {.name = "b", .tags = {"paper"}, .note = "was here"});
        const RunId c = addRun(bench.store->writer(), {.name = "c"});
        bench.show();
        bench.wait(3);
        bench.choose({a, b, c});
        QVERIFY(bench.action("runUntag")->isEnabled());
        trigger(opened(bench, "runsUntagMenu"), "untag-paper");
        QTRY_COMPARE(bench.place.stored(a).tags, (std::vector<std::string>{"old"}));
        QCOMPARE(bench.place.stored(b).tags, std::vector<std::string>());
        QTRY_COMPARE(bench.store->undoStack().count(), 1);
        bench.store->undoStack().undo();
        QTRY_COMPARE(bench.place.stored(a).tags, (std::vector<std::string>{"old", "paper"}));
        QTRY_COMPARE(bench.place.stored(b).tags, (std::vector<std::string>{"paper"}));

        auto* note = bench.find<QPlainTextEdit>("previewNote");
        QCOMPARE(note->toPlainText(), QString()); // they differ
        QVERIFY(note->placeholderText().contains(QStringLiteral("differ")));
        bench.choose({c}); // nothing was typed, so nothing changes
        bench.choose({a, b, c});
        bench.action("runNote")->trigger();
        QTest::keyClicks(note, QStringLiteral("all of them"));
        QTest::keyClick(note, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(bench.place.stored(c).note, std::string("all of them"));
        QCOMPARE(bench.place.stored(b).note, std::string("all of them"));
        QTRY_COMPARE(bench.store->undoStack().index(), 1); // the one taken back has made room
        bench.store->undoStack().undo();
        QTRY_COMPARE(bench.place.stored(b).note, std::string("was here"));
        QCOMPARE(bench.place.stored(c).note, std::string());
    }

    void filtersAreKeptUnderNamesChosenAndDeleted() {
        Bench bench;
        addRun(bench.store->writer(), {.name = "low", .lr = 0.1});
        addRun(bench.store->writer(), {.name = "high", .lr = 0.5});
        bench.show();
        bench.wait(2);
        bench.type(QStringLiteral("lr > 0.2"));
        bench.wait(1);
        auto* line = bench.find<QLineEdit>("runsFilter");
        QTest::keyClick(line, Qt::Key_S, Qt::ControlModifier);
        auto* name = bench.find<QLineEdit>("filterName");
        QTest::keyClicks(name, QStringLiteral("large steps"));
        QTest::keyClick(name, Qt::Key_Return);
        bench.type(QStringLiteral("seed = 0"));
        bench.wait(2);
        auto* menu = opened(bench, "runsFilterMenu");
        QVERIFY(menu->actions().first()->text().startsWith(QStringLiteral("large steps")));
        trigger(menu, "savedFilter0");
        bench.wait(1);
        QCOMPARE(line->text(), QStringLiteral("lr > 0.2"));
        FilterLine second; // another start
        auto* its = second.findChild<QMenu*>(QStringLiteral("runsFilterMenu"));
        Q_EMIT its->aboutToShow();
        QVERIFY(its->actions().first()->text().contains(QStringLiteral("lr > 0.2")));
        trigger(its->findChild<QMenu*>(QStringLiteral("deleteFilterMenu")), "deleteFilter0");
        Q_EMIT its->aboutToShow();
        QVERIFY(!its->actions().first()->isEnabled()); // none
    }

    void rowsAreCopiedAndTheTableExportedAsShown() {
        Bench bench;
        addReplicates(bench);
        bench.show();
        bench.wait(6);
        bench.table->sortByColumn(int(RunColumn::name), Qt::AscendingOrder);
        QTRY_COMPARE(cell(bench, 0, int(RunColumn::name)), QStringLiteral("full-batch-0"));
        QTest::keyClick(bench.table, Qt::Key_A, Qt::ControlModifier);
        QGuiApplication::clipboard()->clear();
        QTest::keyClick(bench.table, Qt::Key_C, Qt::ControlModifier);
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        const QStringList lines = QGuiApplication::clipboard()->text().trimmed().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 7);
        const std::vector<int> sections = bench.table->shownSections();
        QCOMPARE(lines[1].split(QLatin1Char('\t')).size(), int(sections.size()));
        QGuiApplication::clipboard()->clear();
        bench.action("runCopyMarkdown")->trigger();
        QTRY_VERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("| Starred | Name")));

        const QString file = bench.place.file(QStringLiteral("table.csv"));
        bench.page->setAskForFile([&](QWidget*, const QString&) { return file; });
        QTest::keyClick(bench.table, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(bench.find<QLabel>("runsNoticeText")->text().startsWith(QStringLiteral("Wrote 6 rows")));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QStringList rows = QString::fromUtf8(written.readAll()).trimmed().split(QLatin1Char('\n'));
        QCOMPARE(rows.size(), 7);
        for (int row = 0; row < 6; ++row) { // none of these has a comma in it
            const QStringList cells = rows[row + 1].split(QLatin1Char(','));
            QCOMPARE(cells.size(), int(sections.size()));
            for (std::size_t i = 1; i < sections.size(); ++i)
                QCOMPARE(cells[qsizetype(i)], cell(bench, row, sections[i]));
        }
    }
};

QTEST_MAIN(TestRunsGroups)
#include "test_runs_groups.moc"
