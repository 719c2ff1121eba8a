#include "ui/models/run_columns.h"

#include "core/base/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

struct ColumnInfo {
    const char* title;
    const char* help;
    bool number;
};

constexpr std::array<ColumnInfo, kRunColumns> kColumns{{
    {"★", "Starred runs. Filter: starred", false},
    {"Name", "Name of the run. Filter: name ~ otter", false},
    {"State", "What the run is doing, or how it ended. Filter: state = diverged", false},
    {"Task", "Filter: task = names", false},
    {"Model", "Filter: model = gru", false},
    {"Regime", "The regime the run started from. Filter: regime = full-batch", false},
    {"Optimizer", "Filter: optimizer = adam", false},
    {"Learning rate", "Learning rate of the optimizer. Filter: lr > 0.01", true},
    {"Seed", "Filter: seed = 3", true},
    {"Epochs", "Passes over the training set. Filter: epochs >= 10", true},
    {"Updates", "Optimizer steps done. Filter: updates < 1000", true},
    {"Duration", "Training time, pauses left out. Filter: seconds > 60", true},
    {"Accuracy", "Best (↑ highest) validation accuracy. Filter: best:validation/accuracy > 0.6", true},
    {"Loss", "Best (↓ lowest) validation loss. Filter: best:validation/loss < 1.2", true},
    {"Created", "When the run was made. Filter: created >= 2026-11-01", true},
    {"Tags", "Filter: tag:paper", false},
    {"Note", "Filter: note ~ baseline", false},
}};

QString tr(const char* text) {
    return QCoreApplication::translate("RunColumn", text);
}
QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
QString counted(std::int64_t n) {
    return text(format_count(n));
}

/// Three decimals, so that a column of them can be read down; very small or large ones as they are.
QString scoreText(double value) {
    const double size = std::abs(value);
    if (!std::isfinite(size) || size >= 1e4 || (size != 0 && size < 5e-4))
        return text(format_number(value, 3));
    return (value < 0 ? QString(QChar(0x2212)) : QString()) + QString::number(size, 'f', 3);
}

QString measuredText(const RunRow::Cell& cell) {
    if (!cell.known) return {};
    if (cell.count == 0 || std::isnan(cell.spread)) return scoreText(cell.value);
    // Equal numbers have a spread of some rounding errors.
    const bool none = cell.spread < 1e-12 * std::abs(cell.value);
    return tr("%1 ± %2").arg(scoreText(cell.value), scoreText(none ? 0 : cell.spread));
}

QString meanTip(const RunRow::Cell& cell, const QString& name, const RunRow& row) {
    const QString of = counted(std::int64_t(row.fold->members.size()));
    if (cell.count == 0) return {};
    const QString mean = tr("%1: mean of %2 of %3 runs %4")
                             .arg(name, counted(cell.count), of, text(format_number(cell.value)));
    return std::isnan(cell.spread) ? mean
                                   : mean + tr(", SD %1 (n − 1)").arg(text(format_number(cell.spread)));
}

QString scoreTip(const RunRow::Cell& cell, const QString& name, const RunRow& row) {
    if (!cell.known) return {};
    if (row.fold) return meanTip(cell, name, row);
    return tr("%1: best %2 at update %3, last %4")
        .arg(name, text(format_number(cell.best)), counted(cell.update), text(format_number(cell.last)));
}

QString arrow(Direction direction) {
    switch (direction) {
    case Direction::lower:
        return tr("↓ lowest");
    case Direction::higher:
        return tr("↑ highest");
    default:
        return tr("the last, for neither way is better");
    }
}

QString stateText(const RunRow& row) {
    if (row.fold) return row.fold->states;
    const QString word = text(std::string(to_string(row.state)));
    return row.live() && row.planned > 0 ? word + QLatin1Char(' ') + text(format_percent(row.progress()))
                                         : word;
}

} // namespace

QString columnTitle(RunColumn column) {
    return tr(kColumns[static_cast<std::size_t>(column)].title);
}
QString columnHelp(RunColumn column) {
    return tr(kColumns[static_cast<std::size_t>(column)].help);
}
bool isNumber(RunColumn column) {
    return kColumns[static_cast<std::size_t>(column)].number;
}

