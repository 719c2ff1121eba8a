#include "ui/state/sweep_edits.h"

#include "ui/state/store_host.h"

#include <QPointer>
#include <QUndoCommand>

#include <utility>

namespace descent::ui {

/// Pushed after it has been applied.
class SweepEdits::Step : public QUndoCommand {
public:
    Step(SweepEdits& edits, const QString& text, SweepEdit forward, SweepEdit inverse)
        : QUndoCommand(text)
        , edits_(&edits)
        , forward_(std::move(forward))
        , inverse_(std::move(inverse)) {}
    void undo() override {
        if (edits_) edits_->write(inverse_, {});
    }
    void redo() override {
        if (std::exchange(applied_, false)) return; // QUndoStack::push redoes
        if (edits_) edits_->write(forward_, {});
    }

private:
    QPointer<SweepEdits> edits_;
    SweepEdit forward_, inverse_;
    bool applied_ = true;
};

SweepEdits::SweepEdits(StoreHost& store, QObject* parent) : QObject(parent), store_(store) {}

void SweepEdits::apply(const QString& text, const SweepEdit& edit) {
    write(edit, [this, text, edit](const SweepEdit& inverse) {
        store_.undoStack().push(new Step(*this, text, edit, inverse));
    });
}

void SweepEdits::write(const SweepEdit& edit, std::function<void(const SweepEdit&)> done) {
    store_.read<Result<SweepEdit>>(
        this, [&writer = store_.writer(), edit](const StoreReader&) { return writer.edit_sweep(edit); },
        [this, done = std::move(done)](const Result<SweepEdit>& inverse) {
            if (!inverse) return Q_EMIT failed(QString::fromStdString(inverse.error().message));
            if (done) done(*inverse);
            Q_EMIT edited();
        });
}

} // namespace descent::ui
