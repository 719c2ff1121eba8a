#pragma once

#include "core/base/units.h"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

class QLabel;
class QSlider;
class QToolButton;

namespace descent::ui {

/// A slider through training, evenly spaced in the logarithm of the update, its right end the runs' own ends;
/// and a button that slides it there by itself. Arrow keys go a step, Page Up and Down ten. Thread: GUI.
class MomentBar : public QWidget {
    Q_OBJECT
public:
    explicit MomentBar(const QString& name, QWidget* parent = nullptr);
    /// Where it can stand. Stays where it is as far as it can.
    void setMoments(std::vector<Update> moments);
    std::optional<Update> moment() const;         ///< none: at the end
    void setMoment(std::optional<Update> moment); ///< the nearest there is
    /// What plays waits until what it asked for last is shown.
    void setBusy(bool busy) { busy_ = busy; }

Q_SIGNALS:
    void chosen(std::optional<descent::Update> moment);

private:
    void moved(int position);
    void play(bool on);

    std::vector<Update> moments_;
    std::optional<Update> at_;
    bool busy_ = false;
    QToolButton* play_;
    QSlider* slider_;
    QLabel* label_;
    QTimer timer_;
};

} // namespace descent::ui
