#pragma once

#include "ui/models/run_order.h"

#include <QAbstractTableModel>

#include <unordered_set>
#include <vector>

namespace descent::ui {

/// The runs as a table. Folded runs are a row that opens onto theirs, which follow it, so that the table
/// stays flat and fast. Which runs are in it, in which order and how folded, is decided elsewhere, off the
/// GUI thread (see RunsLoader); so sort() only says what is wanted. Thread: GUI.
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

    RunOrder order() const { return order_; }
    const RunColumns& columns() const { return columns_; }
    /// Added columns come last. Their cells stay empty until rows come that were read with them.
    void addField(const FieldColumn& field);
    void removeField(int section);
    void setFields(const FieldColumns& fields);

    /// Takes what is to be shown now: runs and folds in order (see arranged()), read with those columns. Only
    /// what differs is signalled, so selection and scroll position stay; a wholly different set resets the
    /// model.
    void setRows(std::vector<RowPtr> rows, const FieldColumns& read = {});

    const RunRow& row(int row) const { return *lines_[static_cast<std::size_t>(row)].row; }
    const RowPtr& shared(int row) const { return lines_[static_cast<std::size_t>(row)].row; }
    std::vector<RowPtr> rows() const; ///< as shown
    /// −1 where it is not listed, or in a fold that is not open.
    int find(const RunId& run) const;

    bool isOpen(int row) const;
    bool isNested(int row) const { return lines_[static_cast<std::size_t>(row)].nested; }
    int foldOf(int row) const; ///< the row of the fold that a nested one is in
    void setOpen(int row, bool open);
    void setAllOpen(bool open);

Q_SIGNALS:
    void renameWanted(const RunId& run, const QString& name);
    void orderChanged();  ///< rows in the new order are to come
    void fieldsChanged(); ///< and those with the new columns

private:
    struct Line {
        RowPtr row;
        bool nested = false;
    };
    using Lines = std::vector<Line>;
    Lines linesOf(const std::vector<RowPtr>& rows) const;
    void show(Lines lines);
    bool replaceMiddle(Lines& lines, std::size_t first, std::size_t mine_end, std::size_t theirs_end);
    void permute(std::size_t first, const std::vector<int>& order);
    void insert(std::size_t at, Lines::iterator first, Lines::iterator last);
    void remove(std::size_t first, std::size_t end);
    void takeValues(Lines& lines);

    std::vector<RowPtr> rows_; ///< runs and folds
    Lines lines_;              ///< and what is in open folds
    std::unordered_set<std::uint32_t> open_;
    RunColumns columns_;
    RunOrder order_;
    mutable std::vector<int> places_; ///< of lines by the number of their row; empty when out of date
};

} // namespace descent::ui
