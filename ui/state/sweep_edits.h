#pragma once

#include "core/store/sweeps.h"

#include <QObject>
#include <QString>

#include <functional>

namespace descent::ui {

class StoreHost;

/// Changes that a person makes to stored sweeps, off the GUI thread, each one step that can be undone.
/// Thread: GUI.
class SweepEdits : public QObject {
    Q_OBJECT
public:
    explicit SweepEdits(StoreHost& store, QObject* parent = nullptr);
    /// `text` names it in the Edit menu ("Trash width-sweep-3").
    void apply(const QString& text, const SweepEdit& edit);

Q_SIGNALS:
    void edited();
    void failed(const QString& reason);

private:
    class Step;
    void write(const SweepEdit& edit, std::function<void(const SweepEdit& inverse)> done);

    StoreHost& store_;
};

} // namespace descent::ui
