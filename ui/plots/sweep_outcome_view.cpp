#include "ui/plots/sweep_outcome_view.h"

#include "core/base/format.h"
#include "ui/plots/sweep_courses.h"
#include "ui/plots/sweep_outcomes.h"
#include "ui/state/store_host.h"

#include <QComboBox>
#include <QScrollArea>

#include <algorithm>

namespace descent::ui {

namespace {

std::string setting(const SweepPlan& plan, std::string_view path) {
    std::string text;
    for (const auto& [name, value] : plan.base.settings)
        if (name == path) text = value; // a later one wins
    return text;
}

} // namespace

SweepOutcomeView::SweepOutcomeView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepOutcomes", parent)
    , store_(store)
    , chart_(new SweepOutcomeChart)
    , when_(makeChoice("When", tr("By when"), 16)) {
    when_->addItem(tr("at the end"));
    when_->addItem(tr("by update %1").arg(QString::fromStdString(format_count(kSymmetryEarly))));
    connect(when_, &QComboBox::activated, this, &SweepOutcomeView::want);
    connect(&store_, &StoreHost::failed, this, [this] { busy_ = false; }); // nothing comes back
    connect(chart_, &PlotView::chosen, this, &SweepOutcomeView::openChosen);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("sweepOutcomesScroll"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    chart_->setProperty("role", QStringLiteral("plain"));
    scroll->setWidget(chart_);
    setPicture(scroll);
}

SweepOutcomeView::~SweepOutcomeView() = default;

bool SweepOutcomeView::suits(const SweepPlan& plan) const {
    // A regression has no right answers to count; least squares gets them all or none.
    const bool regression = plan.base.task == "teacher" && setting(plan, "task.kind") != "classification";
    return !regression && takesTime(plan);
}

void SweepOutcomeView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (another) {
        chart_->setData({});
        pictureChanged({}, {});
        when_->setCurrentIndex(0);
    }
    when_->setVisible(sweep_ && std::ranges::any_of(sweep_->runs, [](const CellRun& run) {
                          return run.run.spec.task.id == "symmetry";
                      }));
    want();
}

void SweepOutcomeView::want() {
    if (busy_) {
        again_ = true;
        return;
    }
    again_ = false;
    if (!sweep_) return;
    busy_ = true;
    store_.read<OutcomeData>(
        this,
        [sweep = sweep_, early = when_->currentIndex() == 1](const StoreReader& reader) {
            const bool symmetry = std::ranges::any_of(
                sweep->runs, [](const CellRun& run) { return run.run.spec.task.id == "symmetry"; });
            return symmetry ? symmetryOutcomes(*sweep, symmetry_ends(reader, sweep->runs), early)
                            : sweepOutcomes(*sweep);
        },
        [this, of = sweep_](OutcomeData made) {
            busy_ = false;
            if (sweep_ && sweep_->record.id == of->record.id) {
                const QStringList sentences = made.sentences;
                chart_->setData(std::move(made));
                pictureChanged(chart_->legend(), sentences);
            }
            if (again_) want();
        });
}

} // namespace descent::ui
