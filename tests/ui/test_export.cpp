// The program itself, started without a display: descent-studio --export.

#include "tests/ui/sweep_fixture.h"

#include "core/base/format.h"
#include "ui/plots/figure.h"

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <cmath>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// Four finished runs, two by each of two regimes.
struct Exported {
    Place place;
    std::vector<RunId> runs;

    Exported() {
        auto store = place.open();
        for (int i = 0; i < 4; ++i)
            runs.push_back(addRun(store->writer(), {.name = "run-" + std::to_string(i),
                                                    .regime = i < 2 ? "sgd" : "full-batch",
                                                    .seed = std::uint64_t(i % 2)}));
    }

    struct Answer {
        int status = 0;
        QString said, complained;
    };
    Answer ask(QStringList arguments) const {
        QProcess program;
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            environment.remove(QString::fromLatin1(name));
        environment.insert(QStringLiteral("DESCENT_STORE"), place.file(QStringLiteral("runs.sqlite")));
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(DESCENT_STUDIO), arguments);
        if (!program.waitForFinished(60'000)) qFatal("the program does not end");
        return {program.exitCode(), QString::fromUtf8(program.readAllStandardOutput()),
                QString::fromUtf8(program.readAllStandardError())};
    }
    QStringList all() const {
        return {QStringLiteral("--run"), QStringLiteral("run-0,run-1"), QStringLiteral("--run"),
                QStringLiteral("run-2"), QStringLiteral("--run=run-3")};
    }
    QStringList ids() const {
        QStringList list;
        for (const auto& run : runs) list << QString::fromStdString(run.uuid);
        return list;
    }
};

/// Beside them a sweep "widths" with all its runs, three seeds at each of eight widths.
struct ExportedSweep : Exported {
    ExportedSweep() {
        auto store = place.open();
        const MadeSweep made;
        SweepRecord record;
        record.name = "widths";
        record.plan = made.plan();
        const auto sweep = made.make(store->writer());
        for (const auto& [cell, run] : sweep->runs) record.keys.push_back(run.key);
        must(store->writer().save_sweep(record));
    }
};

QList<QStringList> polylines(const QString& file) {
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) qFatal("no %s", qPrintable(file));
    QXmlStreamReader xml(in.readAll());
    QList<QStringList> all;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QStringLiteral("polyline"))
            all << xml.attributes().value(QLatin1String("points")).toString().split(QLatin1Char(' '));
    if (xml.hasError()) qFatal("%s", qPrintable(xml.errorString()));
    return all;
}

QStringList linesOf(const QString& file) {
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) qFatal("no %s", qPrintable(file));
    return QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

class TestExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCurveForEachRun() {
        const Exported s;
        const QString file = s.place.file(QStringLiteral("x.svg")),
                      csv = s.place.file(QStringLiteral("x.csv")),
                      full = s.place.file(QStringLiteral("full.csv"));
        const auto answer =
            s.ask(QStringList{QStringLiteral("--export"), QStringLiteral("loss"), QStringLiteral("--out"),
                              file, QStringLiteral("--csv"), csv, QStringLiteral("--full-csv"), full} +
                  s.all());
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(answer.complained, QString());
        QCOMPARE(must(figureRuns(file)), s.ids());
        QList<qsizetype> points;
        for (const auto& line : polylines(file)) points << line.size();
        QCOMPARE(points, (QList<qsizetype>{20, 20, 20, 20})); // of the validation loss
        const auto rows = linesOf(csv), samples = linesOf(full);
        QCOMPARE(rows.size(), 1 + 80);
        QCOMPARE(samples.size(), 1 + 80);
        for (int i = 1; i <= 80; ++i) { // as many as samples here, and bit for bit the same
            QCOMPARE(rows[i].section(QLatin1Char(','), 2, 2), samples[i].section(QLatin1Char(','), 5, 5));
            QCOMPARE(rows[i].section(QLatin1Char(','), 1, 1), samples[i].section(QLatin1Char(','), 3, 3));
        }
    }

    void groupsHaveBands() {
        const Exported s;
        const QString file = s.place.file(QStringLiteral("x.svg")),
                      csv = s.place.file(QStringLiteral("x.csv"));
        const auto answer =
            s.ask(QStringList{QStringLiteral("--export"), QStringLiteral("validation/accuracy"),
                              QStringLiteral("--out"), file, QStringLiteral("--csv"), csv,
                              QStringLiteral("--group-by"), QStringLiteral("regime"),
                              QStringLiteral("--band"), QStringLiteral("range"), QStringLiteral("--x"),
                              QStringLiteral("update"), QStringLiteral("--width"), QStringLiteral("89")} +
                  s.all());
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(polylines(file).size(), 2);
        const auto rows = linesOf(csv);
        QCOMPARE(rows.front(), QStringLiteral("curve,update,value,low,high"));
        QCOMPARE(rows.filter(QStringLiteral("(band)")).size(), 40);
        for (const auto& row : rows.filter(QStringLiteral("(band)"))) {
            const auto cells = row.split(QLatin1Char(','));
            QVERIFY(cells[3].toDouble() <= cells[2].toDouble() && cells[2].toDouble() <= cells[4].toDouble());
        }
    }

    void onePlotOfOneRunHasAllItsCurves() {
        const Exported s;
        const QString file = s.place.file(QStringLiteral("x.svg"));
        const auto answer =
            s.ask({QStringLiteral("--export"), QStringLiteral("loss"), QStringLiteral("--run"),
                   QStringLiteral("run-1"), QStringLiteral("--smooth"), QStringLiteral("ema:0.9"),
                   QStringLiteral("--out"), file});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(polylines(file).size(), 4); // train and validation, smoothed and, faint, raw
    }

    void rawAndSmoothedHaveNamesOfTheirOwn() {
        const Exported s;
        const QString csv = s.place.file(QStringLiteral("x.csv")),
                      full = s.place.file(QStringLiteral("full.csv"));
        const auto answer =
            s.ask({QStringLiteral("--export"), QStringLiteral("validation/loss"), QStringLiteral("--run"),
                   QStringLiteral("run-1"), QStringLiteral("--smooth"), QStringLiteral("ema:0.9"),
                   QStringLiteral("--out"), s.place.file(QStringLiteral("x.svg")), QStringLiteral("--csv"),
                   csv, QStringLiteral("--full-csv"), full});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        const auto raw = linesOf(csv).filter(QStringLiteral("run-1 (raw),")),
                   smoothed = linesOf(csv).filter(QStringLiteral("run-1,")), samples = linesOf(full);
        QCOMPARE(raw.size(), 20);
        QCOMPARE(smoothed.size(), 20);
        int apart = 0;
        for (int i = 0; i < 20; ++i) {
            const auto value = samples[i + 1].section(QLatin1Char(','), 5, 5);
            QCOMPARE(raw[i].section(QLatin1Char(','), 2, 2), value);
            if (smoothed[i].section(QLatin1Char(','), 2, 2) != value) ++apart;
        }
        QVERIFY(apart > 0);
    }

    void aMetricMayBeCalledAsAPlotIs() {
        const Exported s;
        {
            auto store = s.place.open();
            MetricBatch batch; // as of an imported table
            batch.run = must(store->writer().create(recordOf({}))).id;
            batch.metrics = {{0, "loss", "", Direction::lower}};
            batch.samples = {{0, {1}, {}, 0, 2.5}, {0, {2}, {}, 0, 1.5}}; // without epochs
            store->writer().push(std::make_shared<const MetricBatch>(batch));
            must(store->writer().flush());
            must(store->writer().apply({SetName{batch.run, "table"}}));
        }
        const QString csv = s.place.file(QStringLiteral("x.csv"));
        const auto answer = s.ask({QStringLiteral("--export"), QStringLiteral("loss"),
                                   QStringLiteral("--run"), QStringLiteral("table"), QStringLiteral("--out"),
                                   s.place.file(QStringLiteral("x.svg")), QStringLiteral("--csv"), csv});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(linesOf(csv), (QStringList{QStringLiteral("curve,update,value"),
                                            QStringLiteral("table,1,2.5"), QStringLiteral("table,2,1.5")}));
    }

    void nothingIsWrittenOver() {
        const Exported s;
        const QString store = s.place.file(QStringLiteral("runs.sqlite")),
                      svg = s.place.file(QStringLiteral("x.svg"));
        const QStringList chart{QStringLiteral("--export"), QStringLiteral("loss"),
                                QStringLiteral("--run"),    QStringLiteral("run-1"),
                                QStringLiteral("--metric"), QStringLiteral("train/loss")};
        for (const auto* option : {"--csv", "--full-csv"}) {
            const QString word = QString::fromLatin1(option);
            auto answer = s.ask(chart + QStringList{QStringLiteral("--out"), svg, word, store});
            QCOMPARE(answer.status, 2);
            QCOMPARE(answer.complained,
                     QStringLiteral("descent-studio: %1 %2 is the store itself\n").arg(word, store));
            answer = s.ask(chart + QStringList{QStringLiteral("--out"), svg, word, svg});
            QCOMPARE(answer.status, 2);
            QCOMPARE(answer.complained,
                     QStringLiteral("descent-studio: %1 and --out name the same file\n").arg(word));
        }
        QVERIFY(!QFile::exists(svg));
        QCOMPARE(s.ask(chart + QStringList{QStringLiteral("--out"), svg}).status, 0); // it is a store still
    }

    void aPngHasItsSize() {
        const Exported s;
        const QString file = s.place.file(QStringLiteral("x.png"));
        const auto answer = s.ask({QStringLiteral("--export=accuracy"), QStringLiteral("--run=run-1"),
                                   QStringLiteral("--out=") + file, QStringLiteral("--width=50.8"),
                                   QStringLiteral("--height=25.4"), QStringLiteral("--dpi=100")});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(QImage(file).size(), QSize(200, 100));
        QCOMPARE(must(figureRuns(file)), QStringList{s.ids()[1]});
    }

    void aSweepsCurve() {
        const ExportedSweep s;
        const QString file = s.place.file(QStringLiteral("x.svg")),
                      csv = s.place.file(QStringLiteral("x.csv"));
        const auto answer =
            s.ask({QStringLiteral("--export"), QStringLiteral("sweep"), QStringLiteral("--sweep"),
                   QStringLiteral("widths"), QStringLiteral("--axis"), QStringLiteral("weights"),
                   QStringLiteral("--out"), file, QStringLiteral("--csv"), csv});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QCOMPARE(answer.complained, QString());
        QCOMPARE(must(figureRuns(file)).size(), 24);
        // The median seed of the test error is seed 1; the weights are ten times the width.
        const MadeSweep made;
        const auto rows = linesOf(csv);
        for (const double width : made.widths) {
            int found = 0;
            for (const auto& row : rows) {
                const auto cells = row.split(QLatin1Char(','));
                if (cells.size() < 3 || cells[1].toDouble() != width * 10) continue;
                found += std::abs(cells[2].toDouble() - made.testError(width, 0, 1, 1)) < 1e-9;
            }
            QVERIFY2(found > 0, qPrintable(QString::number(width)));
        }
    }

    void aSweepsHeatMap() {
        const ExportedSweep s;
        const QString file = s.place.file(QStringLiteral("x.png"));
        const QStringList heat{QStringLiteral("--export"), QStringLiteral("sweep"),
                               QStringLiteral("--sweep"),  QStringLiteral("widths"),
                               QStringLiteral("--view"),   QStringLiteral("heat"),
                               QStringLiteral("--out"),    file};
        auto answer = s.ask(heat);
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        const QImage drawn(file);
        QVERIFY(!drawn.isNull());
        answer = s.ask(heat + QStringList{QStringLiteral("--metric"), QStringLiteral("train/loss")});
        QVERIFY2(answer.status == 0, qPrintable(answer.complained));
        QVERIFY(QImage(file) != drawn);
    }

    void aSlipInASweepIsSaidInOneLine() {
        const ExportedSweep s;
        const auto said = [&](const char* arguments) {
            const auto answer = s.ask(QString::fromLatin1(arguments).split(QLatin1Char(' ')));
            return answer.status == 2 && answer.complained.count(QLatin1Char('\n')) == 1 ? answer.complained
                                                                                         : QString();
        };
        QVERIFY(said("--export sweep --out x.svg").contains(QLatin1String("which sweep?")));
        QVERIFY(said("--export sweep --sweep width --out x.svg --metric eror")
                    .contains(QLatin1String("did you mean 'error'?")));
        QVERIFY(said("--export sweep --sweep other --out x.svg").contains(QLatin1String("no sweep 'other'")));
        QVERIFY(said("--export sweep --sweep widths --out x.svg --axis depth")
                    .contains(QLatin1String("none of model.hidden")));
        QVERIFY(said("--export sweep --sweep widths --out x.svg --view pie")
                    .contains(QLatin1String("none of curve or heat")));
        QVERIFY(!QFile::exists(QStringLiteral("x.svg")));
    }

    void badInputIsSaidInOneLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* arguments, const char* said) {
            QTest::newRow(arguments) << QString::fromLatin1(arguments).split(QLatin1Char(' '))
                                     << QString::fromLatin1(said);
        };
        row("--export loss --run run-0", "--out FILE is missing");
        row("--export loss --out x.svg", "--run RUN is missing");
        row("--export loss --run run-0 --out x.gif", ".png, .svg or .pdf");
        row("--export los --run run-0 --out x.svg", "did you mean 'loss'?");
        row("--export loss --run rum-0 --out x.svg", "did you mean");
        row("--export loss --run run-0 --out /nowhere/x.svg", "cannot be written");
        row("--export loss --run run-0 --out x.svg --width wide", "is no number from 10 to 2000");
        row("--export loss --run run-0 --out x.svg --x time", "none of epoch, update");
        row("--export loss --run run-0 --out x.svg --smooth ema", "how much is missing");
        row("--export loss --run run-0 --out x.svg --smooth ema:2", "ema");
        row("--export loss --run run-0,run-1 --out x.svg --group-by regimes", "--group-by: ");
        row("--export loss --run run-0 --out x.svg --metric loss", "none of the runs has measured");
        row("--export loss --run run-0 --out x.svg --wide", "unknown option '--wide'");
        row("--export loss --run run-0 --out", "its value is missing");
        row("--export fa-fr --run run-0 --out x.svg", "detection curve");
        row("--export roc --run run-0 --out x.svg", "has no scores of its validation set");
        row("--export roc --run run-0,run-1 --out x.svg", "ROC curves are of one run");
        row("--export roc --run run-0 --out x.svg --set train", "none of validation or test");
        row("--export loss --run run-0 --out x.svg --set test", "--set: goes with --export roc");
        row("--export confusion --run run-0 --out x.svg", "from the window only");
        row("--export loss --store /nowhere.sqlite --run run-0 --out x.svg", "there is no store");
    }
    void badInputIsSaidInOneLine() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        static const Exported s;
        const auto answer = s.ask(arguments);
        QCOMPARE(answer.status, 2);
        QVERIFY2(answer.complained.contains(said), qPrintable(answer.complained));
        QCOMPARE(answer.complained.count(QLatin1Char('\n')), 1);
        QVERIFY(!QFile::exists(QStringLiteral("x.svg")));
    }

    /// Of a run that is tagged with a preset, as lines with words.
    void reportedFiguresAreDrawn() {
        const Exported s;
        {
            auto store = s.place.open();
            must(store->writer().apply(std::vector<RunEdit>{SetTags{s.runs[0], {"preset-imdb-cnn"}}}));
        }
        for (const char* what : {"accuracy", "validation/accuracy"}) {
            const QString file = s.place.file(QStringLiteral("x.svg"));
            const auto words = [&](const char* run) {
                const auto answer =
                    s.ask({QStringLiteral("--export"), QLatin1String(what), QStringLiteral("--run"),
                           QLatin1String(run), QStringLiteral("--out"), file});
                if (answer.status != 0) qFatal("%s", qPrintable(answer.complained));
                QFile in(file);
                return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString();
            };
            QVERIFY(!words("run-1").contains(QStringLiteral("84.07%")));
            QVERIFY2(words("run-0").contains(QStringLiteral("report: test 84.07%")), what);
        }
    }

    /// As on the Train page: each class against the rest, their averages, and the chosen class' threshold.
    void rocCurvesOfOneRun() {
        const Exported s;
        {
            auto store = s.place.open();
            MetricBatch batch;
            batch.run = s.runs[0];
            batch.progress = {{20}, {20}, {20}, 10, 0};
            for (const char* set : {"validation/scores", "test/scores"})
                batch.matrices.push_back(
                    {set, {20}, {20}, 6, 4, {0, .8, .1, .1, 0, .4, .5, .1, 1, .2, .7, .1,
                                             1, .5, .4, .1, 2, .1, .1, .8, 2, .3, .3, .4}});
            store->writer().push(std::make_shared<const MetricBatch>(batch));
            must(store->writer().flush());
        }
        const QString file = s.place.file(QStringLiteral("roc.svg")),
                      csv = s.place.file(QStringLiteral("roc.csv"));
        const auto draw = [&](const QStringList& more) {
            const auto answer =
                s.ask(QStringList{QStringLiteral("--export"), QStringLiteral("roc"), QStringLiteral("--run"),
                                  QStringLiteral("run-0"), QStringLiteral("--out"), file,
                                  QStringLiteral("--csv"), csv} +
                      more);
            if (answer.status != 0) qFatal("%s", qPrintable(answer.complained));
            QFile in(file);
            return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
        };
        const auto first = draw({});
        QCOMPARE(must(figureRuns(file)), QStringList{QString::fromStdString(s.runs[0].uuid)});
        QVERIFY(polylines(file).size() >= 5); // three classes and two averages
        const auto rows = linesOf(csv);
        QVERIFY(rows.front().startsWith(QStringLiteral("curve,auroc")));
        for (const char* curve : {"Arabic", "Czech", "Polish", "micro average", "macro average"})
            QVERIFY2(
                !rows.filter(QRegularExpression(QStringLiteral("^\"?") + QLatin1String(curve))).isEmpty(),
                curve);
        // Of Arabic (scores .8 and .4 against .2, .5, .1, .3) 7 of 8 pairs are in order.
        QVERIFY2(rows[1].startsWith(QStringLiteral("Arabic,0.875,")), qPrintable(rows[1]));
        const auto other = draw({QStringLiteral("--class"), QStringLiteral("Polish"), QStringLiteral("--set"),
                                 QStringLiteral("test")});
        QVERIFY(other != first);
        const auto refused = s.ask({QStringLiteral("--export"), QStringLiteral("roc"),
                                    QStringLiteral("--run"), QStringLiteral("run-0"), QStringLiteral("--out"),
                                    file, QStringLiteral("--class"), QStringLiteral("Polsh")});
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.complained.contains(QStringLiteral("did you mean 'Polish'?")),
                 qPrintable(refused.complained));
    }

    void helpSaysHow() {
        const Exported s;
        const auto answer = s.ask({QStringLiteral("--help")});
        QCOMPARE(answer.status, 0);
        for (const char* option : {"--export", "--run", "--out", "--group-by", "--band", "--smooth", "--csv"})
            QVERIFY2(answer.said.contains(QString::fromLatin1(option)), option);
    }
};

QTEST_GUILESS_MAIN(TestExport)
#include "test_export.moc"
