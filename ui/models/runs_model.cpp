#include "ui/models/runs_model.h"

#include "ui/theme.h"

#include <QFont>
#include <QThread>

#include <algorithm>
#include <iterator>
#include <ranges>

namespace descent::ui {

namespace {

constexpr std::size_t kMostRanges = 100; // more separate insertions or removals than this: reset instead

struct Range {
    std::size_t first, end;
};

/// Which numbers occur in part of a list, and where.
class Places {
public:
    template<class Lines>
    Places(const Lines& lines, std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i) {
            const std::uint32_t number = lines[i].row->number;
            if (number >= places_.size()) places_.resize(number + 1, -1);
            places_[number] = static_cast<int>(i);
        }
    }
    int operator[](std::uint32_t number) const { return number < places_.size() ? places_[number] : -1; }

private:
    std::vector<int> places_;
};

/// What of lines[first, end) is not among `others`, as ranges.
template<class Lines>
std::vector<Range> missing(const Lines& lines, std::size_t first, std::size_t end, const Places& others) {
    std::vector<Range> ranges;
    for (std::size_t i = first; i < end; ++i) {
        if (others[lines[i].row->number] >= 0) continue;
        if (!ranges.empty() && ranges.back().end == i)
            ++ranges.back().end;
        else
            ranges.push_back({i, i + 1});
    }
    return ranges;
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractTableModel(parent) {}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(lines_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns_.count();
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RunRow& run = row(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return columns_.text(run, column);
    case Qt::EditRole:
        return column == int(RunColumn::name) ? run.name : columns_.text(run, column);
    case Qt::ToolTipRole:
        return columns_.tip(run, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (columns_.number(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
        return columns_.number(column) ? QVariant(theme::numberFont()) : QVariant();
    case Qt::AccessibleTextRole:
        if (column == int(RunColumn::star)) return run.starred ? tr("starred") : tr("not starred");
        if (column == int(RunColumn::name) && run.fold)
            return (isOpen(index.row()) ? tr("%1, open") : tr("%1, folded")).arg(columns_.text(run, column));
        return columns_.text(run, column);
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columns_.count()) return {};
    const bool star = section == int(RunColumn::star);
    const bool ascending = order_.order == Qt::AscendingOrder;
    switch (role) {
    case Qt::DisplayRole: {
        const QString title = columns_.title(section);
        if (section != order_.section || star) return title;
        const QString arrow = ascending ? tr("▴") : tr("▾");
        // On the side away from the edge the column is aligned to.
        return columns_.number(section) ? arrow + QLatin1Char(' ') + title : title + QLatin1Char(' ') + arrow;
    }
    case Qt::ToolTipRole:
        return columns_.help(section);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (columns_.number(section) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole: {
        const QString title = star ? tr("Starred") : columns_.title(section);
        if (section != order_.section) return title;
        return (ascending ? tr("%1, sorted, lowest first") : tr("%1, sorted, highest first")).arg(title);
    }
    default:
        return {};
    }
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    if (index.column() == static_cast<int>(RunColumn::name) && !row(index.row()).fold)
        flags |= Qt::ItemIsEditable;
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

void RunsModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= columns_.count()) return;
    const RunOrder before = std::exchange(order_, RunOrder{column, order});
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columns_.count() - 1);
    if (before != order_) Q_EMIT orderChanged();
}

void RunsModel::addField(const FieldColumn& field) {
    FieldColumns fields = columns_.fields();
    if (std::ranges::find(fields, field) != fields.end()) return;
    fields.push_back(field);
    beginInsertColumns({}, columns_.count(), columns_.count());
    columns_ = RunColumns(std::move(fields), columns_.fields());
    endInsertColumns();
    Q_EMIT fieldsChanged();
}

void RunsModel::removeField(int section) {
    if (section < kRunColumns || section >= columns_.count()) return;
    FieldColumns fields = columns_.fields();
    fields.erase(fields.begin() + (section - kRunColumns));
    beginRemoveColumns({}, section, section);
    columns_ = RunColumns(std::move(fields), columns_.fields());
    endRemoveColumns();
    if (order_.section > section)
        --order_.section;
    else if (order_.section == section)
        order_ = {};
    Q_EMIT fieldsChanged();
}

void RunsModel::setFields(const FieldColumns& fields) {
    if (fields == columns_.fields()) return;
    beginResetModel();
    columns_ = RunColumns(fields);
    endResetModel();
    Q_EMIT fieldsChanged();
}

std::vector<RowPtr> RunsModel::rows() const {
    std::vector<RowPtr> rows;
    rows.reserve(lines_.size());
    for (const Line& line : lines_) rows.push_back(line.row);
    return rows;
}

int RunsModel::find(const RunId& run) const {
    if (places_.empty()) {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const std::uint32_t number = lines_[i].row->number;
            if (number >= places_.size()) places_.resize(number + 1, -1);
            places_[number] = static_cast<int>(i);
        }
    }
    const std::uint32_t number = numberOf(run);
    return number < places_.size() ? places_[number] : -1;
}

bool RunsModel::isOpen(int row) const {
    const RunRow& run = *lines_[static_cast<std::size_t>(row)].row;
    return run.fold && open_.contains(run.number);
}

int RunsModel::foldOf(int row) const {
    while (row > 0 && isNested(row)) --row;
    return row;
}

void RunsModel::setOpen(int row, bool open) {
    const Line& line = lines_[static_cast<std::size_t>(row)];
    if (!line.row->fold || open == isOpen(row)) return;
    if (open)
        open_.insert(line.row->number);
    else
        open_.erase(line.row->number);
    Q_EMIT dataChanged(index(row, 0), index(row, columns_.count() - 1));
    show(linesOf(rows_));
}

void RunsModel::setAllOpen(bool open) {
    open_.clear();
    for (const RowPtr& row : rows_)
        if (open && row->fold) open_.insert(row->number);
    show(linesOf(rows_));
    if (!lines_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns_.count() - 1));
}

void RunsModel::setRows(std::vector<RowPtr> rows, const FieldColumns& read) {
    Q_ASSERT(QThread::currentThread() == thread());
    columns_.setRead(read);
    rows_ = std::move(rows);
    show(linesOf(rows_));
}

RunsModel::Lines RunsModel::linesOf(const std::vector<RowPtr>& rows) const {
    Lines lines;
    lines.reserve(rows.size());
    for (const RowPtr& row : rows) {
        lines.push_back({row, false});
        if (row->fold && open_.contains(row->number))
            for (const RowPtr& member : row->fold->members) lines.push_back({member, true});
    }
    return lines;
}

/// Signals the least that leads from what is shown to `lines`.
void RunsModel::show(Lines lines) {
    const auto same = [](const Line& a, const Line& b) { return a.row->number == b.row->number; };
    const auto [mine, theirs] = std::mismatch(lines_.begin(), lines_.end(), lines.begin(), lines.end(), same);
    const auto [mine_end, theirs_end] =
        std::mismatch(lines_.rbegin(), std::make_reverse_iterator(mine), lines.rbegin(),
                      std::make_reverse_iterator(theirs), same);
    const auto first = static_cast<std::size_t>(mine - lines_.begin());
    const auto end = static_cast<std::size_t>(mine_end.base() - lines_.begin());
    const auto new_end = static_cast<std::size_t>(theirs_end.base() - lines.begin());
    if (!replaceMiddle(lines, first, end, new_end)) {
        beginResetModel();
        lines_ = std::move(lines);
        places_.clear();
        endResetModel();
        return;
    }
    takeValues(lines);
}

/// False, and nothing done, where the two differ too much.
bool RunsModel::replaceMiddle(Lines& lines, std::size_t first, std::size_t mine_end, std::size_t theirs_end) {
    if (first == mine_end && first == theirs_end) return true;
    const std::vector<Range> gone = missing(lines_, first, mine_end, Places(lines, first, theirs_end));
    const std::vector<Range> come = missing(lines, first, theirs_end, Places(lines_, first, mine_end));
    if (gone.size() > kMostRanges || come.size() > kMostRanges) return false;
    for (const Range& range : std::views::reverse(gone)) {
        remove(range.first, range.end);
        mine_end -= range.end - range.first;
    }
    const Places places(lines_, first, mine_end);
    std::vector<int> order;
    order.reserve(mine_end - first);
    for (std::size_t i = first; i < theirs_end; ++i)
        if (const int at = places[lines[i].row->number]; at >= 0) order.push_back(at);
    if (!std::ranges::is_sorted(order)) permute(first, order);
    for (const Range& range : come)
        insert(range.first, lines.begin() + std::ptrdiff_t(range.first),
               lines.begin() + std::ptrdiff_t(range.end));
    return true;
}

/// Moves line order[i] to place first + i; persistent indexes follow.
void RunsModel::permute(std::size_t first, const std::vector<int>& order) {
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    std::vector<int> to(order.size());
    Lines moved;
    moved.reserve(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        to[static_cast<std::size_t>(order[i]) - first] = static_cast<int>(first + i);
        moved.push_back(std::move(lines_[static_cast<std::size_t>(order[i])]));
    }
    std::ranges::move(moved, lines_.begin() + std::ptrdiff_t(first));
    places_.clear();
    const QModelIndexList from = persistentIndexList();
    QModelIndexList now;
    now.reserve(from.size());
    for (const QModelIndex& old : from) {
        const auto at = static_cast<std::size_t>(old.row());
        const bool in = at >= first && at < first + to.size();
        now << (in ? index(to[at - first], old.column()) : old);
    }
    changePersistentIndexList(from, now);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void RunsModel::insert(std::size_t at, Lines::iterator first, Lines::iterator last) {
    beginInsertRows({}, int(at), int(at) + int(last - first) - 1);
    lines_.insert(lines_.begin() + std::ptrdiff_t(at), first, last);
    places_.clear();
    endInsertRows();
}

void RunsModel::remove(std::size_t first, std::size_t end) {
    beginRemoveRows({}, int(first), int(end) - 1);
    lines_.erase(lines_.begin() + std::ptrdiff_t(first), lines_.begin() + std::ptrdiff_t(end));
    places_.clear();
    endRemoveRows();
}

/// The same rows in the same order: takes over what differs.
void RunsModel::takeValues(Lines& lines) {
    std::vector<Range> changed;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        Line& mine = lines_[i];
        Line& theirs = lines[i];
        if (mine.row == theirs.row && mine.nested == theirs.nested) continue;
        const bool same = mine.nested == theirs.nested && *mine.row == *theirs.row;
        mine = std::move(theirs);
        if (same) continue;
        if (!changed.empty() && changed.back().end == i)
            ++changed.back().end;
        else
            changed.push_back({i, i + 1});
    }
    if (changed.size() > kMostRanges) changed = {{changed.front().first, changed.back().end}};
    for (const Range& range : changed)
        Q_EMIT dataChanged(index(int(range.first), 0), index(int(range.end) - 1, columns_.count() - 1));
}

} // namespace descent::ui
