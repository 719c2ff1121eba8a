#pragma once

#include "ui/models/sweep_list_model.h"
#include "ui/state/sweep_runner.h"

#include <QWidget>

class QFrame;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace descent::ui {

class ElidedLabel;

/// The sweep that is looked at: its name, what it varies, how far it is, and what can be done with it.
/// Thread: GUI.
class SweepHeader : public QWidget {
    Q_OBJECT
public:
    struct Facts {
        SweepItem item;
        SweepListModel::State state = SweepListModel::State::to_come;
        const SweepRunner::Progress* progress = nullptr; ///< while this window trains it
        bool trashed = false;
    };
    explicit SweepHeader(QWidget* parent = nullptr);
    void show(const Facts& facts);

Q_SIGNALS:
    void stopClicked();
    void killClicked(); ///< it is still ending
    void resumeClicked();
    void extendClicked();
    void restoreClicked();
    void noteEdited(const QString& note);

private:
    void keepFocus();

    ElidedLabel* name_;
    QLabel* state_;
    ElidedLabel* what_;
    ElidedLabel* facts_;
    QProgressBar* bar_;
    QPushButton *stop_, *kill_, *resume_, *extend_, *restore_;
    QLineEdit* note_;
    QString id_, note_kept_;
};

} // namespace descent::ui
