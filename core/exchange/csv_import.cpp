#include "core/exchange/importers.h"

#include "core/base/param.h"
#include "core/store/csv_text.h"
#include "core/text/csv_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_map>

namespace descent {
namespace {

using Columns = std::vector<std::string>;

const Columns kTidy{"run_id", "run", "seed", "update", "epoch", "wall_time", "metric", "value"};
constexpr std::array kSteps{"step",      "global_step", "_step", "trainer/global_step", "update", "updates",
                            "iteration", "iterations",  "iter"};
constexpr std::array kEpochs{"epoch", "epochs", "trainer/epoch"};
constexpr std::array kTimes{"wall_time", "time",     "timestamp", "_timestamp",    "seconds",
                            "elapsed",   "_runtime", "runtime",   "relative time", "relative_time"};
constexpr double kTimestamps = 1e8; ///< seconds; beyond it they count from 1970, not from the run's start
constexpr std::int64_t kRowsBetweenReports = 8'192;
constexpr double kLargestStep = 9.0e18;
constexpr std::string_view kBetween = " - ";

std::string lower(std::string_view text) {
    std::string out(trimmed(text));
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c;
    return out;
}

std::optional<std::size_t> column_named(const Columns& columns, const auto& names) {
    for (std::string_view name : names)
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (lower(columns[i]) == lower(name)) return i;
    return std::nullopt;
}

template<class T>
T whole(const CsvTable& table, std::string_view column, std::string_view field) {
    T number{};
    const std::string_view word = trimmed(field);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || error != std::errc{} || end != word.data() + word.size() || number < T{})
        table.refuse(std::string(column) + ": expected a whole number ≥ 0, found '" + std::string(word) +
                     "'");
    return number;
}

double real(const CsvTable& table, std::string_view column, std::string_view field) {
    bool text = false;
    const auto number = number_in(field, text);
    if (!number)
        table.refuse(std::string(column) + ": expected a number, found '" + std::string(field) + "'");
    return *number;
}

bool is_step(double value) {
    return value >= 0 && value <= kLargestStep && value == std::floor(value);
}

std::string shortest(double value) {
    std::string text;
    append_csv_number(text, value);
    return text;
}

void report_at(const CsvTable& table, std::int64_t row, const ExchangeProgress& progress) {
    if (row % kRowsBetweenReports == 0) report(progress, table.fraction());
}

// ── export_csv's ────────────────────────────────────────────────────────────────────────────────────────

/// A run of a tidy table, and what its rows say of the order of its metrics.
struct TidyRun {
    ImportedRun run;
    std::int64_t last_update = -1;
    std::uint32_t last_metric = 0;
    std::set<std::pair<std::uint32_t, std::uint32_t>> before; ///< comes before, at the same update
};

/// Numbers the metrics so that writing the table again gives the same order: within an update they are
/// written in the order of their numbers, and the first to appear may be the last of them.
void number_metrics(TidyRun& tidy) {
    MetricBatch& content = tidy.run.content;
    const std::size_t count = content.metrics.size();
    std::vector<std::size_t> waits_for(count, 0);
    for (const auto& edge : tidy.before) ++waits_for[edge.second];
    std::vector<std::uint32_t> number(count);
    std::vector<bool> done(count, false);
    for (std::uint32_t next = 0; next < count; ++next) {
        std::size_t chosen = 0;
        while (chosen < count && (done[chosen] || waits_for[chosen] > 0)) ++chosen;
        if (chosen == count) return; // no such order: the one of appearance stays
        done[chosen] = true;
        number[chosen] = next;
        for (const auto& edge : tidy.before)
            if (edge.first == chosen) --waits_for[edge.second];
    }
    for (MetricInfo& metric : content.metrics) metric.index = number[metric.index];
    std::ranges::sort(content.metrics, {}, &MetricInfo::index);
    for (Sample& sample : content.samples) sample.metric = number[sample.metric];
}

Imported read_tidy(CsvTable& table, const std::string& from, const ExchangeProgress& progress) {
    std::vector<TidyRun> runs;
    std::unordered_map<std::string, std::size_t> known;
    std::vector<std::string> row;
    for (std::int64_t number = 0; table.next(row); ++number) {
        report_at(table, number, progress);
        const std::string& id = row[0];
        const auto [at, is_new] = known.emplace(id, runs.size());
        if (is_new) {
            if (!is_uuid(id)) table.refuse("run_id: expected a UUID, found '" + id + "'");
            TidyRun& next = runs.emplace_back(imported_run(row[1], "", from));
            next.run.record.id = {id};
            next.run.record.spec.seed = whole<std::uint64_t>(table, "seed", row[2]);
        }
        TidyRun& tidy = runs[at->second];
        if (row[6].empty()) table.refuse("metric: expected a name, found ''");
        const auto update = whole<std::int64_t>(table, "update", row[3]);
        const std::uint32_t metric = tidy.run.metric(row[6]);
        if (update == tidy.last_update && metric != tidy.last_metric)
            tidy.before.emplace(tidy.last_metric, metric);
        tidy.last_update = update;
        tidy.last_metric = metric;
        tidy.run.add(metric, Update{update}, Epoch{real(table, "epoch", row[4])},
                     real(table, "wall_time", row[5]), real(table, "value", row[7]));
    }
    Imported imported;
    for (TidyRun& tidy : runs) {
        number_metrics(tidy);
        imported.runs.push_back(std::move(tidy.run));
    }
    return imported;
}

// ── Tables of numbers ───────────────────────────────────────────────────────────────────────────────────

/// All rows of a table whose fields are numbers, column by column.
struct Numbers {
    Columns columns;
    std::vector<std::vector<std::optional<double>>> values; ///< [column][row]
    std::vector<std::string> texts;                         ///< "line 3: 'abc'" where a column is no number
    std::vector<std::int64_t> lines;                        ///< of each row
};

Numbers read_numbers(CsvTable& table, const ExchangeProgress& progress) {
    Numbers all{table.columns(),
                std::vector<std::vector<std::optional<double>>>(table.columns().size()),
                std::vector<std::string>(table.columns().size()),
                {}};
    std::vector<std::string> row;
    for (std::int64_t number = 0; table.next(row); ++number) {
        report_at(table, number, progress);
        all.lines.push_back(table.line());
        for (std::size_t i = 0; i < row.size(); ++i) {
            bool text = false;
            all.values[i].push_back(number_in(row[i], text));
            if (text && all.texts[i].empty())
                all.texts[i] = "line " + std::to_string(table.line()) + ": '" + row[i] + "'";
        }
    }
    return all;
}

/// Where the rows of such a table lie: update, epoch, seconds of each.
struct Moments {
    std::vector<Update> updates;
    std::vector<double> epochs, seconds;
    std::set<std::size_t> columns; ///< that these come from: no metrics
};

bool is_whole(const Numbers& all, std::size_t column) {
    return all.texts[column].empty() &&
           std::ranges::all_of(all.values[column], [](const auto& v) { return v && is_step(*v); });
}

Moments moments_of(const Numbers& all, const std::filesystem::path& file) {
    const std::size_t rows = all.lines.size();
    Moments moments{{}, std::vector<double>(rows, 0), std::vector<double>(rows, 0), {}};
    for (std::size_t i = 0; i < rows; ++i) moments.updates.push_back({static_cast<std::int64_t>(i)});
    const auto use_as_step = [&](std::size_t column) {
        moments.columns.insert(column);
        for (std::size_t i = 0; i < rows; ++i)
            moments.updates[i] = {static_cast<std::int64_t>(*all.values[column][i])};
    };
    const auto fill = [&](std::size_t column, std::vector<double>& into) {
        moments.columns.insert(column);
        double last = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            if (const auto& v = all.values[column][i]; v && std::isfinite(*v)) last = *v;
            into[i] = last;
        }
    };
    const auto step = column_named(all.columns, kSteps), epoch = column_named(all.columns, kEpochs);
    if (step) {
        for (std::size_t i = 0; i < rows; ++i)
            if (const auto& v = all.values[*step][i]; !v || !is_step(*v))
                throw InputError(file.string() + ": line " + std::to_string(all.lines[i]) + ": " +
                                 all.columns[*step] + ": expected a whole number ≥ 0" +
                                 (v ? ", found " + shortest(*v) : std::string()));
        use_as_step(*step);
    } else if (epoch && is_whole(all, *epoch)) {
        use_as_step(*epoch);
    }
    if (epoch && all.texts[*epoch].empty()) fill(*epoch, moments.epochs);
    if (const auto time = column_named(all.columns, kTimes); time && all.texts[*time].empty()) {
        fill(*time, moments.seconds);
        if (rows > 0 && moments.seconds[0] > kTimestamps)
            for (const double start = moments.seconds[0]; double& s : moments.seconds) s -= start;
    }
    return moments;
}

