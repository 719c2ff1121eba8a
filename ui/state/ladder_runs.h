#pragma once

#include "core/analysis/ladder.h"
#include "core/store/reader.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace descent::ui {

class StoreHost;

/// The ladders in the store, and the runs and curves of the one looked at, kept up while they train. Thread:
/// GUI; the store is read on a pool thread.
class LadderRuns : public QObject {
    Q_OBJECT
public:
    explicit LadderRuns(StoreHost& store, QObject* parent = nullptr);

    struct Ladder {
        std::string group;
        std::string task, model; ///< of its newest run
        std::int64_t created_ms = 0;
        std::int64_t runs = 0;
    };
    const std::vector<Ladder>& ladders() const { return ladders_; } ///< newest first
    const std::string& group() const { return group_; }             ///< looked at; "" for none
    void look(const std::string& group);
    void setActive(bool active); ///< reads only while somebody sees it

    const std::vector<RunRecord>& runs() const { return runs_; }
    const LadderTable& table() const { return table_; }
    bool loaded() const { return loaded_; }

    /// The mean over the seeds of a rung at each evaluation that all of them that got so far have made.
    struct Mean {
        std::string regime;
        std::vector<SeriesPoint> points;
        std::int64_t planned = 0; ///< updates
        std::int64_t seeds = 0;
    };
    /// In the table's order. Empty points where a rung has no such metric.
    std::vector<Mean> means(const std::string& metric) const;
    static const std::vector<std::string>& metrics(); ///< those that are read

Q_SIGNALS:
    void changed();

private:
    using Curves = std::map<std::string, std::vector<SeriesPoint>>;
    struct Found;
    void read();

    StoreHost& store_;
    std::string group_;
    std::vector<Ladder> ladders_;
    std::vector<RunRecord> runs_;
    LadderTable table_;
    std::map<std::string, Curves> curves_; ///< by the run's UUID
    QTimer later_;
    bool active_ = false, reading_ = false, again_ = true, loaded_ = false;
};

} // namespace descent::ui
