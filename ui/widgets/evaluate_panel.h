#pragma once

#include "core/analysis/text_table.h"
#include "core/base/run_record.h"
#include "core/engine/engine.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>

class QAction;
class QComboBox;
class QFrame;
class QLabel;
class QPushButton;

namespace descent::ui {

class CellsModel;
class DataTable;
class ElidedLabel;
class EngineHost;
class NoticeBar;
class PathEdit;
class StoreHost;
class TableExport;
class Training;

/// Evaluates the weights of a checkpoint, on the run's data or on others, and shows the figures. Off the GUI
/// thread; the notice bar tells how far it is and can cancel it, as the panel's end does. Thread: GUI.
class EvaluatePanel : public QWidget {
    Q_OBJECT
public:
    EvaluatePanel(StoreHost& store, EngineHost& engine, Training& training, NoticeBar& notice,
                  QWidget* parent = nullptr);
    ~EvaluatePanel() override; ///< cancels

    void setRun(const RunRecord& run);
    void setCheckpoint(const std::optional<CheckpointInfo>& checkpoint); ///< what evaluate() is about
    void setHeld(bool held);                    ///< something else is being done with the notice bar
    QAction* action() const { return action_; } ///< enabled while it makes sense
    PathEdit& path() const { return *path_; }
    TableExport& tableExport() const { return *table_export_; }
    bool busy() const { return shared_ != nullptr; }

Q_SIGNALS:
    void busyChanged();

private:
    struct Shared;
    void build();
    void update();
    void evaluate();
    void look(); ///< how far is it?
    void finish(const Result<EvaluationReport>& report, const CheckpointInfo& of);
    void show(const EvaluationReport& report, const CheckpointInfo& of);
    /// None: the run's own. Error: what is named cannot be it.
    Result<std::optional<Part>> data() const;

    StoreHost& store_;
    EngineHost& engine_;
    Training& training_;
    NoticeBar& notice_;
    std::optional<RunRecord> run_;
    std::optional<CheckpointInfo> checkpoint_;
    bool held_ = false;
    std::shared_ptr<Shared> shared_; ///< of what is going on
    QTimer look_;
    TextTable shown_;
    QAction* action_;
    QLabel* words_;
    QComboBox* which_;
    PathEdit* path_;
    QPushButton* go_;
    QLabel* hint_; ///< why it cannot be done now
    ElidedLabel* title_;
    QFrame* card_; ///< around the table
    CellsModel* cells_;
    DataTable* table_;
    TableExport* table_export_;
};

} // namespace descent::ui
