#include "ui/main_window.h"

#include "ui/pages/compare_page.h"
#include "ui/pages/data_page.h"
#include "ui/pages/help_page.h"
#include "ui/pages/lab_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/sweeps_page.h"
#include "ui/pages/train_page.h"
#include "ui/plots/sweep_views.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/widgets/incoming.h"
#include "ui/widgets/interrupted_bar.h"
#include "ui/widgets/nav_rail.h"
#include "ui/widgets/wheel_guard.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

enum Page { train, runs, compare, sweeps, data, lab, help };
constexpr int kCompactBelow = 1160;

MainWindow::OnClose askOnClose(QWidget* parent, const QString& what) {
    QMessageBox box(parent);
    box.setObjectName(QStringLiteral("closeQuestion"));
    box.setIcon(QMessageBox::NoIcon);
    box.setText(MainWindow::tr("%1 is still training.").arg(what));
    box.setInformativeText(MainWindow::tr(
        "Stopped, it is kept with what it has measured and can be resumed. In the background, the "
        "window goes and training goes on until it is done."));
    auto* stop = box.addButton(MainWindow::tr("Stop and keep"), QMessageBox::AcceptRole);
    auto* background =
        box.addButton(MainWindow::tr("Keep training in the background"), QMessageBox::ActionRole);
    auto* cancel = box.addButton(QMessageBox::Cancel);
    box.setDefaultButton(cancel);
    box.setEscapeButton(cancel);
    box.exec();
    return box.clickedButton() == stop         ? MainWindow::OnClose::stop_and_keep
           : box.clickedButton() == background ? MainWindow::OnClose::background
                                               : MainWindow::OnClose::cancel;
}

} // namespace

MainWindow::MainWindow(EngineHost& engine, StoreHost& store, Training& training, QSettings& settings,
                       QWidget* parent)
    : QMainWindow(parent)
    , store_(store)
    , training_(training)
    , settings_(settings)
    , ask_(askOnClose)
    , rail_(new NavRail)
    , stack_(new QStackedWidget)
    , train_(new TrainPage(engine, store, training))
    , runs_(new RunsPage(store, engine, training))
    , compare_(new ComparePage(store, engine, training))
    , sweeps_(new SweepsPage(store, engine))
    , data_(new DataPage(engine))
    , lab_(new LabPage)
    , help_(new HelpPage(engine, store))
    , incoming_(new Incoming(store, *this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Descent Studio"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/app.svg")));
    setMinimumSize(960, 600);
    resize(QSize(1280, 832).boundedTo(screen()->availableSize()));
    qApp->installEventFilter(new WheelGuard(this));

    rail_->addPage(QStringLiteral("navTrain"), tr("Train"), QStringLiteral("train"), tr("Train (Ctrl+1)"));
    rail_->addPage(QStringLiteral("navRuns"), tr("Runs"), QStringLiteral("runs"), tr("Runs (Ctrl+2)"));
    rail_->addPage(QStringLiteral("navCompare"), tr("Compare"), QStringLiteral("compare"),
                   tr("Compare (Ctrl+3)"));
    rail_->addPage(QStringLiteral("navSweeps"), tr("Sweeps"), QStringLiteral("sweeps"),
                   tr("Sweeps (Ctrl+4)"));
    rail_->addPage(QStringLiteral("navData"), tr("Data"), QStringLiteral("data"), tr("Data (Ctrl+5)"));
    rail_->addPage(QStringLiteral("navLab"), tr("Lab"), QStringLiteral("lab"), tr("Gradient lab (Ctrl+6)"));
    rail_->addPage(QStringLiteral("navHelp"), tr("Help"), QStringLiteral("help"), tr("Help (F1)"), true);
    stack_->setObjectName(QStringLiteral("pages"));
    for (QWidget* page :
         {static_cast<QWidget*>(train_), static_cast<QWidget*>(runs_), static_cast<QWidget*>(compare_),
          static_cast<QWidget*>(sweeps_), static_cast<QWidget*>(data_), static_cast<QWidget*>(lab_),
          static_cast<QWidget*>(help_)}) {
        page->setProperty("role", QStringLiteral("page"));
        stack_->addWidget(page);
    }
    auto* pages = new QWidget;
    auto* column = new QVBoxLayout(pages);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* interrupted = new InterruptedBar(engine, store, training, settings);
    auto* above = new QVBoxLayout; // takes no room while nothing is in it
    above->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, 0);
    above->addWidget(interrupted);
    column->addLayout(above);
    column->addWidget(stack_, 1);
    connect(interrupted, &InterruptedBar::resumed, this, [this](const RunId& run) {
        train_->showRun(run);
        showPage(Page::train);
    });
    connect(interrupted, &InterruptedBar::refused, this, [this](const QString& reason) {
        showPage(Page::runs);
        runs_->complain(reason);
    });
    auto* middle = new QWidget;
    auto* row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(rail_);
    row->addWidget(pages, 1);
    setCentralWidget(middle);
    buildMenus();

    auto* settings_button =
        rail_->addButton(QStringLiteral("settingsButton"), tr("Theme"), QStringLiteral("settings"));
    settings_button->setPopupMode(QToolButton::InstantPopup);
    settings_button->setMenu(theme_menu_);

    connect(rail_, &NavRail::chosen, this, &MainWindow::showPage);
    connect(train_, &TrainPage::wanted, this, [this] { showPage(Page::train); });
    connect(runs_, &RunsPage::openRun, this, [this](const RunId& run) {
        train_->showRun(run);
        showPage(Page::train);
    });
    connect(runs_, &RunsPage::trainAgain, this, [this](const Request& request) {
        train_->setRequest(request);
        showPage(Page::train);
    });
    connect(runs_, &RunsPage::branchWanted, this, [this](const BranchOffer& offer) {
        train_->branch(offer);
        showPage(Page::train);
    });
    connect(runs_, &RunsPage::compareWanted, this, [this](const std::vector<RunId>& runs) {
        compare_->showRuns(runs);
        showPage(Page::compare);
    });
    connect(runs_, &RunsPage::trainFirst, this, [this] { showPage(Page::train); });
    connect(train_, &TrainPage::ladderStarted, this, [this](const QString& group, int count) {
        compare_->showLadder(group, count);
        showPage(Page::compare);
    });
    connect(compare_, &ComparePage::chooseRuns, this, [this] { showPage(Page::runs); });
    connect(compare_, &ComparePage::openRun, this, [this](const RunId& run) {
        train_->showRun(run);
        showPage(Page::train);
    });
    connect(compare_, &ComparePage::ladderWanted, this, [this] {
        showPage(Page::train);
        train_->openLadder();
    });
    connect(data_, &DataPage::dataChosen, train_, &TrainPage::setData);
    connect(data_, &DataPage::trainWanted, this, [this](const Request& request) {
        train_->setData(request);
        showPage(Page::train);
    });
    connect(&training_, &Training::stateChanged, this, &MainWindow::trainEnded);
    connectSweeps();
    connectIncoming();
    restoreGeometry(settings_.value(QStringLiteral("geometry")).toByteArray());
    showPage(Page::train);
}

