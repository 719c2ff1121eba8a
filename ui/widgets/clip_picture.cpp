#include "ui/widgets/clip_picture.h"

#include "core/audio/clip.h"
#include "core/audio/mel.h"
#include "ui/plots/ticks.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr float kRange = 13.8155f;  ///< 60 dB of power as a natural logarithm
constexpr std::size_t kLeast = 201; ///< samples that a mel frame needs

/// Viridis (van der Walt & Smith 2015) by its ninths: even steps look even, also without colour vision.
const QList<QRgb>& colourMap() {
    static const QList<QRgb> table = [] {
        static constexpr std::array<std::array<int, 3>, 9> stops{{{68, 1, 84},
                                                                  {71, 44, 122},
                                                                  {59, 81, 139},
                                                                  {44, 113, 142},
                                                                  {33, 144, 141},
                                                                  {39, 173, 129},
                                                                  {92, 200, 99},
                                                                  {170, 220, 50},
                                                                  {253, 231, 37}}};
        QList<QRgb> all;
        for (int i = 0; i < 256; ++i) {
            const double at = i / 255.0 * (stops.size() - 1);
            const auto k = std::min(std::size_t(at), stops.size() - 2);
            const double part = at - double(k);
            const auto mix = [&](std::size_t c) {
                return int(std::lround(stops[k][c] + part * (stops[k + 1][c] - stops[k][c])));
            };
            all << qRgb(mix(0), mix(1), mix(2));
        }
        return all;
    }();
    return table;
}

} // namespace

ClipLook makeClipLook(std::vector<float> samples) {
    ClipLook look;
    look.seconds = double(samples.size()) / kSampleRate;
    std::vector<float> heard(std::max(samples.size(), std::size_t(kLeast)), 0.0F);
    std::ranges::copy(samples, heard.begin());
    const auto frames = MelSpectrogram::frames(heard.size()), bands = MelSpectrogram::kBands;
    std::vector<float> power(std::size_t(frames * bands));
    MelSpectrogram mel;
    mel(heard, power);
    double loudest = -1;
    for (std::int64_t f = 0; f < frames; ++f) {
        double sum = 0;
        for (std::int64_t b = 0; b < bands; ++b) sum += double(power[std::size_t(b * frames + f)]);
        if (sum > loudest) {
            loudest = sum;
            look.loudest_at = std::min(look.seconds, double(f * MelSpectrogram::kHop) / kSampleRate);
        }
    }
    log_mel(power);
    const float top = *std::ranges::max_element(power);
    look.mel = QImage(int(frames), int(bands), QImage::Format_Indexed8);
    look.mel.setColorTable(colourMap());
    for (std::int64_t b = 0; b < bands; ++b) {
        uchar* line = look.mel.scanLine(int(bands - 1 - b));
        for (std::int64_t f = 0; f < frames; ++f) {
            const float share = 1 + (power[std::size_t(b * frames + f)] - top) / kRange;
            line[f] = uchar(std::lround(255 * std::clamp(share, 0.0f, 1.0f)));
        }
    }
    look.samples = std::move(samples);
    return look;
}

ClipPicture::ClipPicture(QWidget* parent) : QWidget(parent) {
    setMinimumSize(120, 56);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ClipPicture::setLook(std::optional<ClipLook> look) {
    look_ = std::move(look);
    message_.clear();
    head_.reset();
    update();
}

void ClipPicture::setMessage(const QString& message) {
    look_.reset();
    message_ = message;
    head_.reset();
    update();
}

void ClipPicture::setHead(std::optional<double> seconds) {
    if (head_ == seconds) return;
    head_ = seconds;
    update();
}

void ClipPicture::paintWave(QPainter& painter, const QRectF& area) const {
    const auto& samples = look_->samples;
    const int columns = std::max(1, int(area.width()));
    const double middle = area.center().y(), half = area.height() / 2 - 1;
    painter.setPen(QPen(theme::border(), 1));
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle));
    painter.setPen(QPen(theme::series(0), 1));
    const double per_column = double(samples.size()) / columns;
    for (int c = 0; c < columns; ++c) {
        const auto from = std::size_t(c * per_column);
        const auto to = std::min(samples.size(), std::max(from + 1, std::size_t((c + 1) * per_column)));
        if (from >= to) continue;
        const auto [low, high] =
            std::minmax_element(samples.begin() + std::ptrdiff_t(from), samples.begin() + std::ptrdiff_t(to));
        const double x = area.left() + c + 0.5;
        painter.drawLine(
            QPointF(x, middle - half * double(*high)),
            QPointF(x, std::max(middle - half * double(*low), middle - half * double(*high) + 0.75)));
    }
}

void ClipPicture::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QFont font = theme::numberFont();
    font.setPointSizeF(std::max(7.5, font.pointSizeF() - 1.5));
    if (!look_) {
        painter.setPen(theme::mutedText());
        painter.drawText(rect().adjusted(8, 4, -8, -4), Qt::AlignCenter | Qt::TextWordWrap, message_);
        return;
    }
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const double below = height() >= 84 ? metrics.height() + 3 : 0;
    const double room = height() - below;
    const QRectF wave(0, 0, width(), std::floor(room * 0.38));
    const QRectF mel(0, wave.bottom() + 4, width(), room - wave.height() - 4);
    paintWave(painter, wave);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(mel, look_->mel);
    painter.setRenderHint(QPainter::Antialiasing);
    const double seconds = std::max(look_->seconds, 1e-6);
    if (below > 0) {
        painter.setPen(theme::mutedText());
        const auto ticks =
            linearTicks(0, seconds, std::max(2, int(width() / (metrics.averageCharWidth() * 9))));
        double taken = width() + 1.0;
        for (std::size_t i = ticks.size(); i-- > 0;) {
            const QString text =
                i + 1 == ticks.size() ? ticks[i].label + QStringLiteral(" s") : ticks[i].label;
            const double advance = metrics.horizontalAdvance(text);
            const double left =
                std::clamp(ticks[i].value / seconds * width() - metrics.horizontalAdvance(ticks[i].label) / 2,
                           0.0, std::max(0.0, width() - advance));
            if (left + advance > taken) continue;
            painter.drawText(QPointF(left, mel.bottom() + 2 + metrics.ascent()), text);
            taken = left - metrics.averageCharWidth();
        }
    }
    if (head_) {
        const double x = std::clamp(*head_ / seconds, 0.0, 1.0) * width();
        painter.setPen(QPen(theme::surface(), 3));
        painter.drawLine(QPointF(x, 0), QPointF(x, mel.bottom()));
        painter.setPen(QPen(theme::text(), 1));
        painter.drawLine(QPointF(x, 0), QPointF(x, mel.bottom()));
    }
}

} // namespace descent::ui
