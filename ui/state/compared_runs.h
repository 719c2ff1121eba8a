#pragma once

#include "core/analysis/pyramid.h"
#include "core/analysis/run_fields.h"
#include "core/base/events.h"
#include "core/base/run_record.h"
#include "ui/plots/plot_view.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace descent::ui {

class PointReader;
class StoreHost;

/// The runs that are compared: their records and the overviews of those metrics that are looked at, kept up
/// while runs train. A ladder's runs are found anew with each look, since it grows. Thread: GUI; the store is
/// read on a pool thread.
class ComparedRuns : public QObject {
    Q_OBJECT
public:
    explicit ComparedRuns(StoreHost& store, QObject* parent = nullptr);
    ~ComparedRuns() override;

    void choose(std::vector<RunId> runs); ///< in this order
    void chooseLadder(const std::string& group);
    /// As they were chosen, whether or not they are there.
    const std::vector<RunId>& chosen() const { return ids_; }
    const std::string& ladder() const { return ladder_; } ///< "" where single runs were chosen
    bool empty() const { return ids_.empty() && ladder_.empty(); }
    void setMetrics(std::vector<std::string> metrics); ///< whose series are read, the first first
    void setActive(bool active);                       ///< reads only while somebody sees it

    const std::vector<RunRecord>& runs() const { return runs_; } ///< those that are there
    const ParentNames& parents() const { return parents_; }      ///< of those that are branches
    bool loaded() const { return loaded_; }                      ///< runs() is an answer
    bool live() const;                                           ///< one of them may still grow
    /// What any of them has measured, in the order it was declared, and how many have.
    struct Metric {
        MetricInfo info;
        int runs = 0;
    };
    const std::vector<Metric>& metrics() const { return metrics_; }
    const Metric* metric(const std::string& name) const;

    using Series = std::shared_ptr<const SeriesPyramid>;
    Series series(const RunId& run,
                  const std::string& metric) const; ///< null where there is none, or not yet
    PointFetch fetch(const RunId& run, const std::string& metric) const;
    BucketFetch fetchBuckets(const RunId& run, const std::string& metric) const;

    struct Ladder {
        std::string group;
        std::string task, model; ///< of its newest run
        std::int64_t created_ms = 0;
        std::int64_t runs = 0;
    };
    const std::vector<Ladder>& ladders() const { return ladders_; } ///< in the store, newest first

Q_SIGNALS:
    void runsChanged(); ///< records, metrics or ladders
    void seriesChanged(const QString& metric);

private:
    struct Found;
    struct Kept {
        Series series;
        Update known{}; ///< the run's updates when it was read
        RunState state{};
    };
    using Key = std::pair<RunId, std::string>;
    void again();
    void read();
    void take(Found found);
    void readSeries();
    void takeSeries(const std::string& metric, std::map<RunId, Kept> found);

    StoreHost& store_;
    std::shared_ptr<PointReader> points_;
    std::vector<RunId> ids_;
    std::string ladder_;
    std::vector<RunRecord> runs_;
    ParentNames parents_;
    std::vector<Metric> metrics_;
    std::vector<Ladder> ladders_;
    std::vector<std::string> wanted_;
    std::map<Key, Kept> series_;
    QTimer later_;
    int generation_ = 0; ///< of the choice: an answer to an older one is dropped
    bool active_ = false, reading_ = false, stale_ = true, loaded_ = false;
    bool reading_series_ = false, series_stale_ = false;
};

/// An index of theme::series: what the person chose, else the run's own.
int colourOf(const RunRecord& run);
/// "Validation loss", "Gradient norm": a metric's name as a heading.
QString metricTitle(const std::string& metric);

} // namespace descent::ui
