#include "ui/widgets/sweep_header.h"

#include "core/base/format.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

using State = SweepListModel::State;

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

QPushButton* button(const char* name, const QString& text, const QString& icon, const QString& tip) {
    auto* b = new QPushButton(text);
    b->setObjectName(QString::fromLatin1(name));
    b->setAccessibleName(text);
    b->setToolTip(tip);
    if (!icon.isEmpty()) b->setIcon(theme::icon(icon));
    return b;
}

} // namespace

SweepHeader::SweepHeader(QWidget* parent)
    : QWidget(parent)
    , name_(new ElidedLabel)
    , state_(new QLabel)
    , what_(new ElidedLabel)
    , facts_(new ElidedLabel)
    , bar_(new QProgressBar)
    , note_(new QLineEdit) {
    setObjectName(QStringLiteral("sweepHeader"));
    name_->setObjectName(QStringLiteral("sweepTitle"));
    name_->setProperty("role", QStringLiteral("title"));
    name_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    state_->setObjectName(QStringLiteral("sweepState"));
    what_->setObjectName(QStringLiteral("sweepWhat"));
    what_->setProperty("role", QStringLiteral("muted"));
    facts_->setObjectName(QStringLiteral("sweepFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    facts_->setFont(theme::numberFont());
    bar_->setObjectName(QStringLiteral("sweepProgress"));
    bar_->setAccessibleName(tr("Progress of the sweep"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    stop_ = button("sweepStop", tr("Stop"), QStringLiteral("stop"),
                   tr("What is finished stays; the rest can be trained later"));
    kill_ =
        button("sweepKill", tr("End now"), QStringLiteral("close"),
               tr("Does not wait for the updates in hand: runs in progress begin again when it is resumed"));
    resume_ = button("sweepResume", tr("Resume"), QStringLiteral("play"), tr("Train what is missing"));
    extend_ = button("sweepExtend", tr("Extend…"), {}, tr("More levels or seeds; what is trained is kept"));
    restore_ = button("sweepRestoreButton", tr("Restore"), QStringLiteral("restore"), tr("Out of the trash"));
    note_->setObjectName(QStringLiteral("sweepNote"));
    note_->setAccessibleName(tr("Note on the sweep"));
    note_->setPlaceholderText(tr("note"));
    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid);
    top->addWidget(name_);
    top->addWidget(state_);
    top->addStretch(1);
    for (auto* b : {stop_, kill_, resume_, extend_, restore_}) top->addWidget(b);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(theme::kGrid * 2);
    middle->addWidget(what_, 3);
    middle->addWidget(note_, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(top);
    column->addLayout(middle);
    column->addWidget(facts_);
    column->addWidget(bar_);
    connect(stop_, &QPushButton::clicked, this, &SweepHeader::stopClicked);
    connect(kill_, &QPushButton::clicked, this, &SweepHeader::killClicked);
    connect(resume_, &QPushButton::clicked, this, &SweepHeader::resumeClicked);
    connect(extend_, &QPushButton::clicked, this, &SweepHeader::extendClicked);
    connect(restore_, &QPushButton::clicked, this, &SweepHeader::restoreClicked);
    connect(note_, &QLineEdit::editingFinished, this, [this] {
        if (std::exchange(note_kept_, note_->text()) != note_->text()) Q_EMIT noteEdited(note_->text());
    });
}

/// The button that was pressed goes: then the one in its place has the focus, not the note beneath.
void SweepHeader::keepFocus() {
    for (auto* b : {resume_, stop_, kill_, extend_, restore_})
        if (!b->isHidden() && b->isEnabled()) return b->setFocus(Qt::OtherFocusReason);
    setFocus(Qt::OtherFocusReason); // until there is one
}

void SweepHeader::show(const Facts& facts) {
    QWidget* focused = nullptr;
    for (QWidget* each :
         {static_cast<QWidget*>(this), static_cast<QWidget*>(stop_), static_cast<QWidget*>(kill_),
          static_cast<QWidget*>(resume_), static_cast<QWidget*>(extend_), static_cast<QWidget*>(restore_)})
        if (each->hasFocus()) focused = each;
    const auto& record = facts.item.record;
    const auto& status = facts.item.status;
    const QString id = QString::fromStdString(record.id), note = QString::fromStdString(record.note);
    if (id != id_ || (!note_->hasFocus() && note != note_->text())) {
        note_->setText(note);
        note_->setCursorPosition(0);
        note_kept_ = note;
    }
    id_ = id;
    name_->setText(QString::fromStdString(record.name));
    what_->setText(QString::fromStdString(describe(record.plan)));
    if (!record.plan.summary.empty())
        what_->setToolTip(QString::fromStdString(record.plan.summary));
    else
        what_->setToolTip({});
    const bool stopping = facts.progress && facts.progress->stopping;
    state_->setText(stopping ? tr("stopping…") : SweepListModel::stateWord(facts.state));
    const std::int64_t over = status.finished + status.diverged;
    QStringList parts{tr("%1 of %2 runs").arg(count(over), count(status.cells))};
    if (status.running > 0) parts << tr("%1 training").arg(count(status.running));
    if (status.diverged > 0) parts << tr("%1 diverged").arg(count(status.diverged));
    if (status.failed > 0) parts << tr("%1 failed").arg(count(status.failed));
    if (facts.progress && facts.progress->eta_seconds && !stopping)
        parts << tr("ETA %1").arg(QString::fromStdString(format_duration(*facts.progress->eta_seconds)));
    if (facts.progress && !facts.progress->doing.isEmpty()) parts << facts.progress->doing;
    if (facts.state == State::elsewhere) parts << tr("process %1").arg(record.pid);
    facts_->setText(parts.join(QStringLiteral(" · ")));
    double share = status.cells > 0 ? double(over) / double(status.cells) : 0;
    if (facts.progress && facts.progress->share && over < status.cells)
        share = std::max(share, *facts.progress->share); // runs in progress count in part
    bar_->setValue(int(1000 * share));
    bar_->setVisible(facts.state != State::complete);
    const bool trains = facts.state == State::training || facts.state == State::elsewhere;
    stop_->setVisible(trains && !(facts.progress && facts.progress->slow));
    stop_->setEnabled(!stopping);
    kill_->setVisible(facts.progress && facts.progress->slow);
    resume_->setVisible(!trains && facts.state != State::complete && !facts.trashed);
    resume_->setText(facts.state == State::to_come ? tr("Start") : tr("Resume"));
    resume_->setAccessibleName(resume_->text());
    extend_->setVisible(!facts.trashed);
    extend_->setEnabled(!trains);
    restore_->setVisible(facts.trashed);
    note_->setEnabled(!facts.trashed);
    if (focused && (focused == this || focused->isHidden() || !focused->isEnabled())) keepFocus();
}

} // namespace descent::ui
