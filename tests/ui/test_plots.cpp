#include "tests/ui/runs_fixture.h"

#include "ui/plots/curve_layer.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/ticks.h"
#include "ui/state/engine_host.h"
#include "ui/state/training.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QPainter>

#include <cmath>
#include <limits>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

QStringList labels(const std::vector<Tick>& ticks) {
    QStringList all;
    for (const auto& tick : ticks) all << tick.label;
    return all;
}

PlotScene sceneOf(std::vector<PlotPoint> points) {
    PlotScene scene;
    scene.curves.push_back({QStringLiteral("c"), 0, 0, false, std::move(points)});
    return scene;
}

QImage painted(const PlotScene& scene, CurveLayer& layer) {
    QImage image(400, 240, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    layer.font = QApplication::font();
    layer.arrange(scene, image.size());
    QPainter painter(&image);
    layer.paint(painter);
    return image;
}

/// Pixels of a colour, allowing for antialiasing.
int count(const QImage& image, QColor colour) {
    int n = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor c = image.pixelColor(x, y);
            n += std::abs(c.red() - colour.red()) + std::abs(c.green() - colour.green()) +
                     std::abs(c.blue() - colour.blue()) <
                 60;
        }
    return n;
}

} // namespace

class TestPlots : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRegressionHasNoAccuracyAndNoConfusion() {
        Place place;
        const auto store = place.open();
        EngineHost engine([]() -> Result<Engine*> { return fail("none"); });
        Training training(engine, *store);
        WatchedRun run(*store, training);
        QStringList of_classes;
        for (const auto& plot : plots())
            if (plot.id == QStringLiteral("accuracy") || plot.id == QStringLiteral("confusion"))
                of_classes << plot.id;
        QCOMPARE(of_classes.size(), 2);
        const auto shown = [&] {
            QStringList all;
            for (const auto& plot : plots())
                if (of_classes.contains(plot.id) && plot.shown(run)) all << plot.id;
            return all;
        };
        QCOMPARE(shown(), of_classes); // nothing is watched yet: as for a first run
        const auto watch = [&](const RunId& id) {
            run.watch(id);
            QTRY_VERIFY(!run.loading() && run.record());
        };
        watch(addRun(store->writer(), {}));
        QCOMPARE(shown(), of_classes);

        auto record = recordOf({});
        record.spec.task = {"teacher", {}};
        record.provenance.classes.clear();
        record = must(store->writer().create(record));
        MetricBatch batch;
        batch.run = record.id;
        batch.metrics = {{0, "train/loss", "", Direction::lower}};
        batch.samples = {{0, {1}, {1.0}, 0.5, 0.25}};
        batch.state = StateChange{RunState::finished, {}};
        store->writer().push(std::make_shared<const MetricBatch>(batch));
        must(store->writer().flush());
        watch(record.id);
        QVERIFY(run.find("train/loss"));
        QCOMPARE(shown(), QStringList());
    }

    void ticksAreRoundAndSayNoMoreThanTheyKnow() {
        QCOMPARE(labels(linearTicks(0, 1, 5)).join(QLatin1Char(' ')),
                 QStringLiteral("0 0.2 0.4 0.6 0.8 1.0"));
        QCOMPARE(labels(linearTicks(-1, 1, 4)).front(), QStringLiteral("−1.0"));
        QCOMPARE(labels(linearTicks(0, 240000, 3)),
                 (QStringList{QStringLiteral("0"), QStringLiteral("100k"), QStringLiteral("200k")}));
        QCOMPARE(labels(linearTicks(0, 5e-5, 2)).back(), QStringLiteral("5e−5"));
        QCOMPARE(labels(linearTicks(2.215e-5, 2.235e-5, 2)).front(), QStringLiteral("2.22e−5"));
        QVERIFY(linearTicks(1, 1, 5).empty());
        QVERIFY(linearTicks(kNaN, 1, 5).empty());
    }

    void logTicksArePowers() {
        QCOMPARE(labels(logTicks(0.01, 100, 5)),
                 (QStringList{QStringLiteral("0.01"), QStringLiteral("0.1"), QStringLiteral("1"),
                              QStringLiteral("10"), QStringLiteral("100")}));
        QVERIFY(logTicks(0, 1, 5).empty());
        QVERIFY(logTicks(1e-12, 1e12, 6).size() <= 9);
    }

    void aGapIsAGapAndIsMarked() {
        std::vector<PlotPoint> points;
        for (int i = 0; i <= 200; ++i)
            points.push_back({double(i), i >= 80 && i < 120 ? kNaN : 1.0 + 0.001 * i});
        CurveLayer layer;
        const QImage image = painted(sceneOf(points), layer);
        QVERIFY(count(image, theme::error()) > 5); // the cross
        const int middle = int(layer.area.left() + layer.area.width() / 2);
        const QImage column = image.copy(middle, int(layer.area.top()), 1, int(layer.area.height()) - 14);
        QCOMPARE(count(column, theme::series(0)), 0);
    }

    void aLogAxisIsNeverGivenWhatItCannotShow() {
        PlotScene scene = sceneOf({{1, 0.0}, {2, -3.0}, {3, 0.01}, {4, 10.0}, {5, kNaN}, {6, 1.0}});
        scene.log_y = true;
        CurveLayer layer;
        painted(scene, layer);
        QVERIFY(layer.y_min > 0);
        QVERIFY(layer.y_min <= 0.01 && layer.y_max >= 10);
        for (const auto& tick : layer.y_ticks) QVERIFY(tick.value > 0);
        scene.curves[0].points = {{1, 0.0}, {2, -1.0}};
        painted(scene, layer); // nothing can be shown, nothing breaks
        QVERIFY(layer.y_min > 0);
    }

    void extremesSurviveDecimation() {
        std::vector<PlotPoint> points;
        for (int i = 0; i < 200'000; ++i) points.push_back({double(i), std::sin(i * 0.01)});
        points[123'456].y = 7;
        points[54'321].y = -7;
        CurveLayer layer;
        painted(sceneOf(points), layer);
        QVERIFY(layer.shape(0).points.size() < 4000);
        QVERIFY(layer.y_max >= 7 && layer.y_min <= -7);
    }

    void emptyAndSinglePointScenes() {
        CurveLayer layer;
        painted(PlotScene{}, layer);
        painted(sceneOf({}), layer);
        const QImage one = painted(sceneOf({{3, 2}}), layer);
        QVERIFY(count(one, theme::series(0)) > 3); // a point is seen
        painted(sceneOf({{1, std::numeric_limits<double>::infinity()}}), layer);
    }

    void csvHoldsWhatCannotBeDrawn() {
        Place place;
        PlotData data;
        data.columns = {{"a", {{{1}, {0.5}, 0.25, 0.1 + 0.2}, {{2}, {1}, 0.5, kNaN}}},
                        {"b", {{{2}, {1}, 0.5, 4}}}};
        const QString file = place.file(QStringLiteral("x.csv"));
        must(writeCsv(data, file));
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        QCOMPARE(
            QString::fromUtf8(in.readAll()),
            QStringLiteral("update,epoch,seconds,a,b\n1,0.5,0.25,0.30000000000000004,\n2,1,0.5,nan,4\n"));
        QVERIFY(!writeCsv(data, QStringLiteral("/nowhere/x.csv")));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestPlots test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_plots.moc"
