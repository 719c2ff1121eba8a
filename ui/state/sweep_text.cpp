#include "ui/state/sweep_text.h"

#include "core/base/param.h"

#include <QRegularExpression>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace descent::ui {

namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// A TOML basic string.
QString quoted(const std::string& word) {
    return text(nlohmann::json(word).dump()); // JSON's escapes are TOML's
}

/// As a number where it reads back as the same text, else in quotes.
QString tomlValue(const std::string& word) {
    static const QRegularExpression whole(QStringLiteral("^-?(0|[1-9][0-9]{0,17})$"));
    if (whole.match(text(word)).hasMatch()) return text(word);
    if (word == "true" || word == "false") return text(word);
    bool real = false;
    const double v = text(word).toDouble(&real);
    static const QRegularExpression plain(QStringLiteral("^-?(0|[1-9][0-9]*)\\.[0-9]+$"));
    if (real && plain.match(text(word)).hasMatch() && to_string(Value(v)) == word) return text(word);
    return quoted(word);
}

/// seeds from, from + 1, …
bool consecutive(const std::vector<std::uint64_t>& seeds) {
    for (std::size_t i = 1; i < seeds.size(); ++i)
        if (seeds[i] != seeds[i - 1] + 1) return false;
    return true;
}

bool plain(const SweepAxis& axis) {
    return std::ranges::all_of(axis.levels, [&](const SweepLevel& level) {
        return level.settings.size() == 1 && level.settings.front().first == axis.name &&
               level.settings.front().second == level.label;
    });
}

QString listOf(const SweepAxis& axis, QString (*word)(const std::string&), const QString& between) {
    QStringList all;
    for (const auto& level : axis.levels) all << word(level.label);
    return all.join(between);
}

QString tomlAxis(const SweepAxis& axis, const QString& over) {
    QString out = QStringLiteral("\n[[over]]\n");
    if (!plain(axis)) {
        out += QStringLiteral("name = %1\n").arg(quoted(axis.name));
        for (const auto& level : axis.levels) {
            QStringList set;
            for (const auto& [path, value] : level.settings)
                set << quoted(path) + QStringLiteral(" = ") + tomlValue(value);
            out += QStringLiteral("[[over.level]]\nlabel = %1\nset = { %2 }\n")
                       .arg(quoted(level.label), set.join(QStringLiteral(", ")));
        }
        return out;
    }
    out += QStringLiteral("path = %1\n").arg(quoted(axis.name));
    static const QRegularExpression range(QStringLiteral("=([^:,]+):([^:,]+):(log|x|×)?([0-9.eE+-]+)$"));
    const auto parts = range.match(over);
    if (!parts.hasMatch())
        return out + QStringLiteral("values = [%1]\n").arg(listOf(axis, tomlValue, QStringLiteral(", ")));
    out += QStringLiteral("from = %1\nto = %2\n").arg(parts.captured(1), parts.captured(2));
    const QString kind = parts.captured(3);
    if (kind == QStringLiteral("x") || kind == QStringLiteral("×"))
        return out + QStringLiteral("factor = %1\n").arg(parts.captured(4));
    out += QStringLiteral("steps = %1\n").arg(parts.captured(4));
    return kind.isEmpty() ? out : out + QStringLiteral("scale = \"log\"\n");
}

/// One word for a shell.
QString shellWord(const QString& word) {
    static const QRegularExpression safe(QStringLiteral("^[A-Za-z0-9_./:=,+@%-]+$"));
    if (safe.match(word).hasMatch()) return word;
    QString inside = word;
    return QLatin1Char('\'') + inside.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

Request shortest(const Request& base, const Catalog& catalog) {
    const auto spec = catalog.resolve(base);
    return spec ? catalog.request_for(*spec) : base;
}

} // namespace

