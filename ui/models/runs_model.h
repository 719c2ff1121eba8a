#pragma once

#include "core/store/writer.h"
#include "ui/models/run_row.h"

#include <QAbstractTableModel>

#include <vector>

namespace descent::ui {

/// The runs as a table. Holds them in the order shown and sorts them itself (a proxy is too slow at 100,000
/// rows); which runs are in it is decided by the store's filter. Thread: GUI.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit RunsModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Changes nothing by itself: says what the person wants (see renameWanted), the store's answer changes
    /// the row.
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    void sort(int column, Qt::SortOrder order) override;

    RunColumn sortColumn() const { return sort_column_; }
    Qt::SortOrder sortOrder() const { return sort_order_; }

    /// Takes what the store holds now. Only what differs is signalled, so selection and scroll position stay;
    /// a wholly different set resets the model. `rows` must be sorted by sortColumn(), sortOrder().
    void setRows(std::vector<RunRow> rows);
    /// Shows an edit at once, before the store's answer comes.
    void show(const std::vector<RunEdit>& edits);

    const RunRow& row(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    const std::vector<RunRow>& rows() const { return rows_; }
    /// −1 where it is not listed.
    int find(const RunId& run) const;

Q_SIGNALS:
    void renameWanted(const RunId& run, const QString& name);

private:
    bool takeOneRange(std::vector<RunRow>& rows);
    bool removeGone(const std::vector<RunRow>& rows);
    void reorder(const std::vector<RunRow>& rows);
    void insertNew(std::vector<RunRow>& rows);
    void takeValues(std::vector<RunRow>& rows);
    void permute(const std::vector<int>& order);

    std::vector<RunRow> rows_;
    RunColumn sort_column_ = RunColumn::created;
    Qt::SortOrder sort_order_ = Qt::DescendingOrder;
};

} // namespace descent::ui
