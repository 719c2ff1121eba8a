#pragma once

#include "core/analysis/pyramid.h"
#include "core/base/events.h"
#include "core/base/run_record.h"
#include "core/store/reader.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent::ui {

class StoreHost;
class Training;

/// Everything known of one run, read from the store off the GUI thread and carried on by the live feed where
/// this process trains it, or by re-reading where another does. Thread: GUI.
class WatchedRun : public QObject {
    Q_OBJECT
public:
    WatchedRun(StoreHost& store, Training& training, QObject* parent = nullptr);

    void watch(const RunId& run); ///< reads it; cleared() now, loaded() when it is there
    void clear();                 ///< watch nothing

    const std::optional<RunId>& id() const { return id_; }
    bool loading() const { return loading_; }
    /// As stored when last read; the live numbers are below.
    const std::optional<RunRecord>& record() const { return record_; }
    RunState state() const { return state_; }
    const QString& reason() const { return reason_; }
    const Progress& progress() const { return progress_; }
    bool live() const; ///< this process trains it now

    struct Series {
        MetricInfo info;
        std::vector<SeriesPoint> points; ///< full resolution, ordered by update
        /// The same in levels, for charts. Grows in place on this thread; others read copies of it.
        std::shared_ptr<SeriesPyramid> pyramid = std::make_shared<SeriesPyramid>();
        std::size_t lowest = 0, highest = 0; ///< in `points`, the first of equal ones; NaN only among NaN

        explicit Series(MetricInfo of) : info(std::move(of)) {}
        void add(std::span<const SeriesPoint> more);
    };
    /// In the order they were declared. References stay valid until cleared().
    const std::vector<std::unique_ptr<Series>>& series() const { return series_; }
    const Series* find(std::string_view metric) const;
    const Matrix* matrix(std::string_view name) const; ///< the last one
    /// Matrices of which every look's is kept, in order: detection curves, "validation/fa-fr…" (corners only,
    /// so small), "histogram/…" and "landscape/…". Entries do not change; the list grows, and is new after
    /// cleared().
    using History = std::vector<std::shared_ptr<const Matrix>>;
    const History& history(std::string_view name) const;
    /// The names of such matrices that begin so, in order.
    std::vector<std::string> histories(std::string_view prefix) const;
    /// Reads the stored matrix of that name at or before `at` off the GUI thread; `done` is called on it with
    /// what there is, unless `context` is gone by then. Another run may be watched by then. Watching nothing:
    /// no call.
    void loadMatrix(QObject* context, const std::string& name, Update at,
                    std::function<void(std::optional<Matrix>)> done) const;
    /// Made while it trained, in order.
    const std::vector<Change>& changes() const { return changes_; }
    /// Grows with each matrix that arrives: what has been made of them is stale when it differs.
    std::uint64_t looks() const { return looks_; }
    const std::vector<LogLine>& log() const { return log_; }
    const std::vector<std::string>& classes() const;

Q_SIGNALS:
    void cleared();         ///< another run, or the same one read anew: forget everything
    void loaded();          ///< all there is
    void appended();        ///< series, matrices or log grew
    void progressChanged(); ///< state, reason or progress
    void failed(const QString& reason);

private:
    struct Snapshot;
    void read();
    void readRecord();
    void take(Snapshot snapshot);
    void append(const MetricBatch& batch);
    Series& declare(const MetricInfo& info);
    void storeChanged();

    StoreHost& store_;
    Training& training_;
    std::optional<RunId> id_;
    std::optional<RunRecord> record_;
    RunState state_ = RunState::queued;
    QString reason_;
    Progress progress_;
    std::vector<std::unique_ptr<Series>> series_;
    std::map<std::uint32_t, Series*> by_index_;
    std::map<std::string, Matrix, std::less<>> matrices_;
    std::map<std::string, History, std::less<>> histories_;
    std::vector<LogLine> log_;
    std::vector<Change> changes_;
    std::uint64_t looks_ = 0;
    bool loading_ = false, again_ = false;
    int generation_ = 0;
    std::vector<BatchPtr> pending_; ///< arrived while reading
    QTimer reread_;                 ///< for runs of other processes
    qint64 read_ms_ = 0;
    QElapsedTimer reading_;
};

} // namespace descent::ui
