#include "app/studio/export_figure.h"

#include "app/studio/export_options.h"
#include "app/studio/export_sweep.h"
#include "core/base/param.h"
#include "core/store/lineage.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "ui/plots/detection_overlay.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/report_lines.h"
#include "ui/plots/roc_view.h"
#include "ui/plots/scene_figure.h"
#include "ui/state/compare_curves.h"
#include "ui/state/point_reader.h"
#include "ui/theme.h"

#include <QApplication>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>

namespace descent::studio {

namespace {

using ui::CompareCurves;
using ui::FigureSource;

/// The runs in the order asked for, and what they have measured.
struct Chosen {
    std::filesystem::path path;
    std::unique_ptr<StoreReader> store;
    std::vector<RunRecord> runs;
    std::vector<std::string> metrics;
    QStringList ids;

    bool has(const std::string& metric) const { return std::ranges::find(metrics, metric) != metrics.end(); }
};

Chosen choose(const ExportOptions& options) {
    Chosen chosen;
    chosen.path = options.store.empty() ? default_store_path() : options.store;
    if (!std::filesystem::exists(chosen.path))
        throw InputError("there is no store at " + chosen.path.string());
    const auto prepared = prepare_store(chosen.path);
    auto store = StoreReader::open(chosen.path);
    if (!store) unwrap(prepared); // one that cannot be written can still be read
    chosen.store = unwrap(std::move(store));
    std::vector<RunId> ids;
    for (const auto& word : options.runs) {
        const RunId id = unwrap(chosen.store->find(word));
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    chosen.runs = chosen.store->runs_by_id(ids);
    for (const auto& run : chosen.runs) {
        chosen.ids << QString::fromStdString(run.id.uuid);
        for (const auto& info : chosen.store->metrics(run.id))
            if (!chosen.has(info.name)) chosen.metrics.push_back(info.name);
    }
    return chosen;
}

ui::CurveTask::Run seriesOf(const Chosen& chosen, const std::shared_ptr<ui::PointReader>& points,
                            const RunRecord& run, const std::string& metric, XAxis axis) {
    auto series = joined_overview(*chosen.store, run, metric);
    return {series.empty() ? nullptr : std::make_shared<const SeriesPyramid>(std::move(series)),
            SeriesAxis::make(axis, double(run.provenance.train_examples), double(run.planned.count)),
            ui::PointReader::of(points, run.id, metric), ui::PointReader::buckets(points, run.id, metric)};
}

ui::PlotScene sceneOf(const ExportOptions& options, const ui::PlotDef* plot) {
    ui::PlotScene scene;
    scene.axis = options.axis;
    scene.log_x = options.log_x;
    scene.log_y = options.log_y.value_or(plot && plot->log_first);
    scene.share = plot && plot->share;
    return scene;
}

FigureSource withSamples(FigureSource source, const Chosen& chosen, const std::string& metric) {
    std::vector<RunId> ids;
    for (const auto& run : chosen.runs) ids.push_back(run.id);
    source.full_csv = [path = chosen.path, ids, metric](const QString& file) {
        return ui::writeSamples(path, ids, metric, file);
    };
    return source;
}

/// One metric of all runs, grouped and smoothed as on the Compare page.
FigureSource compareMetric(const ExportOptions& options, const Chosen& chosen, const std::string& metric,
                           const ui::PlotDef* plot) {
    const auto groups = ui::compareBy(chosen.runs, options.group_by);
    if (!groups.problem.isEmpty()) throw InputError("--group-by: " + groups.problem.toStdString());
    const auto points = std::make_shared<ui::PointReader>(chosen.path);
    ui::CurveTask task;
    for (const auto& run : groups.runs)
        task.runs.push_back(seriesOf(chosen, points, run, metric, options.axis));
    task.groups = groups.groups;
    task.folded = groups.folded;
    task.smoothing = options.smoothing;
    task.centre = options.centre;
    task.spread = options.spread.value_or(Spread::deviation);
    CompareCurves made = ui::makeCurves(task);
    if (made.curves.empty()) throw InputError(made.note.toStdString());
    ui::PlotScene scene = sceneOf(options, plot);
    ui::limitY(scene, metric); // as on the Compare page
    scene.curves = std::move(made.curves);
    scene.lines = ui::reportLines(chosen.runs, metric);
    return withSamples(ui::sceneFigure(ui::metricTitle(metric), std::move(scene), chosen.ids), chosen,
                       metric);
}

/// All metrics of the plot of one run, as its card on the Train page.
FigureSource onePlot(const ExportOptions& options, const Chosen& chosen, const ui::PlotDef& plot) {
    const RunRecord& run = chosen.runs.front();
    const auto points = std::make_shared<ui::PointReader>(chosen.path);
    ui::PlotScene scene = sceneOf(options, &plot);
    scene.lines = ui::reportLines(chosen.runs, "test/" + options.what); // accuracy and loss, as their cards
    ui::CurveTask task;
    task.smoothing = options.smoothing;
    for (const auto& curve : plot.curves) {
        const bool several = curve.metric.ends_with('/');
        int colour = curve.colour;
        for (const auto& metric : chosen.metrics) {
            const bool named =
                std::ranges::any_of(plot.curves, [&](const auto& c) { return c.metric == metric; });
            if (several ? !metric.starts_with(curve.metric) || named ||
                              std::ranges::count(plot.without, metric) > 0
                        : metric != curve.metric)
                continue;
            const QString label =
                several ? QString::fromStdString(metric.substr(curve.metric.size())) : curve.label;
            const bool faint = curve.faint;
            ui::CurveTask one = task;
            one.runs = {seriesOf(chosen, points, run, metric, options.axis)};
            one.groups = {{chosen.ids.front(), label, several ? colour++ : colour, curve.dash, {0}}};
            if (faint) one.smoothing = {};
            CompareCurves made = ui::makeCurves(one);
            if (made.curves.empty() && !made.note.isEmpty()) throw InputError(made.note.toStdString());
            for (auto& drawn : made.curves) {
                drawn.faint = drawn.faint || faint;
                drawn.steps = curve.steps;
                scene.curves.push_back(std::move(drawn));
            }
        }
    }
    return ui::sceneFigure(plot.title + QStringLiteral(" · ") + QString::fromStdString(run.name),
                           std::move(scene), chosen.ids);
}

FigureSource detection(const ExportOptions& options, const Chosen& chosen) {
    std::vector<ui::DetectionLine> lines;
    for (const auto& run : chosen.runs) {
        const auto matrix = chosen.store->matrix(run.id, "validation/fa-fr");
        if (!matrix || matrix->columns < 3) continue;
        std::vector<DetectionPoint> points;
        for (std::int64_t r = 0; r < matrix->rows; ++r) {
            const double* row = &matrix->values[std::size_t(r * matrix->columns)];
            points.push_back({row[0], row[1], row[2]});
        }
        const int n = int(lines.size());
        lines.push_back({QString::fromStdString(run.id.uuid), QString::fromStdString(run.name),
                         chosen.runs.size() == 1 ? 0 : n, n, DetectionCurve(std::move(points)),
                         run.provenance.validation_examples});
    }
    if (lines.empty()) throw InputError("none of the runs has a detection curve");
    ui::DetectionOverlay overlay;
    overlay.setScale(options.scale);
    overlay.setLines(std::move(lines));
    return overlay.figure();
}

/// The ROC card of one run: a curve for each class against the rest, and their averages.
FigureSource roc(const ExportOptions& options, const Chosen& chosen) {
    if (chosen.runs.size() != 1) throw InputError("--run: ROC curves are of one run");
    const RunRecord run = unwrap(chosen.store->run(chosen.runs.front().id));
    const std::string set = options.set.empty() ? "validation" : options.set;
    const auto scores = chosen.store->matrix(run.id, set + "/scores");
    if (!scores)
        throw InputError("run '" + run.name + "' has no scores of its " + set +
                         " set: they are kept of runs of classes that finish");
    const auto& classes = run.provenance.classes;
    if (!options.chosen_class.empty() && std::ranges::count(classes, options.chosen_class) == 0) {
        const auto near = nearest(options.chosen_class, classes);
        throw InputError("--class: the run has no class '" + options.chosen_class + "'" +
                         (near ? "; did you mean '" + *near + "'?" : ""));
    }
    struct Held {
        Matrix matrix;
        ui::RocScores scores{};
        std::unique_ptr<ui::OwnPlot> view{};
    };
    auto held = std::make_shared<Held>(Held{*scores});
    held->scores = {&held->matrix, classes, run.id, true};
    held->view.reset(ui::makeRocPlot([of = held->scores] { return of; }, nullptr));
    held->view->sync();
    held->view->setPicked(QString::fromStdString(options.chosen_class));
    FigureSource source{
        QStringLiteral("ROC · %1, %2").arg(QString::fromStdString(run.name), QString::fromStdString(set)),
        {},
        chosen.ids};
    source.paint = [held](QPainter& painter, const QRectF& target) {
        held->view->paintTo(painter, ui::paintKey(painter, target, held->view->legend()));
    };
    source.plotted_csv = [held](const QString& file) {
        return ui::writeCsv(ui::rocTable(held->scores), file);
    };
    return source;
}

std::string drawable(const ui::PlotDef& plot, const Chosen& chosen) {
    for (const bool validation : {true, false}) // the first on validation, else the first there is
        for (const auto& curve : plot.curves)
            for (const auto& metric : chosen.metrics) {
                const bool of =
                    curve.metric.ends_with('/') ? metric.starts_with(curve.metric) : metric == curve.metric;
                if (of && !curve.faint && (!validation || metric.starts_with("validation/"))) return metric;
            }
    if (chosen.has(plot.id.toStdString())) return plot.id.toStdString(); // imported runs may call one so
    throw InputError("the plot '" + plot.id.toStdString() + "' shows nothing that these runs have measured");
}

FigureSource figureOf(const ExportOptions& options, const Chosen& chosen) {
    const auto plots = ui::plots();
    const auto plot = std::ranges::find(plots, QString::fromStdString(options.what), &ui::PlotDef::id);
    if (plot == plots.end()) {
        const std::string metric = options.metric.empty() ? options.what : options.metric;
        if (chosen.has(metric)) return compareMetric(options, chosen, metric, nullptr);
        std::vector<std::string> words = chosen.metrics;
        for (const auto& each : plots) words.push_back(each.id.toStdString());
        const auto near = nearest(metric, words);
        throw InputError("there is no plot '" + metric + "', nor have the runs measured it" +
                         (near ? "; did you mean '" + *near + "'?" : ""));
    }
    if (plot->id == QStringLiteral("fa-fr")) return detection(options, chosen);
    if (plot->id == QStringLiteral("roc")) return roc(options, chosen);
    if (plot->own || !plot->matrix.empty())
        throw InputError("the plot '" + options.what + "' is exported from the window only");
    if (!options.metric.empty() && !chosen.has(options.metric))
        throw InputError("--metric: none of the runs has measured '" + options.metric + "'");
    const std::string metric = options.metric.empty() ? drawable(*plot, chosen) : options.metric;
    const bool alone = chosen.runs.size() == 1 && options.metric.empty() && metric != options.what &&
                       options.group_by == QStringLiteral("none");
    return alone ? onePlot(options, chosen, *plot) : compareMetric(options, chosen, metric, &*plot);
}

/// None of the files may be the store, nor be written over by another of them.
void checkFiles(const ExportOptions& options, const std::filesystem::path& store) {
    struct File {
        const char* option;
        std::filesystem::path path;
    };
    std::vector<File> files;
    for (const auto& [option, name] :
         {std::pair("--out", options.out), {"--csv", options.csv}, {"--full-csv", options.full_csv}}) {
        if (name.isEmpty()) continue;
        const std::filesystem::path path = QFile::encodeName(name).toStdString();
        std::error_code different;
        if (std::filesystem::equivalent(path, store, different))
            throw InputError(std::string(option) + " " + path.string() + " is the store itself");
        for (const auto& other : files)
            if (std::filesystem::equivalent(path, other.path, different) ||
                std::filesystem::weakly_canonical(path, different) ==
                    std::filesystem::weakly_canonical(other.path, different))
                throw InputError(std::string(option) + " and " + other.option + " name the same file");
        files.push_back({option, path});
    }
}

/// Qt's remarks on its surroundings are no business of a script; what makes it give up is.
void onlyFatal(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type == QtFatalMsg) std::fprintf(stderr, "descent-studio: %s\n", qPrintable(text));
}

void run(int argc, char** argv) {
    ExportOptions options = parse_export(argc, argv);
    qInstallMessageHandler(onlyFatal);
    qputenv("QT_QPA_PLATFORM", "offscreen"); // no display is needed, nor would it be used
    int none = 1;
    QApplication app(none, argv);
    ui::theme::apply(app, options.format.light ? ui::theme::Mode::light : ui::theme::Mode::dark);
    const Chosen chosen = choose(options);
    checkFiles(options, chosen.path);
    if (!options.axis_said &&
        std::ranges::all_of(chosen.runs, [](const RunRecord& run) { return run.epoch.passes == 0; }))
        options.axis = XAxis::update; // all of an imported table would be at epoch 0
    const FigureSource source =
        options.what == "sweep" ? sweep_figure(options, *chosen.store) : figureOf(options, chosen);
    if (!options.full_csv.isEmpty() && !source.full_csv)
        throw InputError(options.what == "fa-fr" || options.what == "roc"
                             ? "--full-csv: what " + options.what + " is drawn from is all in --csv"
                             : "--full-csv: choose one metric, with --metric");
    unwrap(ui::writeFigure(source.paint, source.title, source.runs, options.format, options.out));
    if (!options.csv.isEmpty()) unwrap(source.plotted_csv(options.csv));
    if (!options.full_csv.isEmpty()) unwrap(source.full_csv(options.full_csv));
}

} // namespace

int export_figure(int argc, char** argv) {
    const auto done = guarded([&] { run(argc, argv); });
    if (done) return 0;
    std::string line = done.error().message;
    std::ranges::replace(line, '\n', ' ');
    std::fprintf(stderr, "descent-studio: %s\n", line.c_str());
    return done.error().kind == Error::Kind::input ? 2 : 4;
}

} // namespace descent::studio
