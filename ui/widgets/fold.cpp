#include "ui/widgets/fold.h"

#include "ui/theme.h"

#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace descent::ui {

Fold::Fold(const QString& name, const QString& title, const QString& accessible, QWidget* parent)
    : QWidget(parent)
    , title_(title)
    , accessible_(accessible)
    , column_(new QVBoxLayout(this))
    , button_(new QToolButton)
    , body_(new QWidget) {
    button_->setObjectName(name);
    button_->setProperty("role", QStringLiteral("section"));
    button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button_->setIconSize({14, 14});
    button_->setFocusPolicy(Qt::StrongFocus);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(theme::kGrid / 2);
    column_->addWidget(button_, 0, Qt::AlignLeft);
    column_->addWidget(body_);
    connect(button_, &QToolButton::clicked, this, [this] { setOpen(!open_); });
    body_->hide();
    say({});
    setOpen(false);
}

void Fold::say(const QString& after) {
    const QString text = after.isEmpty() ? title_ : title_ + QStringLiteral(" · ") + after;
    if (button_->text() != text) button_->setText(text);
}

void Fold::setChanged(int count) {
    say(count > 0 ? tr("%1 changed").arg(count) : QString());
}

void Fold::setWord(const QString& word) {
    say(word);
}

void Fold::setOpen(bool open) {
    const bool other = std::exchange(open_, open) != open;
    body_->setVisible(open);
    button_->setIcon(theme::icon(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                                 &theme::mutedText));
    button_->setAccessibleName(tr("%1, %2").arg(accessible_, open ? tr("shown") : tr("hidden")));
    if (other) Q_EMIT toggled(open);
}

void Fold::setPreview(QWidget* widget) {
    preview_ = widget;
    if (widget) column_->insertWidget(1, widget);
}

QWidget* Fold::takePreview() {
    if (preview_) preview_->setParent(nullptr);
    return std::exchange(preview_, nullptr);
}

} // namespace descent::ui
