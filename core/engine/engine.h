#pragma once

// The engine's face: what the window and the command line see of it. Torch-free by design; the implementation
// is a shared library that load_engine() opens when it is first needed (libtorch takes most of a second to
// load).

#include "core/base/catalog.h"
#include "core/base/change.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

class StoreWriter;

struct EngineInfo {
    std::string torch_version; ///< "1.13.1"
    std::string blas;          ///< "OpenBLAS 0.3.21", "reference BLAS", "MKL", …
    bool slow_blas = false;    ///< an unknown BLAS, below 10 GFLOP/s: training will be many times slower
    int cores = 1;
};

/// How far the reading of data is: a share of 1 and what is being done ("features of 1,800 clips"). Thread:
/// the one that reads.
using LoadProgress = std::function<void(double share, const std::string& what)>;

/// One example to look at.
struct DataSample {
    int side = 0;     ///< 0 train, 1 validation, 2 test
    int label = 0;    ///< index into Provenance::classes
    std::string text; ///< the name, or the recording's file relative to the folder
    std::string file; ///< absolute path of the recording; "" where the example is text
};

/// A file that could not be used.
struct LeftOut {
    std::string file, reason;
};

/// What a task's data turned out to be, and what a spec would cost.
struct Inspection {
    Provenance provenance;                                          ///< manifest left empty
    std::vector<std::pair<std::string, std::int64_t>> class_counts; ///< examples kept, by class, all splits
    std::int64_t duplicates = 0;    ///< lines whose (example, label) had been seen before
    std::int64_t dropped_lines = 0; ///< lines of which nothing was left
    std::vector<std::pair<std::string, std::int64_t>>
        dropped_characters;                                ///< character → times, commonest first
    std::vector<std::array<std::int64_t, 3>> split_counts; ///< by class: train, validation, test
    std::array<std::int64_t, 3> speakers{};                ///< people on each side; 0 where the task has none
    std::vector<LeftOut> left_out;
    std::vector<DataSample> samples; ///< every example, only if asked for
    std::int64_t updates_per_epoch = 0, planned_updates = 0;
    std::optional<double> seconds_per_update; ///< measured, only if asked for
    std::vector<std::string> notes; ///< e.g. "lr 0.005 on the sum over 16,034 examples is 80.2 on the mean"
};

struct InspectOptions {
    bool time_updates = false; ///< train a few throw-away updates to measure their cost
    bool samples = false;      ///< fill Inspection::samples
    std::stop_token stop{};
    LoadProgress progress{};
};

/// A number of threads to be found by a short measurement of the run itself, see core/engine/timing.h.
inline constexpr int kMeasuredThreads = -1;

struct StartOptions {
    int threads = 0;     ///< 0 = one, or as many as a run that goes on has; or kMeasuredThreads
    bool paused = false; ///< start paused before the first update
    BatchSink* feed =
        nullptr; ///< a second reader of the batches, say a LiveFeed; may be null; must outlive the session
    std::stop_token stop{}; ///< gives up while data is read
    LoadProgress progress{};
    /// Made at once when the run goes on (their `at` is set to where that is), and recorded with it.
    std::vector<Change> changes{};
    std::vector<std::string> tags{};        ///< of a new run, from the moment it is stored
    std::vector<std::string> log{};         ///< lines that a new run's log begins with
    std::vector<std::string> breakpoints{}; ///< conditions that pause the run, see core/analysis/breakpoint.h
};

/// One run in progress on its own thread. All calls are thread-safe and return at once, except wait() and the
/// destructor, which stop the run if need be and join the thread.
class Session {
public:
    virtual ~Session() = default;
    virtual RunId run() const = 0;
    virtual std::string name() const = 0;
    virtual RunState state() const = 0;
    virtual void pause() = 0;
    virtual void resume() = 0;
    virtual void step() = 0; ///< while paused: exactly one update, then paused again
    /// Ends the run after the update in hand and writes a checkpoint. `interrupted` rather than `stopped`
    /// when the program is being ended (Ctrl-C, the window closed) and nobody chose to stop the run.
    virtual void stop(RunState as = RunState::stopped) = 0;
    /// In force from the next update on (a batch size: from the next epoch), recorded with the run and made
    /// again when it is resumed. Error: a parameter that may not be changed, or a value it cannot have.
    virtual Result<void> change(const std::string& path, const std::string& value) = 0;
    /// Replaces the conditions at which the run pauses. Error: one that cannot be read; then all stay.
    virtual Result<void> set_breakpoints(const std::vector<std::string>& conditions) = 0;
    virtual RunState wait() = 0; ///< blocks until the run is over and its last batch is pushed
};

/// Several runs of one family in progress as one program on its own thread; each is a run of its own in the
/// store, with the same samples as if it had been trained alone (to rounding). All calls are thread-safe and
/// return at once, except wait() and the destructor, which stop what goes on and join the thread.
class EnsembleSession {
public:
    virtual ~EnsembleSession() = default;
    virtual const std::vector<RunId>& runs() const = 0; ///< in the order of the specs
    struct Progress {
        std::int64_t members = 0, over = 0; ///< of them no longer trained: finished, stopped early, diverged
        Update update{}, planned{};         ///< of those that are, the longest
        double seconds = 0;
        std::optional<double> eta_seconds;
    };
    virtual Progress progress() const = 0;
    /// Ends those that go on, as stopped or interrupted. They begin anew when they are taken up again.
    virtual void stop(RunState as = RunState::interrupted) = 0;
    /// Blocks until all are over and stored; each one's final state, in order.
    virtual std::vector<RunState> wait() = 0;
};

