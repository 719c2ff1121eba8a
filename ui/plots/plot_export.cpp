#include "ui/plots/plot_export.h"

#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"
#include "ui/state/save_file.h"
#include "ui/state/watched_run.h"

#include <QFile>

#include <set>
#include <span>

namespace descent::ui {

namespace {

void add(std::string& line, double value) {
    line += ',';
    append_csv_number(line, value);
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
        text.append(",").append(csv_field(metric));
        for (const auto& point : points) updates.insert(point.update);
    }
    text += "\n";
    std::vector<std::size_t> at(data.columns.size(), 0);
    for (const Update update : updates) {
        std::string cells;
        const SeriesPoint* any = nullptr;
        for (std::size_t c = 0; c < at.size(); ++c) {
            const auto& points = data.columns[c].second;
            if (at[c] >= points.size() || points[at[c]].update != update) {
                cells += ',';
                continue;
            }
            any = &points[at[c]++];
            add(cells, any->value);
        }
        text += std::to_string(update.count);
        add(text, any->epoch.passes);
        add(text, any->seconds);
        text += cells + "\n";
    }
    return saveFile(QByteArray::fromStdString(text), file);
}

Result<void> writeSamples(const std::filesystem::path& store, const std::vector<RunId>& runs,
                          const std::string& metric, const QString& file) {
    return guarded([&] {
        const auto reader = unwrap(StoreReader::open(store));
        FileReplacement out(QFile::encodeName(file).toStdString());
        std::string text = "run,run_id,update,epoch,seconds,value\n";
        for (const auto& run : reader->runs_by_id(runs)) {
            const std::string who = csv_field(run.name) + "," + run.id.uuid + ",";
            for (const auto& point : reader->series(run.id, metric)) {
                text += who + std::to_string(point.update.count);
                for (const double value : {point.epoch.passes, point.seconds, point.value}) add(text, value);
                text += '\n';
            }
            out.write(std::as_bytes(std::span(text))); // many runs of millions are never in memory together
            text.clear();
        }
        out.write(std::as_bytes(std::span(text)));
        out.commit();
    });
}

Result<void> writeCsv(const Matrix& matrix, const std::vector<std::string>& classes, const QString& file) {
    const auto name = [&](std::int64_t i) {
        return std::size_t(i) < classes.size() ? csv_field(classes[std::size_t(i)]) : std::to_string(i);
    };
    std::string text = "true";
    for (std::int64_t c = 0; c < matrix.columns; ++c) text.append(",").append(name(c));
    text += "\n";
    for (std::int64_t r = 0; r < matrix.rows; ++r) {
        text += name(r);
        for (std::int64_t c = 0; c < matrix.columns; ++c)
            add(text, matrix.values[std::size_t(r * matrix.columns + c)]);
        text += "\n";
    }
    return saveFile(QByteArray::fromStdString(text), file);
}

Result<void> writeCsv(const PlotTable& table, const QString& file) {
    std::string text;
    for (const auto& column : table.columns)
        text.append(text.empty() ? "" : ",").append(csv_field(column.toStdString()));
    text += "\n";
    for (const auto& row : table.rows) {
        text += csv_field(row.curve.toStdString());
        for (const auto& word : row.words) text.append(",").append(csv_field(word.toStdString()));
        for (const double value : row.values) add(text, value);
        text += "\n";
    }
    return saveFile(QByteArray::fromStdString(text), file);
}

} // namespace descent::ui
