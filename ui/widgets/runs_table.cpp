#include "ui/widgets/runs_table.h"

#include "ui/models/runs_delegate.h"
#include "ui/models/runs_model.h"
#include "ui/theme.h"

#include <QAction>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSettings>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace descent::ui {

namespace {

const QString kLayout = QStringLiteral("runs/columns");
const QString kLayoutOf = QStringLiteral("runs/columnsOf"); // how many there were when it was kept

struct Default {
    RunColumn column;
    int width;
    bool shown = true;
};

/// In the order first seen: how it went before what was asked for.
constexpr std::array<Default, kRunColumns> kDefaults{{
    {RunColumn::star, 36},
    {RunColumn::name, 164},
    {RunColumn::state, 128},
    {RunColumn::accuracy, 92},
    {RunColumn::loss, 68},
    {RunColumn::task, 68},
    {RunColumn::model, 120},
    {RunColumn::regime, 152},
    {RunColumn::optimizer, 88},
    {RunColumn::lr, 120},
    {RunColumn::seed, 68},
    {RunColumn::epochs, 84, false},
    {RunColumn::updates, 88},
    {RunColumn::duration, 92},
    {RunColumn::created, 136},
    {RunColumn::tags, 144},
    {RunColumn::note, 240, false},
}};

} // namespace

RunsTable::RunsTable(RunsModel& model, QWidget* parent) : QTableView(parent), model_(model) {
    setObjectName(QStringLiteral("runsTable"));
    setAccessibleName(tr("Runs"));
    setModel(&model_);
    setItemDelegate(new RunsDelegate(model_, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers); // F2 and a double click on the name, see rename()
    setShowGrid(false);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false); // Tab leaves the table
    setFrameShape(NoFrame);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setContextMenuPolicy(Qt::CustomContextMenu);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(theme::kGrid * 4);
    verticalHeader()->setMinimumSectionSize(theme::kGrid * 3);
    QHeaderView* head = horizontalHeader();
    head->setObjectName(QStringLiteral("runsHeader"));
    head->setAccessibleName(tr("Columns of the table of runs"));
    head->setSectionsMovable(true);
    head->setSectionsClickable(true);
    head->setHighlightSections(false);
    head->setMinimumSectionSize(theme::kGrid * 4);
    head->setFixedHeight(theme::kGrid * 4);
    head->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(head, &QHeaderView::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu;
        fillColumnMenu(menu);
        menu.exec(horizontalHeader()->mapToGlobal(at));
    });
    head->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 5px 11px; }")); // as its cells
    auto* corner = new QWidget; // else the style draws a box where the scroll bars meet
    setCornerWidget(corner);
    defaultLayout();
    restoreLayout();
    setSortingEnabled(true);            // sorts by the header's indicator, and from then on by clicks
    head->setSortIndicatorShown(false); // it would lie over the text: the model's titles carry the arrow
    connect(head, &QHeaderView::sortIndicatorChanged, this, &RunsTable::sortChanged);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsTable::chosenChanged);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &RunsTable::chosenChanged);
    connect(&model_, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        kept_ = chosen();
        kept_current_ = currentIndex().isValid() ? model_.row(currentIndex().row()).id : RunId{};
        kept_scroll_ = verticalScrollBar()->value();
    });
    connect(&model_, &QAbstractItemModel::modelReset, this, [this] {
        choose(kept_);
        if (const int row = model_.find(kept_current_); row >= 0)
            selectionModel()->setCurrentIndex(model_.index(row, int(RunColumn::name)),
                                              QItemSelectionModel::NoUpdate);
        verticalScrollBar()->setValue(kept_scroll_);
        Q_EMIT chosenChanged();
    });
}

RunsTable::~RunsTable() {
    saveLayout();
}

void RunsTable::defaultLayout() {
    QHeaderView* head = horizontalHeader();
    for (int place = 0; place < kRunColumns; ++place) {
        const Default& column = kDefaults[std::size_t(place)];
        const int section = int(column.column);
        head->moveSection(head->visualIndex(section), place);
        head->resizeSection(section, column.width);
        head->setSectionHidden(section, !column.shown);
    }
    head->setSectionResizeMode(int(RunColumn::star), QHeaderView::Fixed);
    head->setSortIndicator(int(RunColumn::created), Qt::DescendingOrder);
}

void RunsTable::restoreLayout() {
    const QSettings settings;
    if (settings.value(kLayoutOf).toInt() != kRunColumns) return;
    horizontalHeader()->restoreState(settings.value(kLayout).toByteArray());
}

void RunsTable::saveLayout() const {
    QSettings settings;
    settings.setValue(kLayoutOf, kRunColumns);
    settings.setValue(kLayout, horizontalHeader()->saveState());
}

void RunsTable::fillColumnMenu(QMenu& menu) {
    for (const Default& column : kDefaults) {
        const int section = int(column.column);
        const bool star = column.column == RunColumn::star;
        auto* action = menu.addAction(star ? tr("Star") : columnTitle(column.column));
        action->setObjectName(QStringLiteral("column%1").arg(section));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(section));
        action->setEnabled(column.column != RunColumn::name); // something must remain
        connect(action, &QAction::toggled, this, [this, section](bool shown) {
            setColumnHidden(section, !shown);
            saveLayout();
        });
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Reset columns")), &QAction::triggered, this, [this] {
        defaultLayout();
        saveLayout();
    });
}

std::vector<int> RunsTable::chosenRows() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row) rows.push_back(row);
    std::ranges::sort(rows);
    rows.erase(std::ranges::unique(rows).begin(), rows.end());
    return rows;
}

std::vector<RunId> RunsTable::chosen() const {
    std::vector<RunId> runs;
    for (const int row : chosenRows()) runs.push_back(model_.row(row).id);
    return runs;
}

void RunsTable::choose(const std::vector<RunId>& runs) {
    std::unordered_set<std::string> wanted;
    for (const RunId& run : runs) wanted.insert(run.uuid);
    QItemSelection selection;
    const int last = model_.rowCount();
    int first = -1; // row, not id
    for (int row = 0; row <= last; ++row) {
        const bool in = row < last && wanted.contains(model_.row(row).id.uuid);
        if (in && first < 0) first = row;
        if (!in && first >= 0) {
            selection.append({model_.index(first, 0), model_.index(row - 1, kRunColumns - 1)});
            first = -1;
        }
    }
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void RunsTable::rename() {
    const QModelIndex index = currentIndex();
    if (!index.isValid()) return;
    const QModelIndex name = index.siblingAtColumn(int(RunColumn::name));
    scrollTo(name);
    edit(name);
}

void RunsTable::mouseReleaseEvent(QMouseEvent* event) {
    QTableView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    const bool plain = event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier;
    if (plain && index.isValid() && index.column() == int(RunColumn::star))
        Q_EMIT starClicked(RunId(model_.row(index.row()).id));
}

void RunsTable::mouseDoubleClickEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid() || index.column() == int(RunColumn::star))
        return;
    if (index.column() == int(RunColumn::name))
        edit(index);
    else
        Q_EMIT opened();
}

void RunsTable::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers() == Qt::NoModifier && state() != EditingState) {
        Q_EMIT opened();
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace descent::ui
