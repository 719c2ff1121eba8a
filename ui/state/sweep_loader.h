#pragma once

#include "ui/state/sweep_data.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace descent {
class StoreReader;
}

namespace descent::ui {

class StoreHost;

/// A sweep as the list has it. The record is without keys.
struct SweepItem {
    SweepRecord record;
    SweepStatus status;
};
struct SweepListing {
    std::vector<SweepItem> items; ///< newest first
    std::int64_t trashed = 0;     ///< sweeps in the trash
    bool of_trash = false;        ///< `items` are those in the trash
};
using SweepListingPtr = std::shared_ptr<const SweepListing>;
using SweepDataPtr = std::shared_ptr<const SweepData>;

/// Reads the list of sweeps and the cells of the chosen one off the GUI thread: one look at a time, and while
/// some process trains no more often than a quarter of the time that a look takes. What has become of sweeps
/// that nobody trains is looked up once, and again when the page is opened. Sleeps while nobody looks.
/// Thread: GUI.
class SweepLoader : public QObject {
    Q_OBJECT
public:
    explicit SweepLoader(StoreHost& store, QObject* parent = nullptr);

    void setActive(bool active); ///< the page is visible
    void setTrash(bool trash);   ///< list those in the trash
    void choose(const QString& id);
    const QString& chosen() const { return chosen_; }
    void reload(); ///< at once

Q_SIGNALS:
    void listed(const descent::ui::SweepListingPtr& listing);
    /// Of the chosen sweep; null where it is gone or none is chosen.
    void arrived(const descent::ui::SweepDataPtr& sweep);
    void failed(const QString& reason);

private:
    struct Seen { ///< what of a sweep decides whether its status has to be looked up again
        SweepStatus status;
        bool trained = false;
        std::size_t cells = 0;
    };
    struct Answer {
        SweepListingPtr listing;
        SweepDataPtr sweep;
        std::map<std::string, Seen> seen;
    };
    static Answer look(const StoreReader& reader, bool trash, const QString& chosen,
                       std::map<std::string, Seen> seen);
    void storeChanged();
    void take(Answer answer, int generation);

    StoreHost& store_;
    QString chosen_;
    bool trash_ = false, active_ = false, stale_ = true, busy_ = false;
    int generation_ = 0; ///< of the wish; an answer to an older one is dropped
    std::map<std::string, Seen> seen_;
    QTimer later_;
    QElapsedTimer since_; ///< the last answer, then the last question
    qint64 took_ms_ = 0;
};

} // namespace descent::ui
