#pragma once

#include "ui/state/data_loader.h"

#include <QAbstractTableModel>
#include <QString>

#include <functional>
#include <vector>

namespace descent::ui {

enum class SampleColumn { text, label, side };
inline constexpr int kSampleColumns = 3;

/// The examples of a task's data that fit a filter, in any order. Nothing is copied: a row is an index, so
/// that 100,000 examples are filtered within a frame. Thread: GUI.
class SampleModel : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Filter {
        QString text{}; ///< somewhere in the example, without case; "" for any
        int label = -1; ///< -1 for any
        int side = -1;  ///< -1 for any
        bool operator==(const Filter&) const = default;
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setData(DataPtr data); ///< keeps filter and order; null empties it
    void setFilter(const Filter& filter);
    const Filter& filter() const { return filter_; }
    const DataSample& sample(int row) const;
    QString text(int row) const;
    QString className(int label) const;
    std::int64_t all() const; ///< without the filter
    /// What is shown, as CSV text; may be called on another thread, later.
    std::function<QByteArray()> csv() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order) override; ///< -1: as the engine lists them

private:
    void refill();
    void order();
    int at(int row) const { return rows_[std::size_t(row)]; }

    DataPtr data_;
    Filter filter_;
    std::vector<int> rows_; ///< indices into data_->found.samples
    int sort_column_ = -1;
    Qt::SortOrder sort_order_ = Qt::AscendingOrder;
};

} // namespace descent::ui
