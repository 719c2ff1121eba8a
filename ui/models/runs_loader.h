#pragma once

#include "ui/models/run_row.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <vector>

namespace descent::ui {

class StoreHost;

/// What the store lists now, ready to show.
struct RunListing {
    std::vector<RunRow> rows; ///< sorted as asked
    std::int64_t total = 0;   ///< without the filter
    std::int64_t trashed = 0;
    QStringList tags; ///< every tag in use
};

/// Reads the list of runs off the GUI thread: one query at a time, the newest wish wins, and while some
/// process trains the list is read again no more often than a third of the time it takes. Sleeps while nobody
/// looks. Thread: GUI.
class RunsLoader : public QObject {
    Q_OBJECT
public:
    explicit RunsLoader(StoreHost& store, QObject* parent = nullptr);

    void setActive(bool active); ///< the page is visible
    void setQuery(const QString& where, bool trashed);
    void setSort(RunColumn column, Qt::SortOrder order); ///< for the next query
    void reload();                                       ///< at once
    void supersede(); ///< what is being read is out of date: drop it, and read again

Q_SIGNALS:
    void loaded(const std::shared_ptr<descent::ui::RunListing>& listing);
    void failed(const QString& reason); ///< the filter, or the store

private:
    void storeChanged();
    void take(Result<std::shared_ptr<RunListing>> answer, int generation);

    StoreHost& store_;
    QString where_;
    bool trashed_ = false, active_ = false, stale_ = true, busy_ = false;
    RunColumn column_ = RunColumn::created;
    Qt::SortOrder order_ = Qt::DescendingOrder;
    int generation_ = 0; ///< of the wish; an answer to an older one is dropped
    QTimer later_;
    QElapsedTimer since_; ///< the last answer, then the last question
    qint64 took_ms_ = 0;
};

} // namespace descent::ui
