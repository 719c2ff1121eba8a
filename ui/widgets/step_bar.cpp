#include "ui/widgets/step_bar.h"

#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kPace = 1400; ///< time enough to read a sentence
} // namespace

StepBar::StepBar(QWidget* parent)
    : QWidget(parent)
    , slider_(new QSlider(Qt::Horizontal))
    , words_(new QLabel) {
    setObjectName(QStringLiteral("labStepBar"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    start_ = addButton("labStart", "to-start", tr("To the first step"), tr("Home"));
    back_ = addButton("labBack", "step-back", tr("One step back"), tr("Left"));
    play_ = addButton("labPlay", "play", tr("Play the steps"), tr("Space"));
    next_ = addButton("labNext", "step", tr("One step forward"), tr("Right"));
    end_ = addButton("labEnd", "to-end", tr("To the last step"), tr("End"));
    for (auto* button : {start_, back_, play_, next_, end_}) row->addWidget(button);
    slider_->setObjectName(QStringLiteral("labSlider"));
    slider_->setAccessibleName(tr("Step"));
    slider_->setMinimumWidth(theme::kGrid * 8);
    words_->setObjectName(QStringLiteral("labStepWords"));
    words_->setProperty("role", QStringLiteral("muted"));
    row->addSpacing(theme::kGrid);
    row->addWidget(slider_, 1);
    row->addSpacing(theme::kGrid);
    row->addWidget(words_);
    timer_.setInterval(kPace);
    connect(&timer_, &QTimer::timeout, this, [this] {
        setStep(step_ + 1);
        if (step_ == last_) play(false);
    });
    connect(start_, &QToolButton::clicked, this, [this] { move(-last_); });
    connect(back_, &QToolButton::clicked, this, [this] { move(-1); });
    connect(play_, &QToolButton::clicked, this, [this] { play(!playing()); });
    connect(next_, &QToolButton::clicked, this, [this] { move(1); });
    connect(end_, &QToolButton::clicked, this, [this] { move(last_); });
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        if (value != step_) move(value - step_);
    });
    refresh();
}

QToolButton* StepBar::addButton(const char* name, const char* icon, const QString& accessible,
                                const QString& keys) {
    auto* button = new QToolButton;
    button->setObjectName(QString::fromLatin1(name));
    button->setIcon(theme::icon(QString::fromLatin1(icon)));
    button->setAccessibleName(accessible);
    button->setToolTip(tr("%1 (%2 on the graph)").arg(accessible, keys));
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

void StepBar::setLast(int last) {
    play(false);
    last_ = std::max(0, last);
    step_ = last_;
    refresh();
    Q_EMIT stepChanged(step_);
}

void StepBar::setStep(int step) {
    step = std::clamp(step, 0, last_);
    if (step == step_) return;
    step_ = step;
    refresh();
    Q_EMIT stepChanged(step_);
}

void StepBar::move(int by) {
    play(false);
    setStep(int(std::clamp<long long>(static_cast<long long>(step_) + by, 0, last_)));
}

void StepBar::play(bool on) {
    if (on && step_ == last_) setStep(0);
    if (on)
        timer_.start();
    else
        timer_.stop();
    refresh();
}

void StepBar::refresh() {
    const QSignalBlocker quiet(slider_);
    slider_->setRange(0, last_);
    slider_->setValue(step_);
    words_->setText(tr("step %1 of %2").arg(step_).arg(last_));
    for (auto* button : {start_, back_}) button->setEnabled(step_ > 0);
    for (auto* button : {next_, end_}) button->setEnabled(step_ < last_);
    play_->setIcon(theme::icon(playing() ? QStringLiteral("pause") : QStringLiteral("play")));
    play_->setAccessibleName(playing() ? tr("Pause") : tr("Play the steps"));
}

} // namespace descent::ui
