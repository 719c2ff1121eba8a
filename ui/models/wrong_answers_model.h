#pragma once

#include "core/analysis/class_report.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace descent::ui {

/// Examples answered wrongly, the most surprising first, with their texts where these are known. Thread: GUI.
class WrongAnswersModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { truth, answer, confidence, loss, text, columns };
    using QAbstractTableModel::QAbstractTableModel;

    void setAnswers(std::vector<WrongAnswer> wrong, QStringList classes);
    void setTexts(QStringList texts); ///< of the set's examples, in order; empty: not known
    void setOnly(std::int64_t of);    ///< examples of one class; −1: of all
    std::size_t all() const { return wrong_.size(); }
    QString textAt(int row) const;
    const WrongAnswer& at(int row) const { return wrong_[shown_[std::size_t(row)]]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void choose();

    std::vector<WrongAnswer> wrong_;
    std::vector<std::size_t> shown_; ///< of wrong_
    QStringList classes_, texts_;
    std::int64_t only_ = -1;
};

} // namespace descent::ui
