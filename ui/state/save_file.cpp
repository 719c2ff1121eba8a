#include "ui/state/save_file.h"

#include "core/store/store.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace descent::ui {

Result<void> saveFile(const QByteArray& content, const QString& file) {
    const auto cannot = [&](const QString& reason) {
        return fail(
            (QDir::toNativeSeparators(file) + QStringLiteral(" cannot be written: ") + reason).toStdString());
    };
    if (is_store_file(QFile::encodeName(file).toStdString()))
        return cannot(QStringLiteral("a store of runs would be lost; choose another name"));
    QSaveFile out(file);
    // Flushed first: of a full disk, commit() says no more than that there was an error.
    if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size() || !out.flush() ||
        !out.commit())
        return cannot(out.errorString());
    return {};
}

} // namespace descent::ui
