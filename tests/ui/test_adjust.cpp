#include "tests/ui/studio_fixture.h"

#include "ui/pages/train_page.h"
#include "ui/plots/curve_layer.h"
#include "ui/plots/plot_card.h"
#include "ui/widgets/request_form.h"

#include <QImage>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QToolButton>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// A run that waits to be adjusted.
void pauseEarly(Studio& s) {
    s.click("trainButton");
    QTRY_COMPARE(s.text("runState"), QStringLiteral("training"));
    QTRY_VERIFY(s.training->progress().update.count > 5);
    s.click("pauseButton");
    QTRY_COMPARE(s.text("runState"), QStringLiteral("paused"));
}

} // namespace

class TestAdjust : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStepSizeIsChangedWhileTraining() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(2);
        s.open();
        pauseEarly(s);
        s.click("adjustButton");
        QVERIFY(s.find<QWidget>("adjustPanel")->isVisible());
        QCOMPARE(QApplication::focusWidget(), s.find<QWidget>("adjust-optimizer.lr"));
        QCOMPARE(s.find<QLineEdit>("adjust-optimizer.lr")->text(), QStringLiteral("0.4"));
        QCOMPARE(s.find<QLineEdit>("adjust-regime.clip_norm")->text(), QStringLiteral("0.25"));
        QVERIFY(!s.button("adjust-apply-optimizer.lr")->isEnabled());
        s.type("adjust-optimizer.lr", "0.05");
        QVERIFY(s.button("adjust-apply-optimizer.lr")->isEnabled());
        s.click("adjust-apply-optimizer.lr");
        QVERIFY(s.text("adjustSaid").startsWith(QStringLiteral("lr 0.05 from the next update")));
        s.click("pauseButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QVERIFY(!s.find<QWidget>("adjustPanel")->isVisible()); // there is nothing left to adjust
        QTRY_COMPARE(card(s, "loss").scene().events.size(), std::size_t(1));
        const auto& event = card(s, "gradient").scene().events.front();
        QCOMPARE(event.label, QStringLiteral("lr 0.05"));
        QVERIFY(event.x > 1 && event.x < 20); // epochs
        QVERIFY(card(s, "loss").accessibleDescription().contains(
            QStringLiteral("changed while training: lr 0.05 from update")));
        QTRY_VERIFY(card(s, "lr").isVisible()); // it varies now
        QVERIFY(
            s.find<QPlainTextEdit>("logView")->toPlainText().contains(QStringLiteral("optimizer.lr = 0.05")));
        s.find<QTabWidget>("runDetails")->setCurrentIndex(3);
        QVERIFY(
            s.find<QPlainTextEdit>("specText")->toPlainText().contains(QStringLiteral("optimizer.lr=0.05")));
    }

    void trainAgainMakesTheChangesAgain() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(2);
        s.open();
        pauseEarly(s);
        must(s.training->change("regime.clip_norm", "0.5"));
        s.click("pauseButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        s.click("navRuns");
        QTRY_VERIFY(s.find<QAction>("runAgain")->isEnabled());
        s.find<QAction>("runAgain")->trigger();
        QTRY_VERIFY(s.find<QWidget>("trainPage")->isVisible());
        const auto& settings = s.find<RequestForm>("requestForm")->request().settings;
        QCOMPARE(settings.size(), std::size_t(1));
        QCOMPARE(settings.front().first, std::string("regime.changes"));
        QVERIFY(QString::fromStdString(settings.front().second)
                    .endsWith(QStringLiteral(" regime.clip_norm=0.5")));
    }

    void whatCannotBeIsSaidInPlace() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(2);
        s.open();
        pauseEarly(s);
        s.click("adjustButton");
        s.type("adjust-regime.batch_size", "-4");
        QVERIFY(s.find<QWidget>("adjust-error-regime.batch_size")->isVisible());
        QVERIFY(!s.button("adjust-apply-regime.batch_size")->isEnabled());
        s.key(Qt::Key_Escape);
        QVERIFY(!s.find<QWidget>("adjustPanel")->isVisible());
        QVERIFY(!s.button("adjustButton")->isChecked());
        s.click("stopButton");
    }

    void eventsAreDrawn() {
        PlotScene scene;
        scene.curves.push_back({QStringLiteral("c"), 0, 0, false, {{0, 1}, {100, 2}}});
        const auto paint = [&] {
            CurveLayer layer;
            QImage image(400, 240, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::white);
            layer.font = QApplication::font();
            layer.arrange(scene, image.size());
            QPainter painter(&image);
            layer.paint(painter);
            return image;
        };
        const QImage before = paint();
        scene.events = {{50, QStringLiteral("lr 0.05")}, {51, QStringLiteral("no clip")}, {500, {}}};
        const QImage after = paint();
        int changed = 0;
        for (int y = 0; y < before.height(); ++y)
            for (int x = 0; x < before.width(); ++x) changed += before.pixel(x, y) != after.pixel(x, y);
        QVERIFY(changed > 200);
    }

    void aBreakpointPausesAndSaysWhy() {
        Studio s;
        s.fake.plan.break_at = 12;
        s.open();
        s.click("run.breakpoints");
        QTRY_VERIFY(s.find<QWidget>("formBreakpoints-line")->isVisible());
        s.type("formBreakpoints-line", "loss <");
        QVERIFY(s.find<QWidget>("formBreakpoints-error")->isVisible());
        QVERIFY(!s.button("formBreakpoints-add")->isEnabled());
        s.type("formBreakpoints-line", "loss < 1.5");
        QVERIFY(!s.find<QWidget>("formBreakpoints-error")->isVisible());
        s.click("formBreakpoints-add");
        QCOMPARE(s.training->breakpoints(), std::vector<std::string>{"loss < 1.5"});
        QCOMPARE(s.find<QToolButton>("run.breakpoints")->text(), QStringLiteral("Breakpoints · 1"));
        s.click("trainButton");
        QTRY_COMPARE(s.text("runState"), QStringLiteral("paused"));
        QTRY_VERIFY(s.find<QWidget>("runHalt")->isVisible());
        QVERIFY(
            s.text("runHaltWords").startsWith(QStringLiteral("Paused at update 12: breakpoint loss < 1.5")));
        s.click("pauseButton"); // Continue
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 10000);
        QVERIFY(!s.find<QWidget>("runHalt")->isVisible());
    }

    void breakpointsAreListedInBothPlacesAndTakenAway() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(2);
        s.open();
        pauseEarly(s);
        s.click("adjustButton");
        s.type("adjustBreakpoints-line", "loss is NaN");
        s.key(Qt::Key_Return);
        QCOMPARE(s.training->breakpoints().size(), std::size_t(1));
        QCOMPARE(s.text("formBreakpoints-0"), QStringLiteral("loss is NaN"));
        auto* presets = s.find<QToolButton>("adjustBreakpoints-presets");
        for (auto* action : presets->menu()->actions())
            if (action->text() == QStringLiteral("validation rises 5 times")) action->trigger();
        QCOMPARE(s.training->breakpoints().size(), std::size_t(2));
        s.click("adjustBreakpoints-remove-0");
        QCOMPARE(s.training->breakpoints(), std::vector<std::string>{"validation rises 5 times"});
        s.click("stopButton");
    }
};

QTEST_MAIN(TestAdjust)
#include "test_adjust.moc"
