#pragma once

#include "core/base/catalog.h"
#include "core/store/writer.h"
#include "ui/models/runs_loader.h"
#include "ui/pages/runs_actions.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

class QSplitter;
class QStackedWidget;

namespace descent::ui {

class CsvExport;
class EmptyState;
class EngineHost;
class FilterLine;
class NoticeBar;
class RunPreview;
class RunsBar;
class RunsModel;
class RunsTable;
class StoreHost;
class Training;

/// All runs ever: found, looked at, named, starred, tagged, resumed, repeated, exported, put away. Thread:
/// GUI.
class RunsPage : public QWidget {
    Q_OBJECT
public:
    /// Asks for a file to write, starting from a suggestion; "" = cancelled. Replaced in tests.
    using AskForFile = std::function<QString(QWidget* parent, const QString& suggestion)>;

    RunsPage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent = nullptr);
    ~RunsPage() override;

    void focusFilter();
    /// For the window's Edit menu; a null entry is a separator. Enabled as fits the choice, and only while
    /// the page is seen.
    QList<QAction*> editActions() const { return actions_->all(); }
    void setAskForFile(AskForFile ask) { ask_for_file_ = std::move(ask); }

Q_SIGNALS:
    void openRun(const descent::RunId& run);          ///< show it on the Train page
    void trainAgain(const descent::Request& request); ///< fill in the Train page
    void trainFirst();                                ///< there is no run yet: go to the Train page

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void connectActions();
    void take(const std::shared_ptr<RunListing>& listing);
    void showEmptiness(const RunListing& listing);
    void chosenChanged();
    void updateActions();
    void setTrashView(bool trash);
    void placePreview();
    void showPreview();
    std::vector<const RunRow*> chosenRows() const;

    void edit(const QString& text, const std::vector<RunEdit>& edits);
    void openChosen();
    void resumeChosen();
    void repeatChosen();
    void starChosen();
    void trashChosen(bool trashed);
    void exportChosen();

    StoreHost& store_;
    EngineHost& engine_;
    Training& training_;
    AskForFile ask_for_file_;
    RunsModel* model_;
    RunsLoader* loader_;
    FilterLine* filter_;
    RunsTable* table_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    RunPreview* preview_;
    QSplitter* split_;
    NoticeBar* notice_;
    CsvExport* export_;
    std::unique_ptr<RunsActions> actions_;
    RunsBar* bar_;
    QTimer settle_;                       ///< one look at the choice however many signals told of it
    std::function<void()> end_emptiness_; ///< what the empty page's button does
    bool in_trash_ = false, preview_wanted_ = true;
    bool listed_ = false; ///< once: the newest run is then chosen
};

} // namespace descent::ui
