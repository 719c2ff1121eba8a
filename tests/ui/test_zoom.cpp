#include "tests/ui/studio_fixture.h"

#include "ui/plots/curve_source.h"
#include "ui/plots/plot_card.h"
#include "ui/plots/plot_view.h"

#include <QAbstractScrollArea>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QThread>
#include <QWheelEvent>

#include <atomic>
#include <cmath>
#include <limits>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

using Range = std::optional<AxisRange>;

/// A chart in a window of its own, with what it says.
struct Chart {
    PlotScene scene;
    std::unique_ptr<PlotView> view;
    Range chosen_range;
    int ranges = 0;
    std::optional<double> hovered;
    QString picked, chosen;

    explicit Chart(std::vector<PlotCurve> curves) {
        scene.curves = std::move(curves);
        view.reset(makeLineChart(scene, nullptr));
        view->resize(600, 300);
        view->show();
        if (!QTest::qWaitForWindowExposed(view.get())) qFatal("no window");
        view->redraw();
        settle();
        QObject::connect(view.get(), &PlotView::xRangeChosen, [this](Range range) {
            chosen_range = range;
            ++ranges;
        });
        QObject::connect(view.get(), &PlotView::hovered, [this](std::optional<double> x) {
            hovered = x;
            view->setCursor(x);
        });
        QObject::connect(view.get(), &PlotView::picked, [this](const QString& id) { picked = id; });
        QObject::connect(view.get(), &PlotView::chosen, [this](const QString& id) { chosen = id; });
    }

