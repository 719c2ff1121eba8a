#include "ui/models/run_row.h"

#include "core/base/format.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

namespace descent::ui {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

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
    {"Accuracy", "Best validation accuracy. Filter: best:validation/accuracy > 0.6", true},
    {"Loss", "Best (lowest) validation loss. Filter: best:validation/loss < 1.2", true},
    {"Created", "When the run was made", true},
    {"Tags", "Filter: tag:paper", false},
    {"Note", "Filter: note ~ baseline", false},
}};

QString tr(const char* text) {
    return QCoreApplication::translate("RunColumn", text);
}
QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

/// Names of tasks, models … repeat: shared strings keep 100,000 rows small.
class Words {
public:
    QString operator()(const std::string& word) {
        const QString made = text(word);
        const auto found = seen_.constFind(made);
        if (found != seen_.cend()) return *found;
        seen_.insert(made, made);
        return made;
    }

private:
    QHash<QString, QString> seen_;
};

RunRow::Score score(const RunRecord& run, const char* metric) {
    const auto found = run.summary.find(metric);
    if (found == run.summary.end()) return {};
    return {found->second.last, found->second.best, found->second.best_update.count, true};
}

double learningRate(const ParamSet& optimizer) {
    const auto found = optimizer.values.find("lr");
    if (found == optimizer.values.end()) return kUnknown;
    if (const auto* real = std::get_if<double>(&found->second)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*whole);
    return kUnknown;
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
        return row.accuracy.known ? row.accuracy.best : kUnknown;
    case RunColumn::loss:
        return row.loss.known ? row.loss.best : kUnknown;
    default:
        return static_cast<double>(row.created_ms);
    }
}

QString textKey(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::name:
        return naturalKey(row.name);
    case RunColumn::state:
        return text(std::string(to_string(row.state)));
    case RunColumn::task:
        return row.task;
    case RunColumn::model:
        return row.model;
    case RunColumn::regime:
        return row.regime;
    case RunColumn::optimizer:
        return row.optimizer;
    case RunColumn::tags:
        return row.tags.join(QLatin1Char(',')).toCaseFolded();
    default:
        return row.note.toCaseFolded();
    }
}

/// Sorts indices by prepared keys; `unknown` ones go last in both directions.
template<class Key, class Unknown>
std::vector<int> orderBy(const std::vector<RunRow>& rows, const std::vector<Key>& keys, Unknown unknown,
                         Qt::SortOrder order) {
    std::vector<int> indices(rows.size());
    std::iota(indices.begin(), indices.end(), 0);
    std::ranges::sort(indices, [&](int a, int b) {
        const auto ia = static_cast<std::size_t>(a), ib = static_cast<std::size_t>(b);
        const bool lost_a = unknown(keys[ia]), lost_b = unknown(keys[ib]);
        if (lost_a != lost_b) return lost_b;
        if (!lost_a) {
            if (keys[ia] < keys[ib]) return order == Qt::AscendingOrder;
            if (keys[ib] < keys[ia]) return order == Qt::DescendingOrder;
        }
        if (rows[ia].created_ms != rows[ib].created_ms) return rows[ia].created_ms > rows[ib].created_ms;
        return rows[ia].id < rows[ib].id;
    });
    return indices;
}

/// Three decimals, so that a column of them can be read down; very small or large ones as they are.
QString scoreText(const RunRow::Score& score) {
    if (!score.known) return {};
    const double size = std::abs(score.best);
    if (!std::isfinite(size) || size >= 1e4 || (size != 0 && size < 5e-4))
        return text(format_number(score.best, 3));
    return (score.best < 0 ? QString(QChar(0x2212)) : QString()) + QString::number(size, 'f', 3);
}

