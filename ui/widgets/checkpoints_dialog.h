#pragma once

#include "core/base/run_record.h"
#include "core/store/checkpoint_table.h"
#include "ui/state/background.h"
#include "ui/widgets/branch_bar.h"

#include <QDialog>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QAction;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace descent::ui {

class CellsModel;
class DataTable;
class EmptyState;
class EngineHost;
class EvaluatePanel;
class NoticeBar;
class StoreHost;
class TableExport;
class Training;

/// What a run can go on from: its checkpoints in a table, as `descent checkpoints` has it, and what can be
/// done with the chosen one. It follows the store while it is open; everything that reads files is done off
/// the GUI thread. Thread: GUI.
class CheckpointsDialog : public QDialog {
    Q_OBJECT
public:
    /// Asks for a file to write, starting from a suggestion; "" = cancelled. Replaced in tests.
    using AskForFile = std::function<QString(QWidget* parent, const QString& suggestion)>;

    CheckpointsDialog(StoreHost& store, EngineHost& engine, Training& training, const RunId& run,
                      QWidget* parent);
    ~CheckpointsDialog() override; ///< cancels what is going on
    /// That of the run, in front; a new one where none is open. Goes by itself when it is closed.
    static CheckpointsDialog* open(StoreHost& store, EngineHost& engine, Training& training, const RunId& run,
                                   QWidget* parent);

    void setAskForFile(AskForFile ask) { ask_for_file_ = std::move(ask); }
    TableExport& tableExport() const { return *table_export_; }

Q_SIGNALS:
    void branchWanted(const descent::ui::BranchOffer& offer);

private:
    struct Listing {
        RunRecord run;
        std::vector<CheckpointInfo> all;
        std::vector<CheckpointOnDisk> files; ///< as long
    };
    struct Shared;
    QAction* addAction(const char* name, const QString& text, const QKeySequence& key, const QString& tip,
                       void (CheckpointsDialog::*slot)());
    QPushButton* makeButton(QAction* action);
    void build();
    void read();
    void take(Listing listing);
    void showRows();
    void updateActions();
    const CheckpointInfo* chosen() const;
    /// Between begin() and end() the notice bar tells of it and can cancel it.
    std::shared_ptr<Shared> begin(const QString& message);
    void end();
    void verify();
    void exportWeights();
    void branch();

    StoreHost& store_;
    EngineHost& engine_;
    Training& training_;
    const RunId id_;
    AskForFile ask_for_file_;
    InHand reading_;
    Listing listing_;
    std::map<std::string, CheckpointOnDisk> verified_; ///< by file and checksum
    std::shared_ptr<Shared> shared_;
    QTimer look_;
    QAction *verify_, *export_, *branch_;
    QLabel* title_;
    QLabel* facts_;
    CellsModel* cells_;
    DataTable* table_;
    TableExport* table_export_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    QWidget* below_; ///< what goes where there is nothing to do it with
    NoticeBar* notice_;
    EvaluatePanel* evaluate_;
};

} // namespace descent::ui