/// "step, metric, value" of the first value: what stays as the file grows.
void add_identity(ImportedRun& run, std::string_view kind, const std::string& name) {
    run.identity = std::string(kind) + "\n" + name;
    if (run.content.samples.empty()) return;
    const Sample& first = run.content.samples.front();
    for (const Sample& sample : run.content.samples) {
        if (sample.update != first.update) break;
        run.identity += "\n" + std::to_string(sample.update.count) + "," +
                        run.content.metrics[sample.metric].name + "," + shortest(sample.value);
    }
}

void add_column(ImportedRun& run, const std::string& metric, const Numbers& all, const Moments& moments,
                std::size_t column) {
    const std::uint32_t number = run.metric(metric);
    for (std::size_t i = 0; i < all.lines.size(); ++i)
        if (const auto& value = all.values[column][i])
            run.add(number, moments.updates[i], Epoch{moments.epochs[i]}, moments.seconds[i], *value);
}

Imported read_generic(const Numbers& all, const std::filesystem::path& file, const std::string& from) {
    Imported imported;
    const Moments moments = moments_of(all, file);
    ImportedRun run = imported_run(file.stem().string(), "", from);
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
        if (moments.columns.contains(i)) continue;
        if (!all.texts[i].empty()) {
            imported.warnings.push_back(file.string() + ": column '" + all.columns[i] +
                                        "' was left out, for it holds text (" + all.texts[i] + ")");
            continue;
        }
        // A column without a name is the row number that pandas writes.
        if (all.columns[i].empty() ||
            std::ranges::none_of(all.values[i], [](const auto& v) { return v.has_value(); }))
            continue;
        add_column(run, all.columns[i], all, moments, i);
    }
    if (run.content.samples.empty())
        throw InputError(
            file.string() +
            ": no column of numbers to import; expected a step (or update, epoch, iteration) and a "
            "column for each metric, with their names in the first line");
    // By row, so that the first of them are the same when rows have been added.
    std::ranges::stable_sort(run.content.samples, {}, &Sample::update);
    add_identity(run, "table", run.record.name);
    imported.runs.push_back(std::move(run));
    return imported;
}

