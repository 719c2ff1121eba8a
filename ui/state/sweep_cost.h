#pragma once

#include "core/engine/engine.h"
#include "ui/state/background.h"

#include <QObject>
#include <QTimer>

#include <optional>
#include <stop_token>
#include <vector>

namespace descent::ui {

/// What a sweep is trained as: the runs of each program that one process trains at a time.
using SweepPrograms = std::vector<std::vector<RunSpec>>;

/// Seconds that these take with `jobs` processes at once, were no run to end early: some of them, spread from
/// the first to the last, are measured by throw-away updates (Engine::time_ensemble, inspect), those between
/// are taken to lie between. For some seconds at most, or as long as reading one program's data takes. None
/// while the engine trains, where nothing could be measured, and where it was stopped. Thread: any.
std::optional<double> sweepSeconds(Engine& engine, const SweepPrograms& programs, std::size_t jobs,
                                   const std::stop_token& stop);

/// Measures off the GUI thread, a moment after it was last asked. Thread: GUI.
class SweepCost : public QObject {
    Q_OBJECT
public:
    explicit SweepCost(QObject* parent = nullptr);
    ~SweepCost() override; ///< cancels; what is in hand ends by itself

    void look(Engine& engine, SweepPrograms programs, std::size_t jobs); ///< supersedes what was asked before
    void cancel();

    bool measuring() const {
        return !programs_.empty() && !seconds_ && (settle_.isActive() || working_.busy());
    }
    const std::optional<double>& seconds() const { return seconds_; }

Q_SIGNALS:
    void changed();

private:
    void measure();

    Engine* engine_ = nullptr;
    SweepPrograms programs_;
    std::size_t jobs_ = 1;
    std::optional<double> seconds_;
    std::stop_source stop_;
    InHand working_; ///< one at a time: they would slow each other down
    QTimer settle_;
};

} // namespace descent::ui
