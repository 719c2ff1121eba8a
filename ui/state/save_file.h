#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace descent::ui {

/// Replaces the file whole or not at all; never a store of runs. Error: "X cannot be written: …". Thread:
/// any.
Result<void> saveFile(const QByteArray& content, const QString& file);

} // namespace descent::ui
