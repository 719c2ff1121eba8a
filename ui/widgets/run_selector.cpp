#include "ui/widgets/run_selector.h"

#include "core/base/format.h"
#include "ui/theme.h"
#include "ui/widgets/run_picker.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

RunSelector::RunSelector(StoreHost& store, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , model_(new ComparedRunsModel(this))
    , count_(new QLabel)
    , add_(new QToolButton)
    , more_(new QToolButton)
    , ladders_(new QMenu(tr("Optimizer ladder"), this))
    , list_(new QListView) {
    setObjectName(QStringLiteral("compareSelector"));
    setAccessibleName(tr("Runs compared"));
    count_->setObjectName(QStringLiteral("compareCount"));
    count_->setProperty("role", QStringLiteral("heading"));
    add_->setObjectName(QStringLiteral("compareAdd"));
    add_->setText(tr("Add…"));
    add_->setToolTip(tr("Add runs by a filter (Ctrl+F)"));
    add_->setAccessibleName(tr("Add runs"));
    more_->setObjectName(QStringLiteral("compareRunsMenu"));
    more_->setIcon(theme::icon(QStringLiteral("more"), &theme::mutedText));
    more_->setToolTip(tr("Show all or none, optimizer ladders"));
    more_->setAccessibleName(tr("More on the runs compared"));
    more_->setPopupMode(QToolButton::InstantPopup);
    for (auto* button : {add_, more_}) button->setFocusPolicy(Qt::StrongFocus);
    buildMenu();
    list_->setObjectName(QStringLiteral("compareRuns"));
    list_->setAccessibleName(tr("Runs compared"));
    list_->setModel(model_);
    list_->setItemDelegate(new ComparedRunDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setMouseTracking(true);
    list_->setContextMenuPolicy(Qt::CustomContextMenu);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->installEventFilter(this);
    list_->viewport()->installEventFilter(this);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid / 2, 0);
    head->setSpacing(theme::kGrid / 2);
    head->addWidget(count_, 1);
    head->addWidget(add_);
    head->addWidget(more_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(head);
    column->addWidget(list_, 1);
    connect(add_, &QToolButton::clicked, this, &RunSelector::pickRuns);
    connect(model_, &ComparedRunsModel::shownChanged, this, &RunSelector::shownChanged);
    connect(list_, &QListView::entered, this, [this](const QModelIndex& index) {
        Q_EMIT picked(index.data(ComparedRunsModel::id_role).toString());
    });
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                if (list_->hasFocus()) Q_EMIT picked(index.data(ComparedRunsModel::id_role).toString());
            });
    connect(list_, &QListView::doubleClicked, this, [this](const QModelIndex& index) {
        Q_EMIT openRun({index.data(ComparedRunsModel::run_role).toString().toStdString()});
    });
    connect(list_, &QWidget::customContextMenuRequested, this, &RunSelector::contextMenu);
}

void RunSelector::buildMenu() {
    auto* menu = new QMenu(this);
    const auto add = [&](const char* name, const QString& text, auto what) {
        menu->addAction(text, this, what)->setObjectName(QString::fromLatin1(name));
    };
    add("compareShowAll", tr("Show all"), [this] { showAll(true); });
    add("compareShowNone", tr("Show none"), [this] { showAll(false); });
    menu->addSeparator();
    add("compareRemoveHidden", tr("Remove those not shown"), [this] {
        std::vector<RunId> gone;
        for (const auto& row : model_->rows())
            if (!row.shown) gone.push_back(row.run);
        Q_EMIT removed(gone);
    });
    add("compareRemoveAll", tr("Remove all"), [this] {
        std::vector<RunId> gone;
        for (const auto& row : model_->rows()) gone.push_back(row.run);
        Q_EMIT removed(gone);
    });
    menu->addSeparator();
    ladders_->setObjectName(QStringLiteral("compareLadders"));
    menu->addMenu(ladders_);
    add("compareNewLadder", tr("New optimizer ladder…"), [this] { Q_EMIT newLadderWanted(); });
    more_->setMenu(menu);
}

void RunSelector::setRows(std::vector<ComparedRunsModel::Row> rows) {
    const auto shown = std::ranges::count(rows, true, &ComparedRunsModel::Row::shown);
    const auto count = [](std::ptrdiff_t n) { return QString::fromStdString(format_count(n)); };
    const auto all = std::ssize(rows);
    count_->setText(all == 1       ? tr("1 run")
                    : shown == all ? tr("%1 runs").arg(count(all))
                                   : tr("%1 of %2 runs").arg(count(shown), count(all)));
    model_->setRows(std::move(rows));
}

