#include "app/cli/schedule_text.h"

#include "core/base/change.h"
#include "core/base/format.h"
#include "core/base/schedule.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent::cli {

namespace {

/// Examples in a batch, where it is always of one size; 0 where not.
std::int64_t batch_of(const RunSpec& spec, std::int64_t examples) {
    const auto& regime = spec.regime.params;
    if (regime.text("batch_schedule") != "constant") return 0;
    const auto batch = regime.integer("batch_size");
    return batch == 0 ? examples : std::min(batch, examples);
}

/// Its step is a multiple of the gradient: twice the gradient is the same as twice the lr.
bool is_linear(const std::string& optimizer) {
    return optimizer == "sgd" || optimizer == "asgd";
}

/// When the factor is largest, in the schedule's units; a long run is looked at in steps.
std::int64_t peak_of(const Schedule& schedule, std::int64_t total) {
    const std::int64_t stride = std::max<std::int64_t>(1, total / 10'000);
    std::int64_t peak = 0;
    for (std::int64_t t = 0; t < total; t += stride)
        if (schedule.factor(t) > schedule.factor(peak)) peak = t;
    return peak;
}

} // namespace

std::vector<ScheduleRow> schedule_rows(const RunSpec& spec, const Catalog& catalog, const Inspection& found) {
    const auto& regime = spec.regime.params;
    const bool by_epoch = regime.text("schedule_unit") == "epoch";
    const auto per_epoch = std::max<std::int64_t>(1, found.updates_per_epoch);
    const auto epochs = spec.budget.epochs.value_or((found.planned_updates + per_epoch - 1) / per_epoch);
    const auto total = std::max<std::int64_t>(1, by_epoch ? epochs : found.planned_updates);
    const Schedule schedule(regime, total);
    const auto changes = unwrap(parse_changes(regime.text("changes"), catalog, spec));
    const auto batch = is_linear(spec.optimizer.id) ? batch_of(spec, found.provenance.train_examples) : 0;
    const auto reduction = regime.text("reduction");

    std::vector<ScheduleRow> rows;
    const auto add = [&](const std::string& moment, std::int64_t t) {
        ScheduleRow row{.moment = moment, .update = by_epoch ? t * per_epoch : t};
        if (std::ranges::count(rows, row.update, &ScheduleRow::update) > 0) return;
        double base = spec.optimizer.params.real("lr");
        for (const auto& change : changes)
            if (change.path == "optimizer.lr" && change.at.count <= row.update)
                base = std::stod(change.value);
        row.lr = base * schedule.factor(t);
        const auto n = static_cast<double>(batch);
        if (batch > 1 && reduction == "mean") row.mean = row.lr, row.sum = row.lr / n;
        if (batch > 1 && reduction == "sum") row.mean = row.lr * n, row.sum = row.lr;
        rows.push_back(std::move(row));
    };
    add("start", 0);
    if (const auto warmup = regime.integer("warmup"); warmup > 0 && warmup < total)
        add("end of warm-up", warmup);
    if (const auto peak = peak_of(schedule, total); schedule.factor(peak) > schedule.factor(0))
        add("peak", peak);
    if (total > 1) {
        for (const int quarter : {1, 2, 3}) add(std::to_string(25 * quarter) + "%", total * quarter / 4);
        add("end", total - 1);
    }
    std::ranges::stable_sort(rows, {}, &ScheduleRow::update);
    // A step size that never moves needs one row.
    if (std::ranges::all_of(rows, [&](const auto& row) { return row.lr == rows.front().lr; })) rows.resize(1);
    return rows;
}

void print_schedule(Output& out, const RunSpec& spec, const std::vector<ScheduleRow>& rows) {
    const auto& kind = spec.regime.params.text("schedule");
    out << "\n  step size: " << kind;
    if (kind == "plateau") out << ", lowered when the training loss stops falling";
    if (const auto warmup = spec.regime.params.integer("warmup"); warmup > 0)
        out << " after a warm-up of " << format_count(warmup) << " "
            << spec.regime.params.text("schedule_unit") << (warmup == 1 ? "" : "s");
    out << "\n";
    constexpr auto right = Table::Align::right;
    Table table({"at", "update", "lr", "on the mean", "on the sum", ""},
                {Table::Align::left, right, right, right, right});
    const auto text = [](std::optional<double> value) { return value ? format_number(*value) : ""; };
    for (const auto& row : rows)
        table.add({rows.size() == 1 ? "always" : row.moment, format_count(row.update), text(row.lr),
                   text(row.mean), text(row.sum)});
    if (!rows.front().mean)
        for (const char* column : {"on the mean", "on the sum"}) table.drop(column);
    table.print(out, "    ");
    if (const auto& changes = spec.regime.params.text("changes"); !changes.empty())
        out << "  planned changes: " << changes << "\n";
}

nlohmann::ordered_json to_json(const std::vector<ScheduleRow>& rows) {
    const auto number = [](std::optional<double> value) {
        return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
    };
    auto all = nlohmann::ordered_json::array();
    for (const auto& row : rows)
        all.push_back({{"at", row.moment},
                       {"update", row.update},
                       {"lr", row.lr},
                       {"lr_on_mean", number(row.mean)},
                       {"lr_on_sum", number(row.sum)}});
    return all;
}

} // namespace descent::cli
