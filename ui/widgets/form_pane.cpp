#include "ui/widgets/form_pane.h"

#include "core/base/branch_request.h"
#include "ui/state/engine_host.h"
#include "ui/state/inspector.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/breakpoint_edit.h"
#include "ui/widgets/fold.h"
#include "ui/widgets/inspection_text.h"
#include "ui/widgets/ladder_panel.h"
#include "ui/widgets/param_field.h"
#include "ui/widgets/preset_picker.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/schedule_preview.h"

#include <QLabel>
#include <QProgressBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {
constexpr int kWidth = theme::kGrid * 39;
}

FormPane::FormPane(EngineHost& engine, Training& training, QWidget* parent)
    : QFrame(parent)
    , engine_(engine)
    , inspector_(new Inspector(engine, training, this))
    , stack_(new QStackedWidget)
    , form_(new RequestForm)
    , ladder_(new LadderPanel)
    , presets_(new PresetPicker)
    , failed_(new QLabel)
    , branch_bar_(new BranchBar) {
    setObjectName(QStringLiteral("formPane"));
    setProperty("role", QStringLiteral("side"));
    setFixedWidth(kWidth);
    failed_->setObjectName(QStringLiteral("engineError"));
    failed_->setProperty("role", QStringLiteral("error"));
    failed_->setWordWrap(true);
    failed_->setMargin(theme::kGrid * 2);
    failed_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    failed_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    stack_->addWidget(makeLoading());
    stack_->addWidget(form_);
    stack_->addWidget(failed_);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    auto* above = new QVBoxLayout;
    above->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, 0);
    above->addWidget(branch_bar_);
    branch_bar_->hide();
    box->addLayout(above);
    box->addWidget(stack_);
    box->setStretchFactor(stack_, 1);
    connect(branch_bar_, &BranchBar::pointChosen, this, [this](qint64 update) { branchAt({update}); });
    connect(branch_bar_, &BranchBar::dropped, this, &FormPane::dropBranch);
    form_->addToTop(presets_);
    connect(presets_, &PresetPicker::chosen, this,
            [this](const QString& id) { choosePreset(id.toStdString()); });
    form_->addToRegime(ladder_);
    connect(ladder_, &LadderPanel::wanted, this, &FormPane::ladderWanted);
    auto* breakpoints =
        new Fold(QStringLiteral("run.breakpoints"), tr("Breakpoints"), tr("Breakpoints of runs to come"));
    auto* inside = new QVBoxLayout(breakpoints->body());
    inside->setContentsMargins(0, 0, kDotWidth, 0);
    inside->addWidget(new BreakpointEdit(training, QStringLiteral("formBreakpoints")));
    const auto count = [breakpoints, &training] {
        const auto n = training.breakpoints().size();
        breakpoints->setWord(n > 0 ? QString::number(n) : QString());
    };
    connect(&training, &Training::breakpointsChanged, breakpoints, count);
    count();
    form_->addToRun(breakpoints);
    connect(&engine_, &EngineHost::ready, this, &FormPane::engineReady);
    connect(&engine_, &EngineHost::failed, this, [this](const QString& reason) {
        failed_->setText(reason + tr("\n\nStored runs can still be read and exported."));
        stack_->setCurrentWidget(failed_);
    });
    connect(form_, &RequestForm::changed, this, &FormPane::formChanged);
    connect(inspector_, &Inspector::begun, this, &FormPane::updateCost);
    connect(inspector_, &Inspector::begun, this, [this] {
        const auto& task = form_->spec() ? form_->spec()->task.id : shown_task_;
        if (task == shown_task_) return;
        shown_task_ = task; // what is said of another task's data is wrong
        form_->setDataLine(tr("reading the data…"));
        form_->setModelLine({});
        form_->setRefusal({});
    });
    connect(inspector_, &Inspector::progressed, this, [this](double share, const QString& what) {
        form_->setDataLine(tr("%1… %2%").arg(what).arg(int(100 * share)));
    });
    connect(inspector_, &Inspector::inspected, this, &FormPane::showInspection);
    connect(inspector_, &Inspector::timed, this, &FormPane::updateCost);
    connect(inspector_, &Inspector::failed, this, [this](const QString& reason) {
        form_->setDataLine({});
        form_->setModelLine({});
        form_->setRefusal(reason);
        form_->setCost({});
    });
    if (engine_.engine()) engineReady();
}

