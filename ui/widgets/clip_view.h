#pragma once

#include <QString>
#include <QTimer>
#include <QWidget>

#include <memory>

class QToolButton;

namespace descent::ui {

class ClipPicture;
class ElidedLabel;
class SoundOut;

/// One recording: what it is called, its waveform over its mel spectrogram on one time axis, and a button
/// that plays it. Decoding and features are done on a pool thread; a file that cannot be shown becomes one
/// line in place of the picture. Keys while it has the focus: Space, Enter and Return play or stop. Object
/// names, under objectName() (default "clip"): "clipTitle", "clipPlay", "clipPicture". Thread: GUI.
class ClipView : public QWidget {
    Q_OBJECT
public:
    explicit ClipView(QWidget* parent = nullptr);
    ~ClipView() override;

    using QWidget::show;
    /// Shows `file` (absolute, anything that core/audio/clip.h reads) under `title`; stops what is playing.
    /// The same file again changes the title only, so that a list may call it on every refresh.
    void show(const QString& file, const QString& title);
    void clear();                      ///< nothing is chosen
    void setHint(const QString& hint); ///< said where nothing is chosen: "Choose a clip to see and hear it"
    const QString& file() const { return file_; }       ///< "" where nothing is shown
    bool loading() const { return loading_; }           ///< the picture is being made
    const QString& problem() const { return problem_; } ///< why the file cannot be shown; "" where it is
    QString describe() const; ///< one sentence for a screen reader: "eight, 0.98 s, loudest at 0.41 s"

    bool canPlay() const; ///< there is a device, and sound to play
    void play();          ///< from the start; nothing where it cannot
    void stop();
    void togglePlay(); ///< what Space does: for lists that forward their keys

    /// Replaces the machine's sound output. For tests; owned.
    void setSoundOut(std::unique_ptr<SoundOut> out);

Q_SIGNALS:
    void shown(); ///< the picture or the problem of file() is there

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override; ///< stops playing

private:
    void updatePlay();
    SoundOut& out(); ///< made when the first clip is shown: looking for devices takes time

    QString file_, words_, problem_, hint_;
    bool loading_ = false;
    int generation_ = 0;
    QTimer head_;
    std::unique_ptr<SoundOut> out_;
    ElidedLabel* title_;
    QToolButton* play_;
    ElidedLabel* no_device_;
    ClipPicture* picture_;
};

} // namespace descent::ui
