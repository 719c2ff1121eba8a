#include "ui/models/errors_model.h"

#include "core/base/format.h"

namespace descent::ui {

ErrorsModel::ErrorsModel(DetectionScores& scores, QObject* parent)
    : QAbstractTableModel(parent)
    , scores_(scores) {}

void ErrorsModel::setShow(Show show) {
    if (show == show_) return;
    beginResetModel();
    show_ = show;
    endResetModel();
}

void ErrorsModel::reset() {
    beginResetModel();
    alarms_ = scores_.falseAlarms();
    rejects_ = scores_.falseRejects();
    endResetModel();
}

void ErrorsModel::resize(int first, int now, std::size_t& kept, std::size_t wanted) {
    const int change = int(wanted) - int(kept);
    const bool seen = now >= 0;
    if (seen && change > 0) beginInsertRows({}, first + now, first + now + change - 1);
    if (seen && change < 0) beginRemoveRows({}, first + now + change, first + now - 1);
    kept = wanted;
    if (seen && change > 0) endInsertRows();
    if (seen && change < 0) endRemoveRows();
}

void ErrorsModel::follow() {
    resize(0, show_ == Show::false_rejects ? -1 : int(alarms_), alarms_, scores_.falseAlarms());
    resize(shownAlarms(), show_ == Show::false_alarms ? -1 : int(rejects_), rejects_, scores_.falseRejects());
}

const DetectionScores::Example& ErrorsModel::example(int row) const {
    return isFalseAlarm(row) ? scores_.negatives()[std::size_t(row)]
                             : scores_.positives()[std::size_t(row - shownAlarms())];
}

int ErrorsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : shownAlarms() + shownRejects();
}
int ErrorsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QVariant ErrorsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto& what = example(index.row());
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == score ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) return scores_.path(what.row);
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
    case kind:
        return isFalseAlarm(index.row()) ? tr("false alarm") : tr("false reject");
    case word:
        return scores_.word(what.row);
    case speaker:
        return scores_.speaker(what.row);
    case score: {
        OperatingPoint at;
        at.threshold = what.score;
        return QString::fromStdString(format_number(at.probability(), 3));
    }
    case file:
        return scores_.file(what.row);
    }
    return {};
}

QVariant ErrorsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::ToolTipRole && section == score)
        return tr("Probability that the model gives to the keyword");
    if (role == Qt::TextAlignmentRole)
        return int((section == score ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case kind:
        return tr("error");
    case word:
        return tr("word");
    case speaker:
        return tr("speaker");
    case score:
        return tr("score");
    case file:
        return tr("file");
    }
    return {};
}

} // namespace descent::ui
