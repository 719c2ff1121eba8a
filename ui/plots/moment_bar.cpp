#include "ui/plots/moment_bar.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kFrameMs = 120; ///< between steps while it plays

QString count(Update update) {
    return QString::fromStdString(format_count(update.count));
}

} // namespace

MomentBar::MomentBar(const QString& name, QWidget* parent)
    : QWidget(parent)
    , play_(new QToolButton)
    , slider_(new QSlider(Qt::Horizontal))
    , label_(new QLabel) {
    setObjectName(name);
    play_->setObjectName(name + QStringLiteral("Play"));
    play_->setCheckable(true);
    play_->setIcon(theme::icon(QStringLiteral("play"), &theme::mutedText));
    play_->setAccessibleName(tr("Play: slide through training"));
    play_->setToolTip(play_->accessibleName());
    play_->setFocusPolicy(Qt::StrongFocus);
    slider_->setObjectName(name + QStringLiteral("Slider"));
    slider_->setAccessibleName(tr("Moment of training"));
    slider_->setToolTip(tr("Moment of training: arrow keys go a step, Page Up and Down ten"));
    slider_->setPageStep(10);
    label_->setObjectName(name + QStringLiteral("Label"));
    label_->setProperty("role", QStringLiteral("muted"));
    label_->setMinimumWidth(
        label_->fontMetrics().horizontalAdvance(tr("after update %1").arg(QStringLiteral("1,000,000"))));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(play_);
    row->addWidget(slider_, 1);
    row->addWidget(label_);
    timer_.setInterval(kFrameMs);
    connect(slider_, &QSlider::valueChanged, this, &MomentBar::moved);
    connect(play_, &QToolButton::toggled, this, &MomentBar::play);
    connect(&timer_, &QTimer::timeout, this, [this] {
        if (busy_) return;
        if (slider_->value() >= slider_->maximum()) return play_->setChecked(false);
        slider_->setValue(slider_->value() + 1);
    });
    setMoments({});
}

std::optional<Update> MomentBar::moment() const {
    return at_;
}

void MomentBar::setMoments(std::vector<Update> moments) {
    if (moments == moments_ && slider_->maximum() == int(moments_.size())) return;
    moments_ = std::move(moments);
    {
        const QSignalBlocker quiet(slider_);
        slider_->setRange(0, int(moments_.size()));
    }
    setVisible(moments_.size() > 1);
    setMoment(at_);
}

void MomentBar::setMoment(std::optional<Update> moment) {
    if (moments_.size() < 2) moment.reset();
    int position = int(moments_.size());
    if (moment) {
        const auto after = std::ranges::lower_bound(moments_, *moment);
        position = std::min(int(after - moments_.begin()), int(moments_.size()) - 1);
    }
    const bool same = slider_->value() == position;
    slider_->setValue(position);
    if (same) moved(position); // the words at least
}

void MomentBar::moved(int position) {
    const bool end = position >= int(moments_.size());
    const auto at = end ? std::nullopt : std::optional(moments_[std::size_t(position)]);
    label_->setText(end ? tr("at the end") : tr("after update %1").arg(count(*at)));
    slider_->setAccessibleDescription(label_->text());
    if (at == at_) return;
    at_ = at;
    Q_EMIT chosen(at_);
}

void MomentBar::play(bool on) {
    play_->setIcon(theme::icon(on ? QStringLiteral("pause") : QStringLiteral("play"), &theme::mutedText));
    if (!on) return timer_.stop();
    if (slider_->value() >= slider_->maximum()) slider_->setValue(0);
    timer_.start();
}

} // namespace descent::ui
