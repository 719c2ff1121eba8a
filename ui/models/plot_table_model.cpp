#include "ui/models/plot_table_model.h"

#include "core/base/format.h"

#include <cmath>

namespace descent::ui {

void PlotTableModel::setTable(PlotTable table) {
    const bool same_shape =
        table.columns == table_.columns && table.rows.size() == table_.rows.size() && !table.rows.empty();
    if (!same_shape) beginResetModel();
    table_ = std::move(table);
    if (!same_shape)
        endResetModel();
    else
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int PlotTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(table_.rows.size());
}
int PlotTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(table_.columns.size());
}

QVariant PlotTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const auto& row = table_.rows[std::size_t(index.row())];
    if (index.column() == 0) return row.curve;
    const double value = row.values[std::size_t(index.column() - 1)];
    if (std::isnan(value)) return QStringLiteral("–");
    return QString::fromStdString(std::abs(value) < 1e15 && value == std::trunc(value)
                                      ? format_count(std::int64_t(value))
                                      : format_number(value, 4));
}

QVariant PlotTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal || section >= table_.columns.size())
        return {};
    return QString(table_.columns[section]).replace(QLatin1Char('_'), QLatin1Char(' '));
}

} // namespace descent::ui
