#include "tests/ui/runs_fixture.h"

#include "ui/models/plot_table_model.h"
#include "ui/plots/detection_overlay.h"
#include "ui/plots/parallel_view.h"
#include "ui/plots/scatter_view.h"
#include "ui/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QToolButton>
#include <QXmlStreamReader>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

QString uuid(int i) {
    return QStringLiteral("00000000-0000-4000-8000-%1").arg(i, 12, 10, QLatin1Char('0'));
}

ScatterData fiveRuns() {
    ScatterData data;
    data.x = {QStringLiteral("optimizer.lr"), true};
    data.y = {QStringLiteral("validation/accuracy")};
    const double lr[] = {0.01, 0.1, 1, 0, kNaN}, accuracy[] = {0.1 + 0.2, 0.7, 0.5, 0.6, 0.65};
    for (int i = 0; i < 5; ++i)
        data.points.push_back({uuid(i), QStringLiteral("run-%1").arg(i),
                               i % 2 ? QStringLiteral("sgd") : QStringLiteral("full-batch"), i % 2, i % 2 + 1,
                               lr[i], accuracy[i]});
    return data;
}

ParallelData fourLines() {
    ParallelData data;
    data.axes = {{QStringLiteral("optimizer.lr"), true},
                 {QStringLiteral("regime"), false, {QStringLiteral("full-batch"), QStringLiteral("sgd")}},
                 {QStringLiteral("validation/loss")}};
    const double values[4][3] = {{0.01, 0, 1.5}, {0.1, 1, 1.25}, {1, 1, 1}, {0.1, 0, kNaN}};
    for (int i = 0; i < 4; ++i)
        data.lines.push_back({uuid(i),
                              QStringLiteral("run-%1").arg(i),
                              QStringLiteral("g%1").arg(i),
                              i,
                              0,
                              {values[i], values[i] + 3}});
    return data;
}

DetectionCurve curveOf(std::uint32_t seed, double apart, int positives, int negatives) {
    std::vector<double> scores;
    std::vector<std::uint8_t> positive;
    for (int i = 0; i < positives + negatives; ++i) {
        seed = seed * 1664525u + 1013904223u;
        scores.push_back(double(seed >> 8) / double(1u << 24) + (i < positives ? apart : 0));
        positive.push_back(i < positives);
    }
    return {scores, positive};
}

/// Everything drawn in a figure by element: polylines with their points, ellipses, polygons.
struct Drawn {
    QList<QStringList> polylines;
    int ellipses = 0, polygons = 0;
    QStringList texts;
};
Drawn drawnBy(const RunsPlot& plot, const Place& place) {
    const QString file = place.file(QStringLiteral("plot.svg"));
    const FigureSource source = plot.figure();
    FigureFormat format;
    format.size_mm = {160, 100};
    must(writeFigure(source.paint, source.title, source.runs, format, file));
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) qFatal("no figure");
    QXmlStreamReader xml(in.readAll());
    Drawn drawn;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) continue;
        if (xml.name() == QStringLiteral("polyline"))
            drawn.polylines
                << xml.attributes().value(QLatin1String("points")).toString().split(QLatin1Char(' '));
        drawn.ellipses += xml.name() == QStringLiteral("ellipse");
        drawn.polygons += xml.name() == QStringLiteral("polygon");
        if (xml.name() == QStringLiteral("text")) drawn.texts << xml.readElementText();
    }
    if (xml.hasError()) qFatal("%s", qPrintable(xml.errorString()));
    return drawn;
}

QStringList csvOf(const RunsPlot& plot, const Place& place) {
    const QString file = place.file(QStringLiteral("plot.csv"));
    must(plot.figure().plotted_csv(file));
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) qFatal("no csv");
    return QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

void show(QWidget& widget) {
    widget.resize(640, 400);
    widget.show();
    if (!QTest::qWaitForWindowExposed(&widget)) qFatal("not exposed");
    QApplication::setActiveWindow(&widget);
}

/// Where the plot says that an item is: looked for on a grid of pixels.
std::optional<QPoint> placeOf(const RunsPlot& plot, const QString& words) {
    for (int y = 0; y < plot.height(); y += 3)
        for (int x = 0; x < plot.width(); x += 3)
            if (plot.describe({x, y}).startsWith(words)) return QPoint(x, y);
    return std::nullopt;
}

} // namespace

