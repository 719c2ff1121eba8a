#include "ui/models/runs_model.h"

#include "ui/theme.h"

#include <QFont>
#include <QThread>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <unordered_map>

namespace descent::ui {

namespace {

constexpr std::size_t kMostRanges = 100; // more separate insertions or removals than this: reset instead

using Places = std::unordered_map<std::string_view, int>;

Places placesOf(const std::vector<RunRow>& rows) {
    Places places;
    places.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) places.emplace(rows[i].id.uuid, static_cast<int>(i));
    return places;
}

struct Range {
    int first, last;
};

/// The rows of `rows` that are not in `others`, as ranges.
std::vector<Range> missing(const std::vector<RunRow>& rows, const Places& others) {
    std::vector<Range> ranges;
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        if (others.contains(rows[static_cast<std::size_t>(i)].id.uuid)) continue;
        if (!ranges.empty() && ranges.back().last == i - 1)
            ranges.back().last = i;
        else
            ranges.push_back({i, i});
    }
    return ranges;
}

bool sameRuns(const std::vector<RunRow>& a, const std::vector<RunRow>& b) {
    return std::ranges::equal(a, b, {}, &RunRow::id, &RunRow::id);
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractTableModel(parent) {}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kRunColumns;
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RunRow& run = row(index.row());
    const auto column = static_cast<RunColumn>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cellText(run, column);
    case Qt::EditRole:
        return column == RunColumn::name ? run.name : cellText(run, column);
    case Qt::ToolTipRole:
        return cellTip(run, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
        return isNumber(column) ? QVariant(theme::numberFont()) : QVariant();
    case Qt::AccessibleTextRole:
        if (column == RunColumn::star) return run.starred ? tr("starred") : tr("not starred");
        return cellText(run, column);
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kRunColumns) return {};
    const auto column = static_cast<RunColumn>(section);
    switch (role) {
    case Qt::DisplayRole: {
        if (column != sort_column_ || column == RunColumn::star) return columnTitle(column);
        const QString arrow = sort_order_ == Qt::AscendingOrder ? tr("▴") : tr("▾");
        // On the side away from the edge the column is aligned to.
        return isNumber(column) ? arrow + QLatin1Char(' ') + columnTitle(column)
                                : columnTitle(column) + QLatin1Char(' ') + arrow;
    }
    case Qt::ToolTipRole:
        return columnHelp(column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole: {
        const QString title = column == RunColumn::star ? tr("Starred") : columnTitle(column);
        if (column != sort_column_) return title;
        return (sort_order_ == Qt::AscendingOrder ? tr("%1, sorted, lowest first")
                                                  : tr("%1, sorted, highest first"))
            .arg(title);
    }
    default:
        return {};
    }
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    if (index.column() == static_cast<int>(RunColumn::name)) flags |= Qt::ItemIsEditable;
    return flags;
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) return false;
    const QString name = value.toString().trimmed();
    const RunRow& run = row(index.row());
    if (name.isEmpty() || name == run.name) return false;
    Q_EMIT renameWanted(RunId(run.id), name);
    return true;
}

