#include "ui/widgets/table_text.h"

#include <QDir>

namespace descent::ui {

namespace {

QByteArray tabbed(const std::vector<std::string>& cells) {
    QByteArray line;
    for (const std::string& cell : cells) {
        if (&cell != &cells.front()) line += '\t';
        QByteArray text = QByteArray::fromStdString(cell);
        for (char& c : text)
            if (c == '\t' || c == '\n' || c == '\r') c = ' ';
        line += text;
    }
    return line + '\n';
}

} // namespace

QByteArray asText(const TextTable& table, TextFormat format) {
    switch (format) {
    case TextFormat::csv:
        return QByteArray::fromStdString(to_csv(table));
    case TextFormat::markdown:
        return QByteArray::fromStdString(to_markdown(table));
    case TextFormat::latex:
        return QByteArray::fromStdString(to_latex(table));
    case TextFormat::tabs:
        break;
    }
    QByteArray text = tabbed(table.headings);
    for (const auto& row : table.rows) text += tabbed(row);
    return text;
}

TextFormat formatOf(const QString& file) {
    if (file.endsWith(QStringLiteral(".md"), Qt::CaseInsensitive)) return TextFormat::markdown;
    if (file.endsWith(QStringLiteral(".tex"), Qt::CaseInsensitive)) return TextFormat::latex;
    return TextFormat::csv;
}

} // namespace descent::ui
