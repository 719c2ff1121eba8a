#pragma once

#include "core/base/events.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QFrame;
class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace descent::ui {

class ElidedLabel;

/// The run being watched: its name and state, how far it is, and what can be done with it. Thread: GUI.
class RunHeader : public QWidget {
    Q_OBJECT
public:
    struct Facts {
        QString name;
        RunState state = RunState::queued;
        QString reason;
        Progress progress;
        std::optional<std::int64_t> epochs; ///< the budget, where it is in epochs
        bool ours = false;                  ///< this process trains it: it can be steered
        bool preparing = false;             ///< its data are being read
        QString preparation;                ///< what is being done with them
        double prepared = 0;                ///< share of that
        bool may_resume = false;
        bool stored = false; ///< it may have checkpoints
        int waiting = 0;
    };
    explicit RunHeader(QWidget* parent = nullptr);
    void show(const Facts& facts);
    void focusPause();
    void setAdjusting(bool open); ///< the look of the button
    int axis() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void pauseClicked(); ///< pause or continue
    void stepClicked();
    void stopClicked();
    void resumeClicked();
    void checkpointsClicked();
    void adjustToggled(bool open);
    void axisChosen(int axis); ///< an XAxis
    void logXChosen(bool log);

private:
    QPushButton* button(const char* name, const QString& text, const QString& icon, const QString& tip);

    ElidedLabel* name_;
    QWidget* dot_;
    QLabel* state_;
    ElidedLabel* facts_;
    QProgressBar* bar_;
    QComboBox* axis_;
    QToolButton *log_x_, *checkpoints_;
    QPushButton *pause_, *step_, *stop_, *resume_, *adjust_;
    QFrame* halt_;       ///< why it paused by itself
    QLabel* halt_words_; ///< "Paused at update 120: breakpoint …"
};

/// "34/100 epochs · ETA 1:20", "100 epochs in 58 s · diverged at update 312: …".
QString progressText(const RunHeader::Facts& facts);

} // namespace descent::ui
