#include "ui/widgets/data_table.h"

#include "ui/theme.h"

#include <QHeaderView>
#include <QKeyEvent>

#include <algorithm>

namespace descent::ui {

DataTable::DataTable(const char* name, const QString& accessible, QAbstractItemModel* its_model,
                     bool sortable, QHeaderView* its_head) {
    setObjectName(QString::fromLatin1(name));
    setProperty("role", QStringLiteral("framed"));
    if (its_head) {
        its_head->setSectionsClickable(true); // as a table's own is
        setHorizontalHeader(its_head);
    }
    setAccessibleName(accessible);
    setModel(its_model);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false); // Tab leaves the table
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setCornerWidget(new QWidget); // else the style draws a box where the scroll bars meet
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(theme::kGrid * 3 + theme::kGrid / 2);
    QHeaderView* head = horizontalHeader();
    head->setObjectName(QString::fromLatin1(name) + QStringLiteral("Header"));
    head->setHighlightSections(false);
    head->setFixedHeight(theme::kGrid * 4);
    head->setMinimumSectionSize(theme::kGrid * 5);
    head->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 5px 11px; }")); // as its cells
    if (sortable) {
        head->setSortIndicator(-1, Qt::AscendingOrder); // as the model has it, until asked otherwise
        setSortingEnabled(true);
        head->setSortIndicatorClearable(true);
        head->setSortIndicatorShown(false); // it would lie over the text: the titles carry the arrow
    }
    connect(this, &QAbstractItemView::doubleClicked, this, &DataTable::opened);
}

void DataTable::fitFirstColumn() {
    setColumnWidth(0,
                   std::clamp(sizeHintForColumn(0) + theme::kGrid * 2, theme::kGrid * 14, theme::kGrid * 38));
}

void DataTable::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
        event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        Q_EMIT opened(currentIndex());
        return;
    }
    QTableView::keyPressEvent(event);
}

void DataTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row()) Q_EMIT currentMoved();
}

} // namespace descent::ui
