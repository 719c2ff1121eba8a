#include "tests/ui/studio_fixture.h"

#include "ui/pages/train_page.h"
#include "ui/widgets/path_edit.h"
#include "ui/widgets/request_form.h"

#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QScrollArea>
#include <QScrollBar>
#include <QWheelEvent>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {
const Request& request(const Studio& s) {
    return s.find<RequestForm>("requestForm")->request();
}
QString detail(const Studio& s) {
    return s.text("task-detail");
}
} // namespace

class TestForm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anInvalidNumberIsMarkedWithTheReason() {
        Studio s;
        s.open();
        s.type("optimizer.lr", "-1");
        QVERIFY(s.find<QWidget>("optimizer.lr-error")->isVisible());
        QCOMPARE(s.text("optimizer.lr-error"), QStringLiteral("Expected a number ≥ 0"));
        QVERIFY(s.find<QLineEdit>("optimizer.lr")->property("invalid").toBool());
        s.find<QLineEdit>("run.seed")->setFocus();
        s.click("trainButton");
        QVERIFY(!s.training->busy());
        QCOMPARE(QApplication::focusWidget(), s.find<QWidget>("optimizer.lr"));
        s.type("optimizer.lr", "4e-1");
        QVERIFY(!s.find<QWidget>("optimizer.lr-error")->isVisible());
        QVERIFY(!s.find<QWidget>("optimizer.lr-dot")->isVisible()); // the preset's value, written another way
    }

    void aChangedFieldHasADotThatResetsIt() {
        Studio s;
        s.open();
        s.type("optimizer.lr", "1e-2");
        QVERIFY(s.find<QWidget>("optimizer.lr-dot")->isVisible());
        QVERIFY(s.button("regime-custom")->isVisible());
        QCOMPARE(s.button("regime-custom")->text(), QStringLiteral("Custom, from Full batch, clipped"));
        QCOMPARE(request(s).settings.size(), std::size_t(1));
        s.click("optimizer.lr-dot");
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.4"));
        QVERIFY(request(s).settings.empty());
        QVERIFY(!s.button("regime-custom")->isVisible());
    }

    void theWheelScrollsTheFormAndChangesNoFieldWithoutFocus() {
        Studio s;
        s.open();
        s.window->resize(960, 600);
        auto* scroll = s.find<QScrollArea>("formScroll");
        auto* bar = scroll->verticalScrollBar();
        QTRY_VERIFY(bar->isVisible());
        QComboBox* box = nullptr; // of several choices, and to be seen
        for (auto* one : scroll->findChildren<QComboBox*>())
            if (!box && one->isVisible() && one->count() > 2) box = one;
        QVERIFY(box);
        const auto turn = [&] {
            const QPointF middle = box->rect().center();
            QWheelEvent event(middle, box->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QSpontaneKeyEvent::setSpontaneous(&event); // as by a hand, which may give the focus
            QApplication::sendEvent(box, &event);
        };
        s.find<QLineEdit>("run.seed")->setFocus();
        box->setCurrentIndex(0);
        bar->setValue(0);
        turn();
        QCOMPARE(box->currentIndex(), 0);
        QVERIFY(!box->hasFocus());
        QVERIFY(bar->value() > 0);
        box->setFocus();
        turn();
        QVERIFY(box->currentIndex() > 0);
    }

    void theContextMenuResets() {
        Studio s;
        s.open();
        s.type("optimizer.momentum", "0.5");
        auto* line = s.find<QLineEdit>("optimizer.momentum");
        Q_EMIT line->customContextMenuRequested({4, 4});
        auto* action = line->findChild<QAction*>(QStringLiteral("optimizer.momentum-reset"));
        QVERIFY(action);
        action->trigger();
        QCOMPARE(line->text(), QStringLiteral("0.9"));
        for (auto* menu : line->findChildren<QMenu*>()) menu->close();
    }

    void aPresetBringsItsSettings() {
        Studio s;
        s.open();
        s.type("optimizer.lr", "0.7");
        s.choose("regime", "SGD, mini-batches");
        QCOMPARE(s.find<QLineEdit>("run.length")->text(), QStringLiteral("15"));
        s.choose("regime", "Full batch, clipped");
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.4"));
        QVERIFY(request(s).settings.empty());
        s.choose("optimizer", "Adam");
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.001"));
        QVERIFY(s.find<QWidget>("optimizer-formula")->accessibleName().contains(QStringLiteral("√v̂")));
    }

    void aSizeIsKeptFromModelToModel() {
        Studio s;
        s.open();
        s.click("model.more");
        s.type("model.hidden", "99");
        s.choose("model", "Elman");
        QCOMPARE(s.find<QLineEdit>("model.hidden")->text(), QStringLiteral("99"));
        QTRY_VERIFY(s.find<QWidget>("model.hidden")->isVisible()); // laid out with the next event
    }

    void choicesFlagsAndLength() {
        Studio s;
        s.open();
        s.click("task.more");
        s.choose("task.split", "legacy");
        s.click("model.more");
        QTest::keyClick(s.find<QWidget>("model.bias"), Qt::Key_Space);
        s.type("run.length", "250");
        s.choose("run.length-unit", "updates");
        const auto& spec = *s.find<RequestForm>("requestForm")->spec();
        QCOMPARE(spec.task.params.text("split"), std::string("legacy"));
        QVERIFY(!spec.model.params.flag("bias"));
        QCOMPARE(*spec.budget.updates, std::int64_t(250));
        QTRY_VERIFY(s.text("cost").contains(QStringLiteral("250 updates")));
        s.type("run.length", "0");
        QVERIFY(s.find<QWidget>("run.length-error")->isVisible());
    }

    void aFolderIsBrowsedForAndABadOneIsSaid() {
        Studio s;
        s.open();
        s.click("task.more");
        auto* edit = s.find<PathEdit>("task.source");
        edit->setChooser([](QWidget*, const QString&) { return QStringLiteral("/nowhere"); });
        QTest::mouseClick(edit->findChild<QAbstractButton*>(QStringLiteral("browse")), Qt::LeftButton);
        QCOMPARE(s.find<QLineEdit>("task.source-line")->text(), QStringLiteral("/nowhere"));
        QTRY_COMPARE(s.text("task-refusal"), QStringLiteral("task.source = /nowhere: no such folder"));
        QVERIFY(detail(s).isEmpty());
        s.click("task.source-dot");
        QTRY_VERIFY(detail(s).startsWith(QStringLiteral("22 classes")));
    }

    void whatLoadingRefusesIsSaidBeneathThePartAtFault_data() {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QString>("field");
        QTest::newRow("a setting") << QByteArray("regime") << QByteArray("regime.batch_size = 3: no data")
                                   << QStringLiteral("No data");
        QTest::newRow("two settings")
            << QByteArray("regime") << QByteArray("regime.batch_size + regime.b = 3: less") << QString();
        QTest::newRow("an entry") << QByteArray("optimizer") << QByteArray("optimizer adam: no") << QString();
        QTest::newRow("neither") << QByteArray("task") << QByteArray("regimes are out") << QString();
    }
    void whatLoadingRefusesIsSaidBeneathThePartAtFault() {
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, reason);
        QFETCH(QString, field);
        Studio s;
        s.fake.plan.adam_refusal = reason.toStdString();
        s.open();
        QTRY_VERIFY(detail(s).startsWith(QStringLiteral("22 classes")));
        s.choose("optimizer", "Adam");
        const auto line = [&s](const QByteArray& of) { return s.find<QLabel>(of + "-refusal"); };
        QTRY_COMPARE(line(part)->text(), QString::fromUtf8(reason));
        QCOMPARE(s.text("regime.batch_size-error"), field);
        for (const char* one : {"task", "model", "optimizer", "regime"})
            QCOMPARE(line(one)->isVisible(), one == part);
        s.choose("optimizer", "SGD");
        QTRY_VERIFY(!line(part)->isVisible());
        QVERIFY(s.text("regime.batch_size-error").isEmpty());
    }

    void aFolderIsDropped() {
        Studio s;
        s.open();
        s.click("task.more");
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/data/names"))});
        QDragEnterEvent enter({4, 4}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(s.find<QLineEdit>("task.source-line"), &enter);
        QDropEvent drop({4, 4}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(s.find<QLineEdit>("task.source-line"), &drop);
        QCOMPARE(s.find<QLineEdit>("task.source-line")->text(), QStringLiteral("/data/names"));
        QTRY_VERIFY(detail(s).contains(QStringLiteral("· names")));
    }

    void aRequestIsPutIntoTheForm() {
        Studio s;
        s.open(false);
        Request wanted;
        wanted.task = "names";
        wanted.model = "elman";
        wanted.set("optimizer.lr", "0.03");
        wanted.seed = 7;
        s.find<TrainPage>("trainPage")->setRequest(wanted); // before the engine is there
        s.engine->load();
        QTRY_VERIFY(s.button("trainButton")->isVisible());
        QCOMPARE(s.find<QComboBox>("model")->currentText(), QStringLiteral("Elman"));
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.03"));
        QCOMPARE(s.find<QLineEdit>("run.seed")->text(), QStringLiteral("7"));
    }

    void everyControlHasANameAndCanBeReached() {
        Studio s;
        s.open();
        const auto* page = s.find<QWidget>("trainPage");
        int reached = 0;
        for (auto* w : page->findChildren<QWidget*>()) {
            const bool control = qobject_cast<QAbstractButton*>(w) || qobject_cast<QComboBox*>(w) ||
                                 qobject_cast<QLineEdit*>(w);
            if (!control || w->objectName().startsWith(QStringLiteral("qt_"))) continue;
            if (w->inherits("QTableCornerButton")) continue; // Qt's own, inside every table
            if (w->objectName().isEmpty() && qobject_cast<QComboBox*>(w->parentWidget())) continue;
            QVERIFY2(!w->objectName().isEmpty(), w->metaObject()->className());
            QVERIFY2(!w->accessibleName().isEmpty(), qPrintable(w->objectName()));
            QVERIFY2(w->focusPolicy() & Qt::TabFocus, qPrintable(w->objectName()));
            ++reached;
        }
        QVERIFY(reached > 30);
    }
};

QTEST_MAIN(TestForm)
#include "test_form.moc"