QString sweepToml(const SweepPlan& plan, const QStringList& overs, const Catalog& catalog) {
    QString out;
    const auto line = [&](const char* key, const QString& value) {
        out += QString::fromLatin1(key) + QStringLiteral(" = ") + value + QLatin1Char('\n');
    };
    if (!plan.title.empty()) line("title", quoted(plan.title));
    if (!plan.summary.empty()) line("summary", quoted(plan.summary));
    if (!plan.view.empty()) line("view", quoted(plan.view));
    if (plan.threshold_error != SweepPlan{}.threshold_error)
        line("threshold_error", text(to_string(Value(plan.threshold_error))));
    if (plan.draw_data) line("draw_data", QStringLiteral("true"));
    if (consecutive(plan.seeds)) {
        line("seeds", QString::number(plan.seeds.size()));
        if (!plan.seeds.empty() && plan.seeds.front() != 0)
            line("first_seed", tomlValue(std::to_string(plan.seeds.front())));
    } else {
        QStringList seeds;
        for (const auto seed : plan.seeds) seeds << tomlValue(std::to_string(seed));
        line("seeds", QLatin1Char('[') + seeds.join(QStringLiteral(", ")) + QLatin1Char(']'));
    }
    QString base = text(to_toml(plan.base, catalog));
    base.remove(0, base.indexOf(QLatin1Char('\n')) + 1); // its seed: the sweep has its own
    out += base;
    for (std::size_t i = 0; i < plan.axes.size(); ++i)
        out += tomlAxis(plan.axes[i], overs.value(qsizetype(i)));
    if (plan.active)
        out += QStringLiteral("\n[active]\naxis = %1\nmetric = %2\nadd = %3\nround = %4\n")
                   .arg(quoted(plan.active->axis), quoted(plan.active->metric))
                   .arg(plan.active->add)
                   .arg(plan.active->round);
    return out;
}

QString sweepCommand(const SweepPlan& plan, const QStringList& overs, const Catalog& catalog,
                     const QString& name, int jobs) {
    if (!consecutive(plan.seeds) || !std::ranges::all_of(plan.axes, plain)) return {};
    if (plan.threshold_error != SweepPlan{}.threshold_error) return {};
    if (plan.active) { // the option's axis is the first of numbers, and its rounds are of two
        const auto numeric =
            std::ranges::find_if(plan.axes, [](const auto& a) { return a.numbers().has_value(); });
        if (numeric == plan.axes.end() || numeric->name != plan.active->axis ||
            plan.active->round != std::min(ActivePlan{}.round, plan.active->add))
            return {};
    }
    QStringList words{QStringLiteral("descent"), QStringLiteral("sweep")};
    const auto add = [&](const char* option, const QString& value) {
        words << QString::fromLatin1(option) << shellWord(value);
    };
    const Request base = shortest(plan.base, catalog);
    constexpr std::array<std::pair<const char*, Group>, 4> kParts{{{"--task", Group::task},
                                                                   {"--model", Group::model},
                                                                   {"--optimizer", Group::optimizer},
                                                                   {"--regime", Group::regime}}};
    for (const auto& [option, group] : kParts)
        if (!base.id(group).empty()) add(option, text(base.id(group)));
    for (const auto& [path, value] : base.settings) add("--set", text(path + "=" + value));
    if (base.epochs) add("--epochs", QString::number(*base.epochs));
    if (base.updates) add("--updates", QString::number(*base.updates));
    for (std::size_t i = 0; i < plan.axes.size(); ++i) {
        const QString over = overs.value(qsizetype(i));
        add("--over", over.isEmpty() ? text(plan.axes[i].name) + QLatin1Char('=') +
                                           listOf(plan.axes[i], text, QStringLiteral(","))
                                     : over);
    }
    add("--seeds", QString::number(plan.seeds.size()));
    if (!plan.seeds.empty() && plan.seeds.front() != 0) add("--seed", QString::number(plan.seeds.front()));
    if (plan.draw_data) words << QStringLiteral("--draw-data");
    if (plan.active) {
        add("--active", QString::number(plan.active->add));
        add("--metric", text(plan.active->metric));
    }
    if (!name.isEmpty()) add("--name", name);
    if (jobs > 0) add("--jobs", QString::number(jobs));
    return words.join(QLatin1Char(' '));
}

QString sweepJson(const SweepPlan& plan) {
    return text(to_json(plan).dump(2));
}

} // namespace descent::ui
