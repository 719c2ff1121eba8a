#include "ui/models/cells_model.h"

#include "ui/theme.h"

#include <utility>

namespace descent::ui {

void CellsModel::set(QStringList headings, std::vector<Row> rows, QList<int> words) {
    words_ = std::move(words);
    if (headings == headings_ && rows == rows_) return;
    const bool same_shape =
        headings.size() == headings_.size() && rows.size() == rows_.size() && !rows.empty();
    if (!same_shape) beginResetModel();
    headings_ = std::move(headings);
    rows_ = std::move(rows);
    if (!same_shape) return endResetModel();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int CellsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}
int CellsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(headings_.size());
}

QVariant CellsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Row& row = rows_[std::size_t(index.row())];
    const QString& text = row.cells.value(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text;
    case Qt::ToolTipRole:
        return index.column() == 0 ? row.tool_tip : text;
    case Qt::TextAlignmentRole:
        return int((words_.contains(index.column()) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::DecorationRole:
        if (index.column() == 0 && row.colour >= 0) return theme::series(row.colour);
        return {};
    case Qt::ForegroundRole:
        return row.bad ? QVariant(theme::error()) : QVariant();
    default:
        return {};
    }
}

QVariant CellsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) return {};
    if (role == Qt::TextAlignmentRole)
        return int((words_.contains(section) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || section >= headings_.size()) return {};
    return headings_[section];
}

} // namespace descent::ui
