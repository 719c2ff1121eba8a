#include "tests/ui/runs_fixture.h"

#include "ui/plots/figure.h"
#include "ui/plots/font_subset.h"
#include "ui/plots/scene_figure.h"
#include "ui/theme.h"
#include "ui/widgets/export_panel.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QPainterPath>
#include <QPushButton>
#include <QRawFont>
#include <QRegularExpression>
#include <QScreen>
#include <QSettings>
#include <QXmlStreamReader>

#include <malloc.h>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

const QStringList kRuns{QStringLiteral("00000000-1111-4222-8333-444444444444"),
                        QStringLiteral("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")};

QByteArray bytesOf(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

/// Two curves without markers (there are more points than get one), fewer than a page has columns.
PlotScene twoCurves() {
    PlotScene scene;
    for (int c = 0; c < 2; ++c) {
        PlotCurve curve;
        curve.label = c ? QStringLiteral("kühl & \"wild\" <2>") : QStringLiteral("brave-otter-12");
        curve.colour = c;
        for (int i = 0; i < 150 - c; ++i)
            curve.points.push_back({double(i), 1.0 / (i + 1) + 0.1 * c + 1e-13 * i});
        scene.curves.push_back(std::move(curve));
    }
    return scene;
}

FigureFormat formatOf(FigureFormat::Kind kind, double width = 120, double height = 80) {
    FigureFormat format;
    format.kind = kind;
    format.size_mm = {width, height};
    return format;
}

struct Svg {
    QString title;
    QSizeF size_mm;
    QList<qsizetype> polylines; ///< points of each
    QStringList texts, fills;
    QByteArray font;
    int paths = 0;
};

Svg parseSvg(const QString& file) {
    Svg svg;
    QXmlStreamReader xml(bytesOf(file));
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement ||
            !xml.namespaceUri().endsWith(QStringLiteral("/svg")))
            continue;
        const auto at = [&](const char* name) {
            return xml.attributes().value(QLatin1String(name)).toString();
        };
        const QString name = xml.name().toString();
        if (name == QStringLiteral("svg"))
            svg.size_mm = {at("width").chopped(2).toDouble(), at("height").chopped(2).toDouble()};
        else if (name == QStringLiteral("title"))
            svg.title = xml.readElementText();
        else if (name == QStringLiteral("polyline"))
            svg.polylines << at("points").split(QLatin1Char(' '), Qt::SkipEmptyParts).size();
        else if (name == QStringLiteral("rect"))
            svg.fills << at("fill");
        else if (name == QStringLiteral("path"))
            ++svg.paths;
        else if (name == QStringLiteral("text"))
            svg.texts << xml.readElementText();
        else if (name == QStringLiteral("style"))
            svg.font = QByteArray::fromBase64(xml.readElementText()
                                                  .section(QStringLiteral("base64,"), 1)
                                                  .section(QLatin1Char(')'), 0, 0)
                                                  .toLatin1());
    }
    if (xml.hasError()) qFatal("%s", qPrintable(xml.errorString()));
    return svg;
}

/// The page's drawing, unpacked: what follows each "stream" that zlib can read.
QByteArray pdfStreams(const QString& file) {
    const QByteArray pdf = bytesOf(file);
    QByteArray all;
    for (qsizetype at = pdf.indexOf("stream\n"); at >= 0; at = pdf.indexOf("stream\n", at + 7)) {
        if (at >= 3 && pdf.mid(at - 3, 3) == "end") continue;
        const qsizetype end = pdf.indexOf("endstream", at);
        const QByteArray packed = pdf.mid(at + 7, end - at - 7);
        if (!packed.startsWith('\x78')) continue;
        all += qUncompress(QByteArray("\x00\x10\x00\x00", 4) + packed) + '\n';
    }
    return all;
}

