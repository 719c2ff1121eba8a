// The chart of a sweep over levels of pruning.

#include "core/store/checkpoint_file.h"
#include "tests/ui/runs_fixture.h"
#include "ui/plots/sweep_lottery_view.h"
#include "ui/plots/sweep_mask_view.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <cstring>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

template<class T>
TensorFile::Tensor tensor(const std::string& name, const std::string& dtype, std::vector<std::int64_t> shape,
                          const std::vector<T>& values) {
    TensorFile::Tensor made{name, dtype, std::move(shape), {}};
    made.data.resize(values.size() * sizeof(T));
    std::memcpy(made.data.data(), values.data(), made.data.size());
    return made;
}

/// Levels 0 to 2 of one network, 4 units of 5 inputs, in a store: level L keeps the first 5 − L of each, the
/// weights of the first unit are negative.
struct Pruned {
    Place place;
    std::unique_ptr<StoreHost> store = place.open();
    std::shared_ptr<SweepData> sweep = std::make_shared<SweepData>();

    Pruned() {
        std::filesystem::create_directories(checkpoint_folder(place.path()));
        sweep->record.id = "masks";
        auto& plan = sweep->record.plan;
        plan.seeds = {3};
        plan.axes = {{"regime.prune_level", false, {}}};
        for (const char* level : {"0", "1", "2"})
            plan.axes[0].levels.push_back({level, {{"regime.prune_level", level}}});
        sweep->grid = sweep_grid(plan);
        for (std::int64_t level = 0; level < 3; ++level) add(level);
    }

    void add(std::int64_t level) {
        auto record = recordOf({});
        record.spec.regime.params.values["prune_level"] = level;
        auto run = must(store->writer().create(record));
        std::vector<std::uint8_t> kept;
        std::vector<float> weights;
        for (int r = 0; r < 4; ++r)
            for (int c = 0; c < 5; ++c) {
                kept.push_back(c < 5 - level);
                weights.push_back(c < 5 - level ? (r == 0 ? -1.0F : 0.5F) : 0.0F);
            }
        write_tensor_file(checkpoint_folder(place.path()) / run.id.uuid,
                          {{tensor("model/in.weight", "F32", {4, 5}, weights),
                            tensor("mask/in.weight", "U8", {4, 5}, kept)},
                           {}});
        MetricBatch batch;
        batch.run = run.id;
        batch.progress.update = {7};
        batch.checkpoint = CheckpointInfo{{7}, run.id.uuid, 1};
        batch.state = StateChange{RunState::finished, {}};
        store->writer().push(std::make_shared<const MetricBatch>(batch));
        must(store->writer().flush());
        run = place.stored(run.id);
        const double left = 1 - 0.2 * double(level);
        run.summary["test/accuracy"] = {0.9, 0.9, {}};
        if (level > 0)
            run.summary["weights/density"] = run.summary["weights/density/in.weight"] = {left, left, {}};
        sweep->runs.push_back({std::size_t(level), std::move(run)});
    }
};

} // namespace