void RunSelector::setLadders(const std::vector<ComparedRuns::Ladder>& ladders, const std::string& chosen) {
    ladders_->clear();
    for (const auto& ladder : ladders) {
        const QString group = QString::fromStdString(ladder.group);
        auto* action = ladders_->addAction(tr("%1 · %2 · %3 · %4 runs")
                                               .arg(QString::fromStdString(ladder.task),
                                                    QString::fromStdString(ladder.model),
                                                    QString::fromStdString(format_time(ladder.created_ms)),
                                                    QString::fromStdString(format_count(ladder.runs))),
                                           this, [this, group] { Q_EMIT ladderChosen(group); });
        action->setObjectName(QStringLiteral("compareLadder-") + group);
        action->setCheckable(true);
        action->setChecked(ladder.group == chosen);
    }
    ladders_->setEnabled(!ladders.empty());
}

void RunSelector::setPicked(const QString& id) {
    model_->setPicked(id);
}

void RunSelector::select(const QString& id) {
    for (int i = 0; i < model_->rowCount(); ++i)
        if (model_->rows()[std::size_t(i)].id == id) {
            list_->setCurrentIndex(model_->index(i));
            list_->scrollTo(model_->index(i));
            return;
        }
}

void RunSelector::selectRun(const RunId& run) {
    for (int i = 0; i < model_->rowCount(); ++i)
        if (model_->rows()[std::size_t(i)].run == run) list_->setCurrentIndex(model_->index(i));
}

QStringList RunSelector::hidden() const {
    QStringList all;
    for (const auto& row : model_->rows())
        if (!row.shown) all << QString::fromStdString(row.run.uuid);
    return all;
}

void RunSelector::pickRuns() {
    if (!picker_) {
        picker_ = new RunPicker(store_, this);
        connect(picker_, &RunPicker::added, this, &RunSelector::added);
        connect(picker_, &RunPicker::removed, this, [this](const RunId& run) { Q_EMIT removed({run}); });
    }
    std::vector<RunId> chosen;
    for (const auto& row : model_->rows()) chosen.push_back(row.run);
    picker_->popUpUnder(*add_, chosen);
}

std::vector<RunId> RunSelector::selected() const {
    std::vector<RunId> all;
    for (const auto& index : list_->selectionModel()->selectedRows())
        all.push_back(model_->rows()[std::size_t(index.row())].run);
    return all;
}

void RunSelector::showOnly(const std::vector<RunId>& runs) {
    auto rows = model_->rows();
    for (auto& row : rows) row.shown = std::ranges::find(runs, row.run) != runs.end();
    setRows(std::move(rows));
    Q_EMIT shownChanged();
}

void RunSelector::showAll(bool shown) {
    auto rows = model_->rows();
    for (auto& row : rows) row.shown = shown;
    setRows(std::move(rows));
    Q_EMIT shownChanged();
}

void RunSelector::contextMenu(QPoint at) {
    const auto runs = selected();
    const QModelIndex index = list_->currentIndex();
    if (runs.empty() || !index.isValid()) return;
    const QString id = index.data(ComparedRunsModel::id_role).toString();
    const RunId current{index.data(ComparedRunsModel::run_role).toString().toStdString()};
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("compareContextMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const char* name, const QString& text, auto what) {
        menu->addAction(text, this, what)->setObjectName(QString::fromLatin1(name));
    };
    add("compareOpen", tr("Open on the Train page"), [this, current] { Q_EMIT openRun(current); });
    add("compareReference", tr("Compare the others with it"), [this, id] { Q_EMIT referenceWanted(id); });
    menu->addSeparator();
    add("compareOnly", runs.size() == 1 ? tr("Show only this one") : tr("Show only these"),
        [this, runs] { showOnly(runs); });
    add("compareRemove", tr("Remove from the comparison\tDel"), [this, runs] { Q_EMIT removed(runs); });
    menu->popup(list_->viewport()->mapToGlobal(at));
}

bool RunSelector::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_->viewport() && event->type() == QEvent::Leave) Q_EMIT picked({});
    if (watched == list_ && event->type() == QEvent::FocusOut) Q_EMIT picked({});
    if (watched == list_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Delete) {
            if (const auto runs = selected(); !runs.empty()) Q_EMIT removed(runs);
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            if (const auto index = list_->currentIndex(); index.isValid())
                Q_EMIT openRun({index.data(ComparedRunsModel::run_role).toString().toStdString()});
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace descent::ui
