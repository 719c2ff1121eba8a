#include "tests/ui/studio_fixture.h"

#include "core/audio/clip.h"
#include "ui/models/errors_model.h"
#include "ui/pages/train_page.h"
#include "ui/plots/detection_axes.h"
#include "ui/plots/plot_card.h"
#include "ui/state/detection.h"
#include "ui/state/detection_scores.h"
#include "ui/state/watched_run.h"
#include "ui/widgets/clip_picture.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/sound_out.h"

#include <QFile>
#include <QSlider>
#include <QTabWidget>
#include <QTableView>

#include <cmath>
#include <filesystem>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

constexpr auto kOne = "Keyword spotting, one word";
constexpr auto kThree = "Keyword spotting, three words";

/// A device that keeps what it was given.
struct FakeOut : SoundOut {
    bool there = true;
    std::size_t played = 0;
    bool on = false;
    bool available() const override { return there; }
    void play(const std::vector<float>& samples) override {
        played = samples.size();
        on = true;
        changed();
    }
    void stop() override {
        if (!std::exchange(on, false)) return;
        changed();
    }
    bool playing() const override { return on; }
    double position() const override { return 0.1; }
};

struct DetectionStudio : Studio {
    Detection& detection() const { return *window->findChild<Detection*>(); }
    PlotCard& card(const char* id) const {
        return *find<ChartsGrid>("charts")->card(QString::fromLatin1(id));
    }
    PlotView& view() const { return card("fa-fr").view(); }
    QTabWidget& tabs() const { return *find<QTabWidget>("runDetails"); }

    /// In the form: the Data page has such a box too.
    void chooseTask(const char* title) const {
        auto* box = find<QWidget>("trainPage")->findChild<QComboBox*>(QStringLiteral("task"));
        const int index = box->findText(QString::fromLatin1(title));
        QVERIFY2(index >= 0, title);
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }
    void start(const char* task) {
        open();
        window->resize(1280, 860);
        chooseTask(task);
        QTRY_VERIFY(button("trainButton")->isEnabled());
        click("trainButton");
    }
    void finish(const char* task) {
        start(task);
        QTRY_COMPARE_WITH_TIMEOUT(text("runState"), QStringLiteral("finished"), 15000);
        QTRY_COMPARE(detection().evaluations(), std::size_t(16)); // fifteen epochs, and before the first
        QTRY_VERIFY(view().isVisible());
        view().grab(); // painted, so that places are known
    }
    /// Where a point of the shown curve was drawn.
    QPoint spot(std::size_t index) const {
        const auto points = view().drawn(0);
        return QPointF(points[index].x, points[index].y).toPoint();
    }
    void openErrors() {
        tabs().setCurrentIndex(4);
        QTRY_VERIFY(errors()->rowCount() > 0);
    }
    QAbstractItemModel* errors() const { return find<QTableView>("errorsTable")->model(); }
    QString cell(int row, int column) const { return errors()->index(row, column).data().toString(); }
    int errorsOf(const char* kind) const {
        int n = 0;
        for (int row = 0; row < errors()->rowCount(); ++row) n += cell(row, 0) == QString::fromLatin1(kind);
        return n;
    }
};

bool rises(const OperatingPoint& from, const OperatingPoint& to) {
    return to.threshold < from.threshold && to.false_alarms + to.hits > from.false_alarms + from.hits;
}

} // namespace

