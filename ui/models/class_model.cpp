#include "ui/models/class_model.h"

#include "core/base/format.h"
#include "ui/models/csv_text.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>

namespace descent::ui {

namespace {

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

std::int64_t number(const ClassModel::Row& row, ClassColumn column) {
    switch (column) {
    case ClassColumn::train:
    case ClassColumn::validation:
    case ClassColumn::test:
        return row.sides[std::size_t(column) - std::size_t(ClassColumn::train)];
    case ClassColumn::total:
    case ClassColumn::bar:
        return row.total;
    default:
        return row.label;
    }
}

bool isNumber(ClassColumn column) {
    return column != ClassColumn::name && column != ClassColumn::bar;
}

QString title(ClassColumn column) {
    switch (column) {
    case ClassColumn::name:
        return ClassModel::tr("class");
    case ClassColumn::total:
        return ClassModel::tr("total");
    case ClassColumn::bar:
        return {};
    default:
        return sideName(int(column) - int(ClassColumn::train));
    }
}

} // namespace

QString sideName(int side) {
    return side == 0   ? ClassModel::tr("train")
           : side == 1 ? ClassModel::tr("validation")
                       : ClassModel::tr("test");
}

QColor sideColor(int side) {
    return theme::series(side);
}

void ClassModel::setData(const Inspection& found) {
    beginResetModel();
    rows_.clear();
    largest_ = 1;
    for (std::size_t i = 0; i < found.class_counts.size(); ++i) {
        Row row{
            QString::fromStdString(found.class_counts[i].first), int(i), {}, found.class_counts[i].second};
        if (i < found.split_counts.size()) row.sides = found.split_counts[i];
        largest_ = std::max(largest_, row.total);
        rows_.push_back(std::move(row));
    }
    endResetModel();
    if (sort_column_ >= 0) sort(sort_column_, sort_order_);
}

int ClassModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}
int ClassModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kClassColumns;
}

QVariant ClassModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto column = ClassColumn(index.column());
    const Row& r = row(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return column == ClassColumn::name ? r.name : isNumber(column) ? count(number(r, column)) : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
        return isNumber(column) ? QVariant(theme::numberFont()) : QVariant();
    case Qt::ForegroundRole:
        return isNumber(column) && number(r, column) == 0 ? QVariant(theme::mutedText()) : QVariant();
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (column == ClassColumn::bar)
            return tr("%1: %2 train, %3 validation, %4 test")
                .arg(r.name, count(r.sides[0]), count(r.sides[1]), count(r.sides[2]));
        return column == ClassColumn::name ? r.name : count(number(r, column));
    default:
        return {};
    }
}

QVariant ClassModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kClassColumns) return {};
    const auto column = ClassColumn(section);
    const bool side = column >= ClassColumn::train && column <= ClassColumn::test;
    switch (role) {
    case Qt::DisplayRole: {
        if (section != sort_column_ || column == ClassColumn::bar) return title(column);
        const QString arrow = sort_order_ == Qt::AscendingOrder ? QStringLiteral("▴") : QStringLiteral("▾");
        return isNumber(column) ? arrow + QLatin1Char(' ') + title(column)
                                : title(column) + QLatin1Char(' ') + arrow;
    }
    case kSwatchRole:
        return side ? QVariant(sideColor(section - int(ClassColumn::train))) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        return column == ClassColumn::bar ? tr("bar of the examples") : title(column);
    default:
        return {};
    }
}

void ClassModel::sort(int column, Qt::SortOrder order) {
    sort_column_ = column;
    sort_order_ = order;
    Q_EMIT layoutAboutToBeChanged();
    const auto less = [&](const Row& a, const Row& b) {
        if (column < 0) return a.label < b.label;
        if (ClassColumn(column) == ClassColumn::name) return QString::localeAwareCompare(a.name, b.name) < 0;
        return number(a, ClassColumn(column)) < number(b, ClassColumn(column));
    };
    const QModelIndexList before = persistentIndexList();
    std::vector<int> labels;
    for (const QModelIndex& index : before) labels.push_back(row(index.row()).label);
    std::ranges::stable_sort(rows_, [&](const Row& a, const Row& b) {
        return order == Qt::AscendingOrder ? less(a, b) : less(b, a);
    });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const auto it = std::ranges::find(rows_, labels[std::size_t(i)], &Row::label);
        after << index(int(it - rows_.begin()), before[i].column());
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, kClassColumns - 1);
}

QByteArray ClassModel::csv() const {
    QByteArray text = "class,train,validation,test,total\r\n";
    for (const Row& r : rows_)
        text += csvLine({r.name, QString::number(r.sides[0]), QString::number(r.sides[1]),
                         QString::number(r.sides[2]), QString::number(r.total)});
    return text;
}

void ClassHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    painter->save(); // the base leaves its own pen and brush behind
    QHeaderView::paintSection(painter, rect, section);
    painter->restore();
    const auto colour = model()->headerData(section, orientation(), kSwatchRole).value<QColor>();
    if (!colour.isValid()) return;
    constexpr int kSize = 9;
    const QString text = model()->headerData(section, orientation()).toString();
    const QRectF square(rect.right() - kCellPadding - fontMetrics().horizontalAdvance(text) - kSize - 6,
                        rect.center().y() - kSize / 2 + 1, kSize, kSize);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    painter->drawRoundedRect(square, 2, 2);
    painter->restore();
}

ClassBarDelegate::ClassBarDelegate(const ClassModel& model, QObject* parent)
    : QStyledItemDelegate(parent)
    , model_(model) {}

void ClassBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto& row = model_.row(index.row());
    const QRectF room = QRectF(option.rect).adjusted(theme::kGrid, 0, -theme::kGrid * 2, 0);
    const double unit = room.width() / double(model_.largest());
    double x = room.left();
    painter->save();
    for (int side = 0; side < 3; ++side) {
        const double width = double(row.sides[std::size_t(side)]) * unit;
        if (width <= 0) continue;
        painter->fillRect(QRectF(x, room.center().y() - 4, std::max(width, 1.0), 8), sideColor(side));
        x += width;
    }
    painter->restore();
}

} // namespace descent::ui
