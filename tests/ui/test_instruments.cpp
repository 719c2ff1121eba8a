#include "tests/ui/studio_fixture.h"

#include "ui/plots/curve_source.h"
#include "ui/plots/plot_card.h"

#include <QComboBox>
#include <QFile>
#include <QTableView>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

QStringList labels(const PlotCard& card) {
    QStringList all;
    for (const auto& item : card.legend().items()) all << item.label;
    return all;
}

void trainWithInstruments(Studio& s) {
    s.fake.plan.instruments = true;
    s.fake.plan.per_update = std::chrono::microseconds(100);
    s.open();
    s.click("trainButton");
    QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
    QTRY_VERIFY(card(s, "landscape-plane").isVisible());
}

} // namespace

class TestInstruments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cardsAreThereForWhatIsMeasured() {
        Studio s;
        s.open();
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        for (const char* id : {"lr", "sharpness", "noise-scale", "cosine", "distance", "update-ratio",
                               "dead-units", "histograms", "landscape-line", "landscape-plane"})
            QVERIFY2(!card(s, id).isVisibleTo(s.window.get()), id);
        Studio t;
        trainWithInstruments(t);
        for (const char* id : {"sharpness", "preconditioned-sharpness", "noise-scale", "cosine", "distance",
                               "update-ratio", "dead-units", "histograms", "landscape-line"})
            QVERIFY2(card(t, id).isVisibleTo(t.window.get()), id);
        QTRY_VERIFY(card(t, "loss").height() >= 150); // they scroll rather than shrink
    }

    void sharpnessIsDrawnAgainstItsLimit() {
        Studio s;
        trainWithInstruments(s);
        QCOMPARE(labels(card(s, "sharpness")),
                 (QStringList{QStringLiteral("(2 + 2μ)/lr"), QStringLiteral("λ1"), QStringLiteral("λ2")}));
        const auto& scene = card(s, "sharpness").scene();
        QCOMPARE(scene.curves[0].dash, 1); // the limit is dashed
        QCOMPARE(lastPoint(scene.curves[0])->y, 5.0);
        QVERIFY(card(s, "sharpness")
                    .accessibleDescription()
                    .startsWith(QStringLiteral("Sharpness: (2 + 2μ)/lr 5")));
        QCOMPARE(labels(card(s, "update-ratio")),
                 (QStringList{QStringLiteral("gru.weight"), QStringLiteral("output.weight")}));
        QVERIFY(labels(card(s, "loss")).contains(QStringLiteral("averaged")));
        QVERIFY(labels(card(s, "accuracy")).contains(QStringLiteral("averaged")));
    }

    void histogramsAreSeenOverTime() {
        Studio s;
        trainWithInstruments(s);
        auto* which = s.find<QComboBox>("histogramTensor");
        QCOMPARE(which->count(), 2);
        QCOMPARE(which->currentText(), QStringLiteral("weights gru.weight"));
        QVERIFY(card(s, "histograms")
                    .accessibleDescription()
                    .contains(QStringLiteral("from −1.5 to 1.5 at update 100")));
        which->setCurrentIndex(1);
        QCOMPARE(which->currentText(), QStringLiteral("gradient gru.weight"));
        auto& shown = card(s, "histograms");
        QTRY_VERIFY(shown.accessibleDescription().startsWith(
            QStringLiteral("Histogram of gradient gru.weight: from −0.0171 to 0.0171 at update 100")));
        shown.view().grab(); // lays the axes out
        QVERIFY(shown.view().describe(shown.view().rect().center()).contains(QStringLiteral(" of ")));
        s.find<QAction>("plot-histograms-table")->trigger();
        const auto* model = s.find<QTableView>("seriesTable")->model();
        QCOMPARE(model->rowCount(), 21 * 2 * 40);
        QCOMPARE(model->columnCount(), 6);
    }

    void theLandscapeIsALineAndAPlane() {
        Studio s;
        trainWithInstruments(s);
        QVERIFY(card(s, "landscape-line")
                    .accessibleDescription()
                    .startsWith(QStringLiteral("Loss along the update at update 100: lowest")));
        auto& plane = card(s, "landscape-plane");
        QVERIFY(plane.accessibleDescription().contains(QStringLiteral("0.7 at the weights")));
        plane.view().grab();
        QVERIFY(plane.view().describe(plane.view().rect().center()).startsWith(QStringLiteral("loss ")));
        const QString file = s.place.file(QStringLiteral("plane.csv"));
        s.find<ChartsGrid>("charts")->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return file; });
        s.find<QAction>("plot-landscape-plane-csv")->trigger();
        QTRY_VERIFY(QFile::exists(file));
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(in.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.front(), QStringLiteral("curve,update,epoch,a,b,loss"));
        QCOMPARE(lines.size(), 442);
        const QString picture = s.place.file(QStringLiteral("plane.svg"));
        s.find<ChartsGrid>("charts")->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return picture; });
        s.find<QAction>("plot-landscape-plane-export")->trigger();
        s.click("figureSave");
        QVERIFY(QFile(picture).size() > 1000);
    }

    void aStoredRunHasThemToo() {
        Studio s;
        trainWithInstruments(s);
        s.window.reset(); // another window on the same store
        s.training.reset();
        s.training = std::make_unique<Training>(*s.engine, *s.store);
        s.window = std::make_unique<MainWindow>(*s.engine, *s.store, *s.training, s.settings);
        s.window->show();
        s.click("navRuns");
        QTRY_VERIFY(s.find<QAction>("runOpen")->isEnabled());
        s.find<QAction>("runOpen")->trigger();
        QTRY_VERIFY(card(s, "histograms").isVisibleTo(s.window.get()));
        QCOMPARE(s.find<QComboBox>("histogramTensor")->count(), 2);
    }
};

QTEST_MAIN(TestInstruments)
#include "test_instruments.moc"
