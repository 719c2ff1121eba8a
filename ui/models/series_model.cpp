#include "ui/models/series_model.h"

#include "core/base/format.h"
#include "ui/state/watched_run.h"

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kFixed = 3; // update, epoch, seconds
constexpr int kFillingRows = 4;
} // namespace

SeriesModel::SeriesModel(const WatchedRun& run, QObject* parent) : QAbstractTableModel(parent), run_(run) {}

void SeriesModel::setColumns(std::vector<Column> columns) {
    beginResetModel();
    columns_ = std::move(columns);
    rows_ = rowsAfter({-1});
    endResetModel();
}

void SeriesModel::reset() {
    beginResetModel();
    rows_.clear();
    endResetModel();
}

std::vector<SeriesModel::Row> SeriesModel::rowsAfter(Update last) const {
    std::vector<Row> rows, merged;
    for (const auto& column : columns_) {
        const auto* series = run_.find(column.metric);
        if (!series) continue;
        const auto& points = series->points;
        std::vector<Row> mine;
        for (auto it = std::ranges::upper_bound(points, last, {}, &SeriesPoint::update); it != points.end();
             ++it)
            mine.push_back({it->update, it->epoch, it->seconds});
        merged.clear();
        std::ranges::set_union(rows, mine, std::back_inserter(merged), {}, &Row::update, &Row::update);
        rows.swap(merged);
    }
    return rows;
}

void SeriesModel::sync() {
    const auto more = rowsAfter(rows_.empty() ? Update{-1} : rows_.back().update);
    if (!rows_.empty()) {
        const int from = std::max(0, int(rows_.size()) - kFillingRows);
        Q_EMIT dataChanged(index(from, 0), index(int(rows_.size()) - 1, columnCount() - 1));
    }
    if (more.empty()) return;
    beginInsertRows({}, int(rows_.size()), int(rows_.size() + more.size()) - 1);
    rows_.insert(rows_.end(), more.begin(), more.end());
    endInsertRows();
}

int SeriesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}
int SeriesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kFixed + int(columns_.size());
}

const SeriesPoint* SeriesModel::at(std::size_t column, Update update) const {
    const auto* series = run_.find(columns_[column].metric);
    if (!series) return nullptr;
    const auto it = std::ranges::lower_bound(series->points, update, {}, &SeriesPoint::update);
    return it != series->points.end() && it->update == update ? &*it : nullptr;
}

QVariant SeriesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || std::size_t(index.row()) >= rows_.size()) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const Row& row = rows_[std::size_t(index.row())];
    switch (index.column()) {
    case 0:
        return QString::fromStdString(format_count(row.update.count));
    case 1:
        return QString::fromStdString(format_number(row.epoch.passes, 6));
    case 2:
        return QString::fromStdString(format_number(row.seconds, 5));
    default:
        break;
    }
    const auto* point = at(std::size_t(index.column() - kFixed), row.update);
    return point ? QVariant(QString::fromStdString(format_number(point->value, 5))) : QVariant();
}

QVariant SeriesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (section >= kFixed && role == Qt::ToolTipRole)
        return QString::fromStdString(columns_[std::size_t(section - kFixed)].metric);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case 0:
        return tr("update");
    case 1:
        return tr("epoch");
    case 2:
        return tr("seconds");
    default:
        return columns_[std::size_t(section - kFixed)].title;
    }
}

} // namespace descent::ui
