#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QSlider;
class QToolButton;

namespace descent::ui {

/// Goes through numbered steps: to either end, one by one, by a slider, or by itself. Thread: GUI.
class StepBar : public QWidget {
    Q_OBJECT
public:
    explicit StepBar(QWidget* parent = nullptr);

    void setLast(int last); ///< steps are 0 … last; goes to the last one
    int step() const { return step_; }
    void setStep(int step);
    void move(int by);  ///< as far as there are steps; ends playing
    void play(bool on); ///< from the beginning where the last step is shown
    bool playing() const { return timer_.isActive(); }
    void setPace(int milliseconds) { timer_.setInterval(milliseconds); } ///< for each step

Q_SIGNALS:
    void stepChanged(int step);

private:
    QToolButton* addButton(const char* name, const char* icon, const QString& accessible,
                           const QString& keys);
    void refresh();

    QTimer timer_;
    int step_ = 0, last_ = 0;
    QToolButton *start_, *back_, *play_, *next_, *end_;
    QSlider* slider_;
    QLabel* words_;
};

} // namespace descent::ui
