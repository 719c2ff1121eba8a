#pragma once

#include "core/analysis/sweep.h"

#include <QWidget>

#include <string>
#include <utility>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace descent::ui {

/// What the Sweeps page says while no sweep is looked at: what one is, and the presets, each with a button
/// that does it. Thread: GUI.
class SweepWelcome : public QWidget {
    Q_OBJECT
public:
    explicit SweepWelcome(QWidget* parent = nullptr);
    void setPresets(const std::vector<std::pair<std::string, SweepPlan>>& presets);
    void setEngineProblem(const QString& reason);
    void focusFirst();

Q_SIGNALS:
    void newWanted();
    void startWanted(int preset); ///< at once
    void openWanted(int preset);  ///< in the builder first

private:
    QVBoxLayout* list_;
    QLabel* waiting_;
    QPushButton* new_;
};

} // namespace descent::ui