QString scoreTip(const RunRow::Score& score, const QString& name) {
    if (!score.known) return {};
    return tr("%1: best %2 at update %3, last %4")
        .arg(name, text(format_number(score.best)), text(format_count(score.best_update)),
             text(format_number(score.last)));
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

bool RunRow::Score::operator==(const Score& other) const {
    return known == other.known && same(last, other.last) && same(best, other.best) &&
           best_update == other.best_update;
}

double RunRow::progress() const {
    return planned > 0 ? std::clamp(static_cast<double>(updates) / static_cast<double>(planned), 0.0, 1.0)
                       : 0.0;
}

bool RunRow::operator==(const RunRow& o) const {
    const auto tie = [](const RunRow& r) {
        return std::tie(r.id, r.name, r.task, r.model, r.regime, r.optimizer, r.reason, r.note, r.tags,
                        r.state, r.seed, r.updates, r.planned, r.created_ms, r.accuracy, r.loss, r.starred,
                        r.trashed);
    };
    return same(lr, o.lr) && same(epochs, o.epochs) && same(seconds, o.seconds) && tie(*this) == tie(o);
}

std::vector<RunRow> makeRows(const std::vector<RunRecord>& runs) {
    Words words;
    std::vector<RunRow> rows;
    rows.reserve(runs.size());
    for (const RunRecord& run : runs) {
        RunRow row;
        row.id = run.id;
        row.name = text(run.name);
        row.task = words(run.spec.task.id);
        row.model = words(run.spec.model.id);
        row.regime = words(run.spec.regime.id);
        row.optimizer = words(run.spec.optimizer.id);
        row.reason = words(run.reason);
        row.note = text(run.note);
        for (const std::string& tag : run.tags) row.tags << words(tag);
        row.state = run.state;
        row.lr = learningRate(run.spec.optimizer.params);
        row.seed = run.spec.seed;
        row.epochs = run.epoch.passes;
        row.seconds = run.seconds;
        row.updates = run.updates.count;
        row.planned = run.planned.count;
        row.created_ms = run.created_ms;
        row.accuracy = score(run, "validation/accuracy");
        row.loss = score(run, "validation/loss");
        row.starred = run.starred;
        row.trashed = run.trashed_ms.has_value();
        rows.push_back(std::move(row));
    }
    return rows;
}

QString cellText(const RunRow& row, RunColumn column) {
    switch (column) {
    case RunColumn::star:
        return {};
    case RunColumn::name:
        return row.name;
    case RunColumn::state: {
        const QString word = text(std::string(to_string(row.state)));
        return row.live() && row.planned > 0 ? word + QLatin1Char(' ') + text(format_percent(row.progress()))
                                             : word;
    }
    case RunColumn::task:
        return row.task;
    case RunColumn::model:
        return row.model;
    case RunColumn::regime:
        return row.regime;
    case RunColumn::optimizer:
        return row.optimizer;
    case RunColumn::lr:
        return std::isnan(row.lr) ? QString() : text(format_number(row.lr));
    case RunColumn::seed:
        return QString::number(row.seed);
    case RunColumn::epochs:
        return text(format_number(row.epochs));
    case RunColumn::updates:
        return text(format_count(row.updates));
    case RunColumn::duration:
        return text(format_duration(row.seconds));
    case RunColumn::accuracy:
        return scoreText(row.accuracy);
    case RunColumn::loss:
        return scoreText(row.loss);
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
        return row.reason;
    case RunColumn::updates:
        return tr("%1 of %2 planned updates")
            .arg(text(format_count(row.updates)), text(format_count(row.planned)));
    case RunColumn::accuracy:
        return scoreTip(row.accuracy, tr("Validation accuracy"));
    case RunColumn::loss:
        return scoreTip(row.loss, tr("Validation loss"));
    case RunColumn::note:
        return row.note;
    default:
        return cellText(row, column);
    }
}

std::vector<int> sortedOrder(const std::vector<RunRow>& rows, RunColumn column, Qt::SortOrder order) {
    if (isNumber(column) || column == RunColumn::star) {
        std::vector<double> keys;
        keys.reserve(rows.size());
        for (const RunRow& row : rows) keys.push_back(numberKey(row, column));
        return orderBy(
            rows, keys, [](double key) { return std::isnan(key); }, order);
    }
    std::vector<QString> keys;
    keys.reserve(rows.size());
    for (const RunRow& row : rows) keys.push_back(textKey(row, column));
    return orderBy(
        rows, keys, [](const QString& key) { return key.isEmpty(); }, order);
}

std::vector<RunRow> sorted(std::vector<RunRow> rows, RunColumn column, Qt::SortOrder order) {
    std::vector<RunRow> result;
    result.reserve(rows.size());
    for (const int i : sortedOrder(rows, column, order))
        result.push_back(std::move(rows[static_cast<std::size_t>(i)]));
    return result;
}

} // namespace descent::ui
