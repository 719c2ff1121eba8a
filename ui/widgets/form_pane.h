#pragma once

#include "core/analysis/ladder.h"
#include "core/analysis/report_presets.h"
#include "core/base/catalog.h"
#include "ui/widgets/branch_bar.h"

#include <QFrame>

#include <optional>

class QLabel;
class QStackedWidget;

namespace descent::ui {

class EngineHost;
class Inspector;
class LadderPanel;
class PresetPicker;
class RequestForm;
class Training;

/// The Train page's left column: the form with what is known of its data and cost; before that "Loading the
/// engine…", or why it could not be. Thread: GUI.
class FormPane : public QFrame {
    Q_OBJECT
public:
    FormPane(EngineHost& engine, Training& training, QWidget* parent = nullptr);
    void setRequest(const Request& request); ///< also before the engine is there; drops a branch
    /// The form as the parent stood, and the bar that says so. The engine must be there.
    void setBranch(const BranchOffer& offer);
    /// What the next run is a branch of, if it is.
    std::optional<RunRecord::Parent> branch() const;
    RequestForm& form() { return *form_; }
    /// The reported run that the form began with, as long as it is still of its task and model; else null.
    const ReportPreset* preset() const { return preset_; }
    void choosePreset(const std::string& id);
    void openLadder(); ///< its panel, in view

Q_SIGNALS:
    void ladderWanted(const LadderPlan& plan);

private:
    QWidget* makeLoading();
    void engineReady();
    void formChanged();
    void showInspection();
    void updateCost();
    void branchAt(Update at);
    void dropBranch();

    EngineHost& engine_;
    Inspector* inspector_;
    QStackedWidget* stack_;
    RequestForm* form_;
    LadderPanel* ladder_;
    PresetPicker* presets_;
    const ReportPreset* preset_ = nullptr;
    QLabel* failed_;
    std::string shown_task_; ///< whose data the lines are about
    std::optional<Request> waiting_;
    BranchBar* branch_bar_;
    std::optional<BranchOffer> branch_;
    Request branch_request_; ///< as the form was filled
};

} // namespace descent::ui
