#include "ui/widgets/sweep_builder.h"

#include "core/base/format.h"
#include "core/engine/engine.h"
#include "ui/state/background.h"
#include "ui/state/engine_host.h"
#include "ui/state/sweep_cost.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/fold.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/sweep_axis_edit.h"
#include "ui/widgets/sweep_spec_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>
#include <memory>
#include <set>

namespace descent::ui {

namespace {

constexpr std::size_t kMostAxes = 2;
constexpr int kSettleMs = 250;

QString text(const std::string& s) {
    return QString::fromStdString(s);
}
QString count(std::size_t n) {
    return text(format_count(std::int64_t(n)));
}

bool starts(const QKeyEvent& key) {
    return (key.modifiers() & ~Qt::KeypadModifier) == Qt::ControlModifier &&
           (key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter);
}

bool consecutive(const std::vector<std::uint64_t>& seeds) {
    for (std::size_t i = 1; i < seeds.size(); ++i)
        if (seeds[i] != seeds[i - 1] + 1) return false;
    return !seeds.empty() && seeds.back() <= std::uint64_t(INT_MAX);
}

} // namespace

/// What the cells of a plan turned out to be.
struct SweepBuilder::Check {
    SweepPlan plan;
    int jobs = 1;
    QString problem;
    std::vector<std::string> keys;
    std::size_t ensembles = 0, alone = 0;
    SweepPrograms fresh; ///< what is not in the sweep that is extended
};

SweepBuilder::~SweepBuilder() = default;

void SweepBuilder::engineReady() {
    const Catalog& catalog = engine_.engine()->catalog();
    form_->setCatalog(catalog);
    for (auto* axis : axes_) axis->setCatalog(catalog);
    stack_->setCurrentIndex(1);
    baseChanged();
    inBackground(
        this, [&catalog] { return sweep_presets(catalog); },
        [this](Presets presets) {
            presets_ = std::move(presets);
            for (std::size_t i = 0; i < presets_.size(); ++i) {
                const auto& [name, plan] = presets_[i];
                auto* action = preset_menu_->addAction(text(plan.title.empty() ? name : plan.title), this,
                                                       [this, i] { setPlan(presets_[i].second); });
                action->setObjectName(QStringLiteral("sweepPreset-") + text(name));
                action->setToolTip(text(plan.summary));
            }
            preset_->setEnabled(!presets_.empty());
            Q_EMIT presetsReady();
        });
}

SweepAxisEdit* SweepBuilder::addAxis() {
    auto* axis = new SweepAxisEdit(made_axes_++);
    axes_.push_back(axis);
    axes_box_->addWidget(axis);
    if (engine_.engine()) axis->setCatalog(engine_.engine()->catalog());
    axis->setBase(form_->request());
    connect(axis, &SweepAxisEdit::changed, this, &SweepBuilder::changed);
    connect(axis, &SweepAxisEdit::removeWanted, this, [this, axis] { removeAxis(axis); });
    arrangeAxes();
    return axis;
}

void SweepBuilder::removeAxis(SweepAxisEdit* axis) {
    std::erase(axes_, axis);
    axis->hide();
    axis->deleteLater();
    arrangeAxes();
    changed();
    (axes_.empty() ? static_cast<QWidget*>(add_axis_) : axes_.back())->setFocus();
}

void SweepBuilder::arrangeAxes() {
    const bool one = axes_.size() == 1;
    for (std::size_t i = 0; i < axes_.size(); ++i)
        axes_[i]->setCaption(one ? tr("VARY") : i == 0 ? tr("VARY · COLUMNS") : tr("VARY · ROWS"));
    add_axis_->setVisible(axes_.size() < kMostAxes);
    add_axis_->setText(axes_.empty() ? tr("+ Vary a parameter") : tr("+ Vary a second parameter"));
    // Names count from 0 whatever was removed, so that the first is always sweepAxis0.
    if (axes_.empty()) made_axes_ = 0;
}

void SweepBuilder::clear() {
    for (auto* axis : axes_) axis->hide(), axis->deleteLater();
    axes_.clear();
    made_axes_ = 0;
    origin_.reset();
    extended_.reset();
    listed_seeds_.clear();
    seeds_->setValue(5);
    first_seed_->setValue(0);
    draw_data_->setChecked(false);
    active_->setChecked(false);
    active_add_->setValue(int(ActivePlan{}.add));
    active_round_->setValue(int(ActivePlan{}.round));
    threshold_->setValue(SweepPlan{}.threshold_error);
    name_->clear();
    name_->setEnabled(true);
    title_->setText(tr("New sweep"));
    start_->setText(tr("Start"));
    spec_button_->setChecked(false);
    scroll_->ensureVisible(0, 0);
}

void SweepBuilder::begin(const Request& base) {
    filling_ = true;
    clear();
    form_->setRequest(base);
    SweepAxisEdit* axis = addAxis();
    filling_ = false;
    if (engine_.engine()) {
        // What is varied first most often, where the model has it.
        const auto spec = engine_.engine()->catalog().preset(base);
        const bool wide =
            spec && engine_.engine()->catalog().find_param(Group::model, spec->model.id, "hidden") != nullptr;
        if (wide) axis->setPath(QStringLiteral("model.hidden"));
    }
    changed();
}

void SweepBuilder::setPlan(const SweepPlan& plan, const QString& name) {
    filling_ = true;
    clear();
    fill(plan);
    origin_ = plan;
    name_->setText(name);
    filling_ = false;
    changed();
}

void SweepBuilder::extend(const SweepRecord& sweep) {
    filling_ = true;
    clear();
    fill(sweep.plan);
    origin_ = sweep.plan;
    extended_ = sweep;
    title_->setText(tr("Extend %1").arg(text(sweep.name)));
    start_->setText(tr("Train what is new"));
    name_->setText(text(sweep.name));
    name_->setEnabled(false);
    filling_ = false;
    changed();
}

void SweepBuilder::fill(const SweepPlan& plan) {
    form_->setRequest(plan.base);
    for (const auto& axis : plan.axes) addAxis()->setAxis(axis);
    if (consecutive(plan.seeds)) {
        first_seed_->setValue(int(plan.seeds.front()));
    } else {
        listed_seeds_ = plan.seeds;
    }
    seeds_->setValue(int(plan.seeds.size()));
    draw_data_->setChecked(plan.draw_data);
    threshold_->setValue(plan.threshold_error);
    arrangeAxes();
    active_->setChecked(plan.active && plan.active->add > 0); // 0: all of them are added
    if (plan.active) {
        active_axis_->clear();
        active_axis_->addItem(text(plan.active->axis));
        active_metric_->setEditText(text(plan.active->metric));
        if (plan.active->add > 0) active_add_->setValue(int(plan.active->add));
        active_round_->setValue(int(plan.active->round));
        more_->setOpen(active_->isChecked());
    }
}

void SweepBuilder::openFile() {
    const QString file = ask_for_file_(this);
    if (file.isEmpty() || !engine_.engine()) return;
    inBackground(
        this,
        [file, &catalog = engine_.engine()->catalog()] {
            return sweep_plan_from_toml(QFile::encodeName(file).toStdString(), catalog);
        },
        [this](const Result<SweepPlan>& plan) {
            if (plan) return setPlan(*plan);
            problem_->setText(text(plan.error().message)); // until something is changed
            problem_->show();
        });
}

void SweepBuilder::baseChanged() {
    for (auto* axis : axes_) axis->setBase(form_->request());
    if (form_->spec() && engine_.engine()) {
        const Catalog& catalog = engine_.engine()->catalog();
        const auto* task = catalog.find(Group::task, form_->spec()->task.id);
        const auto* model = catalog.find(Group::model, form_->spec()->model.id);
        form_->setDataLine(task ? text(task->summary) : QString());
        form_->setModelLine(model ? text(model->summary) : QString());
    }
    // The Train page's form has the same fields; names are unique in the window.
    for (auto* part : form_->findChildren<QWidget*>())
        if (const QString name = part->objectName(); !name.isEmpty() &&
                                                     !name.startsWith(QStringLiteral("sweep-")) &&
                                                     !name.startsWith(QStringLiteral("qt_")))
            part->setObjectName(QStringLiteral("sweep-") + name);
    changed();
}

QStringList SweepBuilder::overs() const {
    QStringList all;
    for (const auto* axis : axes_) all << axis->text();
    return all;
}

std::optional<SweepPlan> SweepBuilder::make(QString& problem) const {
    if (!form_->spec()) {
        problem = tr("What all runs share, on the left, has something that cannot be");
        return std::nullopt;
    }
    SweepPlan plan;
    plan.base = form_->request();
    plan.base.task = form_->spec()->task.id;
    plan.base.seed = 0;
    for (const auto* axis : axes_) {
        if (!axis->axis()) {
            problem = axis->problem();
            return std::nullopt;
        }
        plan.axes.push_back(*axis->axis());
    }
    if (plan.axes.size() > 1 && plan.axes[0].name == plan.axes[1].name) {
        problem = tr("%1 is varied twice").arg(text(plan.axes[0].name));
        return std::nullopt;
    }
    plan.seeds = listed_seeds_;
    if (plan.seeds.empty())
        for (int i = 0; i < seeds_->value(); ++i)
            plan.seeds.push_back(std::uint64_t(first_seed_->value() + i));
    plan.draw_data = draw_data_->isChecked() && draw_data_->isEnabled();
    plan.threshold_error = threshold_->value();
    if (active_->isChecked() && active_->isEnabled())
        plan.active = ActivePlan{active_axis_->currentText().toStdString(),
                                 active_metric_->currentText().trimmed().toStdString(), active_add_->value(),
                                 active_round_->value()};
    if (origin_) {
        plan.view = origin_->view;
        Request base = origin_->base;
        base.task = plan.base.task;
        base.seed = 0;
        // Words about a plan hold only as long as it is that plan.
        const bool same = extended_ || (base == plan.base && origin_->axes == plan.axes);
        if (same) plan.title = origin_->title, plan.summary = origin_->summary;
    }
    return plan;
}

std::optional<SweepPlan> SweepBuilder::plan() const {
    QString problem;
    return make(problem);
}

QString SweepBuilder::problem() const {
    return problem_->isHidden() ? QString() : problem_->text();
}

int SweepBuilder::jobs() const {
    return jobs_->value();
}

void SweepBuilder::changed() {
    if (filling_ || !engine_.engine()) return;
    const auto* task =
        engine_.engine()->catalog().find(Group::task, form_->spec() ? form_->spec()->task.id : "");
    const bool draws =
        task && std::ranges::any_of(task->params, [](const auto& p) { return p.name == "data_seed"; });
    draw_data_->setEnabled(draws);
    draw_data_->setToolTip(draws
                               ? tr("task.data_seed follows the run's seed: intervals then are over data too")
                               : tr("This task's data are what they are: it has no data_seed"));
    seeds_note_->setVisible(!listed_seeds_.empty());
    if (!listed_seeds_.empty()) {
        QStringList all;
        for (std::size_t i = 0; i < std::min<std::size_t>(listed_seeds_.size(), 8); ++i)
            all << QString::number(listed_seeds_[i]);
        seeds_note_->setText(tr("as listed: %1%2")
                                 .arg(all.join(QStringLiteral(", ")),
                                      listed_seeds_.size() > 8 ? QStringLiteral(" …") : QString()));
    }
    QStringList numeric;
    for (const auto* axis : axes_)
        if (axis->axis() && axis->axis()->numbers()) numeric << text(axis->axis()->name);
    QStringList offered;
    for (int i = 0; i < active_axis_->count(); ++i) offered << active_axis_->itemText(i);
    if (numeric != offered && !numeric.isEmpty()) {
        const QString now = active_axis_->currentText();
        active_axis_->clear();
        active_axis_->addItems(numeric);
        active_axis_->setCurrentIndex(std::max(0, active_axis_->findText(now)));
    }
    active_->setEnabled(!numeric.isEmpty());
    for (QWidget* part : {static_cast<QWidget*>(active_axis_), static_cast<QWidget*>(active_metric_),
                          static_cast<QWidget*>(active_add_), static_cast<QWidget*>(active_round_)})
        part->setEnabled(active_->isChecked() && active_->isEnabled());
    active_axis_->setVisible(numeric.size() > 1);
    more_->setWord(active_->isChecked() && active_->isEnabled() ? tr("adds levels by itself") : QString());

    QString problem;
    const auto now = make(problem);
    // What stands beneath an axis need not be said again at the foot.
    const bool told = std::ranges::any_of(axes_, [](const auto* axis) { return !axis->axis(); });
    problem_->setText(told ? QString() : problem);
    problem_->setVisible(!problem_->text().isEmpty());
    spec_view_->setPlan(now, overs(), &engine_.engine()->catalog(),
                        name_->isEnabled() ? name_->text().trimmed() : QString(), jobs_->value());
    start_when_checked_ = false;
    if (!now || !checked_ || !(checked_->plan == *now) || checked_->jobs != jobs()) {
        checked_.reset();
        time_->cancel();
    }
    sayCost();
    if (now && !checked_)
        settle_.start();
    else
        settle_.stop();
}

/// Makes the cells off the GUI thread: whether they can be, and how many programs train them.
void SweepBuilder::check() {
    const auto now = plan();
    if (!now || checking_ || !engine_.engine()) return; // the answer on its way asks again
    checking_ = now;
    inBackground(
        this,
        [plan = *now, jobs = jobs(), engine = engine_.engine(),
         have = extended_ ? extended_->keys : std::vector<std::string>()] {
            auto found = std::make_shared<Check>();
            found->plan = plan;
            found->jobs = jobs;
            const auto made = guarded([&] {
                const auto cells = unwrap(sweep_cells(engine->catalog(), plan));
                const std::set<std::string> known(have.begin(), have.end());
                std::vector<RunSpec> specs;
                for (const auto& cell : cells) {
                    found->keys.push_back(cell.key);
                    specs.push_back(cell.spec);
                }
                for (const auto& group :
                     engine->groups(specs, most_members(specs.size(), std::size_t(jobs)))) {
                    ++(group.size() > 1 ? found->ensembles : found->alone);
                    std::vector<RunSpec> program;
                    for (const auto i : group)
                        if (!known.contains(cells[i].key)) program.push_back(specs[i]);
                    if (!program.empty()) found->fresh.push_back(std::move(program));
                }
            });
            if (!made) found->problem = text(made.error().message);
            return std::shared_ptr<const Check>(std::move(found));
        },
        [this](std::shared_ptr<const Check> found) {
            checking_.reset();
            const auto wanted = plan();
            if (!wanted || !(*wanted == found->plan) || found->jobs != jobs())
                return wanted ? check() : void();
            checked_ = std::move(found);
            problem_->setText(checked_->problem);
            problem_->setVisible(!checked_->problem.isEmpty());
            if (checked_->problem.isEmpty() && !start_when_checked_)
                time_->look(*engine_.engine(), checked_->fresh, std::size_t(checked_->jobs));
            sayCost();
            if (std::exchange(start_when_checked_, false)) start();
        });
}

void SweepBuilder::sayCost() {
    const auto now = plan();
    QString words;
    if (now) {
        std::size_t runs = now->seeds.size();
        for (const auto& axis : now->axes) runs *= axis.levels.size();
        words = runs == 1 ? tr("1 run") : tr("%1 runs").arg(count(runs));
        if (checked_ && checked_->problem.isEmpty()) {
            QStringList how;
            if (checked_->ensembles > 0)
                how << (checked_->ensembles == 1 ? tr("1 ensemble")
                                                 : tr("%1 ensembles").arg(count(checked_->ensembles)));
            if (checked_->alone > 0)
                how << (checked_->ensembles == 0 ? tr("each trained alone")
                                                 : tr("%1 trained alone").arg(count(checked_->alone)));
            if (!how.isEmpty() && runs > 1) words += QStringLiteral(": ") + how.join(QStringLiteral(", "));
        }
        if (extended_) {
            const auto have = extended_->keys.size();
            if (runs > have) words += tr(" · %1 more than now").arg(count(runs - have));
        }
        words += timeWords();
        if (now->active) words += tr(" · and levels added around the peak");
    }
    cost_->setText(words);
    start_->setEnabled(now && (!checked_ || checked_->problem.isEmpty()));
}

/// " · ≈ 12 s": of what is not trained yet, before levels are added.
QString SweepBuilder::timeWords() const {
    if (!checked_ || !checked_->problem.isEmpty() || checked_->fresh.empty()) return {};
    if (time_->seconds()) return QStringLiteral(" · ≈ %1").arg(text(format_duration(*time_->seconds())));
    return time_->measuring() ? tr(" · measuring the time…")
                              : tr(" · time not known: it cannot be measured now");
}

void SweepBuilder::start() {
    const auto now = plan();
    if (!now) {
        if (!form_->spec()) form_->showFirstInvalid();
        return;
    }
    if (!checked_) { // its cells are being made
        start_when_checked_ = true;
        settle_.stop();
        return check();
    }
    if (!checked_->problem.isEmpty()) return;
    time_->cancel(); // what is trained needs the cores
    SweepRecord sweep = extended_.value_or(SweepRecord{});
    sweep.plan = *now;
    sweep.keys = checked_->keys;
    if (!extended_) sweep.name = name_->text().trimmed().toStdString();
    Q_EMIT startWanted(sweep, jobs());
}

bool SweepBuilder::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && starts(*static_cast<QKeyEvent*>(event))) {
        event->accept(); // then it comes as a key, not as the window's shortcut
        return true;
    }
    return QWidget::event(event);
}

void SweepBuilder::keyPressEvent(QKeyEvent* event) {
    if (!starts(*event)) return QWidget::keyPressEvent(event);
    if (start_->isEnabled()) start();
}

void SweepBuilder::focusFirst() {
    if (axes_.empty())
        add_axis_->setFocus(Qt::OtherFocusReason);
    else
        axes_.front()->focusFirst();
}

} // namespace descent::ui
