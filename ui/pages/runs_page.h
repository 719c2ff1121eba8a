#pragma once

#include "core/base/catalog.h"
#include "core/store/writer.h"
#include "ui/models/runs_loader.h"
#include "ui/pages/runs_actions.h"
#include "ui/widgets/branch_bar.h"
#include "ui/widgets/table_text.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QMenu;
class QSplitter;
class QStackedWidget;

namespace descent::ui {

class EmptyState;
class EngineHost;
class ExchangeJob;
class FilterLine;
class NoticeBar;
class RunPreview;
class RunsBar;
class RunsModel;
class RunsTable;
class StoreHost;
class Training;

/// All runs ever: found, grouped, looked at, named, starred, tagged, coloured, compared, resumed, repeated,
/// exported, put away. Thread: GUI.
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
    /// For the File menu: the chosen runs as CSV, JSON lines, event files or a bundle.
    QMenu* makeExportMenu(QWidget* parent);
    void importFiles(const QStringList& files);
    void mergeStore(const QString& store);
    void complain(const QString& message); ///< on its notice bar
    void setAskForFile(AskForFile ask) { ask_for_file_ = std::move(ask); }

Q_SIGNALS:
    void openRun(const descent::RunId& run);                     ///< show it on the Train page
    void compareWanted(const std::vector<descent::RunId>& runs); ///< lay them over each other
    void trainAgain(const descent::Request& request);            ///< fill in the Train page
    void branchWanted(const descent::ui::BranchOffer& offer);    ///< the same, from one of its checkpoints on
    void trainFirst(); ///< there is no run yet: go to the Train page

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void connectActions();
    void connectTable();
    void take(const RunsLoader::ListingPtr& listing);
    void showCount(const RunListing& listing);
    void showEmptiness(const RunListing& listing);
    void chosenChanged();
    void updateActions();
    void setTrashView(bool trash);
    void placePreview();
    void showPreview();
    void setGroup(const std::string& by);
    void pickField(bool to_group);

    void edit(const QString& text, const std::vector<RunEdit>& edits);
    void openChosen();
    void resumeChosen();
    void repeatChosen();
    void branchChosen();
    void showCheckpoints();
    void offerBranch(const RunId& run, std::optional<Update> at, const std::optional<Request>& otherwise);
    void starChosen();
    void trashChosen(bool trashed);
    void popUp(QMenu& menu);
    void colourChosen();
    void untagChosen();
    void exportChosen();
    void exportAs(const QString& ending);
    void copyChosen(TextFormat format);
    void exportTable();

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
    ExchangeJob* export_;
    std::unique_ptr<RunsActions> actions_;
    RunsBar* bar_;
    QMenu *colours_, *tags_;              ///< popped up by key
    QTimer settle_;                       ///< one look at the choice however many signals told of it
    std::function<void()> end_emptiness_; ///< what the empty page's button does
    bool in_trash_ = false, preview_wanted_ = true;
    std::optional<std::uint32_t> regrouped_; ///< the current row when grouping was asked for
    bool listed_ = false;                    ///< once: the newest run is then chosen
};

} // namespace descent::ui
