#include "tests/ui/studio_fixture.h"

#include "ui/pages/data_page.h"
#include "ui/plots/length_chart.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/name_view.h"
#include "ui/widgets/notice_bar.h"

#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QHeaderView>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTabWidget>
#include <QUrl>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

constexpr int kClasses = 22;

void write(const QString& path, const QByteArray& content) {
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A tenth of a second of silence: 8 bits, 8 kHz.
QByteArray silence() {
    QByteArray wav(
        "RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x20\x03\0\0",
        44);
    return wav + QByteArray(800, '\x80');
}

/// The window with the Data page in front and its data read.
struct Bench : Studio {
    DataPage* page = nullptr;

    void openData() {
        open();
        key(Qt::Key_5, Qt::ControlModifier);
        page = find<DataPage>("dataPage");
        QTRY_COMPARE(rows("classTable"), kClasses);
    }
    template<class T = QWidget>
    T* on(const char* name) const {
        T* found = page->findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s on the page", name);
        return found;
    }
    /// A parameter's line, also where a button stands beside it.
    static QLineEdit* lineIn(const QWidget* inside, const QByteArray& name) {
        auto* editor = inside->findChild<QWidget*>(QString::fromLatin1(name));
        if (!editor) qFatal("no %s", name.constData());
        auto* line = qobject_cast<QLineEdit*>(editor);
        return line ? line : editor->findChild<QLineEdit*>();
    }
    QLineEdit* onTrain(const char* name) const { return lineIn(find("trainPage"), name); }
    QLineEdit* line(const char* name) const { return lineIn(page, QByteArray("data-") + name); }
    int rows(const char* table) const { return find<DataTable>(table)->model()->rowCount(); }
    bool seen(const char* name) const { return on(name)->isVisible(); }
    void press(const char* name) const { QTest::mouseClick(on(name), Qt::LeftButton); }
    void chooseTask(const char* title) const {
        auto* box = on<QComboBox>("data-task");
        const int index = box->findText(QString::fromUtf8(title));
        QVERIFY2(index >= 0, title);
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }
    void put(const char* name, const QString& text) const {
        auto* edit = QByteArray(name).startsWith("task.") ? line(name) : on<QLineEdit>(name);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    void examples() const { on<QTabWidget>("dataTabs")->setCurrentIndex(1); }
    QString cell(const char* table, int row, int column) const {
        const auto* model = find<DataTable>(table)->model();
        return model->index(row, column).data().toString();
    }
    /// As by a hand: over the page, then let go.
    void drop(const QString& path) const {
        QMimeData what;
        what.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(400, 200), Qt::CopyAction, &what, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(seen("dropHint"));
        QDropEvent let_go(QPointF(400, 200), Qt::CopyAction, &what, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &let_go);
        QVERIFY(!seen("dropHint"));
    }
    QString names() const {
        const QString folder = place.file(QStringLiteral("surnames"));
        write(folder + QStringLiteral("/Czech.txt"), "Abl\nAbl\nNov\xc3\xa1k\n123\n");
        write(folder + QStringLiteral("/Dutch.txt"), "Aalsburg\nde Bruin\n");
        return folder;
    }
    QString words() const {
        const QString folder = place.file(QStringLiteral("spoken"));
        for (const char* file : {"eight/ann_nohash_0.wav", "eight/bob_nohash_0.wav", "five/ann_nohash_0.wav",
                                 "_background_noise_/hum.wav"})
            write(folder + QLatin1Char('/') + QString::fromLatin1(file), silence());
        write(folder + QStringLiteral("/five/readme.md"), "nothing to hear");
        return folder;
    }
};

} // namespace

class TestDataPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ctrl5ShowsTheDataOfTheTrainForm() {
        Bench b;
        b.openData();
        QCOMPARE(b.find<QStackedWidget>("pages")->currentIndex(), 4);
        QCOMPARE(b.on<QComboBox>("data-task")->currentText(), QStringLiteral("Names"));
        QCOMPARE(b.text("dataSource"), QStringLiteral("Built-in data"));
        QCOMPARE(b.text("dataTrainCount"), QStringLiteral("3,612"));
        QCOMPARE(b.text("dataHash"), QStringLiteral("hash 9f2c61ab03d4"));
        b.press("dataHashCopy");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("9f2c61ab03d47e58aa10"));
        QCOMPARE(b.text("dataWarning"),
                 QStringLiteral("14 duplicates · 3 lines dropped · 10 characters dropped"));
        b.press("dataWarningWhy");
        QCOMPARE(b.rows("leftOutTable"), 4);
        QVERIFY(b.seen("leftOutTable"));
    }

    void theOtherTaskOfTheTrainFormIsShownToo() {
        Bench b;
        b.open();
        b.choose("task", "Keyword spotting, one word");
        b.key(Qt::Key_5, Qt::ControlModifier);
        b.page = b.find<DataPage>("dataPage");
        QTRY_COMPARE(b.rows("classTable"), 2);
        QCOMPARE(b.text("dataTrainSpeakers"), QStringLiteral("42 speakers"));
        QCOMPARE(b.text("dataTestSpeakers"), QStringLiteral("1 speaker"));
        QCOMPARE(b.cell("leftOutTable", 0, 1), QStringLiteral("ends before its header says"));
    }

    void classesAreSortedAndLeadToTheirExamples() {
        Bench b;
        b.openData();
        QCOMPARE(b.cell("classTable", 0, 0), QStringLiteral("Arabic"));
        QCOMPARE(b.cell("classTable", 0, 1), QStringLiteral("12")); // 20 examples, 3 of 5 train
        QCOMPARE(b.cell("classTable", 0, 4), QStringLiteral("20"));
        auto* table = b.on<DataTable>("classTable");
        table->sortByColumn(4, Qt::DescendingOrder);
        QCOMPARE(b.cell("classTable", 0, 0), QStringLiteral("Chinese")); // the first of the largest
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        b.key(Qt::Key_Return);
        QVERIFY(b.seen("sampleTable"));
        QCOMPARE(b.on<QComboBox>("sampleClass")->currentText(), QStringLiteral("Chinese"));
        QCOMPARE(b.rows("sampleTable"), 60);
        QCOMPARE(b.cell("sampleTable", 59, 1), QStringLiteral("Chinese"));
    }

    void examplesAreFilteredByTextClassAndSide() {
        Bench b;
        b.openData();
        b.key(Qt::Key_F, Qt::ControlModifier);
        QVERIFY(b.seen("sampleTable"));
        const int all = b.rows("sampleTable");
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("NAME3X1"));
        QCOMPARE(b.rows("sampleTable"), 11); // name3x1, name3x10 … name3x19
        QCOMPARE(b.text("sampleCount"), QStringLiteral("11 of %1").arg(all));
        b.choose("sampleSide", "test");
        QCOMPARE(b.rows("sampleTable"), 2); // the 15th and the 20th
        QCOMPARE(b.cell("sampleTable", 0, 0), QStringLiteral("Name3x14"));
        b.choose("sampleClass", "Dutch");
        QCOMPARE(b.rows("sampleTable"), 0);
        QVERIFY(b.seen("sampleNone"));
        QTest::mouseClick(b.on("sampleNone")->findChild<QWidget*>(QStringLiteral("emptyStateButton")),
                          Qt::LeftButton);
        QCOMPARE(b.rows("sampleTable"), all);
    }

    void aHundredThousandExamplesAreOneTable() {
        Bench b;
        b.fake.samples_per_class = 5000;
        b.openData();
        b.examples();
        QVERIFY(b.rows("sampleTable") > 100'000);
        b.on<DataTable>("sampleTable")->sortByColumn(0, Qt::DescendingOrder);
        QCOMPARE(b.cell("sampleTable", 0, 0), QStringLiteral("Name9x999"));
        b.put("sampleFilter", QStringLiteral("x4999"));
        QCOMPARE(b.rows("sampleTable"), 14); // of the classes with 5,000 and 7,500 examples
    }

    void theChosenNameIsShownLarge() {
        Bench b;
        b.openData();
        b.examples();
        auto* table = b.on<DataTable>("sampleTable");
        table->setFocus();
        table->setCurrentIndex(table->model()->index(4, 0));
        auto* name = b.on<NameView>("sampleName");
        QVERIFY(name->isVisible());
        QCOMPARE(name->name(), QStringLiteral("Name0x4"));
        QVERIFY(name->accessibleName().contains(QStringLiteral("Arabic · test")));
        QVERIFY(name->accessibleName().endsWith(QStringLiteral("N a m e 0 x 4")));
    }

    void readingCanBeCancelledAndTakenUp() {
        Bench b;
        b.openData();
        b.fake.hold_data = true;
        b.chooseTask("Keyword spotting, one word");
        QTRY_VERIFY(b.seen("busyCancel"));
        QTRY_COMPARE(b.text("busyDoing"), QStringLiteral("features of 1,800 clips"));
        QVERIFY(!b.on<QAction>("actionExportData")->isEnabled());
        b.press("busyCancel");
        QVERIFY(b.seen("dataEmpty"));
        b.fake.hold_data = false;
        QTest::mouseClick(b.on("dataEmpty")->findChild<QWidget*>(QStringLiteral("emptyStateButton")),
                          Qt::LeftButton);
        QTRY_COMPARE(b.rows("classTable"), 2);
        QVERIFY(b.seen("classTable"));
    }

    void aLaterChoiceTakesThePlaceOfOneBeingRead() {
        Bench b;
        b.openData();
        b.fake.hold_data = true;
        b.chooseTask("Keyword spotting, one word");
        QTRY_VERIFY(b.seen("busyCancel"));
        b.fake.samples_per_class = 20;
        b.chooseTask("Names");
        b.fake.hold_data = false;
        QTRY_COMPARE(b.cell("classTable", 0, 4), QStringLiteral("10"));
        QTRY_VERIFY(b.seen("classTable"));
        QCOMPARE(b.rows("classTable"), kClasses);
    }

    void whatCannotBeReadIsSaidInOneLine() {
        Bench b;
        b.openData();
        b.put("task.source", QStringLiteral("/nowhere"));
        QTRY_VERIFY(b.seen("dataEmpty"));
        auto* text = b.on("dataEmpty")->findChild<QLabel*>(QStringLiteral("emptyStateText"));
        QVERIFY(text->text().endsWith(QStringLiteral("no such folder")));
        auto* line = b.line("task.source");
        line->setFocus();
        line->selectAll();
        b.key(Qt::Key_Delete);
        QTRY_VERIFY(b.seen("classTable"));
    }

    void aDroppedFolderOfNamesIsShownBeforeItIsUsed() {
        Bench b;
        b.openData();
        const QString folder = b.names();
        b.drop(folder);
        QTRY_VERIFY(b.seen("importPreview"));
        QCOMPARE(b.text("importTitle"), QStringLiteral("Lists of names"));
        QVERIFY(b.text("importUnderstood").startsWith(QStringLiteral("4 names of 2 classes")));
        QVERIFY(b.text("importClasses").startsWith(QStringLiteral("Czech\u00a02")));
        QCOMPARE(b.rows("importDropped"), 5); // a repetition, a line, and 1, 2, 3
        QVERIFY(b.line("task.source")->text().isEmpty());
        QVERIFY(!b.line("task.source")->acceptDrops()); // the page looks at it first
        b.key(Qt::Key_Escape);
        QVERIFY(b.seen("classTable"));
        QVERIFY(b.line("task.source")->text().isEmpty());
        QVERIFY(b.onTrain("task.source")->text().isEmpty());

        b.drop(folder + QStringLiteral("/Dutch.txt"));
        QTRY_VERIFY(b.seen("importPreview"));
        b.press("importUse");
        QCOMPARE(b.line("task.source")->text(), folder);
        QCOMPARE(b.onTrain("task.source")->text(), folder);
        QTRY_COMPARE(b.text("dataSource"), folder);
        QTRY_VERIFY(b.seen("classTable"));
    }

    void droppedRecordingsBringTheirTaskAndWords() {
        Bench b;
        b.openData();
        const QString folder = b.words();
        b.drop(folder + QStringLiteral("/eight/ann_nohash_0.wav")); // one of them: the whole folder is meant
        QTRY_VERIFY(b.seen("importPreview"));
        QVERIFY(b.text("importFolder").endsWith(QStringLiteral("spoken, for its eight/ann_nohash_0.wav")));
        QVERIFY(
            b.text("importUnderstood").startsWith(QStringLiteral("3 recordings of 2 words by 2 speakers")));
        QCOMPARE(b.text("importClasses"), QStringLiteral("eight\u00a02 · five\u00a01"));
        QCOMPARE(b.cell("importDropped", 0, 0), QStringLiteral("five/readme.md"));
        QVERIFY(b.text("importRemark").contains(QStringLiteral("no recordings of sheila")));
        b.press("importUse");
        QTRY_COMPARE(b.rows("classTable"), 2);
        QCOMPARE(b.line("task.keywords")->text(), QStringLiteral("eight"));
        QCOMPARE(b.find<QComboBox>("task")->currentText(), QStringLiteral("Keyword spotting, one word"));
        QCOMPARE(b.onTrain("task.source")->text(), folder);
        QCOMPARE(b.onTrain("task.keywords")->text(), QStringLiteral("eight"));
        b.examples();
        QVERIFY(b.seen("sampleClip"));
    }

    void whatFitsNothingChangesNothing() {
        Bench b;
        b.openData();
        const QString folder = b.place.file(QStringLiteral("pictures"));
        write(folder + QStringLiteral("/cat.png"), "x");
        const int before = b.fake.data_reads;
        b.drop(folder);
        QTRY_COMPARE(b.on<NoticeBar>("dataNotice")->message().section(QLatin1Char(';'), 0, 0),
                     folder + QStringLiteral(": no data found"));
        QVERIFY(b.seen("classTable"));
        QCOMPARE(int(b.fake.data_reads), before);
        QVERIFY(b.line("task.source")->text().isEmpty());
    }

    void aLinkIsNoFolder() {
        Bench b;
        b.openData();
        QMimeData what;
        what.setUrls({QUrl(QStringLiteral("https://example.org/"))});
        QDragEnterEvent enter(QPoint(400, 200), Qt::CopyAction, &what, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QApplication::sendEvent(b.page, &enter);
        QVERIFY(!enter.isAccepted());
        QVERIFY(!b.seen("dropHint"));
    }

    void browsingIsAsDropping() {
        Bench b;
        b.openData();
        const QString folder = b.names();
        b.page->setAskForFolder([&](QWidget*, const QString&) { return folder; });
        b.press("dataBrowse");
        QTRY_VERIFY(b.seen("importPreview"));
        QCOMPARE(QApplication::focusWidget()->objectName(), QStringLiteral("importUse"));
    }

    void textsAreShownInFigures() {
        Bench b;
        b.openData();
        b.chooseTask("Texts");
        QTRY_COMPARE(b.rows("classTable"), 2);
        QCOMPARE(b.text("dataSource"), QStringLiteral("Built-in data, synthetic: made by a small grammar"));
        auto* tabs = b.on<QTabWidget>("dataTabs");
        b.examples();
        QVERIFY(b.seen("sampleText"));
        QCOMPARE(b.on<QPlainTextEdit>("sampleTextWords")->toPlainText(),
                 QStringLiteral("A dull film, number 0"));
        b.put("sampleFilter", QStringLiteral("FINE"));
        QCOMPARE(b.rows("sampleTable"), 20);
        tabs->setCurrentIndex(2);
        auto* chart = b.on<LengthChart>("lengthChart");
        QVERIFY(chart->isVisible());
        QCOMPARE(
            b.text("lengthWords"),
            QStringLiteral("Half of the texts have 25 tokens or fewer, 95% have 42 or fewer, the longest "
                           "has 44. 14 are cut to 30."));
        QCOMPARE(chart->accessibleDescription(), chart->summary());
        // Steps of two: the first with a text holds those of 5 and 6 tokens, one of train and one of
        // validation.
        QCOMPARE(b.cell("lengthTable", 2, 0), QStringLiteral("5–6"));
        QCOMPARE(b.cell("lengthTable", 2, 1), QStringLiteral("1"));
        QCOMPARE(b.cell("lengthTable", 2, 2), QStringLiteral("1"));
        QCOMPARE(b.cell("lengthTable", 2, 4), QStringLiteral("2"));
        bool said = false;
        for (int x = 0; x < chart->width(); ++x)
            said = said || chart->describe(QPointF(x, chart->height() / 2.0)) ==
                               QStringLiteral("5–6 tokens: 1 train, 1 validation, 0 test");
        QVERIFY(said);
        tabs->setCurrentIndex(3);
        QCOMPARE(b.rows("wordSides"), 2);
        QCOMPARE(b.cell("wordSides", 1, 2), QStringLiteral("10"));
        QCOMPARE(b.cell("wordSides", 1, 3), QStringLiteral("25%"));
        QCOMPARE(b.cell("wordTable", 0, 0), QStringLiteral("film"));

        const QString file = b.place.file(QStringLiteral("table.csv"));
        b.page->setAskForFile([&](QWidget*, const QString&) { return file; });
        b.key(Qt::Key_E, Qt::ControlModifier);
        QTRY_COMPARE(read(file), QByteArray("rank,word,times\r\n1,film,40\r\n2,fine,20\r\n3,\"a "
                                            "\"\"quote\"\"\",2\r\n"));
        QVERIFY(QFile::remove(file));
        tabs->setCurrentIndex(2);
        b.key(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(read(file).startsWith("from,to,train,validation,test,total\r\n1,2,0,0,0,0\r\n"));

        b.chooseTask("Names");
        QTRY_COMPARE(b.rows("classTable"), kClasses);
        QVERIFY(!tabs->isTabVisible(2) && !tabs->isTabVisible(3));
        b.examples();
        b.on<QLineEdit>("sampleFilter")->clear();
        QVERIFY(b.seen("sampleName"));
    }

    void theColumnsOfATableAreChosenBeforeItIsUsed() {
        Bench b;
        b.openData();
        const QString file = b.place.file(QStringLiteral("shop.csv"));
        write(file, "id;stars;title;body\n1;5;Fine;all is good\n2;1;Bad;never "
                    "again\n3;5;Good;quick\n4;1;No;broken\n");
        b.drop(file); // a table is of texts, whatever task is shown
        QTRY_VERIFY(b.seen("textImport"));
        QTRY_COMPARE(b.on<QComboBox>("textLabel")->currentText(), QStringLiteral("stars"));
        QCOMPARE(b.on<QComboBox>("textColumns")->currentText(), QStringLiteral("body"));
        QCOMPARE(b.on<QComboBox>("textDelimiter")->currentText(), QStringLiteral("semicolon"));
        QCOMPARE(b.rows("textImportTable"), 4);
        QVERIFY(b.on("importUse")->isEnabled());
        auto* line = b.on<QLineEdit>("textColumnsLine");
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("title, bodi"));
        b.key(Qt::Key_Return);
        QTRY_VERIFY(b.text("textImportProblem").contains(QStringLiteral("did you mean 'body'?")));
        QVERIFY(!b.on("importUse")->isEnabled());
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("title,body"));
        b.key(Qt::Key_Return);
        QTRY_VERIFY(b.on("importUse")->isEnabled());
        const auto* head = b.on<DataTable>("textImportTable")->model();
        QCOMPARE(head->headerData(2, Qt::Horizontal).toString(), QStringLiteral("title (text)"));
        b.press("importUse");
        QTRY_COMPARE(b.text("dataSource"), file);
        QCOMPARE(b.on<QComboBox>("data-task")->currentText(), QStringLiteral("Texts"));
        QCOMPARE(b.line("task.source")->text(), file);
        QCOMPARE(b.line("task.text_columns")->text(), QStringLiteral("title,body"));
        QCOMPARE(b.line("task.label_column")->text(), QStringLiteral("stars"));
        QVERIFY(b.line("task.delimiter")->text().isEmpty()); // found again, as it was shown
        QCOMPARE(b.onTrain("task.text_columns")->text(), QStringLiteral("title,body"));

        // Once more, with what was chosen; another file begins anew.
        b.press("dataColumns");
        QTRY_COMPARE(b.on<QComboBox>("textColumns")->currentText(), QStringLiteral("title,body"));
        b.press("importCancel");
        const QString other = b.place.file(QStringLiteral("caf.txt"));
        write(other, "a un caf\xe9\nb un th\xe9\na un bar\nb du lait\n");
        b.page->setAskForData([&](QWidget*, const QString&) { return other; });
        b.press("dataBrowseFile");
        QTRY_VERIFY(b.text("textImportProblem").contains(QStringLiteral("not UTF-8")));
        auto* encoding = b.on<QComboBox>("textEncoding");
        encoding->setCurrentIndex(1);
        Q_EMIT encoding->activated(1);
        QTRY_COMPARE(b.cell("textImportTable", 0, 1), QStringLiteral("un café"));
        QVERIFY(!b.seen("textDelimiter"));
        b.press("importUse");
        QTRY_COMPARE(b.text("dataSource"), other);
        QVERIFY(b.line("task.text_columns")->text().isEmpty());
        QCOMPARE(b.on<QComboBox>("data-task.encoding")->currentText(), QStringLiteral("latin-1"));
    }

    void trainOnThisDataFillsInTheTrainForm() {
        Bench b;
        b.openData();
        b.chooseTask("Keyword spotting, one word");
        b.put("task.keywords", QStringLiteral("happy"));
        b.press("dataTrain");
        QCOMPARE(b.find<QStackedWidget>("pages")->currentIndex(), 0);
        QCOMPARE(b.find<QComboBox>("task")->currentText(), QStringLiteral("Keyword spotting, one word"));
        QCOMPARE(b.onTrain("task.keywords")->text(), QStringLiteral("happy"));
    }

    void dataOnTheTrainFormLeaveTheRestAsItWas() {
        Bench b;
        b.openData();
        b.key(Qt::Key_1, Qt::ControlModifier);
        b.type("optimizer.lr", "0.05");
        b.key(Qt::Key_5, Qt::ControlModifier);
        b.drop(b.names());
        QTRY_VERIFY(b.seen("importPreview"));
        b.press("importUse");
        QVERIFY(!b.onTrain("task.source")->text().isEmpty());
        QCOMPARE(b.onTrain("optimizer.lr")->text(), QStringLiteral("0.05"));
    }

    void theShownTableIsExported() {
        Bench b;
        b.openData();
        const QString file = b.place.file(QStringLiteral("table.csv"));
        QString suggested;
        b.page->setAskForFile([&](QWidget*, const QString& suggestion) {
            suggested = suggestion;
            return file;
        });
        b.key(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(QFile::exists(file));
        QVERIFY(suggested.endsWith(QStringLiteral("names-classes.csv")));
        QVERIFY(read(file).startsWith("class,train,validation,test,total\r\nArabic,12,4,4,20\r\n"));
        QVERIFY(QFile::remove(file));
        b.key(Qt::Key_F, Qt::ControlModifier);
        b.put("sampleFilter", QStringLiteral("name3x14"));
        b.press("dataExport");
        QTRY_COMPARE(read(file), QByteArray("side,class,example,file\r\ntest,Czech,Name3x14,\r\n"));
    }

    void beforeTheEngineIsThere() {
        Bench b;
        b.open(false);
        b.key(Qt::Key_5, Qt::ControlModifier);
        b.page = b.find<DataPage>("dataPage");
        QCOMPARE(b.text("busyTitle"), QStringLiteral("Loading the engine…"));
        QVERIFY(!b.seen("busyCancel"));
        QVERIFY(!b.on("dataTrain")->isEnabled());
        b.engine->load();
        QTRY_COMPARE(b.rows("classTable"), kClasses);
        QVERIFY(b.on("dataTrain")->isEnabled());
    }

    void withoutAnEngineItSaysSo() {
        EngineHost host([]() -> Result<Engine*> { return fail("libtorch is missing"); });
        DataPage page(host);
        page.show();
        host.load();
        auto* title = page.findChild<QWidget*>(QStringLiteral("dataEmpty"))
                          ->findChild<QLabel*>(QStringLiteral("emptyStateTitle"));
        QTRY_VERIFY(title->isVisible());
        QCOMPARE(title->text(), QStringLiteral("The engine could not be loaded"));
    }

    void nothingIsCutOffInTheSmallestWindow() {
        Bench b;
        b.openData();
        b.window->resize(960, 600);
        QTRY_COMPARE(b.window->size(), QSize(960, 600));
        const auto inside = [&](const char* name) {
            const auto* widget = b.on(name);
            const QRect place(widget->mapTo(b.window.get(), QPoint(0, 0)), widget->size());
            QVERIFY2(b.window->rect().contains(place) && widget->isVisible(), name);
            QVERIFY2(place.height() >= widget->minimumSizeHint().height(), name);
        };
        for (const char* name : {"dataTrain", "dataHashCopy", "dataTestCount", "dataExport", "classTable"})
            inside(name);
        QCOMPARE(b.on<DataTable>("classTable")->horizontalScrollBar()->maximum(), 0);
        b.examples();
        for (const char* name : {"sampleFilter", "sampleSide", "sampleCount", "sampleTable", "sampleName"})
            inside(name);
        b.drop(b.words());
        QTRY_VERIFY(b.seen("importPreview"));
        for (const char* name : {"importUse", "importCancel", "importDropped", "importRemark"}) inside(name);
        b.press("importCancel");
        b.chooseTask("Texts");
        QTRY_COMPARE(b.rows("classTable"), 2);
        for (const auto& [tab, names] : std::map<int, std::vector<const char*>>{
                 {1, {"sampleText"}}, {2, {"lengthChart", "lengthTable"}}, {3, {"wordSides", "wordTable"}}}) {
            b.on<QTabWidget>("dataTabs")->setCurrentIndex(tab);
            for (const char* name : names) inside(name);
        }
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestDataPage test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_data_page.moc"