struct EnsembleOptions {
    int threads = 0; ///< 0 = the engine's choice
    std::vector<std::string> tags{};
    /// One for each spec, or empty: a stored run that is begun anew in place of a new one.
    std::vector<std::optional<RunId>> again{};
    std::stop_token stop{};
    LoadProgress progress{};
};

/// How to evaluate the weights of a checkpoint.
struct EvaluateOptions {
    /// Other data than the run's: the task with its parameters, its id the same.
    std::optional<Part> task{};
    int threads = 0; ///< 0 = as many as the run was trained with
    std::stop_token stop{};
    LoadProgress progress{};
};

/// What a network answers over whole sets.
struct EvaluationReport {
    struct Figure {
        std::string name, unit; ///< a metric's: "validation/accuracy", "test/eer"
        double value = 0;
    };
    std::vector<Figure> figures; ///< all that the run's probes say of its sets, in their order;
                                 ///< of other data also "all/…", the three sets together
    /// "validation/confusion", and "validation/scores" and "test/scores" (ClassScores::from_matrix).
    std::vector<Matrix> matrices;
    std::vector<std::string> classes;       ///< none: a regression
    std::array<std::int64_t, 3> examples{}; ///< train, validation, test
    std::string data_source;                ///< "built-in" or the folder
    bool own_data = true;                   ///< they are what the run was trained and measured on
};

/// Thread: all members thread-safe; start() and inspect() block while data is read (call them off the GUI
/// thread). One session at a time in a process: torch's global state is one; a second start() is refused.
class Engine {
public:
    virtual ~Engine() = default;
    virtual const Catalog& catalog() const = 0;
    virtual EngineInfo info() const = 0;
    /// Reads the task's data and builds the model. Nothing is stored.
    virtual Result<Inspection> inspect(const RunSpec& spec, const InspectOptions& options = {}) = 0;
    /// Reads the data, creates the run in the store and starts it. On error nothing was stored.
    virtual Result<std::unique_ptr<Session>> start(const RunSpec& spec, StoreWriter& store,
                                                   const StartOptions& options = {}) = 0;
    /// Takes up a run that is over from its last checkpoint, bit for bit; or begins a branch: what has a
    /// parent and no id yet. See core/base/branch_request.h.
    virtual Result<std::unique_ptr<Session>> resume(const RunRecord& run, StoreWriter& store,
                                                    const StartOptions& options = {}) = 0;

    /// Puts a checkpoint's weights into the run's network and passes over training, validation and test set:
    /// on the run's own data, with as many threads, the figures that a run ends with, bit for bit. Nothing is
    /// stored. Blocks; not while a session is in progress. Error: the checkpoint is damaged, the data have
    /// changed, or their classes or shapes are not those of the network.
    virtual Result<EvaluationReport> evaluate(const RunRecord& run, const std::filesystem::path& store,
                                              const CheckpointInfo& checkpoint,
                                              const EvaluateOptions& options = {}) {
        (void)run, (void)store, (void)checkpoint, (void)options;
        return fail("this engine evaluates nothing");
    }

    /// How to train these with few programs: indices into `specs` in groups that start_ensemble takes, of at
    /// most `most` each. A group of one is for start(), which every run can be trained with. Returns at once.
    virtual std::vector<std::vector<std::size_t>> groups(const std::vector<RunSpec>& specs,
                                                         std::size_t most) const {
        (void)most;
        std::vector<std::vector<std::size_t>> alone;
        for (std::size_t i = 0; i < specs.size(); ++i) alone.push_back({i});
        return alone;
    }
    /// Seconds that training these together would take from reading their data to the end, were none to end
    /// early: measured by a few throw-away updates on one thread; nothing is stored. Blocks. Error: as
    /// start_ensemble().
    virtual Result<double> time_ensemble(const std::vector<RunSpec>& specs,
                                         const std::stop_token& stop = {}) {
        (void)specs, (void)stop;
        return fail("this engine trains one network at a time");
    }
    /// Reads the data once, creates a run for each spec (or takes up those of `again`) and trains them
    /// together. Error: specs of different families, or one that is trained alone, and why; then nothing was
    /// stored.
    virtual Result<std::unique_ptr<EnsembleSession>> start_ensemble(const std::vector<RunSpec>& specs,
                                                                    StoreWriter& store,
                                                                    const EnsembleOptions& options = {}) {
        (void)specs, (void)store, (void)options;
        return fail("this engine trains one network at a time");
    }
};

/// Opens the engine's shared library and returns its engine, which lives as long as the process.
/// Blocks for most of a second the first time. Thread: any.
/// Error: the library is missing or does not fit this program.
Result<Engine*> load_engine();

} // namespace descent
