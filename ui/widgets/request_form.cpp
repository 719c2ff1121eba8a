#include "ui/widgets/request_form.h"

#include "core/engine/engine.h"
#include "ui/theme.h"
#include "ui/widgets/fold.h"
#include "ui/widgets/param_fields.h"
#include "ui/widgets/part_section.h"
#include "ui/widgets/schedule_preview.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <thread>

namespace descent::ui {

namespace {

constexpr std::int64_t kMostSteps = 1'000'000'000;

std::string prefix(Group group) {
    return std::string(to_string(group)) + ".";
}

/// What the regime's preset sets that can be edited, so that editing it makes the regime a custom one.
bool ofRegime(const Entry* regime, const std::string& path) {
    return path.starts_with("regime.") ||
           (regime && std::ranges::any_of(regime->deltas, [&](const Delta& d) { return d.path == path; }));
}

constexpr const char *kUsualThreads = "usual", *kMeasured = "measured";

std::vector<std::string> threadChoices() {
    std::vector<std::string> all{kUsualThreads, kMeasured};
    for (unsigned n = 1; n <= std::max(1U, std::thread::hardware_concurrency()); ++n)
        all.push_back(std::to_string(n));
    return all;
}

std::optional<std::int64_t> whole(const ParamField& field) {
    if (!field.valid()) return std::nullopt;
    return field.text().trimmed().toLongLong();
}

} // namespace

RequestForm::RequestForm(QWidget* parent)
    : QWidget(parent)
    , scroll_(new QScrollArea)
    , problem_(new QLabel)
    , cost_(new QLabel)
    , train_(new QPushButton) {
    setObjectName(QStringLiteral("requestForm"));
    auto* inside = new QWidget;
    inside->setProperty("role", QStringLiteral("plain"));
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2 - kDotWidth,
                               theme::kGrid * 2);
    column->setSpacing(theme::kGrid * 2);
    parts_ = column;
    // In the order of reading: what, with which network, how, by which rule.
    for (const auto& [group, visible] :
         {std::pair{Group::task, 0}, {Group::model, 0}, {Group::regime, 0}, {Group::optimizer, 2}}) {
        auto* s = new PartSection(group, visible);
        sections_[std::size_t(group)] = s;
        column->addWidget(s);
        connect(s, &PartSection::chosen, this,
                [this, g = group](const QString& id) { choose(g, id.toStdString()); });
        connect(s, &PartSection::edited, this, &RequestForm::edit);
        connect(s, &PartSection::reset, this, &RequestForm::reset);
        connect(s, &PartSection::resetAll, this, &RequestForm::resetRegime);
    }
    preview_ = new SchedulePreview;
    section(Group::regime).fields().setPreview(QStringLiteral("Schedule"), preview_);
    connect(&section(Group::regime).fields(), &ParamFields::folded, this, &RequestForm::showPreview);
    auto* run = new QWidget;
    buildRun(run);
    column->addWidget(run);
    column->addWidget(makeDetail());
    column->addStretch();
    scroll_->setObjectName(QStringLiteral("formScroll"));
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(inside);

    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid * 2, theme::kGrid * 2);
    foot->setSpacing(theme::kGrid);
    problem_->setObjectName(QStringLiteral("formProblem"));
    problem_->setProperty("role", QStringLiteral("error"));
    problem_->setWordWrap(true);
    problem_->hide();
    cost_->setObjectName(QStringLiteral("cost"));
    cost_->setProperty("role", QStringLiteral("muted"));
    cost_->setWordWrap(true);
    train_->setObjectName(QStringLiteral("trainButton"));
    train_->setProperty("role", QStringLiteral("primary"));
    train_->setToolTip(tr("Train (Ctrl+Enter)"));
    setTrainText(tr("Train"));
    foot->addWidget(problem_);
    foot->addWidget(cost_);
    foot->addWidget(train_);
    // The button ends where the fields end, with a scroll bar and without.
    connect(scroll_->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this, foot](int low, int high) {
        const int bar = high > low ? scroll_->verticalScrollBar()->sizeHint().width() : 0;
        foot->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid * 2 + bar, theme::kGrid * 2);
    });
    foot_ = new QWidget;
    foot_->setLayout(foot);
    auto* line = new QFrame;
    line->setProperty("role", QStringLiteral("hairline"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(scroll_, 1);
    all->addWidget(line);
    all->addWidget(foot_);
    connect(train_, &QPushButton::clicked, this, &RequestForm::trainClicked);
}

/// What the regime sets, section by section: long, and seldom needed, so below what every run is asked for.
QWidget* RequestForm::makeDetail() {
    auto* detail = new QWidget;
    auto* column = new QVBoxLayout(detail);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    auto* caption = new QLabel(tr("REGIME IN DETAIL"));
    caption->setProperty("role", QStringLiteral("caption"));
    column->addWidget(caption);
    column->addWidget(&section(Group::regime).fields());
    return detail;
}

void RequestForm::buildRun(QWidget* parent) {
    auto* column = new QVBoxLayout(parent);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    auto* caption = new QLabel(tr("RUN"));
    caption->setProperty("role", QStringLiteral("caption"));
    column->addWidget(caption);
    auto* box = new QWidget;
    auto* grid = makeFormGrid(box);
    column->addWidget(box);
    seeds_ = new QWidget;
    auto* seeds_grid = makeFormGrid(seeds_);
    column->addWidget(seeds_);
    length_unit_ = new QComboBox;
    length_unit_->setObjectName(QStringLiteral("run.length-unit"));
    length_unit_->setAccessibleName(tr("Unit of the length"));
    length_unit_->addItems({tr("epochs"), tr("updates")});
    length_ = new ParamField(
        integer("length", 10, "How long to train: passes over the training set, or optimizer steps")
            .at_least(1)
            .at_most(double(kMostSteps)),
        QStringLiteral("run.length"), grid, 0, box, length_unit_);
    seed_ = new ParamField(
        integer("seed", 0, "Decides every random draw: the same seed gives the same curves").at_least(0),
        QStringLiteral("run.seed"), seeds_grid, 0, seeds_);
    replicates_ = new ParamField(
        integer("replicates", 1,
                "Runs of the same settings under this seed, the next, and so on, one after another")
            .at_least(1)
            .at_most(999),
        QStringLiteral("run.replicates"), seeds_grid, 2, seeds_);
    more_ = new Fold(QStringLiteral("run.more"), tr("More"), tr("More about the run"));
    column->addWidget(more_);
    run_ = column;
    auto* more_grid = makeFormGrid(more_->body());
    threads_ = new ParamField(
        choice(
            "threads", kUsualThreads, threadChoices(),
            "Processor threads. Usual: one, or as many as the run that is branched off. Measured: whatever a "
            "few updates before the run show to be fastest; small models often are on one"),
        QStringLiteral("run.threads"), more_grid, 0, more_->body());
    for (const auto& [field, usual] : {std::pair<ParamField*, Value>{seed_, std::int64_t{0}},
                                       {replicates_, std::int64_t{1}},
                                       {threads_, std::string(kUsualThreads)}}) {
        field->show(usual, std::nullopt);
        connect(field, &ParamField::reset, this, [this, field, usual] {
            field->show(usual, std::nullopt);
            resolve();
        });
        connect(field, &ParamField::edited, this, [this] { resolve(); });
    }
    connect(length_, &ParamField::edited, this, &RequestForm::readLength);
    connect(length_, &ParamField::reset, this, [this] {
        request_.epochs.reset();
        request_.updates.reset();
        refresh();
    });
    connect(length_unit_, &QComboBox::activated, this, [this] { readLength(length_->text()); });
}

void RequestForm::readLength(const QString&) {
    const bool updates = length_unit_->currentIndex() == 1;
    const auto count = whole(*length_);
    request_.epochs = updates ? std::nullopt : count;
    request_.updates = updates ? count : std::nullopt;
    resolve();
}

void RequestForm::setCatalog(const Catalog& catalog) {
    catalog_ = &catalog;
    refresh();
}

void RequestForm::setRequest(const Request& request) {
    request_ = request;
    seed_->show(std::int64_t{0}, QString::number(request.seed));
    refresh();
}

void RequestForm::setData(const Request& wanted) {
    if (!catalog_) return;
    if (!preset_ || preset_->task.id != wanted.task) choose(Group::task, wanted.task);
    std::erase_if(request_.settings,
                  [](const auto& setting) { return setting.first.starts_with(prefix(Group::task)); });
    for (const auto& [path, text] : wanted.settings)
        if (path.starts_with(prefix(Group::task))) request_.set(path, text);
    refresh();
}

int RequestForm::replicates() const {
    return int(whole(*replicates_).value_or(1));
}
int RequestForm::threads() const {
    const auto text = threads_->text();
    if (text == QLatin1String(kUsualThreads)) return 0;
    return text == QLatin1String(kMeasured) ? kMeasuredThreads : text.toInt();
}

void RequestForm::choose(Group group, const std::string& id) {
    if (!catalog_) return;
    request_.id(group) = id;
    const Entry* regime = group == Group::regime ? catalog_->find(group, id) : nullptr;
    std::erase_if(request_.settings, [&](const auto& setting) {
        if (group == Group::regime) return ofRegime(regime, setting.first); // the new preset as it is
        if (!setting.first.starts_with(prefix(group))) return false;
        // A size that both networks have is kept; step sizes of different rules are not alike.
        return group != Group::model ||
               !catalog_->find_param(group, id, setting.first.substr(prefix(group).size()));
    });
    if (group == Group::regime) request_.epochs = request_.updates = std::nullopt;
    if (group == Group::task) { // what cannot run the new task goes back to its preference
        for (const Group other : {Group::model, Group::optimizer, Group::regime}) {
            const Entry* entry = catalog_->find(other, request_.id(other));
            if (entry && !entry->tasks.empty() && std::ranges::count(entry->tasks, id) == 0)
                request_.id(other).clear();
        }
        request_.epochs = request_.updates = std::nullopt;
    }
    refresh();
}

void RequestForm::edit(const QString& path, const QString& text) {
    request_.set(path.toStdString(), text.toStdString());
    // What is as the preset has it is not a setting.
    for (auto* s : sections_)
        if (auto* field = s->fields().find(path); field && !field->changed())
            request_.unset(path.toStdString());
    resolve();
}

void RequestForm::reset(const QString& path) {
    request_.unset(path.toStdString());
    refresh();
}

void RequestForm::resetRegime() {
    if (!catalog_ || !preset_) return;
    const Entry* regime = catalog_->find(Group::regime, preset_->regime.id);
    std::erase_if(request_.settings, [&](const auto& setting) { return ofRegime(regime, setting.first); });
    refresh();
}

void RequestForm::refresh() {
    if (!catalog_) return;
    auto preset = catalog_->preset(request_);
    if (!preset) { // an entry that is gone: start from the task's preferences, and say so
        setCost(QString::fromStdString(preset.error().message));
        Request bare;
        bare.seed = request_.seed;
        preset = catalog_->preset(bare);
        if (!preset) return;
        request_ = bare;
    }
    preset_ = *preset;
    const std::array<const Part*, 4> parts{&preset_->task, &preset_->model, &preset_->optimizer,
                                           &preset_->regime};
    for (const Group group : kGroups)
        section(group).show(*catalog_, *parts[std::size_t(group)], request_, preset_->task.id);
    const bool by_updates = request_.updates || (!request_.epochs && preset_->budget.updates);
    length_unit_->setCurrentIndex(by_updates ? 1 : 0);
    const auto length = preset_->budget.epochs ? preset_->budget.epochs : preset_->budget.updates;
    const auto typed = request_.epochs ? request_.epochs : request_.updates;
    length_->show(length.value_or(10), typed ? std::optional(QString::number(*typed)) : std::nullopt);
    resolve();
}

void RequestForm::resolve() {
    if (!catalog_) return;
    if (const auto seed = whole(*seed_)) request_.seed = std::uint64_t(*seed);
    const bool typed_well = seed_->valid() && replicates_->valid() && threads_->valid() && length_->valid();
    const auto resolved = catalog_->resolve(request_);
    spec_ = resolved && typed_well ? std::optional(*resolved) : std::nullopt;
    // What no single field can show: a message about several of them together.
    const bool marked =
        !typed_well || std::ranges::any_of(sections_, [](auto* s) { return s->fields().firstInvalid(); });
    problem_->setText(resolved || marked ? QString() : QString::fromStdString(resolved.error().message));
    problem_->setVisible(!problem_->text().isEmpty());
    if (shared_) foot_->setVisible(!problem_->text().isEmpty());
    const int n = replicates();
    setTrainText(n > 1 ? tr("Train %1 runs").arg(n) : tr("Train"));
    showCustom();
    Q_EMIT changed();
}

void RequestForm::showCustom() {
    const Entry* regime = preset_ ? catalog_->find(Group::regime, preset_->regime.id) : nullptr;
    const bool custom = regime && std::ranges::any_of(request_.settings, [&](const auto& setting) {
                            if (!ofRegime(regime, setting.first)) return false;
                            for (auto* s : sections_)
                                if (auto* f = s->fields().find(QString::fromStdString(setting.first)))
                                    return f->changed();
                            return false;
                        });
    section(Group::regime).setCustom(custom ? QString::fromStdString(regime->title) : QString());
}

bool RequestForm::showFirstInvalid() {
    // Once what was folded away has been laid out.
    QTimer::singleShot(0, this, [this] {
        if (QWidget* at = focusWidget()) scroll_->ensureWidgetVisible(at, 0, theme::kGrid * 4);
    });
    for (const Group group : {Group::task, Group::model, Group::regime, Group::optimizer})
        if (auto* field = section(group).fields().firstInvalid())
            return section(group).fields().reveal(field);
    for (auto* field : {length_, seed_, replicates_, threads_}) {
        if (field->valid()) continue;
        if (field == threads_) more_->setOpen(true);
        field->focus();
        return true;
    }
    return false;
}

void RequestForm::setDataLine(const QString& text) {
    section(Group::task).setDetail(text);
}
void RequestForm::setModelLine(const QString& text) {
    section(Group::model).setDetail(text);
}

void RequestForm::setRefusal(const QString& reason) {
    const auto names =
        [text = reason.toStdString()](Group group) { // "regime.precision = …", "optimizer lion: …"
            return text.starts_with(prefix(group)) || text.starts_with(std::string(to_string(group)) + " ");
        };
    const auto named = std::ranges::find_if(kGroups, names);
    const Group at = named == kGroups.end() ? Group::task : *named;
    for (const Group group : kGroups) {
        section(group).setRefusal(group == at ? reason : QString());
        section(group).fields().setRefusal(reason.toStdString());
    }
}

void RequestForm::setCost(const QString& text, const QString& tool_tip) {
    cost_->setText(text);
    cost_->setToolTip(tool_tip);
}

void RequestForm::setStepNote(const QString& text) {
    if (auto* field = section(Group::optimizer).fields().find(QStringLiteral("optimizer.lr")))
        field->setHint(text);
}

void RequestForm::setPlan(const SchedulePlan& plan) {
    preview_->setPlan(plan);
    showPreview();
}

/// A constant step size is shown only to those who look for it.
void RequestForm::showPreview() {
    const bool open = section(Group::regime).fields().sectionOpen(QStringLiteral("Schedule"));
    preview_->setVisible(!preview_->plan().lr.empty() && (open || !preview_->plan().constant));
}

void RequestForm::addToRun(QWidget* widget) {
    run_->addWidget(widget);
}

void RequestForm::reveal(QWidget& part) {
    QTimer::singleShot(0, &part, [this, &part] { scroll_->ensureWidgetVisible(&part, 0, theme::kGrid * 2); });
}

void RequestForm::setShared() {
    for (QWidget* own :
         {seeds_, static_cast<QWidget*>(more_), static_cast<QWidget*>(train_), static_cast<QWidget*>(cost_)})
        own->hide();
    shared_ = true;
    foot_->hide();
    setAccessibleName(tr("What all runs share"));
}

void RequestForm::addToTop(QWidget* widget) {
    parts_->insertWidget(0, widget);
}

void RequestForm::addToRegime(QWidget* widget) {
    section(Group::regime).addBelow(widget);
}

void RequestForm::setTrainText(const QString& text) {
    train_->setText(text);
    train_->setAccessibleName(text);
}

} // namespace descent::ui
