#include "ui/models/run_row.h"

#include "core/base/format.h"
#include "ui/models/run_order.h"

#include <QHash>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <tuple>

namespace descent::ui {

namespace {

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

/// Names of tasks, models … repeat: shared strings keep 100,000 rows small.
class Words {
public:
    const QString& operator()(const std::string& word) {
        const auto found = seen_.find(word);
        return found != seen_.end() ? found->second : seen_.emplace(word, text(word)).first->second;
    }

private:
    std::unordered_map<std::string, QString> seen_;
};

const RunRecord::Summary* summaryOf(const RunRecord& run, const std::string& metric) {
    const auto found = run.summary.find(metric);
    return found == run.summary.end() ? nullptr : &found->second;
}

RunRow::Cell metricCell(const RunRecord& run, const std::string& metric, MetricPick::At at) {
    RunRow::Cell cell;
    if (const auto* summary = summaryOf(run, metric)) {
        cell.known = cell.measured = true;
        cell.last = summary->last;
        cell.best = summary->best;
        cell.update = summary->best_update.count;
        cell.value = at == MetricPick::At::last ? cell.last : cell.best;
    }
    return cell;
}

RunRow::Cell stepCell(const RunRecord& run, const FieldColumn& column, const StepValues& steps) {
    RunRow::Cell cell;
    const auto values = steps.find(column.key());
    if (values == steps.end()) return cell;
    if (const auto found = values->second.find(run.id.uuid); found != values->second.end()) {
        cell.known = cell.measured = true;
        cell.value = found->second.value;
        cell.update = found->second.update.count;
    }
    return cell;
}

RunRow::Cell fieldCell(const RunRecord& run, const std::string& field, Words& words,
                       const ParentNames& parents) {
    RunRow::Cell cell;
    if (const auto value = field_of(run, field, parents)) {
        cell.known = true;
        // A flag reads better as its word.
        if (value->number && value->text != "true" && value->text != "false")
            cell.value = *value->number;
        else
            cell.text = words(value->text);
    }
    return cell;
}

RunRow::Cell cellOf(const RunRecord& run, const FieldColumn& column, const StepValues& steps, Words& words,
                    const ParentNames& parents) {
    if (!column.metric) return fieldCell(run, column.field, words, parents);
    if (column.metric->at == MetricPick::At::update) return stepCell(run, column, steps);
    return metricCell(run, column.metric->metric, column.metric->at);
}

double learningRate(const ParamSet& optimizer) {
    const auto found = optimizer.values.find("lr");
    if (found == optimizer.values.end()) return RunRow::kUnknown;
    if (const auto* real = std::get_if<double>(&found->second)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*whole);
    return RunRow::kUnknown;
}

/// Rows by their number.
class ByNumber {
public:
    explicit ByNumber(std::span<const RowPtr> rows) {
        std::uint32_t most = 0;
        for (const RowPtr& row : rows) most = std::max(most, row->number);
        rows_.resize(rows.empty() ? 0 : most + 1);
        for (const RowPtr& row : rows) rows_[row->number] = &row;
    }
    const RowPtr* find(std::uint32_t number) const { return number < rows_.size() ? rows_[number] : nullptr; }

private:
    std::vector<const RowPtr*> rows_;
};

void apply(RunRow& row, const RunEdit& edit) {
    if (const auto* name = std::get_if<SetName>(&edit)) row.name = text(name->name);
    if (const auto* star = std::get_if<SetStar>(&edit)) row.starred = star->starred;
    if (const auto* note = std::get_if<SetNote>(&edit)) row.note = text(note->note);
    if (const auto* colour = std::get_if<SetColour>(&edit)) row.colour = colour->colour;
    if (const auto* trash = std::get_if<SetTrashed>(&edit)) row.trashed = trash->trashed;
    if (const auto* tags = std::get_if<SetTags>(&edit)) {
        row.tags.clear();
        for (const std::string& tag : tags->tags) row.tags << text(tag);
    }
}

} // namespace

std::string FieldColumn::key() const {
    if (!metric) return field;
    switch (metric->at) {
    case MetricPick::At::best:
        return "best:" + metric->metric;
    case MetricPick::At::last:
        return "last:" + metric->metric;
    case MetricPick::At::update:
        break;
    }
    return metric->metric + "@" + std::to_string(metric->update.count);
}

bool RunRow::Cell::operator==(const Cell& o) const {
    return known == o.known && measured == o.measured && same(value, o.value) && same(last, o.last) &&
           same(best, o.best) && same(spread, o.spread) && update == o.update && count == o.count &&
           text == o.text;
}

double RunRow::progress() const {
    return planned > 0 ? std::clamp(static_cast<double>(updates) / static_cast<double>(planned), 0.0, 1.0)
                       : 0.0;
}

bool RunRow::operator==(const RunRow& o) const {
    const auto tie = [](const RunRow& r) {
        return std::tie(r.number, r.updates, r.state, r.accuracy, r.loss, r.fields, r.starred, r.trashed,
                        r.colour, r.planned, r.created_ms, r.seed, r.name, r.task, r.model, r.regime,
                        r.optimizer, r.group, r.reason, r.note, r.tags);
    };
    const bool folds = fold == o.fold || (fold && o.fold && *fold == *o.fold);
    return folds && same(lr, o.lr) && same(epochs, o.epochs) && same(seconds, o.seconds) &&
           tie(*this) == tie(o);
}

std::uint32_t numberOf(const RunId& run) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::uint32_t> numbers; // guarded by mutex
    const std::lock_guard lock(mutex);
    return numbers.emplace(run.uuid, static_cast<std::uint32_t>(numbers.size())).first->second;
}

