#include "tests/ui/sweeps_fixture.h"

#include "core/base/format.h"
#include "ui/state/engine_host.h"
#include "ui/state/sweep_cost.h"
#include "ui/state/sweep_text.h"
#include "ui/theme.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/sweep_axis_edit.h"
#include "ui/widgets/sweep_builder.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

struct Bench {
    Place place;
    FakeEngine fake;
    EngineHost engine{[this]() -> Result<Engine*> { return &fake; }};
    SweepBuilder builder{engine};
    QSignalSpy started{&builder, &SweepBuilder::startWanted};

    Bench() {
        builder.resize(900, 640);
        builder.show();
        [&] { QVERIFY(QTest::qWaitForWindowExposed(&builder)); }();
        QApplication::setActiveWindow(&builder);
        engine.load();
        QTRY_VERIFY(engine.engine());
        builder.begin({.task = "names"});
    }
    template<class T>
    T* find(const char* name) const {
        auto* found = builder.findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s", name);
        return found;
    }
    void type(const char* name, const char* what) const {
        auto* line = find<QLineEdit>(name);
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QString::fromUtf8(what));
    }
    void choose(const char* name, const char* word) const {
        auto* box = find<QComboBox>(name);
        const int at = box->findText(QString::fromUtf8(word));
        QVERIFY2(at >= 0, word);
        box->setCurrentIndex(at);
        Q_EMIT box->activated(at);
    }
    QString text(const char* name) const { return find<QLabel>(name)->text(); }
    SweepRecord last() const { return started.last().at(0).value<SweepRecord>(); }
};

} // namespace

