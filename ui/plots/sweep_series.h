#pragma once

#include "core/analysis/decimate.h"
#include "core/store/reader.h"
#include "ui/state/sweep_data.h"

#include <QObject>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace descent::ui {

class StoreHost;

/// Moments of training that courses are looked at: update 1 and on, evenly spaced in the logarithm, at most
/// `most` of them, the last one `last`. Thread: any.
std::vector<Update> sweepMoments(Update last, std::size_t most);

/// What metrics of a sweep's runs were over training, thinned: of what was measured after one of up to 200
/// moments up to the next, the last. A value.
class SweepCourses {
public:
    const std::vector<Update>& moments() const { return moments_; }
    /// x is the update, from 1 on. A run that is over before the others stays as it was, to the last moment.
    /// Null where not read yet, or not measured.
    const std::vector<PlotPoint>* points(const RunId& run, const std::string& metric) const;

    /// Whose courses of which stored metrics are to be read; those of runs that have not got on are kept.
    struct Wanted {
        RunId run;
        Update updates{};
        bool over = false;
        std::vector<std::string> metrics;
    };
    std::vector<Wanted> missing(const SweepData& sweep, const std::vector<std::string>& metrics);
    using Columns = std::map<std::string, std::vector<PlotPoint>>; ///< by metric
    /// Thread: the reader's.
    static Columns read(const StoreReader& reader, const Wanted& wanted, const std::vector<Update>& moments);
    void put(const Wanted& wanted, Columns columns);

private:
    struct Known {
        Update updates{};
        bool over = false;
        Columns metrics;
    };
    std::vector<Update> moments_;
    std::map<RunId, Known> known_;
};

/// The courses of a sweep's runs, read off the GUI thread in portions, kept, and
/// read anew only of runs that have got on. Thread: GUI.
class SweepSeries : public QObject {
    Q_OBJECT
public:
    explicit SweepSeries(StoreHost& store, QObject* parent = nullptr);
    ~SweepSeries() override;

    /// Whose courses are wanted, of which stored metrics. What is there already stays.
    void ask(std::shared_ptr<const SweepData> sweep, std::vector<std::string> metrics);
    const SweepCourses& courses() const { return courses_; }
    bool busy() const { return reading_ || !waiting_.empty(); }

Q_SIGNALS:
    void changed(); ///< some more have been read

private:
    void next();

    StoreHost& store_;
    SweepCourses courses_;
    std::vector<SweepCourses::Wanted> waiting_; ///< read from the end
    bool reading_ = false;
};

} // namespace descent::ui
