#pragma once

#include "core/base/catalog.h"
#include "core/base/result.h"
#include "core/base/run_record.h"

#include <QDialog>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;

namespace descent::ui {

class EngineHost;
class StoreHost;
class Training;

/// How a run goes on that cannot do so as it is: a finished one longer, a diverged one with another step
/// size. Thread: GUI.
class GoOnDialog : public QDialog {
    Q_OBJECT
public:
    GoOnDialog(const RunRecord& run, const Catalog& catalog, QWidget* parent);
    /// What was chosen; empty for the run as it is.
    std::vector<Change> changes() const;

    /// Takes a run up as it now stands: at once where nothing need be asked, else asks first. `done` gets
    /// what Training::resumeRun says, or why the run cannot be read; nothing where the person thinks better
    /// of it.
    static void resume(QWidget* parent, StoreHost& store, EngineHost& engine, Training& training,
                       const RunId& run, std::function<void(const Result<void>&)> done);
    /// What a button to that end says.
    static QString word(RunState state);

private:
    void check();

    const RunRecord run_;
    const Catalog& catalog_;
    std::string length_path_, lr_now_;
    double done_ = 0; ///< epochs or updates
    QLineEdit* length_;
    QLineEdit* lr_ = nullptr;
    QLabel* problem_;
    QPushButton* go_ = nullptr;
};

} // namespace descent::ui
