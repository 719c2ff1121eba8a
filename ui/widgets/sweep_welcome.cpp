#include "ui/widgets/sweep_welcome.h"

#include "ui/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

QLabel* wrapped(const QString& text, const char* role) {
    auto* label = new QLabel(text);
    label->setProperty("role", QString::fromLatin1(role));
    label->setWordWrap(true);
    return label;
}

} // namespace

SweepWelcome::SweepWelcome(QWidget* parent)
    : QWidget(parent)
    , list_(new QVBoxLayout)
    , waiting_(wrapped(tr("The presets come with the engine, which is being loaded…"), "hint"))
    , new_(new QPushButton(tr("New sweep"))) {
    setObjectName(QStringLiteral("sweepWelcome"));
    auto* title = wrapped(tr("Many runs as one question"), "title");
    title->setObjectName(QStringLiteral("sweepWelcomeTitle"));
    auto* about =
        wrapped(tr("A sweep trains every combination of the values you choose, under several seeds: widths, "
                   "label noise, step sizes, initialisations. The grid fills cell by cell; double "
                   "descent, its threshold and its peak are found and drawn. Begin with one that is "
                   "known to show something, or with what the Train page holds."),
                "muted");
    new_->setObjectName(QStringLiteral("sweepWelcomeNew"));
    new_->setAccessibleName(tr("New sweep of what the Train page holds"));
    new_->setProperty("role", QStringLiteral("primary"));
    waiting_->setObjectName(QStringLiteral("sweepWelcomeWaiting"));
    list_->setSpacing(theme::kGrid);
    auto* inside = new QWidget;
    inside->setProperty("role", QStringLiteral("plain"));
    inside->setMaximumWidth(theme::kGrid * 90);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(title);
    column->addWidget(about);
    column->addSpacing(theme::kGrid / 2);
    column->addWidget(new_, 0, Qt::AlignLeft);
    column->addSpacing(theme::kGrid);
    column->addWidget(waiting_);
    column->addLayout(list_);
    column->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("sweepWelcomeScroll"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
    connect(new_, &QPushButton::clicked, this, &SweepWelcome::newWanted);
}

void SweepWelcome::setPresets(const std::vector<std::pair<std::string, SweepPlan>>& presets) {
    waiting_->setVisible(false);
    for (std::size_t i = 0; i < presets.size(); ++i) {
        const auto& [name, plan] = presets[i];
        const QString id = QString::fromStdString(name);
        const QString title = QString::fromStdString(plan.title.empty() ? name : plan.title);
        auto* card = new QFrame;
        card->setObjectName(QStringLiteral("sweepCard-") + id);
        card->setProperty("role", QStringLiteral("card"));
        auto* words = new QVBoxLayout;
        words->setSpacing(2);
        words->addWidget(wrapped(title, "heading"));
        if (!plan.summary.empty()) words->addWidget(wrapped(QString::fromStdString(plan.summary), "muted"));
        words->addWidget(wrapped(QString::fromStdString(describe(plan)), "hint"));
        auto* start = new QPushButton(tr("Start"));
        start->setObjectName(QStringLiteral("sweepStartPreset-") + id);
        start->setAccessibleName(tr("Start %1").arg(title));
        auto* open = new QPushButton(tr("Adjust…"));
        open->setObjectName(QStringLiteral("sweepOpenPreset-") + id);
        open->setAccessibleName(tr("Adjust %1 before it starts").arg(title));
        auto* buttons = new QVBoxLayout;
        buttons->setSpacing(theme::kGrid / 2);
        buttons->addWidget(start);
        buttons->addWidget(open);
        buttons->addStretch();
        auto* row = new QHBoxLayout(card);
        row->setContentsMargins(theme::kGrid * 2, theme::kGrid + 4, theme::kGrid + 4, theme::kGrid + 4);
        row->setSpacing(theme::kGrid * 2);
        row->addLayout(words, 1);
        row->addLayout(buttons);
        list_->addWidget(card);
        connect(start, &QPushButton::clicked, this, [this, i] { Q_EMIT startWanted(int(i)); });
        connect(open, &QPushButton::clicked, this, [this, i] { Q_EMIT openWanted(int(i)); });
    }
}

void SweepWelcome::setEngineProblem(const QString& reason) {
    waiting_->setText(reason);
    waiting_->setProperty("role", QStringLiteral("error"));
    theme::repolish(waiting_);
}

void SweepWelcome::focusFirst() {
    new_->setFocus(Qt::OtherFocusReason);
}

} // namespace descent::ui
