#include "ui/state/change_text.h"

#include <QCoreApplication>

namespace descent::ui {

namespace {
QString tr(const char* words) {
    return QCoreApplication::translate("ChangeText", words);
}
} // namespace

QString changeWord(std::string_view path) {
    if (path == "optimizer.lr") return tr("lr");
    if (path == "regime.clip_norm") return tr("clip");
    if (path == "regime.clip_value") return tr("value clip");
    if (path == "regime.clip_layer") return tr("layer clip");
    if (path == "regime.clip_agc") return tr("adaptive clip");
    if (path == "regime.batch_size") return tr("batch");
    const auto name = path.substr(path.find('.') + 1);
    return QString::fromUtf8(name.data(), qsizetype(name.size())).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString changeLabel(const Change& change) {
    const QString word = changeWord(change.path);
    if (change.value == "0" && change.path == "regime.batch_size") return tr("whole set");
    if (change.value == "0" && change.path != "optimizer.lr") return tr("no %1").arg(word);
    return word + QLatin1Char(' ') + QString::fromStdString(change.value);
}

} // namespace descent::ui
