#pragma once

#include "core/base/result.h"
#include "core/base/units.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

namespace descent {
class StoreReader;
}

namespace descent::ui {

class NoticeBar;
class StoreHost;

/// Runs to files and from them, off the GUI thread; the notice bar tells how far it is and how it ended, and
/// can cancel it, which leaves nothing half-written. One at a time. Thread: GUI.
class ExchangeJob : public QObject {
    Q_OBJECT
public:
    ExchangeJob(StoreHost& store, NoticeBar& notice, QObject* parent = nullptr);
    ~ExchangeJob() override; ///< cancels

    bool running() const { return running_; }
    /// Writes the runs in the format that the name asks for: .csv, .jsonl, .descent (a bundle), else a folder
    /// of TensorBoard event files.
    void start(const std::vector<RunId>& runs, const QString& file);
    /// Takes the runs in each file, or folder, by its content.
    void import(const QStringList& files);
    /// Takes everything of another store.
    void merge(const QString& store);

    /// What a file dialog for start() offers, beginning with that ending (".jsonl").
    static QString filters(const QString& ending);

Q_SIGNALS:
    void ended();
    void imported(const std::vector<descent::RunId>& runs); ///< new ones, and before ended()

private:
    struct Shared;
    struct Outcome {
        QString message;
        bool good = true;
        bool stays = false; ///< there is more to read than goes by
        std::vector<RunId> runs{};
    };
    using Work = std::function<Outcome(const StoreReader&, const std::function<bool(double)>&)>;
    void begin(const QString& message, Work work);

    StoreHost& store_;
    NoticeBar& notice_;
    std::shared_ptr<Shared> shared_;
    QTimer look_;
    bool running_ = false;
};

} // namespace descent::ui
