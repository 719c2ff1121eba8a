#include "tests/ui/studio_fixture.h"

#include "core/exchange/exchange.h"
#include "ui/pages/compare_page.h"
#include "ui/pages/runs_page.h"
#include "ui/plots/scene_figure.h"
#include "ui/widgets/exchange_job.h"
#include "ui/widgets/incoming.h"
#include "ui/widgets/notice_bar.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

QString figureOf(const Place& place, const QString& name, const QStringList& runs) {
    PlotScene scene;
    scene.curves.push_back({QStringLiteral("a"), 0, 0, false, {{0, 1}, {1, 2}}});
    const auto source = sceneFigure(QStringLiteral("Loss"), scene, runs);
    const QString file = place.file(name);
    FigureFormat format;
    format.kind = must(figureKind(file));
    must(writeFigure(source.paint, source.title, source.runs, format, file));
    return file;
}

QString uuid(const RunId& run) {
    return QString::fromStdString(run.uuid);
}

/// As the window system would: enter, then let go.
bool drop(QWidget& on, const QStringList& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const auto& file : files) urls << QUrl::fromLocalFile(file);
    data.setUrls(urls);
    QDragEnterEvent enter({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&on, &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&on, &event);
    return event.isAccepted();
}

int page(const Studio& s) {
    return s.find<QStackedWidget>("pages")->currentIndex();
}
QString notice(const Studio& s) {
    return s.find<QWidget>("runsPage")->findChild<NoticeBar*>()->message();
}

/// A store of another machine with some runs.
std::vector<RunId> otherStore(const Place& place, int count) {
    std::vector<RunId> runs;
    const auto host = place.open();
    for (int i = 0; i < count; ++i)
        runs.push_back(addRun(host->writer(), {.name = "other-" + std::to_string(i)}));
    return runs;
}

std::int64_t stored(const Studio& s) {
    return std::int64_t(must(must(StoreReader::open(s.place.path()))->runs()).size());
}

} // namespace

