#pragma once

#include "tests/ui/runs_fixture.h"

#include "ui/models/runs_model.h"
#include "ui/pages/runs_page.h"
#include "ui/state/engine_host.h"
#include "ui/state/training.h"
#include "ui/widgets/filter_help.h"
#include "ui/widgets/runs_table.h"
#include "ui/widgets/sparkline.h"

#include <QAction>
#include <QApplication>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::test {

/// The page as it stands in the window: with the Undo action of the Edit menu, and an engine that has loaded.
struct Bench {
    Place place;
    std::unique_ptr<ui::StoreHost> store = place.open();
    CatalogEngine fake;
    ui::EngineHost engine{[this]() -> Result<Engine*> { return &fake; }};
    ui::Training training{engine, *store};
    QWidget window;
    ui::RunsPage* page = nullptr;
    ui::RunsTable* table = nullptr;
    ui::RunsModel* model = nullptr;

    void show() {
        engine.load();
        page = new ui::RunsPage(*store, engine, training);
        auto* layout = new QVBoxLayout(&window);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(page);
        auto* undo = store->undoStack().createUndoAction(&window);
        undo->setShortcut(QKeySequence::Undo);
        window.addAction(undo);
        table = page->findChild<ui::RunsTable*>(QStringLiteral("runsTable"));
        model = static_cast<ui::RunsModel*>(table->model());
        window.resize(1280, 800);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTRY_VERIFY(engine.engine());
        table->setFocus();
    }
    void wait(int rows) const { QTRY_COMPARE(model->rowCount(), rows); }

    template<class T>
    T* find(const char* name) const {
        auto* found = window.findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s", name);
        return found;
    }
    QAction* action(const char* name) const { return find<QAction>(name); }
    void choose(std::initializer_list<RunId> runs) {
        table->choose(runs);
        if (runs.size() > 0)
            table->selectionModel()->setCurrentIndex(
                model->index(model->find(*runs.begin()), int(ui::RunColumn::name)),
                QItemSelectionModel::NoUpdate);
        QCoreApplication::processEvents();
    }
    void type(const QString& filter) {
        auto* line = find<QLineEdit>("runsFilter");
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, filter);
        QTest::keyClick(line, Qt::Key_Return);
    }
    QPoint cell(const RunId& run, ui::RunColumn column) const {
        return table->visualRect(model->index(model->find(run), int(column))).center();
    }
};

} // namespace descent::test
