#include "tests/ui/studio_fixture.h"

#include "ui/pages/compare_page.h"
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
    void anEmptyPageSaysWhatToDo() {
        Studio s;
        s.open();
        s.key(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(s.find<QWidget>("comparePage")->isVisible());
        QTRY_VERIFY(s.find<QWidget>("compareEmpty")->isVisible());
        QTest::mouseClick(s.find<QWidget>("compareEmpty")->findChild<QAbstractButton*>(), Qt::LeftButton);
        QVERIFY(s.find<QWidget>("trainPage")->isVisible());
        QTRY_VERIFY(s.find<QWidget>("ladderBox")->isVisible());
    }

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
        QCOMPARE(s.find<LegendStrip>("compareLegend")->items().size(), std::size_t(2));
        QVERIFY(s.find<QWidget>("compareChart")
                    ->accessibleDescription()
                    .startsWith(QStringLiteral("Validation accuracy, mean over seeds: sgd-baseline ")));
        const QString file = s.place.file(QStringLiteral("ladder.csv"));
        s.find<ComparePage>("comparePage")->setFileChooser([&](QWidget*, const QString&) { return file; });
        s.click("compareExport");
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

    void metricAndAxisAreChosen() {
        Studio s;
        s.fake.plan.per_update = std::chrono::microseconds(20);
        s.open();
        s.click("ladderButton");
        s.find<QSpinBox>("ladderSeeds")->setValue(1);
        QSignalSpy ended(s.training.get(), &Training::ended);
        s.button("ladderStart")->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, 20000);
        auto* metric = s.find<QComboBox>("compareMetric");
        QTRY_VERIFY(metric->count() >= 2);
        metric->setCurrentIndex(1);
        QTRY_VERIFY(s.find<QWidget>("compareChart")
                        ->accessibleDescription()
                        .startsWith(QStringLiteral("Validation loss")));
        for (int i = 0; i < 4; ++i) s.find<QComboBox>("compareAxis")->setCurrentIndex(i);
    }
};

QTEST_MAIN(TestLadder)
#include "test_ladder.moc"
