#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>
#include <QHeaderView>
#include <QStyledItemDelegate>

#include <array>
#include <vector>

namespace descent::ui {

enum class ClassColumn { name, train, validation, test, total, bar };
inline constexpr int kClassColumns = 6;
/// Of a header: the colour of its side in the bars.
inline constexpr int kSwatchRole = Qt::UserRole;
inline constexpr int kCellPadding = 11; ///< of text, from the edge of its column

/// A row a class: how many examples it has on each side. Thread: GUI.
class ClassModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    struct Row {
        QString name;
        int label = 0;                       ///< index into Provenance::classes
        std::array<std::int64_t, 3> sides{}; ///< train, validation, test
        std::int64_t total = 0;
    };

    void setData(const Inspection& found);
    const Row& row(int i) const { return rows_[std::size_t(i)]; }
    std::int64_t largest() const { return largest_; } ///< class; at least 1
    QByteArray csv() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order) override; ///< -1: in the order of the classes

private:
    std::vector<Row> rows_;
    std::int64_t largest_ = 1;
    int sort_column_ = -1;
    Qt::SortOrder sort_order_ = Qt::AscendingOrder;
};

/// Draws a class's examples as a bar: train, validation and test one after another, by the largest class.
class ClassBarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    ClassBarDelegate(const ClassModel& model, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

private:
    const ClassModel& model_;
};

/// Shows the colour of a side before its name: the legend of the bars.
class ClassHeader : public QHeaderView {
    Q_OBJECT
public:
    explicit ClassHeader(QWidget* parent = nullptr) : QHeaderView(Qt::Horizontal, parent) {}

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
};

QString sideName(int side); ///< "train", "validation", "test"
QColor sideColor(int side); ///< as the curves of that side have it

} // namespace descent::ui
