#include "ui/models/run_order.h"

#include "core/base/format.h"

#include <QCoreApplication>
#include <QHash>
#include <QMap>

#include <algorithm>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("RunRow", text);
}

/// Case folded, digits padded: "otter-9" comes before "otter-12".
QString naturalKey(const QString& name) {
    QString key;
    key.reserve(name.size() + 12);
    for (qsizetype i = 0; i < name.size();) {
        if (!name[i].isDigit()) {
            key += name[i++].toCaseFolded();
            continue;
        }
        const qsizetype start = i;
        while (i < name.size() && name[i].isDigit()) ++i;
        key += QStringView(name).mid(start, i - start).toString().rightJustified(12, QLatin1Char('0'));
    }
    return key;
}

double numberKey(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::star:
        return row.starred ? 0 : 1;
    case RunColumn::lr:
        return row.lr;
    case RunColumn::seed:
        return static_cast<double>(row.seed);
    case RunColumn::epochs:
        return row.epochs;
    case RunColumn::updates:
        return static_cast<double>(row.updates);
    case RunColumn::duration:
        return row.seconds;
    case RunColumn::accuracy:
        return row.accuracy.value;
    case RunColumn::loss:
        return row.loss.value;
    default:
        return static_cast<double>(row.created_ms);
    }
}

QString textKey(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::name:
        return naturalKey(row.name);
    case RunColumn::state:
        return row.fold ? row.fold->states : QString::fromStdString(std::string(to_string(row.state)));
    case RunColumn::tags:
        return row.tags.join(QLatin1Char(',')).toCaseFolded();
    case RunColumn::note:
        return row.note.toCaseFolded();
    default:
        return cellText(row, column);
    }
}

/// What a row is sorted by, side by side: comparing looks nowhere else.
struct Key {
    double number = RunRow::kUnknown; ///< NaN sorts after every number
    QString text;                     ///< compared where there are no numbers; "" after every other
    std::int64_t created_ms = 0;
    std::uint32_t row = 0;
};

bool before(const Key& a, const Key& b, bool ascending) {
    const bool lost_a = std::isnan(a.number), lost_b = std::isnan(b.number);
    if (lost_a != lost_b) return lost_b;
    if (!lost_a && a.number != b.number) return (a.number < b.number) == ascending;
    if (lost_a) {
        if (a.text.isEmpty() != b.text.isEmpty()) return b.text.isEmpty();
        if (const int order = a.text.compare(b.text); order != 0) return (order < 0) == ascending;
    }
    return a.created_ms > b.created_ms;
}

Key keyOf(const RunRow& row, const RunColumns& columns, int section) {
    Key key{RunRow::kUnknown, {}, row.created_ms};
    if (section >= kRunColumns) {
        if (const RunRow::Cell* cell = columns.cell(row, section)) {
            key.number = cell->value;
            key.text = cell->text;
        }
    } else if (const auto column = static_cast<RunColumn>(section);
               isNumber(column) || column == RunColumn::star) {
        key.number = numberKey(row, column);
    } else {
        key.text = textKey(row, column);
    }
    return key;
}

/// The word that all share, else that they vary.
template<class Of>
QString shared(const std::vector<RowPtr>& members, Of of) {
    const QString& first = of(*members.front());
    const bool all = std::ranges::all_of(members, [&](const RowPtr& row) { return of(*row) == first; });
    return all ? first : tr("varies");
}

template<class Of>
double mean(const std::vector<RowPtr>& members, Of of) {
    double sum = 0;
    for (const RowPtr& row : members) sum += static_cast<double>(of(*row));
    return sum / static_cast<double>(members.size());
}

/// Mean and sample SD of what is finite, in two passes. What is a setting and not measured is shown where it
/// is shared.
template<class Of>
RunRow::Cell foldedCell(const std::vector<RowPtr>& members, Of of) {
    RunRow::Cell cell = of(*members.front());
    if (!cell.known && std::ranges::none_of(members, [&](const RowPtr& row) { return of(*row).known; }))
        return cell;
    const bool measured = std::ranges::any_of(members, [&](const RowPtr& row) { return of(*row).measured; });
    if (!measured) {
        const RunRow::Cell first = cell;
        if (std::ranges::all_of(members, [&](const RowPtr& row) { return of(*row) == first; })) return first;
        cell = {};
        cell.known = true;
        cell.text = tr("varies");
        return cell;
    }
    cell = {};
    cell.measured = true;
    double sum = 0, squares = 0;
    for (const RowPtr& row : members)
        if (std::isfinite(of(*row).value)) sum += of(*row).value, ++cell.count;
    if (cell.count == 0) return cell;
    cell.known = true;
    cell.value = sum / static_cast<double>(cell.count);
    for (const RowPtr& row : members)
        if (const double value = of(*row).value; std::isfinite(value))
            squares += (value - cell.value) * (value - cell.value);
    if (cell.count > 1) cell.spread = std::sqrt(squares / static_cast<double>(cell.count - 1));
    return cell;
}

