#include "ui/models/wrong_answers_model.h"

#include "core/base/format.h"

namespace descent::ui {

void WrongAnswersModel::choose() {
    shown_.clear();
    for (std::size_t i = 0; i < wrong_.size(); ++i)
        if (only_ < 0 || wrong_[i].truth == only_) shown_.push_back(i);
}

void WrongAnswersModel::setAnswers(std::vector<WrongAnswer> wrong, QStringList classes) {
    beginResetModel();
    wrong_ = std::move(wrong);
    classes_ = std::move(classes);
    choose();
    endResetModel();
}

void WrongAnswersModel::setTexts(QStringList texts) {
    texts_ = std::move(texts);
    if (!shown_.empty()) Q_EMIT dataChanged(index(0, text), index(rowCount() - 1, text));
}

void WrongAnswersModel::setOnly(std::int64_t of) {
    if (of == only_) return;
    beginResetModel();
    only_ = of;
    choose();
    endResetModel();
}

QString WrongAnswersModel::textAt(int row) const {
    const auto example = at(row).example;
    return example < texts_.size() ? texts_[example] : QString();
}

int WrongAnswersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(shown_.size());
}
int WrongAnswersModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QVariant WrongAnswersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const bool number = index.column() == confidence || index.column() == loss;
    if (role == Qt::TextAlignmentRole)
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const auto& wrong = at(index.row());
    switch (index.column()) {
    case truth:
        return classes_.value(qsizetype(wrong.truth));
    case answer:
        return classes_.value(qsizetype(wrong.answer));
    case confidence:
        return QString::fromStdString(format_percent(wrong.confidence));
    case loss:
        return QString::fromStdString(format_number(wrong.surprise, 3));
    case text: // a cell is one line, and no longer than a person sees of it
        return textAt(index.row()).left(400).simplified();
    }
    return {};
}

QVariant WrongAnswersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool number = section == confidence || section == loss;
    if (role == Qt::TextAlignmentRole)
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == confidence) return tr("Score of the answer");
    if (role == Qt::ToolTipRole && section == loss)
        return tr("−log of the score that the right class got, in nats");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case truth:
        return tr("truth");
    case answer:
        return tr("answer");
    case confidence:
        return tr("confidence");
    case loss:
        return tr("loss");
    case text:
        return tr("example");
    }
    return {};
}

} // namespace descent::ui
