#include "ui/models/sweep_list_model.h"

#include "core/analysis/sweep.h"
#include "core/base/format.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace descent::ui {

namespace {

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

/// Where each of `kept` stands in `listing`; empty where they stand in another order or one is missing.
std::vector<std::size_t> placesIn(const SweepListing& listing, const std::vector<SweepItem>& kept) {
    std::vector<std::size_t> places;
    std::size_t from = 0;
    for (const auto& item : kept) {
        while (from < listing.items.size() && listing.items[from].record.id != item.record.id) ++from;
        if (from == listing.items.size()) return {};
        places.push_back(from++);
    }
    return places;
}

} // namespace

void SweepListModel::set(SweepListingPtr listing) {
    const auto replace = [&] {
        beginResetModel();
        listing_ = std::move(listing);
        endResetModel();
    };
    if (!listing_ || !listing || listing_->of_trash != listing->of_trash) return replace();
    // Rows keep their places, so that a name being typed outlives a sweep that another process begins.
    auto shown = std::make_shared<SweepListing>(*listing_);
    listing_ = shown;
    std::set<std::string> there;
    for (const auto& item : listing->items) there.insert(item.record.id);
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (there.contains(item(row)->record.id)) continue;
        beginRemoveRows({}, row, row);
        shown->items.erase(shown->items.begin() + row);
        endRemoveRows();
    }
    const auto places = placesIn(*listing, shown->items);
    if (places.size() != shown->items.size()) return replace();
    for (std::size_t row = 0; row < listing->items.size(); ++row) {
        if (std::ranges::binary_search(places, row)) continue;
        beginInsertRows({}, int(row), int(row));
        shown->items.insert(shown->items.begin() + std::ptrdiff_t(row), listing->items[row]);
        endInsertRows();
    }
    listing_ = std::move(listing);
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void SweepListModel::setTrained(std::set<std::string> ids) {
    if (ids == trained_) return;
    trained_ = std::move(ids);
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int SweepListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !listing_ ? 0 : int(listing_->items.size());
}

const SweepItem* SweepListModel::item(int row) const {
    return row >= 0 && row < rowCount() ? &listing_->items[std::size_t(row)] : nullptr;
}

int SweepListModel::rowOf(const QString& id) const {
    for (int row = 0; row < rowCount(); ++row)
        if (item(row)->record.id == id.toStdString()) return row;
    return -1;
}

SweepListModel::State SweepListModel::stateOf(const SweepItem& item) const {
    const auto& s = item.status;
    if (trained_.contains(item.record.id)) return State::training;
    if (item.record.pid != 0) return State::elsewhere;
    if (s.cells > 0 && s.complete()) return State::complete;
    if (s.failed > 0) return State::failed;
    return s.finished + s.diverged > 0 ? State::partial : State::to_come;
}

QString SweepListModel::stateWord(State state) {
    switch (state) {
    case State::to_come:
        return tr("not begun");
    case State::training:
        return tr("training");
    case State::elsewhere:
        return tr("training in another process");
    case State::partial:
        return tr("stopped");
    case State::complete:
        return tr("complete");
    case State::failed:
        return tr("stopped, some failed");
    }
    return {};
}

QVariant SweepListModel::data(const QModelIndex& index, int role) const {
    const SweepItem* i = item(index.row());
    if (!i) return {};
    const QString name = QString::fromStdString(i->record.name);
    const std::int64_t over = i->status.finished + i->status.diverged;
    const QString of = tr("%1 of %2").arg(count(over), count(i->status.cells));
    const State now = stateOf(*i);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return name;
    case summary:
        return QString::fromStdString(describe(i->record.plan));
    case progress:
        return of;
    case state:
        return int(now);
    case share:
        return i->status.cells > 0 ? double(over) / double(i->status.cells) : 0.0;
    case Qt::ToolTipRole: {
        QStringList lines{name, QString::fromStdString(describe(i->record.plan)),
                          tr("%1 runs are over, %2 diverged, %3 failed · %4")
                              .arg(of, count(i->status.diverged), count(i->status.failed), stateWord(now)),
                          tr("made %1").arg(QString::fromStdString(format_time(i->record.created_ms)))};
        if (!i->record.note.empty()) lines << QString::fromStdString(i->record.note);
        return lines.join(QLatin1Char('\n'));
    }
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3 runs").arg(name, stateWord(now), of);
    default:
        return {};
    }
}

bool SweepListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const SweepItem* i = item(index.row());
    const QString name = value.toString().trimmed();
    if (!i || role != Qt::EditRole || name.isEmpty() || name.toStdString() == i->record.name) return false;
    Q_EMIT renameWanted(QString::fromStdString(i->record.id), name);
    return true;
}

Qt::ItemFlags SweepListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    return QAbstractListModel::flags(index) | Qt::ItemIsEditable | Qt::ItemNeverHasChildren;
}

} // namespace descent::ui
