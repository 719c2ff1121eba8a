#include "ui/widgets/notice_bar.h"

#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>

#include <utility>

namespace descent::ui {

namespace {
constexpr int kLingerMs = 8000;
}

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent)
    , label_(new ElidedLabel)
    , progress_(new QProgressBar)
    , button_(new QPushButton) {
    setObjectName(QStringLiteral("runsNotice"));
    setProperty("role", QStringLiteral("card"));
    label_->setObjectName(QStringLiteral("runsNoticeText"));
    label_->setMode(Qt::ElideMiddle);
    progress_->setObjectName(QStringLiteral("exportProgress"));
    progress_->setAccessibleName(tr("How far it is"));
    progress_->setRange(0, 1000);
    progress_->setTextVisible(false);
    progress_->setFixedWidth(theme::kGrid * 20);
    button_->setObjectName(QStringLiteral("runsNoticeButton"));
    button_->setAccessibleName(tr("Dismiss the message"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(theme::kGrid * 2, theme::kGrid / 2, theme::kGrid, theme::kGrid / 2);
    line->setSpacing(theme::kGrid * 2);
    line->addWidget(label_, 1);
    line->addWidget(progress_);
    line->addWidget(button_);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (cancel_)
            cancel_();
        else
            hide();
    });
    hide();
}

QString NoticeBar::message() const {
    return isHidden() ? QString() : label_->text();
}

void NoticeBar::show(const QString& message, const char* role) {
    ++shown_;
    label_->setText(message);
    label_->setProperty("role", QString::fromLatin1(role));
    theme::repolish(label_);
    progress_->setVisible(working());
    button_->setText(working() ? tr("Cancel") : tr("Dismiss"));
    button_->setAccessibleName(working() ? tr("Cancel") : tr("Dismiss the message"));
    setAccessibleName(message);
    QFrame::show();
}

void NoticeBar::say(const QString& message) {
    cancel_ = {};
    show(message, "plain");
    QTimer::singleShot(kLingerMs, this, [this, mine = shown_] {
        if (mine == shown_) hide();
    });
}

void NoticeBar::complain(const QString& message) {
    cancel_ = {};
    show(message, "error");
}

void NoticeBar::begin(const QString& message, std::function<void()> cancel) {
    cancel_ = std::move(cancel);
    setProgress(0);
    show(message, "plain");
}

void NoticeBar::end() {
    cancel_ = {};
    hide();
}

void NoticeBar::setProgress(double fraction) {
    progress_->setValue(int(fraction * 1000));
}

} // namespace descent::ui
