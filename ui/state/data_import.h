#pragma once

#include "core/base/catalog.h"
#include "core/base/result.h"
#include "core/text/text_reader.h"

#include <QString>
#include <QStringList>

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace descent::ui {

/// What a dropped file or folder was understood to be. Nothing has been changed or copied.
struct FoundData {
    enum class Kind { names, speech, texts };
    Kind kind = Kind::names;
    QString folder;                                  ///< absolute; what to give to task.source
    QString asked;                                   ///< what was dropped, where that is another one; else ""
    QString title;                                   ///< "Lists of names"
    QStringList understood;                          ///< one line each: "18 classes, 20,074 names"
    std::vector<std::pair<QString, qint64>> classes; ///< languages or words with how many examples
    std::vector<std::pair<QString, QString>> dropped; ///< what will not be used, and why
    TextSources texts{};                              ///< of labelled texts; rows and columns are for later
};

/// Looks at a file or folder: labelled texts, recordings in the layout of Speech Commands, or lists of names.
/// Names of files only for speech; the lists are read. `texts`: a task of texts is to be given data, so that
/// what could be either is texts. Error: one line that says what was expected. Thread: any; takes as long as
/// listing the folder.
Result<FoundData> recognise(const std::filesystem::path& dropped, bool texts = false);

/// What data a task reads; none where it makes its own.
std::optional<FoundData::Kind> dataOf(const Entry& task);

/// Has words that `found` lacks replaced by others that it has. Returns what to say of that, "" for nothing.
QString keepKeywords(Request& request, const QStringList& wanted, const FoundData& found);

/// How a request's task of texts reads them, and the settings that have it read so: what is left open, or as
/// the task has it anyway, is no setting.
TextLayout textLayout(const Catalog& catalog, const Request& request);
void setTextLayout(const Catalog& catalog, Request& request, const TextLayout& layout);

} // namespace descent::ui