QString countedStates(const std::vector<RowPtr>& members) {
    QMap<RunState, int> counts;
    for (const RowPtr& row : members) ++counts[row->state];
    if (counts.size() == 1) return QString::fromStdString(std::string(to_string(counts.firstKey())));
    QStringList parts;
    for (auto at = counts.cbegin(); at != counts.cend(); ++at)
        parts << tr("%1 %2").arg(QString::fromStdString(format_count(at.value())),
                                 QString::fromStdString(std::string(to_string(at.key()))));
    return parts.join(QStringLiteral(", "));
}

} // namespace

RowPtr folded(std::vector<RowPtr> members) {
    RunRow row;
    const RunRow& first = *members.front();
    row.id = RunId{"fold:" + first.group.toStdString()};
    row.number = numberOf(row.id);
    row.name = row.group = first.group;
    row.task = shared(members, [](const RunRow& r) -> const QString& { return r.task; });
    row.model = shared(members, [](const RunRow& r) -> const QString& { return r.model; });
    row.regime = shared(members, [](const RunRow& r) -> const QString& { return r.regime; });
    row.optimizer = shared(members, [](const RunRow& r) -> const QString& { return r.optimizer; });
    row.tags = first.tags;
    for (const RowPtr& member : members)
        row.tags.removeIf([&](const QString& tag) { return !member->tags.contains(tag); });
    row.state = first.state;
    row.lr = first.lr;
    row.seed = first.seed;
    row.epochs = mean(members, [](const RunRow& r) { return r.epochs; });
    row.seconds = mean(members, [](const RunRow& r) { return r.seconds; });
    row.updates = std::llround(mean(members, [](const RunRow& r) { return r.updates; }));
    row.planned = std::llround(mean(members, [](const RunRow& r) { return r.planned; }));
    row.accuracy = foldedCell(members, [](const RunRow& r) -> const RunRow::Cell& { return r.accuracy; });
    row.loss = foldedCell(members, [](const RunRow& r) -> const RunRow::Cell& { return r.loss; });
    std::size_t fields = first.fields.size();
    for (const RowPtr& member : members) fields = std::min(fields, member->fields.size());
    for (std::size_t i = 0; i < fields; ++i)
        row.fields.push_back(
            foldedCell(members, [i](const RunRow& r) -> const RunRow::Cell& { return r.fields[i]; }));
    row.starred = std::ranges::all_of(members, [](const RowPtr& r) { return r->starred; });
    row.trashed = first.trashed;
    RunRow::Fold fold;
    std::set<std::uint64_t> seeds;
    for (const RowPtr& member : members) {
        row.created_ms = std::max(row.created_ms, member->created_ms);
        seeds.insert(member->seed);
        fold.lr_varies =
            fold.lr_varies || !(member->lr == first.lr || (std::isnan(member->lr) && std::isnan(first.lr)));
    }
    if (fold.lr_varies) row.lr = RunRow::kUnknown;
    fold.states = countedStates(members);
    fold.seeds =
        seeds.size() == 1
            ? QString::number(*seeds.begin())
            : tr("%1 seeds")
                  .arg(QString::fromStdString(format_count(static_cast<std::int64_t>(seeds.size()))));
    fold.members = std::move(members);
    row.fold = std::make_shared<const RunRow::Fold>(std::move(fold));
    return std::make_shared<const RunRow>(std::move(row));
}

void sortRows(std::vector<RowPtr>& rows, const RunColumns& columns, RunOrder by) {
    std::vector<Key> keys;
    keys.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        keys.push_back(keyOf(*rows[i], columns, by.section));
        keys.back().row = static_cast<std::uint32_t>(i);
    }
    const bool ascending = by.order == Qt::AscendingOrder;
    std::ranges::sort(keys, [&](const Key& a, const Key& b) {
        if (before(a, b, ascending)) return true;
        if (before(b, a, ascending)) return false;
        return rows[a.row]->id < rows[b.row]->id;
    });
    std::vector<RowPtr> result;
    result.reserve(rows.size());
    for (const Key& key : keys) result.push_back(std::move(rows[key.row]));
    rows = std::move(result);
}

std::vector<RowPtr> arranged(std::vector<RowPtr> runs, const RunColumns& columns, RunOrder by,
                             std::span<const RowPtr> before) {
    sortRows(runs, columns, by);
    QHash<QString, std::size_t> places;
    std::vector<std::vector<RowPtr>> groups;
    std::vector<RowPtr> rows;
    for (RowPtr& run : runs) {
        if (run->group.isEmpty()) {
            rows.push_back(std::move(run));
            continue;
        }
        const auto place = places.constFind(run->group);
        if (place != places.cend()) {
            groups[*place].push_back(std::move(run));
            continue;
        }
        places.insert(run->group, groups.size());
        groups.emplace_back().push_back(std::move(run));
    }
    if (groups.empty()) return rows; // in order already
    QHash<std::uint32_t, const RowPtr*> known;
    for (const RowPtr& row : before)
        if (row->fold) known.insert(row->number, &row);
    for (auto& members : groups) {
        if (members.size() == 1) {
            rows.push_back(std::move(members.front()));
            continue;
        }
        RowPtr fold = folded(std::move(members));
        const RowPtr* old = known.value(fold->number);
        rows.push_back(old && **old == *fold ? *old : std::move(fold));
    }
    sortRows(rows, columns, by);
    return rows;
}

} // namespace descent::ui
