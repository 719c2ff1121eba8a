#include "ui/widgets/inspection_text.h"

#include "core/base/format.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("InspectionText", text);
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

bool aboutStep(const std::string& note) {
    return note.starts_with("lr ");
}
/// What a person looks up rather than has to know before training: the tool tip's and the Data page's.
bool describesTexts(const std::string& note) {
    return note.starts_with("vocabulary: ") || note.starts_with("lengths: ") ||
           note.starts_with("word vectors: ") || note.starts_with("built-in texts: ") ||
           note.find(" read as ") != std::string::npos;
}

} // namespace

QString dataLine(const Inspection& found) {
    const auto& p = found.provenance;
    QString source = QString::fromStdString(p.data_source);
    if (source.contains(QLatin1Char('/'))) source = QFileInfo(source).fileName();
    const QString kind =
        p.classes.empty() ? tr("regression") : tr("%1 classes").arg(count(std::int64_t(p.classes.size())));
    QString text = tr("%1 · %2 train · %3").arg(kind, count(p.train_examples), source);
    QStringList lost;
    if (found.duplicates > 0) lost << tr("%1 duplicates").arg(count(found.duplicates));
    if (found.dropped_lines > 0) lost << tr("%1 lines dropped").arg(count(found.dropped_lines));
    return lost.isEmpty() ? text : text + QLatin1Char('\n') + lost.join(QStringLiteral(" · "));
}

QString dataToolTip(const Inspection& found) {
    const auto& p = found.provenance;
    QStringList lines{
        tr("%1 train, %2 validation, %3 test")
            .arg(count(p.train_examples), count(p.validation_examples), count(p.test_examples))};
    QStringList classes;
    for (const auto& [name, n] : found.class_counts)
        classes << QStringLiteral("%1 %2").arg(QString::fromStdString(name), count(n));
    if (!classes.isEmpty()) lines << classes.join(QStringLiteral(", "));
    QStringList dropped;
    for (const auto& [character, n] : found.dropped_characters)
        dropped << QStringLiteral("%1 × %2").arg(count(n), QString::fromStdString(character));
    if (!dropped.isEmpty()) lines << tr("Dropped characters: %1").arg(dropped.join(QStringLiteral(", ")));
    for (const auto& note : found.notes)
        if (describesTexts(note)) lines << QString::fromStdString(note);
    return QStringLiteral("<p>") +
           lines.replaceInStrings(QStringLiteral("<"), QStringLiteral("&lt;"))
               .join(QStringLiteral("</p><p>")) +
           QStringLiteral("</p>");
}

QString modelLine(const Inspection& found) {
    return tr("%1 params").arg(count(found.provenance.parameters));
}

QString stepNote(const Inspection& found) {
    for (const auto& note : found.notes)
        if (aboutStep(note)) return QString::fromStdString(note);
    return {};
}

QString costLine(const Inspection& found, std::optional<double> seconds_per_update, int replicates) {
    QString text = tr("%1 updates").arg(count(found.planned_updates));
    if (replicates > 1) text = QStringLiteral("%1 × ").arg(replicates) + text;
    if (seconds_per_update) {
        const double seconds = *seconds_per_update * double(found.planned_updates) * replicates;
        text = tr("≈ %1, %2").arg(text, QString::fromStdString(format_duration(seconds)));
    }
    for (const auto& note : found.notes)
        if (!aboutStep(note) && !describesTexts(note))
            text += QLatin1Char('\n') + QString::fromStdString(note);
    return text;
}

} // namespace descent::ui
