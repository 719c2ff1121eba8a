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

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kChevron = theme::kGrid * 4; // how far from the left edge of a fold's name a click opens it
} // namespace

RunsTable::RunsTable(RunsModel& model, QWidget* parent) : QTableView(parent), model_(model) {
    setObjectName(QStringLiteral("runsTable"));
    setAccessibleName(tr("Runs"));
    restoreFields();
    setModel(&model_);
    setItemDelegate(new RunsDelegate(model_, this));
    build();
    QHeaderView* head = horizontalHeader();
    defaultLayout();
    restoreLayout();
    setSortingEnabled(true);            // sorts by the header's indicator, and from then on by clicks
    head->setSortIndicatorShown(false); // it would lie over the text: the model's titles carry the arrow
    connect(head, &QHeaderView::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu;
        const int section = horizontalHeader()->logicalIndexAt(at);
        if (section >= 0 && section != int(RunColumn::name)) {
            const bool added = section >= kRunColumns;
            const QString title = model_.columns().title(section);
            connect(menu.addAction((added ? tr("Remove %1") : tr("Hide %1")).arg(title)), &QAction::triggered,
                    this, [this, section, added] {
                        if (added) return removeField(section);
                        setColumnHidden(section, true);
                        keepLayout();
                    });
            menu.addSeparator();
        }
        fillColumnMenu(menu);
        menu.exec(horizontalHeader()->mapToGlobal(at));
    });
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsTable::chosenChanged);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &RunsTable::chosenChanged);
    connect(&model_, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        kept_.clear();
        for (const int row : chosenRows()) kept_.push_back(model_.row(row).number);
        kept_any_current_ = currentIndex().isValid();
        if (kept_any_current_) kept_current_ = model_.row(currentIndex().row()).number;
        kept_scroll_ = verticalScrollBar()->value();
    });
    connect(&model_, &QAbstractItemModel::modelReset, this, [this] {
        chooseNumbers(kept_);
        for (int row = 0; kept_any_current_ && row < model_.rowCount(); ++row) {
            if (model_.row(row).number != kept_current_) continue;
            selectionModel()->setCurrentIndex(model_.index(row, int(RunColumn::name)),
                                              QItemSelectionModel::NoUpdate);
            break;
        }
        verticalScrollBar()->setValue(kept_scroll_);
        Q_EMIT chosenChanged();
    });
}

void RunsTable::build() {
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
    head->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 5px 11px; }")); // as its cells
    setCornerWidget(new QWidget); // else the style draws a box where the scroll bars meet
}

std::vector<int> RunsTable::chosenRows() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row) rows.push_back(row);
    std::ranges::sort(rows);
    rows.erase(std::ranges::unique(rows).begin(), rows.end());
    return rows;
}

std::vector<RowPtr> RunsTable::chosenLines() const {
    std::vector<RowPtr> lines;
    for (const int row : chosenRows()) lines.push_back(model_.shared(row));
    return lines;
}

std::vector<RowPtr> RunsTable::chosenRuns() const {
    return runsIn(chosenLines());
}

std::vector<RunId> RunsTable::chosen() const {
    std::vector<RunId> runs;
    for (const RowPtr& run : chosenRuns()) runs.push_back(run->id);
    return runs;
}

void RunsTable::choose(const std::vector<RunId>& runs) {
    std::vector<std::uint32_t> numbers;
    for (const RunId& run : runs) numbers.push_back(numberOf(run));
    chooseNumbers(numbers);
}

