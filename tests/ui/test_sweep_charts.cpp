#include "tests/ui/sweep_fixture.h"

#include "ui/plots/field_layer.h"
#include "ui/plots/moment_bar.h"
#include "ui/plots/sweep_curve_view.h"
#include "ui/plots/sweep_heat_view.h"
#include "ui/plots/sweep_member_view.h"
#include "ui/plots/sweep_outcome_view.h"
#include "ui/plots/sweep_outcomes.h"
#include "ui/plots/sweep_series.h"
#include "ui/plots/sweep_train_view.h"
#include "ui/plots/sweep_views.h"
#include "ui/plots/symmetry_picture.h"
#include "ui/theme.h"
#include "ui/widgets/export_panel.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <QXmlStreamReader>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

using Rows = QList<QStringList>;

/// A view over a store, shown.
template<class View>
struct Shown {
    Place place;
    std::unique_ptr<StoreHost> store = place.open();
    std::shared_ptr<const SweepData> sweep;
    View view{*store};
    QSignalSpy opened{&view, &SweepView::openRuns};

    explicit Shown(const MadeSweep& made = {}) {
        sweep = made.make(store->writer());
        view.resize(800, 520);
        view.QWidget::show();
        if (!QTest::qWaitForWindowExposed(&view)) qFatal("not exposed");
        QApplication::setActiveWindow(&view);
        static_cast<SweepView&>(view).show(sweep);
    }
    std::vector<RunId> openedLast() {
        if (opened.isEmpty()) qFatal("nothing was opened");
        return opened.back()[0].value<std::vector<RunId>>();
    }
    /// What a figure's CSV says, without its header.
    Rows csv() {
        const QString file = place.file(QStringLiteral("x.csv"));
        must(view.figure().plotted_csv(file));
        QFile in(file);
        if (!in.open(QIODevice::ReadOnly)) qFatal("no csv");
        Rows rows;
        for (const auto& line : QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            rows << line.split(QLatin1Char(','));
        rows.removeFirst();
        return rows;
    }
    template<class T>
    T* find(const char* name) {
        auto* found = view.template findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s", name);
        return found;
    }
    void choose(const char* box, const char* word) {
        auto* combo = find<QComboBox>(box);
        const int index = combo->findText(QString::fromUtf8(word));
        if (index < 0) qFatal("%s cannot be %s", box, word);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index);
    }
    std::vector<RunId> runsOf(const std::vector<std::size_t>& levels) const {
        std::vector<RunId> runs;
        for (const auto& run : sweep->runs)
            if (sweep->grid[run.cell].levels == levels) runs.push_back(run.run.id);
        return runs;
    }
};

struct Curves : Shown<SweepCurveView> {
    explicit Curves(const MadeSweep& made = {}) : Shown(made) { settle(); }
    void settle() {
        if (!QTest::qWaitFor([this] { return !view.busy(); }, 20000)) qFatal("never drawn");
    }
    const SweepChartData& data() { return view.chart().data(); }
    const SweepCurve& curve(const char* label) {
        for (const auto& each : data().curves)
            if (each.label == QString::fromUtf8(label)) return each;
        qFatal("no curve %s", label);
    }
};

template<class View>
void settle(Shown<View>& shown) {
    if (!QTest::qWaitFor([&] { return !shown.view.series().busy(); }, 20000)) qFatal("never read");
}

} // namespace