QString cellText(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::star:
        return {};
    case RunColumn::name:
        return row.fold ? tr("%1 × %2").arg(counted(std::int64_t(row.fold->members.size())), row.name)
                        : row.name;
    case RunColumn::state:
        return stateText(row);
    case RunColumn::task:
        return row.task;
    case RunColumn::model:
        return row.model;
    case RunColumn::regime:
        return row.regime;
    case RunColumn::optimizer:
        return row.optimizer;
    case RunColumn::lr:
        if (row.fold && row.fold->lr_varies) return tr("varies");
        return std::isnan(row.lr) ? QString() : text(format_number(row.lr));
    case RunColumn::seed:
        return row.fold ? row.fold->seeds : QString::number(row.seed);
    case RunColumn::epochs:
        return text(format_number(row.epochs));
    case RunColumn::updates:
        return counted(row.updates);
    case RunColumn::duration:
        return text(format_duration(row.seconds));
    case RunColumn::accuracy:
        return measuredText(row.accuracy);
    case RunColumn::loss:
        return measuredText(row.loss);
    case RunColumn::created:
        return text(format_time(row.created_ms));
    case RunColumn::tags:
        return row.tags.join(QStringLiteral(", "));
    case RunColumn::note:
        return row.note.section(QLatin1Char('\n'), 0, 0);
    }
    return {};
}

QString cellTip(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::star:
        return row.starred ? tr("Starred: click to remove the star") : tr("Click to star");
    case RunColumn::state:
        return row.fold ? row.fold->states : row.reason;
    case RunColumn::epochs:
    case RunColumn::duration:
        return row.fold ? tr("Mean of %1 runs: %2")
                              .arg(counted(std::int64_t(row.fold->members.size())), cellText(row, column))
                        : cellText(row, column);
    case RunColumn::updates:
        return tr("%1 of %2 planned updates").arg(counted(row.updates), counted(row.planned));
    case RunColumn::accuracy:
        return scoreTip(row.accuracy, tr("Validation accuracy"), row);
    case RunColumn::loss:
        return scoreTip(row.loss, tr("Validation loss"), row);
    case RunColumn::note:
        return row.note;
    default:
        return cellText(row, column);
    }
}

QString columnTitle(const FieldColumn& column) {
    if (!column.metric) {
        const QString field = text(column.field);
        return field.section(QLatin1Char('.'), 1, -1).isEmpty() ? field
                                                                : field.section(QLatin1Char('.'), 1, -1);
    }
    QString name = text(column.metric->metric);
    if (name.startsWith(QStringLiteral("validation/"))) name = name.section(QLatin1Char('/'), 1, -1);
    name[0] = name[0].toUpper(); // as the other columns'
    switch (column.metric->at) {
    case MetricPick::At::best:
        return tr("%1 best").arg(name);
    case MetricPick::At::last:
        return tr("%1 last").arg(name);
    case MetricPick::At::update:
        break;
    }
    return QStringLiteral("%1 @%2").arg(name, counted(column.metric->update.count));
}

QString columnHelp(const FieldColumn& column) {
    const QString key = text(column.key());
    if (!column.metric) return tr("%1. Filter: %1 = …").arg(key);
    const QString name = text(column.metric->metric) +
                         (column.unit.empty() ? QString() : QStringLiteral(" [%1]").arg(text(column.unit)));
    switch (column.metric->at) {
    case MetricPick::At::best:
        return tr("Best (%1) %2. Filter: %3 > …").arg(arrow(column.direction), name, key);
    case MetricPick::At::last:
        return tr("Last %1. Filter: %2 > …").arg(name, key);
    case MetricPick::At::update:
        break;
    }
    return tr("%1 as it was at update %2. Filter: %3 > …")
        .arg(name, counted(column.metric->update.count), key);
}

