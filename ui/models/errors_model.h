#pragma once

#include "ui/state/detection_scores.h"

#include <QAbstractTableModel>

namespace descent::ui {

/// The errors at the threshold: false alarms, highest score first, then false rejects, lowest first. Moving
/// the threshold only adds or removes rows at the end of either part, so what is selected stays. Thread: GUI.
class ErrorsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kind, word, speaker, score, file, columns };
    enum class Show { all, false_alarms, false_rejects };

    explicit ErrorsModel(DetectionScores& scores, QObject* parent = nullptr);
    void setShow(Show show);
    void reset();  ///< other examples
    void follow(); ///< another threshold

    std::size_t falseAlarms() const { return alarms_; } ///< whether shown or not
    std::size_t falseRejects() const { return rejects_; }
    bool isFalseAlarm(int row) const { return row < shownAlarms(); }
    const DetectionScores::Example& example(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    int shownAlarms() const { return show_ == Show::false_rejects ? 0 : int(alarms_); }
    int shownRejects() const { return show_ == Show::false_alarms ? 0 : int(rejects_); }
    void resize(int first, int now, std::size_t& kept, std::size_t wanted);

    DetectionScores& scores_;
    Show show_ = Show::all;
    std::size_t alarms_ = 0, rejects_ = 0;
};

} // namespace descent::ui
