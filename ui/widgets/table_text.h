#pragma once

#include "core/analysis/text_table.h"

#include <QByteArray>
#include <QString>

namespace descent::ui {

enum class TextFormat { tabs, csv, markdown, latex };

/// UTF-8. Tabs: a line a row, for spreadsheets; tabs and line breaks inside a cell become spaces. Thread:
/// any.
QByteArray asText(const TextTable& table, TextFormat format);
/// By the name's ending: .md and .tex, else CSV.
TextFormat formatOf(const QString& file);

} // namespace descent::ui
