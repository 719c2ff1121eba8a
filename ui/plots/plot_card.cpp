#include "ui/plots/plot_card.h"

#include "core/base/format.h"
#include "ui/plots/curve_source.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/run_axis.h"
#include "ui/plots/scene_figure.h"
#include "ui/state/change_text.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/card_header.h"

#include <QElapsedTimer>
#include <QMenu>
#include <QPainter>
#include <QPointer>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

QString name(const PlotDef& plot, const char* part) {
    return QStringLiteral("plot-%1-%2").arg(plot.id, QLatin1String(part));
}

} // namespace

PlotCard::PlotCard(PlotDef plot, const WatchedRun& run, Detection& detection, QWidget* parent)
    : QFrame(parent)
    , plot_(std::move(plot))
    , run_(run)
    , detection_(detection)
    , legend_(new LegendStrip) {
    setObjectName(QStringLiteral("plot-") + plot_.id);
    setAccessibleName(plot_.title);
    setProperty("role", QStringLiteral("card"));
    takeCurves();
    scene_.share = plot_.share;
    if (plot_.own)
        view_ = own_ = plot_.own(run_, detection, this);
    else
        view_ = plot_.matrix.empty() ? makeLineChart(scene_, this) : makeHeatMap(matrix_, this);
    view_->setObjectName(name(plot_, "view"));
    view_->setAccessibleName(plot_.title);
    header_ = new CardHeader(objectName(), plot_.title, plot_.log_choice,
                             own_ ? own_->makeControls() : nullptr, buildMenu());
    scene_.log_y = plot_.log_choice && plot_.log_first;
    header_->setLog(scene_.log_y);
    connect(header_, &CardHeader::logChosen, this, &PlotCard::setLog);
    connect(header_, &CardHeader::enlargeClicked, this, &PlotCard::enlargeClicked);
    legend_->setObjectName(name(plot_, "legend"));
    legend_->setVisible(plot_.matrix.empty());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(header_);
    column->addWidget(legend_);
    column->addWidget(view_, 1);
    if (own_) {
        if (QWidget* footer = own_->makeFooter()) column->addWidget(footer);
        connect(own_, &OwnPlot::wordsChanged, this, &PlotCard::updateWords);
    }
    connect(view_, &PlotView::hovered, this, &PlotCard::hovered);
    connect(view_, &PlotView::xRangeChosen, this, &PlotCard::xRangeChosen);
    connect(this, &QWidget::customContextMenuRequested, this, [this](QPoint at) {
        QMenu* menu = buildMenu();
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(mapToGlobal(at));
    });
    setContextMenuPolicy(Qt::CustomContextMenu);
}

QMenu* PlotCard::buildMenu() {
    auto* menu = new QMenu(this);
    menu->setObjectName(name(plot_, "menu"));
    const auto add = [&](const QString& text, PlotExport what, const char* part) {
        auto* action = menu->addAction(text, this, [this, what] { Q_EMIT exportRequested(what); });
        action->setObjectName(name(plot_, part));
    };
    add(tr("Copy image"), PlotExport::copy, "copy");
    add(tr("Export…\tCtrl+E"), PlotExport::figure, "export");
    add(tr("Export data as CSV…"), PlotExport::csv, "csv");
    menu->addSeparator();
    if (!own_ && plot_.matrix.empty()) {
        auto* all = menu->addAction(tr("Show all of it"), this, [this] {
            setXRange(std::nullopt);
            Q_EMIT xRangeChosen(std::nullopt);
        });
        all->setObjectName(name(plot_, "all"));
        all->setToolTip(tr("As a double click on the chart, or Home"));
    }
    auto* table = menu->addAction(tr("Show as table"), this, &PlotCard::tableRequested);
    table->setObjectName(name(plot_, "table"));
    return menu;
}

void PlotCard::setEnlarged(bool enlarged) {
    header_->setEnlarged(enlarged);
}

