#include "tests/ui/studio_fixture.h"

#include "core/analysis/scalar_presets.h"
#include "ui/pages/lab_page.h"
#include "ui/plots/scalar_picture.h"
#include "ui/widgets/export_panel.h"
#include "ui/widgets/expression_edit.h"
#include "ui/widgets/graph_view.h"
#include "ui/widgets/step_bar.h"

#include <QFile>
#include <QListWidget>
#include <QPainter>
#include <QPicture>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

/// The page alone, shown.
struct Lab {
    Place place;
    LabPage page;

    Lab() {
        page.resize(900, 560);
        page.show();
    }
    template<class T>
    T* find(const char* name) const {
        T* found = page.findChild<T*>(QString::fromUtf8(name));
        if (!found) qFatal("no %s on the page", name);
        return found;
    }
    QString text(const char* name) const { return find<QLabel>(name)->text(); }
    void write(const char* expression) const {
        find<ExpressionEdit>("labExpression")->setPlainText(QString::fromUtf8(expression));
    }
    void value(const char* name, const char* number) const {
        find<QLineEdit>(name)->setText(QString::fromUtf8(number));
    }
    /// Of a node's row.
    QString cell(const char* node, int column) const {
        const auto* model = find<QTableView>("labTable")->model();
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, 0).data().toString() == QString::fromUtf8(node))
                return model->index(row, column).data().toString();
        return {};
    }
    const ScalarPicture& picture() const { return *find<GraphView>("labGraph")->picture(); }
    void key(int key) const { QTest::keyClick(find<GraphView>("labGraph"), Qt::Key(key)); }
};

std::shared_ptr<const ScalarGraph> parsed(const std::string& text) {
    return std::make_shared<const ScalarGraph>(*ScalarGraph::parse(text));
}

} // namespace

