#pragma once

#include <QWidget>

#include <array>

class QButtonGroup;
class QLabel;
class QTableView;
class QToolButton;

namespace descent::ui {

class ClipView;
class Detection;
class DetectionScores;
class ErrorsModel;

/// The errors of the detector at the threshold and evaluation looked at, and the chosen one to see and hear.
/// Thread: GUI.
class ErrorsPane : public QWidget {
    Q_OBJECT
public:
    ErrorsPane(Detection& detection, DetectionScores& scores, QWidget* parent = nullptr);
    ClipView& clip() { return *clip_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QToolButton* choice(const char* name);
    void takeExamples();
    void followThreshold();
    void updateWords();
    void showChosen();
    void fitColumns();

    Detection& detection_;
    DetectionScores& scores_;
    ErrorsModel* model_;
    QButtonGroup* show_;
    QToolButton *all_, *alarms_, *rejects_;
    QLabel* note_;
    QTableView* table_;
    ClipView* clip_;
    std::array<int, 5> wanted_{}; ///< widths of columns; the last that is shown is stretched
};

} // namespace descent::ui