void PlotCard::reset() {
    curves_.clear();
    takeCurves();
    matrix_ = {};
}

void PlotCard::setAxis(XAxis axis) {
    if (scene_.axis == axis) return;
    scene_.axis = axis;
    if (own_) own_->setAxis(axis);
    cursor_.reset();
    view_->setCursor(std::nullopt);
    setXRange(std::nullopt); // it was in other units
    reset();
    sync();
}

void PlotCard::setLog(bool log) {
    scene_.log_y = log;
    header_->setLog(log);
    view_->redraw();
}

void PlotCard::setLogX(bool log) {
    if (scene_.log_x == log) return;
    scene_.log_x = log;
    if (own_ || !plot_.matrix.empty()) return;
    if (log) scene_.begun = begun();
    view_->redraw();
}

void PlotCard::setXRange(std::optional<std::pair<double, double>> range) {
    x_shown_ = range;
    view_->setXRange(range);
}

void PlotCard::setCursor(std::optional<double> x) {
    cursor_ = x;
    view_->setCursor(x);
    updateLegend();
}

double PlotCard::reached() const {
    const auto& progress = run_.progress();
    return axisOf(run_, scene_.axis)
        .of_moment(SeriesPoint{progress.update, progress.epoch, progress.seconds, 0});
}

double PlotCard::begun() const {
    const SeriesAxis along = axisOf(run_, scene_.axis);
    double first = 0;
    for (const auto& series : run_.series()) {
        const auto& points = series->points;
        const auto above = std::ranges::partition_point(
            points, [&](const SeriesPoint& point) { return along.of_moment(point) <= 0; });
        if (above == points.end()) continue;
        const double x = along.of_moment(*above);
        if (first == 0 || x < first) first = x;
    }
    return first;
}

double PlotCard::planned() const {
    const auto& progress = run_.progress();
    const double updates = double(progress.planned.count);
    switch (scene_.axis) {
    case XAxis::update:
        return updates;
    case XAxis::epoch:
    case XAxis::examples: {
        const double scale = axisOf(run_, scene_.axis).scale;
        if (run_.record() && run_.record()->spec.budget.epochs)
            return double(*run_.record()->spec.budget.epochs) * scale;
        return progress.update.count > 0
                   ? updates * progress.epoch.passes / double(progress.update.count) * scale
                   : 0;
    }
    case XAxis::share:
        return 1;
    case XAxis::seconds:
        break; // an estimate would move
    }
    return 0;
}

bool PlotCard::wanted() const {
    return !plot_.shown || plot_.shown(run_);
}

void PlotCard::takeCurves() {
    auto curves = curvesOf(plot_, run_);
    const auto same = [](const CurveDef& a, const CurveDef& b) {
        return a.metric == b.metric && a.label == b.label;
    };
    if (!curves_.empty() && std::ranges::equal(curves, curves_, same)) return;
    curves_ = std::move(curves);
    scene_.curves.clear();
    for (const auto& curve : curves_)
        scene_.curves.push_back({curve.label, curve.colour, curve.dash, curve.faint, {}, curve.steps});
}

/// Not their points: the chart draws from the series as it grows.
void PlotCard::takeSeries() {
    takeCurves();
    const SeriesAxis along = axisOf(run_, scene_.axis);
    for (std::size_t i = 0; i < curves_.size(); ++i) {
        const auto* series = run_.find(curves_[i].metric);
        scene_.curves[i].series = series ? series->pyramid : nullptr;
        scene_.curves[i].along = along;
    }
}

