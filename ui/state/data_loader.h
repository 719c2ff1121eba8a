#pragma once

#include "core/engine/engine.h"
#include "core/text/text_summary.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <optional>
#include <stop_token>

namespace descent::ui {

class EngineHost;

/// A task's data with every example, and what looking through them needs. Frozen once made.
struct LoadedData {
    Inspection found;
    QStringList texts;                    ///< of found.samples, in their order
    QStringList folded;                   ///< the same without case
    std::optional<TextSummary> summary{}; ///< of a task of texts
};
using DataPtr = std::shared_ptr<const LoadedData>;

/// Reads a task's data with all its examples on a thread of its own: it may take a minute where a corpus has
/// to be made first. A later wish takes the place of an earlier one. Thread: GUI.
class DataLoader : public QObject {
    Q_OBJECT
public:
    explicit DataLoader(EngineHost& engine, QObject* parent = nullptr);
    ~DataLoader() override; ///< cancels; waits for what is in hand

    void load(const RunSpec& spec); ///< the engine must be there
    void cancel();                  ///< silent; nothing is emitted for what was asked before
    bool loading() const { return wanted_.has_value(); }
    double share() const; ///< of 1, of what is being read
    QString doing() const;

Q_SIGNALS:
    void progressed();
    void loaded(const descent::ui::DataPtr& data);
    void failed(const QString& reason);

private:
    struct Shared;
    struct Worker;
    void begin();

    EngineHost& engine_;
    std::optional<RunSpec> wanted_; ///< neither answered nor given up
    std::stop_source stop_;
    std::shared_ptr<Shared> shared_;
    bool working_ = false; ///< a thread has not come back, be it for something given up
    QTimer look_;
    std::unique_ptr<Worker> worker_;
};

} // namespace descent::ui
