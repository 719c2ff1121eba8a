#include "ui/widgets/card_header.h"

#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

namespace descent::ui {

CardHeader::CardHeader(const QString& name, const QString& title, bool log_choice, QWidget* controls,
                       QMenu* menu, QWidget* parent)
    : QWidget(parent)
    , name_(name)
    , title_(title)
    , note_(new ElidedLabel) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    auto* heading = new QLabel(title_);
    heading->setProperty("role", QStringLiteral("heading"));
    heading->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred); // the note gives way, not the title
    heading->ensurePolished();
    heading->setMinimumWidth(heading->sizeHint().width());
    row->addWidget(heading);
    row->addSpacing(theme::kGrid - 2);
    note_->setObjectName(name_ + QStringLiteral("-note"));
    note_->setProperty("role", QStringLiteral("muted"));
    note_->setMinimumWidth(1);
    row->addWidget(note_, 1);
    if (log_choice) {
        linear_ = addButton("linear", tr("Linear axis"));
        linear_->setText(tr("lin"));
        log_ = addButton("log", tr("Logarithmic axis"));
        log_->setText(tr("log"));
        auto* group = new QButtonGroup(this);
        for (auto* button : {linear_, log_}) {
            button->setProperty("role", QStringLiteral("segment"));
            button->setCheckable(true);
            group->addButton(button);
            connect(button, &QToolButton::clicked, this,
                    [this, log = button == log_] { Q_EMIT logChosen(log); });
        }
        linear_->setChecked(true);
        row->addSpacing(theme::kGrid / 2);
    }
    if (controls) row->addWidget(controls);
    enlarge_ = addButton("enlarge", tr("Enlarge"));
    connect(enlarge_, &QToolButton::clicked, this, &CardHeader::enlargeClicked);
    setEnlarged(false);
    auto* more = addButton("more", tr("Copy, export, show as table"));
    more->setIcon(theme::icon(QStringLiteral("more"), &theme::mutedText));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(menu);
}

QToolButton* CardHeader::addButton(const char* part, const QString& accessible) {
    auto* button = new QToolButton;
    button->setObjectName(name_ + QLatin1Char('-') + QLatin1String(part));
    button->setAccessibleName(title_ + QStringLiteral(": ") + accessible);
    button->setToolTip(accessible);
    button->setFocusPolicy(Qt::TabFocus);
    layout()->addWidget(button);
    return button;
}

QString CardHeader::note() const {
    return note_->text();
}

void CardHeader::setNote(const QString& note) {
    note_->setText(note);
}

void CardHeader::setLog(bool log) {
    if (log_) (log ? log_ : linear_)->setChecked(true);
}

void CardHeader::setEnlarged(bool enlarged) {
    enlarge_->setIcon(
        theme::icon(enlarged ? QStringLiteral("shrink") : QStringLiteral("expand"), &theme::mutedText));
    enlarge_->setToolTip(enlarged ? tr("Back to all charts") : tr("Enlarge"));
}

} // namespace descent::ui