void PlotCard::sync() {
    QElapsedTimer timer;
    timer.start();
    if (own_) {
        own_->sync();
        header_->setNote(own_->note());
        updateWords();
        sync_ms_ = double(timer.nsecsElapsed()) / 1e6;
        return;
    }
    if (plot_.matrix.empty()) {
        takeSeries();
        scene_.lines = plot_.lines ? plot_.lines(run_) : std::vector<ReferenceLine>{};
        takeEvents();
        scene_.reached = reached();
        if (scene_.log_x) scene_.begun = begun();
        scene_.planned = planned();
        scene_.growing = !is_over(run_.state());
    } else {
        syncMatrix();
    }
    if (plot_.note) header_->setNote(plot_.note(run_));
    updateWords();
    view_->redraw();
    sync_ms_ = double(timer.nsecsElapsed()) / 1e6;
}

void PlotCard::takeEvents() {
    scene_.events.clear();
    for (const auto& change : run_.changes())
        scene_.events.push_back({xAt(run_, change.at, scene_.axis), changeLabel(change)});
}

void PlotCard::syncMatrix() {
    matrix_.matrix = run_.matrix(plot_.matrix);
    if (matrix_.classes.size() != run_.classes().size()) {
        matrix_.classes.clear();
        for (const auto& c : run_.classes()) matrix_.classes.push_back(QString::fromStdString(c));
    }
    if (matrix_.matrix)
        header_->setNote(tr("validation, epoch %1")
                             .arg(QString::fromStdString(format_number(matrix_.matrix->epoch.passes, 4))));
    else
        header_->setNote({});
}

void PlotCard::updateWords() {
    updateLegend();
    const QString words = own_ ? own_->summary() : summary(plot_, run_);
    setAccessibleDescription(words);
    view_->setAccessibleDescription(words);
}

void PlotCard::updateLegend() {
    if (own_) {
        auto items = own_->legend();
        legend_->setVisible(!items.empty());
        return legend_->setItems(std::move(items));
    }
    std::vector<LegendStrip::Item> items;
    for (const auto& curve : scene_.curves) {
        const auto point = cursor_ ? pointAt(curve, *cursor_) : lastPoint(curve);
        if (!point) continue;
        items.push_back({curve.label, QString::fromStdString(format_number(point->y, 3)), curve.colour,
                         curve.dash, curve.faint});
    }
    std::ranges::stable_sort(
        items, {}, [](const auto& item) { return item.faint || item.dash == 3; }); // main curves first
    legend_->setItems(std::move(items));
}

FigureSource PlotCard::figure() const {
    QString title = plot_.title;
    QStringList runs;
    if (const auto& record = run_.record()) {
        title += QStringLiteral(" · ") + QString::fromStdString(record->name);
        runs << QString::fromStdString(record->id.uuid);
    }
    if (own_) {
        FigureSource source{title, {}, runs};
        source.paint = [view = QPointer<OwnPlot>(own_)](QPainter& painter, const QRectF& target) {
            if (view) view->paintTo(painter, paintKey(painter, target, view->legend()));
        };
        if (plot_.table)
            source.plotted_csv = [table = std::make_shared<PlotTable>(plot_.table(run_, detection_))](
                                     const QString& file) { return writeCsv(*table, file); };
        return source;
    }
    if (!plot_.matrix.empty()) {
        if (!matrix_.matrix) return {title, [](QPainter&, const QRectF&) {}, runs};
        struct Held {
            Matrix matrix;
            MatrixScene scene;
        };
        auto held = std::make_shared<Held>(Held{*matrix_.matrix, matrix_});
        held->scene.matrix = &held->matrix;
        FigureSource source{title, {}, runs};
        source.paint = [held](QPainter& painter, const QRectF& target) {
            const std::unique_ptr<PlotView> view(makeHeatMap(held->scene, nullptr));
            view->paintTo(painter, target);
        };
        source.plotted_csv = [held, classes = run_.classes()](const QString& file) {
            return writeCsv(held->matrix, classes, file);
        };
        return source;
    }
    FigureSource source = sceneFigure(title, scene_, runs, x_shown_);
    source.full_csv = [data = std::make_shared<PlotData>(plotData(plot_, run_))](const QString& file) {
        return writeCsv(*data, file);
    };
    return source;
}

} // namespace descent::ui
