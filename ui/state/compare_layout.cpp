#include "ui/state/compare_layout.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

#include <array>
#include <string_view>

namespace descent::ui {

namespace {

const QString kNamed = QStringLiteral("compare/layouts");
const QString kLast = QStringLiteral("compare/last");

constexpr std::array kAxes{std::pair{XAxis::update, "update"}, std::pair{XAxis::epoch, "epoch"},
                           std::pair{XAxis::examples, "examples"}, std::pair{XAxis::seconds, "seconds"},
                           std::pair{XAxis::share, "share"}};
constexpr std::array kSmoothings{Smoothing::none, Smoothing::ema, Smoothing::time_ema, Smoothing::gaussian,
                                 Smoothing::running};
constexpr std::array kCentres{Centre::mean, Centre::median};
constexpr std::array kSpreads{Spread::none,      Spread::deviation, Spread::error,
                              Spread::bootstrap, Spread::range,     Spread::quantiles};

QString word(std::string_view text) {
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// That one of `all` which is called `word`; else what it was.
template<class All, class T>
T named(const All& all, const QJsonValue& value, T otherwise) {
    for (const T each : all)
        if (word(to_string(each)) == value.toString()) return each;
    return otherwise;
}

QStringList strings(const QJsonValue& value) {
    QStringList all;
    for (const auto& each : value.toArray()) all << each.toString();
    return all;
}

} // namespace

QString CompareLayout::toJson() const {
    QString along;
    for (const auto& [value, name] : kAxes)
        if (value == axis) along = QString::fromLatin1(name);
    const QJsonObject all{{QStringLiteral("runs"), QJsonArray::fromStringList(runs)},
                          {QStringLiteral("hidden"), QJsonArray::fromStringList(hidden)},
                          {QStringLiteral("ladder"), ladder},
                          {QStringLiteral("metrics"), QJsonArray::fromStringList(metrics)},
                          {QStringLiteral("log_metrics"), QJsonArray::fromStringList(log_metrics)},
                          {QStringLiteral("axis"), along},
                          {QStringLiteral("log_x"), log_x},
                          {QStringLiteral("smoothing"), word(to_string(smoothing.kind))},
                          {QStringLiteral("amount"), smoothing.amount},
                          {QStringLiteral("group_by"), group_by},
                          {QStringLiteral("centre"), word(to_string(centre))},
                          {QStringLiteral("spread"), word(to_string(spread))},
                          {QStringLiteral("pick"), pick},
                          {QStringLiteral("reference"), reference},
                          {QStringLiteral("tab"), tab},
                          {QStringLiteral("scatter_x"), scatter_x},
                          {QStringLiteral("scatter_y"), scatter_y},
                          {QStringLiteral("scatter_log_x"), scatter_log_x},
                          {QStringLiteral("scatter_log_y"), scatter_log_y},
                          {QStringLiteral("parallel"), QJsonArray::fromStringList(parallel)},
                          {QStringLiteral("equal_rows"), equal_rows}};
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact));
}

CompareLayout CompareLayout::fromJson(const QString& json) {
    const QJsonObject all = QJsonDocument::fromJson(json.toUtf8()).object();
    CompareLayout layout;
    layout.runs = strings(all[QStringLiteral("runs")]);
    layout.hidden = strings(all[QStringLiteral("hidden")]);
    layout.ladder = all[QStringLiteral("ladder")].toString();
    layout.metrics = strings(all[QStringLiteral("metrics")]);
    layout.log_metrics = strings(all[QStringLiteral("log_metrics")]);
    for (const auto& [value, name] : kAxes)
        if (all[QStringLiteral("axis")].toString() == QLatin1String(name)) layout.axis = value;
    layout.log_x = all[QStringLiteral("log_x")].toBool();
    layout.smoothing.kind = named(kSmoothings, all[QStringLiteral("smoothing")], Smoothing::none);
    layout.smoothing.amount = all[QStringLiteral("amount")].toDouble();
    layout.group_by = all[QStringLiteral("group_by")].toString(layout.group_by);
    layout.centre = named(kCentres, all[QStringLiteral("centre")], layout.centre);
    layout.spread = named(kSpreads, all[QStringLiteral("spread")], layout.spread);
    layout.pick = all[QStringLiteral("pick")].toString();
    layout.reference = all[QStringLiteral("reference")].toString();
    layout.tab = all[QStringLiteral("tab")].toString();
    layout.scatter_x = all[QStringLiteral("scatter_x")].toString();
    layout.scatter_y = all[QStringLiteral("scatter_y")].toString();
    layout.scatter_log_x = all[QStringLiteral("scatter_log_x")].toBool();
    layout.scatter_log_y = all[QStringLiteral("scatter_log_y")].toBool();
    layout.parallel = strings(all[QStringLiteral("parallel")]);
    layout.equal_rows = all[QStringLiteral("equal_rows")].toBool();
    return layout;
}

namespace layouts {

namespace {
/// In one value, so that a name may contain what separates keys.
QVariantMap all() {
    return QSettings().value(kNamed).toMap();
}
void keepAll(const QVariantMap& map) {
    QSettings().setValue(kNamed, map);
}
} // namespace

QStringList names() {
    return all().keys();
}

CompareLayout named(const QString& name) {
    return CompareLayout::fromJson(all().value(name).toString());
}

void keep(const QString& name, const CompareLayout& layout) {
    auto map = all();
    map[name] = layout.toJson();
    keepAll(map);
}

void rename(const QString& from, const QString& to) {
    auto map = all();
    if (from == to || !map.contains(from)) return;
    map[to] = map.take(from);
    keepAll(map);
}

void forget(const QString& name) {
    auto map = all();
    map.remove(name);
    keepAll(map);
}

std::optional<CompareLayout> last() {
    const QString json = QSettings().value(kLast).toString();
    if (json.isEmpty()) return std::nullopt;
    return CompareLayout::fromJson(json);
}

void keepLast(const CompareLayout& layout) {
    QSettings().setValue(kLast, layout.toJson());
}

} // namespace layouts

} // namespace descent::ui