/// Lengths of the runs "m l l l …" that the PDF strokes.
QList<int> pdfPaths(const QByteArray& streams) {
    QList<int> paths;
    int points = 0;
    for (const auto& word : streams.simplified().split(' ')) {
        if (word == "m") points = 1;
        if (word == "l") ++points;
        if (word == "S" || word == "s") paths << std::exchange(points, 0);
    }
    return paths;
}

QStringList lines(const QString& file) {
    return QString::fromUtf8(bytesOf(file)).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

class TestFigures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { mallopt(M_PERTURB, 0xa5); } // what is read after it was freed is not what it was
    void init() { theme::apply(*qApp, theme::Mode::light); }

    void anSvgHoldsEachPointOfEachCurve() {
        Place place;
        const QString file = place.file(QStringLiteral("x.svg"));
        const auto source = sceneFigure(QStringLiteral("Loss & <so>"), twoCurves(), kRuns);
        must(writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::svg), file));
        const Svg svg = parseSvg(file);
        QCOMPARE(svg.title, QStringLiteral("Loss & <so>"));
        QCOMPARE(svg.size_mm, QSizeF(120, 80));
        QVERIFY(svg.polylines.contains(150));
        QVERIFY(svg.polylines.contains(149));
        QVERIFY(svg.texts.contains(QStringLiteral("Loss & <so>")));
        QVERIFY(svg.texts.contains(QStringLiteral("kühl & \"wild\" <2>")));
        QVERIFY(svg.texts.contains(QStringLiteral("brave-otter-12")));
    }

    void aPdfHoldsEachPointToo() {
        Place place;
        const QString file = place.file(QStringLiteral("x.pdf"));
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        must(writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::pdf), file));
        const auto paths = pdfPaths(pdfStreams(file));
        QVERIFY(paths.contains(150));
        QVERIFY(paths.contains(149));
        const QByteArray pdf = bytesOf(file);
        const auto box = QRegularExpression(QStringLiteral("/MediaBox \\[ *0 0 ([0-9.]+) ([0-9.]+)"))
                             .match(QString::fromLatin1(pdf));
        QVERIFY(box.hasMatch());
        QVERIFY(std::abs(box.captured(1).toDouble() - 120 * 72 / 25.4) < 1);
        QVERIFY(std::abs(box.captured(2).toDouble() - 80 * 72 / 25.4) < 1);
        QVERIFY(pdf.contains("/FontFile")); // embedded
    }

    void aPngHasTheResolutionThatWasAskedFor() {
        Place place;
        const QString file = place.file(QStringLiteral("x.png"));
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        auto format = formatOf(FigureFormat::Kind::png, 100, 50);
        format.dpi = 254;
        must(writeFigure(source.paint, source.title, source.runs, format, file));
        const QImage image(file);
        QCOMPARE(image.size(), QSize(1000, 500));
        QCOMPARE(image.dotsPerMeterX(), 10000);
        QCOMPARE(image.text(QStringLiteral("Title")), QStringLiteral("Loss"));
    }

    void theRunsAreReadBackFromEach() {
        Place place;
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        for (const char* ending : {"svg", "pdf", "png"}) {
            const QString file = place.file(QStringLiteral("x.") + QLatin1String(ending));
            must(
                writeFigure(source.paint, source.title, source.runs, formatOf(must(figureKind(file))), file));
            const auto runs = figureRuns(file);
            QVERIFY2(runs, runs ? "" : runs.error().message.c_str());
            QCOMPARE(*runs, kRuns);
        }
        QVERIFY(!figureKind(QStringLiteral("x.gif")));
    }

    void whatIsNoFigureIsSaidInOneLine() {
        Place place;
        const auto put = [&](const char* name, const QByteArray& bytes) {
            const QString file = place.file(QString::fromLatin1(name));
            QFile out(file);
            if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write");
            out.write(bytes);
            return file;
        };
        QImage plain(4, 4, QImage::Format_RGB32);
        const QString png = place.file(QStringLiteral("plain.png"));
        plain.save(png);
        const QByteArray good = "<svg xmlns:d=\"urn:descent-studio:figure:1\"><metadata><d:runs><li>";
        for (const QString& file :
             {place.file(QStringLiteral("absent.svg")), put("empty.svg", {}), put("text.svg", "no figure"),
              put("other.svg", "<svg><metadata/></svg>"), put("cut.svg", good), png,
              put("cut.png", QByteArray("\x89PNG\r\n\x1a\n", 8)), put("other.pdf", "%PDF-1.4\nnothing"),
              put("cut.pdf", "%PDF-1.4\n<x:xmpmeta><a>"),
              put("word.svg", good + "x</li></d:runs></metadata></svg>"),
              put("dtd.svg", "<!DOCTYPE s [<!ENTITY a 'b'>]>" + good + "&a;</li></d:runs></metadata></svg>"),
              put("none.svg", "<svg xmlns:d=\"urn:descent-studio:figure:1\"><d:runs></d:runs></svg>")}) {
            const auto runs = figureRuns(file);
            QVERIFY2(!runs, qPrintable(file));
            QVERIFY(!runs.error().message.empty() && runs.error().message.find('\n') == std::string::npos);
        }
    }

    void aLightFigureComesOutOfADarkWindow() {
        Place place;
        theme::apply(*qApp, theme::Mode::dark);
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        const QString png = place.file(QStringLiteral("x.png")), svg = place.file(QStringLiteral("x.svg"));
        must(writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::png), png));
        must(writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::svg), svg));
        QVERIFY(theme::isDark());
        const QImage image(png);
        QCOMPARE(image.pixelColor(0, 0), QColor(Qt::white));
        // Nothing in it has a colour of the dark theme: pure surfaces, grids and words are lighter or darker.
        QVERIFY(!bytesOf(svg).contains(theme::surface().name().toLatin1()));
        QVERIFY(!bytesOf(svg).contains(theme::border().name().toLatin1()));
        QVERIFY(!bytesOf(svg).contains(theme::text().name().toLatin1()));
        auto dark = formatOf(FigureFormat::Kind::png);
        dark.light = false;
        must(writeFigure(source.paint, source.title, source.runs, dark, png));
        QCOMPARE(QImage(png).pixelColor(0, 0), theme::surface());
    }

    void theCsvIsWhatIsDrawn() {
        Place place;
        const QString file = place.file(QStringLiteral("x.csv")),
                      picture = place.file(QStringLiteral("x.svg"));
        const PlotScene scene = twoCurves();
        const auto source = sceneFigure(QStringLiteral("Loss"), scene, kRuns);
        must(
            writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::svg), picture));
        must(source.plotted_csv(file));
        const auto rows = lines(file);
        QCOMPARE(rows.front(), QStringLiteral("curve,update,value"));
        QCOMPARE(rows.size(), 1 + 150 + 149);
        for (int i = 0; i < 150; ++i) {
            const auto cells = rows[1 + i].split(QLatin1Char(','));
            QCOMPARE(cells[0], QStringLiteral("brave-otter-12"));
            QVERIFY(cells[1].toDouble() == scene.curves[0].points[std::size_t(i)].x);
            QVERIFY(cells[2].toDouble() == scene.curves[0].points[std::size_t(i)].y); // bit for bit
        }
        QVERIFY(rows.back().startsWith(QStringLiteral("\"kühl & \"\"wild\"\" <2>\",148,")));
    }

    void aLongCurveHasARowForEachVertex() {
        Place place;
        PlotScene scene;
        PlotCurve curve;
        curve.label = QStringLiteral("long");
        for (int i = 0; i < 100'000; ++i) curve.points.push_back({double(i), std::sin(i * 0.37)});
        curve.points[77'777].y = 9;
        scene.curves.push_back(curve);
        const auto source = sceneFigure(QStringLiteral("Long"), scene, kRuns);
        const QString file = place.file(QStringLiteral("x.svg")), csv = place.file(QStringLiteral("x.csv"));
        must(writeFigure(source.paint, source.title, source.runs, formatOf(FigureFormat::Kind::svg), file));
        must(source.plotted_csv(csv));
        const auto rows = lines(csv);
        QVERIFY(rows.size() > 200 && rows.size() < 10'000);
        QVERIFY(parseSvg(file).polylines.contains(rows.size() - 1));
        QVERIFY(
            std::ranges::any_of(rows, [](const QString& row) { return row.endsWith(QStringLiteral(",9")); }));
    }

    void bandsAreInTheCsv() {
        Place place;
        PlotScene scene = twoCurves();
        scene.curves[0].band = {{0, 1, 0.5, 1.5, 3}, {1, 2, 1.25, 2.75, 3}};
        const QString file = place.file(QStringLiteral("x.csv"));
        must(sceneFigure(QStringLiteral("Loss"), scene, kRuns).plotted_csv(file));
        const auto rows = lines(file);
        QCOMPARE(rows.front(), QStringLiteral("curve,update,value,low,high"));
        QVERIFY(rows.contains(QStringLiteral("brave-otter-12 (band),1,2,1.25,2.75")));
    }

    void theFontInTheSvgIsOneThatDraws() {
        Place place;
        const QString file = place.file(QStringLiteral("x.svg"));
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        auto format = formatOf(FigureFormat::Kind::svg);
        format.title = false;
        must(writeFigure(source.paint, source.title, source.runs, format, file));
        const Svg svg = parseSvg(file);
        QVERIFY(!svg.texts.contains(QStringLiteral("Loss")));
        QVERIFY(svg.font.size() > 500 && svg.font.size() < 60'000);
        const QRawFont font(svg.font, 16);
        QVERIFY(font.isValid());
        for (const auto& text : svg.texts)
            for (const char32_t c : text.toUcs4())
                if (c != U' ') QVERIFY2(font.supportsCharacter(uint(c)), qPrintable(text));
        QVERIFY(!font.supportsCharacter(QLatin1Char('Q'))); // nothing but what is in use
        const auto outline = font.pathForGlyph(font.glyphIndexesForString(QStringLiteral("b")).front());
        QVERIFY(outline.boundingRect().height() > 8);
    }

    void lettersHaveTheSizeThatWasAskedFor() {
        Place place;
        const QString file = place.file(QStringLiteral("x.svg"));
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        auto format = formatOf(FigureFormat::Kind::svg);
        format.font_pt = 9;
        must(writeFigure(source.paint, source.title, source.runs, format, file));
        const QString text = QString::fromUtf8(bytesOf(file));
        const double unit = 72 / QApplication::primaryScreen()->logicalDotsPerInchY(); // points
        QList<double> sizes;
        auto all = QRegularExpression(QStringLiteral("font-size=\"([0-9.]+)\"")).globalMatch(text);
        while (all.hasNext()) sizes << all.next().captured(1).toDouble() * unit;
        QVERIFY(sizes.size() > 5);
        QVERIFY(std::abs(std::ranges::max(sizes) - 10) < 0.01); // the title
        QVERIFY(std::ranges::any_of(sizes, [](double s) { return std::abs(s - 9) < 0.01; }));
    }

    void badSizesAndPlacesAreRefused() {
        Place place;
        const auto source = sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns);
        const auto write = [&](FigureFormat format, const QString& file) {
            return bool(writeFigure(source.paint, source.title, source.runs, format, file));
        };
        const QString file = place.file(QStringLiteral("x.png"));
        QVERIFY(!write(formatOf(FigureFormat::Kind::svg, 0, 60), file));
        QVERIFY(!write(formatOf(FigureFormat::Kind::svg, std::nan(""), 60), file));
        auto huge = formatOf(FigureFormat::Kind::png, 1000, 1000);
        huge.dpi = 1200;
        QVERIFY(!write(huge, file));
        QVERIFY(!QFile::exists(file));
        QVERIFY(!write(formatOf(FigureFormat::Kind::svg), QStringLiteral("/nowhere/x.svg")));
        const QString store = QString::fromStdString(place.path().string());
        QVERIFY(!write(formatOf(FigureFormat::Kind::svg), store)); // whatever a dialog was told
        must(StoreReader::open(place.path()));
    }

    void thePanelWritesWhatItShows() {
        Place place;
        QSettings().clear();
        QWidget window;
        window.resize(960, 600);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        auto source = sceneFigure(QStringLiteral("Loss · brave-otter-12"), twoCurves(), kRuns);
        source.full_csv = [](const QString& file) -> Result<void> {
            QFile out(file);
            if (!out.open(QIODevice::WriteOnly)) return fail("cannot");
            out.write("full\n");
            return {};
        };
        auto* panel = ExportPanel::open(source, &window);
        QCOMPARE(panel->size(), window.size());
        QString suggested;
        const QString file = place.file(QStringLiteral("out.svg"));
        panel->setFileChooser([&](QWidget*, const QString& name, const QString&) {
            suggested = name;
            return file;
        });
        QString said;
        connect(panel, &ExportPanel::said, &window, [&](const QString& text) { said = text; });
        auto* journal = panel->findChild<QComboBox*>(QStringLiteral("figureJournal"));
        journal->setCurrentIndex(1);
        Q_EMIT journal->activated(1);
        QCOMPARE(panel->format().size_mm.width(), 89.0);
        panel->findChild<QDoubleSpinBox*>(QStringLiteral("figureHeight"))->setValue(60);
        panel->findChild<QCheckBox*>(QStringLiteral("figurePlotted"))->setChecked(true);
        panel->findChild<QCheckBox*>(QStringLiteral("figureFull"))->setChecked(true);
        QTest::mouseClick(panel->findChild<QPushButton*>(QStringLiteral("figureSave")), Qt::LeftButton);
        QTRY_VERIFY(!said.isEmpty());
        QVERIFY(suggested.endsWith(QStringLiteral("/loss-brave-otter-12.svg")));
        QCOMPARE(parseSvg(file).size_mm, QSizeF(89, 60));
        QVERIFY(QFile::exists(place.file(QStringLiteral("out.plotted.csv"))));
        QCOMPARE(bytesOf(place.file(QStringLiteral("out.full.csv"))), QByteArray("full\n"));
        QTRY_VERIFY(!window.findChild<ExportPanel*>(QStringLiteral("exportPanel")));
        // Chosen once, chosen the next time.
        auto* again = ExportPanel::open(source, &window);
        QCOMPARE(again->format().size_mm, QSizeF(89, 60));
        QTest::keyClick(again, Qt::Key_Escape);
        QTRY_VERIFY(!window.findChild<ExportPanel*>(QStringLiteral("exportPanel")));
    }

    void thePanelKeepsTheKeysToItself() {
        QWidget window;
        window.resize(960, 600);
        auto* beneath = new QPushButton(QStringLiteral("beneath"), &window);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QApplication::setActiveWindow(&window);
        beneath->setFocus();
        auto* panel = ExportPanel::open(sceneFigure(QStringLiteral("Loss"), twoCurves(), kRuns), &window);
        QSet<QString> reached;
        for (int i = 0; i < 30; ++i) {
            QVERIFY(panel->isAncestorOf(window.focusWidget()));
            reached << window.focusWidget()->objectName();
            QTest::keyClick(window.focusWidget(), Qt::Key_Tab);
        }
        for (const char* name :
             {"figureKind", "figureJournal", "figureWidth", "figureHeight", "figureLetters", "figureTitle",
              "figureLight", "figurePlotted", "figureSave", "figureClose"})
            QVERIFY2(reached.contains(QString::fromLatin1(name)), name);
        QTest::keyClick(panel, Qt::Key_Escape);
        QCOMPARE(window.focusWidget(), beneath);
    }
};

int main(int argc, char** argv) {
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("descent-studio-test"));
    QApplication::setApplicationName(QStringLiteral("test_figures"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    TestFigures test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_figures.moc"