QString toSetting(const FieldColumn& column) {
    const char* way = column.direction == Direction::lower    ? "lower"
                      : column.direction == Direction::higher ? "higher"
                                                              : "none";
    return QStringList{column.metric ? QStringLiteral("metric") : QStringLiteral("field"), text(column.key()),
                       QString::fromLatin1(way), text(column.unit)}
        .join(QLatin1Char('\t'));
}

std::optional<FieldColumn> fromSetting(const QString& setting) {
    const QStringList parts = setting.split(QLatin1Char('\t'));
    if (parts.size() != 4 || parts[1].isEmpty()) return std::nullopt;
    FieldColumn column;
    column.direction = parts[2] == QStringLiteral("lower")    ? Direction::lower
                       : parts[2] == QStringLiteral("higher") ? Direction::higher
                                                              : Direction::none;
    column.unit = parts[3].toStdString();
    if (parts[0] == QStringLiteral("field")) {
        column.field = parts[1].toStdString();
        return column;
    }
    const auto pick = metric_pick(parts[1].toStdString());
    if (!pick) return std::nullopt;
    column.metric = *pick;
    return column;
}

RunColumns::RunColumns(FieldColumns fields, const FieldColumns& read) : fields_(std::move(fields)) {
    setRead(read);
}

void RunColumns::setRead(const FieldColumns& read) {
    places_.clear();
    for (const FieldColumn& field : fields_) {
        const auto found = std::ranges::find(read, field);
        places_.push_back(found == read.end() ? -1 : int(found - read.begin()));
    }
}

QString RunColumns::title(int section) const {
    return section < kRunColumns ? columnTitle(RunColumn(section))
                                 : columnTitle(fields_[std::size_t(section - kRunColumns)]);
}

QString RunColumns::help(int section) const {
    return section < kRunColumns ? columnHelp(RunColumn(section))
                                 : columnHelp(fields_[std::size_t(section - kRunColumns)]);
}

bool RunColumns::number(int section) const {
    return section >= kRunColumns || isNumber(RunColumn(section));
}

const RunRow::Cell* RunColumns::cell(const RunRow& row, int section) const {
    const int place = places_[std::size_t(section - kRunColumns)];
    return place < 0 || place >= int(row.fields.size()) ? nullptr : &row.fields[std::size_t(place)];
}

QString RunColumns::text(const RunRow& row, int section) const {
    if (section < kRunColumns) return cellText(row, RunColumn(section));
    const RunRow::Cell* of = cell(row, section);
    if (!of || !of->known) return {};
    if (of->measured) return measuredText(*of);
    return std::isnan(of->value) ? of->text : QString::fromStdString(format_number(of->value, 6));
}

QString RunColumns::tip(const RunRow& row, int section) const {
    if (section < kRunColumns) return cellTip(row, RunColumn(section));
    const RunRow::Cell* of = cell(row, section);
    if (!of || !of->known) return {};
    const FieldColumn& column = fields_[std::size_t(section - kRunColumns)];
    const QString name = QString::fromStdString(column.metric ? column.metric->metric : column.field);
    if (!of->measured) return name + QStringLiteral(" = ") + text(row, section);
    if (column.metric && column.metric->at == MetricPick::At::update && !row.fold)
        return tr("%1: %2 at update %3")
            .arg(name, QString::fromStdString(format_number(of->value)), counted(of->update));
    return scoreTip(*of, name, row);
}

TextTable textTable(const std::vector<RowPtr>& rows, const RunColumns& columns,
                    const std::vector<int>& sections) {
    TextTable table;
    const auto star = [](int section) { return section == int(RunColumn::star); };
    for (const int section : sections) {
        table.headings.push_back((star(section) ? tr("Starred") : columns.title(section)).toStdString());
        table.right.push_back(columns.number(section));
    }
    table.rows.reserve(rows.size());
    for (const RowPtr& row : rows) {
        std::vector<std::string>& line = table.rows.emplace_back();
        line.reserve(sections.size());
        for (const int section : sections)
            line.push_back(
                (star(section) ? (row->starred ? tr("starred") : QString()) : columns.text(*row, section))
                    .toStdString());
    }
    return table;
}

} // namespace descent::ui
