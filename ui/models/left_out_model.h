#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>
#include <QString>

#include <utility>
#include <vector>

namespace descent::ui {

/// What of the data is not used, each with its reason. Thread: GUI.
class LeftOutModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    using Row = std::pair<QString, QString>; ///< what, why

    void setRows(std::vector<Row> rows);
    QByteArray csv() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<Row> rows_;
};

/// Repetitions, lines and characters dropped, files left out.
std::vector<LeftOutModel::Row> leftOut(const Inspection& found);

} // namespace descent::ui