class TestSweepBuilder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void widthIsOfferedFirstWithUnitAndRange() {
        Bench b;
        QCOMPARE(b.find<QComboBox>("sweepAxis0Path")->currentText(), QStringLiteral("model.hidden"));
        QVERIFY(b.text("sweepAxis0About").contains(QStringLiteral("Size of the hidden state")));
        QVERIFY(b.text("sweepAxis0About").contains(QStringLiteral("units")));
        QVERIFY(b.text("sweepAxis0About").contains(QStringLiteral("1 to 8,192")) ||
                b.text("sweepAxis0About").contains(QStringLiteral("1 to 8192")));
        QCOMPARE(b.text("sweepAxis0Preview"), QStringLiteral("7 levels: 16, 32, 64, 128, 256, 512, 1024"));
        QTRY_VERIFY(b.text("sweepCost").startsWith(QStringLiteral("35 runs: each trained alone")));
    }

    void timeIsMeasuredBeforeItStarts() {
        Bench b;
        const SweepPlan plan = widthPlan(); // 6 runs
        b.builder.setPlan(plan);
        b.find<QSpinBox>("sweepJobs")->setValue(1);
        const auto spec = must(b.fake.catalog().preset(plan.base));
        const double seconds = 6 * 0.02 * double(must(b.fake.inspect(spec, {})).planned_updates);
        QTRY_COMPARE(b.text("sweepCost"), QStringLiteral("6 runs: each trained alone · ≈ %1")
                                              .arg(QString::fromStdString(format_duration(seconds))));
        b.fake.together = 6; // then all of them are one program, a second for each
        b.find<QSpinBox>("sweepSeeds")->setValue(6);
        QTRY_COMPARE(b.text("sweepCost"), QStringLiteral("18 runs: 3 ensembles · ≈ 18 s"));
        b.find<QSpinBox>("sweepSeeds")->setValue(4);
        QTRY_COMPARE(b.text("sweepCost"), QStringLiteral("12 runs: 2 ensembles · ≈ 12 s"));
        b.fake.together = 1;
        b.fake.times = false;
        b.find<QSpinBox>("sweepSeeds")->setValue(5);
        QTRY_COMPARE(
            b.text("sweepCost"),
            QStringLiteral("15 runs: each trained alone · time not known: it cannot be measured now"));
    }

    void whatLiesBetweenIsTakenToLieBetween() {
        FakeEngine fake;
        fake.together = 100;
        SweepPrograms programs; // of 2, 3, … 12 runs: a second each, five of them measured
        const auto spec = must(fake.catalog().preset({.task = "names"}));
        for (std::size_t runs = 2; runs <= 12; ++runs) programs.emplace_back(runs, spec);
        QCOMPARE(*sweepSeconds(fake, programs, 1, {}), 77.0);
        QCOMPARE(*sweepSeconds(fake, {{spec, spec}, std::vector<RunSpec>(9, spec)}, 64, {}), 9.0);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!sweepSeconds(fake, programs, 1, stop.get_token()));
        QVERIFY(!sweepSeconds(fake, {}, 1, {}));
    }

    void ctrlEnterStartsTheSweepAndNothingElse() {
        Bench b;
        auto* other = new QAction(&b.builder); // as the window's, which trains
        other->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
        b.builder.addAction(other);
        const QSignalSpy trained(other, &QAction::triggered);
        b.type("sweepAxis0To", "64");
        QTest::keyClick(b.find<QLineEdit>("sweepAxis0To"), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(b.started.count(), 1);
        QTest::keyClick(b.find<QSpinBox>("sweepSeeds"), Qt::Key_Enter, Qt::ControlModifier);
        QTRY_COMPARE(b.started.count(), 2);
        QCOMPARE(trained.count(), 0);
    }

    void levelsFollowWhatIsTyped() {
        Bench b;
        b.type("sweepAxis0From", "1");
        b.type("sweepAxis0To", "8");
        b.type("sweepAxis0Steps", "4");
        QTRY_COMPARE(b.text("sweepAxis0Preview"), QStringLiteral("4 levels: 1, 2, 4, 8"));
        b.choose("sweepAxis0How", "list");
        b.type("sweepAxis0List", "3, 1, 20");
        QTRY_COMPARE(b.text("sweepAxis0Preview"), QStringLiteral("3 levels: 3, 1, 20"));
        QCOMPARE(b.builder.plan()->axes.front().levels.size(), std::size_t(3));
    }

    void whatCannotBeIsMarkedWithTheReason() {
        Bench b;
        b.choose("sweepAxis0How", "list");
        b.type("sweepAxis0List", "1, 0");
        auto* problem = b.find<QLabel>("sweepAxis0Problem");
        QTRY_VERIFY(problem->isVisible());
        QVERIFY2(problem->text().contains(QStringLiteral("0")) &&
                     problem->text().contains(QStringLiteral("1 to 8")),
                 qPrintable(problem->text()));
        QVERIFY(b.find<QLineEdit>("sweepAxis0List")->property("invalid").toBool());
        QVERIFY(!b.find<QPushButton>("sweepStart")->isEnabled());
        QVERIFY(!b.builder.plan());
        b.type("sweepAxis0List", "1, 2");
        QTRY_VERIFY(!problem->isVisible());
        QVERIFY(!b.find<QLineEdit>("sweepAxis0List")->property("invalid").toBool());
        QVERIFY(b.find<QPushButton>("sweepStart")->isEnabled());
    }

    void aSecondParameterMakesRows() {
        Bench b;
        b.find<QPushButton>("sweepAddAxis")->click();
        QVERIFY(b.find<QComboBox>("sweepAxis1Path")->hasFocus() ||
                b.find<QLineEdit>("sweepAxis1PathText")->hasFocus());
        b.type("sweepAxis1PathText", "regime.batch_schedule");
        QTest::keyClick(b.find<QLineEdit>("sweepAxis1PathText"), Qt::Key_Return);
        QTRY_COMPARE(b.text("sweepAxis1Preview"), QStringLiteral("3 levels: constant, linear, geometric"));
        QTRY_VERIFY(b.text("sweepCost").startsWith(QStringLiteral("105 runs")));
        QVERIFY(!b.find<QPushButton>("sweepAddAxis")->isVisible()); // two at most
        b.type("sweepAxis1PathText", "model.hidden");
        QTest::keyClick(b.find<QLineEdit>("sweepAxis1PathText"), Qt::Key_Return);
        QTRY_COMPARE(b.builder.problem(), QStringLiteral("model.hidden is varied twice"));
        QTest::mouseClick(b.find<QToolButton>("sweepAxis1Remove"), Qt::LeftButton);
        QTRY_VERIFY(b.text("sweepCost").startsWith(QStringLiteral("35 runs")));
    }

    void anUnknownParameterIsRefused() {
        Bench b;
        b.type("sweepAxis0PathText", "model.hiden");
        QTest::keyClick(b.find<QLineEdit>("sweepAxis0PathText"), Qt::Key_Return);
        QTRY_VERIFY(b.find<QLabel>("sweepAxis0Problem")->isVisible());
        QVERIFY(b.find<QLabel>("sweepAxis0Problem")->text().contains(QStringLiteral("hidden"))); // meant?
    }

    void theSharedPartComesFromTheForm() {
        Bench b;
        auto* lr = b.find<QLineEdit>("sweep-optimizer.lr"); // names are unique in the window
        lr->setFocus();
        lr->selectAll();
        QTest::keyClicks(lr, QStringLiteral("-1"));
        QVERIFY(!b.find<QPushButton>("sweepStart")->isEnabled());
        QVERIFY(!b.builder.problem().isEmpty());
        lr->selectAll();
        QTest::keyClicks(lr, QStringLiteral("0.05"));
        QTRY_VERIFY(b.find<QPushButton>("sweepStart")->isEnabled());
        b.find<QPushButton>("sweepStart")->click();
        QTRY_COMPARE(b.started.count(), 1);
        const SweepRecord sweep = b.last();
        const auto& settings = sweep.plan.base.settings;
        QVERIFY(std::ranges::find(settings, std::pair<std::string, std::string>("optimizer.lr", "0.05")) !=
                settings.end());
    }

    void startGivesThePlanWithItsKeys() {
        Bench b;
        b.choose("sweepAxis0How", "list");
        b.type("sweepAxis0List", "1,2,4");
        b.find<QSpinBox>("sweepSeeds")->setValue(2);
        b.find<QSpinBox>("sweepFirstSeed")->setValue(7);
        b.find<QSpinBox>("sweepJobs")->setValue(3);
        b.type("sweepName", "my widths");
        QTRY_VERIFY(b.find<QPushButton>("sweepStart")->isEnabled());
        b.find<QPushButton>("sweepStart")->click();
        QTRY_COMPARE(b.started.count(), 1);
        const SweepRecord sweep = b.last();
        QCOMPARE(b.started.last().at(1).toInt(), 3);
        QCOMPARE(sweep.name, std::string("my widths"));
        QCOMPARE(sweep.plan.seeds, (std::vector<std::uint64_t>{7, 8}));
        QCOMPARE(sweep.plan.base.task, std::string("names"));
        const auto cells = must(sweep_cells(b.fake.catalog(), sweep.plan));
        QCOMPARE(sweep.keys.size(), cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) QCOMPARE(sweep.keys[i], cells[i].key);
    }

    void aStoredSweepGetsMore() {
        Bench b;
        SweepRecord stored;
        stored.id = "0001";
        stored.name = "widths-1";
        stored.plan = widthPlan();
        for (const auto& cell : must(sweep_cells(b.fake.catalog(), stored.plan)))
            stored.keys.push_back(cell.key);
        b.builder.extend(stored);
        QCOMPARE(*b.builder.plan(), stored.plan);
        b.find<QSpinBox>("sweepSeeds")->setValue(5);
        QTRY_VERIFY(b.text("sweepCost").contains(QStringLiteral("9 more than now")));
        b.find<QPushButton>("sweepStart")->click();
        QTRY_COMPARE(b.started.count(), 1);
        QCOMPARE(b.last().id, std::string("0001"));
        QCOMPARE(b.last().plan.title, std::string("Width of the names"));
        QCOMPARE(b.last().plan.axes, stored.plan.axes);
        QCOMPARE(b.last().keys.size(), std::size_t(15));
        // Those that it had are among them: they are not trained again.
        const SweepRecord more = b.last();
        for (const auto& key : stored.keys) QVERIFY(std::ranges::find(more.keys, key) != more.keys.end());
    }

    void variantsAreKeptAsTheyAre() {
        Bench b;
        SweepPlan plan = widthPlan();
        plan.axes.push_back({"setting",
                             false,
                             {{"gentle", {{"optimizer.lr", "0.01"}, {"optimizer.momentum", "0.9"}}},
                              {"bold", {{"optimizer.lr", "0.5"}}}}});
        b.builder.setPlan(plan);
        QCOMPARE(*b.builder.plan(), plan);
        QTRY_VERIFY(b.text("sweepCost").startsWith(QStringLiteral("12 runs")));
        QCOMPARE(b.text("sweepAxis1Preview"), QStringLiteral("2 levels: gentle, bold"));
        QVERIFY(!b.find<QLineEdit>("sweepAxis1List")->isVisible());
    }

    void activeNeedsNumbers() {
        Bench b;
        b.find<QCheckBox>("sweepActive")->setChecked(true);
        QCOMPARE(b.builder.plan()->active->axis, std::string("model.hidden"));
        QCOMPARE(b.builder.plan()->active->metric, std::string("test/error"));
        b.type("sweepAxis0PathText", "regime.batch_schedule");
        QTest::keyClick(b.find<QLineEdit>("sweepAxis0PathText"), Qt::Key_Return);
        QTRY_VERIFY(!b.find<QCheckBox>("sweepActive")->isEnabled());
        QVERIFY(!b.builder.plan()->active);
    }

    void theTextMakesTheSamePlan() {
        Bench b;
        SweepPlan plan = widthPlan();
        plan.base.set("optimizer.lr", "0.05");
        plan.base.epochs = 4;
        plan.view = "double-descent";
        plan.seeds = {3, 1, 9};
        plan.threshold_error = 0.2;
        plan.axes.push_back({"setting \"x\"", false, {{"a", {{"optimizer.momentum", "0.5"}}}, {"b", {}}}});
        plan.active = ActivePlan{"model.hidden", "test/loss", 5, 3};
        const QString toml = sweepToml(plan, {}, b.fake.catalog());
        const QString file = b.place.file(QStringLiteral("sweep.toml"));
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(toml.toUtf8());
        out.close();
        auto read = must(sweep_plan_from_toml(file.toStdString(), b.fake.catalog()));
        QCOMPARE(must(sweep_cells(b.fake.catalog(), read)).size(), std::size_t(18));
        const auto keys = [&](const SweepPlan& of) {
            std::vector<std::string> all;
            for (const auto& cell : must(sweep_cells(b.fake.catalog(), of))) all.push_back(cell.key);
            return all;
        };
        QCOMPARE(keys(read), keys(plan));
        QCOMPARE(read.title, plan.title);
        QCOMPARE(read.view, plan.view);
        QCOMPARE(read.seeds, plan.seeds);
        QCOMPARE(read.active, plan.active);
        QCOMPARE(read.threshold_error, plan.threshold_error);
        QCOMPARE(sweepCommand(plan, {}, b.fake.catalog(), {}, 0), QString()); // needs the file
    }

    void theSpecIsShownAndCopied() {
        Bench b;
        b.find<QPushButton>("sweepSpecButton")->click();
        const auto* shown = b.find<QPlainTextEdit>("sweepSpecText");
        QVERIFY(shown->toPlainText().contains(QStringLiteral("path = \"model.hidden\"\nfrom = 16\nto = 1")));
        QVERIFY(shown->toPlainText().contains(QStringLiteral("scale = \"log\"")));
        auto* form = b.find<QComboBox>("sweepSpecForm");
        form->setCurrentIndex(1);
        const QString command = shown->toPlainText();
        QVERIFY2(command.startsWith(QStringLiteral("descent sweep --task names ")), qPrintable(command));
        QVERIFY(command.contains(QStringLiteral(" --over model.hidden=16:1")));
        QVERIFY(command.contains(QStringLiteral(":log7 --seeds 5")));
        b.find<QPushButton>("sweepSpecCopy")->click();
        QCOMPARE(QApplication::clipboard()->text(), command);
        form->setCurrentIndex(2);
        QVERIFY(shown->toPlainText().startsWith(QLatin1Char('{')));
    }

    void aFileIsReadOrToldWhyNot() {
        Bench b;
        const QString good = b.place.file(QStringLiteral("good.toml")),
                      bad = b.place.file(QStringLiteral("bad.toml"));
        const auto write = [](const QString& file, const char* text) {
            QFile out(file);
            [&] { QVERIFY(out.open(QIODevice::WriteOnly)); }();
            out.write(text);
        };
        write(good,
              "seeds = 3\n[task]\nid = \"names\"\n[[over]]\npath = \"model.hidden\"\nvalues = [2, 4]\n");
        write(bad, "seeds = 3\n[task]\nid = \"names\"\n[[over]]\npath = \"model.hiden\"\nvalues = [2, 4]\n");
        b.builder.setAskForFile([&](QWidget*) { return good; });
        b.find<QPushButton>("sweepFromFile")->click();
        QTRY_COMPARE(b.text("sweepAxis0Preview"), QStringLiteral("2 levels: 2, 4"));
        QCOMPARE(b.find<QSpinBox>("sweepSeeds")->value(), 3);
        b.builder.setAskForFile([&](QWidget*) { return bad; });
        b.find<QPushButton>("sweepFromFile")->click();
        QTRY_VERIFY(b.builder.problem().contains(QStringLiteral("bad.toml")));
        QVERIFY(b.builder.problem().contains(QStringLiteral("hidden")));
    }

    void keysAloneMakeASweep() {
        Bench b;
        b.builder.focusFirst();
        auto* path = b.find<QLineEdit>("sweepAxis0PathText");
        QVERIFY(path->hasFocus() || b.find<QComboBox>("sweepAxis0Path")->hasFocus());
        path->setFocus();
        path->selectAll();
        QTest::keyClicks(path, QStringLiteral("optimizer.lr"));
        QTest::keyClick(path, Qt::Key_Tab);
        QTRY_VERIFY(b.text("sweepAxis0Preview").startsWith(QStringLiteral("7 levels: 0.")));
        b.find<QPushButton>("sweepStart")->setFocus();
        QTest::keyClick(b.find<QPushButton>("sweepStart"), Qt::Key_Space);
        QTRY_COMPARE(b.started.count(), 1);
        QCOMPARE(b.last().plan.axes.front().name, std::string("optimizer.lr"));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    qRegisterMetaType<SweepRecord>();
    TestSweepBuilder test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sweep_builder.moc"
