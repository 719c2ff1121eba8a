#include "ui/widgets/clip_view.h"

#include "core/audio/clip.h"
#include "core/base/format.h"
#include "core/base/result.h"
#include "ui/state/background.h"
#include "ui/theme.h"
#include "ui/widgets/clip_picture.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/sound_out.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {
constexpr int kHeadMs = 33;
}

ClipView::ClipView(QWidget* parent)
    : QWidget(parent)
    , title_(new ElidedLabel)
    , play_(new QToolButton)
    , no_device_(new ElidedLabel(tr("no audio output on this machine")))
    , picture_(new ClipPicture) {
    setObjectName(QStringLiteral("clip"));
    setFocusPolicy(Qt::StrongFocus);
    title_->setObjectName(QStringLiteral("clipTitle"));
    title_->setProperty("role", QStringLiteral("heading"));
    play_->setObjectName(QStringLiteral("clipPlay"));
    play_->setFocusPolicy(Qt::TabFocus);
    no_device_->setObjectName(QStringLiteral("clipNoDevice"));
    no_device_->setProperty("role", QStringLiteral("muted"));
    no_device_->hide();
    picture_->setObjectName(QStringLiteral("clipPicture"));
    picture_->setAccessibleName(tr("Waveform and mel spectrogram"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(theme::kGrid / 2);
    bar->addWidget(play_);
    bar->addWidget(title_);
    bar->addWidget(no_device_, 1);
    bar->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGrid / 2, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(bar);
    column->addWidget(picture_, 1);
    connect(play_, &QToolButton::clicked, this, &ClipView::togglePlay);
    head_.setInterval(kHeadMs);
    connect(&head_, &QTimer::timeout, this, [this] { picture_->setHead(out().position()); });
    hint_ = tr("Choose a clip to see and hear it");
    clear();
}

ClipView::~ClipView() {
    if (out_) out_->changed = {};
}

SoundOut& ClipView::out() {
    if (!out_) setSoundOut(makeSoundOut());
    return *out_;
}

void ClipView::setSoundOut(std::unique_ptr<SoundOut> out) {
    out_ = std::move(out);
    out_->changed = [this] { updatePlay(); };
    updatePlay();
}

void ClipView::setHint(const QString& hint) {
    hint_ = hint;
    if (file_.isEmpty()) picture_->setMessage(hint_);
}

void ClipView::clear() {
    stop();
    ++generation_;
    file_.clear();
    words_.clear();
    problem_.clear();
    loading_ = false;
    title_->clear();
    picture_->setMessage(hint_);
    updatePlay();
}

void ClipView::show(const QString& file, const QString& title) {
    title_->setText(title);
    words_ = title;
    if (file == file_) return;
    stop();
    file_ = file;
    problem_.clear();
    loading_ = true;
    updatePlay(); // what is seen until the new picture is there cannot be played
    inBackground(
        this, [path = file.toStdString()] { return guarded([&] { return makeClipLook(read_clip(path)); }); },
        [this, turn = ++generation_](Result<ClipLook> look) {
            if (turn != generation_) return;
            loading_ = false;
            if (look) {
                picture_->setLook(std::move(*look));
            } else {
                problem_ = QString::fromStdString(look.error().message);
                picture_->setMessage(problem_);
            }
            picture_->setAccessibleDescription(describe());
            updatePlay();
            Q_EMIT shown();
        });
}

QString ClipView::describe() const {
    if (file_.isEmpty()) return hint_;
    if (!problem_.isEmpty()) return problem_;
    if (loading_ || !picture_->look()) return words_;
    const auto number = [](double v) { return QString::fromStdString(format_number(v, 2)); };
    return tr("%1, %2 s, loudest at %3 s")
        .arg(words_, number(picture_->look()->seconds), number(picture_->look()->loudest_at));
}

bool ClipView::canPlay() const {
    return out_ && out_->available() && !loading_ && picture_->look() && !picture_->look()->samples.empty();
}

void ClipView::play() {
    if (canPlay()) out().play(picture_->look()->samples);
}

void ClipView::stop() {
    if (out_) out_->stop();
}

void ClipView::togglePlay() {
    if (out_ && out_->playing())
        stop();
    else
        play();
}

void ClipView::updatePlay() {
    // Looking for devices takes time, so that is left until there is something to play.
    const bool something = picture_->look() && !loading_;
    if (something && !out_) return (void)out(); // comes back here
    const bool playing = out_ && out_->playing(), device = !out_ || out_->available();
    play_->setIcon(theme::icon(playing ? QStringLiteral("stop") : QStringLiteral("play")));
    play_->setAccessibleName(playing ? tr("Stop") : tr("Play"));
    play_->setToolTip(!device ? no_device_->text() : playing ? tr("Stop (Space)") : tr("Play (Space)"));
    play_->setAccessibleDescription(device ? QString() : no_device_->text());
    play_->setEnabled(playing || canPlay());
    no_device_->setVisible(!device);
    if (playing && !head_.isActive()) head_.start();
    if (!playing && head_.isActive()) {
        head_.stop();
        picture_->setHead(std::nullopt);
    }
}

void ClipView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (event->modifiers() == Qt::NoModifier &&
        (key == Qt::Key_Space || key == Qt::Key_Return || key == Qt::Key_Enter))
        return togglePlay();
    QWidget::keyPressEvent(event);
}

void ClipView::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    stop();
}

} // namespace descent::ui
