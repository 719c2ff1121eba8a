#pragma once

#include "ui/plots/plot.h"

#include <QAbstractTableModel>

namespace descent::ui {

/// A plot's table as numbers. Thread: GUI.
class PlotTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setTable(PlotTable table);
    const PlotTable& table() const { return table_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    PlotTable table_;
};

} // namespace descent::ui
