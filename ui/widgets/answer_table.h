#pragma once

class QTableView;

namespace descent::ui {

/// How the lists of answers below a run look: whole rows, one chosen, the last column as wide as there is
/// room. Once it has its model.
void setUpAnswerTable(QTableView& table);

} // namespace descent::ui