MainWindow::~MainWindow() = default;

void MainWindow::connectSweeps() {
    for (auto& [title, word, view] : make_sweep_views(store_)) sweeps_->addView(title, word, std::move(view));
    connect(sweeps_, &SweepsPage::openRuns, this, [this](const std::vector<RunId>& runs) {
        if (runs.size() == 1)
            train_->showRun(runs.front());
        else
            compare_->showRuns(runs);
        showPage(runs.size() == 1 ? Page::train : Page::compare);
    });
}

void MainWindow::connectIncoming() {
    connect(incoming_, &Incoming::runsWanted, this, [this](const std::vector<RunId>& runs) {
        if (runs.size() == 1)
            train_->showRun(runs.front());
        else
            compare_->showRuns(runs);
        showPage(runs.size() == 1 ? Page::train : Page::compare);
    });
    // What is taken in is told where it then is.
    connect(incoming_, &Incoming::importWanted, this, [this](const QStringList& files) {
        showPage(Page::runs);
        runs_->importFiles(files);
    });
    connect(incoming_, &Incoming::mergeWanted, this, [this](const QString& store) {
        showPage(Page::runs);
        runs_->mergeStore(store);
    });
    connect(incoming_, &Incoming::complained, this, [this](const QString& message) {
        showPage(Page::runs);
        runs_->complain(message);
    });
}