    /// Until what was asked for is shown: of many points it is drawn on another thread.
    void settle() const {
        if (!QTest::qWaitFor([this] { return view->upToDate(); }, 20'000)) qFatal("never drawn");
    }
    QWidget* surface() const {
        auto* area = view->findChild<QAbstractScrollArea*>();
        return area->viewport();
    }
    void mouse(QEvent::Type type, QPointF at, Qt::MouseButton button = Qt::NoButton,
               Qt::KeyboardModifiers keys = {}) const {
        const Qt::MouseButtons held = type == QEvent::MouseButtonRelease ? Qt::NoButton : button;
        QMouseEvent event(type, at, surface()->mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : button, held, keys);
        QApplication::sendEvent(surface(), &event);
    }
    void drag(QPointF from, QPointF to, Qt::MouseButton button = Qt::LeftButton,
              Qt::KeyboardModifiers keys = {}) const {
        mouse(QEvent::MouseButtonPress, from, button, keys);
        for (const double share : {0.3, 0.7, 1.0})
            mouse(QEvent::MouseMove, from + (to - from) * share, button, keys);
        mouse(QEvent::MouseButtonRelease, to, button, keys);
    }
    bool wheel(QPointF at, int notches, Qt::KeyboardModifiers keys = {}) const {
        QWheelEvent event(at, surface()->mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(surface(), &event);
        return event.isAccepted();
    }
    double xAt(QPointF at) {
        mouse(QEvent::MouseMove, at);
        return hovered.value_or(std::numeric_limits<double>::quiet_NaN());
    }
    /// y of the first and last thing drawn of a curve tell what the y axis was fitted to.
    std::pair<double, double> drawnX(std::size_t curve = 0) const {
        const auto points = view->drawn(curve);
        return points.empty() ? std::pair(0.0, 0.0) : std::pair(points.front().x, points.back().x);
    }
};

PlotCurve wave(const char* id, double offset, int count = 1001) {
    PlotCurve curve{QString::fromLatin1(id), 0, 0, false, {}};
    for (int i = 0; i < count; ++i) curve.points.push_back({double(i), offset + 0.1 * std::sin(i * 0.01)});
    curve.id = QString::fromLatin1(id);
    return curve;
}

bool near(double a, double b, double by) {
    return std::abs(a - b) <= by;
}

} // namespace

class TestZoom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWheelZoomsAroundThePointer() {
        Chart chart({wave("a", 1)});
        const QPointF at(400, 120);
        const double x = chart.xAt(at);
        QVERIFY(!chart.wheel(at, -1)); // all is shown: what it lies in may scroll
        QCOMPARE(chart.ranges, 0);
        QVERIFY(chart.wheel(at, 2));
        QVERIFY(chart.chosen_range);
        const auto [low, high] = *chart.chosen_range;
        QVERIFY(near(high - low, 1000 * 0.64, 1));
        QVERIFY(near(chart.xAt(at), x, 2)); // what is under the pointer stays there
        QVERIFY(chart.drawnX().first >= low - 2 && chart.drawnX().second <= high + 2);
        for (int i = 0; i < 10; ++i) chart.wheel(at, -1);
        QVERIFY(!chart.chosen_range); // out again: all of it
    }

    void withShiftItZoomsY() {
        Chart chart({wave("a", 1)});
        const auto before = QPixmap(chart.view->grab()).toImage();
        QVERIFY(chart.wheel({300, 100}, 3, Qt::ShiftModifier));
        QCOMPARE(chart.ranges, 0); // nobody else is to follow
        QVERIFY(chart.view->grab().toImage() != before);
        chart.view->setXRange(std::nullopt);
        QCOMPARE(chart.view->grab().toImage(), before);
    }

    void aBoxIsZoomedTo() {
        Chart chart({wave("a", 1)});
        const double low = chart.xAt({200, 100}), high = chart.xAt({350, 100});
        chart.drag({200, 100}, {350, 103}); // flat: x only
        QVERIFY(chart.chosen_range);
        QVERIFY(near(chart.chosen_range->first, low, 2) && near(chart.chosen_range->second, high, 2));
        chart.mouse(QEvent::MouseButtonDblClick, {300, 100}, Qt::LeftButton);
        QVERIFY(!chart.chosen_range);
        QCOMPARE(chart.drawnX(), (std::pair(0.0, 1000.0)));
        const int before = chart.ranges;
        chart.drag({200, 100}, {202, 101}); // a slip of the hand
        QCOMPARE(chart.ranges, before);
    }

    void shiftAndMiddleDragPan() {
        for (const bool middle : {false, true}) {
            Chart chart({wave("a", 1)});
            chart.view->setXRange(AxisRange{400, 600});
            const double there = chart.xAt({300, 100});
            chart.drag({300, 100}, {400, 100}, middle ? Qt::MiddleButton : Qt::LeftButton,
                       middle ? Qt::NoModifier : Qt::ShiftModifier);
            QVERIFY(chart.chosen_range);
            QVERIFY(near(chart.chosen_range->second - chart.chosen_range->first, 200, 1e-6));
            QVERIFY(near(chart.xAt({400, 100}), there, 1)); // goes with the hand
            chart.drag({100, 100}, {590, 100}, middle ? Qt::MiddleButton : Qt::LeftButton,
                       middle ? Qt::NoModifier : Qt::ShiftModifier);
            chart.drag({100, 100}, {590, 100}, middle ? Qt::MiddleButton : Qt::LeftButton,
                       middle ? Qt::NoModifier : Qt::ShiftModifier);
            chart.drag({100, 100}, {590, 100}, middle ? Qt::MiddleButton : Qt::LeftButton,
                       middle ? Qt::NoModifier : Qt::ShiftModifier);
            QVERIFY(near(chart.chosen_range->first, 0, 1e-6)); // not beyond the data
        }
    }

    void keysDoTheSame() {
        Chart chart({wave("a", 1)});
        auto* view = chart.view.get();
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Plus);
        QVERIFY(chart.chosen_range);
        QVERIFY(near(chart.chosen_range->second - chart.chosen_range->first, 800, 1));
        const double before = chart.chosen_range->first;
        QTest::keyClick(view, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(chart.chosen_range->first > before + 50);
        QTest::keyClick(view, Qt::Key_Right);
        QVERIFY(chart.hovered);
        const double at = *chart.hovered;
        QTest::keyClick(view, Qt::Key_Right);
        QVERIFY(*chart.hovered > at);
        QTest::keyClick(view, Qt::Key_Plus); // at the cursor
        QVERIFY(chart.chosen_range->first <= *chart.hovered && *chart.hovered <= chart.chosen_range->second);
        QTest::keyClick(view, Qt::Key_Minus);
        QTest::keyClick(view, Qt::Key_Home);
        QVERIFY(!chart.chosen_range);
        QTest::keyClick(view, Qt::Key_Plus);
        QVERIFY(chart.chosen_range);
        QTest::keyClick(view, Qt::Key_0);
        QVERIFY(!chart.chosen_range);
    }

    void yFitsWhatIsSeen() {
        PlotCurve curve = wave("a", 1);
        curve.points[100].y = 50;
        Chart chart({curve});
        const auto whole = chart.view->grab().toImage();
        chart.view->setXRange(AxisRange{500, 900}); // the spike is out of sight
        const auto part = chart.view->drawn(0);
        for (const auto& point : part) QVERIFY(point.y < 2);
        QVERIFY(chart.view->grab().toImage() != whole);
    }

    void theCurveUnderThePointerIsPickedAndChosen() {
        Chart chart({wave("a", 1), wave("b", 3)});
        // Where y is about 3 and about 1, by looking where something is picked.
        QStringList seen;
        for (int y = 10; y < 270; ++y) {
            chart.mouse(QEvent::MouseMove, {300, double(y)});
            if (!chart.picked.isEmpty() && !seen.contains(chart.picked)) seen << chart.picked;
            if (chart.picked == QStringLiteral("b") && chart.chosen.isEmpty()) {
                chart.mouse(QEvent::MouseButtonPress, {300, double(y)}, Qt::LeftButton);
                chart.mouse(QEvent::MouseButtonRelease, {300, double(y)}, Qt::LeftButton);
            }
        }
        QCOMPARE(seen, (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
        QCOMPARE(chart.chosen, QStringLiteral("b"));
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(chart.surface(), &leave);
        QCOMPARE(chart.picked, QString());
    }

    void aPickedCurveStandsOut() {
        Chart chart({wave("a", 1), wave("b", 3)});
        const auto before = chart.view->grab().toImage();
        chart.view->setPicked(QStringLiteral("b"));
        QVERIFY(chart.view->grab().toImage() != before);
        chart.view->setPicked({});
        QCOMPARE(chart.view->grab().toImage(), before);
    }

    void longSeriesAreDrawnElsewhereAndMadeExact() {
        constexpr std::size_t kSize = 300'000;
        const auto value = [](std::size_t i) {
            return i == 123'457   ? 9.0
                   : i == 200'001 ? -9.0
                                  : std::sin(double(i) * 0.001) + double(i % 7) * 0.1;
        };
        auto series = std::make_shared<SeriesPyramid>();
        std::vector<SeriesPoint> points;
        for (std::size_t i = 0; i < kSize; ++i) points.push_back({Update{std::int64_t(i)}, {}, 0, value(i)});
        series->append(points);
        for (std::size_t chunk = 0; chunk * kChunkPoints < kSize; ++chunk) series->drop_points(chunk);
        std::atomic<int> read = 0, on_gui = 0;
        PlotCurve curve{QStringLiteral("long"), 0, 0, false, {}};
        curve.series = series;
        curve.fetch = [&, gui = QThread::currentThread()](PointRange range) {
            ++read;
            on_gui += QThread::currentThread() == gui;
            return std::vector<SeriesPoint>(points.begin() + std::ptrdiff_t(range.first),
                                            points.begin() + std::ptrdiff_t(range.first + range.count));
        };
        {
            Chart chart({curve});
            const auto exact = [&](double low, double high) {
                std::size_t wrong = 0;
                const auto drawn = chart.view->drawn(0);
                const auto first = std::size_t(std::ceil(low)), last = std::size_t(high);
                double least = 1e9, most = -1e9, drawn_least = 1e9, drawn_most = -1e9;
                for (std::size_t i = first; i <= last; ++i) {
                    least = std::min(least, value(i));
                    most = std::max(most, value(i));
                }
                for (const auto& point : drawn)
                    if (point.x >= low && point.x <= high) {
                        drawn_least = std::min(drawn_least, point.y);
                        drawn_most = std::max(drawn_most, point.y);
                    }
                wrong += drawn.empty() || least != drawn_least || most != drawn_most;
                return wrong == 0;
            };
            QTRY_VERIFY(chart.view->upToDate() && exact(0, kSize - 1));
            chart.view->setXRange(AxisRange{123'400, 123'500}); // points that are not in memory
            QTRY_VERIFY(chart.view->upToDate() && exact(123'400, 123'500));
            QTRY_VERIFY(chart.view->drawn(0).size() >= 101);
            QCOMPARE(chart.view->drawn(0)[58].y, 9.0); // one before the window, then 123,400 + 57
            chart.view->setXRange(AxisRange{200'000.5, 200'000.6}); // between two points: the line is there
            QTRY_VERIFY(chart.view->drawn(0).size() == 2);
            QCOMPARE(chart.view->drawn(0)[1].y, -9.0);
        }
        QVERIFY(read > 0);
        QCOMPARE(int(on_gui), 0);
    }

    void logarithmicAxesSurviveZeros() {
        PlotCurve curve{QStringLiteral("a"), 0, 0, false, {}};
        for (int i = 0; i <= 1000; ++i)
            curve.points.push_back({double(i), i % 10 == 0 ? 0.0 : 1.0 / (1 + i)});
        Chart chart({curve});
        chart.scene.log_x = chart.scene.log_y = true;
        chart.view->redraw();
        const auto drawn = chart.view->drawn(0);
        QVERIFY(!drawn.empty());
        for (const auto& point : drawn) QVERIFY(point.x > 0);
        const double left = chart.xAt({100, 100}), middle = chart.xAt({300, 100}),
                     right = chart.xAt({500, 100});
        QVERIFY(near(middle / left, right / middle, 0.01 * middle / left));
        QVERIFY(chart.wheel({300, 100}, 3));
        QVERIFY(chart.chosen_range->first > 0);
        QVERIFY(near(chart.xAt({300, 100}) / middle, 1, 0.02));
    }

    void exportDrawsLinesOfAllPoints() {
        Chart chart({wave("a", 1, 300)});
        chart.view->setXRange(AxisRange{100, 200});
        QImage image(1200, 600, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::white);
        QPainter painter(&image);
        chart.view->paintTo(painter, QRectF(0, 0, 1200, 600));
        painter.end();
        int coloured = 0;
        for (int x = 100; x < 1100; x += 10)
            for (int y = 0; y < 600; ++y) {
                const QColor c = image.pixelColor(x, y);
                coloured += c.saturation() > 100;
            }
        QVERIFY(coloured > 60); // a curve across all of it
    }

    void theChartsOfARunZoomTogether() {
        Studio s;
        s.open();
        auto* grid = s.find<ChartsGrid>("charts");
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        const auto range = [&](const char* plot) {
            const auto points = grid->card(QString::fromLatin1(plot))->view().drawn(0);
            return points.empty() ? std::pair(0.0, 0.0) : std::pair(points.front().x, points.back().x);
        };
        auto& loss = grid->card(QStringLiteral("loss"))->view();
        QTRY_VERIFY(range("gradient").second > 15);
        loss.setFocus();
        for (int i = 0; i < 3; ++i) QTest::keyClick(&loss, Qt::Key_Plus);
        QVERIFY(range("loss").first > 2 && range("loss").second < 18);
        QCOMPARE(range("gradient"), range("loss"));
        s.find<QAction>("plot-gradient-all")->trigger();
        QVERIFY(range("loss").second > 19 && range("gradient").second > 19);
        QTest::keyClick(&loss, Qt::Key_Plus);
        s.click("xLog");
        QVERIFY(grid->card(QStringLiteral("accuracy"))->scene().log_x);
        s.find<QComboBox>("xAxis")->setCurrentIndex(int(XAxis::share));
        QVERIFY(near(range("gradient").second, 1, 1e-9)); // all of it, in the new units
        s.find<QComboBox>("xAxis")->setCurrentIndex(int(XAxis::examples));
        QVERIFY(range("gradient").second > 1000);
    }
};

QTEST_MAIN(TestZoom)
#include "test_zoom.moc"
