#include "tests/ui/studio_fixture.h"

#include "ui/pages/compare_page.h"
#include "ui/plots/compare_charts.h"
#include "ui/plots/legend_strip.h"

#include <QCheckBox>
#include <QFile>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

class TestLadder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWholeLadderIsTrainedAndCompared() {
        Studio s;
        s.fake.plan.per_update = std::chrono::microseconds(50);
        s.open();
        s.click("ladderButton");
        QTRY_VERIFY(s.find<QWidget>("ladderBox")->isVisible());
        QCOMPARE(s.text("ladderEstimate"), QStringLiteral("9 runs"));
        s.find<QSpinBox>("ladderSeeds")->setValue(2);
        s.find<QCheckBox>("ladder-full-batch")->setChecked(false);
        QCOMPARE(s.text("ladderEstimate"), QStringLiteral("4 runs"));
        QSignalSpy ended(s.training.get(), &Training::ended);
        s.button("ladderStart")->click();
        QVERIFY(s.find<QWidget>("comparePage")->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 4, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(s.text("compareFacts"), QStringLiteral("4 runs · sgd"), 5000);
        const auto* model = s.find<QTableView>("compareTable")->model();
        QCOMPARE(model->rowCount(), 2);
        QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("sgd-baseline"));
        QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("full-batch-clipped"));
        QCOMPARE(model->index(0, 1).data().toString(), QStringLiteral("2"));
        const auto* chart = s.find<ComparePage>("comparePage")->charts().card("validation/accuracy");
        QTRY_COMPARE(chart->legend().items().size(), std::size_t(2));
        QTRY_VERIFY(chart->accessibleDescription().startsWith(
            QStringLiteral("Validation accuracy by share, last values: sgd-baseline ")));
        QCOMPARE(chart->curves().curves.front().band.front().count, std::int64_t(2));
        const QString file = s.place.file(QStringLiteral("ladder.csv"));
        s.find<ComparePage>("comparePage")->setFileChooser([&](QWidget*, const QString&) { return file; });
        s.find<QAction>("compareExportCsv")->trigger();
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        QVERIFY(QString::fromUtf8(in.readAll()).startsWith(QStringLiteral("task,model,optimizer,regime")));
        const auto reader = must(StoreReader::open(s.place.path()));
        QCOMPARE(must(reader->runs({.where = "tag:ladder"})).size(), std::size_t(4));
    }

    void withoutARungNothingStarts() {
        Studio s;
        s.open();
        s.click("ladderButton");
        for (const char* rung : {"ladder-sgd-baseline", "ladder-full-batch", "ladder-full-batch-clipped"})
            s.find<QCheckBox>(rung)->setChecked(false);
        QVERIFY(!s.button("ladderStart")->isEnabled());
        QCOMPARE(s.text("ladderProblem"), QStringLiteral("Choose at least one rung"));
    }
};

QTEST_MAIN(TestLadder)
#include "test_ladder.moc"
