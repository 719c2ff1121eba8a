#include "ui/widgets/ladder_panel.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kSeeds = 3;
constexpr int kTitleWidth = theme::kGrid * 27; ///< pixels: the form is narrow
} // namespace

LadderPanel::LadderPanel(QWidget* parent)
    : QWidget(parent)
    , button_(new QPushButton(tr("Optimizer ladder…")))
    , box_(new QFrame)
    , rungs_(new QVBoxLayout)
    , seeds_(new QSpinBox)
    , estimate_(new QLabel)
    , problem_(new QLabel)
    , start_(new QPushButton(tr("Start the ladder"))) {
    setObjectName(QStringLiteral("ladderPanel"));
    button_->setObjectName(QStringLiteral("ladderButton"));
    button_->setAccessibleName(tr("Optimizer ladder"));
    button_->setProperty("role", QStringLiteral("link"));
    button_->setToolTip(tr("Trains this task with each regime from mini-batch SGD down to plain full-batch "
                           "descent and up again, and compares them"));
    box_->setObjectName(QStringLiteral("ladderBox"));
    box_->setProperty("role", QStringLiteral("card"));
    auto* about = new QLabel(tr("Trains each of these on the task, one after another, and compares them."));
    about->setProperty("role", QStringLiteral("hint"));
    about->setWordWrap(true);
    rungs_->setSpacing(2);
    seeds_->setObjectName(QStringLiteral("ladderSeeds"));
    seeds_->setAccessibleName(tr("Seeds of each rung"));
    seeds_->setRange(1, 99);
    seeds_->setValue(kSeeds);
    seeds_->setToolTip(tr("Runs of each rung, under the form's seed, the next, and so on"));
    estimate_->setObjectName(QStringLiteral("ladderEstimate"));
    estimate_->setProperty("role", QStringLiteral("muted"));
    problem_->setObjectName(QStringLiteral("ladderProblem"));
    problem_->setProperty("role", QStringLiteral("error"));
    problem_->setWordWrap(true);
    start_->setObjectName(QStringLiteral("ladderStart"));
    start_->setAccessibleName(tr("Start the ladder"));
    auto* seeds = new QHBoxLayout;
    auto* label = new QLabel(tr("seeds"));
    label->setBuddy(seeds_);
    seeds->addWidget(label);
    seeds->addWidget(seeds_);
    seeds->addStretch();
    seeds->addWidget(estimate_);
    auto* inside = new QVBoxLayout(box_);
    inside->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    inside->setSpacing(theme::kGrid / 2);
    inside->addWidget(about);
    inside->addLayout(rungs_);
    inside->addLayout(seeds);
    inside->addWidget(problem_);
    inside->addWidget(start_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(button_, 0, Qt::AlignLeft);
    column->addWidget(box_);
    box_->hide();
    hide(); // until there are rungs
    connect(button_, &QPushButton::clicked, this, [this] { setOpen(box_->isHidden()); });
    connect(seeds_, &QSpinBox::valueChanged, this, &LadderPanel::refresh);
    connect(start_, &QPushButton::clicked, this, [this] {
        QString problem;
        if (const auto wanted_plan = plan(problem)) {
            setOpen(false);
            Q_EMIT wanted(*wanted_plan);
        }
    });
}

void LadderPanel::setCatalog(const Catalog* catalog) {
    catalog_ = catalog;
    list();
}

void LadderPanel::setBase(const std::optional<Request>& base) {
    base_ = base;
    list();
}

void LadderPanel::setOpen(bool open) {
    box_->setVisible(open);
    refresh();
}

void LadderPanel::list() {
    if (!catalog_ || !base_) return refresh();
    std::vector<std::string> there;
    for (const auto& [id, check] : checks_) there.push_back(id);
    const auto rungs = ladder_regimes(*catalog_, base_->task);
    if (rungs != there) {
        for (const auto& [id, check] : checks_) delete check;
        checks_.clear();
        for (const auto& id : rungs) {
            const Entry* entry = catalog_->find(Group::regime, id);
            const QString title = QString::fromStdString(entry->title);
            auto* check = new QCheckBox(fontMetrics().elidedText(title, Qt::ElideRight, kTitleWidth));
            check->setObjectName(QStringLiteral("ladder-") + QString::fromStdString(id));
            check->setAccessibleName(title);
            check->setAccessibleDescription(QString::fromStdString(entry->summary));
            check->setToolTip(title + QStringLiteral(": ") + QString::fromStdString(entry->summary));
            check->setChecked(true);
            connect(check, &QCheckBox::toggled, this, &LadderPanel::refresh);
            rungs_->addWidget(check);
            checks_.emplace_back(id, check);
        }
    }
    setVisible(rungs.size() > 1);
    refresh();
}

std::optional<LadderPlan> LadderPanel::plan(QString& problem) const {
    if (!catalog_ || !base_) {
        problem = tr("The form has something that cannot be");
        return std::nullopt;
    }
    std::vector<std::string> only;
    for (const auto& [id, check] : checks_)
        if (check->isChecked()) only.push_back(id);
    if (only.empty()) {
        problem = tr("Choose at least one rung");
        return std::nullopt;
    }
    std::vector<std::uint64_t> seeds;
    for (int i = 0; i < seeds_->value(); ++i) seeds.push_back(base_->seed + std::uint64_t(i));
    auto made = ladder_plan(*catalog_, *base_, seeds, only);
    if (made)
        if (const auto requests = ladder_requests(*catalog_, *made); !requests)
            made = std::unexpected(requests.error());
    if (made) return *made;
    problem = QString::fromStdString(made.error().message);
    return std::nullopt;
}

void LadderPanel::refresh() {
    if (box_->isHidden()) return;
    QString problem;
    const auto made = plan(problem);
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    start_->setEnabled(made.has_value());
    estimate_->setText(made ? tr("%1 runs").arg(QString::fromStdString(
                                  format_count(std::int64_t(made->regimes.size() * made->seeds.size()))))
                            : QString());
}

} // namespace descent::ui