class TestScatter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aMarkForEachRunThatCanBeShown() {
        const Place place;
        ScatterView view;
        view.setData(fiveRuns());
        QCOMPARE(view.drawnPoints(), std::size_t(3)); // neither 0 nor NaN on a log axis
        QVERIFY(view.summary().contains(QStringLiteral("2 cannot be shown")));
        // Marks 1 and 2 are polygons; two more stand in the key.
        QCOMPARE(drawnBy(view, place).polygons, 3 + 2);
        view.setLog(false, false);
        QCOMPARE(view.drawnPoints(), std::size_t(4));
        QCOMPARE(drawnBy(view, place).polygons, 4 + 2);
    }

    void theScattersCsvIsBitExact() {
        const Place place;
        ScatterView view;
        view.setData(fiveRuns());
        const auto lines = csvOf(view, place);
        QCOMPARE(lines[0], QStringLiteral("run,run_id,group,optimizer.lr,validation/accuracy"));
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines[1], QStringLiteral("run-0,%1,full-batch,0.01,0.30000000000000004").arg(uuid(0)));
        QCOMPARE(view.figure().runs, (QStringList{uuid(0), uuid(1), uuid(2)}));
        PlotTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setTable(view.table());
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("full-batch"));
        QCOMPARE(model.index(0, 4).data().toString(), QStringLiteral("0.3"));
    }

    void wordsAreAnAxisToo() {
        const Place place;
        ScatterData data = fiveRuns();
        data.x = {QStringLiteral("regime"), false, {QStringLiteral("a"), QStringLiteral("b, c")}};
        for (std::size_t i = 0; i < data.points.size(); ++i) data.points[i].x = double(i % 2);
        ScatterView view;
        view.setData(data);
        QCOMPARE(view.drawnPoints(), std::size_t(5));
        const auto lines = csvOf(view, place);
        QCOMPARE(lines[0], QStringLiteral("run,run_id,group,regime,validation/accuracy"));
        QVERIFY(lines.back().contains(QStringLiteral("\"b, c\"")));
        const auto drawn = drawnBy(view, place);
        QVERIFY(drawn.texts.contains(QStringLiteral("b, c")));
    }

    void aMarkIsPointedAtAndClicked() {
        ScatterView view;
        view.setData(fiveRuns());
        show(view);
        QSignalSpy picked(&view, &PlotView::picked), chosen(&view, &PlotView::chosen);
        const auto at = placeOf(view, QStringLiteral("run-1: optimizer.lr 0.1, validation/accuracy 0.7"));
        QVERIFY(at);
        QTest::mouseMove(&view, *at);
        QTRY_COMPARE(picked.count(), 1);
        QCOMPARE(picked[0][0].toString(), uuid(1));
        QTest::mouseClick(&view, Qt::LeftButton, {}, *at);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toString(), uuid(1));
    }

    void keysWalkFromMarkToMark() {
        ScatterView view;
        view.setData(fiveRuns());
        show(view);
        QSignalSpy picked(&view, &PlotView::picked), chosen(&view, &PlotView::chosen);
        view.setFocus(Qt::TabFocusReason);
        for (const auto key : {Qt::Key_Right, Qt::Key_Right, Qt::Key_End, Qt::Key_Left})
            QTest::keyClick(&view, key);
        QStringList order;
        for (const auto& call : picked) order << call[0].toString();
        QCOMPARE(order, (QStringList{uuid(0), uuid(1), uuid(2), uuid(1)}));
        QVERIFY(view.accessibleDescription().startsWith(QStringLiteral("run-1: ")));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(chosen[0][0].toString(), uuid(1));
    }

    void nothingAndOddValuesBreakNothing() {
        const Place place;
        ScatterView view;
        show(view);
        view.grab();
        QVERIFY(view.summary().endsWith(QStringLiteral("Choose runs, and what to draw")));
        ScatterData data;
        data.points = {{uuid(0), QStringLiteral("a"), {}, 0, 0, kNaN, 1},
                       {uuid(1), QStringLiteral("b"), {}, 0, 0, 1, kInf}};
        view.setData(data);
        view.grab();
        QCOMPARE(view.drawnPoints(), std::size_t(0));
        data.points = {{uuid(0), QStringLiteral("a"), {}, 0, 0, 5e-324, 1e308}};
        view.setData(data);
        view.grab();
        data.x.log = data.y.log = true;
        view.setData(data);
        view.grab();
        QCOMPARE(view.drawnPoints(), std::size_t(1));
        QCOMPARE(drawnBy(view, place).ellipses, 1);
    }

    void aLineForEachRunAcrossTheAxes() {
        const Place place;
        ParallelView view;
        view.setData(fourLines());
        const auto drawn = drawnBy(view, place);
        QList<qsizetype> points;
        for (const auto& line : drawn.polylines) points << line.size();
        std::ranges::sort(points);
        QCOMPARE(points, (QList<qsizetype>{2, 3, 3, 3})); // a gap where the fourth has no value
        for (const char* title : {"optimizer.lr", "regime", "validation/loss", "sgd"})
            QVERIFY2(drawn.texts.contains(QString::fromLatin1(title)), title);
        const auto lines = csvOf(view, place);
        QCOMPARE(lines[0], QStringLiteral("run,run_id,group,kept,regime,optimizer.lr,validation/loss"));
        QCOMPARE(lines[2], QStringLiteral("run-1,%1,g1,yes,sgd,0.1,1.25").arg(uuid(1)));
        QCOMPARE(lines[4], QStringLiteral("run-3,%1,g3,yes,full-batch,0.1,nan").arg(uuid(3)));
    }

    void aRangeKeepsSomeLines() {
        const Place place;
        ParallelView view;
        view.setData(fourLines());
        QSignalSpy brushed(&view, &ParallelView::brushChanged);
        view.brush(0, std::pair(0.05, 2.0));
        QCOMPARE(brushed.back()[0].toStringList(), (QStringList{uuid(1), uuid(2), uuid(3)}));
        view.brush(2, std::pair(1.5, 1.0)); // either way round; what has no value is not in it
        QCOMPARE(brushed.back()[0].toStringList(), (QStringList{uuid(1), uuid(2)}));
        QVERIFY(view.summary().contains(QStringLiteral("2 with")));
        QVERIFY(csvOf(view, place)[1].contains(QStringLiteral(",no,")));
        view.moveAxis(2, 0); // the range goes with its axis
        QCOMPARE(*view.brushed(0), std::pair(1.0, 1.5));
        view.setData(fourLines()); // and outlives new data
        QCOMPARE(*view.brushed(0), std::pair(1.0, 1.5));
        view.brush(0, std::nullopt);
        view.brush(1, std::nullopt);
        QCOMPARE(brushed.back()[0].toStringList().size(), 4);
    }

    void axesAreDraggedAndBrushedByMouse() {
        ParallelView view;
        view.setData(fourLines());
        show(view);
        QSignalSpy order(&view, &ParallelView::orderChanged);
        const int right = view.width() - 40;
        QTest::mousePress(&view, Qt::LeftButton, {}, {right, 6});
        QTest::mouseMove(&view, {view.width() / 2, 6});
        QTest::mouseMove(&view, {30, 6});
        QTest::mouseRelease(&view, Qt::LeftButton, {}, {30, 6});
        QCOMPARE(view.order(), (std::vector<std::size_t>{2, 0, 1}));
        QVERIFY(order.count() >= 1);
        // Along the axis at the left, wherever it is exactly: within reach of its line.
        const auto onAxis = [&] {
            for (int x = 0; x < view.width(); ++x) {
                QTest::mouseMove(&view, {x, 200});
                if (static_cast<QWidget&>(view).cursor().shape() == Qt::SizeVerCursor) return x + 4;
            }
            return -1;
        }();
        QVERIFY(onAxis > 0);
        QTest::mousePress(&view, Qt::LeftButton, {}, {onAxis, 40});
        QTest::mouseMove(&view, {onAxis, 200});
        QTest::mouseRelease(&view, Qt::LeftButton, {}, {onAxis, 200});
        const auto range = view.brushed(0);
        QVERIFY(range && range->first > 1.1 && range->first < 1.4 && range->second > 1.4);
        QTest::mouseClick(&view, Qt::LeftButton, {}, {onAxis, 100}); // a click takes it away
        QVERIFY(!view.brushed(0));
    }

    void axesAreMovedAndBrushedByKeys() {
        ParallelView view;
        view.setData(fourLines());
        show(view);
        view.setFocus(Qt::TabFocusReason);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(view.order(), (std::vector<std::size_t>{1, 0, 2}));
        QTest::keyClick(&view, Qt::Key_Right);
        for (int i = 0; i < 10; ++i) QTest::keyClick(&view, Qt::Key_Up, Qt::ShiftModifier);
        const auto range = view.brushed(2);
        QVERIFY(range);
        QVERIFY(std::abs(range->first - 1.25) < 0.05); // half of the way
        QTest::keyClick(&view, Qt::Key_Backspace);
        QVERIFY(!view.brushed(2));
        QSignalSpy picked(&view, &PlotView::picked);
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(picked[0][0].toString(), uuid(0));
    }

    void coloursCanFollowAnAxis() {
        const Place place;
        ParallelData data = fourLines();
        data.colour_axis = 2;
        ParallelView view;
        view.setData(data);
        QVERIFY(view.legend().empty());
        show(view);
        view.grab();
        QCOMPARE(drawnBy(view, place).polylines.size(), 4);
    }

    void detectionCurvesOfSeveralRuns() {
        const Place place;
        DetectionOverlay view;
        std::vector<DetectionLine> lines;
        for (int i = 0; i < 3; ++i)
            lines.push_back({uuid(i), QStringLiteral("run-%1").arg(i), i, i,
                             curveOf(7u + unsigned(i), 0.4 + 0.2 * i, 40, 60 + 20 * i), 100 + 20 * i});
        lines.push_back({uuid(9), QStringLiteral("without"), 0, 0, {}, 0});
        view.setLines(lines);
        QCOMPARE(view.lines().size(), std::size_t(3));
        for (const auto scale :
             {DetectionScale::linear, DetectionScale::log, DetectionScale::det, DetectionScale::roc}) {
            view.setScale(scale);
            const auto drawn = drawnBy(view, place);
            QCOMPARE(drawn.polylines.size(), 3);
            for (const auto& line : drawn.polylines) QVERIFY(line.size() > 5);
        }
        const auto csv = csvOf(view, place);
        std::size_t rows = 0;
        for (const auto& line : view.lines())
            for (const auto& p : line.curve.points()) {
                const auto cells = csv[qsizetype(++rows)].split(QLatin1Char(','));
                QCOMPARE(cells[1], line.id);
                QVERIFY(cells[3].toDouble() == p.false_alarm && cells[4].toDouble() == p.false_reject);
            }
        QCOMPARE(csv.size(), qsizetype(rows) + 1);
        QVERIFY(view.summary().contains(QStringLiteral("run-2"))); // best told apart
        QCOMPARE(view.legend().size(), std::size_t(3));
    }

    void rocCurvesBeginAndEndInTheCorners() {
        const Place place;
        DetectionOverlay view;
        view.setScale(DetectionScale::roc);
        view.setLines({{uuid(0), QStringLiteral("a"), 0, 0, curveOf(1, 0.3, 20, 80), 100},
                       {uuid(1), QStringLiteral("b"), 1, 0, curveOf(2, 0.3, 50, 50), 100}});
        const auto drawn = drawnBy(view, place);
        QCOMPARE(drawn.polylines.size(), 2);
        QCOMPARE(drawn.polylines[0].front(), drawn.polylines[1].front()); // whatever the classes' shares
        QCOMPARE(drawn.polylines[0].back(), drawn.polylines[1].back());
    }

    void theScaleIsChosenByButtons() {
        DetectionOverlay view;
        view.setLines({{uuid(0), QStringLiteral("a"), 0, 0, curveOf(1, 0.3, 20, 80), 100}});
        QWidget* bar = view.makeControls();
        show(view);
        auto* roc = bar->findChild<QToolButton*>(QStringLiteral("overlayRoc"));
        QVERIFY(!roc->accessibleName().isEmpty());
        roc->setFocus();
        QTest::keyClick(roc, Qt::Key_Space);
        QCOMPARE(view.scale(), DetectionScale::roc);
        QCOMPARE(view.name(), QStringLiteral("ROC curves"));
        const auto at = placeOf(view, QStringLiteral("a: area under FA–FR"));
        QVERIFY(at);
    }

    void aFigureStaysAsItWasWhenItWasTaken() {
        const Place place;
        ScatterView view;
        view.setData(fiveRuns());
        const FigureSource source = view.figure();
        view.setData({});
        const QString csv = place.file(QStringLiteral("x.csv"));
        must(source.plotted_csv(csv));
        QFile in(csv);
        QVERIFY(in.open(QIODevice::ReadOnly));
        QCOMPARE(in.readAll().count('\n'), 4);
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestScatter test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_scatter.moc"
