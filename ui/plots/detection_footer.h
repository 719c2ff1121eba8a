#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QSlider;

namespace descent::ui {

class Detection;

/// Beneath the detection curves: which keyword, where there are several, and which evaluation: a slider whose
/// right end follows the run. Thread: GUI.
class DetectionFooter : public QWidget {
    Q_OBJECT
public:
    explicit DetectionFooter(Detection& detection, QWidget* parent = nullptr);

private:
    void refresh();

    Detection& detection_;
    QComboBox* which_;
    QSlider* slider_;
    QLabel* when_;
};

} // namespace descent::ui
