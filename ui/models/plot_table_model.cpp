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
    const auto& row = table_.rows[std::size_t(index.row())];
    const int words = 1 + int(row.words.size());
    if (role == Qt::TextAlignmentRole)
        return int((index.column() < words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    if (index.column() == 0) return row.curve;
    if (index.column() < words) return row.words[std::size_t(index.column() - 1)];
    const double value = row.values[std::size_t(index.column() - words)];
    if (std::isnan(value)) return QStringLiteral("–");
    return QString::fromStdString(std::abs(value) < 1e15 && value == std::trunc(value)
                                      ? format_count(std::int64_t(value))
                                      : format_number(value, 4));
}

QVariant PlotTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole && orientation == Qt::Horizontal) {
        const int words = 1 + (table_.rows.empty() ? 0 : int(table_.rows.front().words.size()));
        return int((section < words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal || section >= table_.columns.size())
        return {};
    return QString(table_.columns[section]).replace(QLatin1Char('_'), QLatin1Char(' '));
}

} // namespace descent::ui
