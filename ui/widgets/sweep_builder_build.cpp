// How the sweep's builder is put together.

#include "ui/state/engine_host.h"
#include "ui/state/sweep_cost.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/fold.h"
#include "ui/widgets/menu_button.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/sweep_axis_edit.h"
#include "ui/widgets/sweep_builder.h"
#include "ui/widgets/sweep_spec_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedWidget>

#include <algorithm>
#include <thread>

namespace descent::ui {

namespace {

constexpr int kFormWidth = theme::kGrid * 37;
constexpr int kSettleMs = 250;

QLabel* caption(const QString& words) {
    auto* label = new QLabel(words);
    label->setProperty("role", QStringLiteral("caption"));
    return label;
}

QLabel* word(const QString& words, QWidget* buddy = nullptr) {
    auto* label = new QLabel(words);
    if (buddy) label->setBuddy(buddy);
    return label;
}

QSpinBox* spin(const char* name, const QString& accessible, int least, int most, int value) {
    auto* box = new QSpinBox;
    box->setObjectName(QString::fromLatin1(name));
    box->setAccessibleName(accessible);
    box->setRange(least, most);
    box->setValue(value);
    box->setFont(theme::numberFont());
    return box;
}

QHBoxLayout* row() {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(theme::kGrid);
    layout->setContentsMargins(0, 0, 0, 0);
    return layout;
}

QWidget* plain(QWidget* widget = new QWidget) {
    widget->setProperty("role", QStringLiteral("plain"));
    return widget;
}

} // namespace

SweepBuilder::SweepBuilder(EngineHost& engine, QWidget* parent)
    : QWidget(parent)
    , engine_(engine)
    , ask_for_file_([](QWidget* over) {
        return QFileDialog::getOpenFileName(over, tr("Open a sweep"), {},
                                            tr("Sweeps (*.toml);;All files (*)"));
    })
    , time_(new SweepCost(this))
    , stack_(new QStackedWidget)
    , form_(new RequestForm)
    , right_(new QStackedWidget)
    , spec_view_(new SweepSpecView) {
    setObjectName(QStringLiteral("sweepBuilder"));
    setAccessibleName(tr("What the sweep trains"));
    form_->setShared();
    form_->setFixedWidth(kFormWidth);
    auto* loading = new QLabel(tr("Loading the engine…"));
    loading->setObjectName(QStringLiteral("sweepBuilderLoading"));
    loading->setProperty("role", QStringLiteral("muted"));
    loading->setAlignment(Qt::AlignCenter);
    loading->setWordWrap(true);

    right_->addWidget(makeSettings());
    right_->addWidget(spec_view_);
    auto* side = new QWidget;
    auto* side_column = new QVBoxLayout(side);
    side_column->setContentsMargins(theme::kGrid * 2, theme::kGrid, 0, 0);
    side_column->setSpacing(theme::kGrid);
    side_column->addWidget(right_, 1);
    side_column->addWidget(makeFoot());
    auto* form_frame = new QFrame;
    form_frame->setProperty("role", QStringLiteral("card"));
    auto* form_box = new QVBoxLayout(form_frame);
    form_box->setContentsMargins(1, 1, 1, 1);
    form_box->addWidget(form_);
    auto* body = new QWidget;
    auto* across = new QHBoxLayout(body);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    across->addWidget(form_frame);
    across->addWidget(side, 1);
    stack_->addWidget(loading);
    stack_->addWidget(body);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(makeHead());
    column->addWidget(stack_, 1);

    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, this, &SweepBuilder::check);
    connect(time_, &SweepCost::changed, this, &SweepBuilder::sayCost);
    connect(form_, &RequestForm::changed, this, &SweepBuilder::baseChanged);
    connect(&engine_, &EngineHost::ready, this, &SweepBuilder::engineReady);
    connect(&engine_, &EngineHost::failed, this, [loading](const QString& reason) {
        loading->setProperty("role", QStringLiteral("error"));
        theme::repolish(loading);
        loading->setText(reason + tr("\n\nStored sweeps can still be read and exported."));
    });
    if (engine_.engine())
        engineReady();
    else if (!engine_.error().isEmpty())
        loading->setText(engine_.error());
}

