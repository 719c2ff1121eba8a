#include "ui/models/confusion_model.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QFont>

namespace descent::ui {

namespace {
constexpr int kFixed = 2; // examples, recall
} // namespace

void ConfusionModel::setMatrix(const Matrix* matrix, const QStringList& classes) {
    const bool same_shape =
        matrix && matrix->rows == matrix_.rows && matrix->columns == matrix_.columns && classes == classes_;
    if (!same_shape) beginResetModel();
    matrix_ = matrix ? *matrix : Matrix{};
    classes_ = classes;
    if (!same_shape)
        endResetModel();
    else if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int ConfusionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(matrix_.rows);
}
int ConfusionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || matrix_.rows == 0 ? 0 : kFixed + int(matrix_.columns);
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const int row = index.row(), column = index.column() - kFixed;
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::FontRole && row == column) return theme::titleFont();
    if (role == Qt::ForegroundRole && column >= 0 && at(row, column) == 0) return theme::mutedText();
    if (role == Qt::ToolTipRole && column >= 0)
        return row == column ? tr("%1 recognised").arg(name(row))
                             : tr("%1 taken for %2").arg(name(row), name(column));
    if (role != Qt::DisplayRole) return {};
    double sum = 0;
    for (int c = 0; c < int(matrix_.columns); ++c) sum += at(row, c);
    if (column == -2) return QString::fromStdString(format_count(std::int64_t(sum)));
    if (column == -1)
        return sum > 0 && row < matrix_.columns ? QString::fromStdString(format_percent(at(row, row) / sum))
                                                : QString();
    return QString::fromStdString(format_count(std::int64_t(at(row, column))));
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return name(section);
    if (section == 0) return tr("examples");
    if (section == 1) return tr("recall");
    return name(section - kFixed);
}

} // namespace descent::ui
