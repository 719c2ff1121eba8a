#include "tests/ui/studio_fixture.h"

#include "ui/models/wrong_answers_model.h"
#include "ui/plots/plot_card.h"
#include "ui/plots/plot_view.h"
#include "ui/state/class_curves.h"
#include "ui/state/detection.h"
#include "ui/state/watched_run.h"

#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTableView>

#include <cmath>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

constexpr int kScored = 4; ///< which are the task's own

struct ScoredStudio : Studio {
    PlotView& view() const { return card(*this, "roc").view(); }
    QString words() const { return dynamic_cast<OwnPlot&>(view()).summary(); }
    QTabWidget& tabs() const { return *find<QTabWidget>("runDetails"); }
    int tab(const QWidget* page) const { return tabs().indexOf(const_cast<QWidget*>(page)); }
    bool errorsShown() const { return tabs().isTabVisible(tab(find<QWidget>("wrongAnswersPane"))); }

    void finish() {
        fake.plan.scored = kScored;
        open();
        window->resize(1280, 860);
        click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(text("runState"), QStringLiteral("finished"), 20000);
        QTRY_VERIFY(view().isVisible());
        QTRY_COMPARE(find<QComboBox>("rocClass")->count(), int(fakeClasses().size()));
        view().grab();
    }
};

} // namespace

class RocTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void curvesAreThoseOfTheScores();
    void chartHasACurveForEachClassAndAThreshold();
    void errorsAreListedWithTheirText();
    void aRunWithoutScoresShowsNeither();
};

void RocTest::curvesAreThoseOfTheScores() {
    // Two classes; of class 1 one example scores below one of class 0.
    const Matrix scores{
        "validation/scores", {7}, {1}, 4, 3, {0, 0.9, 0.1, 0, 0.4, 0.6, 1, 0.3, 0.7, 1, 0.8, 0.2}};
    const auto made = class_curves(scores, {"no", "yes"});
    QCOMPARE(made.classes(), std::size_t(2));
    QCOMPARE(made.examples, 4);
    QCOMPARE(made.curves[1].name, QStringLiteral("yes"));
    QCOMPARE(made.curves[1].area.area, 0.75);
    QCOMPARE(made.curves[1].positives, 2);
    const auto usual = ClassCurves::usual(made.curves[1]);
    QVERIFY(made.curves[1].points[usual].threshold >= 0.5);
    QCOMPARE(made.found(made.curves[1], usual), 1);
    QVERIFY(made.curves.back().average && made.curves[2].average);
    QVERIFY(class_curves(Matrix{"validation/scores", {}, {}, 1, 3, {5, 0, 1}}, {"no", "yes"}).curves.empty());
}

void RocTest::chartHasACurveForEachClassAndAThreshold() {
    ScoredStudio s;
    s.finish();
    const auto classes = fakeClasses().size();
    for (std::size_t c = 0; c < classes + 2; ++c) QVERIFY(s.view().drawn(c).size() >= 3);
    auto* which = s.find<QComboBox>("rocClass");
    QCOMPARE(which->count(), int(classes));
    which->setCurrentIndex(3);
    const QString before = s.words();
    QVERIFY2(before.contains(QStringLiteral("recall")) && before.contains(QStringLiteral("precision")),
             qPrintable(before));
    s.view().setFocus();
    QTest::keyClick(&s.view(), Qt::Key_Right);
    QVERIFY(s.words() != before);
    QTest::keyClick(&s.view(), Qt::Key_Home);
    QCOMPARE(s.words(), before);
    // Dragged to the end of the curve everything is accepted.
    s.view().grab();
    const auto points = s.view().drawn(3);
    const QPoint from = QPointF(points[points.size() / 2].x, points[points.size() / 2].y).toPoint(),
                 to = QPointF(points.back().x, points.back().y).toPoint();
    QTest::mousePress(&s.view(), Qt::LeftButton, {}, from);
    QTest::mouseMove(&s.view(), to);
    QTest::mouseRelease(&s.view(), Qt::LeftButton, {}, to);
    QVERIFY2(s.words().contains(QStringLiteral("recall 100%")), qPrintable(s.words()));
    s.click("plot-roc-calibration");
    s.view().grab();
    QVERIFY(!s.find<QWidget>("rocClass")->isVisible());
    QVERIFY2(s.words().contains(QStringLiteral("expected error")), qPrintable(s.words()));
    const auto table =
        card(s, "roc").plot().table(*s.window->findChild<WatchedRun*>(), *s.window->findChild<Detection*>());
    QVERIFY(table.rows.size() >= 3 * (classes + 2));
    QCOMPARE(table.columns.size(), qsizetype(table.rows.front().values.size() + 1));
}

void RocTest::errorsAreListedWithTheirText() {
    ScoredStudio s;
    s.finish();
    QTRY_VERIFY(s.errorsShown());
    s.tabs().setCurrentIndex(s.tab(s.find<QWidget>("wrongAnswersPane")));
    auto* table = s.find<QTableView>("wrongTable");
    int wrong = 0; // every third of a class
    for (int c = 0; c < int(fakeClasses().size()); ++c) wrong += kScored * (1 + c % 3) / 3;
    QTRY_COMPARE(table->model()->rowCount(), wrong);
    const auto cell = [&](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    QVERIFY(cell(0, WrongAnswersModel::truth) != cell(0, WrongAnswersModel::answer));
    auto* only = s.find<QComboBox>("wrongClass");
    only->setCurrentIndex(only->findText(QStringLiteral("Czech")));
    QCOMPARE(table->model()->rowCount(), kScored / 3); // the fourth class has as many as the first
    QCOMPARE(cell(0, WrongAnswersModel::truth), QStringLiteral("Czech"));
    // The third of its examples held out for validation: names go 0, 0, 0, 1, 2 to the sides.
    QTRY_COMPARE(cell(0, WrongAnswersModel::text), QStringLiteral("Name3x13"));
    table->setCurrentIndex(table->model()->index(0, 0));
    QCOMPARE(s.find<QPlainTextEdit>("wrongText")->toPlainText(), QStringLiteral("Name3x13"));
}

void RocTest::aRunWithoutScoresShowsNeither() {
    ScoredStudio s;
    s.open();
    s.click("trainButton");
    QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 20000);
    QVERIFY(!s.view().isVisible());
    QVERIFY(!s.errorsShown());
}

QTEST_MAIN(RocTest)
#include "test_roc.moc"
