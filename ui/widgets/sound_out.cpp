#include "ui/widgets/sound_out.h"

#include "core/audio/clip.h"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QBuffer>
#include <QByteArray>
#include <QMediaDevices>
#include <QObject>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace descent::ui {

namespace {

/// `samples` in a format that a device takes: another rate by straight lines between samples (this is for
/// listening), the same on every channel.
QByteArray inFormat(const std::vector<float>& samples, const QAudioFormat& format) {
    const double step = double(kSampleRate) / format.sampleRate();
    const auto frames = qsizetype(double(samples.size()) / step);
    QByteArray bytes(frames * format.bytesPerFrame(), '\0');
    char* out = bytes.data();
    const auto put = [&](auto value) {
        std::memcpy(out, &value, sizeof value);
        out += sizeof value;
    };
    for (qsizetype i = 0; i < frames; ++i) {
        const double at = double(i) * step;
        const auto left = std::min(samples.size() - 1, std::size_t(at));
        const auto right = std::min(samples.size() - 1, left + 1);
        const double part = at - double(left);
        const double v = std::clamp(samples[left] * (1 - part) + samples[right] * part, -1.0, 1.0);
        for (int c = 0; c < format.channelCount(); ++c) switch (format.sampleFormat()) {
            case QAudioFormat::UInt8:
                put(quint8(std::lround(127.5 + 127.5 * v)));
                break;
            case QAudioFormat::Int16:
                put(qint16(std::lround(32767 * v)));
                break;
            case QAudioFormat::Int32:
                put(qint32(std::llround(2147483647.0 * v)));
                break;
            default:
                put(float(v));
                break;
            }
    }
    return bytes;
}

class DeviceOut : public QObject, public SoundOut {
public:
    DeviceOut() {
        connect(&devices_, &QMediaDevices::audioOutputsChanged, this, [this] {
            if (changed) changed();
        });
    }

    bool available() const override { return !QMediaDevices::defaultAudioOutput().isNull(); }

    void play(const std::vector<float>& samples) override {
        stop();
        const QAudioDevice device = QMediaDevices::defaultAudioOutput();
        if (device.isNull() || samples.empty()) return;
        QAudioFormat format;
        format.setSampleRate(kSampleRate);
        format.setChannelCount(1);
        format.setSampleFormat(QAudioFormat::Int16);
        if (!device.isFormatSupported(format)) format = device.preferredFormat();
        if (!format.isValid()) return;
        buffer_.setData(inFormat(samples, format));
        buffer_.open(QIODevice::ReadOnly);
        sink_ = std::make_unique<QAudioSink>(device, format);
        connect(sink_.get(), &QAudioSink::stateChanged, this, [this, turn = ++turn_](QAudio::State state) {
            // Idle: all of it has been played. The sink is still in use here, so it ends later.
            if (state != QAudio::IdleState && state != QAudio::StoppedState) return;
            QMetaObject::invokeMethod(
                this,
                [this, turn] {
                    if (turn == turn_) stop();
                },
                Qt::QueuedConnection);
        });
        sink_->start(&buffer_);
        if (changed) changed();
    }

    void stop() override {
        if (!sink_) return;
        sink_->disconnect(this);
        sink_->stop();
        sink_.reset();
        buffer_.close();
        if (changed) changed();
    }

    bool playing() const override { return sink_ != nullptr; }
    double position() const override { return sink_ ? double(sink_->processedUSecs()) / 1e6 : 0; }

private:
    int turn_ = 0; ///< which play() it is
    QMediaDevices devices_;
    QBuffer buffer_;
    std::unique_ptr<QAudioSink> sink_;
};

} // namespace

std::unique_ptr<SoundOut> makeSoundOut() {
    return std::make_unique<DeviceOut>();
}

} // namespace descent::ui