class TestLab : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theExerciseStandsThereAtFirst() {
        const Lab lab;
        QCOMPARE(lab.cell("x", 4), QStringLiteral("10"));
        QCOMPARE(lab.cell("m", 4), QStringLiteral("15"));
        QCOMPARE(lab.cell("b", 4), QStringLiteral("5"));
        QCOMPARE(lab.cell("t", 4), QStringLiteral("−5"));
        QCOMPARE(lab.cell("b", 6), QStringLiteral("agrees"));
        QCOMPARE(lab.cell("a", 3), QStringLiteral("∂a/∂z = 1, ∂a/∂b = 1"));
        QVERIFY(lab.text("labRemarks").contains(QStringLiteral("Both are 1")));
        QVERIFY(lab.text("labVerdict").startsWith(QStringLiteral("4 of 4 gradients agree")));
        QVERIFY(lab.picture().summary().contains(QStringLiteral("step 14 of 14")));
        for (const auto* widget : lab.page.findChildren<QWidget*>()) {
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            if (!(widget->focusPolicy() & Qt::TabFocus) || widget->inherits("QComboBoxListView") ||
                (button && !button->text().isEmpty()) || qobject_cast<const QTabBar*>(widget) ||
                widget->objectName().startsWith(QStringLiteral("qt_")))
                continue;
            QVERIFY2(
                !widget->accessibleName().isEmpty(),
                qPrintable(widget->objectName() + QString::fromLatin1(widget->metaObject()->className())));
        }
    }

    void aWrongExpressionIsMarkedInItsPlace() {
        const Lab lab;
        lab.write("θ + sigmiod(x)");
        QCOMPARE(lab.text("labProblem"),
                 QStringLiteral("column 5: no function 'sigmiod'; did you mean 'sigmoid'?"));
        QVERIFY(lab.find<QLabel>("labProblem")->isVisible());
        QCOMPARE(lab.find<ExpressionEdit>("labExpression")->marked(), QStringLiteral("sigmiod"));
        QVERIFY(!lab.find<GraphView>("labGraph")->isEnabled());
        QVERIFY(!lab.page.exportAction()->isEnabled());
        QCOMPARE(lab.cell("x", 4), QStringLiteral("10")); // what was understood last stays to be seen
        lab.write("(x +");
        QCOMPARE(lab.find<ExpressionEdit>("labExpression")->marked(), QStringLiteral("+"));
        lab.write("θ + sigmoid(x)");
        QVERIFY(!lab.find<QLabel>("labProblem")->isVisible());
        QCOMPARE(lab.find<ExpressionEdit>("labExpression")->marked(), QString());
        QVERIFY(lab.find<GraphView>("labGraph")->isEnabled());
        QCOMPARE(lab.find<QLineEdit>("labValue.x")->text(), QStringLiteral("3")); // kept by its name
        QCOMPARE(lab.find<QLineEdit>("labValue.θ")->text(), QStringLiteral("1"));
        QVERIFY(lab.text("labRemarks").isEmpty()); // they were on the example
        QCOMPARE(lab.find<QComboBox>("labPreset")->currentIndex(), -1);
    }

    void valuesAreCheckedAndChangeEverything() {
        const Lab lab;
        lab.value("labValue.b", "-6");
        QCOMPARE(lab.cell("y", 2), QStringLiteral("0"));
        QVERIFY(lab.text("labVerdict").contains(QStringLiteral("kink")));
        lab.value("labValue.b", "1,5");
        QVERIFY(lab.find<QLineEdit>("labValue.b")->property("invalid").toBool());
        QVERIFY(lab.text("labValuesProblem").startsWith(QStringLiteral("b: expected a number")));
        QVERIFY(!lab.find<GraphView>("labGraph")->isEnabled());
        lab.value("labValue.b", "−7");
        QVERIFY(!lab.find<QLineEdit>("labValue.b")->property("invalid").toBool());
        QCOMPARE(lab.cell("a", 4), QStringLiteral("0"));
        QTest::keyClick(lab.find<QLineEdit>("labValue.b"), Qt::Key_Up);
        QCOMPARE(lab.find<QLineEdit>("labValue.b")->text(), QStringLiteral("-6.9"));
        QTest::keyClick(lab.find<QLineEdit>("labValue.b"), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(lab.find<QLineEdit>("labValue.b")->text(), QStringLiteral("-7.9"));
        lab.write("c = 2; o = c*x");
        QVERIFY(!lab.find<QLineEdit>("labValue.c")->isEnabled()); // the expression says it
        QCOMPARE(lab.cell("x", 4), QStringLiteral("2"));
        lab.write("1 + 2");
        QVERIFY(lab.text("labVerdict").contains(QStringLiteral("no variable")));
    }

    void stepsGoForwardAndBackward() {
        const Lab lab;
        const auto* bar = lab.find<StepBar>("labStepBar");
        lab.key(Qt::Key_Home);
        QCOMPARE(bar->step(), 0);
        QCOMPARE(lab.text("labSentence"), QStringLiteral("Given: x = 3, m = 2, b = 1.5, t = 5"));
        QVERIFY(!lab.find<QToolButton>("labBack")->isEnabled());
        const int y = lab.picture().graph().find("y");
        QCOMPARE(lab.picture().describe(y), QStringLiteral("y = max(0, a)")); // no value yet
        for (int i = 0; i < 3; ++i) lab.key(Qt::Key_Right);
        QCOMPARE(lab.text("labSentence"), QStringLiteral("y = max(0, a) = max(0, 7.5) = 7.5"));
        QCOMPARE(lab.text("labPhase"), QStringLiteral("FORWARD"));
        QVERIFY(lab.picture().describe(y).startsWith(
            QStringLiteral("y = max(0, a) = 7.5\n∂y/∂a = 1, since 0 < a")));
        QVERIFY(!lab.picture().describe(y).contains(QStringLiteral("∂o/∂y")));
        lab.find<QListWidget>("labSteps")->setCurrentRow(8);
        QCOMPARE(bar->step(), 8);
        QCOMPARE(lab.text("labPhase"), QStringLiteral("BACKWARD"));
        QCOMPARE(lab.text("labSentence"), QStringLiteral("∂v1/∂y = 1; ∂o/∂y = ∂o/∂v1 · ∂v1/∂y = 5 · 1 = 5"));
        QVERIFY(lab.picture().describe(y).endsWith(QStringLiteral("∂o/∂y = 5")));
        // A value that is changed is seen at the step.
        lab.value("labValue.x", "4");
        QCOMPARE(bar->step(), 8);
        QVERIFY(lab.text("labSentence").endsWith(QStringLiteral("9 · 1 = 9")));
        lab.key(Qt::Key_Left);
        QCOMPARE(bar->step(), 7);
        lab.key(Qt::Key_End);
        QCOMPARE(lab.text("labStepWords"), QStringLiteral("step 14 of 14"));
    }

    void playingGoesThroughAllAndEnds() {
        const Lab lab;
        auto* bar = lab.find<StepBar>("labStepBar");
        bar->setPace(1);
        lab.key(Qt::Key_Space); // from the end: begins anew
        QVERIFY(bar->playing());
        QVERIFY(bar->step() < 14);
        QTRY_VERIFY(!bar->playing());
        QCOMPARE(bar->step(), 14);
        bar->setPace(100000);
        QTest::mouseClick(lab.find<QToolButton>("labPlay"), Qt::LeftButton);
        QCOMPARE(lab.find<QToolButton>("labPlay")->accessibleName(), QStringLiteral("Pause"));
        QTest::mouseClick(lab.find<QToolButton>("labNext"), Qt::LeftButton);
        QVERIFY(!bar->playing());
        QCOMPARE(bar->step(), 1);
    }

    void everyPresetIsDrawnWithoutNodesOverEachOther() {
        for (const auto& preset : scalar_presets()) {
            const auto graph = parsed(preset.text);
            const auto layout = ScalarLayout::of(*graph, {90, 50}, {60, 20});
            for (const int a : layout.nodes)
                for (const int b : layout.nodes) {
                    const QPointF apart = layout.centres[std::size_t(a)] - layout.centres[std::size_t(b)];
                    QVERIFY2(a == b || std::abs(apart.x()) >= 150 || std::abs(apart.y()) >= 69.9,
                             preset.name.c_str());
                }
            for (const auto& edge : layout.edges) QVERIFY(edge.points.front().x() < edge.points.back().x());
        }
    }

    void tooManyNodesAreSaidAndNotDrawn() {
        Lab lab;
        QString sum = QStringLiteral("x");
        for (int i = 0; i < 300; ++i) sum += QStringLiteral("+x");
        lab.write(sum.toUtf8().constData());
        QVERIFY(lab.picture().empty());
        QCOMPARE(lab.cell("x", 4), QStringLiteral("301"));
        QVERIFY(!lab.page.grab().isNull());
    }

    void clickingANodeChoosesItsRow() {
        const Lab lab;
        auto* view = lab.find<GraphView>("labGraph");
        const auto at = [&](int node) { // by looking: the picture decides where it is
            for (int x = 0; x < view->width(); x += 4)
                for (int y = 0; y < view->height(); y += 4)
                    if (lab.picture().nodeAt(QPointF(x, y), view->rect(), 1.35) == node)
                        return QPoint(x + 2, y + 2);
            return QPoint();
        };
        QTest::mouseClick(view, Qt::LeftButton, {}, at(lab.picture().graph().find("a")));
        QCOMPARE(lab.find<QTableView>("labTable")->currentIndex().siblingAtColumn(0).data().toString(),
                 QStringLiteral("a"));
    }

    void graphAndTableAreExported() {
        Lab lab;
        const QString csv = lab.place.file(QStringLiteral("t.csv")),
                      svg = lab.place.file(QStringLiteral("g.svg"));
        lab.page.setFileChooser([&](QWidget*, const QString&, const QString&) { return csv; });
        lab.find<QAction>("actionExportLabCsv")->trigger();
        QFile table(csv);
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QByteArray first = table.readLine();
        QVERIFY(first.startsWith("node,operation,value,local gradients"));
        QVERIFY(table.readAll().contains("m,variable,2,,15,"));
        FigureFormat format;
        const auto source = lab.picture().figure(QStringLiteral("Exercise"));
        for (const auto& [kind, ending] : {std::pair(FigureFormat::Kind::svg, "svg"),
                                           {FigureFormat::Kind::pdf, "pdf"},
                                           {FigureFormat::Kind::png, "png"}}) {
            format.kind = kind;
            const QString file = lab.place.file(QStringLiteral("g.") + QString::fromLatin1(ending));
            const auto written = writeFigure(source.paint, source.title, source.runs, format, file);
            QVERIFY2(written, written ? "" : written.error().message.c_str());
            QVERIFY(QFile(file).size() > 1000);
        }
        lab.page.exportAction()->trigger();
        QVERIFY(lab.page.findChild<ExportPanel*>());
    }

    void nothingIsCutOffInTheSmallestWindow() {
        Studio s;
        s.open();
        s.window->resize(960, 600);
        s.key(Qt::Key_6, Qt::ControlModifier);
        QTRY_COMPARE(s.window->size(), QSize(960, 600));
        for (const char* name : {"labPreset", "labExpression", "labGraphScroll", "labSentence", "labTable",
                                 "labExport", "labEnd", "labStepWords", "labVerdict"}) {
            const auto* widget = s.find<QWidget>(name);
            QTRY_VERIFY2(widget->isVisible() && widget->height() > 8, name);
            const QRect seen(widget->mapTo(s.window.get(), QPoint(0, 0)), widget->size());
            QVERIFY2(s.window->rect().contains(seen), name);
        }
        s.key(Qt::Key_Home); // the graph has the focus
        QCOMPARE(s.find<StepBar>("labStepBar")->step(), 0);
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestLab test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_lab.moc"