class TestIncoming : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDroppedFigureOpensItsRuns() {
        Studio s;
        std::vector<RunId> runs;
        for (int i = 0; i < 3; ++i)
            runs.push_back(addRun(s.store->writer(), {.name = "run-" + std::to_string(i)}));
        s.open();
        QVERIFY(drop(*s.window, {figureOf(s.place, QStringLiteral("one.svg"), {uuid(runs[1])})}));
        QTRY_COMPARE(s.text("runName"), QStringLiteral("run-1"));
        QCOMPARE(page(s), 0);
        QVERIFY(
            drop(*s.window, {figureOf(s.place, QStringLiteral("two.pdf"), {uuid(runs[2]), uuid(runs[0])})}));
        QTRY_COMPARE(page(s), 2);
        QTRY_COMPARE(s.find<ComparePage>("comparePage")->runs().runs().size(), std::size_t(2));
        QCOMPARE(s.find<ComparePage>("comparePage")->runs().runs()[0].id, runs[2]); // in the figure's order
    }

    void theFileMenuOpensFiguresToo() {
        Studio s;
        const RunId run = addRun(s.store->writer(), {.name = "run-0"});
        s.open();
        const QString file = figureOf(s.place, QStringLiteral("one.png"), {uuid(run)});
        s.window->findChild<Incoming*>()->setFileChooser(
            [&](QWidget*, const QString&, const QString&) { return QStringList{file}; });
        s.find<QAction>("actionOpenFigure")->trigger();
        QTRY_COMPARE(s.text("runName"), QStringLiteral("run-0"));
    }

    void whatCannotBeOpenedIsSaid() {
        Studio s;
        const RunId run = addRun(s.store->writer(), {.name = "run-0"});
        s.open();
        const QString absent = QStringLiteral("00000000-1111-4222-8333-444444444444");
        QVERIFY(drop(*s.window, {figureOf(s.place, QStringLiteral("x.svg"), {absent})}));
        QTRY_VERIFY(notice(s).startsWith(QStringLiteral("None of the figure's runs is in this store")));
        QVERIFY(drop(*s.window, {figureOf(s.place, QStringLiteral("y.svg"), {absent, uuid(run)})}));
        QTRY_COMPARE(s.text("runName"), QStringLiteral("run-0"));
        QFile other(s.place.file(QStringLiteral("other.svg")));
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write("<svg/>");
        other.close();
        QVERIFY(drop(*s.window, {other.fileName()}));
        QTRY_VERIFY(notice(s).contains(QStringLiteral("not a figure that this program made")));
    }

    void aDroppedStoreIsImportedOnce() {
        Studio s;
        const Place other;
        otherStore(other, 3);
        s.open();
        const QString file = other.file(QStringLiteral("runs.sqlite"));
        QVERIFY(drop(*s.window, {file}));
        QTRY_VERIFY(notice(s).startsWith(QStringLiteral("3 runs imported")));
        QCOMPARE(page(s), 1);
        QCOMPARE(stored(s), 3);
        QVERIFY(drop(*s.window, {file}));
        QTRY_VERIFY(notice(s).contains(QStringLiteral("3 runs were there already")));
        QCOMPARE(stored(s), 3);
    }

    void severalFilesAtOnceAndABadOne() {
        Studio s;
        const Place a, b;
        otherStore(a, 1);
        otherStore(b, 2);
        s.open();
        QFile bad(s.place.file(QStringLiteral("bad.jsonl")));
        QVERIFY(bad.open(QIODevice::WriteOnly));
        bad.write("no run\n");
        bad.close();
        QVERIFY(drop(*s.window, {a.file(QStringLiteral("runs.sqlite")), bad.fileName(),
                                 b.file(QStringLiteral("runs.sqlite"))}));
        QTRY_VERIFY(notice(s).contains(QStringLiteral("bad.jsonl")));
        QVERIFY(notice(s).startsWith(QStringLiteral("3 runs imported")));
        QCOMPARE(stored(s), 3);
    }

    void aStoreIsMergedFromTheMenu() {
        Studio s;
        const Place other;
        otherStore(other, 2);
        s.open();
        s.window->findChild<Incoming*>()->setFileChooser([&](QWidget*, const QString&, const QString&) {
            return QStringList{other.file(QStringLiteral("runs.sqlite"))};
        });
        s.find<QAction>("actionMerge")->trigger();
        QTRY_COMPARE(stored(s), 2);
        QTRY_VERIFY(notice(s).contains(QStringLiteral("2 runs")));
    }

    void chosenRunsAreExportedInEachFormatAndComeBack() {
        Studio s;
        addRun(s.store->writer(), {.name = "run-0"});
        s.open();
        s.click("navRuns");
        QTRY_VERIFY(s.find<QAction>("exportRunsBundle")->isEnabled());
        auto* runs = s.window->findChild<RunsPage*>();
        struct Case {
            const char *action, *ending;
        };
        for (const auto& [action, ending] :
             {Case{"exportRunsCsv", ".csv"}, Case{"exportRunsJsonl", ".jsonl"},
              Case{"exportRunsTensorboard", ""}, Case{"exportRunsBundle", ".descent"}}) {
            const QString file = s.place.file(QStringLiteral("out") + QLatin1String(ending));
            QString suggested;
            runs->setAskForFile([&](QWidget*, const QString& name) {
                suggested = name;
                return file;
            });
            QTRY_VERIFY(s.find<QAction>(action)->isEnabled());
            s.find<QAction>(action)->trigger();
            QVERIFY(suggested.endsWith(QStringLiteral("run-0") + QLatin1String(ending)));
            QTRY_VERIFY(notice(s).startsWith(QStringLiteral("Exported 80 values")) ||
                        (*ending == '.' && notice(s).startsWith(QStringLiteral("Exported 1 run"))));
            QVERIFY(QFile::exists(file));
        }
        const Place fresh; // where they come back
        const auto host = fresh.open();
        const auto report =
            import_file(host->writer(), s.place.file(QStringLiteral("out.descent")).toStdString());
        QCOMPARE(must(report).runs.size(), std::size_t(1));
    }

    void theDataPageStillTakesItsOwn() {
        Studio s;
        const RunId run = addRun(s.store->writer(), {.name = "run-0"});
        s.open();
        s.click("navData");
        auto* data = s.find<QWidget>("dataPage");
        // A folder is the page's, a figure the window's.
        QMimeData folder;
        folder.setUrls({QUrl::fromLocalFile(QFileInfo(s.place.file(QStringLiteral("x"))).absolutePath())});
        QDragEnterEvent enter({40, 40}, Qt::CopyAction, &folder, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(data, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(drop(*data, {figureOf(s.place, QStringLiteral("one.svg"), {uuid(run)})}));
        QTRY_COMPARE(s.text("runName"), QStringLiteral("run-0"));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestIncoming test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_incoming.moc"
