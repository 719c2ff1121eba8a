#pragma once

#include "core/analysis/report_presets.h"

#include <QWidget>

class QLabel;

namespace descent::ui {

class MenuButton;

/// Runs as others have reported them, to begin with: a menu, and of the one that the form is of what it
/// reached, in words. Thread: GUI.
class PresetPicker : public QWidget {
    Q_OBJECT
public:
    explicit PresetPicker(QWidget* parent = nullptr);
    /// Null: the form is of none. `other_data`: the figures are of others than the run's.
    void show(const ReportPreset* preset, bool other_data = false);
    using QWidget::show;

Q_SIGNALS:
    void chosen(const QString& id);

private:
    MenuButton* button_;
    QLabel* words_;
};

} // namespace descent::ui
