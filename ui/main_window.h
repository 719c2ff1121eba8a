#pragma once

#include "ui/theme.h"

#include <QMainWindow>

#include <functional>

class QMenu;
class QSettings;
class QStackedWidget;

namespace descent::ui {

class ComparePage;
class DataPage;
class EngineHost;
class HelpPage;
class Incoming;
class LabPage;
class NavRail;
class RunsPage;
class StoreHost;
class SweepsPage;
class TrainPage;
class Training;

/// The page stack, the menus and the geometry, and nothing else. Thread: GUI.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum class OnClose { stop_and_keep, background, cancel };
    /// `what` is being trained: a run, sweeps, or both.
    using CloseQuestion = std::function<OnClose(QWidget* parent, const QString& what)>;

    MainWindow(EngineHost& engine, StoreHost& store, Training& training, QSettings& settings,
               QWidget* parent = nullptr);
    ~MainWindow() override;

    /// What is asked when the window is closed while a run or a sweep is going; a test puts an answer here.
    void setCloseQuestion(CloseQuestion question) { ask_ = std::move(question); }
    void showPage(int page);

Q_SIGNALS:
    void finishedInBackground(); ///< hidden, and the last run is over: end the program

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void buildMenus();
    void connectIncoming();
    void connectSweeps();
    void buildTheme(QMenu* view);
    void setTheme(theme::Mode mode);
    void trainEnded();

    StoreHost& store_;
    Training& training_;
    QSettings& settings_;
    CloseQuestion ask_;
    NavRail* rail_;
    QStackedWidget* stack_;
    TrainPage* train_;
    RunsPage* runs_;
    ComparePage* compare_;
    SweepsPage* sweeps_;
    DataPage* data_;
    LabPage* lab_;
    HelpPage* help_;
    Incoming* incoming_;
    QMenu* theme_menu_ = nullptr;
    bool background_ = false;
};

} // namespace descent::ui
