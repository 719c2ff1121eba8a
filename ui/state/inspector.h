#pragma once

#include "core/engine/engine.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace descent::ui {

class EngineHost;
class Training;

/// Finds out, off the GUI thread and a moment after the last change, what a spec's data are and what it would
/// cost. The cost is measured by a few throw-away updates, so only while nothing trains. Thread: GUI.
class Inspector : public QObject {
    Q_OBJECT
public:
    Inspector(EngineHost& engine, Training& training, QObject* parent = nullptr);
    ~Inspector() override; ///< cancels; waits for what is in hand

    void look(const RunSpec& spec); ///< supersedes what was asked before
    void cancel();

    const std::optional<Inspection>& result() const { return result_; }
    std::optional<double> secondsPerUpdate() const { return seconds_; }

Q_SIGNALS:
    void begun();
    void progressed(double share, const QString& what); ///< reading takes a while
    void inspected();                                   ///< result() is there
    void timed();                                       ///< secondsPerUpdate() is there
    void failed(const QString& reason);

private:
    void inspect();
    void time();
    void run(bool time_updates);

    EngineHost& engine_;
    Training& training_;
    std::optional<RunSpec> spec_;
    std::optional<Inspection> result_;
    std::optional<double> seconds_;
    RunSpec timed_; ///< what seconds_ was measured for
    std::stop_source stop_;
    bool working_ = false, timing_ = false;
    QTimer debounce_, idle_;
    struct Worker;
    std::unique_ptr<Worker> worker_;
};

} // namespace descent::ui
