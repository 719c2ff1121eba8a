// Runs as others have reported them, and what a pruned network is made from: what the form begins with, and
// what is trained before what was asked for.

#include "tests/ui/studio_fixture.h"

#include "core/analysis/report_presets.h"
#include "core/base/pruning.h"
#include "ui/plots/plot_card.h"
#include "ui/state/watched_run.h"

#include <QMenu>
#include <QSignalSpy>
#include <QToolButton>

#include <filesystem>
#include <fstream>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// Knows what the presets name, and the parameters of pruning.
struct ReportedEngine : FakeEngine {
    ReportedEngine() {
        for (const auto& preset : report_presets()) {
            for (const auto& [group, list] : {std::pair{Group::task, &catalog_.tasks},
                                              {Group::model, &catalog_.models},
                                              {Group::optimizer, &catalog_.optimizers}})
                if (!catalog_.find(group, preset.request.id(group)))
                    list->push_back({.id = preset.request.id(group),
                                     .title = preset.request.id(group),
                                     .summary = "As the presets name it"});
            for (const auto& [where, value] : preset.request.settings) {
                const auto dot = where.find('.');
                const auto group = *group_named(where.substr(0, dot));
                const auto name = where.substr(dot + 1);
                if (catalog_.find_param(group, preset.request.id(group), name)) continue;
                params(group, preset.request.id(group)).push_back(text(name, "", "As the presets set it"));
            }
        }
        for (auto& task : catalog_.tasks)
            if (!catalog_.find_param(Group::task, task.id, "source"))
                task.params.push_back(path("source", "", "Where the texts are"));
        for (auto& param :
             {integer("prune_level", 0, "Level").at_least(0), real("prune_share", 0.2, "Share"),
              text("prune_sparsities", "", "Shares"), choice("prune_scope", "global", {"global"}, "Scope"),
              choice("prune_iterations", "iterative", {"iterative", "one-shot"}, "Steps"),
              choice("prune_rewind", "start", {"start", "update"}, "Back to"),
              integer("prune_rewind_update", 0, "Update"),
              choice("prune_branch", "ticket", {"ticket", "random-mask"}, "Branch")})
            catalog_.regime_params.push_back(param);
    }

private:
    ParamTable& params(Group group, const std::string& id) {
        if (group == Group::regime) return catalog_.regime_params;
        auto& list = group == Group::task    ? catalog_.tasks
                     : group == Group::model ? catalog_.models
                                             : catalog_.optimizers;
        return std::ranges::find(list, id, &Entry::id)->params;
    }
};

struct ReportedStudio : Studio {
    ReportedEngine reported;
    ReportedStudio() {
        reported.plan.per_update = std::chrono::microseconds(50);
        engine = std::make_unique<EngineHost>([this]() -> Result<Engine*> { return &reported; });
        training = std::make_unique<Training>(*engine, *store);
    }
    ~ReportedStudio() { // before what it works with
        window.reset();
        training.reset();
        engine.reset();
    }
    std::vector<RunRecord> runs() const { return must(must(StoreReader::open(place.path()))->runs()); }
    /// Newest last.
    std::vector<std::int64_t> levels() const {
        std::vector<std::int64_t> all;
        for (const auto& run : runs()) all.insert(all.begin(), prune_level(run.spec.regime.params));
        return all;
    }
    void pick(const char* preset) const {
        auto* action = find<QToolButton>("presetButton")->menu()->findChild<QAction*>();
        for (auto* each : find<QToolButton>("presetButton")->menu()->actions())
            if (each->objectName() == QLatin1String(preset)) action = each;
        QVERIFY(action);
        action->trigger();
    }
};

} // namespace

class TestPresets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aReportedRunIsPickedTaggedAndDrawnBeside() {
        ReportedStudio s;
        s.open();
        QVERIFY(!s.find<QLabel>("presetWords")->isVisible());
        s.pick("preset-imdb-cnn");
        QCOMPARE(s.find<QComboBox>("task")->currentText(), QStringLiteral("imdb"));
        QCOMPARE(s.find<QComboBox>("model")->currentText(), QStringLiteral("text-cnn"));
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.001"));
        QTRY_VERIFY(s.find<QLabel>("presetWords")->isVisible());
        const auto words = s.text("presetWords");
        QVERIFY2(words.startsWith(QStringLiteral("Reported on IMDb reviews")), qPrintable(words));
        QVERIFY2(words.contains(QStringLiteral("84.07%")) && words.contains(QStringLiteral("other data")),
                 qPrintable(words));
        s.type("run.length", "2");
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 20000);
        const auto run = s.runs().front();
        QCOMPARE(run.tags, (std::vector<std::string>{"preset-imdb-cnn"}));
        const auto& watched = *s.window->findChild<WatchedRun*>();
        QTRY_VERIFY(watched.record().has_value());
        const auto lines = card(s, "accuracy").plot().lines(watched);
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0].y, 0.8407);
        QCOMPARE(lines[0].label, QStringLiteral("report: test 84.07% (other data)"));
        QCOMPARE(card(s, "loss").plot().lines(watched).size(), std::size_t(1));
        card(s, "accuracy").grab();
    }

    void anotherModelIsNoLongerThePreset() {
        ReportedStudio s;
        s.open();
        s.pick("preset-imdb-cnn");
        s.type("optimizer.lr", "0.01"); // another step size still is
        QVERIFY(s.find<QLabel>("presetWords")->isVisible());
        s.choose("model", "text-lstm");
        QVERIFY(!s.find<QLabel>("presetWords")->isVisible());
        QCOMPARE(s.button("presetButton")->text(), QStringLiteral("Presets"));
        s.type("run.length", "1");
        s.click("trainButton");
        QTRY_COMPARE_WITH_TIMEOUT(s.text("runState"), QStringLiteral("finished"), 20000);
        QVERIFY(s.runs().front().tags.empty());
    }

    void levelsBelowAPrunedNetworkAreTrainedFirst() {
        ReportedStudio s;
        s.open();
        auto request = s.reported.catalog().request_for(
            must(s.reported.catalog().resolve({.task = "names", .regime = "sgd", .epochs = 1})));
        request.set("regime.prune_level", "2");
        QSignalSpy ended(s.training.get(), &Training::ended);
        QVERIFY(s.training->start(request));
        QCOMPARE(s.training->waiting(), 2);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, 20000);
        QCOMPARE(s.levels(), (std::vector<std::int64_t>{0, 1, 2}));

        // Those that the store has, with the checkpoint they ended with, are not trained again.
        std::filesystem::create_directories(checkpoint_folder(s.place.path()));
        for (const auto& run : s.runs()) {
            if (prune_level(run.spec.regime.params) == 2) continue;
            std::ofstream(checkpoint_folder(s.place.path()) / run.id.uuid) << "weights";
            MetricBatch batch;
            batch.run = run.id;
            batch.progress.update = run.updates;
            batch.checkpoint = CheckpointInfo{run.updates, run.id.uuid, 7};
            s.store->writer().push(std::make_shared<const MetricBatch>(batch));
        }
        must(s.store->writer().flush());
        request.seed = 0;
        QVERIFY(s.training->start(request));
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 4, 20000);
        QTRY_VERIFY(!s.training->busy());
        QCOMPARE(s.levels(), (std::vector<std::int64_t>{0, 1, 2, 2}));
        // Of another seed there is none yet.
        request.seed = 1;
        QVERIFY(s.training->start(request));
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 7, 20000);
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestPresets test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_presets.moc"
