#pragma once

#include "core/base/catalog.h"
#include "ui/state/data_import.h"
#include "ui/state/data_loader.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>

class QAction;
class QStackedWidget;

namespace descent::ui {

class BusyCard;
class DataPane;
class DataView;
class DropHint;
class EmptyState;
class EngineHost;
class ImportPreview;
class NoticeBar;

/// Each task's data: where from, how many examples of which class on which side, what is left out, every
/// example to look at; and other data brought by dropping a file or folder, with a preview before anything
/// changes.
/// Data are read only while the page is seen. Thread: GUI.
class DataPage : public QWidget {
    Q_OBJECT
public:
    /// Asks for a folder, or for a file to write, starting from a suggestion; "" = cancelled.
    using Ask = std::function<QString(QWidget* parent, const QString& suggestion)>;

    explicit DataPage(EngineHost& engine, QWidget* parent = nullptr);
    ~DataPage() override;

    /// Shows the task and data of a request, say the Train page's, unless the person has chosen here.
    void offer(const Request& request);
    QAction* exportAction() const { return export_; }
    QAction* filterAction() const { return filter_; }
    void setAskForFolder(Ask ask) { ask_for_folder_ = std::move(ask); }
    void setAskForData(Ask ask) { ask_for_data_ = std::move(ask); } ///< a file to read
    void setAskForFile(Ask ask) { ask_for_file_ = std::move(ask); }

Q_SIGNALS:
    void dataChosen(const descent::Request& request); ///< an import was accepted: task and its settings
    void trainWanted(const descent::Request& request);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void build();
    void engineReady();
    void paneChanged(bool typed);
    void load();
    void sayReading();
    void take(const DataPtr& loaded);
    void fail(const QString& reason);
    void settle(QWidget* page);
    void giveUp(); ///< what is being read or looked at
    void consider(const QString& dropped);
    void preview(FoundData found);
    bool readsTexts() const; ///< the chosen task
    void askFor(bool folder);
    void use();
    void endPreview();
    void bring(QWidget* page);
    void updateActions();
    void exportShown();

    EngineHost& engine_;
    Ask ask_for_folder_, ask_for_data_, ask_for_file_;
    DataLoader* loader_;
    DataPane* pane_;
    QStackedWidget* stack_;
    BusyCard* busy_;
    EmptyState* empty_;
    DataView* view_;
    ImportPreview* import_;
    NoticeBar* notice_;
    DropHint* hint_;
    QAction *export_, *filter_;
    QTimer settle_, patience_;  ///< until typing pauses; until it is worth showing that something is read
    std::optional<Part> shown_; ///< the task whose data are shown, being read, or could not be
    bool chosen_ = false;       ///< by the person, on this page
    QWidget* before_ = nullptr; ///< what an import's preview goes back to
    std::optional<FoundData> found_; ///< what the preview shows
    Request accepted_;               ///< what "Use this data" would set
    bool considering_ = false;       ///< a dropped folder is being looked at
    int considered_ = 0;             ///< counts drops, so that the answer to an old one is let go
};

} // namespace descent::ui
