#include "ui/state/save_file.h"

#include "core/store/store.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>

#include <cerrno>

namespace descent::ui {

Result<void> saveFile(const QByteArray& content, const QString& file) {
    const auto cannot = [&](const QString& reason) {
        return fail(
            (QDir::toNativeSeparators(file) + QStringLiteral(" cannot be written: ") + reason).toStdString());
    };
    if (is_store_file(QFile::encodeName(file).toStdString()))
        return cannot(QStringLiteral("a store of runs would be lost; choose another name"));
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly)) return cannot(out.errorString());
    errno = 0;
    if (out.write(content) != content.size() || !out.flush()) // QSaveFile itself only says "unknown error"
        return cannot(errno != 0 ? qt_error_string(errno) : out.errorString());
    if (!out.commit()) return cannot(out.errorString());
    return {};
}

} // namespace descent::ui