// ── W&B's ───────────────────────────────────────────────────────────────────────────────────────────────

struct WandbColumn {
    std::string run, metric;
};

std::optional<WandbColumn> wandb_column(const std::string& name) {
    const std::size_t at = name.rfind(kBetween);
    if (at == std::string::npos || at == 0 || at + kBetween.size() == name.size()) return std::nullopt;
    return WandbColumn{name.substr(0, at), name.substr(at + kBetween.size())};
}

bool is_wandb(const Columns& columns) {
    return columns.size() > 1 &&
           std::ranges::all_of(columns.begin() + 1, columns.end(),
                               [](const auto& name) { return wandb_column(name).has_value(); });
}

Imported read_wandb(const Numbers& all, const std::filesystem::path& file, const std::string& from) {
    // The first column is what the chart had on its x axis.
    Moments moments = moments_of(all, file);
    if (moments.columns.empty() && is_whole(all, 0)) {
        moments.columns.insert(0);
        for (std::size_t i = 0; i < all.lines.size(); ++i)
            moments.updates[i] = {static_cast<std::int64_t>(*all.values[0][i])};
    } else if (lower(all.columns[0]).starts_with("relative_time") || lower(all.columns[0]) == "wall_time") {
        for (std::size_t i = 0; i < all.lines.size(); ++i) moments.seconds[i] = all.values[0][i].value_or(0);
    }
    Imported imported;
    std::unordered_map<std::string, std::size_t> known, place;
    for (std::size_t i = 1; i < all.columns.size(); ++i) place.emplace(all.columns[i], i);
    for (std::size_t i = 1; i < all.columns.size(); ++i) {
        auto column = *wandb_column(all.columns[i]);
        if (!all.texts[i].empty()) {
            imported.warnings.push_back(file.string() + ": column '" + all.columns[i] +
                                        "' was left out, for it holds text (" + all.texts[i] + ")");
            continue;
        }
        for (const auto& [ending, word] : {std::pair("__MIN", "/min"), std::pair("__MAX", "/max")}) {
            if (!column.metric.ends_with(ending)) continue;
            const std::string stem = all.columns[i].substr(0, all.columns[i].size() - 5);
            const auto of = place.find(stem);
            if (of != place.end() && all.values[of->second] == all.values[i])
                column.metric.clear(); // says nothing of its own
            else
                column.metric = column.metric.substr(0, column.metric.size() - 5) + word;
            break;
        }
        if (column.metric.empty()) continue;
        const auto [at, is_new] = known.emplace(column.run, imported.runs.size());
        if (is_new) imported.runs.push_back(imported_run(column.run, "", from));
        add_column(imported.runs[at->second], column.metric, all, moments, i);
    }
    std::erase_if(imported.runs, [](const ImportedRun& run) { return run.content.samples.empty(); });
    for (ImportedRun& run : imported.runs) {
        std::ranges::stable_sort(run.content.samples, {}, &Sample::update);
        add_identity(run, "wandb", run.record.name);
    }
    if (imported.runs.empty()) throw InputError(file.string() + ": no column holds a number");
    return imported;
}

} // namespace

Imported read_csv(const std::filesystem::path& file, const ExchangeProgress& progress) {
    CsvTable table(file);
    if (table.columns() == kTidy) {
        Imported imported = read_tidy(table, file.string() + " (CSV of descent export)", progress);
        if (imported.runs.empty()) throw InputError(file.string() + ": holds no runs");
        return imported;
    }
    const Columns& columns = table.columns();
    if (const auto has = [&](const char* name) { return std::ranges::find(columns, name) != columns.end(); };
        has("Name") && has("State") && (has("Runtime") || has("Created") || has("User")))
        throw InputError(file.string() + ": this is W&B's table of runs, a row each; export a chart's data "
                                         "instead (a step and columns 'RUN - METRIC')");
    const bool wandb = is_wandb(columns);
    const Numbers all = read_numbers(table, progress);
    if (all.lines.empty()) throw InputError(file.string() + ": no rows after the names of the columns");
    return wandb ? read_wandb(all, file, file.string() + " (CSV of W&B)")
                 : read_generic(all, file, file.string() + " (CSV)");
}

} // namespace descent
