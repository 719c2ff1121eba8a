#pragma once

#include "core/base/units.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <memory>
#include <vector>

namespace descent::ui {

class NoticeBar;
class StoreHost;

/// Writes runs to a CSV file off the GUI thread and tells in the notice bar how far it is; it can be
/// cancelled, and then leaves no file. One at a time. Thread: GUI.
class CsvExport : public QObject {
    Q_OBJECT
public:
    CsvExport(StoreHost& store, NoticeBar& notice, QObject* parent = nullptr);
    ~CsvExport() override; ///< cancels

    bool running() const { return running_; }
    void start(const std::vector<RunId>& runs, const QString& file);

Q_SIGNALS:
    void ended();

private:
    struct Shared;

    StoreHost& store_;
    NoticeBar& notice_;
    std::shared_ptr<Shared> shared_;
    QTimer look_;
    bool running_ = false;
};

} // namespace descent::ui