void RunsTable::chooseNumbers(const std::vector<std::uint32_t>& numbers) {
    std::vector<bool> wanted;
    for (const std::uint32_t number : numbers) {
        if (number >= wanted.size()) wanted.resize(number + 1);
        wanted[number] = true;
    }
    QItemSelection selection;
    const int last = model_.rowCount();
    int first = -1; // row, not number
    for (int row = 0; row <= last; ++row) {
        const std::uint32_t number = row < last ? model_.row(row).number : 0;
        const bool in = row < last && number < wanted.size() && wanted[number];
        if (in && first < 0) first = row;
        if (!in && first >= 0) {
            selection.append({model_.index(first, 0), model_.index(row - 1, model_.columnCount() - 1)});
            first = -1;
        }
    }
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void RunsTable::reveal(std::uint32_t number) {
    int found = -1;
    for (int row = 0; row < model_.rowCount() && found < 0; ++row) {
        const RunRow& run = model_.row(row);
        const bool within = run.fold && std::ranges::any_of(run.fold->members, [&](const RowPtr& member) {
                                return member->number == number;
                            });
        if (run.number == number || within) found = row;
    }
    if (found >= 0) setCurrentIndex(model_.index(found, int(RunColumn::name)));
}

/// What is current stays so, or its fold becomes it.
void RunsTable::setOpen(int row, bool open) {
    const QModelIndex at = currentIndex();
    if (!open && at.isValid() && model_.isNested(at.row()) && model_.foldOf(at.row()) == row)
        setCurrentIndex(model_.index(row, at.column()));
    model_.setOpen(row, open);
}

bool RunsTable::turnFold() {
    const QModelIndex at = currentIndex();
    if (!at.isValid() || !model_.row(at.row()).fold) return false;
    setOpen(at.row(), !model_.isOpen(at.row()));
    return true;
}

void RunsTable::foldAll(bool folded) {
    const QModelIndex at = currentIndex();
    if (folded && at.isValid() && model_.isNested(at.row()))
        setCurrentIndex(model_.index(model_.foldOf(at.row()), at.column()));
    model_.setAllOpen(!folded);
}

/// Arrows open and fold as in a tree. False where they should do what they do in a table.
bool RunsTable::foldByKey(int key) {
    const QModelIndex at = currentIndex();
    if (!at.isValid()) return false;
    const bool fold = model_.row(at.row()).fold != nullptr, open = model_.isOpen(at.row());
    if (fold && ((key == Qt::Key_Right && !open) || key == Qt::Key_Plus)) {
        setOpen(at.row(), true);
        return true;
    }
    if (fold && ((key == Qt::Key_Left && open) || key == Qt::Key_Minus)) {
        setOpen(at.row(), false);
        return true;
    }
    if (key == Qt::Key_Left && model_.isNested(at.row())) {
        setCurrentIndex(model_.index(model_.foldOf(at.row()), at.column()));
        return true;
    }
    return false;
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
    const QPoint at = event->position().toPoint();
    const QModelIndex index = indexAt(at);
    const bool plain = event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier;
    if (!plain || !index.isValid()) return;
    const RowPtr row = model_.shared(index.row());
    if (index.column() == int(RunColumn::star) && !row->fold) Q_EMIT starClicked(RunId(row->id));
    if (index.column() == int(RunColumn::name) && row->fold && at.x() - visualRect(index).left() < kChevron)
        setOpen(index.row(), !model_.isOpen(index.row()));
}

void RunsTable::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    const QModelIndex index = indexAt(at);
    if (event->button() != Qt::LeftButton || !index.isValid() || index.column() == int(RunColumn::star))
        return;
    const bool name = index.column() == int(RunColumn::name);
    if (model_.row(index.row()).fold) {
        // The second press of a double click on the sign; each of the two counts.
        if (!name || at.x() - visualRect(index).left() >= kChevron)
            setOpen(index.row(), !model_.isOpen(index.row()));
    } else if (name) {
        edit(index);
    } else {
        Q_EMIT opened();
    }
}

void RunsTable::keyPressEvent(QKeyEvent* event) {
    if (state() != EditingState &&
        event->modifiers().testAnyFlags({Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier}) == false) {
        const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (enter) {
            if (!turnFold()) Q_EMIT opened();
            return;
        }
        if (foldByKey(event->key())) return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace descent::ui
