#include "tests/ui/studio_fixture.h"

#include "ui/widgets/formula_view.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/schedule_preview.h"

#include <QToolButton>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

const SchedulePreview& preview(const Studio& s) {
    return *s.find<SchedulePreview>("schedulePreview");
}

/// What the fake's catalog makes of the settings.
RunSpec specOf(const Catalog& catalog, const char* regime,
               std::vector<std::pair<std::string, std::string>> settings) {
    Request request{.task = "names", .optimizer = "sgd", .regime = regime};
    request.settings = std::move(settings);
    return must(catalog.resolve(request));
}

} // namespace

class TestRegimeForm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parametersAreFoldedBySection() {
        Studio s;
        s.open();
        auto* fold = s.find<QToolButton>("regime.section-schedule");
        QCOMPARE(fold->text(), QStringLiteral("Schedule"));
        QVERIFY(!s.find<QWidget>("regime.schedule")->isVisible());
        s.click("regime.section-schedule");
        QTRY_VERIFY(s.find<QWidget>("regime.schedule")->isVisible());
        QVERIFY(!s.find<QWidget>("regime.batch_size")->isVisible()); // with the rest
        QVERIFY(fold->accessibleName().contains(QStringLiteral("shown")));
        s.choose("regime.schedule", "step");
        s.type("regime.every", "4");
        QCOMPARE(fold->text(), QStringLiteral("Schedule · 2 changed"));
        QCOMPARE(s.find<QToolButton>("regime.section-batch-growth")->text(), QStringLiteral("Batch growth"));
    }

    void whatCannotBeIsUnfolded() {
        Studio s;
        s.open();
        s.click("regime.section-schedule");
        s.type("regime.warmup", "-3");
        s.click("regime.section-schedule"); // folded away again
        s.click("trainButton");
        QVERIFY(!s.training->busy());
        QTRY_VERIFY(s.find<QWidget>("regime.warmup")->isVisible());
        QCOMPARE(QApplication::focusWidget(), s.find<QWidget>("regime.warmup"));
    }

    void theScheduleIsDrawnBeforeTraining() {
        Studio s;
        s.open();
        QTRY_VERIFY(!preview(s).plan().lr.empty());
        QVERIFY(!preview(s).isVisible()); // constant, and nobody looks
        s.click("regime.section-schedule");
        QTRY_VERIFY(preview(s).isVisible());
        QCOMPARE(s.text("schedulePreviewWords"), QStringLiteral("Step size 0.4 throughout"));
        s.choose("regime.schedule", "cosine");
        s.click("regime.section-schedule");
        QTRY_VERIFY(!preview(s).plan().constant);
        QTRY_VERIFY(preview(s).isVisible()); // folded away, but not constant
        QTRY_VERIFY(
            preview(s).accessibleDescription().startsWith(QStringLiteral("Step size falls from 0.4")));
        QVERIFY(!s.find<QWidget>("regime.every")->isVisible());
    }

    void theStepSizeIsShownInBothUnits() {
        Studio s;
        s.open();
        QTRY_COMPARE(s.text("optimizer.lr-hint"),
                     QStringLiteral("lr 0.4 on the mean over 32 examples is 0.0125 on the sum"));
        QVERIFY(s.find<QWidget>("optimizer.lr-hint")->isVisible());
        QVERIFY(!s.text("cost").contains(QStringLiteral("on the sum")));
        s.type("optimizer.lr", "-1");
        QVERIFY(!s.find<QWidget>("optimizer.lr-hint")->isVisible()); // the error stands there
    }

    void aPlanIsTheSchedule() {
        FakeEngine fake;
        const auto& catalog = fake.catalog();
        const auto spec = specOf(catalog, "sgd-baseline", {{"optimizer.lr", "0.5"}});
        const auto plan = planSchedule(spec, catalog, 5, 40, 3612);
        QCOMPARE(plan.epochs, 8.0);
        const Schedule schedule(spec.regime.params, 8);
        for (const auto& point : plan.lr)
            if (point.x < 8) QCOMPARE(point.y, 0.5 * schedule.factor(std::int64_t(point.x + 1e-9)));
        QCOMPARE(plan.lr.front().y, 0.0); // the warm-up's first step
        QVERIFY(planSentence(plan).startsWith(QStringLiteral("Step size rises from 0 to 0.5 at epoch 2")));
    }

    void plannedChangesAreSteps() {
        FakeEngine fake;
        const auto& catalog = fake.catalog();
        const auto spec = specOf(
            catalog, "sgd",
            {{"optimizer.lr", "0.1"}, {"regime.changes", "20 optimizer.lr=0.02; 30 regime.clip_norm=1"}});
        const auto plan = planSchedule(spec, catalog, 5, 75, 3612);
        QVERIFY(!plan.constant);
        QCOMPARE(plan.lr.front().y, 0.1);
        QCOMPARE(plan.lr.back().y, 0.02);
        QVERIFY(std::ranges::any_of(plan.lr, [](const auto& p) { return p.x == 4 && p.y == 0.02; }));
        QCOMPARE(plan.events.size(), std::size_t(2));
        QCOMPARE(plan.events[0].label, QStringLiteral("lr 0.02"));
        QCOMPARE(plan.events[1].x, 6.0);
    }

    void theGrowthOfTheBatchIsThere() {
        FakeEngine fake;
        const auto& catalog = fake.catalog();
        const auto spec =
            specOf(catalog, "sgd", {{"regime.batch_schedule", "geometric"}, {"regime.batch_growth", "0.5"}});
        const auto plan = planSchedule(spec, catalog, 5, 75, 3612);
        QCOMPARE(plan.batch.front().y, 32.0);
        QCOMPARE(plan.batch.back().y, 3612.0);
        QVERIFY(planSentence(plan).contains(QStringLiteral("batch from 32 to 3,612")));
    }

    void formulasAreSetAsMathematics() {
        const QString formula = QStringLiteral("m ← β₁·m + (1 − β₁)·g;  x ← x − lr·m̂ / (√v̂ + ε)");
        QCOMPARE(formulaLines(formula).size(), 2);
        const QString html = formulaHtml(formulaLines(formula)[1]);
        QVERIFY(html.contains(QStringLiteral("<i>x</i>")));
        QVERIFY(html.contains(QStringLiteral("lr·"))); // a word, so upright
        QVERIFY(html.contains(QStringLiteral("<i>m̂</i>")));
        QCOMPARE(formulaHtml(QStringLiteral("x_t + g^2 + y_{t−1}")),
                 QStringLiteral("<i>x</i><sub><i>t</i></sub> + <i>g</i><sup>2</sup> + "
                                "<i>y</i><sub><i>t</i>−1</sub>"));
        QCOMPARE(formulaHtml(QStringLiteral("aₜ < b")), QStringLiteral("<i>a</i>ₜ &lt; <i>b</i>"));
    }
};

QTEST_MAIN(TestRegimeForm)
#include "test_regime_form.moc"