class TestSweepCharts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void testAndTrainingOverWidth() {
        Curves s;
        const MadeSweep made;
        QCOMPARE(s.data().curves.size(), std::size_t(2));
        const auto& test = s.curve("test");
        QCOMPARE(test.points.size(), made.widths.size());
        for (std::size_t i = 0; i < made.widths.size(); ++i) {
            QCOMPARE(test.points[i].x, made.widths[i]);
            // The median of three seeds is the middle one's.
            QVERIFY(std::abs(test.points[i].value - made.testError(made.widths[i], 0, 1, 1)) < 1e-12);
            QVERIFY(test.points[i].low <= test.points[i].value &&
                    test.points[i].value <= test.points[i].high);
            QCOMPARE(test.points[i].count, std::int64_t(3));
        }
        QVERIFY(test.colour != s.curve("train").colour && test.dash != s.curve("train").dash);
        QVERIFY(s.data().x.log);
        QVERIFY(s.view.chart().accessibleDescription().contains(QStringLiteral("median")));
    }

    void thresholdAndPeakAreMarkedAndTold() {
        Curves s;
        // Where the made-up training error is at most 0.1: from width 32 on.
        QCOMPARE(s.data().places.size(), std::size_t(1));
        QCOMPARE(s.data().places[0].x, 32.0);
        QVERIFY(s.data().places[0].low <= 32 && s.data().places[0].high >= 32);
        QCOMPARE(s.data().peaks.size(), std::size_t(1));
        QCOMPARE(s.data().peaks[0].x, 32.0);
        const QString said = s.view.sentences().join(QLatin1Char(' '));
        QVERIFY2(said.contains(QStringLiteral("rain error 0.1 or less")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("peak")), qPrintable(said));
        QVERIFY(s.find<QLabel>("sweepCurveWords")->text().contains(QStringLiteral("32")));
    }

    void theCsvIsWhatIsDrawn() {
        Curves s;
        const Rows rows = s.csv();
        qsizetype row = 0;
        for (const auto& curve : s.data().curves)
            for (const auto& p : curve.points) {
                QCOMPARE(rows[row][0], curve.label);
                QCOMPARE(rows[row][1].toDouble(), p.x);
                QCOMPARE(rows[row][2].toDouble(), p.value);
                QCOMPARE(rows[row][3].toDouble(), p.low);
                QCOMPARE(rows[row++][4].toDouble(), p.high);
            }
        QVERIFY(rows[row][0].contains(QStringLiteral("threshold")));
        QCOMPARE(rows[row][1].toDouble(), 32.0);
        QVERIFY(rows[row + 1][0].contains(QStringLiteral("peak")));
        QCOMPARE(rows.size(), row + 2);
        QTest::mouseClick(s.find<QToolButton>("sweepCurveTableButton"), Qt::LeftButton);
        QVERIFY(s.view.tableShown());
        QCOMPARE(s.find<QTableView>("sweepCurveTable")->model()->rowCount(), int(rows.size()));
    }

    void aClickedPointOpensItsRuns() {
        Curves s;
        auto& chart = s.view.chart();
        const auto& point = s.curve("test").points[4];
        const QPoint at = chart.placeOf(point.x, point.value).toPoint();
        QTest::mouseClick(&chart, Qt::LeftButton, {}, at);
        QCOMPARE(s.openedLast(), s.runsOf({4}));
        QVERIFY(chart.describe(at).contains(QStringLiteral("model.hidden 32")));
        chart.setFocus(Qt::TabFocusReason);
        QTest::keyClick(&chart, Qt::Key_Home);
        QTest::keyClick(&chart, Qt::Key_Right);
        QTest::keyClick(&chart, Qt::Key_Return);
        QCOMPARE(s.openedLast(), s.runsOf({1}));
    }

    void aPairForEachLevelOfTheOtherAxis() {
        Curves s({.noises = {0, 0.2}});
        QCOMPARE(s.data().curves.size(), std::size_t(4));
        const auto& clean = s.curve("regime.label_noise 0 · test");
        const auto& noisy = s.curve("regime.label_noise 0.2 · test");
        QVERIFY(clean.colour != noisy.colour && clean.marker != noisy.marker);
        QCOMPARE(s.curve("regime.label_noise 0.2 · train").colour, noisy.colour);
        QVERIFY(noisy.points[4].value > clean.points[4].value + 0.15);
        QCOMPARE(s.data().places.size(), std::size_t(2));
        auto& chart = s.view.chart();
        QTest::mouseClick(&chart, Qt::LeftButton, {},
                          chart.placeOf(noisy.points[4].x, noisy.points[4].value).toPoint());
        QCOMPARE(s.openedLast(), s.runsOf({4, 1}));
        // The other axis has numbers too: the error over it.
        s.choose("sweepCurveAxis", "regime.label_noise");
        s.settle();
        QCOMPARE(s.data().x.title, QStringLiteral("regime.label_noise"));
        QCOMPARE(s.data().curves.size(), std::size_t(16));
    }

    void weightsAreCountedToo() {
        Curves s;
        s.choose("sweepCurveAxis", "number of weights");
        s.settle();
        QCOMPARE(s.curve("test").points[3].x, 160.0);
        QCOMPARE(s.data().places[0].x, 320.0);
        s.choose("sweepCurveAxis", "weights / (examples × outputs)");
        s.settle();
        QCOMPARE(s.data().places[0].x, 1.0); // 320 weights, 40 examples, 8 outputs
    }

    void sampleWise() {
        Place place;
        auto store = place.open();
        auto data = std::make_shared<SweepData>(*MadeSweep{}.make(store->writer()));
        data->record.plan.axes[0].name = "task.train";
        SweepCurveView view(*store);
        static_cast<SweepView&>(view).show(data);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), 20000);
        QCOMPARE(view.chart().data().x.title, QStringLiteral("task.train"));
        QCOMPARE(view.chart().data().peaks.size(), std::size_t(1));
    }

    void foldsAndBands() {
        Curves s;
        auto* fold = s.find<QToolButton>("sweepCurveFold");
        for (const char* name : {"sweepCurveFold-mean", "sweepCurveFold-se"}) {
            auto* action = s.view.findChild<QAction*>(QString::fromLatin1(name));
            QVERIFY2(action, name);
            action->trigger();
            s.settle();
        }
        QVERIFY(fold->text().contains(QStringLiteral("SE")));
        const MadeSweep made;
        const auto& p = s.curve("test").points[0];
        // Seeds lie 0.004 apart: SD 0.004, SE 0.004/√3.
        QVERIFY(std::abs(p.value - made.testError(2, 0, 1, 1)) < 1e-12);
        QVERIFY(std::abs(p.high - p.value - 0.004 / std::sqrt(3.0)) < 1e-12);
    }

    void theSliderMovesThroughTraining() {
        Curves s;
        auto* slider = s.find<QSlider>("sweepMomentSlider");
        QVERIFY(slider->isVisible());
        QCOMPARE(slider->value(), slider->maximum());
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Home);
        s.settle();
        const MadeSweep made;
        QCOMPARE(*s.view.moments().moment(), Update{1});
        // The test set was looked at only at the end; the validation error is 0.01 above it.
        const auto& early = s.curve("validation");
        const double t = 1.0 / made.updates;
        for (std::size_t i = 0; i < made.widths.size(); ++i)
            QVERIFY(std::abs(early.points[i].value - made.testError(made.widths[i], 0, t, 1) - 0.01) < 1e-12);
        QVERIFY(s.data().peaks.empty());
        QVERIFY(s.data().title.contains(QStringLiteral("update 1")));
        for (int i = 0; i < 30; ++i) QTest::keyClick(slider, Qt::Key_Right); // faster than it is drawn
        s.settle();
        const auto at = s.view.moments().moment();
        QVERIFY(at && at->count > 1);
        QVERIFY(std::abs(s.curve("train").points[0].value -
                         made.trainError(2, double(at->count) / made.updates, 1)) < 1e-12);
        QTest::keyClick(slider, Qt::Key_End);
        s.settle();
        QVERIFY(!s.view.moments().moment());
        QCOMPARE(s.curve("test").points.size(), made.widths.size());
    }

    void heatMapOfWidthAndTraining() {
        Shown<SweepHeatView> s;
        settle(s);
        const auto& data = s.view.map().data();
        const MadeSweep made;
        QCOMPARE(data.rows.size(), made.widths.size());
        QCOMPARE(data.rows[0].label, QStringLiteral("2"));
        QVERIFY(data.columns.size() > 50 && data.columns.size() <= 200);
        for (std::size_t r = 0; r < data.rows.size(); ++r)
            for (std::size_t c = 0; c < data.columns.size(); c += 7)
                QVERIFY(std::abs(data.rows[r].values[c] - 0.01 -
                                 made.testError(made.widths[r], 0, data.columns[c] / made.updates, 1)) <
                        1e-12);
        QVERIFY(!data.rows[2].reached);
        QVERIFY(data.rows[6].reached && *data.rows[6].reached < made.updates / 2);
        // Each cell has the colour of its value.
        auto& map = s.view.map();
        const QImage image = map.grab().toImage();
        for (const auto& [r, c] : {std::pair<std::size_t, std::size_t>(0, 0), {4, 150}, {7, 150}}) {
            const QPointF at = map.cellOf(r, std::min(c, data.columns.size() - 1)).center();
            const QColor wanted =
                fieldColor(map.shareOf(data.rows[r].values[std::min(c, data.columns.size() - 1)]));
            const QColor drawn = image.pixelColor((at * image.devicePixelRatio()).toPoint());
            QVERIFY2(std::abs(drawn.red() - wanted.red()) < 6 && std::abs(drawn.blue() - wanted.blue()) < 6,
                     qPrintable(drawn.name() + QLatin1Char(' ') + wanted.name()));
        }
        const Rows rows = s.csv();
        QCOMPARE(rows[0][1].toDouble(), data.columns[0]);
        QCOMPARE(rows[0][2].toDouble(), data.rows[0].values[0]);
        QVERIFY(rows.size() >= qsizetype(data.rows.size() * data.columns.size()));
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.cellOf(5, 20).center().toPoint());
        QCOMPARE(s.openedLast(), s.runsOf({5}));
        QVERIFY(
            map.describe(map.cellOf(5, 20).center().toPoint()).contains(QStringLiteral("model.hidden 64")));
    }

    void errorOverTrainingForSeveralWidths() {
        Shown<SweepTrainView> s;
        settle(s);
        const MadeSweep made;
        QCOMPARE(s.view.scene().curves.size(), std::size_t(6));
        const auto& last = s.view.scene().curves.back();
        QCOMPARE(last.label, QStringLiteral("model.hidden 256"));
        QCOMPARE(last.points.back().x, double(made.updates));
        QVERIFY(std::abs(last.points.back().y - made.testError(256, 0, 1, 1) - 0.01) < 1e-12);
        auto* level = s.view.findChild<QAction*>(QStringLiteral("sweepTrainLevels-32"));
        const bool drawn = level->isChecked();
        level->trigger();
        QCOMPARE(s.view.scene().curves.size(), std::size_t(drawn ? 5 : 7));
        const auto table = s.view.table();
        std::size_t points = 0;
        for (const auto& curve : s.view.scene().curves) points += curve.points.size();
        QCOMPARE(table.rows.size(), points);
        QVERIFY(!s.csv().isEmpty());
    }

    void errorOverTrainingOfOneNetwork() {
        Place place;
        auto store = place.open();
        auto data = std::make_shared<SweepData>(*MadeSweep{.widths = {32}}.make(store->writer()));
        data->record.plan.axes.clear(); // nothing is varied but the seed
        data->grid = sweep_grid(data->record.plan);
        SweepTrainView view(*store);
        QVERIFY(view.suits(data->record.plan));
        static_cast<SweepView&>(view).show(data);
        QTRY_VERIFY_WITH_TIMEOUT(!view.series().busy(), 20000);
        QStringList names;
        for (const auto& curve : view.scene().curves) names << curve.label;
        QVERIFY(names.contains(QStringLiteral("validation/error")));
        QVERIFY(names.contains(QStringLiteral("train/error")));
        // At first it falls, then rises with what is learned of the noise, and does not fall again.
        QTRY_VERIFY_WITH_TIMEOUT(view.sentences().join(QLatin1Char(' ')).contains(QStringLiteral("peak")),
                                 20000);
    }

    void whatIsSeldomMeasuredIsDrawnWhereItWasMeasured() {
        Place place;
        auto store = place.open();
        const auto data = MadeSweep{.widths = {8, 16}}.make(store->writer());
        SweepSeries series(*store);
        series.ask(data, {"train/accuracy", "test/accuracy"});
        QTRY_VERIFY_WITH_TIMEOUT(!series.busy(), 20000);
        const auto* test = series.courses().points(data->runs[0].run.id, "test/accuracy");
        QVERIFY(test && test->size() == 1 && test->front().x == 400);
        const auto* train = series.courses().points(data->runs[0].run.id, "train/accuracy");
        QVERIFY(train && train->size() > 100 && train->front().x == 1 && train->back().x == 400);
    }

    void membersWithBands() {
        Shown<SweepMemberView> s({.widths = {8, 64}, .seeds = 12});
        settle(s);
        const auto& curves = s.view.scene().curves;
        QCOMPARE(curves.size(), std::size_t(14)); // and two bands
        QVERIFY(curves[0].faint && !curves.back().faint);
        const MadeSweep made;
        const auto& band = curves[12].band;
        // Quartiles of seeds 0 to 11, in train/loss = 2 × error.
        QVERIFY(std::abs(band.back().low - (made.trainError(8, 1, 0) + 0.001 * 2.75) * 2) < 1e-6);
        s.view.choose(curves[3].id);
        QVERIFY(s.find<QLabel>("sweepMemberWords")->text().contains(QStringLiteral("seed 3")));
        QTest::mouseClick(s.find<QPushButton>("sweepMemberOpen"), Qt::LeftButton);
        QCOMPARE(s.openedLast(), std::vector<RunId>{{curves[3].id.toStdString()}});
    }

    void weightsBesideThePapers() {
        SymmetryWeights found{QStringLiteral("id"), QStringLiteral("run-1"), {}, 5};
        HiddenUnit unit;
        unit.inputs = {2.1, -8.0, 4.0, -4.0, 8.0, -1.9};
        unit.bias = -1.5;
        unit.output = -9;
        found.units = {unit, unit};
        for (double& w : found.units[1].inputs) w = -w;
        const auto ideal = paperSolution(found);
        const auto& w = ideal.units[0].inputs;
        QCOMPARE(w[0], -w[5]);
        QCOMPARE(w[1], -w[4]);
        QCOMPARE(std::abs(w[2]), 2 * std::abs(w[0]));
        QCOMPARE(std::abs(w[1]), 4 * std::abs(w[0]));
        QVERIFY(w[0] > 0 && w[1] < 0 && w[2] > 0);
        QCOMPARE(ideal.units[1].inputs[0], -w[0]);
        SymmetryPicture picture;
        picture.resize(260, 320);
        picture.setWeights(found);
        QVERIFY(picture.summary().contains(QStringLiteral("mirror error")));
        QCOMPARE(picture.table().rows.size(), std::size_t(2 * (2 * 8 + 1)));
        picture.grab();
    }

    void outcomesOfAnySweep() {
        MadeSweep made;
        made.widths = {8, 256};
        made.seeds = 5;
        Shown<SweepOutcomeView> s(made);
        QTRY_VERIFY_WITH_TIMEOUT(!s.view.busy(), 20000);
        const auto& data = s.view.chart().data();
        QCOMPARE(data.bars.size(), std::size_t(2));
        QCOMPARE(data.bars[0].label, QStringLiteral("model.hidden 8"));
        QCOMPARE(data.bars[0].success.hits, std::int64_t(0));
        QCOMPARE(data.bars[0].success.of, std::int64_t(5));
        auto& chart = s.view.chart();
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.partOf(1, 1).center().toPoint());
        QCOMPARE(s.openedLast(), s.runsOf({1}));
    }

    void outcomesOfMirrorSymmetryBesideOthers() {
        SweepData sweep;
        sweep.record.plan.axes = {{"variant", false, {{"paper", {}}, {"lr 0.04", {}}}}};
        sweep.record.plan.seeds = {0, 1, 2, 3};
        sweep.grid = sweep_grid(sweep.record.plan);
        std::vector<SymmetryEnd> ends;
        for (std::size_t cell = 0; cell < sweep.grid.size(); ++cell) {
            const bool solved = sweep.grid[cell].levels[0] == 1 || cell < 2;
            SymmetryEnd end;
            end.cell = cell;
            end.run = RunId::random();
            end.accuracy = solved ? 1 : 0.875;
            if (solved) end.perfect_at = 700 + std::int64_t(cell);
            end.cap = 30000;
            end.bits = 6;
            end.hidden = 2;
            ends.push_back(end);
        }
        const OutcomeData data = symmetryOutcomes(sweep, ends, false);
        QCOMPARE(data.bars.size(), std::size_t(2));
        QCOMPARE(data.bars[0].success.hits, std::int64_t(1));
        QCOMPARE(data.bars[0].parts[2].share.hits, std::int64_t(3)); // on the plateau
        QCOMPARE(data.bars[1].success.hits, std::int64_t(4));
        const Share wilson = share(1, 4);
        QCOMPARE(data.bars[0].success.interval.high, wilson.interval.high);
        QCOMPARE(data.bars[0].references.size(), std::size_t(1));
        QCOMPARE(data.bars[0].references[0].share.hits, std::int64_t(195));
        const OutcomeData early = symmetryOutcomes(sweep, ends, true);
        QCOMPARE(early.bars[0].references[0].share.hits, std::int64_t(66));
    }

    void weightsAreExported() {
        Shown<SweepMemberView> s({.widths = {8}, .seeds = 3});
        settle(s);
        const QString id = s.view.scene().curves[0].id;
        s.view.choose(id);
        QVERIFY(s.find<QToolButton>("sweepMemberExport")->isHidden()); // of no network that is drawn
        s.view.weights().setWeights({id, QStringLiteral("run-1"), {{{2, -8, 4, -4, 8, -2}, -1.5, -9}}, 5});
        const QString file = s.place.file(QStringLiteral("weights.csv"));
        s.view.setFileChooser([&](QWidget*, const QString&, const QString&) { return file; });
        s.find<QAction>("sweepMemberCsv")->trigger();
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        QCOMPARE(in.readAll().trimmed().count('\n'), 2 * 9); // found and the paper's, under a header
        s.find<QAction>("sweepMemberFigure")->trigger();
        QVERIFY(s.view.window()->findChild<ExportPanel*>() != nullptr);
    }

    void heatMapExportsWhatIsShown() {
        Shown<SweepHeatView> s({.noises = {0, 0.2}});
        settle(s);
        s.choose("sweepHeatOthers", "regime.label_noise 0.2");
        const auto& data = s.view.map().data();
        QVERIFY(s.view.figure().title.contains(QStringLiteral("regime.label_noise 0.2")));
        const MadeSweep made;
        QVERIFY(std::abs(data.rows[4].values.back() - 0.01 - made.testError(32, 0.2, 1, 1)) < 1e-9);
        const Rows rows = s.csv();
        QCOMPARE(rows[0][2].toDouble(), data.rows[0].values[0]);
        const auto last = qsizetype(5 * data.columns.size() - 1);
        QCOMPARE(rows[last][2].toDouble(), data.rows[4].values.back());
    }

    void figuresAreWrittenAndRead() {
        Curves s({.noises = {0, 0.2}});
        const FigureSource figure = s.view.figure();
        QCOMPARE(figure.runs.size(), qsizetype(s.sweep->runs.size()));
        FigureFormat format;
        const QString svg = s.place.file(QStringLiteral("x.svg"));
        must(writeFigure(figure.paint, figure.title, figure.runs, format, svg));
        QFile in(svg);
        QVERIFY(in.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(in.readAll());
        int lines = 0;
        while (!xml.atEnd())
            if (xml.readNext() == QXmlStreamReader::StartElement)
                lines += xml.name() == QStringLiteral("polyline");
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY(lines >= 4);
        QCOMPARE(must(figureRuns(svg)), figure.runs);
        format.kind = FigureFormat::Kind::pdf;
        must(writeFigure(figure.paint, figure.title, figure.runs, format,
                         s.place.file(QStringLiteral("x.pdf"))));
        format.kind = FigureFormat::Kind::png;
        const QString png = s.place.file(QStringLiteral("x.png"));
        must(writeFigure(figure.paint, figure.title, figure.runs, format, png));
        QVERIFY(!QImage(png).isNull());
    }

    void nothingThereYetIsSaid() {
        MadeSweep made;
        made.missing = made.widths.size() * 3;
        Place place;
        auto store = place.open();
        const auto sweep = made.make(store->writer());
        for (auto& titled : make_sweep_views(*store)) {
            QVERIFY(!titled.title.isEmpty() && titled.view->exportAction());
            // A lottery and its masks need levels of pruning.
            QVERIFY2(titled.view->suits(sweep->record.plan) ==
                         (titled.word != "lottery" && titled.word != "masks"),
                     qPrintable(titled.title));
            titled.view->resize(700, 400);
            titled.view->QWidget::show();
            titled.view->show(sweep);
            QTest::qWait(50);
            titled.view->grab();
            titled.view->show(nullptr);
            titled.view->grab();
        }
    }

    void anotherSweepReplacesWhatIsShown() {
        Curves s;
        const auto other = MadeSweep{.widths = {1, 2, 3}}.make(s.store->writer());
        static_cast<SweepView&>(s.view).show(other);
        static_cast<SweepView&>(s.view).show(other);
        s.settle();
        QCOMPARE(s.curve("test").points.size(), std::size_t(3));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    qRegisterMetaType<std::vector<RunId>>();
    theme::apply(app, theme::Mode::light);
    TestSweepCharts test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sweep_charts.moc"
