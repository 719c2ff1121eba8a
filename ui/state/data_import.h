#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <filesystem>
#include <utility>
#include <vector>

namespace descent::ui {

/// What a dropped folder was understood to be. Nothing has been changed or copied.
struct FoundData {
    enum class Kind { names, speech };
    Kind kind = Kind::names;
    QString folder;                                  ///< absolute; the one to give to task.source
    QString asked;                                   ///< what was dropped, where that is another one; else ""
    QString title;                                   ///< "Lists of names"
    QStringList understood;                          ///< one line each: "18 classes, 20,074 names"
    std::vector<std::pair<QString, qint64>> classes; ///< languages or words with how many examples
    std::vector<std::pair<QString, QString>> dropped; ///< what will not be used, and why
};

/// Looks at a folder, or at the folder of a file: recordings in the layout of Speech Commands, or lists of
/// names. Names of files only for speech; the lists are read. Error: one line that says what was expected.
/// Thread: any; takes as long as listing the folder.
Result<FoundData> recognise(const std::filesystem::path& dropped);

} // namespace descent::ui
