#include "ui/widgets/answer_table.h"

#include "ui/theme.h"

#include <QHeaderView>
#include <QTableView>

namespace descent::ui {

void setUpAnswerTable(QTableView& table) {
    table.setProperty("role", QStringLiteral("framed"));
    table.setShowGrid(false);
    table.setAlternatingRowColors(true);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setTabKeyNavigation(false);
    table.setFont(theme::numberFont());
    table.setWordWrap(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(24);
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setStretchLastSection(true);
}

} // namespace descent::ui
