#pragma once

#include <QImage>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace descent::ui {

/// What a recording looks like: made by makeClipLook() off the GUI thread, then not changed.
struct ClipLook {
    std::vector<float> samples; ///< mono in ±1 at descent::kSampleRate
    QImage mel; ///< a column a frame, a row a band, low bands at the bottom; −60 dB … the loudest
    double seconds = 0;
    double loudest_at = 0; ///< seconds, the middle of the loudest frame
};
ClipLook makeClipLook(std::vector<float> samples);

/// Waveform over mel spectrogram on one time axis, with a play head. Thread: GUI.
class ClipPicture : public QWidget {
    Q_OBJECT
public:
    explicit ClipPicture(QWidget* parent = nullptr);
    void setLook(std::optional<ClipLook> look);
    void setMessage(const QString& message); ///< instead of a picture
    void setHead(std::optional<double> seconds);
    const std::optional<ClipLook>& look() const { return look_; }
    QString message() const { return message_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintWave(QPainter& painter, const QRectF& area) const;

    std::optional<ClipLook> look_;
    QString message_;
    std::optional<double> head_;
};

} // namespace descent::ui
