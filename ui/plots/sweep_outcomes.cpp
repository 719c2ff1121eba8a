#include "ui/plots/sweep_outcomes.h"

#include "core/base/format.h"
#include "ui/plots/sweep_curves.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Sweep", text);
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

QString variantText(const SweepPlan& plan, const std::vector<std::size_t>& levels) {
    QStringList labels;
    for (std::size_t axis = 0; axis < levels.size(); ++axis) {
        const auto& of = plan.axes[axis];
        const QString label = QString::fromStdString(of.levels[levels[axis]].label);
        // A variant's name says it; a number needs to be told of what.
        labels << (of.numbers() ? QStringLiteral("%1 %2").arg(QString::fromStdString(of.name), label)
                                : label);
    }
    return labels.isEmpty() ? tr("all") : labels.join(QStringLiteral(", "));
}

/// A bar for each combination of levels, with empty parts of all kinds.
struct Bars {
    OutcomeData& data;
    std::map<std::vector<std::size_t>, std::size_t> place;

    Bars(OutcomeData& into, const SweepData& sweep) : data(into) {
        for (const auto& cell : sweep.grid) {
            if (!place.emplace(cell.levels, data.bars.size()).second) continue;
            OutcomeBar bar;
            bar.label = variantText(sweep.record.plan, cell.levels);
            for (std::size_t kind = 0; kind < data.kinds.size(); ++kind) bar.parts.push_back({kind, {}, {}});
            data.bars.push_back(std::move(bar));
        }
    }
    OutcomeBar& at(const std::vector<std::size_t>& levels) { return data.bars[place.at(levels)]; }
    /// Counts what the parts' runs are.
    void close() {
        for (auto& bar : data.bars) {
            std::int64_t of = 0, good = 0;
            for (const auto& part : bar.parts) of += part.runs.size();
            for (auto& part : bar.parts) {
                part.share = share(part.runs.size(), of);
                if (part.kind < data.good) good += part.runs.size();
            }
            bar.success = share(good, of);
        }
    }
};

void compare(OutcomeBar& bar, const OutcomeRow& row, bool early) {
    for (const auto& match : row.references) {
        const auto& reference = match.reference;
        const auto hits = early ? reference.early : reference.solved;
        const auto by = early ? kSymmetryEarly : reference.cap;
        if (!hits || by > row.cap) continue;
        bar.references.push_back(
            {share(*hits, reference.seeds),
             QString::fromUtf8(reference.source.data(), qsizetype(reference.source.size())),
             tr("solved by update %1").arg(count(by))});
    }
}

} // namespace

OutcomeData sweepOutcomes(const SweepData& sweep) {
    OutcomeData data;
    data.title = tr("Networks that answer all training examples rightly");
    data.kinds = {tr("all training examples right"), tr("not all right"), tr("diverged")};
    data.success = tr("all right");
    Bars bars(data, sweep);
    for (const auto& run : sweep.runs) {
        const auto accuracy = run.run.summary.find("train/accuracy");
        std::size_t kind = 1;
        if (run.run.state == RunState::diverged)
            kind = 2;
        else if (run.run.state != RunState::finished || accuracy == run.run.summary.end())
            continue;
        else if (accuracy->second.last == 1)
            kind = 0;
        bars.at(sweep.grid[run.cell].levels).parts[kind].runs << QString::fromStdString(run.run.id.uuid);
    }
    bars.close();
    data.sentences << tr("Whiskers: 95% intervals of the share that answers all training examples rightly "
                         "at the end (Wilson 1927).");
    return data;
}

OutcomeData symmetryOutcomes(const SweepData& sweep, const std::vector<SymmetryEnd>& ends, bool early) {
    const OutcomeTable table = symmetry_outcomes(sweep.record.plan, ends);
    OutcomeData data;
    data.title = early ? tr("Mirror symmetry: solved by update %1").arg(count(kSymmetryEarly))
                       : tr("Mirror symmetry: how the networks ended");
    if (early)
        data.kinds = {tr("solved by update %1").arg(count(kSymmetryEarly)), tr("not by then")};
    else
        data.kinds = {tr("solved as in the paper"),  tr("solved in another way"),
                      tr("plateau, accuracy 0.875"), tr("near 0.5, mostly “symmetric”"),
                      tr("otherwise not solved"),    tr("diverged")};
    data.good = early ? 1 : 2;
    data.success = early ? data.kinds.front() : tr("solved");
    Bars bars(data, sweep);
    for (const auto& end : ends) {
        const std::size_t kind =
            early
                ? (end.solved(kSymmetryEarly) ? 0 : 1)
                : std::size_t(
                      judge_symmetry(end.accuracy, end.diverged, end.weights, end.bits, end.hidden).outcome);
        bars.at(sweep.grid[end.cell].levels).parts[kind].runs << QString::fromStdString(end.run.uuid);
    }
    bars.close();
    bool beside = false;
    for (const auto& row : table.rows) {
        auto& bar = bars.at(row.levels);
        compare(bar, row, early);
        beside = beside || !bar.references.empty();
    }
    QString words = tr("Whiskers: 95% intervals of the share solved (Wilson 1927).");
    if (beside) words += tr(" Marks: what others found, told in the tooltip.");
    data.sentences << words;
    for (const auto& sentence : outcome_sentences(table)) data.sentences << QString::fromStdString(sentence);
    return data;
}

} // namespace descent::ui
