#pragma once

#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent::ui {

class EngineHost;
class StoreHost;

/// The run in progress, if any: starts it, steers it, and hands on what its live feed brings, at most 30
/// times a second. Runs asked for while one is going (replicates) wait in line. Thread: GUI; starting happens
/// on a thread of its own.
class Training : public QObject {
    Q_OBJECT
public:
    Training(EngineHost& engine, StoreHost& store, QObject* parent = nullptr);
    ~Training() override; ///< stops as `interrupted`, so that it can be resumed

    /// What a new run is stored with, beside its spec.
    struct Marks {
        std::vector<std::string> tags{};
        std::vector<std::string> log{};            ///< lines that its log begins with
        std::optional<RunRecord::Parent> parent{}; ///< it is a branch of this
    };
    /// Validates, then queues `replicates` runs with seeds request.seed, +1, …; the first starts at once if
    /// idle. Before a pruned network come, as runs of their own, those levels below it that the store does
    /// not have.
    Result<void> start(const Request& request, int replicates = 1, bool paused = false,
                       const Marks& marks = {{}, {}, {}});
    /// Takes up a run that is over, on as many threads as before, with these changes made at once. Error: it
    /// is in progress, or the engine is not there. What the engine says against it comes as failed().
    Result<void> resumeRun(const RunId& run, std::vector<Change> changes = {});
    void setThreads(int threads) {
        threads_ = threads;
    } ///< of runs started from now on; 0 = the engine's choice
    void pause();
    void proceed(); ///< continue after pause
    void step();
    void stop(); ///< this run; those in line are dropped too
    /// A parameter of the run in progress, from its next update on. Error: none is, or why it cannot be.
    Result<void> change(const std::string& path, const std::string& value);
    /// Conditions at which runs pause: of the one in progress at once, and of those started from now on.
    /// Error: one that cannot be read; then all stay.
    Result<void> setBreakpoints(std::vector<std::string> conditions);
    const std::vector<std::string>& breakpoints() const { return breakpoints_; }

    bool busy() const;      ///< preparing, running or paused
    bool preparing() const; ///< reading data, before the first update
    RunState state() const;
    std::optional<RunId> run() const;
    QString name() const;
    int waiting() const; ///< runs in line
    const Progress& progress() const;
    struct Preparation {
        double share = 0; ///< of what is being done
        QString what;     ///< "features of 3,600 clips"; "" where nothing was said yet
    };
    const Preparation& preparation() const; ///< while preparing

Q_SIGNALS:
    void stateChanged(); ///< anything above changed
    void started(const RunId& run);
    void arrived(const std::vector<BatchPtr>& batches); ///< in order, of run()
    void gap();                                         ///< the feed overflowed: refill from the store
    void ended(const RunId& run, RunState state);
    void breakpointsChanged();
    void failed(const QString& reason); ///< could not start: one line
    void warned(const QString& what);   ///< of a run that goes on: what may differ from before

private:
    struct Impl;
    int threads_ = 0;
    std::vector<std::string> breakpoints_;
    std::unique_ptr<Impl> impl_;
};

} // namespace descent::ui
