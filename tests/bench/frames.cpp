// What a frame of a line chart costs while it is panned and zoomed: 100 curves of a million points each, in a
// chart of 1200×800 pixels, drawn without a display. A frame is all that happens from the wish to see
// another range to the picture of it on the widget. Beside it, over the same curves: what QPainter needs for
// thinned polylines, and Qt Charts for a tenth of them. And the share of the GUI thread's time that ten runs
// with 1,000 samples a second each take.
//
// frames [curves [points]]

#include "ui/plots/curve_layer.h"
#include "ui/plots/plot_view.h"
#include "ui/theme.h"

#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QImage>
#include <QLineSeries>
#include <QPainter>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

using namespace descent;
using namespace descent::ui;

namespace {

constexpr int kWidth = 1200, kHeight = 800, kFrames = 200;

double noise(std::uint64_t x) { // splitmix64, to [0, 1)
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return double((x ^ (x >> 31)) >> 11) / 9007199254740992.0;
}

/// A loss: falls, is noisy, and has a spike now and then.
SeriesPoint pointOf(std::size_t curve, std::size_t i) {
    const double t = double(i + 1) / 1e5;
    const double spike = noise(i * 1000 + curve) > 0.99995 ? 2 : 0;
    const double value = 0.4 + 2.5 / (1 + t * (1 + double(curve) / 50)) +
                         0.25 * (noise(curve * 100'000'007 + i) - 0.5) + spike + 0.01 * double(curve);
    return {Update{std::int64_t(i + 1)}, Epoch{double(i + 1) / 1000}, double(i) / 500, value};
}

std::vector<SeriesPoint> pointsOf(std::size_t curve, PointRange range) {
    std::vector<SeriesPoint> points(range.count);
    for (std::size_t k = 0; k < range.count; ++k) points[k] = pointOf(curve, range.first + k);
    return points;
}

/// As it comes from a store: its levels, and points on demand.
PlotCurve curveOf(std::size_t curve, std::size_t size, bool points) {
    SeriesPyramid series;
    series.append(pointsOf(curve, {0, size}));
    if (!points)
        for (std::size_t chunk = 0; chunk * kChunkPoints < size; ++chunk) series.drop_points(chunk);
    PlotCurve drawn{QStringLiteral("run %1").arg(curve), int(curve), 0, false, {}};
    drawn.series = std::make_shared<const SeriesPyramid>(std::move(series));
    if (!points) drawn.fetch = [curve](PointRange range) { return pointsOf(curve, range); };
    return drawn;
}

struct Times {
    std::vector<double> ms;
    void print(const char* what) {
        std::ranges::sort(ms);
        if (ms.empty()) return;
        std::printf("%-58s median %7.2f ms, 99%% %7.2f ms, most %7.2f ms\n", what, ms[ms.size() / 2],
                    ms[std::min(ms.size() - 1, ms.size() * 99 / 100)], ms.back());
        std::fflush(stdout);
    }
};

double msOf(const std::function<void()>& f) {
    QElapsedTimer timer;
    timer.start();
    f();
    return double(timer.nsecsElapsed()) / 1e6;
}

double processorMs(clockid_t of) {
    timespec t{};
    clock_gettime(of, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}

double threadMs() {
    return processorMs(CLOCK_THREAD_CPUTIME_ID);
}

/// Frames of a pan at a tenth of the width, of a zoom from all to a thousandth, and of both.
std::vector<AxisRange> motion(double size) {
    std::vector<AxisRange> ranges;
    for (int f = 0; f < kFrames; ++f) {
        const double share = double(f) / kFrames;
        if (f % 4 < 2)
            ranges.push_back({size * 0.9 * share, size * (0.9 * share + 0.1)});
        else {
            const double wide = std::pow(1e-3, share) * 0.99 * size, middle = size * (0.3 + 0.2 * share);
            ranges.push_back({std::max(0.0, middle - wide / 2), std::max(0.0, middle - wide / 2) + wide});
        }
    }
    std::ranges::stable_sort(ranges, {}, [](const AxisRange& r) { return r.second - r.first; });
    return ranges;
}

void window(const PlotScene& scene, double size, const char* what) {
    QWidget top;
    auto* view = makeLineChart(scene, &top);
    top.resize(kWidth, kHeight);
    view->resize(kWidth, kHeight);
    const double first = msOf([&] {
        top.show();
        view->redraw();
        while (!view->upToDate()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::processEvents();
    });
    std::printf("%s: first picture %.1f ms\n", what, first);
    Times whole, gui, all;
    QImage screen(kWidth, kHeight, QImage::Format_RGB32);
    for (const auto& range : motion(size)) {
        const double before = threadMs(), before_all = processorMs(CLOCK_PROCESS_CPUTIME_ID);
        whole.ms.push_back(msOf([&] {
            view->setXRange(range);
            while (!view->upToDate()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
            view->render(&screen);
        }));
        gui.ms.push_back(threadMs() - before);
        all.ms.push_back(processorMs(CLOCK_PROCESS_CPUTIME_ID) - before_all);
    }
    whole.print("  frame, wish to widget");
    gui.print("  processor time of it, GUI thread");
    all.print("  processor time of it, all threads");
}

void peers(const PlotScene& scene, double size) {
    CurveLayer layer;
    layer.font = QApplication::font();
    layer.take(scene);
    Times render, blit, lines, charts;
    QImage screen(kWidth, kHeight, QImage::Format_ARGB32_Premultiplied);
    QChart* chart = new QChart;
    QChartView view(chart);
    view.resize(kWidth, kHeight);
    chart->setAnimationOptions(QChart::NoAnimation);
    chart->legend()->hide();
    const std::size_t few = std::max<std::size_t>(1, scene.curves.size() / 10);
    std::vector<QLineSeries*> series;
    for (std::size_t i = 0; i < few; ++i) {
        series.push_back(new QLineSeries);
        chart->addSeries(series.back());
    }
    chart->createDefaultAxes();
    const auto ranges = motion(size);
    for (std::size_t f = 0; f < ranges.size(); ++f) {
        layer.x_range = ranges[f];
        layer.place(QSizeF(kWidth, kHeight));
        CurveWish wish = layer.wish(1);
        wish.coarse = true; // as while it moves
        std::shared_ptr<const CurvePicture> picture;
        render.ms.push_back(msOf([&] { picture = drawPicture(wish); }));
        layer.show(picture);
        blit.ms.push_back(msOf([&] {
            screen.fill(Qt::white);
            QPainter painter(&screen);
            layer.paint(painter);
        }));
        if (f % 10 != 0) continue;
        std::vector<QPolygonF> thinned;
        for (std::size_t i = 0; i < scene.curves.size(); ++i) {
            QPolygonF polygon;
            for (const auto& p : pointsOf(layer.shape(i), layer))
                polygon << QPointF(layer.px(p.x), layer.py(p.y));
            thinned.push_back(std::move(polygon));
        }
        lines.ms.push_back(msOf([&] {
            QPainter painter(&screen);
            for (std::size_t i = 0; i < thinned.size(); ++i) {
                painter.setPen(QPen(scene.curves[i].colour % 2 ? Qt::blue : Qt::red, 1));
                painter.drawPolyline(thinned[i]);
            }
        }));
        charts.ms.push_back(msOf([&] {
            for (std::size_t i = 0; i < few; ++i) {
                QList<QPointF> points;
                for (const auto& p : pointsOf(layer.shape(i), layer)) points << QPointF(p.x, p.y);
                series[i]->replace(points);
            }
            chart->axes(Qt::Horizontal).front()->setRange(layer.x_min, layer.x_max);
            chart->axes(Qt::Vertical).front()->setRange(layer.y_min, layer.y_max);
            static_cast<QWidget&>(view).render(&screen); // QGraphicsView has another
        }));
    }
    render.print("  drawn on the worker");
    blit.print("  laid on a picture of the widget");
    lines.print("  peer: QPainter, polylines thinned to the same, lines alone");
    charts.print("  peer: Qt Charts, a tenth of the curves, thinned too");
}

/// Ten runs in one chart, each with a point a millisecond, for five seconds.
void live() {
    constexpr int kRuns = 10, kTick = 33, kSeconds = 5;
    PlotScene scene;
    scene.growing = true;
    std::vector<std::shared_ptr<SeriesPyramid>> runs;
    for (int r = 0; r < kRuns; ++r) {
        runs.push_back(std::make_shared<SeriesPyramid>());
        runs.back()->append(pointsOf(std::size_t(r), {0, 200'000}));
        PlotCurve curve{QStringLiteral("run %1").arg(r), r, 0, false, {}};
        curve.series = runs.back();
        scene.curves.push_back(std::move(curve));
    }
    QWidget top;
    auto* view = makeLineChart(scene, &top);
    top.resize(kWidth, kHeight);
    view->resize(kWidth, kHeight);
    top.show();
    view->redraw();
    QElapsedTimer clock;
    clock.start();
    const double before = threadMs();
    double of_data = 0;
    int frames = 0;
    QTimer tick;
    QObject::connect(&tick, &QTimer::timeout, [&] {
        const double t = threadMs();
        const auto wanted = std::size_t(200'000 + clock.elapsed());
        for (int r = 0; r < kRuns; ++r)
            runs[std::size_t(r)]->append(pointsOf(
                std::size_t(r), {runs[std::size_t(r)]->size(), wanted - runs[std::size_t(r)]->size()}));
        of_data += threadMs() - t;
        scene.reached = double(wanted);
        view->redraw();
        ++frames;
    });
    tick.start(kTick);
    QTimer::singleShot(kSeconds * 1000, qApp, &QCoreApplication::quit);
    QApplication::exec();
    const double all = threadMs() - before;
    std::printf(
        "ten live runs, 1,000 samples/s each: %d frames, GUI thread %.1f%% busy, %.1f%% with appending\n",
        frames, (all - of_data) / double(clock.elapsed()) * 100, all / double(clock.elapsed()) * 100);
}

} // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    const auto count = argc > 1 ? std::stoul(argv[1]) : 100;
    const auto size = argc > 2 ? std::stoul(argv[2]) : 1'000'000;
    PlotScene scene;
    for (std::size_t c = 0; c < count; ++c) scene.curves.push_back(curveOf(c, size, false));
    std::printf("%lu curves of %lu points, %d×%d pixels, %d cores\n", count, size, kWidth, kHeight,
                QThread::idealThreadCount());
    window(scene, double(size), "points in the store");
    peers(scene, double(size));
    scene.log_y = true;
    window(scene, double(size), "log y");
    scene.log_y = false;
    live();
    return 0;
}