int RunsModel::find(const RunId& run) const {
    const auto found = std::ranges::find(rows_, run, &RunRow::id);
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

/// Moves row order[i] to place i; persistent indexes follow.
void RunsModel::permute(const std::vector<int>& order) {
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    std::vector<int> to(order.size());
    std::vector<RunRow> rows;
    rows.reserve(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        to[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
        rows.push_back(std::move(rows_[static_cast<std::size_t>(order[i])]));
    }
    rows_ = std::move(rows);
    const QModelIndexList from = persistentIndexList();
    QModelIndexList moved;
    moved.reserve(from.size());
    for (const QModelIndex& old : from) moved << index(to[static_cast<std::size_t>(old.row())], old.column());
    changePersistentIndexList(from, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void RunsModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= kRunColumns) return;
    sort_column_ = static_cast<RunColumn>(column);
    sort_order_ = order;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, kRunColumns - 1);
    const std::vector<int> wanted = sortedOrder(rows_, sort_column_, order);
    if (!std::ranges::is_sorted(wanted)) permute(wanted);
}

void RunsModel::setRows(std::vector<RunRow> rows) {
    Q_ASSERT(QThread::currentThread() == thread());
    if (sameRuns(rows_, rows) || takeOneRange(rows)) return takeValues(rows);
    const bool kept = removeGone(rows);
    if (!kept || missing(rows, placesOf(rows_)).size() > kMostRanges) {
        beginResetModel();
        rows_ = std::move(rows);
        endResetModel();
        return;
    }
    reorder(rows);
    insertNew(rows);
    takeValues(rows);
}

/// The usual difference, some rows more or fewer in one place, without looking each run up. False where it is
/// another.
bool RunsModel::takeOneRange(std::vector<RunRow>& rows) {
    const auto same = [](const RunRow& a, const RunRow& b) { return a.id == b.id; };
    const auto [mine, theirs] = std::mismatch(rows_.begin(), rows_.end(), rows.begin(), rows.end(), same);
    const auto [mine_end, theirs_end] =
        std::mismatch(rows_.rbegin(), std::make_reverse_iterator(mine), rows.rbegin(),
                      std::make_reverse_iterator(theirs), same);
    const int first = int(mine - rows_.begin());
    const int gone = int(mine_end.base() - mine), come = int(theirs_end.base() - theirs);
    if (gone > 0 && come > 0) return false;
    if (gone > 0) {
        beginRemoveRows({}, first, first + gone - 1);
        rows_.erase(mine, mine_end.base());
        endRemoveRows();
    } else if (come > 0) {
        beginInsertRows({}, first, first + come - 1);
        rows_.insert(mine, theirs, theirs_end.base());
        endInsertRows();
    }
    return true;
}

/// False, and nothing done, where the sets differ too much.
bool RunsModel::removeGone(const std::vector<RunRow>& rows) {
    const std::vector<Range> gone = missing(rows_, placesOf(rows));
    if (gone.size() > kMostRanges) return false;
    for (const Range& range : std::views::reverse(gone)) {
        beginRemoveRows({}, range.first, range.last);
        rows_.erase(rows_.begin() + range.first, rows_.begin() + range.last + 1);
        endRemoveRows();
    }
    return true;
}

void RunsModel::reorder(const std::vector<RunRow>& rows) {
    const Places places = placesOf(rows_);
    std::vector<int> order;
    order.reserve(rows_.size());
    for (const RunRow& row : rows)
        if (const auto found = places.find(row.id.uuid); found != places.end())
            order.push_back(found->second);
    if (!std::ranges::is_sorted(order)) permute(order);
}

void RunsModel::insertNew(std::vector<RunRow>& rows) {
    for (const Range& range : missing(rows, placesOf(rows_))) {
        beginInsertRows({}, range.first, range.last);
        rows_.insert(rows_.begin() + range.first, rows.begin() + range.first, rows.begin() + range.last + 1);
        endInsertRows();
    }
}

/// The same runs in the same order: takes over what differs.
void RunsModel::takeValues(std::vector<RunRow>& rows) {
    std::vector<Range> changed;
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        RunRow& mine = rows_[static_cast<std::size_t>(i)];
        RunRow& theirs = rows[static_cast<std::size_t>(i)];
        if (mine == theirs) continue;
        mine = std::move(theirs);
        if (!changed.empty() && changed.back().last == i - 1)
            changed.back().last = i;
        else
            changed.push_back({i, i});
    }
    if (changed.size() > kMostRanges) changed = {{changed.front().first, changed.back().last}};
    for (const Range& range : changed)
        Q_EMIT dataChanged(index(range.first, 0), index(range.last, kRunColumns - 1));
}

void RunsModel::show(const std::vector<RunEdit>& edits) {
    const Places places = edits.size() > 8 ? placesOf(rows_) : Places();
    for (const RunEdit& edit : edits) {
        const RunId& id = std::visit([](const auto& e) -> const RunId& { return e.run; }, edit);
        const auto known = places.find(id.uuid);
        const int at = known != places.end() ? known->second : find(id);
        if (at < 0) continue;
        RunRow& run = rows_[static_cast<std::size_t>(at)];
        if (const auto* name = std::get_if<SetName>(&edit)) run.name = QString::fromStdString(name->name);
        if (const auto* star = std::get_if<SetStar>(&edit)) run.starred = star->starred;
        if (const auto* note = std::get_if<SetNote>(&edit)) run.note = QString::fromStdString(note->note);
        if (const auto* tags = std::get_if<SetTags>(&edit)) {
            run.tags.clear();
            for (const std::string& tag : tags->tags) run.tags << QString::fromStdString(tag);
        }
        Q_EMIT dataChanged(index(at, 0), index(at, kRunColumns - 1));
    }
}

} // namespace descent::ui