QWidget* FormPane::makeLoading() {
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("engineLoading"));
    auto* words = new QLabel(tr("Loading the engine…"));
    words->setProperty("role", QStringLiteral("muted"));
    words->setAlignment(Qt::AlignCenter);
    auto* bar = new QProgressBar;
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setFixedWidth(theme::kGrid * 16);
    bar->setAccessibleName(words->text());
    auto* column = new QVBoxLayout(page);
    column->addStretch(2);
    column->addWidget(words);
    column->addSpacing(theme::kGrid);
    column->addWidget(bar, 0, Qt::AlignHCenter);
    column->addStretch(3);
    return page;
}

void FormPane::engineReady() {
    form_->setCatalog(engine_.engine()->catalog());
    ladder_->setCatalog(&engine_.engine()->catalog());
    if (waiting_) form_->setRequest(*std::exchange(waiting_, std::nullopt));
    stack_->setCurrentWidget(form_);
}

void FormPane::choosePreset(const std::string& id) {
    const auto& preset = report_preset(id);
    dropBranch();
    auto request = preset.request;
    request.seed = form_->request().seed;
    form_->setRequest(request);
    preset_ = &preset;
    formChanged();
}

void FormPane::setBranch(const BranchOffer& offer) {
    preset_ = nullptr;
    branch_ = offer;
    branch_request_ = form_->request();
    branchAt(offer.at);
    if (offer.request) form_->setRequest(*offer.request);
    branch_bar_->show();
    stack_->setCurrentWidget(form_);
}

/// What was typed since the form was filled stays.
void FormPane::branchAt(Update at) {
    if (!branch_ || !engine_.engine()) return;
    branch_->at = at;
    const auto& catalog = engine_.engine()->catalog();
    const auto& points = branch_->points;
    const auto point = std::ranges::find(points, at, &CheckpointInfo::update);
    auto request =
        branch_request(catalog, branch_->parent, point == points.end() ? CheckpointInfo{at} : *point);
    if (form_->request() == branch_request_) {
        form_->setRequest(request);
        branch_request_ = form_->request();
    }
    branch_bar_->set(*branch_);
    form_->setTrainText(tr("Train the branch"));
}

void FormPane::dropBranch() {
    if (!branch_) return;
    branch_.reset();
    branch_bar_->hide();
    form_->setTrainText(tr("Train"));
    form_->setFocus();
}

std::optional<RunRecord::Parent> FormPane::branch() const {
    if (!branch_) return std::nullopt;
    return RunRecord::Parent{branch_->parent.id, branch_->at};
}

void FormPane::setRequest(const Request& request) {
    preset_ = nullptr;
    dropBranch();
    if (engine_.engine())
        form_->setRequest(request);
    else
        waiting_ = request;
}

void FormPane::openLadder() {
    stack_->setCurrentWidget(form_);
    ladder_->setOpen(true);
    form_->reveal(*ladder_);
}

void FormPane::formChanged() {
    if (preset_ && !is_of(form_->request(), *preset_)) preset_ = nullptr;
    presets_->show(preset_, form_->spec() && of_other_data(*form_->spec()));
    std::optional<Request> base;
    if (form_->spec()) {
        base = form_->request();
        base->task = form_->spec()->task.id;
    }
    ladder_->setBase(base);
    if (form_->spec())
        inspector_->look(*form_->spec());
    else
        inspector_->cancel();
    updateCost();
}

void FormPane::showInspection() {
    const auto& found = *inspector_->result();
    form_->setDataLine(dataLine(found));
    form_->setModelLine(modelLine(found));
    form_->setRefusal({});
    form_->setStepNote(stepNote(found));
    if (form_->spec())
        form_->setPlan(planSchedule(*form_->spec(), engine_.engine()->catalog(), found.updates_per_epoch,
                                    found.planned_updates, found.provenance.train_examples));
    updateCost();
}

void FormPane::updateCost() {
    if (!form_->spec() || !inspector_->result())
        form_->setCost(QString());
    else
        form_->setCost(costLine(*inspector_->result(), inspector_->secondsPerUpdate(), form_->replicates()),
                       dataToolTip(*inspector_->result()));
}

} // namespace descent::ui