class TestDetection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPointKnowsItsRates() {
        OperatingPoint p{
            .threshold = 0, .hits = 6, .false_alarms = 2, .false_rejects = 4, .correct_rejects = 88};
        p.hours = 0.5;
        QCOMPARE(p.probability(), 0.5);
        QCOMPARE(p.falseAlarmRate(), 2.0 / 90);
        QCOMPARE(p.falseRejectRate(), 0.4);
        QCOMPARE(p.precision(), 0.75);
        QCOMPARE(p.falseAlarmsPerHour(), 4.0);
        p.threshold = std::numeric_limits<double>::infinity();
        QCOMPARE(p.probability(), 1.0);
        p.threshold = -1000;
        QCOMPARE(p.probability(), 0.0);
        QVERIFY(std::isnan(OperatingPoint{}.precision()));
    }

    void axesShowZeroAndEverythingInside() {
        const QRectF area(40, 10, 300, 200);
        for (const auto scale :
             {DetectionScale::linear, DetectionScale::log, DetectionScale::det, DetectionScale::roc}) {
            DetectionAxes axes(scale, 0.2, 0.8, 400, 0.05);
            axes.arrange(area, 14, 7);
            QVERIFY(!axes.x().ticks.empty() && !axes.y().ticks.empty());
            QCOMPARE(axes.x().ticks.front().label.left(1), QStringLiteral("0"));
            const bool up = scale == DetectionScale::roc;
            QCOMPARE(axes.at({1, 0, 0}), up ? area.topLeft() : area.bottomLeft());
            const QPointF one = axes.at({0, 1.0 / 400, 1.0 / 400}), two = axes.at({0, 2.0 / 400, 2.0 / 400});
            QVERIFY(one.x() > area.left() && two.x() > one.x()); // one example is seen apart from none
            QVERIFY(up ? two.y() > one.y() : two.y() < one.y());
            QVERIFY(area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(axes.at({-1, 0.8, 0.2})));
        }
        // On a DET's axes Gaussian scores give a straight line.
        DetectionAxes det(DetectionScale::det, 0.5, 0.5, 1'000'000, 0.05);
        det.arrange(area, 14, 7);
        const auto at = [&](double z) {
            return det.at({z, 0.25 * std::erfc(z / std::sqrt(2)), 0.25 * std::erfc((3 - z) / std::sqrt(2))});
        };
        const QPointF a = at(1), b = at(1.5), c = at(2);
        QVERIFY(std::abs((b.x() - a.x()) * (c.y() - b.y()) - (b.y() - a.y()) * (c.x() - b.x())) < 1e-3);
    }

    void onlyDetectorsHaveTheirCards() {
        DetectionStudio s;
        s.finish(kOne);
        QVERIFY(s.card("auroc").isVisible() && s.card("loss").isVisible() && s.card("accuracy").isVisible());
        QVERIFY(!s.card("confusion").isVisible());
        QVERIFY(s.tabs().isTabVisible(4));
        QVERIFY(s.card("fa-fr").height() > s.card("loss").height() * 3 / 2);
        QVERIFY(s.card("auroc").accessibleDescription().startsWith(QStringLiteral("AUC: AUROC ")));
        s.chooseTask("Names");
        QTRY_VERIFY(s.button("trainButton")->isEnabled());
        s.click("trainButton");
        QTRY_VERIFY_WITH_TIMEOUT(s.card("confusion").isVisible(), 15000);
        QVERIFY(!s.card("fa-fr").isVisible() && !s.card("auroc").isVisible());
        QVERIFY(!s.tabs().isTabVisible(4));
        QVERIFY(s.detection().curve().empty());
        const auto* which = s.find<QComboBox>("tableWhich");
        s.tabs().setCurrentIndex(1);
        QCOMPARE(which->findText(QStringLiteral("AUC")), -1);
    }

    void aDragMovesTheThresholdAndItsCounts() {
        DetectionStudio s;
        s.finish(kOne);
        auto& d = s.detection();
        QVERIFY(d.atEqualError());
        const auto equal = d.at();
        QVERIFY(std::abs(equal.falseAlarmRate() - equal.falseRejectRate()) < 0.05);
        QCOMPARE(equal.positives(), std::int64_t(80));
        QCOMPARE(equal.negatives(), std::int64_t(320));
        QTest::mousePress(&s.view(), Qt::LeftButton, {}, s.spot(d.point()));
        const std::size_t target = d.point() / 2;
        QTest::mouseMove(&s.view(), s.spot(target));
        QTest::mouseRelease(&s.view(), Qt::LeftButton, {}, s.spot(target));
        QVERIFY(!d.atEqualError());
        const auto stricter = d.at();
        QVERIFY(rises(stricter, equal));
        // As counted from the scores themselves.
        const auto scores = log_odds_of_any(d.run().matrix("validation/logits")->values, 2);
        std::int64_t alarms = 0, rejects = 0;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const bool accepted = scores[i] >= stricter.threshold;
            alarms += accepted && i % 5 != 0;
            rejects += !accepted && i % 5 == 0;
        }
        QCOMPARE(stricter.false_alarms, alarms);
        QCOMPARE(stricter.false_rejects, rejects);
        QVERIFY(
            s.view().accessibleDescription().contains(QStringLiteral("False alarms %1 of 320").arg(alarms)));
        s.tabs().setCurrentIndex(2);
        const auto* confusion = s.find<QTableView>("confusionTable")->model();
        const auto number = [&](int row, int column) {
            return confusion->index(row, 2 + column).data().toString().toInt();
        };
        QTRY_COMPARE(number(0, 1), int(alarms));
        QCOMPARE(number(1, 0), int(rejects));
        QCOMPARE(number(0, 0) + number(0, 1), 320);
        d.toEqualError();
        QCOMPARE(number(0, 1), int(equal.false_alarms));
        s.find<QComboBox>("confusionWhich")->setCurrentIndex(1);
        QCOMPARE(number(0, 1), int(d.run().matrix("validation/confusion")->values[1]));
    }

    void keysMoveTheThreshold() {
        DetectionStudio s;
        s.finish(kOne);
        auto& d = s.detection();
        s.view().setFocus(Qt::TabFocusReason);
        const auto start = d.point();
        const auto equal = d.at();
        s.key(Qt::Key_Right);
        QCOMPARE(d.point(), start + 1);
        QVERIFY(rises(equal, d.at()));
        s.key(Qt::Key_Up); // more false rejects
        QCOMPARE(d.point(), start);
        s.key(Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(d.point() + 1 < start);
        s.key(Qt::Key_Home);
        QVERIFY(d.atEqualError());
        QCOMPARE(d.point(), start);
        for (int i = 0; i < 200; ++i) s.key(Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(d.point(), std::size_t(0)); // nothing is accepted, and nothing breaks
        QCOMPARE(d.at().accepted(), std::int64_t(0));
        s.click("plot-fa-fr-roc");
        s.view().setFocus();
        s.key(Qt::Key_Up); // in a ROC up is more found
        QCOMPARE(d.point(), std::size_t(1));
    }

    void theAxesAreChosen() {
        DetectionStudio s;
        s.finish(kOne);
        QImage last;
        for (const char* axes : {"plot-fa-fr-linear", "plot-fa-fr-log", "plot-fa-fr-det", "plot-fa-fr-roc"}) {
            s.click(axes);
            const QImage image = s.view().grab().toImage();
            QVERIFY2(image != last, axes);
            last = image;
            const auto points = s.view().drawn(0);
            QCOMPARE(points.size(), s.detection().curve().points().size());
            for (std::size_t i = 1; i < points.size(); ++i) {
                QVERIFY(points[i].x >= points[i - 1].x - 1e-9);
                QVERIFY(QRectF(s.view().rect()).contains(points[i].x, points[i].y));
            }
        }
    }

    void earlierEvaluationsAreStillThere() {
        DetectionStudio s;
        s.open();
        s.chooseTask(kOne);
        QTRY_VERIFY(s.button("trainButton")->isEnabled());
        must(s.training->start(s.find<TrainPage>("trainPage")->request(), 1, true)); // goes step by step
        QTRY_COMPARE(s.text("runState"), QStringLiteral("paused"));
        for (int i = 0; i < 20; ++i) s.training->step();
        QTRY_COMPARE(s.detection().evaluations(), std::size_t(5));
        QCOMPARE(s.text("evaluationWhen"), QStringLiteral("live"));
        auto* slider = s.find<QSlider>("evaluation");
        slider->setValue(2);
        QVERIFY(!s.detection().following());
        QCOMPARE(s.text("evaluationWhen"), QStringLiteral("2 of 4"));
        for (int i = 0; i < 10; ++i) s.training->step();
        QTRY_COMPARE(s.detection().evaluations(), std::size_t(7)); // the run goes on
        QCOMPARE(s.detection().shown(), std::size_t(2));
        QCOMPARE(slider->value(), 2);
        QVERIFY(s.detection().best() <= 2);
        s.training->proceed();
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 15000);
        QTRY_COMPARE(s.detection().evaluations(), std::size_t(16));
        // The curve is the one that was measured then.
        const auto expected =
            fakeDetectionMatrices(fakeManifest(s.detection().run().record()->spec, ""), {10}, {2}, 10.0 / 75);
        QCOMPARE(s.detection().curve().points().size(), std::size_t(expected[0].rows));
        QCOMPARE(s.detection().curve().points()[3].threshold, expected[0].values[9]);
        slider->setValue(slider->maximum());
        QVERIFY(s.detection().following());
        QCOMPARE(s.text("evaluationWhen"), QStringLiteral("last"));
        QVERIFY(s.detection().earlier().size() <= Detection::kEarlier);
        // From the store alone it is the same.
        auto& run = s.detection().run();
        const auto curve = s.detection().curve().points();
        run.watch(RunId(*run.id()));
        QTRY_VERIFY(!run.loading() && s.detection().evaluations() == 16);
        QVERIFY(s.detection().curve().points() == curve);
    }

    void theListFollowsThresholdAndEvaluation() {
        DetectionStudio s;
        s.finish(kOne);
        s.openErrors();
        auto& d = s.detection();
        QCOMPARE(s.errorsOf("false alarm"), int(d.at().false_alarms));
        QCOMPARE(s.errorsOf("false reject"), int(d.at().false_rejects));
        QCOMPARE(s.button("errorsAlarms")->text(), QStringLiteral("Alarms %1").arg(d.at().false_alarms));
        // Highest score first, then lowest first; each with its word and speaker.
        const int alarms = int(d.at().false_alarms);
        for (int row = 1; row < s.errors()->rowCount(); ++row)
            if (row != alarms)
                QVERIFY(row < alarms ? s.cell(row, 3).toDouble() <= s.cell(row - 1, 3).toDouble()
                                     : s.cell(row, 3).toDouble() >= s.cell(row - 1, 3).toDouble());
        QVERIFY(s.cell(0, 1) != QStringLiteral("sheila"));
        QCOMPARE(s.cell(alarms, 1), QStringLiteral("sheila"));
        QVERIFY(s.cell(0, 2).startsWith(QStringLiteral("speaker")));
        QVERIFY(s.cell(0, 4).startsWith(s.cell(0, 1) + QLatin1Char('/') + s.cell(0, 2)));
        auto* table = s.find<QTableView>("errorsTable");
        table->setCurrentIndex(s.errors()->index(0, 0));
        const QString worst = s.cell(0, 4);
        d.movePoint(-3);
        QCOMPARE(s.errorsOf("false alarm"), int(d.at().false_alarms));
        QCOMPARE(s.errorsOf("false reject"), int(d.at().false_rejects));
        QCOMPARE(s.errors()->index(table->currentIndex().row(), 4).data().toString(), worst);
        s.click("errorsRejects");
        QCOMPARE(s.errors()->rowCount(), int(d.at().false_rejects));
        d.movePoint(5);
        QCOMPARE(s.errors()->rowCount(), int(d.at().false_rejects));
        s.click("errorsAll");
        // The first evaluation knew next to nothing.
        const int before = s.errors()->rowCount();
        d.scrub(0);
        QTRY_COMPARE(s.errorsOf("false alarm"), int(d.at().false_alarms));
        QTRY_COMPARE(s.errorsOf("false reject"), int(d.at().false_rejects));
        QVERIFY(s.errors()->rowCount() > before);
    }

    void scoresThatWereNotKeptAreSaidToBeSo() {
        DetectionStudio s;
        s.fake.plan.logits_every = 2;
        s.finish(kOne);
        s.openErrors(); // epoch 15: of epoch 14
        QTRY_COMPARE(s.text("errorsNote"),
                     QStringLiteral("Scores of epoch 14, the last that were kept before epoch 15"));
        s.detection().scrub(4);
        QTRY_COMPARE(s.text("errorsNote"), QString());
        QTRY_COMPARE(s.errorsOf("false alarm"), int(s.detection().at().false_alarms));
    }

    void anErrorIsSeenAndHeard() {
        DetectionStudio s;
        const std::filesystem::path root = s.place.file(QStringLiteral("clips")).toStdString();
        s.fake.plan.clips = root.string();
        s.finish(kOne);
        s.openErrors();
        const auto file = root / s.cell(1, 4).toStdString();
        std::filesystem::create_directories(file.parent_path());
        std::vector<float> tone(12'000);
        for (std::size_t i = 0; i < tone.size(); ++i)
            tone[i] = float(i > 7000 && i < 9000 ? 0.5 * std::sin(double(i) * 0.5) : 0);
        write_clip(file, tone);
        auto* clip = s.window->findChild<ClipView*>(QStringLiteral("errorClip"));
        auto owned = std::make_unique<FakeOut>();
        auto& out = *owned;
        clip->setSoundOut(std::move(owned));
        auto* table = s.find<QTableView>("errorsTable");
        auto* play = clip->findChild<QAbstractButton*>(QStringLiteral("clipPlay"));
        QVERIFY(!play->isEnabled()); // nothing is chosen

        table->setCurrentIndex(s.errors()->index(0, 0));
        QTRY_VERIFY(!clip->loading());
        QVERIFY2(clip->problem().contains(s.cell(0, 4)),
                 qPrintable(clip->problem())); // there is no such file
        QVERIFY(!clip->problem().contains(QLatin1Char('\n')));
        QCOMPARE(clip->findChild<ClipPicture*>()->message(), clip->problem());
        QVERIFY(!play->isEnabled());

        table->setCurrentIndex(s.errors()->index(1, 0));
        QTRY_VERIFY(!clip->loading());
        QCOMPARE(clip->problem(), QString());
        const auto& look = clip->findChild<ClipPicture*>()->look();
        QVERIFY(look.has_value());
        QCOMPARE(look->seconds, 0.75);
        QVERIFY(look->loudest_at > 0.43 && look->loudest_at < 0.57);
        QCOMPARE(look->mel.size(), QSize(76, 40));
        QVERIFY(play->isEnabled());
        table->setFocus();
        s.key(Qt::Key_Space);
        QCOMPARE(out.played, std::size_t(12'000));
        QVERIFY(clip->findChild<QAbstractButton*>(QStringLiteral("clipPlay"))->accessibleName() ==
                QStringLiteral("Stop"));
        s.key(Qt::Key_Return);
        QVERIFY(!out.on);
        play->click();
        QVERIFY(out.on);
        s.tabs().setCurrentIndex(0); // not heard where it is not seen
        QVERIFY(!out.on);
        s.tabs().setCurrentIndex(4);

        out.there = false;
        out.changed();
        QVERIFY(!play->isEnabled());
        const auto* words = clip->findChild<QLabel*>(QStringLiteral("clipNoDevice"));
        QVERIFY(words->isVisible());
        QCOMPARE(words->text(), QStringLiteral("no audio output on this machine"));
    }

    void threeWordsAreToldApart() {
        DetectionStudio s;
        s.finish(kThree);
        auto& d = s.detection();
        auto* which = s.find<QComboBox>("detector");
        QVERIFY(which->isVisible());
        QCOMPARE(which->count(), 4);
        QCOMPARE(which->currentText(), QStringLiteral("any keyword"));
        QCOMPARE(d.at().positives(), std::int64_t(80));
        QCOMPARE(d.at().hours, 320 * 1.5 / 3600); // the task's own duration
        QCOMPARE(s.card("auroc").scene().curves.size(), std::size_t(5));
        QCOMPARE(s.card("auroc").scene().curves[2].label, QStringLiteral("happy"));
        QCOMPARE(s.card("auroc").scene().curves[2].series->size(), std::size_t(16));
        s.openErrors();
        which->setCurrentIndex(which->findText(QStringLiteral("happy")));
        QCOMPARE(d.at().positives(), std::int64_t(27));
        QTRY_COMPARE(s.errorsOf("false reject"), int(d.at().false_rejects));
        QTRY_COMPARE(s.errorsOf("false alarm"), int(d.at().false_alarms));
        for (int row = int(d.at().false_alarms); row < s.errors()->rowCount(); ++row)
            QCOMPARE(s.cell(row, 1), QStringLiteral("happy"));
        // Four classes at the threshold: every row adds up to its examples.
        which->setCurrentIndex(0);
        s.tabs().setCurrentIndex(2);
        const auto* confusion = s.find<QTableView>("confusionTable")->model();
        QTRY_COMPARE(confusion->rowCount(), 4);
        QTRY_COMPARE(confusion->index(0, 3).data().toInt() + confusion->index(0, 4).data().toInt() +
                         confusion->index(0, 5).data().toInt(),
                     int(d.at().false_alarms));
    }

    void whatIsExportedIsWhatIsDrawn() {
        DetectionStudio s;
        s.finish(kOne);
        const auto save = [&](const char* ending) {
            const QString file = s.place.file(QStringLiteral("curve.") + QLatin1String(ending));
            s.find<ChartsGrid>("charts")->setFileChooser(
                [file](QWidget*, const QString&, const QString&) { return file; });
            const bool csv = std::string_view(ending) == "csv";
            s.find<QAction>(csv ? "plot-fa-fr-csv" : "plot-fa-fr-export")->trigger();
            if (!csv) s.click("figureSave");
            return file;
        };
        const QString file = save("csv");
        QTRY_VERIFY(QFile::exists(file));
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QVERIFY(lines[0].startsWith(QStringLiteral("curve,update,epoch,log_odds,")));
        const auto& d = s.detection();
        std::size_t rows = 0;
        const auto check = [&](const char* name, const DetectionCurve& curve, std::size_t evaluation) {
            for (const auto& p : curve.points()) {
                const auto cells = lines[qsizetype(++rows)].split(QLatin1Char(','));
                QCOMPARE(cells[0], QString::fromLatin1(name));
                QCOMPARE(cells[1].toLongLong(), d.update(evaluation).count);
                if (std::isfinite(p.threshold)) QVERIFY(cells[3].toDouble() == p.threshold);
                QVERIFY(cells[5].toDouble() == p.false_alarm && cells[6].toDouble() == p.false_reject);
            }
        };
        check("shown", d.curve(), d.shown());
        if (d.best() != d.shown()) check("best", d.bestCurve(), d.best());
        for (const auto& [evaluation, curve] : d.earlier()) check("earlier", curve, evaluation);
        QCOMPARE(lines.size(), qsizetype(rows) + 1);

        s.find<QAction>("plot-fa-fr-table")->trigger();
        const auto* table = s.find<QTableView>("seriesTable")->model();
        QCOMPARE(table->rowCount(), int(rows));
        QCOMPARE(table->headerData(5, Qt::Horizontal).toString(), QStringLiteral("false alarm share"));
        for (const char* ending : {"svg", "pdf", "png"}) {
            const QString picture = save(ending);
            QTRY_VERIFY(QFile(picture).size() > 1000);
        }
        QFile svg(s.place.file(QStringLiteral("curve.svg")));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        QVERIFY(svg.readAll().contains("false alarms")); // the readout is in the picture
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestDetection test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_detection.moc"