class TestLottery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lotteryOverTheWeightsLeft() {
        auto sweep = std::make_shared<SweepData>();
        sweep->record.id = "lottery";
        auto& plan = sweep->record.plan;
        plan.seeds = {1, 2};
        plan.axes = {{"regime.prune_branch", false, {}}, {"regime.prune_level", false, {}}};
        for (const char* branch : {"ticket", "random-mask"})
            plan.axes[0].levels.push_back({branch, {{"regime.prune_branch", branch}}});
        for (const char* level : {"0", "1", "2"})
            plan.axes[1].levels.push_back({level, {{"regime.prune_level", level}}});
        sweep->grid = sweep_grid(plan);
        for (std::size_t cell = 0; cell < sweep->grid.size(); ++cell) {
            const auto& at = sweep->grid[cell];
            const auto branch = at.levels[0], level = at.levels[1];
            RunRecord run;
            run.id = RunId{(level == 0 ? "dense" : std::to_string(branch)) + std::to_string(level) +
                           std::to_string(at.seed)};
            run.state = RunState::finished;
            const double value = 0.9 - 0.1 * double(branch * level) + 0.01 * double(at.seed);
            run.summary["test/accuracy"] = {value, value, {}};
            const double left = std::pow(0.8, double(level));
            if (level > 0) {
                run.summary["weights/density"] = {left, left, {}};
                run.summary["weights/density/0.weight"] = {left * 0.9, left * 0.9, {}};
            }
            sweep->runs.push_back({cell, std::move(run)});
        }
        SweepLotteryView view;
        QVERIFY(view.suits(plan));
        view.resize(700, 450);
        view.QWidget::show();
        static_cast<SweepView&>(view).show(sweep);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), 20000);
        const auto& data = view.chart().data();
        QCOMPARE(data.curves.size(), std::size_t(3));
        QCOMPARE(data.curves[0].label, QStringLiteral("ticket"));
        QCOMPARE(data.curves[2].label, QStringLiteral("dense"));
        QVERIFY(std::abs(data.curves[2].points[0].low - 0.91) < 1e-12);
        QVERIFY(std::abs(data.curves[2].points[0].high - 0.92) < 1e-12);
        QVERIFY(std::abs(data.curves[1].points[2].value - 0.715) < 1e-12);
        // The dense network is at the left.
        QVERIFY(view.chart().placeOf(100, 0.9).x() < view.chart().placeOf(80, 0.9).x());
        QVERIFY(view.chart().placeOf(80, 0.9).x() < view.chart().placeOf(64, 0.9).x());
        QVERIFY(view.sentences().join(QLatin1Char(' ')).contains(QStringLiteral("nothing gets faster")));
        // Its numbers are the chart's: three levels of two branches, and the band's two ends.
        QCOMPARE(view.table().rows.size(), std::size_t(8));
        QSignalSpy opened(&view, &SweepView::openRuns);
        QTest::mouseClick(&view.chart(), Qt::LeftButton, {}, view.chart().placeOf(64, 0.715).toPoint());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.at(0).at(0).value<std::vector<RunId>>().size(), std::size_t(2));

        auto* what = view.findChild<QComboBox*>(QStringLiteral("sweepLotteryWhat"));
        QVERIFY(what);
        what->setCurrentIndex(what->count() - 1);
        Q_EMIT what->activated(what->count() - 1);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), 20000);
        QCOMPARE(view.chart().data().curves.size(), std::size_t(1)); // the branches keep as many
        QVERIFY(std::abs(view.chart().data().curves[0].points[2].value - 57.6) < 1e-9);
        view.grab();
    }

    void masksAreSeenByLevelAndLayer() {
        const Pruned made;
        SweepMaskView view(*made.store);
        QVERIFY(view.suits(made.sweep->record.plan));
        view.resize(700, 450);
        view.QWidget::show();
        static_cast<SweepView&>(view).show(made.sweep);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && !view.picture().shown().id.isEmpty(), 20000);
        // The level with fewest weights first; the dense one has no mask.
        auto* level = view.findChild<QComboBox*>(QStringLiteral("sweepMaskLevel"));
        QCOMPARE(level->count(), 2);
        QCOMPARE(level->currentText(), QStringLiteral("level 2: 60%"));
        const auto& picture = view.picture();
        QCOMPARE(picture.shown().layer, QStringLiteral("in.weight"));
        QCOMPARE(picture.shown().density, 0.6);
        QCOMPARE(picture.shown().column_density, (std::vector<double>{1, 1, 1, 0, 0}));
        QCOMPARE(picture.colourOf(0, 0), theme::series(0));
        QCOMPARE(picture.colourOf(0, 4), theme::surface());
        const auto area = picture.area(QSizeF(picture.size()));
        const auto at = [&](double row, double column) {
            return picture.describe(
                QPointF(area.left() + column / 5 * area.width(), area.top() + row / 4 * area.height())
                    .toPoint());
        };
        QCOMPARE(at(0.5, 0.5), QStringLiteral("row 1, column 1: kept, weight −1"));
        QCOMPARE(at(2.5, 3.5), QStringLiteral("row 3, column 4: cut"));
        QVERIFY(
            view.sentences().join(QLatin1Char(' ')).contains(QStringLiteral("keeps 12 of 20 weights (60%)")));
        QCOMPARE(view.table().rows.size(), std::size_t(4 + 5));
        const QImage drawn = view.picture().grab().toImage();
        const auto pixel = [&](double row, double column) {
            const double scale = drawn.devicePixelRatio();
            return drawn.pixelColor(int(scale * (area.left() + column / 5 * area.width())),
                                    int(scale * (area.top() + row / 4 * area.height())));
        };
        QCOMPARE(pixel(0.5, 0.5), theme::series(0));
        QCOMPARE(pixel(0.5, 4.5), theme::surface());
        // Weights by sign.
        auto* what = view.findChild<QComboBox*>(QStringLiteral("sweepMaskWhat"));
        what->setCurrentIndex(1);
        Q_EMIT what->activated(1);
        QCOMPARE(picture.colourOf(0, 0), theme::series(1));
        QVERIFY(picture.colourOf(1, 0) != picture.colourOf(0, 0));
        level->setCurrentIndex(0);
        Q_EMIT level->activated(0);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && picture.shown().density == 0.8, 20000);
        QSignalSpy opened(&view, &SweepView::openRuns);
        QTest::mouseClick(&view.picture(), Qt::LeftButton, {}, area.center().toPoint());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.at(0).at(0).value<std::vector<RunId>>().front().uuid,
                 made.sweep->runs[1].run.id.uuid);
    }

    void aMaskThatIsGoneIsSaid() {
        const Pruned made;
        std::filesystem::remove_all(checkpoint_folder(made.place.path()));
        SweepMaskView view(*made.store);
        view.QWidget::show();
        static_cast<SweepView&>(view).show(made.sweep);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && !view.sentences().isEmpty(), 20000);
        QVERIFY(view.picture().shown().id.isEmpty());
        view.grab();
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    qRegisterMetaType<std::vector<RunId>>();
    theme::apply(app, theme::Mode::light);
    TestLottery test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_lottery.moc"