QWidget* SweepBuilder::makeHead() {
    title_ = new ElidedLabel(tr("New sweep"));
    title_->setObjectName(QStringLiteral("sweepBuilderTitle"));
    title_->setProperty("role", QStringLiteral("title"));
    auto* preset = new MenuButton("sweepFromPreset", tr("Begin from a preset"));
    preset->setText(tr("From preset"));
    preset->setToolTip(tr("Fill in a sweep that is known to show something"));
    preset_menu_ = preset->menu();
    preset->setEnabled(false);
    preset_ = preset;
    file_ = new QPushButton(tr("From file…"));
    file_->setObjectName(QStringLiteral("sweepFromFile"));
    file_->setAccessibleName(tr("Begin from a TOML file"));
    file_->setToolTip(tr("Read a sweep's TOML file"));
    spec_button_ = new QPushButton(tr("Spec"));
    spec_button_->setObjectName(QStringLiteral("sweepSpecButton"));
    spec_button_->setAccessibleName(tr("Show the sweep as text"));
    spec_button_->setToolTip(tr("The same as a file, a command line, or JSON"));
    spec_button_->setCheckable(true);
    auto* head = new QWidget;
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme::kGrid);
    line->addWidget(title_, 1);
    line->addWidget(preset_);
    line->addWidget(file_);
    line->addWidget(spec_button_);
    connect(file_, &QPushButton::clicked, this, &SweepBuilder::openFile);
    connect(spec_button_, &QPushButton::toggled, this,
            [this](bool text_shown) { right_->setCurrentIndex(text_shown ? 1 : 0); });
    return head;
}

QWidget* SweepBuilder::makeSettings() {
    auto* inside = plain();
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid * 2);
    auto* axes = new QWidget;
    axes_box_ = new QVBoxLayout(axes);
    axes_box_->setContentsMargins(0, 0, 0, 0);
    axes_box_->setSpacing(theme::kGrid);
    add_axis_ = new QPushButton;
    add_axis_->setObjectName(QStringLiteral("sweepAddAxis"));
    add_axis_->setAccessibleName(tr("Vary another parameter"));
    add_axis_->setProperty("role", QStringLiteral("link"));
    connect(add_axis_, &QPushButton::clicked, this, [this] {
        addAxis()->focusFirst();
        changed();
    });
    auto* vary = new QWidget;
    auto* vary_column = new QVBoxLayout(vary);
    vary_column->setContentsMargins(0, 0, 0, 0);
    vary_column->setSpacing(theme::kGrid);
    vary_column->addWidget(axes);
    vary_column->addWidget(add_axis_, 0, Qt::AlignLeft);
    column->addWidget(vary);
    column->addWidget(makeSeeds());
    column->addWidget(makeMore());
    column->addStretch();
    scroll_ = new QScrollArea;
    scroll_->setObjectName(QStringLiteral("sweepSettings"));
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(inside);
    return scroll_;
}

QWidget* SweepBuilder::makeSeeds() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(caption(tr("SEEDS")));
    seeds_ = spin("sweepSeeds", tr("Number of seeds"), 1, 100'000, 5);
    seeds_->setToolTip(tr("Each combination is trained once under each seed"));
    first_seed_ = spin("sweepFirstSeed", tr("First seed"), 0, INT_MAX / 2, 0);
    seeds_note_ = new QLabel;
    seeds_note_->setObjectName(QStringLiteral("sweepSeedsNote"));
    seeds_note_->setProperty("role", QStringLiteral("muted"));
    seeds_note_->hide();
    auto* line = row();
    line->addWidget(seeds_);
    line->addWidget(word(tr("seeds from"), first_seed_));
    line->addWidget(first_seed_);
    line->addWidget(seeds_note_);
    line->addStretch();
    column->addLayout(line);
    draw_data_ = new QCheckBox(tr("Each seed draws its own data"));
    draw_data_->setObjectName(QStringLiteral("sweepDrawData"));
    column->addWidget(draw_data_);
    for (auto* each : {seeds_, first_seed_})
        connect(each, &QSpinBox::valueChanged, this, [this] {
            if (!filling_) listed_seeds_.clear();
            changed();
        });
    connect(draw_data_, &QCheckBox::toggled, this, &SweepBuilder::changed);
    return box;
}

