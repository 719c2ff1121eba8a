#include "ui/widgets/busy_card.h"

#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {
constexpr int kBarWidth = theme::kGrid * 40;
}

BusyCard::BusyCard(QWidget* parent)
    : QWidget(parent)
    , title_(new QLabel)
    , bar_(new QProgressBar)
    , doing_(new ElidedLabel)
    , cancel_(new QPushButton(tr("Cancel"))) {
    setObjectName(QStringLiteral("busyCard"));
    title_->setObjectName(QStringLiteral("busyTitle"));
    title_->setProperty("role", QStringLiteral("heading"));
    title_->setAlignment(Qt::AlignCenter);
    bar_->setObjectName(QStringLiteral("busyProgress"));
    bar_->setTextVisible(false);
    bar_->setFixedWidth(kBarWidth);
    doing_->setObjectName(QStringLiteral("busyDoing"));
    doing_->setProperty("role", QStringLiteral("muted"));
    doing_->setAlignment(Qt::AlignCenter);
    doing_->setMode(Qt::ElideMiddle);
    doing_->setFixedWidth(kBarWidth);
    cancel_->setObjectName(QStringLiteral("busyCancel"));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(theme::kGrid);
    column->addStretch(2);
    column->addWidget(title_);
    column->addSpacing(theme::kGrid);
    column->addWidget(bar_, 0, Qt::AlignHCenter);
    column->addWidget(doing_, 0, Qt::AlignHCenter);
    column->addSpacing(theme::kGrid);
    column->addWidget(cancel_, 0, Qt::AlignHCenter);
    column->addStretch(3);
    connect(cancel_, &QPushButton::clicked, this, &BusyCard::cancelled);
}

void BusyCard::begin(const QString& title, bool may_cancel) {
    title_->setText(title);
    bar_->setAccessibleName(title);
    cancel_->setVisible(may_cancel);
    cancel_->setAccessibleName(tr("Cancel: %1").arg(title));
    setProgress(-1, {});
}

void BusyCard::setProgress(double share, const QString& doing) {
    // A range of nothing to nothing is the bar that runs to and fro.
    bar_->setRange(0, share > 0 ? 1000 : 0);
    bar_->setValue(share > 0 ? int(share * 1000) : 0);
    doing_->setText(doing);
}

void BusyCard::focusCancel() {
    cancel_->setFocus(Qt::OtherFocusReason);
}

} // namespace descent::ui
