#include "ui/widgets/empty_state.h"

#include "ui/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace descent::ui {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , title_(new QLabel)
    , text_(new QLabel)
    , button_(new QPushButton)
    , other_(new QPushButton) {
    setObjectName(QStringLiteral("emptyState"));
    title_->setObjectName(QStringLiteral("emptyStateTitle"));
    title_->setProperty("role", QStringLiteral("title"));
    title_->setAlignment(Qt::AlignCenter);
    text_->setObjectName(QStringLiteral("emptyStateText"));
    text_->setProperty("role", QStringLiteral("muted"));
    text_->setAlignment(Qt::AlignCenter);
    text_->setWordWrap(true);
    text_->setMinimumWidth(theme::kGrid * 20);
    text_->setMaximumWidth(theme::kGrid * 56);
    button_->setObjectName(QStringLiteral("emptyStateButton"));
    button_->setProperty("role", QStringLiteral("primary"));
    other_->setObjectName(QStringLiteral("emptyStateOther"));
    other_->setAccessibleName(tr("Another way"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 3, theme::kGrid * 3, theme::kGrid * 3, theme::kGrid * 3);
    column->setSpacing(theme::kGrid);
    column->addStretch(2);
    column->addWidget(title_);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(text_, 10);
    row->addStretch();
    column->addLayout(row);
    column->addSpacing(theme::kGrid);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addStretch();
    buttons->addWidget(button_);
    buttons->addWidget(other_);
    buttons->addStretch();
    column->addLayout(buttons);
    column->addStretch(3);
    connect(button_, &QPushButton::clicked, this, &EmptyState::acted);
    connect(other_, &QPushButton::clicked, this, &EmptyState::actedOtherwise);
}

void EmptyState::set(const QString& title, const QString& text, const QString& action, const QString& other) {
    title_->setText(title);
    text_->setText(text);
    button_->setText(action);
    button_->setAccessibleName(action);
    button_->setVisible(!action.isEmpty());
    other_->setText(other);
    if (!other.isEmpty()) other_->setAccessibleName(other);
    other_->setVisible(!other.isEmpty());
}

QString EmptyState::title() const {
    return title_->text();
}

} // namespace descent::ui
