#include "ui/plots/plot_export.h"

#include "core/base/param.h"
#include "ui/state/watched_run.h"

#include <QSaveFile>

#include <cmath>
#include <set>

namespace descent::ui {

namespace {

std::string number(double v) {
    if (std::isnan(v)) return "nan";
    return to_string(Value(v));
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

Result<void> save(const std::string& text, const QString& file) {
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) ||
        out.write(text.data(), qint64(text.size())) != qint64(text.size()) || !out.commit())
        return fail(file.toStdString() + " cannot be written: " + out.errorString().toStdString());
    return {};
}

} // namespace

PlotData plotData(const PlotDef& plot, const WatchedRun& run) {
    PlotData data;
    for (const auto& curve : curvesOf(plot, run))
        if (const auto* series = run.find(curve.metric))
            data.columns.emplace_back(curve.metric, series->points);
    return data;
}

Result<void> writeCsv(const PlotData& data, const QString& file) {
    std::string text = "update,epoch,seconds";
    std::set<Update> updates;
    for (const auto& [metric, points] : data.columns) {
        text.append(",").append(quoted(metric));
        for (const auto& point : points) updates.insert(point.update);
    }
    text += "\n";
    std::vector<std::size_t> at(data.columns.size(), 0);
    for (const Update update : updates) {
        std::string cells;
        const SeriesPoint* any = nullptr;
        for (std::size_t c = 0; c < at.size(); ++c) {
            const auto& points = data.columns[c].second;
            cells += ",";
            if (at[c] >= points.size() || points[at[c]].update != update) continue;
            any = &points[at[c]++];
            cells += number(any->value);
        }
        text += std::to_string(update.count) + "," + number(any->epoch.passes) + "," + number(any->seconds) +
                cells + "\n";
    }
    return save(text, file);
}

Result<void> writeSamples(const std::filesystem::path& store, const std::vector<RunId>& runs,
                          const std::string& metric, const QString& file) {
    return guarded([&] {
        const auto reader = unwrap(StoreReader::open(store));
        std::string text = "run,run_id,update,epoch,seconds,value\n";
        for (const auto& run : reader->runs_by_id(runs))
            for (const auto& point : reader->series(run.id, metric))
                text += quoted(run.name) + "," + run.id.uuid + "," + std::to_string(point.update.count) +
                        "," + number(point.epoch.passes) + "," + number(point.seconds) + "," +
                        number(point.value) + "\n";
        unwrap(save(text, file));
    });
}

Result<void> writeCsv(const Matrix& matrix, const std::vector<std::string>& classes, const QString& file) {
    const auto name = [&](std::int64_t i) {
        return std::size_t(i) < classes.size() ? quoted(classes[std::size_t(i)]) : std::to_string(i);
    };
    std::string text = "true";
    for (std::int64_t c = 0; c < matrix.columns; ++c) text.append(",").append(name(c));
    text += "\n";
    for (std::int64_t r = 0; r < matrix.rows; ++r) {
        text += name(r);
        for (std::int64_t c = 0; c < matrix.columns; ++c)
            text.append(",").append(number(matrix.values[std::size_t(r * matrix.columns + c)]));
        text += "\n";
    }
    return save(text, file);
}

Result<void> writeCsv(const PlotTable& table, const QString& file) {
    std::string text;
    for (const auto& column : table.columns)
        text.append(text.empty() ? "" : ",").append(quoted(column.toStdString()));
    text += "\n";
    for (const auto& row : table.rows) {
        text += quoted(row.curve.toStdString());
        for (const auto& word : row.words) text.append(",").append(quoted(word.toStdString()));
        for (const double value : row.values) text.append(",").append(number(value));
        text += "\n";
    }
    return save(text, file);
}

} // namespace descent::ui
