#include "tests/ui/compare_fixture.h"

#include "core/analysis/comparison.h"
#include "ui/plots/parallel_view.h"
#include "ui/plots/scatter_view.h"
#include "ui/widgets/compare_metrics.h"
#include "ui/widgets/compare_pictures.h"
#include "ui/widgets/export_panel.h"
#include "ui/widgets/run_selector.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QFile>
#include <QSignalSpy>
#include <QSpinBox>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

QString contents(const QString& file) {
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(in.readAll());
}

void examine(QTableView* table, QObject* parent) {
    new QAbstractItemModelTester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest,
                                 parent);
}

} // namespace

class TestCompareTables : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QSettings().clear(); }

    void metricsTellDifferencesFromAReference() {
        Comparing s;
        examine(s.find<QTableView>("compareMetrics"), this);
        s.show();
        s.group("regime");
        s.tab("comparePaneMetrics");
        auto& pane = *s.find<CompareMetrics>("comparePaneMetrics");
        QTRY_VERIFY(pane.comparison() && pane.comparison()->rows.size() == 2);
        QCOMPARE(pane.comparison()->pick.metric, std::string("validation/accuracy"));
        std::vector<double> values;
        for (const auto& run : s.page().runs().runs())
            values.push_back(run.summary.at("validation/accuracy").last);
        const auto expected = contrast(std::span(values).first(3), std::span(values).last(3), true);
        QTRY_VERIFY(pane.comparison()->rows[1].against.has_value());
        QCOMPARE(pane.comparison()->rows[1].against->gap.mean, expected.gap.mean);
        QCOMPARE(s.cell("compareMetrics", 0, 0), QStringLiteral("sgd"));
        QCOMPARE(s.cell("compareMetrics", 1, 1), QStringLiteral("3"));
        QVERIFY(!s.text("compareVerdict").isEmpty());
        s.choose("compareReferenceBox", "full-batch");
        QTRY_COMPARE(pane.comparison()->reference, std::size_t(1));
        QVERIFY(!pane.comparison()->rows[1].against);
        s.choose("compareAt", "best value");
        QTRY_VERIFY(pane.comparison()->pick.at == MetricPick::At::best);
        s.choose("compareAt", "at update");
        QTRY_VERIFY(pane.comparison()->pick.at == MetricPick::At::update);
        s.find<QSpinBox>("compareAtUpdate")->setValue(7);
        QTRY_COMPARE(pane.comparison()->pick.update.count, std::int64_t(7));
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(pane.comparison()->rows[0].values[i],
                     s.page().runs().series(s.runs[i], "validation/accuracy")->point(6)->value);
    }

    void configurationHidesWhatIsEqual() {
        Comparing s;
        s.show();
        s.tab("comparePaneConfig");
        auto* table = s.find<QTableView>("compareConfig");
        examine(table, this);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        QStringList fields;
        for (int i = 0; i < table->model()->rowCount(); ++i) fields << s.cell("compareConfig", i, 0);
        QVERIFY(fields.contains(QStringLiteral("regime")) && fields.contains(QStringLiteral("seed")));
        QVERIFY(!fields.contains(QStringLiteral("optimizer.lr")));
        const int differing = table->model()->rowCount();
        s.find<QCheckBox>("compareEqualRows")->click();
        QTRY_VERIFY(table->model()->rowCount() > differing);
        QCOMPARE(table->model()->columnCount(), 7);
    }

    void whyNamesTheFirstDifference() {
        Comparing s;
        s.show();
        s.tab("comparePaneWhy");
        QTRY_VERIFY(s.text("compareWhy").contains(QStringLiteral("seed")));
        QTRY_VERIFY(s.find<QTableView>("compareWhyTable")->model()->rowCount() >= 2);
        s.choose("compareWhyB", "full-batch-0");
        QTRY_VERIFY(s.text("compareWhy").contains(QStringLiteral("regime")));
        s.choose("compareWhyB", "sgd-0");
        QTRY_COMPARE(s.text("compareWhy"), QStringLiteral("Choose two different runs."));
    }

    void theCsvIsWhatTheChartDraws() {
        Comparing s;
        s.show();
        s.group("regime");
        const QString file = s.place.file(QStringLiteral("drawn.csv"));
        s.page().setFileChooser([&](QWidget*, const QString&) { return file; });
        auto& card = s.card("validation/loss");
        Q_EMIT card.exportRequested(CompareCard::Export::csv);
        QTRY_VERIFY(QFile::exists(file));
        const auto lines = contents(file).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.front(), QStringLiteral("curve,epoch,centre,low,high,count"));
        const auto& curves = card.curves().curves;
        QCOMPARE(std::size_t(lines.size()), 1 + curves[0].band.size() + curves[1].band.size());
        for (std::size_t i = 0; i < curves[0].band.size(); ++i) {
            const auto cells = lines[qsizetype(i) + 1].split(QLatin1Char(','));
            const auto& band = curves[0].band[i];
            QCOMPARE(cells[0], QStringLiteral("sgd"));
            QVERIFY(cells[1].toDouble() == band.x && cells[2].toDouble() == band.centre &&
                    cells[3].toDouble() == band.low && cells[4].toDouble() == band.high);
            QCOMPARE(cells[5], QStringLiteral("3"));
        }
        // The table twin says the same.
        Q_EMIT card.tableRequested();
        QTRY_COMPARE(s.find<QTableView>("compareData")->model()->rowCount(), int(lines.size()) - 1);
        QCOMPARE(s.cell("compareData", 0, 0), QStringLiteral("sgd"));
    }

    void smoothedCsvHasTheRawValueBeside() {
        Comparing s;
        s.show();
        s.choose("compareSmoothing", "running mean");
        QTRY_COMPARE(s.card("train/loss").curves().curves.size(), 2 * s.runs.size());
        const auto table = s.card("train/loss").table();
        QCOMPARE(table.columns, (QStringList{QStringLiteral("curve"), QStringLiteral("epoch"),
                                             QStringLiteral("smoothed"), QStringLiteral("raw")}));
        const auto* raw = s.page().runs().series(s.runs[0], "train/loss").get();
        QCOMPARE(table.rows[9].values[2], raw->point(9)->value);
        QVERIFY(table.rows[9].values[1] != raw->point(9)->value);
    }

    void tablesAreExportedInThreeForms() {
        Comparing s;
        s.show();
        s.group("regime");
        s.tab("comparePaneMetrics");
        QTRY_COMPARE(s.find<QTableView>("compareMetrics")->model()->rowCount(), 2);
        const QString file = s.place.file(QStringLiteral("table"));
        s.page().setFileChooser([&](QWidget*, const QString&) { return file; });
        s.entry("compareExport", "compareExportCsv")->trigger();
        QVERIFY(contents(file + QStringLiteral(".csv"))
                    .startsWith(QStringLiteral("Group,Runs,Validation accuracy")));
        s.entry("compareExport", "compareExportMarkdown")->trigger();
        QVERIFY(contents(file + QStringLiteral(".md")).contains(QStringLiteral("| sgd")));
        s.entry("compareExport", "compareExportLatex")->trigger();
        QVERIFY(contents(file + QStringLiteral(".tex")).contains(QStringLiteral("\\toprule")));
        s.entry("compareExport", "compareCopyTable")->trigger();
        QCOMPARE(QApplication::clipboard()->text(), contents(file + QStringLiteral(".md")));
        // The focused table, by its key.
        QFile::remove(file + QStringLiteral(".csv"));
        s.find<QTableView>("compareMetrics")->setFocus();
        s.key(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(QFile::exists(file + QStringLiteral(".csv")));
        s.card("train/loss").view().setFocus();
        s.key(Qt::Key_E, Qt::ControlModifier);
        const auto* panel = s.find<ExportPanel>("exportPanel");
        QCOMPARE(panel->source().runs.size(), qsizetype(s.runs.size()));
    }

    void picturesShowTheRunsInOtherWays() {
        Comparing s;
        s.show();
        s.group("regime");
        s.tab("comparePaneScatter");
        auto& scatter = *s.find<CompareScatter>("comparePaneScatter");
        QTRY_COMPARE(scatter.view().drawnPoints(), s.runs.size());
        QCOMPARE(scatter.view().data().x.title, QStringLiteral("regime"));
        s.choose("compareScatterX", "seed");
        QTRY_COMPARE(s.page().comparedLayout().scatter_x, QStringLiteral("seed"));
        QTRY_COMPARE(scatter.view().data().x.title, QStringLiteral("seed"));
        QCOMPARE(scatter.view().data().points[1].x, 1.0);
        QCOMPARE(scatter.view().data().points[1].y,
                 s.page().runs().runs()[1].summary.at("validation/accuracy").last);
        const QString id = QString::fromStdString(s.runs[4].uuid);
        Q_EMIT scatter.view().chosen(id);
        QCOMPARE(s.find<QListView>("compareRuns")->currentIndex().row(), 4);
        Q_EMIT scatter.view().picked(id);
        QVERIFY(s.find<QListView>("compareRuns")
                    ->model()
                    ->index(3, 0)
                    .data(ComparedRunsModel::picked_role)
                    .toBool());
        s.tab("comparePaneParallel");
        auto& parallel = *s.find<CompareParallel>("comparePaneParallel");
        QTRY_COMPARE(parallel.view().data().lines.size(), s.runs.size());
        QCOMPARE(parallel.view().data().axes.size(), std::size_t(3)); // regime, seed, accuracy
        s.entry("compareParallelAxes", "compareParallel-validation/loss")->trigger();
        QTRY_COMPARE(parallel.view().data().axes.size(), std::size_t(4));
    }

    void layoutsAreKeptRenamedAndForgotten() {
        Comparing s;
        s.show();
        s.group("regime");
        s.choose("compareAxis", "by second");
        auto& bar = *s.find<CompareBar>("compareBar");
        QString name = QStringLiteral("Paper, figure 1/2");
        bar.setAskForName([&](QWidget*, const QString&, const QString&) { return name; });
        s.entry("compareLayouts", "compareKeepLayout")->trigger();
        const auto kept = s.page().comparedLayout();
        s.page().showRuns({s.runs[0], s.runs[4]});
        s.group("none");
        s.choose("compareAxis", "by update");
        QVERIFY(!(s.page().comparedLayout() == kept));
        const QString was = name;
        name = QStringLiteral("Renamed");
        s.entry("compareLayouts", qPrintable(QStringLiteral("compareRenameLayout-") + was))->trigger();
        s.entry("compareLayouts", "compareLayout-Renamed")->trigger();
        QTRY_COMPARE(s.page().runs().runs().size(), s.runs.size());
        QCOMPARE(s.page().comparedLayout().group_by, QStringLiteral("regime"));
        QVERIFY(s.page().comparedLayout().axis == XAxis::seconds);
        s.entry("compareLayouts", "compareForgetLayout-Renamed")->trigger();
        QVERIFY(layouts::names().isEmpty());
    }

    void theLastLayoutIsThereAtTheNextStart() {
        Comparing s;
        s.show();
        s.group("regime");
        s.tab("comparePaneConfig");
        s.window.reset();
        s.open(false);
        s.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_COMPARE(s.page().runs().runs().size(), s.runs.size());
        QCOMPARE(s.page().comparedLayout().group_by, QStringLiteral("regime"));
        QVERIFY(s.find<QTableView>("compareConfig")->isVisible());
    }

    void aLayoutReadsBackAsItWas() {
        CompareLayout layout;
        layout.runs = {QStringLiteral("a"), QStringLiteral("b")};
        layout.hidden = {QStringLiteral("b")};
        layout.metrics = {QStringLiteral("train/loss")};
        layout.log_metrics = layout.metrics;
        layout.axis = XAxis::share;
        layout.log_x = layout.equal_rows = true;
        layout.smoothing = {Smoothing::gaussian, 0.125};
        layout.group_by = QStringLiteral("regime,optimizer.lr");
        layout.centre = Centre::median;
        layout.spread = Spread::quantiles;
        layout.pick = QStringLiteral("best:train/loss");
        layout.reference = QStringLiteral("sgd · lr 0.1");
        layout.tab = QStringLiteral("comparePaneWhy");
        QVERIFY(CompareLayout::fromJson(layout.toJson()) == layout);
        QVERIFY(CompareLayout::fromJson(QStringLiteral("no JSON")) == CompareLayout());
        QVERIFY(CompareLayout::fromJson(QStringLiteral("{\"axis\":\"miles\",\"runs\":7}")) ==
                CompareLayout());
    }
};

QTEST_MAIN(TestCompareTables)
#include "test_compare_tables.moc"
