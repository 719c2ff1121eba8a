#pragma once

#include <QTableView>

namespace descent::ui {

/// A table of whole rows, read only, sorted by clicks on its header; Return or a double click opens a row.
/// Thread: GUI.
class DataTable : public QTableView {
    Q_OBJECT
public:
    /// `head` takes the place of the usual header.
    DataTable(const char* name, const QString& accessible, QAbstractItemModel* model, bool sortable,
              QHeaderView* head = nullptr);
    void fitFirstColumn(); ///< as wide as what it shows, within reason

Q_SIGNALS:
    void opened(const QModelIndex& index);
    void currentMoved(); ///< another row, or other contents under the same one

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
};

} // namespace descent::ui
