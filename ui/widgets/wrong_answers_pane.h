#pragma once

#include "core/base/events.h"
#include "ui/state/data_loader.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QTableView;

namespace descent::ui {

class EngineHost;
class WatchedRun;
class WrongAnswersModel;

/// The examples that the watched run ended up answering wrongly, with their text. What they say is read from
/// the task while somebody looks, and shown only where the data are still those of the run. Thread: GUI.
class WrongAnswersPane : public QWidget {
    Q_OBJECT
public:
    explicit WrongAnswersPane(const WatchedRun& run, QWidget* parent = nullptr);
    void setEngine(EngineHost& engine); ///< once; without one there are no texts
    void setWanted(bool wanted);        ///< nothing is read while false
    void sync();                        ///< the run has got on

    static bool has(const WatchedRun& run); ///< whether there is anything to show

private:
    void readTest();
    void take(const Matrix& scores);
    void loadTexts();
    void takeTexts(const DataPtr& read);
    void offerClasses();
    void showChosen();
    void say(const QString& problem);

    const WatchedRun& run_;
    EngineHost* engine_ = nullptr;
    DataLoader* loader_ = nullptr;
    WrongAnswersModel* model_;
    QComboBox *set_, *class_;
    QLabel* note_;
    QTableView* table_;
    QPlainTextEdit* text_;
    bool wanted_ = false;
    std::optional<std::pair<RunId, QString>> seen_; ///< run, set and update of what is shown
    std::optional<RunId> texts_of_;                 ///< asked for or there
    DataPtr data_;
    std::int64_t examples_ = 0;
};

} // namespace descent::ui
