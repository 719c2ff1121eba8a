#pragma once

#include "core/base/units.h"

#include <QFrame>
#include <QSettings>

#include <optional>

class QLabel;
class QPushButton;

namespace descent::ui {

class EngineHost;
class StoreHost;
class Training;

/// Offers, when the studio starts, to go on with the run that was trained when its process died: by a crash,
/// a kill, a loss of power. What was dismissed is not offered again. Thread: GUI.
class InterruptedBar : public QFrame {
    Q_OBJECT
public:
    InterruptedBar(EngineHost& engine, StoreHost& store, Training& training, QSettings& settings,
                   QWidget* parent = nullptr);

Q_SIGNALS:
    void resumed(const descent::RunId& run);
    void refused(const QString& reason);

private:
    void look();
    void dismiss();

    EngineHost& engine_;
    StoreHost& store_;
    Training& training_;
    QSettings& settings_;
    std::optional<RunId> run_;
    QLabel* words_;
    QPushButton* resume_;
};

} // namespace descent::ui
