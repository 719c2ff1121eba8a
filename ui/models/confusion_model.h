#pragma once

#include "core/base/events.h"

#include <QAbstractTableModel>
#include <QStringList>

namespace descent::ui {

/// A confusion matrix as numbers: a row a true class with its examples and recall, then the predictions.
/// Thread: GUI.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setMatrix(const Matrix* matrix, const QStringList& classes); ///< copied; null empties it

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    double at(int row, int column) const {
        return matrix_.values[std::size_t(row * matrix_.columns + column)];
    }
    QString name(int i) const { return i < classes_.size() ? classes_[i] : QString::number(i); }
    Matrix matrix_;
    QStringList classes_;
};

} // namespace descent::ui