QWidget* SweepBuilder::makeMore() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    name_ = new QLineEdit;
    name_->setObjectName(QStringLiteral("sweepName"));
    name_->setAccessibleName(tr("Name of the sweep"));
    name_->setPlaceholderText(tr("named by itself"));
    name_->setMaxLength(120);
    jobs_ = spin("sweepJobs", tr("Processes at once"), 1, 256,
                 int(std::max(1U, std::thread::hardware_concurrency())));
    jobs_->setToolTip(tr("How many processes train at once, each on one thread"));
    auto* names = row();
    names->addWidget(word(tr("name"), name_));
    names->addWidget(name_, 1);
    auto* processes = row();
    processes->addWidget(word(tr("processes at once"), jobs_));
    processes->addWidget(jobs_);
    processes->addStretch();

    more_ = new Fold(QStringLiteral("sweepMore"), tr("Around the peak"), tr("What is done around the peak"));
    auto* inside = new QVBoxLayout(more_->body());
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(theme::kGrid / 2);
    active_ = new QCheckBox(tr("Add levels where the peak is least certain"));
    active_->setObjectName(QStringLiteral("sweepActive"));
    active_->setToolTip(
        tr("When the levels above are trained, further ones are put into the gaps that the peak "
           "of the error may lie in, as the seeds have it"));
    active_add_ = spin("sweepActiveAdd", tr("Levels to add"), 1, 1000, int(ActivePlan{}.add));
    active_round_ = spin("sweepActiveRound", tr("Levels at a time"), 1, 1000, int(ActivePlan{}.round));
    active_axis_ = new QComboBox;
    active_axis_->setObjectName(QStringLiteral("sweepActiveAxis"));
    active_axis_->setAccessibleName(tr("Axis that gets more levels"));
    active_axis_->hide();
    active_metric_ = new QComboBox;
    active_metric_->setObjectName(QStringLiteral("sweepActiveMetric"));
    active_metric_->setAccessibleName(tr("What has the peak"));
    active_metric_->setEditable(true);
    active_metric_->addItems({QStringLiteral("test/error"), QStringLiteral("test/loss"),
                              QStringLiteral("validation/error"), QStringLiteral("validation/loss")});
    auto* how_many = row();
    how_many->addWidget(active_add_);
    how_many->addWidget(word(tr("levels,"), active_add_));
    how_many->addWidget(active_round_);
    how_many->addWidget(word(tr("at a time"), active_round_));
    how_many->addStretch();
    auto* of = row();
    of->addWidget(word(tr("peak of"), active_metric_));
    of->addWidget(active_metric_, 1);
    of->addWidget(active_axis_, 1);
    threshold_ = new QDoubleSpinBox;
    threshold_->setObjectName(QStringLiteral("sweepThreshold"));
    threshold_->setAccessibleName(tr("Train error that counts as interpolated"));
    threshold_->setRange(0, 1000);
    threshold_->setDecimals(3);
    threshold_->setSingleStep(0.01);
    threshold_->setValue(SweepPlan{}.threshold_error);
    threshold_->setToolTip(
        tr("The interpolation threshold is the first level whose train error is this or less"));
    auto* threshold = row();
    threshold->addWidget(word(tr("interpolated at train error ≤"), threshold_));
    threshold->addWidget(threshold_);
    threshold->addStretch();
    inside->addWidget(active_);
    inside->addLayout(how_many);
    inside->addLayout(of);
    inside->addLayout(threshold);
    column->addWidget(caption(tr("HOW")));
    column->addLayout(names);
    column->addLayout(processes);
    column->addWidget(more_);
    connect(active_, &QCheckBox::toggled, this, &SweepBuilder::changed);
    for (auto* each : {active_add_, active_round_, jobs_})
        connect(each, &QSpinBox::valueChanged, this, &SweepBuilder::changed);
    connect(threshold_, &QDoubleSpinBox::valueChanged, this, &SweepBuilder::changed);
    connect(active_axis_, &QComboBox::activated, this, &SweepBuilder::changed);
    connect(active_metric_, &QComboBox::currentTextChanged, this, &SweepBuilder::changed);
    connect(name_, &QLineEdit::textEdited, this, &SweepBuilder::changed);
    return box;
}

QWidget* SweepBuilder::makeFoot() {
    problem_ = new QLabel;
    problem_->setObjectName(QStringLiteral("sweepProblem"));
    problem_->setProperty("role", QStringLiteral("error"));
    problem_->setWordWrap(true);
    problem_->hide();
    cost_ = new QLabel;
    cost_->setObjectName(QStringLiteral("sweepCost"));
    cost_->setProperty("role", QStringLiteral("muted"));
    cost_->setFont(theme::numberFont());
    cost_->setWordWrap(true);
    start_ = new QPushButton(tr("Start"));
    start_->setObjectName(QStringLiteral("sweepStart"));
    start_->setProperty("role", QStringLiteral("primary"));
    start_->setAccessibleName(tr("Start the sweep"));
    start_->setToolTip(tr("Start the sweep (Ctrl+Enter)"));
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("sweepCancel"));
    cancel_->setAccessibleName(tr("Give up the new sweep"));
    auto* foot = new QWidget;
    auto* column = new QVBoxLayout(foot);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(problem_);
    column->addWidget(cost_);
    auto* buttons = row();
    buttons->addWidget(start_, 1);
    buttons->addWidget(cancel_);
    column->addLayout(buttons);
    connect(start_, &QPushButton::clicked, this, &SweepBuilder::start);
    connect(cancel_, &QPushButton::clicked, this, &SweepBuilder::cancelled);
    return foot;
}

} // namespace descent::ui