std::vector<RunRow> makeRows(const std::vector<RunRecord>& runs, const FieldColumns& fields,
                             const StepValues& steps, const std::vector<RunGroup>& groups,
                             const ParentNames& parents) {
    Words words;
    std::vector<RunRow> rows;
    rows.reserve(runs.size());
    for (const RunRecord& run : runs) {
        RunRow row;
        row.id = run.id;
        row.number = numberOf(run.id);
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
        row.accuracy = metricCell(run, "validation/accuracy", MetricPick::At::best);
        row.loss = metricCell(run, "validation/loss", MetricPick::At::best);
        row.fields.reserve(fields.size());
        for (const FieldColumn& column : fields)
            row.fields.push_back(cellOf(run, column, steps, words, parents));
        row.colour = run.colour;
        row.starred = run.starred;
        row.trashed = run.trashed_ms.has_value();
        rows.push_back(std::move(row));
    }
    for (const RunGroup& group : groups)
        for (const std::size_t run : group.runs) rows[run].group = words(group.label);
    return rows;
}

std::vector<RowPtr> shareRows(std::vector<RunRow> rows, std::span<const RowPtr> before) {
    const ByNumber known(before);
    std::vector<RowPtr> shared;
    shared.reserve(rows.size());
    for (RunRow& row : rows) {
        const RowPtr* old = known.find(row.number);
        shared.push_back(old && **old == row ? *old : std::make_shared<const RunRow>(std::move(row)));
    }
    return shared;
}

std::vector<RowPtr> runsIn(std::span<const RowPtr> rows) {
    std::vector<RowPtr> runs;
    std::vector<bool> seen;
    const auto add = [&](const RowPtr& row) {
        if (row->number >= seen.size()) seen.resize(row->number + 1);
        if (seen[row->number]) return;
        seen[row->number] = true;
        runs.push_back(row);
    };
    for (const RowPtr& row : rows) {
        if (!row->fold) {
            add(row);
            continue;
        }
        for (const RowPtr& member : row->fold->members) add(member);
    }
    return runs;
}

std::vector<RowPtr> withEdits(std::span<const RowPtr> rows, const std::vector<RunEdit>& edits) {
    std::unordered_multimap<std::uint32_t, const RunEdit*> wanted;
    for (const RunEdit& edit : edits)
        wanted.emplace(numberOf(std::visit([](const auto& e) -> const RunId& { return e.run; }, edit)),
                       &edit);
    /// Null where it is left out.
    const auto edited = [&](const RowPtr& row) -> RowPtr {
        const auto [first, last] = wanted.equal_range(row->number);
        if (first == last) return row;
        RunRow changed = *row;
        for (auto edit = first; edit != last; ++edit) apply(changed, *edit->second);
        return changed.trashed == row->trashed ? std::make_shared<const RunRow>(std::move(changed)) : nullptr;
    };
    std::vector<RowPtr> result;
    result.reserve(rows.size());
    for (const RowPtr& row : rows) {
        if (!row->fold) {
            if (RowPtr now = edited(row)) result.push_back(std::move(now));
            continue;
        }
        std::vector<RowPtr> members;
        for (const RowPtr& member : row->fold->members)
            if (RowPtr now = edited(member)) members.push_back(std::move(now));
        if (members == row->fold->members)
            result.push_back(row);
        else if (members.size() == 1)
            result.push_back(members.front());
        else if (!members.empty())
            result.push_back(folded(std::move(members)));
    }
    return result;
}

} // namespace descent::ui
