#pragma once

#include "core/base/result.h"
#include "core/store/reader.h"
#include "core/store/writer.h"

#include <QObject>
#include <QString>
#include <QTimer>
#include <QUndoStack>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace descent::ui {

/// The window's store: its writer, reads that never block the window, edits that can be undone, and a signal
/// when any process has committed. Thread: GUI; jobs given to read() run on a pool thread with a reader of
/// their own.
class StoreHost : public QObject {
    Q_OBJECT
public:
    static Result<std::unique_ptr<StoreHost>> open(const std::filesystem::path& store);
    ~StoreHost() override;

    StoreWriter& writer() { return *writer_; }
    const std::filesystem::path& path() const;

    /// Runs `job` on a pool thread, then `done` with its result on the GUI thread, unless `context` is gone
    /// by then. Jobs given the same `context` finish in the order they were given.
    template<class T>
    void read(QObject* context, std::function<T(const StoreReader&)> job, std::function<void(T)> done) {
        auto result = std::make_shared<std::optional<T>>();
        run(
            context,
            [result, job = std::move(job)](const StoreReader& reader) { result->emplace(job(reader)); },
            [result, done = std::move(done)] {
                if (*result) done(std::move(**result));
            });
    }

    /// Applies edits off the GUI thread as one undoable step; `text` names it in the Edit menu ("Trash 3
    /// runs").
    void edit(const QString& text, std::vector<RunEdit> edits);
    QUndoStack& undoStack() { return undo_; }

Q_SIGNALS:
    void changed(); ///< somebody committed since the last time (polled, at most four times a second)
    void failed(const QString& reason);

private:
    StoreHost() = default;
    void run(QObject* context, std::function<void(const StoreReader&)> job, std::function<void()> done);
    void look(); ///< has anybody committed?

    struct Pool;
    std::unique_ptr<Pool> pool_;
    std::unique_ptr<StoreWriter> writer_;
    std::unique_ptr<StoreReader> watcher_; // for the change counter only
    std::int64_t seen_ = 0;
    QTimer poll_;
    QUndoStack undo_;
};

} // namespace descent::ui
