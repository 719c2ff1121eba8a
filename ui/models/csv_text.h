#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace descent::ui {

/// One line of a CSV file (RFC 4180), UTF-8, ending in "\r\n".
inline QByteArray csvLine(const QStringList& cells) {
    QStringList quoted;
    for (QString cell : cells) {
        const bool plain = !cell.contains(QLatin1Char('"')) && !cell.contains(QLatin1Char(',')) &&
                           !cell.contains(QLatin1Char('\n')) && !cell.contains(QLatin1Char('\r'));
        if (!plain)
            cell =
                QLatin1Char('"') + cell.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
        quoted << cell;
    }
    return quoted.join(QLatin1Char(',')).toUtf8() + "\r\n";
}

} // namespace descent::ui