void MainWindow::buildMenus() {
    const auto menu = [this](const char* name, const QString& title) {
        auto* m = menuBar()->addMenu(title);
        m->setObjectName(QString::fromLatin1(name));
        m->setToolTipsVisible(true);
        return m;
    };
    const auto add = [this](QMenu* m, const char* name, const QString& text, const QKeySequence& key,
                            auto what) {
        auto* action = m->addAction(text, this, what);
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcut(key);
        return action;
    };
    auto* file = menu("menuFile", tr("&File"));
    file->addAction(sweeps_->newAction());
    file->addActions(incoming_->actions());
    file->addSeparator();
    file->addMenu(runs_->makeExportMenu(this));
    file->addActions({train_->exportAction(), compare_->exportAction(), sweeps_->exportAction(),
                      data_->exportAction(), lab_->exportAction()});
    file->addSeparator();
    add(file, "actionQuit", tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });

    auto* edit = menu("menuEdit", tr("&Edit"));
    auto* undo = store_.undoStack().createUndoAction(this, tr("&Undo"));
    undo->setObjectName(QStringLiteral("actionUndo"));
    undo->setShortcut(QKeySequence::Undo);
    auto* redo = store_.undoStack().createRedoAction(this, tr("&Redo"));
    redo->setObjectName(QStringLiteral("actionRedo"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    edit->addActions({undo, redo});
    edit->addSeparator();
    for (auto* action : runs_->editActions()) {
        if (action)
            edit->addAction(action);
        else
            edit->addSeparator();
    }
    edit->addActions({compare_->filterAction(), data_->filterAction()});

    auto* view = menu("menuView", tr("&View"));
    add(view, "actionShowTrain", tr("&Train"), QKeySequence(Qt::CTRL | Qt::Key_1),
        [this] { showPage(Page::train); });
    add(view, "actionShowRuns", tr("&Runs"), QKeySequence(Qt::CTRL | Qt::Key_2),
        [this] { showPage(Page::runs); });
    add(view, "actionShowCompare", tr("&Compare"), QKeySequence(Qt::CTRL | Qt::Key_3),
        [this] { showPage(Page::compare); });
    add(view, "actionShowSweeps", tr("&Sweeps"), QKeySequence(Qt::CTRL | Qt::Key_4),
        [this] { showPage(Page::sweeps); });
    add(view, "actionShowData", tr("&Data"), QKeySequence(Qt::CTRL | Qt::Key_5),
        [this] { showPage(Page::data); });
    add(view, "actionShowLab", tr("Gradient &lab"), QKeySequence(Qt::CTRL | Qt::Key_6),
        [this] { showPage(Page::lab); });
    view->addSeparator();
    buildTheme(view);

    auto* run = menu("menuRun", tr("&Run"));
    run->addActions(train_->runActions());

    auto* more = menu("menuHelp", tr("&Help"));
    add(more, "actionHelp", tr("&Help and keys"), QKeySequence(QKeySequence::HelpContents),
        [this] { showPage(Page::help); });
}

void MainWindow::buildTheme(QMenu* view) {
    theme_menu_ = view->addMenu(tr("T&heme"));
    theme_menu_->setObjectName(QStringLiteral("menuTheme"));
    auto* group = new QActionGroup(this);
    const auto add = [&](const char* name, const QString& text, theme::Mode mode) {
        auto* action = theme_menu_->addAction(text, this, [this, mode] { setTheme(mode); });
        action->setObjectName(QString::fromLatin1(name));
        action->setCheckable(true);
        action->setChecked(theme::mode() == mode);
        group->addAction(action);
    };
    add("themeSystem", tr("As the &system"), theme::Mode::system);
    add("themeLight", tr("&Light"), theme::Mode::light);
    add("themeDark", tr("&Dark"), theme::Mode::dark);
}

void MainWindow::setTheme(theme::Mode mode) {
    settings_.setValue(QStringLiteral("theme"), int(mode));
    theme::apply(*qApp, mode);
}

void MainWindow::showPage(int page) {
    if (page == Page::data) data_->offer(train_->request());
    if (page == Page::sweeps) sweeps_->offer(train_->request());
    // So that the page's keys work at once; the field in it that had the focus gets it back. Asked before,
    // for the page that goes hands the focus to whatever comes next.
    QWidget* shown = stack_->widget(page);
    QWidget* field = shown->focusWidget();
    stack_->setCurrentIndex(page);
    rail_->setCurrent(page);
    (field ? field : shown)->setFocus(Qt::OtherFocusReason);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    // Space and the full stop steer the run from wherever the focus is, unless what has it needs them.
    if (stack_->currentWidget() == train_ && !train_->isAncestorOf(focusWidget()) &&
        focusWidget() != train_ && (event->key() == Qt::Key_Space || event->key() == Qt::Key_Period)) {
        QApplication::sendEvent(train_, event);
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    rail_->setCompact(width() < kCompactBelow);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    settings_.setValue(QStringLiteral("geometry"), saveGeometry());
    QStringList what = sweeps_->runner().names();
    if (training_.busy()) what.prepend(training_.name().isEmpty() ? tr("A run") : training_.name());
    if (what.isEmpty()) return event->accept();
    switch (ask_(this, what.join(tr(", ")))) {
    case OnClose::cancel:
        return event->ignore();
    case OnClose::stop_and_keep:
        return event->accept(); // Training and the sweeps' runner stop theirs when the program ends
    case OnClose::background:
        break;
    }
    sweeps_->runner().letGo(); // they have processes of their own
    if (!training_.busy()) return event->accept();
    event->ignore(); // an accepted close of the last window would end the program
    background_ = true;
    hide();
}

void MainWindow::trainEnded() {
    if (!background_ || training_.busy()) return;
    background_ = false;
    Q_EMIT finishedInBackground();
}

} // namespace descent::ui
