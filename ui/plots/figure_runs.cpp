// Which runs a figure shows, read back from its metadata.

#include "ui/plots/figure.h"

#include <QFile>
#include <QImageReader>
#include <QRegularExpression>
#include <QXmlStreamReader>

namespace descent::ui {

namespace {

constexpr qint64 kMostMetadata = qint64(4) << 20; ///< bytes; 50,000 runs
constexpr qint64 kMostPdf = qint64(256) << 20;    ///< looked through for the metadata
constexpr qint64 kChunk = qint64(1) << 20;
const QString kNamespace = QStringLiteral("urn:descent-studio:figure:1");

/// Of the <descent:runs> in it; reads no further than that, and no document type.
std::optional<QStringList> runsIn(QXmlStreamReader& xml) {
    bool inside = false;
    QStringList runs;
    while (!xml.atEnd()) {
        switch (xml.readNext()) {
        case QXmlStreamReader::DTD:
            return std::nullopt;
        case QXmlStreamReader::StartElement:
            if (xml.namespaceUri() == kNamespace && xml.name() == QStringLiteral("runs"))
                inside = true;
            else if (inside && xml.name() == QStringLiteral("li"))
                runs << xml.readElementText(QXmlStreamReader::SkipChildElements).trimmed();
            break;
        case QXmlStreamReader::EndElement:
            if (inside && xml.namespaceUri() == kNamespace) return runs;
            if (xml.name() == QStringLiteral("metadata")) return std::nullopt;
            break;
        default:
            break;
        }
    }
    return std::nullopt;
}

std::optional<QStringList> fromSvg(QFile& file) {
    QXmlStreamReader xml(file.read(kMostMetadata));
    return runsIn(xml);
}

std::optional<QStringList> fromPdf(QFile& file) {
    if (file.size() > kMostPdf) return std::nullopt;
    const QByteArray begin("<x:xmpmeta"), end("</x:xmpmeta>");
    QByteArray window;
    qint64 at = 0; // of the window in the file
    while (true) {
        const QByteArray more = file.read(kChunk);
        window += more;
        const qsizetype from = window.indexOf(begin);
        if (from >= 0) {
            file.seek(at + from);
            const QByteArray packet = file.read(kMostMetadata);
            const qsizetype to = packet.indexOf(end);
            if (to < 0) return std::nullopt;
            QXmlStreamReader xml(packet.left(to + end.size()));
            return runsIn(xml);
        }
        if (more.isEmpty()) return std::nullopt;
        const qsizetype gone = std::max<qsizetype>(0, window.size() - begin.size());
        window.remove(0, gone);
        at += gone;
    }
}

std::optional<QStringList> fromPng(QFile& file) {
    file.seek(0);
    QImageReader reader(&file, "png");
    const QString text = reader.text(QStringLiteral("Descent-Runs"));
    if (text.isEmpty()) return std::nullopt;
    return text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

Result<QStringList> figureRuns(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(path.toStdString() + ": " + file.errorString().toStdString());
    const QByteArray head = file.peek(8);
    const auto runs = head == QByteArray("\x89PNG\r\n\x1a\n", 8) ? fromPng(file)
                      : head.startsWith("%PDF-")                 ? fromPdf(file)
                                                                 : fromSvg(file);
    static const QRegularExpression uuid(
        QStringLiteral("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));
    if (!runs || runs->isEmpty())
        return fail(path.toStdString() + ": not a figure that this program made of runs");
    for (const auto& run : *runs)
        if (!uuid.match(run).hasMatch())
            return fail(path.toStdString() +
                        ": names a run that has no such name: " + run.left(60).toStdString());
    return *runs;
}

} // namespace descent::ui
