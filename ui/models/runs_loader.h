#pragma once

#include "core/store/reader.h"
#include "ui/models/run_order.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <vector>

namespace descent::ui {

class StoreHost;

/// What the list is to be like.
struct RunsWish {
    QString where;              ///< filter
    bool trashed = false;       ///< the trash is shown
    std::string group = "none"; ///< see group_runs
    FieldColumns fields;        ///< added columns
    RunOrder order;
};

/// What the store lists now, ready to show.
struct RunListing {
    std::vector<RowPtr> runs; ///< in no particular order
    std::vector<RowPtr> rows; ///< in the order asked for, replicates folded
    FieldColumns fields;      ///< that the rows were read with
    std::string group;        ///< how they are folded
    RunOrder order;           ///< of `rows`
    std::int64_t listed = 0;  ///< runs that the filter lets through
    std::int64_t total = 0;   ///< without the filter
    std::int64_t trashed = 0;
    QStringList tags;    ///< every tag in use
    bool whole = true;   ///< false: the newest of many, the others are being read
    QString group_error; ///< why they are not grouped as asked
};

/// Reads the list of runs off the GUI thread: one query at a time, the newest wish wins, and while some
/// process trains the list is read again no more often than a third of the time it takes. Of many runs the
/// newest come first. Sorting needs no reading, but is done off the GUI thread too. Sleeps while nobody
/// looks. Thread: GUI.
class RunsLoader : public QObject {
    Q_OBJECT
public:
    using ListingPtr = std::shared_ptr<const RunListing>;

    explicit RunsLoader(StoreHost& store, QObject* parent = nullptr);

    void setActive(bool active); ///< the page is visible
    void setQuery(const QString& where, bool trashed);
    void setGroup(const std::string& group);
    void setFields(const FieldColumns& fields, RunOrder order);
    void setOrder(RunOrder order);
    const std::string& group() const { return wish_.group; }
    void reload(); ///< at once
    /// Lists what will be after the edits, before the store has made them; what is being read is dropped, and
    /// read again.
    void show(const std::vector<RunEdit>& edits);

Q_SIGNALS:
    void loaded(const descent::ui::RunsLoader::ListingPtr& listing);
    void failed(const QString& reason); ///< the filter, or the store

private:
    void storeChanged();
    void take(Result<ListingPtr> answer, int generation);
    void arrange();
    void tell();

    StoreHost& store_;
    RunsWish wish_;
    bool active_ = false, stale_ = true, busy_ = false, sorting_ = false;
    bool first_ = true;  ///< nothing of this wish has been shown yet
    ListingPtr listing_; ///< as last read
    int generation_ = 0; ///< of the wish; an answer to an older one is dropped
    QTimer later_;
    QElapsedTimer since_; ///< the last answer, then the last question
    qint64 took_ms_ = 0;
};

} // namespace descent::ui
