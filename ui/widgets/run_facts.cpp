#include "ui/widgets/run_facts.h"

#include "core/base/format.h"
#include "ui/models/run_order.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>
#include <array>
#include <span>

namespace descent::ui {

namespace {

constexpr std::size_t kMostLooked = 2000;

QString tr(const char* words) {
    return QCoreApplication::translate("RunFacts", words);
}
QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// Numbers as everywhere in the window, words as they are.
QString shown(const Value& value) {
    if (const auto* real = std::get_if<double>(&value)) return text(format_number(*real, 6));
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return text(format_count(*whole));
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? tr("yes") : tr("no");
    const auto& words = std::get<std::string>(value);
    return words.empty() ? tr("(none)") : text(words);
}

const Part& part(const RunSpec& spec, Group group) {
    switch (group) {
    case Group::task:
        return spec.task;
    case Group::model:
        return spec.model;
    case Group::optimizer:
        return spec.optimizer;
    default:
        return spec.regime;
    }
}

QString counted(std::int64_t n, const char* one, const char* many) {
    return text(format_count(n)) + QLatin1Char(' ') + (n == 1 ? tr(one) : tr(many));
}

QString soFar(const RunRecord& run) {
    const QString updates = counted(run.updates.count, "update", "updates");
    return tr("%1 of %2").arg(updates, text(format_count(run.planned.count)));
}

} // namespace

QString stateSentence(const RunRecord& run) {
    const QString word = text(std::string(to_string(run.state)));
    const QString reason = text(run.reason);
    if (!reason.isEmpty())
        return reason.startsWith(word, Qt::CaseInsensitive) ? reason : word + tr(": ") + reason;
    const QString time = text(format_duration(run.seconds)).replace(QLatin1Char(' '), QChar(QChar::Nbsp));
    const double share = run.planned.count > 0 ? double(run.updates.count) / double(run.planned.count) : 0.0;
    switch (run.state) {
    case RunState::queued:
        return tr("queued");
    case RunState::running:
    case RunState::paused:
        return tr("%1: %2 (%3), %4").arg(word, soFar(run), text(format_percent(share)), time);
    case RunState::finished:
        return tr("finished after %1 epochs, %2, in %3")
            .arg(text(format_number(run.epoch.passes)), counted(run.updates.count, "update", "updates"),
                 time);
    case RunState::stopped:
    case RunState::interrupted:
        return tr("%1 after %2, %3; can be resumed").arg(word, soFar(run), time);
    default:
        return tr("%1 after %2, %3").arg(word, soFar(run), time);
    }
}

std::vector<Fact> settingFacts(const RunRecord& run, const Catalog* catalog) {
    std::vector<Fact> facts;
    const RunSpec& spec = run.spec;
    for (const Group group : kGroups) {
        const QString name = text(std::string(to_string(group)));
        const Part& chosen = part(spec, group);
        const Entry* entry = catalog ? catalog->find(group, chosen.id) : nullptr;
        facts.push_back(
            {name, text(chosen.id), entry ? text(entry->title + ": " + entry->summary) : QString()});
        for (const auto& [parameter, value] : chosen.params.values) {
            const ParamSpec* declared = entry ? catalog->find_param(group, chosen.id, parameter) : nullptr;
            if (declared && declared->fallback == value) continue;
            QString amount = shown(value);
            if (declared && !declared->unit.empty()) amount += QLatin1Char(' ') + text(declared->unit);
            facts.push_back({name + QLatin1Char('.') + text(parameter), amount,
                             declared ? text(declared->help) : QString()});
        }
    }
    if (spec.budget.epochs) facts.push_back({tr("epochs"), text(format_count(*spec.budget.epochs)), {}});
    if (spec.budget.updates) facts.push_back({tr("updates"), text(format_count(*spec.budget.updates)), {}});
    facts.push_back({tr("seed"), QString::number(spec.seed), {}});
    return facts;
}

std::vector<Fact> provenanceFacts(const RunRecord& run) {
    const Provenance& from = run.provenance;
    std::vector<Fact> facts;
    const auto add = [&](const QString& name, const QString& value, const QString& help = {}) {
        if (!value.isEmpty()) facts.push_back({name, value, help});
    };
    const auto count = [](std::int64_t n) { return n > 0 ? text(format_count(n)) : QString(); };
    add(tr("made"), text(format_time(run.created_ms)));
    add(tr("host"), text(from.host));
    add(tr("studio"), text(from.studio_version));
    add(tr("torch"), text(from.torch_version));
    add(tr("BLAS"), text(from.blas));
    add(tr("threads"), count(from.threads));
    add(tr("model weights"), count(from.parameters), tr("Trainable parameters of the model"));
    add(tr("data"), text(from.data_source), text(from.data_source));
    add(tr("data hash"), text(from.data_hash.substr(0, 12)), text(from.data_hash));
    QStringList classes;
    for (const std::string& name : from.classes) classes << text(name);
    if (!classes.isEmpty())
        add(tr("classes"), text(format_count(classes.size())), classes.join(QStringLiteral(", ")));
    add(tr("training set"), count(from.train_examples), tr("Examples trained on"));
    add(tr("validation set"), count(from.validation_examples),
        tr("Examples held out to judge by while training"));
    add(tr("test set"), count(from.test_examples), tr("Examples held out to the last"));
    if (from.majority_baseline > 0)
        add(tr("majority baseline"), text(format_number(from.majority_baseline, 3)),
            tr("Validation accuracy of always answering the commonest class"));
    add(tr("run id"), text(run.id.uuid), text(run.id.uuid));
    add(tr("spec key"), text(run.key), tr("Runs of the same settings and seed share it"));
    return facts;
}

std::vector<Fact> commonFacts(const std::vector<RowPtr>& runs) {
    static constexpr std::array kShown{RunColumn::state,  RunColumn::task,      RunColumn::model,
                                       RunColumn::regime, RunColumn::optimizer, RunColumn::lr,
                                       RunColumn::seed,   RunColumn::updates};
    // Of very many, the words of the first ones: nobody reads more, and the window goes on.
    const auto looked = std::span(runs).first(std::min(runs.size(), kMostLooked));
    std::vector<Fact> facts;
    for (const RunColumn column : kShown) {
        QSet<QString> values;
        for (const RowPtr& run : looked)
            values.insert(column == RunColumn::state ? text(std::string(to_string(run->state)))
                                                     : cellText(*run, column));
        if (values.size() == 1) {
            if (!values.begin()->isEmpty()) facts.push_back({columnTitle(column), *values.begin(), {}});
            continue;
        }
        QStringList list(values.begin(), values.end());
        list.sort();
        const bool few = list.size() <= 3 && !list.contains(QString());
        facts.push_back({columnTitle(column),
                         few ? list.join(QStringLiteral(" · ")) : tr("%1 different").arg(list.size()),
                         list.size() <= 40 ? list.join(QStringLiteral(", ")) : QString()});
    }
    const RowPtr together = folded({looked.begin(), looked.end()});
    for (const RunColumn column : {RunColumn::accuracy, RunColumn::loss})
        if (const QString value = cellText(*together, column); !value.isEmpty())
            facts.push_back({tr("Best ") + columnTitle(column).toLower(), value, cellTip(*together, column)});
    if (looked.size() < runs.size())
        facts.push_back({tr("Looked at"), tr("the first %1").arg(text(format_count(kMostLooked))), {}});
    return facts;
}

} // namespace descent::ui
